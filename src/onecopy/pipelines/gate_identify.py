"""What is in an upload: remembered, or found out in a sandboxed worker."""

from dataclasses import dataclass

from onecopy.fingerprint.identify import IDENTIFY, IdentifyArgs

from onecopy.catalog import contents, uploads
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import FileIdentity, Limits
from onecopy.pipelines.identify import CHANCE, EXTRAS, call, found
from onecopy.sandbox.interface import Call, Openable
from onecopy.vault.interface import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """Identifies contents, each once."""

    catalog: Catalog
    vault: Vault
    engine: Engine
    limits: Limits

    def __call__(self, sha256: str, content: Openable) -> FileIdentity:
        """What is in a content. One that came before is not decoded again.

        A content that only a scan met is identified again: a scan may leave digests out that the gate needs.
        """
        with self.catalog.read() as connection:
            if uploads.received(connection, sha256) and contents.known(
                connection, [sha256], version=FINGERPRINT_VERSION, extras=EXTRAS
            ):
                remembered = contents.identity(connection, sha256)
                if remembered is not None:
                    return remembered
        (outcome,) = self.engine.run(IDENTIFY, [self._call(sha256, content)])
        return found(outcome)

    def again(self) -> None:
        """Identify again what was received and identified by another version, or with fewer extras."""
        with self.catalog.read() as connection:
            sizes = dict(uploads.outdated(connection, version=FINGERPRINT_VERSION, extras=EXTRAS))
        calls = (self._call(sha256, self.vault.content(sha256)) for sha256 in sizes)
        for outcome in self.engine.run(IDENTIFY, calls):
            sha256 = str(outcome.key)
            if outcome.failure is None or outcome.failure.code not in CHANCE:
                self._record(sha256, sizes[sha256], found(outcome))

    def _record(self, sha256: str, size: int, identity: FileIdentity) -> None:
        with self.catalog.write() as connection:
            contents.record(connection, sha256, size, identity, version=FINGERPRINT_VERSION, extras=EXTRAS)

    def _call(self, sha256: str, content: Openable) -> Call[IdentifyArgs]:
        return call(sha256, content, self.limits, always_digest_image_data=True)
