"""What is in an upload: remembered, or found out in a sandboxed worker."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from onecopy.catalog import contents, uploads
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.errors import EnvironmentProblem
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.fingerprint.interface import IDENTIFY, IdentifyArgs
from onecopy.model import FileIdentity, Limits, Problem
from onecopy.pipelines.gate.watch import Watch
from onecopy.pipelines.identify import CHANCE, EXTRAS, call, found
from onecopy.sandbox.interface import Call, Openable, Outcome
from onecopy.vault.interface import Vault

log = logging.getLogger(__name__)

_NOT_NOW = Problem(
    inner="",
    code="not-now",
    message="The service could not look at it now; it will when it is started again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """Identifies contents, each once."""

    catalog: Catalog
    vault: Vault
    engine: Engine
    limits: Limits
    watch: Watch = field(default_factory=Watch)

    def __call__(self, sha256: str, content: Openable, agencies: Sequence[str]) -> tuple[FileIdentity, bool]:
        """What is in a content. One that came to one of some agencies before is not decoded again.

        One that came to another agency is: how long it takes must not tell that it is there. One that only a
        scan met is, too: a scan may leave digests out that the gate needs.

        Returns:
            What was found, and whether that is settled: a machine that cannot start a worker now says
            nothing of the content, which must be looked at another time.
        """
        with self.catalog.read() as connection:
            if uploads.received_by(connection, sha256, agencies) and contents.known(
                connection, [sha256], version=FINGERPRINT_VERSION, extras=EXTRAS
            ):
                remembered = contents.identity(connection, sha256)
                if remembered is not None:
                    return remembered, True
        self.watch.decoded()
        try:
            (outcome,) = self.engine.run(IDENTIFY, [self._call(sha256, content)])
        except EnvironmentProblem as error:
            log.error("an upload could not be read: %s", error.message)
            return FileIdentity(problems=(_NOT_NOW,)), False
        return found(outcome), _settled(outcome)

    def again(self) -> None:
        """Identify again what was received and identified by another version, or with fewer extras."""
        with self.catalog.read() as connection:
            sizes = dict(uploads.outdated(connection, version=FINGERPRINT_VERSION, extras=EXTRAS))
        calls = (self._call(sha256, self.vault.content(sha256)) for sha256 in sizes)
        for outcome in self.engine.run(IDENTIFY, calls):
            sha256 = str(outcome.key)
            if _settled(outcome):
                self._record(sha256, sizes[sha256], found(outcome))

    def _record(self, sha256: str, size: int, identity: FileIdentity) -> None:
        with self.catalog.write() as connection:
            contents.record(connection, sha256, size, identity, version=FINGERPRINT_VERSION, extras=EXTRAS)

    def _call(self, sha256: str, content: Openable) -> Call[IdentifyArgs]:
        return call(sha256, content, self.limits, always_digest_image_data=True)


def _settled(outcome: Outcome[FileIdentity]) -> bool:
    return outcome.failure is None or outcome.failure.code not in CHANCE
