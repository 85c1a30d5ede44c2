"""A picture from the bytes of one image file: recognised by content, opened, decoded when asked.

Called inside sandboxed workers only. Frames and pages beyond the first are the containers' matter.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from onecopy.decode import colour, pillow
from onecopy.decode.interface import Buffer, Header, Raster
from onecopy.decode.problems import too_many_pixels, translated
from onecopy.decode.sniff import Kind, sniff
from onecopy.errors import UnreadableError
from onecopy.model import Limits

Pixels = npt.NDArray[np.uint8]

_BLOCK_BYTES = 1 << 20
"""What the JPEG decoder is handed at once. It is slower near the end of a block, and 64 KiB is the usual."""

# EXIF orientation to what turns the stored pixels into the displayed ones.
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a[::-1].swapaxes(0, 1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a[:, ::-1].swapaxes(0, 1),
}

_STORED_AGAIN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation (1 to 8) to stored pixels."""
    turn = _UPRIGHT.get(orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def recognise(data: Buffer) -> Kind:
    """Say which readable format this is.

    Raises:
        UnreadableError: ``empty-file``, ``unsupported-format`` (a known image format that is not read) or
            ``not-an-image``.
    """
    if not len(data):
        raise UnreadableError("The file is empty; ask for it again.", code="empty-file")
    kind = sniff(data)
    if kind is None:
        raise UnreadableError("This is not an image in any format known here.", code="not-an-image")
    if not kind.readable:
        message = f"{kind.label} files are not read; convert it, for example to PNG or TIFF."
        raise UnreadableError(message, code="unsupported-format")
    return kind


def open_picture(data: Buffer, limits: Limits, inner: str = "") -> "ImagePicture":
    """Open an image file without decoding it.

    Args:
        data: The whole file.
        limits: ``pixels`` is checked here, before anything is unpacked.
        inner: The picture's place, for its locator.

    Raises:
        UnreadableError: ``empty-file``, ``not-an-image``, ``unsupported-format``, ``needs-extra``,
            ``too-many-pixels``, ``truncated`` or ``corrupt``.
    """
    kind = recognise(data)
    with translated(kind.label, kind.format, data):
        image = pillow.open_image(kind.format, data)
        header = pillow.read_header(kind.format, image, data, pages=limits.pages)
        metadata = pillow.read_metadata(image)
    if header.width * header.height > limits.pixels:
        raise too_many_pixels(kind.label, header.width, header.height, limits.pixels)
    if not header.width or not header.height:
        raise UnreadableError(f"The {kind.label} image has no pixels.", code="corrupt")
    return ImagePicture(data, inner, kind, header, metadata, image)


class ImagePicture:
    """One image file, opened. See :class:`onecopy.decode.interface.Picture`.

    Attributes:
        metadata: EXIF, XMP and IPTC as found.
        narrowed: Whether :meth:`native` has fewer bits a sample than the file.
    """

    def __init__(
        self,
        stored: Buffer,
        inner: str,
        kind: Kind,
        header: Header,
        metadata: pillow.Metadata,
        image: Image.Image,
    ) -> None:
        self.stored = stored
        self.inner = inner
        self.context = b""
        self.header = header
        self.metadata = metadata
        self.narrowed = pillow.narrows(header.format, image, stored)
        self._kind = kind
        self._fresh: Image.Image | None = image
        self._whole: Image.Image | None = None

    def raster(self, *, at_least: int | None = None, luma: bool = False) -> Raster:
        """Decode; see :meth:`onecopy.decode.interface.Picture.raster`."""
        with translated(self._kind.label, self._kind.format, self.stored):
            image = self._scaled(at_least, luma) if self.header.format == "jpeg" else self._decoded()
            colours, alpha = colour.split_alpha(_reduced(image, at_least))
            colours = colour.to_grey(colours) if luma else colour.to_srgb(colours, self.header.profile)
            return self._as_displayed(np.asarray(colours), None if alpha is None else np.asarray(alpha))

    def native(self) -> Image.Image:
        """Decode at full size into Pillow's own mode, *as stored*: neither turned nor colour-managed.

        Raises:
            UnreadableError: with a stable code.
        """
        with translated(self._kind.label, self._kind.format, self.stored):
            image = self._decoded()
            turned = self.header.orientation if self.header.format == "tiff" else 1
            return image.transpose(_STORED_AGAIN[turned]) if turned > 1 else image

    def _as_displayed(self, pixels: Pixels, alpha: Pixels | None) -> Raster:
        header = self.header
        turn = 1 if header.format == "tiff" else header.orientation  # Pillow turns a TIFF as it loads it
        size = (header.width, header.height) if header.orientation < 5 else (header.height, header.width)
        return Raster(
            pixels=upright(pixels, turn),
            alpha=None if alpha is None else upright(alpha, turn),
            full_width=size[0],
            full_height=size[1],
        )

    def _opened(self) -> Image.Image:
        """The image just opened, or opened again if that one was used: decoding changes it."""
        fresh, self._fresh = self._fresh, None
        return fresh or pillow.open_image(self.header.format, self.stored)

    def _scaled(self, at_least: int | None, luma: bool) -> Image.Image:
        """A JPEG at the smallest of libjpeg's scales (1, 1/2, 1/4, 1/8) that is large enough."""
        image = self._opened()
        if isinstance(image, ImageFile.ImageFile):
            image.decodermaxblock = _BLOCK_BYTES
        longest = max(image.size)
        scale = next((s for s in (8, 4, 2) if at_least and longest // s >= at_least), 1)
        image.draft("L" if luma else None, (max(1, image.width // scale), max(1, image.height // scale)))
        image.load()
        return image

    def _decoded(self) -> Image.Image:
        """The whole image; lossless ones are kept, as their pixels are digested and looked at."""
        if self._whole is not None:
            return self._whole
        image = pillow.load(self.header.format, self._opened(), self.stored)
        if self.header.lossless:
            self._whole = image
        return image


def _reduced(image: Image.Image, at_least: int | None) -> Image.Image:
    """Average whole blocks of pixels where fewer will do: less memory, and less work for what follows."""
    factor = max(image.size) // at_least if at_least else 1
    if factor < 2:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa").reduce(factor).convert("RGBA")
    if image.mode in ("1", "P"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    return image.reduce(factor) if image.mode in ("L", "RGB", "CMYK") else image
