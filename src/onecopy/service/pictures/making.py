"""The calls that make pictures of an upload: what to run in a worker, and what comes of it by name."""

from collections.abc import Callable
from dataclasses import dataclass

from onecopy.catalog.images import StoredImage
from onecopy.decode.tiling import BLOCK
from onecopy.engines import run_one
from onecopy.model import Verdict
from onecopy.pipelines.gate import Gate
from onecopy.service.pictures.studio import Made, name_of

SIDES = (160, 320, 640, 1280, 2048)
"""Longest sides of renditions, in pixels. There are no others, so that few are kept of one picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Something to be made.

    Attributes:
        name: Of the file that is wanted.
        batch: What is made by one call has the same one.
        make: Makes it.
    """

    name: str
    batch: str
    make: Callable[[], Made]


def rendition(gate: Gate, content: str, inner: str, side: int) -> Order:
    """A JPEG of a picture, its longest side the smallest of :data:`SIDES` that is large enough."""
    side = next((one for one in SIDES if one >= side), SIDES[-1])
    name = name_of("rendition", content, inner, side)

    def make() -> Made:
        from onecopy.decode.preview import PREVIEW, PreviewArgs  # loads decoders, for their types only

        args = PreviewArgs(inner=inner, longest_side=side, limits=gate.limits)
        files = (gate.vault.content(content),)
        return {name: run_one(gate.engine, PREVIEW, files, args, gate.limits.seconds).jpeg}

    return Order(name=name, batch=name, make=make)


def page(gate: Gate, content: str, inner: str, number: int, side: int) -> Order:
    """A JPEG of a whole page of a document."""
    side = next((one for one in SIDES if one >= side), SIDES[-1])
    name = name_of("page", content, inner, number, side)

    def make() -> Made:
        from onecopy.decode.pages import PAGE, PageArgs

        args = PageArgs(inner=inner, page=number, longest_side=side, limits=gate.limits)
        files = (gate.vault.content(content),)
        return {name: run_one(gate.engine, PAGE, files, args, gate.limits.seconds).jpeg}

    return Order(name=name, batch=name, make=make)


def tile(gate: Gate, content: str, inner: str, level: int, column: int, row: int) -> Order:
    """A tile of a picture, and its neighbours with it."""
    block = (column // BLOCK, row // BLOCK)

    def named(column: int, row: int) -> str:
        return name_of("tile", content, inner, level, column, row)

    def make() -> Made:
        from onecopy.decode.tiling import TILES, TilesArgs

        args = TilesArgs(inner=inner, content=content, level=level, block=block, limits=gate.limits)
        files = (gate.vault.content(content),)
        made = run_one(gate.engine, TILES, files, args, gate.limits.seconds)
        return {named(one.column, one.row): one.file for one in made.tiles}

    batch = name_of("tiles", content, inner, level, block)
    return Order(name=named(column, row), batch=batch, make=make)


def difference(gate: Gate, a: StoredImage, b: StoredImage, verdict: Verdict) -> Order:
    """A PNG of two pictures and where they differ. ``a`` and ``b`` are A and B of the verdict."""
    name = name_of("difference", a.content, a.inner, b.content, b.inner, verdict)

    def make() -> Made:
        from onecopy.verify.interface import PICTURE, ImageRef, PictureArgs

        first, second = (
            ImageRef(file=n, inner=one.inner, fingerprint=one.fingerprint) for n, one in enumerate((a, b))
        )
        args = PictureArgs(a=first, b=second, verdict=verdict, limits=gate.limits)
        files = (gate.vault.content(a.content), gate.vault.content(b.content))
        return {name: run_one(gate.engine, PICTURE, files, args, 2 * gate.limits.seconds).png}

    return Order(name=name, batch=name, make=make)
