"""What leaves framing and content as they were: encodings, sizes, colours, turns, tone, another scan."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from benchmarks.accuracy.recipe import (
    PAPER,
    PHOTOGRAPH,
    Recipe,
    UnfitError,
    Work,
    drawn,
    encoded,
    picture,
    saved,
    steps,
)

_STRONG = frozenset({"strong"})
_MOST = frozenset({"middle", "strong"})


def _resized(image: Image.Image, work: Work) -> Image.Image:
    size = tuple(round(side * work.value) for side in image.size)
    if min(size) < 128:
        raise UnfitError("too small to be resized")
    return image.resize(size, Image.Resampling.LANCZOS)


def _to_side(image: Image.Image, work: Work) -> Image.Image:
    if max(image.size) < 2 * work.value:
        raise UnfitError("too small for a thumbnail")
    copy = image.copy()
    copy.thumbnail((work.value, work.value), Image.Resampling.LANCZOS)
    return copy


def _palette(image: Image.Image, work: Work) -> Image.Image:
    return image.quantize(work.value)


def _levels(image: Image.Image, work: Work) -> Image.Image:
    return ImageOps.posterize(image, work.value)


def _bilevel(image: Image.Image, work: Work) -> Image.Image:
    grey = np.asarray(image.convert("L"))
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return Image.fromarray(np.where(grey > level + work.value, 255, 0).astype(np.uint8)).convert("1")


def _toned(image: Image.Image, work: Work) -> Image.Image:
    brightness, contrast, gamma = work.value
    made = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(brightness)).enhance(contrast)
    return made.point([round(255 * (v / 255) ** gamma) for v in range(256)] * 3)


def _tagged(source: Path, stem: Path, work: Work) -> Path:
    """Pixels turned one way, and a tag that has the viewer turn them back."""
    turn, tag = work.value
    exif = Image.Exif()
    exif[0x0112] = tag
    path = stem.with_name(stem.name + ".jpg")
    picture(source).transpose(turn).save(path, quality=90, exif=exif)
    return path


def _scan(image: Image.Image, work: Work) -> Image.Image:
    """Put on the glass again: a little askew, another resolution, uneven light, grain."""
    skew, scale, noise = work.value
    random = work.random
    angle = skew * random.choice((-1, 1))
    width, height = image.size
    soft = cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), 0.45 / min(1.0, scale))
    turned = np.abs([np.cos(np.radians(skew)), np.sin(np.radians(skew))]) * scale
    size = (
        round(width * turned[0] + height * turned[1]),
        round(height * turned[0] + width * turned[1]),
    )  # the whole sheet, as a scanner finds it
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(angle), scale)
    matrix[:, 2] += (np.array(size) - (width, height)) / 2 + random.uniform(-1, 1, 2)
    around = np.percentile(soft.reshape(-1, 3), 90, axis=0)
    page = cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_CUBIC, borderValue=tuple(map(float, around)))
    light = cv2.resize(random.normal(0, 1.5, (4, 3)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(random.standard_normal(page.shape, np.float32), (0, 0), 0.6) * 1.6 * noise
    made = 8 + page * (238 / 255) + light[..., None] + grain
    return Image.fromarray(np.clip(made, 0, 255).astype(np.uint8))


def _rescanned(source: Path, stem: Path, work: Work) -> Path:
    *how, colour, quality = work.value
    made = _scan(picture(source), Work(value=how, random=work.random))
    if colour == "1":
        return saved(_bilevel(made, Work(value=0, random=work.random)), stem.with_suffix(".png"), stem)
    return saved(made.convert(colour), stem.with_suffix(".jpg"), stem, quality=quality)


def _sharp(image: Image.Image, work: Work) -> Image.Image:
    return image.filter(ImageFilter.UnsharpMask(2, work.value, 2))


def _blurred(image: Image.Image, work: Work) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(work.value))


RECIPES = (
    Recipe(
        name="jpeg",
        same="same",
        make=encoded(".jpg"),
        strengths=steps({"quality": 75}, {"quality": 40}, {"quality": 20}),
        unclear=_STRONG,
    ),
    Recipe(
        name="webp",
        same="same",
        make=encoded(".webp"),
        strengths=steps({"quality": 85}, {"quality": 60}, {"quality": 25}),
        unclear=_STRONG,
    ),
    Recipe(
        name="avif",
        same="same",
        make=encoded(".avif", speed=8),
        strengths=steps({"quality": 80}, {"quality": 60}, {"quality": 35}),
        unclear=_STRONG,
    ),
    Recipe(
        name="jpeg-2000",
        same="same",
        make=encoded(".jp2", quality_mode="dB", irreversible=True),
        strengths=steps({"quality_layers": [42]}, {"quality_layers": [36]}, {"quality_layers": [30]}),
        unclear=_STRONG,
    ),
    Recipe(
        name="png",
        same="same",
        make=encoded(".png"),
        strengths={"middle": {}},
    ),
    Recipe(
        name="tiff",
        same="same",
        make=encoded(".tif"),
        strengths={"weak": {"compression": "tiff_lzw"}, "middle": {"compression": "jpeg", "quality": 75}},
    ),
    Recipe(name="bmp", same="same", make=encoded(".bmp"), strengths={"middle": {}}),
    Recipe(
        name="gif",
        same="same",
        make=encoded(".gif"),
        strengths={"middle": {}},
    ),
    Recipe(name="resize", same="same", make=drawn(_resized), strengths=steps(0.75, 0.5, 0.3), unclear=_MOST),
    Recipe(name="enlarge", same="same", make=drawn(_resized), strengths=steps(1.2, 1.6, 2.5)),
    Recipe(
        name="thumbnail",
        same="same",
        make=drawn(_to_side),
        strengths=steps(300, 200, 128),
        kinds=PHOTOGRAPH,
    ),
    Recipe(
        name="grey",
        same="same",
        make=drawn(lambda image, work: image.convert("L")),
        strengths={"middle": None},
    ),
    Recipe(name="palette", same="same", make=drawn(_palette), strengths=steps(256, 64, 16)),
    Recipe(name="fewer-bits", same="same", make=drawn(_levels), strengths=steps(6, 5, 4)),
    Recipe(
        name="bilevel",
        same="same",
        make=drawn(_bilevel),
        strengths=steps(0, 15, -25),
        kinds=PAPER,
        unclear=frozenset({"weak", "middle", "strong"}),
    ),
    Recipe(
        name="tone",
        same="same",
        make=drawn(_toned),
        strengths=steps((1.1, 1.0, 0.95), (1.2, 1.15, 0.8), (0.75, 1.3, 1.3)),
    ),
    Recipe(name="sharpen", same="same", make=drawn(_sharp), strengths=steps(60, 120, 220)),
    Recipe(name="blur", same="same", make=drawn(_blurred), strengths=steps(0.6, 1.0, 1.5), unclear=_MOST),
    Recipe(
        name="turn",
        same="same",
        make=drawn(lambda image, work: image.transpose(work.value)),
        strengths=steps(Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270),
    ),
    Recipe(
        name="exif-turn",
        same="same",
        make=_tagged,
        strengths=steps(
            (Image.Transpose.ROTATE_180, 3),
            (Image.Transpose.ROTATE_90, 6),
            (Image.Transpose.FLIP_LEFT_RIGHT, 2),
        ),
    ),
    Recipe(
        name="rescan",
        same="same",
        make=_rescanned,
        strengths=steps((0.5, 1.0, 1.5, "RGB", 90), (2.0, 0.9, 2.2, "L", 80), (5.0, 0.75, 3.0, "L", 70)),
        kinds=PAPER,
        unclear=_MOST,
    ),
    Recipe(
        name="rescan-bilevel",
        same="same",
        make=_rescanned,
        strengths=steps((0.3, 1.0, 1.5, "1", 0), (1.0, 1.0, 2.2, "1", 0), (3.0, 0.8, 3.0, "1", 0)),
        kinds=PAPER,
        unclear=frozenset({"weak", "middle", "strong"}),
    ),
)
