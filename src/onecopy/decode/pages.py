"""A page of a document drawn whole, text and lines included, for people who look at it: in workers.

Images of pages are :mod:`onecopy.decode.walk`'s matter; a page without any can be looked at, too.
"""

import io
from dataclasses import dataclass

from onecopy.decode.containers import pdf_render
from onecopy.decode.containers.buffers import as_file
from onecopy.decode.preview import LONGEST_SIDE, PreviewResult
from onecopy.decode.walk import stored
from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sandbox.interface import Files, Task

_QUALITY = 88


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArgs:
    """Which page, and how large.

    Attributes:
        inner: The document's place in the file; ``""`` is the file itself.
        page: From 1.
        longest_side: In pixels.
        limits: Bounds on what the file may cost.
    """

    inner: str
    page: int
    longest_side: int
    limits: Limits


PAGE = Task("onecopy.decode.pages:page", PageArgs, PreviewResult)
"""Takes one file."""


def page(files: Files, args: PageArgs) -> PreviewResult:
    """Run :data:`PAGE`.

    Raises:
        UnreadableError: ``vanished`` if there is no such page; or it cannot be drawn.
    """
    data = stored(files[0], args.inner, args.limits)
    index, longest = args.page - 1, min(max(1, args.longest_side), LONGEST_SIDE)
    if index >= min(pdf_render.page_count(as_file(data)), args.limits.pages):
        raise UnreadableError("There is no such page.", code="vanished")
    width, height = pdf_render.page_size(as_file(data), index, 1.0)
    image = pdf_render.page(as_file(data), index, longest / max(width, height, 1))
    image.thumbnail((longest, longest))  # rounding may have given one pixel more
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return PreviewResult(jpeg=file.getvalue(), width=image.width, height=image.height)
