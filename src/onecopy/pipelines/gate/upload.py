"""An upload on its way through the gate."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onecopy.catalog.agreements import Reveals
from onecopy.model import FileIdentity, Verdict
from onecopy.pipelines.gate.compare import Key
from onecopy.pipelines.gate.model import Context
from onecopy.policy.settle import parts


@dataclass(slots=True, kw_only=True)
class Upload:
    """What is known of an upload, and what was found out so far."""

    sha256: str
    size: int
    context: Context
    identity: FileIdentity
    settled: bool = True
    """Whether the identity may be remembered."""
    sees: Mapping[str, Reveals] = field(default_factory=dict)
    """The other agencies whose images it may match, and what its own agency learns of a match."""
    answers: dict[Key, Verdict] = field(default_factory=dict)
    """Verdicts of the pixels, by question."""

    @property
    def agencies(self) -> tuple[str, ...]:
        """Those whose images it is compared with, its own first."""
        return self.context.agency, *self.sees

    @property
    def file_type(self) -> str:
        """What the file itself is: the container, else the image; empty if it could not be read."""
        outermost = [one.format for one in self.identity.containers if not one.inner]
        outermost += [one.fingerprint.format for one in self.identity.images if not one.inner]
        return outermost[0] if outermost else ""

    @property
    def parts(self) -> int:
        """What the policy counts (:func:`onecopy.policy.settle.parts`)."""
        found = self.identity
        containers = [one.format for one in found.containers]
        return parts(len(found.images), containers, left_out=bool(found.problems or found.skipped))
