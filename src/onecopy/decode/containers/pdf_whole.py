"""Pages whose one picture is stored in pieces, put together again.

Strips and tiles are joined sample by sample, at their own resolution, if the picture really runs on across
the seams: photographs laid edge to edge stay apart. Layers (paper, ink, masks) are drawn by pdfium.
"""

import hashlib
from functools import partial

import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import Image

from onecopy.decode.containers import pdf_layout, pdf_render
from onecopy.decode.containers.buffers import as_file
from onecopy.decode.containers.pdf_dict import BROKEN, size_of
from onecopy.decode.containers.pdf_find import Key, PageImages, Shown
from onecopy.decode.containers.pdf_object import PdfPicture, open_object
from onecopy.decode.interface import Buffer, Header, Picture
from onecopy.decode.problems import too_many_pixels
from onecopy.errors import UnreadableError
from onecopy.model import Limits

_SEAM_SLACK = 6.0
"""Grey levels by which a seam may differ more than twice what lies beside it does."""


def assembled(
    pdf: pikepdf.Pdf, data: Buffer, index: int, found: PageImages, where: str, limits: Limits
) -> list[tuple[Picture, frozenset[Key]]]:
    """The pictures of a page that are made of several images, each with the images it is made of.

    Args:
        pdf: The document.
        data: Its bytes.
        index: The page, from 0.
        found: The images on it.
        where: The inner part of the page; the only such picture of a page is named by the page.
        limits: ``pixels`` bounds the whole.
    """
    try:
        stack = pdf_layout.layers(found.painted, pdf_layout.page_box(pdf.pages[index]))
        if stack:
            return [(_layered(data, index, stack, where, limits), frozenset(s.key for s in stack))]
        mosaics = pdf_layout.mosaics(found.painted)
    except (UnreadableError, *BROKEN):
        return []  # the pieces speak for themselves, each with its own problem
    numbers = {shown.key: number for number, shown in enumerate(found.images, 1)}
    pictures: list[tuple[Picture, frozenset[Key]]] = []
    for mosaic in mosaics:
        inner = where if len(mosaics) == 1 else f"{where}&image={numbers[mosaic.pieces[0].shown.key]}"
        try:
            picture = _joined(pdf, mosaic, inner, limits)
            if _runs_on(picture.native().convert("L"), mosaic):
                pictures.append((picture, frozenset(p.shown.key for p in mosaic.pieces)))
        except (UnreadableError, *BROKEN):
            continue
    return pictures


def _joined(pdf: pikepdf.Pdf, mosaic: pdf_layout.Mosaic, inner: str, limits: Limits) -> PdfPicture:
    if mosaic.width * mosaic.height > limits.pixels:
        raise too_many_pixels("PDF", mosaic.width, mosaic.height, limits.pixels)
    parts = [(open_object(pdf, piece.shown.stream, inner, limits), piece) for piece in mosaic.pieces]
    headers = [picture.header for picture, _ in parts]
    same = len({(h.mode, h.profile, h.has_alpha) for h in headers}) == 1
    header = Header(
        format="pdf-image",
        width=mosaic.width,
        height=mosaic.height,
        mode=headers[0].mode if same else "RGB",
        profile=headers[0].profile if same else None,
        has_alpha=same and headers[0].has_alpha,
        lossless=same and all(h.lossless for h in headers),
        quantisation=headers[0].quantisation,
    )
    return PdfPicture(
        inner=inner,
        stored=b"".join(bytes(picture.stored) for picture, _ in parts),
        context=b"mosaic\n" + b"".join(_line(picture, piece.x, piece.y) for picture, piece in parts),
        header=header,
        decode=partial(_join, [(picture, piece.x, piece.y) for picture, piece in parts], header),
    )


def _line(picture: Picture, x: int, y: int) -> bytes:
    digest = hashlib.sha256(picture.context + b"\0" + bytes(picture.stored)).hexdigest()
    return f"{x} {y} {digest}\n".encode()


def _join(parts: list[tuple[Picture, int, int]], header: Header) -> Image.Image:
    canvas: Image.Image | None = None
    for picture, x, y in parts:
        image = picture.native()  # type: ignore[attr-defined]
        if image.mode == "P" or image.mode != header.mode:
            image = image.convert("RGBA" if header.has_alpha else "RGB")
        if canvas is None:
            canvas = Image.new(image.mode, (header.width, header.height))
        canvas.paste(image if image.mode == canvas.mode else image.convert(canvas.mode), (x, y))
    assert canvas is not None
    return canvas


def _runs_on(grey: Image.Image, mosaic: pdf_layout.Mosaic) -> bool:
    """Whether the picture continues across most seams between the pieces: pixels decide."""
    pixels = np.asarray(grey).astype(np.int16)
    sizes = [size_of(piece.shown.stream) for piece in mosaic.pieces]
    pieces = list(zip(mosaic.pieces, sizes, strict=True))
    across = [_is_smooth(pixels, at.y, at.x, width) for at, (width, _) in pieces if at.y > 0]
    down = [_is_smooth(pixels.T, at.x, at.y, height) for at, (_, height) in pieces if at.x > 0]
    seams = across + down
    return sum(seams) >= 0.9 * len(seams)


def _is_smooth(pixels: npt.NDArray[np.int16], seam: int, start: int, length: int) -> bool:
    """Whether rows change no more at ``seam`` than beside it, from column ``start`` on."""
    rows = pixels[max(0, seam - 3) : seam + 3, start : start + length]
    steps = np.abs(np.diff(rows.astype(np.float32), axis=0)).mean(axis=1)
    at = min(seam, 3) - 1
    beside = np.delete(steps, at)
    return bool(steps[at] <= 2 * (beside.mean() if beside.size else 0.0) + _SEAM_SLACK)


def _layered(data: Buffer, index: int, stack: list[Shown], where: str, limits: Limits) -> PdfPicture:
    scale = max(map(pdf_layout.resolution, stack))
    width, height = pdf_render.page_size(as_file(data), index, scale)
    if width * height > limits.pixels:
        raise too_many_pixels("PDF", width, height, limits.pixels)
    image = pdf_render.page(as_file(data), index, scale)
    # Text and lines of the page are drawn too, so only the pixels themselves tell two such pages apart
    return PdfPicture(
        inner=where,
        stored=b"".join(shown.stream.read_raw_bytes() for shown in stack),
        context=b"layers\n" + hashlib.sha256(np.ascontiguousarray(image).data).digest(),
        header=Header(format="pdf-image", width=image.width, height=image.height, mode="RGB"),
        decode=lambda: image,
    )
