"""HEIC through the optional pillow-heif (see the decision record on it)."""

from collections.abc import Callable
from typing import IO

from PIL import ImageFile

from onecopy.errors import UnreadableError

INSTALL = "pip install 'onecopy[heic]'"


def open_heif(file: IO[bytes]) -> ImageFile.ImageFile:
    """Open a HEIC image; the decoder applies the file's own rotation, and says orientation 1.

    Raises:
        UnreadableError: ``needs-extra`` where the extra is not installed.
    """
    try:
        from pillow_heif import HeifImageFile, options
    except ImportError as error:
        message = f"HEIC images need an extra that is not installed: {INSTALL}"
        raise UnreadableError(message, code="needs-extra") from error
    options.THUMBNAILS = False
    options.DEPTH_IMAGES = False
    options.AUX_IMAGES = False
    options.DECODE_THREADS = 1
    opener: Callable[[IO[bytes]], ImageFile.ImageFile] = HeifImageFile
    try:
        return opener(file)
    except SyntaxError as error:
        if "not identified" not in str(error):
            raise
        message = "This kind of HEIF file is not read; convert it, for example to JPEG, and try again."
        raise UnreadableError(message, code="unsupported-format") from error
