"""From images to what they are to each other, and to groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onecopy.catalog import images
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.model import LINKABLE, Evidence, Relation, Verdict
from onecopy.pipelines.scan.lists import Lists
from onecopy.pipelines.scan.model import Options, Progress
from onecopy.pipelines.scan.places import Places
from onecopy.pipelines.scan.relate import Relater
from onecopy.pipelines.scan.verify import Numbers
from onecopy.policy.keep import Contender, contender
from onecopy.records.ambiguous import ambiguous
from onecopy.records.groups import Group, arrange
from onecopy.records.through import through

_NOTHING = {
    relation: Verdict(relation=relation, confidence=1.0, evidence=Evidence(method="dropped"))
    for relation in (Relation.DISTINCT, Relation.SAME_FORM)
}
"""Stand for verdicts of which only the relation is needed: there may be millions."""


@dataclass(slots=True, kw_only=True)
class Related:
    """What images are to each other."""

    verdicts: list[tuple[Numbers, Verdict]] = field(default_factory=list)
    """Those that are listed; derived ones included."""
    told_apart: list[tuple[Numbers, Relation]] = field(default_factory=list)
    """Those that are only counted."""
    groups: Sequence[Group] = ()


def relate(
    catalog: Catalog, engine: Engine, places: Places, made: Lists, options: Options, progress: Progress
) -> Related:
    """Find and compare what is worth it among the images of a scan, and group what is one image.

    Args:
        catalog: Where the images are.
        engine: Compares.
        places: Where the contents are.
        made: The lists of the scan.
        options: Of the scan.
        progress: Is told.
    """
    dropped = {Relation.DISTINCT} if options.all_relations else set(_NOTHING)

    def kept(verdict: Verdict) -> Verdict:
        return _NOTHING[verdict.relation] if verdict.relation in dropped else verdict

    relater = Relater(catalog, engine, places, options.limits, progress)
    verdicts = {numbers: kept(verdict) for numbers, verdict in relater.all(made.by_number)}
    groups: Sequence[Group] = ()
    while True:
        verdicts |= ambiguous(verdicts)
        contenders = _contenders(catalog, verdicts, made)
        arrangement = arrange(contenders, verdicts)
        groups = arrangement.groups
        if not arrangement.missing:
            break
        progress.stage("Comparing with the kept", items=len(arrangement.missing))
        more = relater.missing(made.by_number, arrangement.missing)
        verdicts |= {numbers: kept(verdict) for numbers, verdict in more}
    derived = list(through(groups, verdicts, _locators(verdicts, made)))
    clear = {frozenset(pair) for pair, _ in derived}
    seen = ((n, v) for n, v in verdicts.items() if v.relation not in dropped and frozenset(n) not in clear)
    return Related(
        verdicts=[*seen, *derived],
        told_apart=[(n, v.relation) for n, v in verdicts.items() if v.relation in dropped],
        groups=groups,
    )


def _contenders(catalog: Catalog, verdicts: Mapping[Numbers, Verdict], made: Lists) -> dict[int, Contender]:
    """Those that may be kept or linked: the images that any linkable verdict names."""
    named = {number for pair, one in verdicts.items() if one.relation in LINKABLE for number in pair}
    with catalog.read() as connection:
        return {
            number: contender(stored.fingerprint, made.home(number), seen_at=made.since(number))
            for number, stored in images.by_ids(connection, sorted(named), features=False).items()
        }


def _locators(verdicts: Mapping[Numbers, Verdict], made: Lists) -> dict[int, str]:
    return {number: made.home(number) for pair in verdicts for number in pair}
