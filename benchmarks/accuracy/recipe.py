"""What may happen to a picture: a recipe, how strongly, and what should be said of the result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageOps

Kind = Literal["photograph", "receipt", "plan"]
Same = Literal["same", "edited"]

PHOTOGRAPH: frozenset[Kind] = frozenset({"photograph"})
PAPER: frozenset[Kind] = frozenset({"receipt", "plan"})
ALL: frozenset[Kind] = PHOTOGRAPH | PAPER


class UnfitError(Exception):
    """This picture does not allow this: too small, nothing there to change, a tool that refuses it."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a recipe gets besides the picture.

    Attributes:
        value: How strongly; what it means is the recipe's own.
        random: Seeded by picture, recipe and strength.
        others: Other pictures, for what shows several.
    """

    value: Any
    random: np.random.Generator
    others: Sequence[Path] = ()


Pixels = Callable[[Image.Image, Work], Image.Image]
"""Changes an RGB picture."""
Maker = Callable[[Path, Path, Work], Path]
"""Takes a file and a path without suffix; writes a file there and returns its path."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way in which copies come about.

    Attributes:
        name: As ``--only`` takes it.
        same: ``same`` where framing and content stay, else ``edited``.
        make: Makes the file.
        strengths: Values by ``weak``, ``middle``, ``strong``, as many as make sense.
        kinds: Pictures for which it makes sense.
        needs: Programs it calls.
        unclear: Strengths at which ``unclear`` is a right answer for paper: what would decide cannot be seen.
        shows: How many other pictures the result shows, too.
        parts: The recipes it is made of, if it is made of others.
    """

    name: str
    same: Same
    make: Maker
    strengths: Mapping[str, Any]
    kinds: frozenset[Kind] = ALL
    needs: tuple[str, ...] = ()
    unclear: frozenset[str] = frozenset()
    shows: Callable[[Any], int] = field(default=lambda _: 0)
    parts: tuple["Recipe", ...] = ()

    def modules(self) -> set[str]:
        """Where the code is that follows it."""
        return {self.make.__module__}.union(*(part.modules() for part in self.parts))


def picture(path: Path) -> Image.Image:
    """A file as a person sees it: upright, RGB, transparency over white."""
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened)
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            over = upright.convert("RGBA")
            ground = Image.new("RGBA", over.size, "white")
            return Image.alpha_composite(ground, over).convert("RGB")
        return upright.convert("RGB")


def saved(image: Image.Image, source: Path, stem: Path, *, quality: int = 90) -> Path:
    """Save as programs do: in the format it came in, if that can hold it."""
    if source.suffix.lower() in {".jpg", ".jpeg"} and image.mode not in {"1", "P"}:
        return _save(image, stem, ".jpg", quality=quality)
    return _save(image, stem, ".png")


def _save(image: Image.Image, stem: Path, suffix: str, **options: Any) -> Path:
    path = stem.with_name(stem.name + suffix)
    image.save(path, **options)
    return path


def encoded(suffix: str, **fixed: Any) -> Maker:
    """A recipe that only saves again, with the strength as further options."""

    def make(source: Path, stem: Path, work: Work) -> Path:
        return _save(picture(source), stem, suffix, **fixed, **work.value)

    return make


def drawn(change: Pixels) -> Maker:
    """A recipe that changes pixels and saves."""

    def make(source: Path, stem: Path, work: Work) -> Path:
        return saved(change(picture(source), work), source, stem)

    make.__module__ = change.__module__
    return make


def steps(weak: Any, middle: Any, strong: Any) -> dict[str, Any]:
    """Values for three strengths."""
    return {"weak": weak, "middle": middle, "strong": strong}
