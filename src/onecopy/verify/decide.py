"""From examinations to a relation: the decision rules, in one place.

The order matters: what can merge is asked first and most strictly; everything that is not clean falls to the
relations that never merge. Margins and how they were found: ``docs/decisions``.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from onecopy.model import Relation
from onecopy.verify.examine import Examination
from onecopy.verify.framing import Framing, framing
from onecopy.verify.strokes import ink, stroke_width

_LEAST_TEXTURE = 8
"""Textured cells that must agree before pixels are evidence at all."""
_CONFINED = 0.6
_STROKE_SAME = 1.6
_STROKE_OTHER = 2.6
_READABLE = 1.25
"""Stroke width, in pixels, below which a changed character cannot be seen."""


class Why(StrEnum):
    """The rule that decided; each has its words (see :mod:`onecopy.verify.words`)."""

    CLEAN = "clean"
    RESCAN = "rescan"
    FRAMING = "framing"
    MIRRORED = "mirrored"
    CHANGED = "changed"
    RECOLOURED = "recoloured"
    TOO_SMALL_TO_READ = "too-small-to-read"
    STROKES_DOUBTFUL = "strokes-doubtful"
    GRAIN_LOST = "grain-lost"
    OTHER_CAPTURE = "other-capture"
    OTHER_MARKS = "other-marks"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A relation, how sure, by which rule, and the framing it was read from."""

    relation: Relation
    confidence: float
    why: Why
    framing: Framing | None


def view_framing(exam: Examination) -> Framing:
    """The framing of B in A, whichever of them was the finer."""
    fine, coarse = (exam.fine.width, exam.fine.height), (exam.coarse.width, exam.coarse.height)
    if not exam.swapped:
        return framing(exam.matrix, fine, coarse)
    return framing(np.linalg.inv(exam.matrix), coarse, fine)


def rule(exam: Examination) -> Ruling:
    """Decide what an examined pair is."""
    frame = view_framing(exam)
    if exam.textured < _LEAST_TEXTURE or not exam.mask.any():
        return Ruling(Relation.DISTINCT, 0.5, Why.UNRELATED, None)
    if exam.clean and exam.support >= 0.5:
        return _clean(exam, frame)
    if exam.both_paper:
        return _paper(exam, frame)
    return _photo(exam, frame)


def _clean(exam: Examination, frame: Framing) -> Ruling:
    if exam.both_paper and not _readable(exam):
        return Ruling(Relation.UNCLEAR, 0.9, Why.TOO_SMALL_TO_READ, frame)
    if frame.mirrored:
        return Ruling(Relation.EDITED, 0.98, Why.MIRRORED, frame)
    if not frame.same:
        return Ruling(Relation.EDITED, 0.98, Why.FRAMING, frame)
    return Ruling(Relation.SAME_IMAGE, _confidence(exam), Why.CLEAN, frame)


def _confidence(exam: Examination) -> float:
    """Sure where the coarser shows much of the finer and the difference is far from the limit."""
    sure = 0.999
    if exam.residual.worst > 0.8:
        sure -= 0.012
    if exam.scale < 0.2 or max(exam.coarse.width, exam.coarse.height) < 200:
        sure -= 0.012
    return sure


def _readable(exam: Examination) -> bool:
    """Whether strokes are wide enough on the coarser grid for a changed character to show."""
    width = stroke_width(ink(exam.coarse.ycc[..., 0]))
    return width == 0.0 or width >= _READABLE


def _photo(exam: Examination, frame: Framing) -> Ruling:
    confined = exam.torn <= _CONFINED and exam.support >= 0.4
    if confined and exam.residual.excess.max() <= 1 and exam.support >= 0.6:
        return Ruling(Relation.EDITED, 0.95, Why.RECOLOURED, frame)
    if confined and exam.grain.one_capture:
        return Ruling(Relation.EDITED, 0.93, Why.CHANGED, frame)
    if exam.support >= 0.3 and (exam.grain.two_captures or exam.torn > 0.25):
        return Ruling(Relation.SAME_SCENE, 0.8, Why.OTHER_CAPTURE, frame)
    if confined:
        return Ruling(Relation.UNCLEAR, 0.7, Why.GRAIN_LOST, frame)
    return Ruling(Relation.DISTINCT, 0.8, Why.UNRELATED, None)


def _paper(exam: Examination, frame: Framing) -> Ruling:
    marks = exam.strokes
    if exam.support < 0.15 or marks.unmatched > 0.55:
        return Ruling(Relation.DISTINCT, 0.8, Why.UNRELATED, None)
    if exam.torn <= _CONFINED and exam.grain.one_capture:
        return Ruling(Relation.EDITED, 0.93, Why.CHANGED, frame)
    if marks.heaviest <= _STROKE_SAME and marks.unmatched <= 0.02:
        return _rescan(exam, frame)
    if marks.heaviest <= _STROKE_OTHER and marks.unmatched <= 0.03:
        return Ruling(Relation.UNCLEAR, 0.7, Why.STROKES_DOUBTFUL, frame)
    return Ruling(Relation.SAME_FORM, 0.9, Why.OTHER_MARKS, frame)


def _rescan(exam: Examination, frame: Framing) -> Ruling:
    if not _readable(exam):
        return Ruling(Relation.UNCLEAR, 0.8, Why.TOO_SMALL_TO_READ, frame)
    if frame.mirrored:
        return Ruling(Relation.EDITED, 0.9, Why.MIRRORED, frame)
    whole = (
        min(frame.overlap_a, frame.overlap_b) >= 0.9 and abs(frame.skew) <= 5 and 0.97 < frame.stretch < 1.03
    )
    if not whole:
        return Ruling(Relation.EDITED, 0.9, Why.FRAMING, frame)
    return Ruling(Relation.SAME_IMAGE, 0.99, Why.RESCAN, frame)
