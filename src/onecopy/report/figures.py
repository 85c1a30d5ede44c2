"""The figures at the head of the report, worked out from the findings' totals and lists."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from onecopy import locator
from onecopy.findings import Findings, Redundant
from onecopy.model import LINKABLE, Relation

_TERABYTE = 10**12
_MOST_FOLDERS = 12
OTHER_FOLDERS = "other folders"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationFigures:
    """One relation: how many pairs have it, and what it makes redundant."""

    relation: Relation
    pairs: int
    redundant: Redundant


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFigures:
    """One source (or its folders, where there is only one source): images, and redundant ones among them."""

    label: str
    images: int
    redundant: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a reader should know first. Shares are 0 to 1, costs in US dollars a year."""

    redundant: Redundant
    """Over all linkable relations."""
    settled: float
    """Share of images that nobody needs to look at again: another occurrence of theirs is kept."""
    price_per_tb_year: float
    redundant_cost: float
    reclaimable_cost: float
    relations: tuple[RelationFigures, ...]
    """All but ``distinct``."""
    unclear: int
    told_apart: int
    """Pairs that were near each other by fingerprint and turned out ``distinct``."""
    folders: tuple[FolderFigures, ...]

    @property
    def linkable(self) -> list[RelationFigures]:
        """The relations that make a copy."""
        return [row for row in self.relations if row.relation in LINKABLE]


def figures(findings: Findings, price_per_tb_year: float) -> Figures:
    """Work the figures out; the price is US dollars for 10¹² bytes and a year."""
    totals = findings.totals
    each = [
        RelationFigures(
            relation=relation,
            pairs=totals.by_relation.get(relation, 0),
            redundant=totals.redundant.get(relation, Redundant()) if relation in LINKABLE else Redundant(),
        )
        for relation in Relation
        if relation is not Relation.DISTINCT
    ]
    redundant = Redundant(
        images=sum(r.redundant.images for r in each),
        bytes=sum(r.redundant.bytes for r in each),
        reclaimable_bytes=sum(r.redundant.reclaimable_bytes for r in each),
    )
    return Figures(
        redundant=redundant,
        settled=redundant.images / totals.images if totals.images else 0.0,
        price_per_tb_year=price_per_tb_year,
        redundant_cost=redundant.bytes / _TERABYTE * price_per_tb_year,
        reclaimable_cost=redundant.reclaimable_bytes / _TERABYTE * price_per_tb_year,
        relations=tuple(each),
        unclear=totals.by_relation.get(Relation.UNCLEAR, 0),
        told_apart=totals.by_relation.get(Relation.DISTINCT, 0),
        folders=_by_folder(findings, folder_of(findings)),
    )


def folder_of(findings: Findings) -> Callable[[str], str]:
    """A function from locator to the label it is counted and filtered under.

    That is its source, or the folder just below it where only one source was scanned; beyond the dozen
    folders with the most images, :data:`OTHER_FOLDERS`.
    """
    sources = sorted({locator.quote(source).rstrip("/") or "/" for source in findings.sources}, key=len)
    raw = _Labels(sources[::-1])
    often = Counter(raw(image.locator) for image in findings.images).most_common()
    if len(often) <= _MOST_FOLDERS + 1:
        return raw
    named = {label for label, _ in often[:_MOST_FOLDERS]}
    return lambda place: label if (label := raw(place)) in named else OTHER_FOLDERS


class _Labels:
    def __init__(self, sources: list[str]) -> None:
        self._sources = sources

    def __call__(self, place: str) -> str:
        file, _ = locator.split(place)
        source = next((s for s in self._sources if f"{file}/".startswith(f"{s.rstrip('/')}/")), None)
        if source is None:
            return file.rpartition("/")[0] or "."
        if len(self._sources) > 1 or file == source:
            return source
        folder, slash, _ = file[len(source) :].lstrip("/").partition("/")
        return f"{source.rstrip('/')}/{folder}" if slash else source


def _by_folder(findings: Findings, label: Callable[[str], str]) -> tuple[FolderFigures, ...]:
    images: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for image in findings.images:
        images[label(image.locator)] += 1
        size[label(image.locator)] += image.bytes
    redundant = Counter(label(m.locator) for g in findings.groups for m in g.members if m.locator != g.keep)
    order = sorted(images, key=lambda name: (name == OTHER_FOLDERS, -images[name], name))
    return tuple(
        FolderFigures(label=name, images=images[name], redundant=redundant[name], bytes=size[name])
        for name in order
    )
