"""What differs between versions, in sentences; and what a conflict asks."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from onecopy.model import Verdict
from onecopy.records.versions.model import Conflict, ConflictKind, Criterion, Page, Paper, Version
from onecopy.records.versions.pages import Comparer
from onecopy.sayings import Saying, all_of, flipped, said, say
from onecopy.spoken import day, shown

MOST = 6
"""Pages that are spoken of one by one."""

Seen = Callable[[int, int], tuple[Verdict, bool] | None]
"""Gives the verdict on two images by their numbers, and whether its evidence calls the second of them A."""

_REASONS = {
    None: "only-version",
    Criterion.PERSON: "person-decided",
    Criterion.REVISION: "later-revision",
    Criterion.DAY: "later-date",
    Criterion.STAGE: "named-revision",
    Criterion.RESUBMISSION: "sent-again",
    Criterion.TIME: "later-submission",
    Criterion.PAGES: "more-pages",
}
REASONS = {criterion: say(said(code)) for criterion, code in _REASONS.items()}
"""Why a version counts, by what put it above the one before."""


def title(papers: Iterable[Paper]) -> str:
    """What to call a document: its first name with number and title, without what tells versions apart."""
    said = min(papers, key=lambda one: (not one.named.sheet, not one.named.words, one.received_at, one.rank))
    words = re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,4}$", "", said.name).replace("_", " ")
    words = re.sub(r"\s*\(\d{1,3}\)$", "", words)
    words = re.sub(
        r"[\s-]*\b(?:rev(?:ision)?|v|r)[ ._]?(?:\d[\d.]*|[A-Za-z])$", "", words, flags=re.IGNORECASE
    )
    return shown(words) or shown(said.name)


def asked(conflict: Conflict, name: str) -> Saying:
    """The question, in a line.

    Args:
        conflict: What is in conflict.
        name: Of the document.
    """
    one, other = (shown(side.shown.name) for side in conflict.sides[:2])
    match conflict.kind:
        case ConflictKind.VERSIONS:
            return said("which-version", num=len(conflict.sides), name=name)
        case ConflictKind.TWO_NAMES:
            return said("which-name", one=one, other=other)
        case ConflictKind.REVERTS:
            return said("takes-back", name=name)
        case ConflictKind.SWAPPED_PAGES:
            return said("pages-swapped", one=one, other=other)


def why(conflict: Conflict) -> list[Saying]:
    """What stands against what, and why the proposed side is proposed."""
    if conflict.kind is not ConflictKind.REVERTS:
        unordered = [said("no-order")] if conflict.kind is ConflictKind.VERSIONS else []
        return [*unordered, said("last-is-proposed")]
    now, before = conflict.sides
    again = before.papers[-1]
    return [
        said("counts-now", name=shown(now.shown.name)),
        said("came-again", name=shown(again.name), day=again.received_at),
        said("stays-as-it-is"),
    ]


def differs(
    a: Paper, b: Paper, comparer: Comparer, seen: Seen, sizes: Mapping[int, tuple[int, int]]
) -> list[Saying]:
    """What differs from one version to the other; the first is called the first, the other the second.

    Args:
        a: The first.
        b: The second.
        comparer: Of their pages.
        seen: What the pixels showed.
        sizes: Width and height of images by number.
    """
    alike = comparer.compare(a, b)
    if alike.equal:
        return [said("shows-the-same")]
    one_page = len(a.pages) == len(b.pages) == 1
    found = []
    if alike.same and not one_page:
        found.append(said("pages-alike", num=alike.same, most=max(len(a.pages), len(b.pages))))
    if not alike.in_order:
        found.append(said("other-order"))
    for x, y, _ in alike.changed[:MOST]:
        here = _seen(seen(x.image, y.image), sizes.get(x.image))[:2]
        found += here if one_page else [said("on-page", page=x.page, what=one) for one in here]
    if len(alike.changed) > MOST:
        found.append(said("further-pages", num=len(alike.changed) - MOST))
    if not (one_page and alike.changed):
        found += _only(alike.only_a, "first") + _only(alike.only_b, "second")
    return found or [said("nothing-compared")]


def _only(pages: Sequence[Page], which: str) -> list[Saying]:
    if not pages:
        return []
    numbers = [str(number) for number in sorted({page.page for page in pages})]
    listed = ", ".join(numbers[:MOST]) + (" …" if len(numbers) > MOST else "")
    return [said(f"only-{which}", num=len(numbers), pages=listed)]


def _seen(found: tuple[Verdict, bool] | None, size: tuple[int, int] | None) -> list[Saying]:
    if found is None:
        return [said("another-page")]
    verdict, turned = found
    regions = [one.b if turned else one.a for one in verdict.evidence.regions]
    boxes = [box for box in regions if box is not None]
    sayings = [
        flipped(one) if turned else one for one in all_of(verdict.evidence.said, verdict.evidence.words)
    ]
    if size is not None and boxes and all(_in_title_block(box, size) for box in boxes):
        return [said("title-block"), *sayings]
    return sayings or [said("does-not-show")]


def _in_title_block(box: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Whether a region lies where drawings have their title block: at the right, or at the bottom right."""
    x, y, width, height = box
    across, down = (x + width / 2) / size[0], (y + height / 2) / size[1]
    return size[0] > size[1] and (across > 0.75 or (down > 0.85 and across > 0.5))


def told(version: Version) -> str:
    """A version as a list names it."""
    label = f"{version.label}, " if version.label else ""
    return f"{label}'{shown(version.shown.name)}', received {day(version.first.received_at)}"
