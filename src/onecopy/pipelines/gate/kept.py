"""An upload whose bytes are in the vault, before anything refers to them."""

from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection

from onecopy.catalog import uploads
from onecopy.errors import UnreadableError
from onecopy.vault.interface import Spool, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpload:
    """An upload that was kept."""

    vault: Vault
    spool: Spool

    def open(self) -> BinaryIO:
        """Open for reading: the spool, which is near; the vault where keeping has used the spool up.

        Raises:
            UnreadableError: The vault cannot give it.
        """
        try:
            return self.spool.content().open()
        except UnreadableError:
            return self.vault.content(self.spool.sha256).open()


def hold_on(connection: Connection, kept: KeptUpload) -> None:
    """See to it that the content is there still, in the transaction that will refer to it.

    It may have lain there as an orphan, whose clean-up came between; or a clean-up's clock is wrong. While
    this transaction holds its lock, none can come (see :mod:`onecopy.pipelines.gate.orphans`).

    Raises:
        EnvironmentProblem: The vault stands in the way.
    """
    sha256 = kept.spool.sha256
    if not uploads.received(connection, sha256) and not kept.vault.exists(sha256):
        kept.vault.keep(kept.spool)
