"""Pages that are one picture in pieces: strips or tiles without a gap, or layers that cover each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from onecopy.decode.containers.pdf_dict import is_stencil, size_of
from onecopy.decode.containers.pdf_find import Shown

_SAME = 0.01
"""Relative difference up to which two resolutions count as one."""
_SLACK = 1.5
"""Pixels by which neighbouring pieces may overlap or gape: writers round their coordinates."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its image, and where its top left corner lies in the whole, in pixels."""

    shown: Shown
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Pieces that tile ``width`` × ``height`` pixels."""

    pieces: tuple[Piece, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Placed:
    shown: Shown
    box: Box  # left, bottom, right, top in points
    pixels: tuple[int, int]

    @property
    def scale(self) -> tuple[float, float]:
        """Points per pixel."""
        left, bottom, right, top = self.box
        return (right - left) / self.pixels[0], (top - bottom) / self.pixels[1]


def mosaics(painted: Sequence[Shown]) -> list[Mosaic]:
    """Find runs of images, painted one after the other, that tile an area without gaps."""
    found: list[Mosaic] = []
    run = _Run()
    for shown in painted:
        placed = _upright(shown)
        if placed is None or not run.takes(placed):
            found += _as_mosaic(run)
            run = _Run()
        if placed is not None:
            run.add(placed)
    return found + _as_mosaic(run)


def layers(painted: Sequence[Shown], page: Box) -> list[Shown]:
    """Images that lie on each other over most of the page, the upper ones partly transparent.

    That is how mixed raster content stores a scan: paper, then text as a mask. None of them is what a person
    sees. Empty unless there are at least two.
    """
    placed = [
        p for p in map(_upright, painted) if p is not None and _area(_overlap(p.box, page)) > _area(page) / 2
    ]
    if len(placed) < 2 or not all(_is_transparent(p.shown) for p in placed[1:]):
        return []
    return [p.shown for p in placed]


def resolution(shown: Shown) -> float:
    """Pixels per point at which an upright image is shown; the larger of its two directions."""
    placed = _upright(shown)
    return 0.0 if placed is None else 1 / min(placed.scale)


def _is_transparent(shown: Shown) -> bool:
    stream = shown.stream
    return "/SMask" in stream or "/Mask" in stream or is_stencil(stream)


def _upright(shown: Shown) -> _Placed | None:
    """The image with its box, if it is shown upright and not mirrored."""
    if shown.place is None:
        return None
    a, b, c, d, e, f = shown.place.shorthand
    width, height = size_of(shown.stream)
    skew = max(abs(b), abs(c))
    if min(a, d) <= 0 or skew > min(a, d) / 1000 or min(width, height) < 1:
        return None
    return _Placed(shown, (e, f, e + a, f + d), (width, height))


class _Run:
    """Images of one resolution, each touching what the ones before it cover."""

    def __init__(self) -> None:
        self.pieces: list[_Placed] = []
        self.bounds: Box = (math.inf, math.inf, -math.inf, -math.inf)

    def takes(self, placed: _Placed) -> bool:
        if not self.pieces:
            return True
        (sx, sy), (px, py) = self.pieces[0].scale, placed.scale
        if abs(px - sx) > _SAME * sx or abs(py - sy) > _SAME * sy or placed.box == self.pieces[-1].box:
            return False
        (left, bottom, right, top), (x0, y0, x1, y1) = self.bounds, placed.box
        return max(x0 - right, left - x1) <= _SLACK * sx and max(y0 - top, bottom - y1) <= _SLACK * sy

    def add(self, placed: _Placed) -> None:
        self.pieces.append(placed)
        (left, bottom, right, top), (x0, y0, x1, y1) = self.bounds, placed.box
        self.bounds = min(left, x0), min(bottom, y0), max(right, x1), max(top, y1)


def _as_mosaic(whole: _Run) -> list[Mosaic]:
    run = whole.pieces
    if len({p.shown.key for p in run}) < 2:  # one image painted over and over is a pattern, not a picture
        return []
    left, bottom, right, top = whole.bounds
    sx = sum(p.box[2] - p.box[0] for p in run) / sum(p.pixels[0] for p in run)
    sy = sum(p.box[3] - p.box[1] for p in run) / sum(p.pixels[1] for p in run)
    pieces = [Piece(p.shown, round((p.box[0] - left) / sx), round((top - p.box[3]) / sy)) for p in run]
    width = max(piece.x + p.pixels[0] for piece, p in zip(pieces, run, strict=True))
    height = max(piece.y + p.pixels[1] for piece, p in zip(pieces, run, strict=True))
    if abs(width - (right - left) / sx) > 2 * _SLACK or abs(height - (top - bottom) / sy) > 2 * _SLACK:
        return []
    rectangles = [(q.x, q.y, q.x + p.pixels[0], q.y + p.pixels[1]) for q, p in zip(pieces, run, strict=True)]
    return [Mosaic(tuple(pieces), width, height)] if _tiles(rectangles, width, height) else []


def _tiles(rectangles: list[tuple[int, int, int, int]], width: int, height: int) -> bool:
    """Whether the rectangles cover the area, and each other by no more than a rounding error.

    Areas that add up, while no two neighbours in either direction overlap by more than the slack, leave no
    room for a gap larger than the slack.
    """
    slack = 2
    covered = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in rectangles)
    edge = sum((x1 - x0) + (y1 - y0) for x0, y0, x1, y1 in rectangles) * slack
    if abs(covered - width * height) > edge:
        return False
    active: list[tuple[int, int, int, int]] = []
    for rectangle in sorted(rectangles, key=lambda r: (r[1], r[0])):
        active = [r for r in active if r[3] - slack > rectangle[1]]
        if any(min(r[2], rectangle[2]) - max(r[0], rectangle[0]) > slack for r in active):
            return False
        active.append(rectangle)
        if len(active) > 4096:
            return False
    return True


def _overlap(a: Box, b: Box) -> Box:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def page_box(page: pikepdf.Page) -> Box:
    """The visible part of a page in points: left, bottom, right, top."""
    numbers = [float(n) for n in page.cropbox]
    return min(numbers[0::2]), min(numbers[1::2]), max(numbers[0::2]), max(numbers[1::2])
