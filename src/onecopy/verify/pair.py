"""Two views, one ruling: hypotheses are examined until one explains everything, else the best is ruled on."""

from dataclasses import replace

import numpy as np

from onecopy.model import Relation
from onecopy.verify.decide import (
    ENOUGH_SUPPORT,
    FAINTEST_MOVE,
    Ruling,
    Why,
    rule,
    rule_at_a_glance,
    rule_slanted,
)
from onecopy.verify.examine import Examination, examine, other_way
from onecopy.verify.glance import MANY_POINTS, glance
from onecopy.verify.grain import glimpse
from onecopy.verify.matching import Matching
from onecopy.verify.perspective import flatten
from onecopy.verify.points import point_placements
from onecopy.verify.refine import LEVELS
from onecopy.verify.register import Placement, feature_placements, frame_placements
from onecopy.verify.view import View, to_displayed, to_thumbnail

_TORN, _TORN_APART, _AGREED, _AGREED_PAPER = 0.15, 0.25, 0.7, 0.4
"""On paper, marks of a page are a blur at small size, and agree less than they do."""
_WORTH_A_GLIMPSE, _MOST_TORN, _GRAINY = 0.4, 0.9, 0.7
_MOST_TORN_TURNED = 0.4
"""Share that differs beyond which no other way round makes a copy of it: tone undone leaves up to 0.3."""
_REGISTERED = 0.75
_SAME_PLACE = 0.02
NOTHING = Ruling(Relation.DISTINCT, 0.9, Why.UNRELATED, None)
"""What is said of a pair of which no placement holds."""
_ORDER = (
    Relation.SAME_IMAGE,
    Relation.EDITED,
    Relation.UNCLEAR,
    Relation.SAME_SCENE,
    Relation.SAME_FORM,
    Relation.DISTINCT,
)


def compare_views(a: View, b: View) -> tuple[Ruling, Examination | None]:
    """Register and judge two views; the examination is ``None`` where nothing could be registered."""
    best: tuple[Ruling, Examination | None] = (NOTHING, None)
    tried: list[Placement] = []
    matching = Matching(a, b)
    for stage in (frame_placements, point_placements, feature_placements):
        if stage is feature_placements and not _worth_finer(best, tried):
            return best
        for placement in stage(matching):
            if any(_alike(placement, other, b) for other in tried):
                continue
            tried.append(placement)
            found = _try(a, b, placement)
            if found is None:
                continue
            best = min(best, found, key=_rank)
            if found[1].support >= _REGISTERED:
                return best
    return _slanted(matching) or best


def _worth_finer(best: tuple[Ruling, Examination | None], tried: list[Placement]) -> bool:
    """Whether finer key points may find a placement that is better than those that were tried.

    Not where what proposed the pair does not hold on the pixels, nor where the points of the fingerprints
    put two photographs together and much differs: of a true part they find the place, and all agrees.
    """
    points = [placement.support for placement in tried if placement.origin == "points"]
    if max(points, default=0) >= MANY_POINTS:
        return True
    ruling, exam = best
    if exam is None:
        return False
    return not points or ruling.relation is not Relation.SAME_SCENE or exam.torn <= _TORN


def _slanted(matching: Matching) -> tuple[Ruling, Examination] | None:
    """What they are if one shows the other at a slant."""
    flat = flatten(matching)
    if flat is None:
        return None
    exam = examine(flat.a, flat.b, Placement(np.eye(3), "slant", 0))
    ruling = None if exam is None else rule_slanted(exam)
    if exam is None or ruling is None:
        return None
    return ruling, replace(
        exam, slant=to_displayed(matching.a) @ flat.matrix @ np.linalg.inv(to_displayed(matching.b))
    )


def _alike(one: Placement, other: Placement, b: View) -> bool:
    """Whether two placements put B's corners in about the same places: refinement would make them one."""
    corners = np.array([[0, 0, 1], [b.width, 0, 1], [0, b.height, 1], [b.width, b.height, 1.0]]).T
    apart = (one.matrix @ corners - other.matrix @ corners)[:2]
    size = np.ptp((one.matrix @ corners)[:2], axis=1).max()
    return bool(np.abs(apart).max() < _SAME_PLACE * size)


def _refined(a: View, b: View, placement: Placement, seen: Examination) -> Placement:
    """The same placement as a look at the thumbnails left it."""
    small = np.linalg.inv(seen.matrix) if seen.swapped else seen.matrix
    return replace(placement, matrix=np.linalg.inv(to_thumbnail(a)) @ small @ to_thumbnail(b))


def _try(a: View, b: View, placement: Placement) -> tuple[Ruling, Examination] | None:
    """Examine a placement as closely as it deserves.

    Where much of the picture differs even at small size, a closer look finds no copy, and no edit unless the
    grain is that of one capture (a watermark all over): so none where there is no grain. Black and white is
    another matter: small, it turns into greys that nobody saw.
    """
    exam = glance(a, b, placement)
    if exam is None:
        return None
    black_and_white = a.is_bilevel or b.is_bilevel
    torn = exam.torn > _TORN and exam.support < (_AGREED_PAPER if exam.both_paper else _AGREED)
    grainless = not exam.both_paper and min(a.noise, b.noise) < _GRAINY
    torn |= grainless and exam.torn > _TORN_APART
    placement = _refined(a, b, placement, exam)
    if torn and not black_and_white and not _one_capture(a, b, placement, exam):
        return rule_at_a_glance(exam), exam
    exam = examine(a, b, placement, levels=LEVELS[1:])
    return None if exam is None else _better_way(exam)


def _better_way(exam: Examination) -> tuple[Ruling, Examination]:
    """Rule on the way round that explains more, where the first leaves something and there is another.

    A threshold is put on the grey one of two pages whichever way round they are.
    """
    if not exam.cut and exam.residual.worst > FAINTEST_MOVE and exam.torn <= _MOST_TORN_TURNED:
        other = other_way(exam)
        if other and other.support >= ENOUGH_SUPPORT and other.residual.worst < exam.residual.worst:
            exam = other
    return rule(exam), exam


def _one_capture(a: View, b: View, placement: Placement, exam: Examination) -> bool:
    if exam.support < _WORTH_A_GLIMPSE or exam.torn > _MOST_TORN or min(a.noise, b.noise) < _GRAINY:
        return False
    seen = glimpse(a, b, placement.matrix)
    return seen.one_capture(exam.torn, paper=exam.both_paper)


def _rank(found: tuple[Ruling, Examination | None]) -> tuple[float, ...]:
    """The examination that explains most comes first; a better-looking relation never outranks the pixels."""
    ruling, exam = found
    if exam is None or ruling.relation is Relation.DISTINCT:
        return (1.0, 0.0, float(_ORDER.index(ruling.relation)))
    return (0.0, -exam.support + exam.torn, float(_ORDER.index(ruling.relation)))
