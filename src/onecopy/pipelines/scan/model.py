"""What a scan is asked for, what it says on its way, and what it gives back."""

from dataclasses import dataclass, field
from typing import Protocol

from onecopy.findings import Findings
from onecopy.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to scan."""

    paranoid: bool = False
    """Read every file again, even one that looks unchanged."""
    all_relations: bool = False
    """List ``same-form`` pairs one by one, and not only their number."""
    exclude: tuple[str, ...] = ()
    """Globs of what to leave out."""
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True, kw_only=True)
class Changes:
    """What is different since the catalog last saw these files: how many, and the first few by name."""

    read: int = 0
    unchanged: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    vanished: int = 0
    first_changed: list[str] = field(default_factory=list)
    first_moved: list[tuple[str, str]] = field(default_factory=list)
    first_vanished: list[str] = field(default_factory=list)
    continued: bool = False
    """An earlier scan was interrupted; what it had read was not read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """The outcome of a scan."""

    findings: Findings
    changes: Changes


class Progress(Protocol):
    """Who wants to know how far a scan is. Called from the thread that scans."""

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        """A stage begins, with so much to do where that is known."""
        ...

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        """So much more is done."""
        ...


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        """Nothing."""

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        """Nothing."""
