"""What changes framing: less of the picture, more around it, another shape, several in one."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from benchmarks.accuracy.recipe import PAPER, PHOTOGRAPH, Recipe, UnfitError, Work, drawn, picture, steps

_FLAT = 12.0
"""Standard deviation in grey levels below which a part shows nothing."""
_COLOURS = ((0, 0, 0), (96, 64, 40), (40, 60, 110), (170, 170, 170))


def _cropped(image: Image.Image, work: Work) -> Image.Image:
    share = np.sqrt(work.value)
    width, height = (round(side * share) for side in image.size)
    for _ in range(8):
        left = int(work.random.integers(0, image.width - width + 1))
        top = int(work.random.integers(0, image.height - height + 1))
        made = image.crop((left, top, left + width, top + height))
        if np.asarray(made.convert("L")).std() >= _FLAT:
            return made
    raise UnfitError("nothing but blank parts")


def _side_off(image: Image.Image, work: Work) -> Image.Image:
    """One side is cut off."""
    off = [0, 0, image.width, image.height]
    side = int(work.random.integers(4))
    off[side] += round(image.size[side % 2] * work.value) * (1 if side < 2 else -1)
    made = image.crop(tuple(off))
    lost = np.abs(off[side] - (0, 0, *image.size)[side])
    if lost < 3 or np.asarray(made.convert("L")).std() < _FLAT:
        raise UnfitError("too small to lose a side")
    return made


def _bordered(image: Image.Image, work: Work) -> Image.Image:
    colour = _COLOURS[int(work.random.integers(len(_COLOURS)))]
    return ImageOps.expand(image, max(3, round(min(image.size) * work.value)), colour)


def _letterboxed(image: Image.Image, work: Work) -> Image.Image:
    """Black bars, above and below or at both sides."""
    width, height = image.size
    more = 1 + work.value
    size = (width, round(height * more)) if work.random.random() < 0.5 else (round(width * more), height)
    return ImageOps.pad(image, size, color="black")


def _padded(image: Image.Image, work: Work) -> Image.Image:
    """White around it, more on some sides."""
    left, top, right, bottom = (
        round(float(work.random.uniform(0.3, 1)) * work.value * side) for side in (*image.size, *image.size)
    )
    made = Image.new("RGB", (image.width + left + right, image.height + top + bottom), "white")
    made.paste(image, (left, top))
    return made


def _stretched(image: Image.Image, work: Work) -> Image.Image:
    width, height = image.size
    if work.random.random() < 0.5:
        width = round(width * work.value)
    else:
        height = round(height * work.value)
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _mirrored(image: Image.Image, work: Work) -> Image.Image:
    return image.transpose(work.value)


def _signed(work: Work) -> float:
    return float(work.value * work.random.choice((-1, 1)))


def _rotated(image: Image.Image, work: Work) -> Image.Image:
    """Turned, with black corners."""
    return image.rotate(_signed(work), Image.Resampling.BICUBIC, expand=True)


def _straightened(image: Image.Image, work: Work) -> Image.Image:
    """Turned, and cut to the largest upright part of the same shape."""
    width, height = image.size
    turned = image.rotate(_signed(work), Image.Resampling.BICUBIC)
    sine, cosine = np.sin(np.radians(work.value)), np.cos(np.radians(work.value))
    share = min(width / (width * cosine + height * sine), height / (height * cosine + width * sine))
    dx, dy = round(width * (1 - share) / 2) + 1, round(height * (1 - share) / 2) + 1
    return turned.crop((dx, dy, width - dx, height - dy))


def _tilt(work: Work, width: int, height: int, depth: float) -> npt.NDArray[np.float64]:
    """A homography that moves each corner inwards by up to ``depth`` of the side."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * (width, height)
    moved = corners + inwards * work.random.uniform(0, depth, (4, 2))
    moved[0] = corners[0] + inwards[0] * depth * (1, 0.6)  # at least one corner moves that far
    return np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)


def _perspective(image: Image.Image, work: Work) -> Image.Image:
    matrix = _tilt(work, *image.size, work.value)
    made = cv2.warpPerspective(np.asarray(image), matrix, image.size, flags=cv2.INTER_CUBIC)
    return Image.fromarray(made)


def _photographed(image: Image.Image, work: Work) -> Image.Image:
    """A sheet on a table, from a phone held askew: perspective, a table, shade and grain."""
    tilt, noise = work.value
    random = work.random
    table = random.integers(60, 140, 3)
    margin = round(min(image.size) * 0.06)
    sheet = np.asarray(ImageOps.expand(image, margin, tuple(map(int, table))))
    height, width = sheet.shape[:2]
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), float(random.uniform(-4, 4)), 0.93)
    matrix = np.vstack([turned, [0, 0, 1]]) @ _tilt(work, width, height, tilt)
    seen = cv2.warpPerspective(
        sheet, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=tuple(map(float, table))
    ).astype(np.float32)
    shade = cv2.resize(random.uniform(0.78, 1.0, (3, 2)).astype(np.float32), (width, height))
    grain = cv2.GaussianBlur(random.standard_normal(seen.shape, np.float32), (0, 0), 0.7) * 1.8 * noise
    return Image.fromarray(np.clip(seen * shade[..., None] + grain, 0, 255).astype(np.uint8))


def _collage(image: Image.Image, work: Work) -> Image.Image:
    """A sheet of two, four or nine pictures of one size."""
    columns, rows = work.value
    cell = (max(200, image.width * 3 // 5), max(200, image.height * 3 // 5))
    gap = round(cell[0] * 0.03)
    sheet = Image.new("RGB", (columns * (cell[0] + gap) + gap, rows * (cell[1] + gap) + gap), "white")
    shown = [image, *(picture(path) for path in work.others)]
    order = work.random.permutation(len(shown))
    for place, at in enumerate(order):
        tile = ImageOps.contain(shown[at], cell, Image.Resampling.LANCZOS)
        row, column = divmod(place, columns)
        sheet.paste(tile, (gap + column * (cell[0] + gap), gap + row * (cell[1] + gap)))
    return sheet


RECIPES = (
    Recipe(name="crop", same="edited", make=drawn(_cropped), strengths=steps(0.9, 0.5, 0.25)),
    Recipe(name="side-off", same="edited", make=drawn(_side_off), strengths=steps(0.02, 0.08, 0.3)),
    Recipe(name="border", same="edited", make=drawn(_bordered), strengths=steps(0.02, 0.06, 0.15)),
    Recipe(name="letter-box", same="edited", make=drawn(_letterboxed), strengths=steps(0.1, 0.33, 0.8)),
    Recipe(name="padding", same="edited", make=drawn(_padded), strengths=steps(0.06, 0.2, 0.5)),
    Recipe(name="stretch", same="edited", make=drawn(_stretched), strengths=steps(1.05, 1.15, 1.33)),
    Recipe(
        name="mirror",
        same="edited",
        make=drawn(_mirrored),
        strengths={"middle": Image.Transpose.FLIP_LEFT_RIGHT, "strong": Image.Transpose.FLIP_TOP_BOTTOM},
    ),
    Recipe(name="rotate", same="edited", make=drawn(_rotated), strengths=steps(2, 7, 15), kinds=PHOTOGRAPH),
    Recipe(
        name="straighten",
        same="edited",
        make=drawn(_straightened),
        strengths=steps(2, 7, 15),
        kinds=PHOTOGRAPH,
    ),
    Recipe(
        name="perspective",
        same="edited",
        make=drawn(_perspective),
        strengths=steps(0.03, 0.08, 0.15),
        kinds=PHOTOGRAPH,
    ),
    Recipe(
        name="photographed",
        same="edited",
        make=drawn(_photographed),
        strengths=steps((0.02, 1.0), (0.06, 2.0), (0.12, 3.0)),
        kinds=PAPER,
    ),
    Recipe(
        name="collage",
        same="edited",
        make=drawn(_collage),
        strengths=steps((2, 1), (2, 2), (3, 3)),
        shows=lambda grid: grid[0] * grid[1] - 1,
    ),
)
