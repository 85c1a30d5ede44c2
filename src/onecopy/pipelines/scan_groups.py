"""From verdicts on pairs of images to groups, each member compared with the one that is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.model import Relation, Verdict
from onecopy.pipelines.scan_expand import ImageGroup
from onecopy.pipelines.scan_model import Options, Progress
from onecopy.pipelines.scan_places import Places
from onecopy.pipelines.scan_relate import Relater
from onecopy.pipelines.scan_verify import Numbers


@dataclass(slots=True, kw_only=True)
class Related:
    """What images are to each other."""

    verdicts: list[tuple[Numbers, Verdict]] = field(default_factory=list)
    """Those that are listed."""
    told_apart: list[tuple[Numbers, Relation]] = field(default_factory=list)
    """Those that are only counted."""
    groups: list[ImageGroup] = field(default_factory=list)


def relate(
    catalog: Catalog,
    engine: Engine,
    places: Places,
    contents: Sequence[str],
    options: Options,
    progress: Progress,
) -> Related:
    """Find and compare what is worth it among the images of some contents.

    Args:
        catalog: Where the images are.
        engine: Compares.
        places: Where the contents are.
        contents: Sorted.
        options: Of the scan.
        progress: Is told.
    """
    relater = Relater(catalog, engine, places, options.limits, progress)
    related = Related()
    counted = {Relation.DISTINCT} if options.all_relations else {Relation.DISTINCT, Relation.SAME_FORM}
    for pair, verdict in relater.decide(relater.propose(contents)):
        if verdict.relation in counted:
            related.told_apart.append((pair, verdict.relation))
        else:
            related.verdicts.append((pair, verdict))
    return related
