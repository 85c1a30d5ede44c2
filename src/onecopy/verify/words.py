"""A ruling in words, as a person would say it; regions in the pixels of both images."""

from collections.abc import Iterator, Sequence

import numpy as np

from onecopy.model import Region
from onecopy.sayings import Saying, said
from onecopy.verify.decide import Ruling, Why
from onecopy.verify.examine import Examination
from onecopy.verify.framing import Framing
from onecopy.verify.residual import regions
from onecopy.verify.view import View

_SIDES = ("left", "top", "right", "bottom")


def sentences(ruling: Ruling, exam: Examination | None, found: tuple[Region, ...]) -> tuple[Saying, ...]:
    """Say what was decided and why.

    Returns:
        One to five sentences; A is called "the first", B "the second".
    """
    sayings = list[Saying]()
    if ruling.framing is not None and exam is not None and ruling.why is not Why.SLANTED:
        sayings.extend(_framing(ruling.framing))
    if ruling.why is Why.CHANGED:
        sayings.append(_places("changed", found, exam))
    elif ruling.why is Why.OTHER_MARKS and found:
        sayings.append(_places("marks-differ", found, exam))
    else:
        sayings.append(said(str(ruling.why)))
    if exam is not None:
        sayings.extend(_tone(exam, ruling))
    return tuple(sayings)


def _framing(frame: Framing) -> Iterator[Saying]:
    parts = []
    if frame.mirrored:
        parts.append(said("is-mirrored"))
    if frame.turned:
        parts.append(said("is-turned", degrees=frame.turned))
    if abs(frame.skew) >= 0.35:
        parts.append(said("is-rotated", degrees=f"{abs(frame.skew):.1f}"))
    if not 0.985 < frame.stretch < 1.015:
        parts.append(said("is-stretched"))
    parts += _at_sides("cropped", frame.cut) + _at_sides("added", frame.added)
    if not 0.97 < frame.scale < 1.03:
        parts.append(said("is-scaled", share=round(1 / frame.scale, 4)))
    if parts:
        yield said("framed", how=parts)


def _at_sides(what: str, shares: Sequence[float]) -> list[Saying]:
    sides = zip(_SIDES, shares, strict=True)
    return [said(f"{what}-{side}", share=round(share, 4)) for side, share in sides if share >= 0.01]


def _tone(exam: Examination, ruling: Ruling) -> Iterator[Saying]:
    """What global operations were needed to bring one to the other."""
    if ruling.why is Why.UNRELATED:
        return
    if exam.fine.is_grey != exam.coarse.is_grey:
        yield said("grey")
    middle = exam.made.curve[192] - exam.made.curve[64]
    if not 112 < middle < 144 or abs(float(exam.made.curve[128]) - 128) > 10:
        yield said("toned")
    if exam.made.sharpened > 1.3:
        yield said("sharpened")


def _places(code: str, found: tuple[Region, ...], exam: Examination | None) -> Saying:
    """In how many places the two differ, and where the largest is."""
    box = found[0].a if found else None
    if box is None or exam is None:
        return said(code, num=len(found))
    a = exam.coarse if exam.swapped else exam.fine
    x, y = (box[0] + box[2] / 2) / a.full_width, (box[1] + box[3] / 2) / a.full_height
    row = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else "middle"
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else "centre"
    return said(f"{code}-at", num=len(found), where=said(f"{row}-{column}"))


def marked(exam: Examination, ruling: Ruling) -> tuple[Region, ...]:
    """What differs, as boxes in the displayed pixels of A and of B."""
    if ruling.why in {
        Why.UNRELATED,
        Why.CLEAN,
        Why.FRAMING,
        Why.TRANSPARENCY,
        Why.MIRRORED,
        Why.SLANTED,
        Why.RESCAN,
        Why.OTHER_CAPTURE,
    }:
        return ()
    boxes = exam.strokes.boxes if ruling.why in {Why.OTHER_MARKS, Why.STROKES_DOUBTFUL} else ()
    boxes = boxes or tuple(regions(exam.residual))
    return tuple(_region(exam, box) for box in boxes)


def _region(exam: Examination, box: tuple[int, int, int, int]) -> Region:
    x, y, width, height = box
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]) - 0.5
    on_fine = corners @ exam.matrix[:2, :2].T + exam.matrix[:2, 2]
    fine, coarse = _box(on_fine, exam.fine), _box(corners, exam.coarse)
    return Region(a=coarse, b=fine) if exam.swapped else Region(a=fine, b=coarse)


def _box(corners: np.ndarray, view: View) -> tuple[int, int, int, int]:
    low = np.clip((corners.min(0) + 0.5) / view.scale, 0, [view.full_width - 1, view.full_height - 1])
    high = np.clip((corners.max(0) + 0.5) / view.scale, 1, [view.full_width, view.full_height])
    x, y = int(low[0]), int(low[1])
    return x, y, max(1, round(float(high[0])) - x), max(1, round(float(high[1])) - y)
