"""pdfium at work: one image object decoded on its own, or a page drawn.

An object is put alone into a new PDF, so that nothing else of a hostile file reaches the renderer, and
nothing drawn over it gets into the picture. pdfium gives its samples one to one, as grey or sRGB.
"""

import io
from contextlib import closing

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import pypdfium2.raw
from pikepdf import Dictionary, Name, Object, Stream
from PIL import Image

from onecopy.decode.containers.pdf_dict import DECIDING, size_of
from onecopy.errors import UnreadableError

Array = npt.NDArray[np.uint8]

_LEFT_OUT = frozenset({"/SMask", "/Matte", "/SMaskInData"})


def samples(pdf: pikepdf.Pdf, stream: Object, *, stencil: bool) -> Image.Image:
    """Decode one image object at its own size: mode L, RGB, or RGBA where a colour key masks parts.

    Args:
        pdf: The document it is part of.
        stream: The image; its soft mask is left out.
        stencil: It is an image mask: what it paints comes out black on white.

    Raises:
        UnreadableError: ``corrupt`` if pdfium cannot decode it.
    """
    width, height = size_of(stream)
    try:
        with closing(pypdfium2.PdfDocument(_alone(pdf, stream, width, height))) as document:
            shown = next(document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
            found = _in_order(shown.get_bitmap().to_numpy())
    except (pypdfium2.PdfiumError, StopIteration, ValueError) as error:
        message = "An image in the PDF is damaged and cannot be decoded. Get a sound copy."
        raise UnreadableError(message, code="corrupt") from error
    if found.size != (width, height):
        raise UnreadableError("An image in the PDF has not the size it claims.", code="corrupt")
    return Image.fromarray(255 - np.asarray(found)) if stencil else found


def page(data: io.BufferedIOBase, index: int, scale: float) -> Image.Image:
    """Draw a page without its annotations, ``scale`` pixels a point, on white: mode RGB.

    Raises:
        UnreadableError: ``corrupt`` if pdfium cannot draw it.
    """
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            drawn = document[index].render(scale=scale, may_draw_forms=False, draw_annots=False)
            return _in_order(drawn.to_numpy()).convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
        raise UnreadableError("The page cannot be drawn. Get a sound copy.", code="corrupt") from error


def page_count(data: io.BufferedIOBase) -> int:
    """How many pages a document has; 0 where pdfium cannot open it."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            return len(document)
    except pypdfium2.PdfiumError:
        return 0


def page_size(data: io.BufferedIOBase, index: int, scale: float) -> tuple[int, int]:
    """Width and height in pixels that :func:`page` will give."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            width, height = document[index].get_size()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise UnreadableError("The page cannot be drawn. Get a sound copy.", code="corrupt") from error
    return int(np.ceil(width * scale)), int(np.ceil(height * scale))


def _in_order(pixels: Array) -> Image.Image:
    """From pdfium's order of channels (BGR, BGRA) to Pillow's; a copy, as the bitmap is freed."""
    match pixels.shape[2:]:
        case () | (1,):
            return Image.fromarray(pixels.reshape(pixels.shape[:2]).copy())
        case (3,):
            return Image.fromarray(np.ascontiguousarray(pixels[..., ::-1]))
        case _:
            return Image.fromarray(np.ascontiguousarray(pixels[..., [2, 1, 0, 3]]))


def _alone(pdf: pikepdf.Pdf, stream: Object, width: int, height: int) -> bytes:
    """A PDF of one page that shows nothing but this image."""
    with pikepdf.new() as target:
        copy = Stream(target, stream.read_raw_bytes())
        for key, value in _copied(pdf, stream, target).items():
            copy[key] = value
        copy.Type, copy.Subtype = Name.XObject, Name.Image
        drawing = Stream(target, f"{width} 0 0 {height} 0 0 cm /I Do".encode())
        blank = target.add_blank_page(page_size=(min(max(width, 3), 14_400), min(max(height, 3), 14_400)))
        blank.obj.Resources = Dictionary(XObject=Dictionary(I=target.make_indirect(copy)))
        blank.obj.Contents = target.make_indirect(drawing)
        file = io.BytesIO()
        target.save(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return file.getvalue()


def _copied(pdf: pikepdf.Pdf, stream: Object, target: pikepdf.Pdf) -> Object:
    """The deciding entries, with all they refer to, as objects of another PDF."""
    kept = {key: stream.get(key) for key in DECIDING if key in stream and key not in _LEFT_OUT}
    if isinstance(kept.get("/Mask"), Stream):
        del kept["/Mask"]
    return target.copy_foreign(pdf.make_indirect(Dictionary(kept)))
