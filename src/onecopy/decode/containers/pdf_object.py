"""One image object of a PDF as a picture: lifted whole where it is a JPEG or JPEG 2000 file, else bare.

A stream is lifted, that is, treated as the file it once was, when nothing in the PDF changes its pixels. Then
it is the same bytes as that file. Otherwise what decides its pixels is part of its identity (``context``).
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pikepdf
from pikepdf import Object
from PIL import Image

from onecopy.decode import colour
from onecopy.decode.containers import pdf_pixels
from onecopy.decode.containers.pdf_dict import Facts, canonical, data_under_codec, facts_of
from onecopy.decode.images import open_picture
from onecopy.decode.interface import Buffer, Header, Picture, Raster
from onecopy.decode.problems import too_many_pixels, translated
from onecopy.model import Limits

_MODES = {"gray": "L", "rgb": "RGB", "cmyk": "CMYK", "indexed": "P", "other": "RGB"}
_MATCHING = {"gray": ("L", "1"), "rgb": ("RGB",), "cmyk": ("CMYK",)}
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))


class PdfPicture:
    """A picture that is no file of its own. See :class:`onecopy.decode.interface.Picture`."""

    def __init__(
        self, *, inner: str, stored: Buffer, context: bytes, header: Header, decode: Callable[[], Image.Image]
    ) -> None:
        self.inner = inner
        self.stored = stored
        self.context = context
        self.header = header
        self._decode = decode
        self._whole: Image.Image | None = None

    def native(self) -> Image.Image:
        """Decode at full size into Pillow's own mode, not colour-managed.

        Raises:
            UnreadableError: with a stable code.
        """
        with translated("PDF", "pdf", b""):
            return self._decoded()

    def raster(self, *, at_least: int | None = None, luma: bool = False) -> Raster:
        """Decode; see :meth:`onecopy.decode.interface.Picture.raster`."""
        with translated("PDF", "pdf", b""):
            image = self._decoded()
            width, height = image.size
            colours, alpha = colour.split_alpha(_reduced(image, at_least))
            shown = colour.to_grey(colours) if luma else colour.to_srgb(colours, self.header.profile)
            return Raster(
                pixels=np.asarray(shown),
                alpha=None if alpha is None else np.asarray(alpha),
                full_width=width,
                full_height=height,
            )

    def _decoded(self) -> Image.Image:
        """The whole image; lossless ones are kept, as their pixels are digested and looked at."""
        if self._whole is not None:
            return self._whole
        image = self._decode()
        if self.header.lossless:
            self._whole = image
        return image


def _reduced(image: Image.Image, at_least: int | None) -> Image.Image:
    """Average whole blocks of pixels where fewer will do."""
    factor = max(image.size) // at_least if at_least else 1
    if factor < 2:
        return image
    image = image.convert("L") if image.mode == "1" else image
    return image.reduce(factor) if image.mode in ("L", "RGB", "CMYK") else image


def open_object(pdf: pikepdf.Pdf, stream: Object, inner: str, limits: Limits) -> Picture:
    """Open an image object without decoding it.

    Args:
        pdf: The document it is part of.
        stream: The image.
        inner: The picture's place.
        limits: ``pixels`` is checked here.

    Raises:
        UnreadableError: ``corrupt``, ``truncated``, ``too-many-pixels`` or ``unsupported-format``.
    """
    facts = facts_of(stream)
    width, height = pdf_pixels.full_size(facts)
    for w, h in ((width, height), (facts.width, facts.height)):
        if w * h > limits.pixels:
            raise too_many_pixels("PDF", w, h, limits.pixels)
    stored, quantisation = stream.read_raw_bytes(), None
    if facts.codec in ("dct", "jpx"):
        stored = data_under_codec(stream, facts)
        file = open_picture(stored, limits, inner=inner)
        if _is_that_file(stream, facts, file.header):
            return file
        quantisation = file.header.quantisation
    mode = "1" if facts.bits == 1 and facts.space.kind == "gray" else _MODES[facts.space.kind]
    mode = "I;16" if facts.bits == 16 and mode == "L" else mode
    header = Header(
        format="pdf-image",
        width=width,
        height=height,
        mode=mode,
        profile=facts.space.profile,
        has_alpha=facts.mask is not None or facts.colour_key,
        lossless=pdf_pixels.is_exact(facts),
        quantisation=quantisation,
    )
    return PdfPicture(
        inner=inner,
        stored=stored,
        context=_context(stream, facts),
        header=header,
        decode=partial(pdf_pixels.native, pdf, stream, facts, limits),
    )


def _context(stream: Object, facts: Facts) -> bytes:
    lifted = facts.codec in ("dct", "jpx") and len(facts.filters) > 1
    return canonical(stream, leave_out=("/Filter",) if lifted else ())


def _is_that_file(stream: Object, facts: Facts, header: Header) -> bool:
    """Whether a JPEG or JPEG 2000 stream looks in the PDF as it does as a file.

    How a page turns or stretches an image is not part of it, so the file's own EXIF orientation stands.
    """
    if facts.mask is not None or facts.colour_key or facts.stencil:
        return False
    if (header.width, header.height) != (facts.width, facts.height):
        return False
    if facts.codec == "jpx":
        if stream.get("/SMaskInData") not in (None, 0):
            return False
        if "/ColorSpace" not in stream:
            return facts.decode is None
    return _same_colours(stream, facts, header)


def _same_colours(stream: Object, facts: Facts, header: Header) -> bool:
    if header.mode not in _MATCHING.get(facts.space.kind, ()) or "/ColorTransform" in _last_parameters(
        stream
    ):
        return False
    if header.mode == "CMYK" and facts.codec == "dct":
        # A file is read as Adobe writes it, inverted; a PDF does so only where its decode array says so
        if facts.decode != (1.0, 0.0) * 4:
            return False
    elif facts.decode is not None:
        return False
    profile = facts.space.profile
    return profile in (None, header.profile) or (header.profile is None and _is_srgb(profile, header.mode))


def _is_srgb(profile: bytes | None, mode: str) -> bool:
    return profile is not None and mode == "RGB" and any(name in profile for name in _SRGB)


def _last_parameters(stream: Object) -> tuple[str, ...]:
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array):
        parameters = parameters[-1] if len(parameters) else None
    return tuple(parameters.keys()) if isinstance(parameters, pikepdf.Dictionary) else ()
