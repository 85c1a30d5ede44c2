"""What differs between versions, in sentences; and what a conflict asks."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from onecopy.model import Verdict
from onecopy.records.versions.model import Conflict, ConflictKind, Criterion, Page, Paper, Version
from onecopy.records.versions.pages import Comparer
from onecopy.spoken import called, day, shown

MOST = 6
"""Pages that are spoken of one by one."""

Seen = Callable[[int, int], tuple[Verdict, bool] | None]
"""Gives the verdict on two images by their numbers, and whether its evidence calls the second of them A."""

REASONS = {
    None: "It is the only version.",
    Criterion.PERSON: "A person decided.",
    Criterion.REVISION: "Its revision is the later one.",
    Criterion.DAY: "Its name gives the later date.",
    Criterion.STAGE: "Its name says that it is a revision or correction of the other.",
    Criterion.RESUBMISSION: "It was sent again under the same name.",
    Criterion.TIME: "It came in a later submission.",
    Criterion.PAGES: "It has every page of the other, and more.",
}
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


def asked(conflict: Conflict, name: str) -> str:
    """The question, in a line.

    Args:
        conflict: What is in conflict.
        name: Of the document.
    """
    names = " and ".join(f"'{shown(side.shown.name)}'" for side in conflict.sides[:2])
    match conflict.kind:
        case ConflictKind.VERSIONS:
            number = {2: "Two", 3: "Three", 4: "Four"}.get(len(conflict.sides), str(len(conflict.sides)))
            return f"{number} versions of {name}: which one counts?"
        case ConflictKind.TWO_NAMES:
            return f"One version under two names, {names}: which name is right?"
        case ConflictKind.REVERTS:
            return f"A later submission of {name} takes the last change back: is that meant?"
        case ConflictKind.SWAPPED_PAGES:
            return f"Pages of {names} changed places: is that meant?"


def why(conflict: Conflict) -> list[str]:
    """What stands against what, and why the proposed side is proposed."""
    if conflict.kind is not ConflictKind.REVERTS:
        unordered = "Neither their names nor how they came says which comes after which."
        said = [unordered] if conflict.kind is ConflictKind.VERSIONS else []
        return [*said, "What came last is proposed."]
    now, before = conflict.sides
    again = before.papers[-1]
    return [
        f"'{shown(now.shown.name)}' counts now.",
        f"'{shown(again.name)}' came on {day(again.received_at)} and shows what there was before.",
        "Nothing says that the change is to be taken back, so that it stays is proposed.",
    ]


def differs(
    a: Paper, b: Paper, comparer: Comparer, seen: Seen, sizes: Mapping[int, tuple[int, int]]
) -> list[str]:
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
        return ["They show the same."]
    one_page = len(a.pages) == len(b.pages) == 1
    said = []
    if alike.same and not one_page:
        most = max(len(a.pages), len(b.pages))
        said.append(f"{alike.same} of {most} {'page is' if alike.same == 1 else 'pages are'} the same.")
    if not alike.in_order:
        said.append("The pages are in another order.")
    for x, y, _ in alike.changed[:MOST]:
        where = "" if one_page else f"Page {x.page}: "
        said += [where + words for words in _seen(seen(x.image, y.image), sizes.get(x.image))[:2]]
    if len(alike.changed) > MOST:
        said.append(f"{len(alike.changed) - MOST} more pages differ.")
    if not (one_page and alike.changed):
        said += _only(alike.only_a, "first") + _only(alike.only_b, "second")
    return said or ["Nothing of them could be compared."]


def _only(pages: Sequence[Page], which: str) -> list[str]:
    if not pages:
        return []
    numbers = [str(number) for number in sorted({page.page for page in pages})]
    listed = ", ".join(numbers[:MOST]) + (" …" if len(numbers) > MOST else "")
    return [f"Only the {which} has {'page' if len(numbers) == 1 else 'pages'} {listed} as it is there."]


def _seen(found: tuple[Verdict, bool] | None, size: tuple[int, int] | None) -> list[str]:
    if found is None:
        return ["It is another page."]
    verdict, turned = found
    regions = [one.b if turned else one.a for one in verdict.evidence.regions]
    boxes = [box for box in regions if box is not None]
    said = list(verdict.evidence.words)
    if turned:
        said = [called(line, "the second", "the first") for line in said]
    if size is not None and boxes and all(_in_title_block(box, size) for box in boxes):
        return ["Only the title block differs.", *said]
    return said or ["Whether they are the same does not show."]


def _in_title_block(box: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Whether a region lies where drawings have their title block: at the right, or at the bottom right."""
    x, y, width, height = box
    across, down = (x + width / 2) / size[0], (y + height / 2) / size[1]
    return size[0] > size[1] and (across > 0.75 or (down > 0.85 and across > 0.5))


def told(version: Version) -> str:
    """A version as a list names it."""
    label = f"{version.label}, " if version.label else ""
    return f"{label}'{shown(version.shown.name)}', received {day(version.first.received_at)}"
