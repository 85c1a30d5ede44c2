"""From examinations to a relation: the decision rules, in one place.

The order matters: what can merge is asked first and most strictly; everything that is not clean falls to the
relations that never merge. Margins and how they were found: ``docs/decisions``.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from onecopy.model import Relation
from onecopy.verify.examine import Examination
from onecopy.verify.framing import Framing, framing
from onecopy.verify.writing import detail_lost, is_broad

_LEAST_TEXTURE = 8
"""Textured cells that must agree before pixels are evidence at all."""
_CONFINED, _VEILED = 0.6, 0.9
"""Share of the picture that may differ at most; a watermark over nearly all of it leaves the grain."""
_ALIKE = 0.4
_RESCAN_EXCESS = 2.5
_LIMIT_OF_ONE_CAPTURE, _SAME_GRAIN, _STRONG_GRAIN, _SPECKLED = 1.75, 0.6, 0.75, 0.01
ENOUGH_SUPPORT = 0.5
"""Share of the textured cells that must show the same structure before nothing left over means a copy."""
FAINTEST_MOVE = 0.76
"""Below the limit, but what a hand that moved leaves after strong compression: then grain must speak."""
_PAPER_EXCESS = 2.0
"""On paper strokes decide: a difference up to this, with all strokes the same, is no edit."""
_UNREAD_EXCESS = 3.0
"""Beyond this even pages that are too small to read are seen to be different ones."""
_TO_BE_SEEN = 0.3
"""Share of the contrast of ink on ground that a changed stroke is sure to have."""
_SHIFTED = 0.02
"""Of a side: a sheet on the glass again loses as much on one edge as it gains on another."""
_MOST_SKEW, _SHOWN = 5.2, 0.9
"""Degrees by which a sheet on the glass may lie askew, as measured, and how much of it must show."""
_FLAT_SUPPORT, _FLAT_EXCESS = 0.6, 1.5
_READABLE = 0.34
_KEPT = 0.4
"""Detail lost (see :func:`onecopy.verify.strokes.detail_lost`) beyond which a character cannot be seen."""
_SMALLEST_PAGE = 320
_ONE_SCAN, _AS_GOOD_AS_EQUAL = 0.5, 0.3
"""Likeness of grain that two scans of a sheet never have, and the excess below which all is rounding."""
_UNREAD_INK = 2.0
"""Unmatched ink (pixels) that chance leaves of letters too small for black and white."""
_LEGIBLE, _LEGIBLE_CUT = 9.5, 20
"""Pixels: lower characters have no room for what tells them apart (an S and a 5, a g and a q), in grey,
and in black and white, where a threshold keeps of a comma no more than of a full stop."""
_SURPRISING = 0.8
"""Beyond this a page in black and white is not what a threshold makes of the grey one."""
_ONE_SCAN_CUT, _LEGIBLE_ONE = 0.08, 12
"""What an I for an l leaves over a patch, where it is 12 pixels high, is more: half a pixel. Of lower letters
nothing is told in black and white."""
_SURE_OF_CUT = 0.97
"""In black and white small print may be on a page of larger letters: no policy links it by itself."""


class Why(StrEnum):
    """The rule that decided; each has its words (see :mod:`onecopy.verify.words`)."""

    CLEAN = "clean"
    RESCAN = "rescan"
    FRAMING = "framing"
    MIRRORED = "mirrored"
    SLANTED = "slanted"
    CHANGED = "changed"
    RECOLOURED = "recoloured"
    TRANSPARENCY = "transparency"
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
    if exam.cut:
        return _black_and_white(exam, frame)
    if exam.residual.worst <= _limit(exam) and exam.support >= ENOUGH_SUPPORT:
        return _clean(exam, frame)
    if exam.both_paper:
        return _paper(exam, frame)
    return _photo(exam, frame)


def _limit(exam: Examination) -> float:
    """Excess up to which a pair is clean.

    Where even the grain is that of one capture, nobody took two pictures, and an edit shows more than what
    blurring, sharpening and other tone curves than those that were fitted leave behind.
    """
    if not 1 < exam.residual.worst <= _LIMIT_OF_ONE_CAPTURE or exam.torn > _SPECKLED:
        return 1.0
    same_grain = exam.grain.likeness >= _SAME_GRAIN and exam.grain.strength >= _STRONG_GRAIN
    return _LIMIT_OF_ONE_CAPTURE if same_grain else 1.0


def rule_at_a_glance(exam: Examination) -> Ruling:
    """Decide what a pair is of which much differs even at small size: nothing that needs a close look."""
    if exam.textured < _LEAST_TEXTURE or exam.support < _ALIKE:
        return Ruling(Relation.DISTINCT, 0.8, Why.UNRELATED, None)
    if exam.both_paper:
        return Ruling(Relation.SAME_FORM, 0.8, Why.OTHER_MARKS, view_framing(exam))
    return Ruling(Relation.SAME_SCENE, 0.8, Why.OTHER_CAPTURE, view_framing(exam))


def rule_slanted(exam: Examination) -> Ruling | None:
    """Decide what two pictures are of which one was laid flat upon the other; ``None`` where they differ."""
    frame = replace(view_framing(exam), same=False)
    if exam.textured < _LEAST_TEXTURE or exam.support < _FLAT_SUPPORT:
        return None
    if exam.both_paper:
        same = exam.strokes.partnered
    else:
        same = exam.residual.worst <= _FLAT_EXCESS or exam.grain.one_capture(exam.torn_light)
    return Ruling(Relation.EDITED, 0.9, Why.SLANTED, frame) if same and exam.torn <= _CONFINED else None


def _clean(exam: Examination, frame: Framing) -> Ruling:
    if exam.both_paper and not _same_marks(exam):
        return _paper(exam, frame)
    if not _readable(exam) or _print_lost(exam):
        return Ruling(Relation.UNCLEAR, 0.9, Why.TOO_SMALL_TO_READ, frame)
    if frame.mirrored:
        return Ruling(Relation.EDITED, 0.98, Why.MIRRORED, frame)
    if not frame.same:
        return _rescan(exam, frame) if _scanned_again(exam, frame) else _framed(0.98, frame)
    if not exam.both_paper and exam.grain.two_exposures:
        return Ruling(Relation.SAME_SCENE, 0.8, Why.OTHER_CAPTURE, frame)  # on a tripod, and nothing moved
    if exam.residual.worst > FAINTEST_MOVE and not exam.both_paper and exam.grain.likeness < _ALIKE:
        return Ruling(Relation.UNCLEAR, 0.7, Why.GRAIN_LOST, frame)
    return Ruling(Relation.SAME_IMAGE, _confidence(exam), Why.CLEAN, frame)


def _framed(confidence: float, frame: Framing) -> Ruling:
    return Ruling(Relation.EDITED, confidence, Why.FRAMING, frame)


def _scanned_again(exam: Examination, frame: Framing) -> bool:
    """A sheet put on the glass a second time lies a little askew; a crop does not."""
    return exam.both_paper and abs(frame.skew) >= 0.08


def _confidence(exam: Examination) -> float:
    """Sure where the coarser shows much of the finer and the difference is far from the limit."""
    sure = 0.999
    if exam.residual.excess.max(initial=0) > 0.8 or exam.residual.chroma.max(initial=0) > 0.95:
        sure -= 0.012
    if exam.scale < 0.2 or max(exam.coarse.width, exam.coarse.height) < 200:
        sure -= 0.012
    return sure


def _readable(exam: Examination) -> bool:
    """Whether a changed character would show: always on photographs, on paper if the coarser keeps detail."""
    if not (exam.fine.is_paper or exam.coarse.is_paper):
        return True
    if _broad(exam):
        return True  # nothing is written there
    coarse = exam.coarse.luma.astype(np.float32)
    if exam.scale < 0.9 and detail_lost(exam.fine.luma.astype(np.float32), exam.scale) > _KEPT:
        return False
    low, high = np.quantile(coarse[::3, ::3], (0.005, 0.995))
    hidden = exam.residual.visible > _TO_BE_SEEN * (high - low)
    doubtful = hidden or max(coarse.shape) < _SMALLEST_PAGE
    return not (doubtful and detail_lost(coarse, 0.5) > _READABLE)


def _photo(exam: Examination, frame: Framing) -> Ruling:
    confined = exam.torn <= _CONFINED and exam.support >= 0.4
    if confined and exam.residual.excess.max() <= 1 and exam.support >= 0.6:
        return Ruling(Relation.EDITED, 0.95, Why.RECOLOURED, frame)
    veiled = exam.torn <= _VEILED and exam.support >= 0.4
    if veiled and exam.grain.one_capture(exam.torn_light):
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
    if exam.residual.worst <= _UNREAD_EXCESS and (not _readable(exam) or (marks.same and _print_lost(exam))):
        return Ruling(Relation.UNCLEAR, 0.8, Why.TOO_SMALL_TO_READ, frame)
    same_strokes = _same_marks(exam)
    worst = exam.worst_beside_ink if same_strokes else exam.residual.worst
    if same_strokes and worst <= _PAPER_EXCESS and frame.same:
        return _rescan(exam, frame)
    if exam.torn <= _CONFINED and exam.grain.one_capture(exam.torn_light, paper=True):
        return Ruling(Relation.EDITED, 0.93, Why.CHANGED, frame)
    if same_strokes and worst <= _RESCAN_EXCESS:
        return _rescan(exam, frame)
    if not marks.differ:
        return Ruling(Relation.UNCLEAR, 0.7, Why.STROKES_DOUBTFUL, frame)
    return Ruling(Relation.SAME_FORM, 0.9, Why.OTHER_MARKS, frame)


def _same_marks(exam: Examination) -> bool:
    """Stroke for stroke; where nothing is left of one capture, or next to nothing, a patch says no more."""
    one_capture = exam.grain.likeness >= _ONE_SCAN and exam.grain.strength >= 0.5
    if exam.residual.worst <= (1 if one_capture else _AS_GOOD_AS_EQUAL):
        return exam.strokes.partnered
    return exam.strokes.same


def _black_and_white(exam: Examination, frame: Framing) -> Ruling:
    """For pages of which one is black and white at least: nothing but strokes is left."""
    marks = exam.strokes
    if exam.support < 0.15 or marks.unmatched > 0.55:
        return Ruling(Relation.DISTINCT, 0.8, Why.UNRELATED, None)
    if 0 < marks.letters < _LEGIBLE_ONE and marks.heaviest <= _UNREAD_INK:
        return Ruling(Relation.UNCLEAR, 0.8, Why.TOO_SMALL_TO_READ, frame)
    if marks.differ:
        return Ruling(Relation.SAME_FORM, 0.9, Why.OTHER_MARKS, frame)
    if not marks.same or not _as_expected(exam):
        return Ruling(Relation.UNCLEAR, 0.7, Why.STROKES_DOUBTFUL, frame)
    if _print_lost(exam) and not _one_scan(exam):
        return Ruling(Relation.UNCLEAR, 0.8, Why.TOO_SMALL_TO_READ, frame)
    return _rescan(exam, frame)


def _as_expected(exam: Examination) -> bool:
    """Whether one is what a threshold makes of the other; in two such an I for an l is but a ragged rim."""
    return _one_scan(exam) if exam.surprise is None else exam.surprise <= _SURPRISING


def _one_scan(exam: Examination) -> bool:
    """Whether nothing is left between two pages in black and white."""
    return exam.surprise is None and exam.apart <= _ONE_SCAN_CUT


def _broad(exam: Examination) -> bool:
    return is_broad(exam.coarse.luma) and is_broad(exam.fine.luma)


def _rescan(exam: Examination, frame: Framing) -> Ruling:
    """For a pair that is readable and has the same strokes."""
    if frame.mirrored:
        return Ruling(Relation.EDITED, 0.9, Why.MIRRORED, frame)
    cropped = max(frame.cut + frame.added) > _SHIFTED or (not frame.same and frame.one_sided)
    if not _whole(frame) or (not _scanned_again(exam, frame) and cropped):
        return _framed(0.9, frame)
    sure = _SURE_OF_CUT if exam.cut and exam.residual.worst > _AS_GOOD_AS_EQUAL else 0.99
    return Ruling(Relation.SAME_IMAGE, sure, Why.RESCAN, frame)


def _print_lost(exam: Examination) -> bool:
    """Whether what is written on two scans of paper is too small for another letter to show."""
    if not exam.both_paper or _broad(exam):
        return False
    scanned_twice = exam.cut or exam.grain.two_captures
    return scanned_twice and 0 < exam.strokes.letters < (_LEGIBLE_CUT if exam.cut else _LEGIBLE)


def _whole(frame: Framing) -> bool:
    """Whether each shows all of the other, but for the corners round a sheet that lies askew."""
    corners = 1 + np.sin(2 * np.radians(abs(frame.skew)))
    least, most = sorted((frame.overlap_a, frame.overlap_b))
    upright = abs(frame.skew) <= _MOST_SKEW and 0.97 < frame.stretch < 1.03
    return bool(upright and most >= _SHOWN and least >= _SHOWN / corners)
