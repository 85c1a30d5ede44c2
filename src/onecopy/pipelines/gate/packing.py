"""Keeping recipes instead of bytes, for pictures that share their image data with another; and back again.

Only what is proven is dropped: a recipe is kept beside the content, read back from the vault and followed,
and what comes of it has the content's SHA-256, before a transaction that excludes uploads and clean-ups
removes the content's own bytes. Stopped anywhere, all contents can be read, and the next run goes on. No
upload does this.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, uploads
from onecopy.catalog.store import Catalog
from onecopy.errors import UnreadableError
from onecopy.vault import recipe as recipes
from onecopy.vault.interface import Vault
from onecopy.vault.recipe import Recipe

LARGEST = 256 << 20
"""Bytes of a content that is packed, at most: two of them are in memory."""
SHARE = 0.5
"""A recipe is kept if it has at most this share of the content's bytes."""


class Outcome(StrEnum):
    """What became of a content."""

    PACKED = "packed"
    WOULD_BE = "would be packed"
    UNPACKED = "unpacked"
    TOO_DIFFERENT = "its bytes are too different"
    TOO_LARGE = "too large to be compared"
    NEEDED = "others are rebuilt from it"
    UNREADABLE = "it, or what it would be rebuilt from, cannot be read whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one content, and how many bytes it takes up before and after."""

    sha256: str
    outcome: Outcome
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A content that may be rebuilt from another."""

    sha256: str
    base: str
    size: int


def pairs(catalog: Catalog, vault: Vault) -> Iterator[Pair]:
    """What may be packed: of pictures with the same image data all but one, which stays whole.

    That is one from which others are rebuilt already, else the one of most bytes.
    """
    with catalog.read() as connection:
        found = list(uploads.alike_in_data(connection))
    for _, rows in groupby(found, key=lambda row: row[0]):
        alike = [(sha256, size) for _, sha256, size in rows]
        whole = [sha256 for sha256, _ in alike if vault.is_whole(sha256)]
        bases = [sha256 for sha256 in whole if vault.needed_by(sha256)] or whole
        for sha256, size in alike:
            if bases and sha256 in whole and sha256 != bases[0]:
                yield Pair(sha256=sha256, base=bases[0], size=size)


def pack(catalog: Catalog, vault: Vault, todo: Iterable[Pair], *, dry_run: bool = False) -> Iterator[Done]:
    """Pack contents, each by itself.

    Args:
        catalog: What uploads name.
        vault: What keeps the contents.
        todo: See :func:`pairs`.
        dry_run: Make and follow the recipes, but keep none.

    Raises:
        EnvironmentProblem: The catalog or the vault stands in the way. What was packed is packed.
    """
    for pair in todo:
        try:
            outcome, size = _pack(catalog, vault, pair, dry_run=dry_run)
        except UnreadableError:
            outcome, size = Outcome.UNREADABLE, pair.size
        yield Done(sha256=pair.sha256, outcome=outcome, before=pair.size, after=size)


def _pack(catalog: Catalog, vault: Vault, pair: Pair, *, dry_run: bool) -> tuple[Outcome, int]:
    if vault.needed_by(pair.sha256):
        return Outcome.NEEDED, pair.size
    if pair.size > LARGEST:
        return Outcome.TOO_LARGE, pair.size
    recipe = _made(vault, pair)
    if recipe is None:
        return Outcome.TOO_DIFFERENT, pair.size
    size = len(recipe.encoded())
    if dry_run:
        with vault.content(pair.base).open() as base:
            return (Outcome.WOULD_BE, size) if recipes.rebuilds(recipe, base) else (Outcome.UNREADABLE, 0)
    vault.add_recipe(recipe)
    kept = vault.recipe(pair.sha256)
    with vault.content(pair.base).open() as base:
        if kept is None or not recipes.rebuilds(kept, base):
            vault.drop_recipe(pair.sha256)
            return Outcome.UNREADABLE, pair.size
    with catalog.write() as connection:
        event = Event(
            kind=Kind.CONTENT_PACKED,
            actor="onecopy vault pack",
            details={"bytes": pair.size, "recipe": size},
            objects=(("sha256", pair.sha256), ("base", pair.base)),
        )
        events.append(connection, event)
        vault.drop_whole(pair.sha256)
    return Outcome.PACKED, size


def _made(vault: Vault, pair: Pair) -> Recipe | None:
    base, content = _whole(vault, pair.base), _whole(vault, pair.sha256)
    if base is None or content is None:
        return None
    most = min(recipes.LARGEST, int(pair.size * SHARE))
    return recipes.find(base, pair.base, content, pair.sha256, most=most)


def _whole(vault: Vault, sha256: str) -> bytes | None:
    """The bytes of a content, if they are not too many.

    Raises:
        UnreadableError: They are not what they were: nothing may be made to depend on them.
    """
    with vault.content(sha256).open() as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnreadableError(f"What the vault has as {sha256} is damaged.", code="corrupt")
    return data


def packed(vault: Vault) -> list[str]:
    """The contents of which only a recipe is kept."""
    return [kept.sha256 for kept in vault if kept.packed]


def unpack(catalog: Catalog, vault: Vault, todo: Iterable[str]) -> Iterator[Done]:
    """Keep contents whole again, and forget their recipes.

    Raises:
        EnvironmentProblem: The catalog or the vault stands in the way. What was unpacked is unpacked.
    """
    for sha256 in todo:
        try:
            with vault.spool() as spool, vault.content(sha256).open() as file:
                while piece := file.read(1 << 20):
                    spool.write(piece)
                size = spool.size
                if spool.sha256 != sha256:
                    raise UnreadableError("It is not what it was.", code="corrupt")
                vault.keep(spool, whole=True)
        except UnreadableError:
            yield Done(sha256=sha256, outcome=Outcome.UNREADABLE, before=0, after=0)
            continue
        with catalog.write() as connection:
            event = Event(
                kind=Kind.CONTENT_UNPACKED,
                actor="onecopy vault unpack",
                details={"bytes": size},
                objects=(("sha256", sha256),),
            )
            events.append(connection, event)
            vault.drop_recipe(sha256)
        yield Done(sha256=sha256, outcome=Outcome.UNPACKED, before=0, after=size)


def unsound(vault: Vault) -> Iterator[str]:
    """The packed contents that their recipes do not rebuild: all are made, and their digests compared."""
    for sha256 in packed(vault):
        try:
            vault.content(sha256).open().close()
        except UnreadableError:
            yield sha256
