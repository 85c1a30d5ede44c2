"""A ruling in words, as a person would say it; regions in the pixels of both images."""

import numpy as np

from onecopy.model import Region
from onecopy.verify.decide import Ruling, Why
from onecopy.verify.examine import Examination
from onecopy.verify.framing import Framing
from onecopy.verify.residual import regions
from onecopy.verify.view import View

_SIDES = ("on the left", "at the top", "on the right", "at the bottom")

_SENTENCES = {
    Why.CLEAN: "Every difference is explained by how the two were encoded.",
    Why.RESCAN: "The same marks are there, stroke for stroke.",
    Why.FRAMING: "Within the shared part, every difference is explained by how the two were encoded.",
    Why.MIRRORED: "Left and right are exchanged; apart from that, nothing differs.",
    Why.SLANTED: "One shows the other at a slant, as a photograph of a sheet does.",
    Why.RECOLOURED: "The drawing is the same, the colours are not.",
    Why.TRANSPARENCY: "One has transparent parts that hide what the other shows.",
    Why.TOO_SMALL_TO_READ: "One of them is too small to read: a changed character would not show.",
    Why.STROKES_DOUBTFUL: "Some marks may differ, but too faintly to be sure.",
    Why.GRAIN_LOST: (
        "Something differs, and too little fine detail is left to tell an edit from another capture."
    ),
    Why.OTHER_CAPTURE: "The same place, but not the same exposure.",
    Why.OTHER_MARKS: "The same form or template with different marks.",
    Why.UNRELATED: "Nothing shows that these have a picture in common.",
}


def sentences(ruling: Ruling, exam: Examination | None, found: tuple[Region, ...]) -> tuple[str, ...]:
    """Say what was decided and why.

    Returns:
        One to five sentences; A is called "the first", B "the second".
    """
    said = []
    if ruling.framing is not None and exam is not None and ruling.why is not Why.SLANTED:
        said.append(_framing(ruling.framing))
    if ruling.why is Why.CHANGED:
        said.append(f"One capture, changed in {_count(len(found), 'place')}{_whereabouts(found, exam)}.")
    elif ruling.why is Why.OTHER_MARKS and found:
        places = f"{_count(len(found), 'place')}{_whereabouts(found, exam)}"
        said.append(f"The same form or template; marks differ in {places}.")
    else:
        said.append(_SENTENCES[ruling.why])
    if exam is not None:
        said.extend(_tone(exam, ruling))
    return tuple(s for s in said if s)


def _framing(frame: Framing) -> str:
    parts = []
    if frame.mirrored:
        parts.append("mirrored")
    if frame.turned:
        parts.append(f"turned by {frame.turned}°")
    if abs(frame.skew) >= 0.35:
        parts.append(f"rotated by {abs(frame.skew):.1f}°")
    if not 0.985 < frame.stretch < 1.015:
        parts.append("stretched")
    parts.extend(
        f"cropped {side} by {share:.0%}"
        for side, share in zip(_SIDES, frame.cut, strict=True)
        if share >= 0.01
    )
    parts.extend(
        f"with {share:.0%} added {side}"
        for side, share in zip(_SIDES, frame.added, strict=True)
        if share >= 0.01
    )
    if not 0.97 < frame.scale < 1.03:
        parts.append(f"at {1 / frame.scale:.0%} of the size")
    if not parts:
        return ""
    return f"The second is the first, {', '.join(parts)}."


def _tone(exam: Examination, ruling: Ruling) -> list[str]:
    """What global operations were needed to bring one to the other."""
    if ruling.why is Why.UNRELATED:
        return []
    said = []
    if exam.fine.is_grey != exam.coarse.is_grey:
        said.append("One is in colour, the other grey.")
    middle = exam.made.curve[192] - exam.made.curve[64]
    if not 112 < middle < 144 or abs(float(exam.made.curve[128]) - 128) > 10:
        said.append("Brightness or contrast was changed.")
    if exam.made.sharpened > 1.3:
        said.append("One was sharpened.")
    return said


def _count(number: int, noun: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six")
    return f"{words[number] if number < len(words) else number} {noun}{'' if number == 1 else 's'}"


def _whereabouts(found: tuple[Region, ...], exam: Examination | None) -> str:
    """Where the largest region is, in words."""
    if not found or exam is None:
        return ""
    a = exam.coarse if exam.swapped else exam.fine
    box = found[0].a
    if box is None:
        return ""
    x, y = (box[0] + box[2] / 2) / a.full_width, (box[1] + box[3] / 2) / a.full_height
    row = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else "middle"
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else "centre"
    place = {"middlecentre": "the middle", "middleleft": "the left", "middleright": "the right"}.get(
        row + column, f"the {row} {column}" if column != "centre" else f"the {row}"
    )
    return f" ({'the largest at ' if len(found) > 1 else 'at '}{place})"


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
