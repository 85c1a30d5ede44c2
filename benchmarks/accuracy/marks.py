"""What changes content in places: stamps, captions, redaction, blur, colour, retouching."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from demo.packages import font
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.accuracy.recipe import PHOTOGRAPH, Recipe, UnfitError, Work, drawn, steps

_SEEN = 24
"""Grey levels by which a place must differ for a person to see it."""
_TRIES = 12

Box = tuple[int, int, int, int]
Change = Callable[[Image.Image, Box], Image.Image]


def _seen(before: Image.Image, after: Image.Image) -> int:
    """How many pixels a person would see to differ."""
    a, b = (np.asarray(one, np.int16) for one in (before, after))
    return int((np.abs(a - b).max(axis=2) >= _SEEN).sum())


def _somewhere(
    image: Image.Image, size: tuple[int, int], work: Work, change: Change, *, least: float = 0.1
) -> Image.Image:
    """Change a box of a size where that can be seen: in at least a tenth of it, if nothing else is said."""
    width, height = min(size[0], image.width), min(size[1], image.height)
    for _ in range(_TRIES):
        left = int(work.random.integers(0, image.width - width + 1))
        top = int(work.random.integers(0, image.height - height + 1))
        made = change(image.copy(), (left, top, left + width, top + height))
        if _seen(image, made) >= max(20, width * height * least):
            return made
    raise UnfitError("it would not be seen anywhere")


def _of_area(image: Image.Image, share: float, work: Work) -> tuple[int, int]:
    """Sides of a box with a share of the area, not quite square."""
    side = np.sqrt(share * image.width * image.height)
    shape = float(work.random.uniform(0.7, 1.4))
    return round(side * shape), round(side / shape)


def _dated(image: Image.Image, work: Work) -> Image.Image:
    """As cameras stamp it: orange, in the lower right corner."""
    high = max(11, round(min(image.size) * work.value))
    made = image.copy()
    at = (image.width - high, image.height - high)
    text = f"{int(work.random.integers(2015, 2026))}-{int(work.random.integers(1, 13)):02d}-17 14:32"
    ImageDraw.Draw(made).text(at, text, fill=(255, 140, 20), font=font("bold", high), anchor="rd")
    if _seen(image, made) < 20:
        raise UnfitError("it would not be seen")
    return made


def _captioned(image: Image.Image, work: Work) -> Image.Image:
    """A black band with words, over the picture's lower edge, or below it."""
    share, below = work.value
    high = max(18, round(image.height * share))
    made = Image.new("RGB", (image.width, image.height + (high if below else 0)))
    made.paste(image)
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, made.height - high, made.width, made.height), fill="black")
    at = (made.width // 2, made.height - high // 2)
    draw.text(at, "Site visit, north side", fill="white", font=font("regular", high * 6 // 10), anchor="mm")
    if not below and _seen(image, made) < 20:
        raise UnfitError("it would not be seen")
    return made


def _watermarked(image: Image.Image, work: Work) -> Image.Image:
    """Words across it, half transparent, white with a dark edge."""
    mark = Image.new("RGBA", image.size)
    face = font("bold", max(14, round(min(image.size) * 0.09)))
    draw = ImageDraw.Draw(mark)
    solid = round(255 * work.value)
    for n in range(1, 4):
        at = (image.width // 2, image.height * n // 4)
        edge = (0, 0, 0, solid)
        draw.text(at, "SAMPLE COPY", (255, 255, 255, solid), face, "mm", stroke_width=2, stroke_fill=edge)
    mark = mark.rotate(20, Image.Resampling.BICUBIC)
    return Image.alpha_composite(image.convert("RGBA"), mark).convert("RGB")


def _stamp(width: int, random: np.random.Generator) -> Image.Image:
    """APPROVED, in a box, a little askew: as a mask."""
    face = font("bold", max(9, width // 7))
    size = (round(face.getlength("APPROVED")) + width // 8, width // 4)
    mark = Image.new("L", size)
    draw = ImageDraw.Draw(mark)
    draw.rectangle((1, 1, size[0] - 2, size[1] - 2), outline=220, width=max(2, width // 60))
    draw.text((size[0] // 2, size[1] // 2), "APPROVED", fill=220, font=face, anchor="mm")
    return mark.rotate(float(random.uniform(-14, 14)), Image.Resampling.BICUBIC, expand=True)


def _stamped(image: Image.Image, work: Work) -> Image.Image:
    mark = _stamp(round(image.width * work.value), work.random)

    def change(copy: Image.Image, box: Box) -> Image.Image:
        copy.paste((176, 24, 40), box[:2], mark)
        return copy

    return _somewhere(image, mark.size, work, change)


def _signed(image: Image.Image, work: Work) -> Image.Image:
    """A quick hand in blue ink."""
    width = round(image.width * work.value)
    t = np.linspace(0, 1, 300)
    waves = [
        work.random.uniform(0.4, 1) * np.sin(2 * np.pi * (k * 2.3 * t + work.random.uniform())) / k
        for k in range(1, 6)
    ]
    x, y = t * width * 0.95, np.sum(waves, axis=0)
    y = (y - y.min()) / np.ptp(y) * width * 0.3
    thick = max(2, width // 70)

    def change(copy: Image.Image, box: Box) -> Image.Image:
        points = [(box[0] + float(a), box[1] + float(b)) for a, b in zip(x, y, strict=True)]
        ImageDraw.Draw(copy).line(points, fill=(28, 36, 120), width=thick, joint="curve")
        return copy

    return _somewhere(image, (width, round(width * 0.3) + thick), work, change, least=0.015)


def _redacted(image: Image.Image, work: Work) -> Image.Image:
    def change(copy: Image.Image, box: Box) -> Image.Image:
        ImageDraw.Draw(copy).rectangle(box, fill="black")
        return copy

    return _somewhere(image, _of_area(image, work.value, work), work, change)


def _ellipse(image: Image.Image, box: Box) -> Image.Image:
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def _blurred(image: Image.Image, work: Work) -> Image.Image:
    """Faces and number plates made unreadable: blurred, or in large blocks."""
    share, blocks = work.value
    size = _of_area(image, share, work)
    if blocks:
        small = image.resize(
            [max(1, side // max(6, size[0] // 8)) for side in image.size], Image.Resampling.BOX
        )
        hidden = small.resize(image.size, Image.Resampling.NEAREST)
    else:
        hidden = image.filter(ImageFilter.GaussianBlur(max(4, size[0] / 10)))

    def change(copy: Image.Image, box: Box) -> Image.Image:
        copy.paste(hidden, mask=_ellipse(image, box))
        return copy

    return _somewhere(image, size, work, change)


def _recoloured(image: Image.Image, work: Work) -> Image.Image:
    """Another hue in a part, lightness kept."""
    lab = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2Lab).astype(np.float32)
    centred = lab[..., 1:] - 128
    tint = work.random.choice((-1, 1), 2) * 14
    lab[..., 1:] = 128 - centred + tint
    other = Image.fromarray(cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_Lab2RGB))

    def change(copy: Image.Image, box: Box) -> Image.Image:
        copy.paste(other, mask=_ellipse(image, box).filter(ImageFilter.GaussianBlur(2)))
        return copy

    return _somewhere(image, _of_area(image, work.value, work), work, change)


def _retouched(image: Image.Image, work: Work) -> Image.Image:
    """Something is taken away: filled from around it."""

    def change(copy: Image.Image, box: Box) -> Image.Image:
        mask = np.asarray(_ellipse(image, box))
        filled: npt.NDArray[np.uint8] = cv2.inpaint(np.asarray(copy), mask, 4, cv2.INPAINT_TELEA)
        return Image.fromarray(filled)

    return _somewhere(image, _of_area(image, work.value, work), work, change)


def _cloned(image: Image.Image, work: Work) -> Image.Image:
    """One place is covered with another."""
    size = _of_area(image, work.value, work)
    left = int(work.random.integers(0, image.width - size[0] + 1))
    top = int(work.random.integers(0, image.height - size[1] + 1))
    patch = image.crop((left, top, left + size[0], top + size[1]))

    def change(copy: Image.Image, box: Box) -> Image.Image:
        copy.paste(patch, box[:2])
        return copy

    return _somewhere(image, size, work, change)


RECIPES = (
    Recipe(name="date-stamp", same="edited", make=drawn(_dated), strengths=steps(0.025, 0.045, 0.08)),
    Recipe(
        name="caption",
        same="edited",
        make=drawn(_captioned),
        strengths=steps((0.05, True), (0.08, False), (0.2, False)),
    ),
    Recipe(name="watermark", same="edited", make=drawn(_watermarked), strengths=steps(0.15, 0.35, 0.7)),
    Recipe(name="stamp", same="edited", make=drawn(_stamped), strengths=steps(0.1, 0.2, 0.4)),
    Recipe(name="signature", same="edited", make=drawn(_signed), strengths=steps(0.12, 0.25, 0.45)),
    Recipe(name="redaction", same="edited", make=drawn(_redacted), strengths=steps(0.005, 0.03, 0.15)),
    Recipe(
        name="partial-blur",
        same="edited",
        make=drawn(_blurred),
        strengths=steps((0.01, False), (0.04, True), (0.15, False)),
    ),
    Recipe(
        name="recolour",
        same="edited",
        make=drawn(_recoloured),
        strengths=steps(0.01, 0.05, 0.2),
        kinds=PHOTOGRAPH,
    ),
    Recipe(name="retouch", same="edited", make=drawn(_retouched), strengths=steps(0.004, 0.015, 0.04)),
    Recipe(name="clone", same="edited", make=drawn(_cloned), strengths=steps(0.004, 0.015, 0.05)),
)
