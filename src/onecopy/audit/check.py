"""Is a log what it was? Every entry is hashed again, and the root that follows is compared."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from onecopy.audit.merkle import Tree, leaf_hash

MOST = 100
"""How many faults are kept; the first ones say where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it was found: where it stands, its line, and the hash kept beside it, if there is one."""

    position: int
    line: str
    leaf: str | None = None
    columns: tuple[tuple[str, str | None], ...] = ()
    """What is kept beside the line to search by: keys of the line, and what they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A size of the log, and the root it had then."""

    size: int
    root: str


@dataclass(slots=True, kw_only=True)
class Checked:
    """What a check found. ``size`` and ``root`` are those that follow from the entries."""

    size: int = 0
    root: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether something was checked, and all of it was as it should be."""
        return self.size > 0 and not self.faults

    def fault(self, words: str) -> None:
        """Keep a fault, if there are not too many."""
        if len(self.faults) < MOST:
            self.faults.append(words)


def check(entries: Iterable[Entry], head: Head | None = None, published: Head | None = None) -> Checked:
    """Prove a log.

    Args:
        entries: All of them, in the order of their positions.
        head: What the log says of itself.
        published: What was written down of it elsewhere, when it was as long as that or longer.
    """
    found, tree = Checked(), Tree()
    at_publication = tree.root if published is not None and published.size == 0 else None
    for entry in entries:
        _check_entry(found, entry, tree.size)
        tree.add(leaf_hash(entry.line.encode()))
        if published is not None and tree.size == published.size:
            at_publication = tree.root
    found.size, found.root = tree.size, tree.root
    if not tree.size:
        found.fault("The log is empty: nothing was checked.")
    if head is not None and head.size != tree.size:
        found.fault(f"The log should have {head.size:,} entries and has {tree.size:,}.")
    elif head is not None and head.root != tree.root:
        found.fault(f"The root should be {head.root} and is {tree.root}.")
    if published is not None:
        _check_published(found, published, at_publication)
    return found


def _check_entry(found: Checked, entry: Entry, position: int) -> None:
    if entry.position != position:
        found.fault(f"Where entry {position} should stand is entry {entry.position}.")
    if entry.leaf is not None and leaf_hash(entry.line.encode()).hex() != entry.leaf:
        found.fault(f"Entry {entry.position} was changed: its line has another hash than is kept of it.")
    try:
        said = json.loads(entry.line)
        number = said["position"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found.fault(f"Entry {entry.position} cannot be read.")
        return
    if number != entry.position:
        found.fault(f"Entry {entry.position} was moved: it says that it is entry {str(number)[:20]}.")
    for key, value in entry.columns:
        if said.get(key) != value:
            found.fault(f"Entry {entry.position} is filed under another '{key}' than it says.")


def _check_published(found: Checked, published: Head, root: str | None) -> None:
    if root is None:
        found.fault(f"The log had {published.size:,} entries when its root was published; some are gone.")
    elif root != published.root.lower():
        found.fault(
            f"The first {published.size:,} entries are not those of the published root: theirs is {root}."
        )
