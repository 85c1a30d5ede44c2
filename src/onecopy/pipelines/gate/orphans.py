"""What a vault holds that no upload refers to, and what uploads refer to that it does not hold.

A crash between keeping bytes and writing the row that names them leaves an orphan: never the other way round.
References are rows, so an orphan is found by comparing the two; nothing is counted that could be wrong.
"""

import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onecopy.audit.event import Event, Kind
from onecopy.catalog import events, settings, uploads
from onecopy.catalog.batches import batches
from onecopy.catalog.store import Catalog
from onecopy.errors import UnreadableError
from onecopy.vault.interface import Kept, Vault

GRACE_DAYS = 7.0
"""How long an orphan is left alone: somebody may be about to refer to it, or to send it again."""


_NAME = "catalog-id"


def claim(catalog: Catalog, vault: Vault) -> None:
    """Note in the vault that this catalog refers to its contents, so that no other calls them orphans.

    Raises:
        EnvironmentProblem: The catalog or the vault stands in the way.
    """
    with catalog.read() as connection:
        name = settings.get(connection, _NAME)
    if name is None:
        with catalog.write() as connection:
            name = settings.get(connection, _NAME) or str(uuid.uuid4())
            settings.put(connection, _NAME, name)
    vault.claim(name)


def owns(catalog: Catalog, vault: Vault) -> bool:
    """Whether this catalog alone says what in the vault is an orphan."""
    with catalog.read() as connection:
        return vault.claims() == {settings.get(connection, _NAME)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found. ``missing`` is what must never be: contents that uploads name and the vault lacks.

    Of the contents, ``packed`` are rebuilt from others; of ``broken`` the recipe cannot be followed.
    """

    contents: int
    bytes: int
    orphans: tuple[Kept, ...]
    missing: tuple[str, ...]
    packed: int = 0
    broken: tuple[str, ...] = ()


def survey(catalog: Catalog, vault: Vault) -> Survey:
    """Compare all that a vault holds with all that uploads name.

    Raises:
        EnvironmentProblem: The catalog or the vault stands in the way.
    """
    # The catalog first: what is named after that is in the vault before it is named.
    with catalog.read() as connection:
        missing = set(uploads.every_content(connection))
    number = size = packed = 0
    orphans: list[Kept] = []
    broken: list[str] = []
    for batch in batches(vault):
        with catalog.read() as connection:
            named = uploads.referenced(connection, (kept.sha256 for kept in batch))
        missing.difference_update(kept.sha256 for kept in batch)
        orphans += [one for one in batch if one.sha256 not in named and not vault.needed_by(one.sha256)]
        broken += [one.sha256 for one in batch if one.packed and not _stands(vault, one.sha256)]
        packed += sum(one.packed for one in batch)
        number, size = number + len(batch), size + sum(kept.size for kept in batch)
    return Survey(
        contents=number,
        bytes=size,
        orphans=tuple(orphans),
        missing=tuple(sorted(missing)),
        packed=packed,
        broken=tuple(sorted(broken)),
    )


def _stands(vault: Vault, sha256: str) -> bool:
    """Whether a recipe can be followed, as far as can be told without doing so."""
    try:
        recipe = vault.recipe(sha256)
    except UnreadableError:
        return False
    return vault.is_whole(sha256) if recipe is None else vault.is_whole(recipe.base)


def remove(catalog: Catalog, vault: Vault, orphans: Iterable[Kept], *, grace: float) -> Iterator[Kept]:
    """Remove orphans that were left alone for ``grace`` seconds, and yield each that was.

    Each is looked at again while no upload can be decided: one that came again meanwhile stays. Only where
    :func:`owns` says so: to any other catalog, all that it does not know looks like an orphan.

    Raises:
        EnvironmentProblem: The catalog or the vault stands in the way.
    """
    for orphan in orphans:
        if time.time() - orphan.since < grace:
            continue
        with catalog.write() as connection:
            since = vault.since(orphan.sha256)
            due = since is not None and time.time() - since >= grace
            if not due or uploads.received(connection, orphan.sha256) or vault.needed_by(orphan.sha256):
                continue
            event = Event(
                kind=Kind.CONTENT_DELETED,
                actor="onecopy doctor",
                details={"bytes": orphan.size},
                objects=(("sha256", orphan.sha256),),
            )
            events.append(connection, event)
            vault.remove(orphan.sha256)
        yield orphan
