"""An upload taken apart into the files that can be documents, and what each of them says of itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.records.versions.kinds import Kind, kind
from onecopy.records.versions.model import Page, Paper
from onecopy.records.versions.names import Named, parse, revision

_PLACE = re.compile(r"#page=(\d+)(?:&image=(\d+))?$|#image=(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A file, or a file inside an archive, with the images in it."""

    paper: Paper
    kind: Kind
    images: tuple[StoredImage, ...]


def units(one: Occurrence, found: Iterable[StoredImage]) -> list[Unit]:
    """Take an occurrence apart: the file itself, or what is in it where it is an archive."""
    by_member: dict[str, list[StoredImage]] = defaultdict(list)
    for image in found:
        by_member[member(image.inner)].append(image)
    if not by_member:
        by_member[""] = []
    return [_unit(one, inner, sorted(ones, key=_position)) for inner, ones in sorted(by_member.items())]


def member(inner: str) -> str:
    """The place of the file that an image is in: without page and number."""
    at = inner.rfind("#")
    return inner if at < 0 or inner.find("!", at) >= 0 else inner[:at]


def _position(image: StoredImage) -> tuple[int, int, str]:
    match = _PLACE.search(image.inner)
    if match is None:
        return 1, 1, image.inner
    return int(match[1] or 1), int(match[2] or match[3] or 1), image.inner


def _unit(one: Occurrence, inner: str, found: list[StoredImage]) -> Unit:
    name = inner.rsplit("/", 1)[-1] if inner else one.name
    metadata: Mapping[str, Any] = (one.metadata or {}) if not inner else {}
    category = one.category or ""
    paper = Paper(
        occurrence=one.id,
        public_id=one.public_id,
        inner=inner,
        name=name,
        named=_named(name, metadata),
        content=one.content or "",
        category=category,
        received_at=one.seen_at,
        submission=_text(metadata, "submission"),
        pages=tuple(Page(image=image.id, page=_position(image)[0]) for image in found),
    )
    return Unit(paper=paper, kind=kind(name, category, found), images=tuple(found))


def _named(name: str, metadata: Mapping[str, Any]) -> Named:
    """What the name says, unless a field beside it says more."""
    said = parse(name)
    title, sheet, rev, day = (_text(metadata, key) for key in ("document", "sheet", "revision", "date"))
    if title:
        said = replace(said, words=frozenset(title.casefold().split()))
    if sheet:
        said = replace(said, sheet=parse(sheet).sheet or sheet.casefold())
    if rev:
        said = replace(said, revision=revision(rev) or said.revision)
    try:
        return replace(said, day=date.fromisoformat(day[:10])) if day else said
    except ValueError:
        return said


def _text(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key)
    return str(value).strip()[:200] if isinstance(value, str | int) else ""
