"""From what decoders raise to the stable codes people act on."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from onecopy.decode import tiff
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|unknown (?:compression|pixel mode|raw mode|zip)|not available|cannot handle"
    r"|not installed|no decoder",
    re.IGNORECASE,
)
_TRUNCATED = re.compile(r"truncated|end of file|eof|not enough|no more data|premature", re.IGNORECASE)


@contextmanager
def translated(label: str, format: str, data: Buffer) -> Iterator[None]:
    """Turn anything a decoder raises into an :class:`UnreadableError`, and silence its warnings.

    Args:
        label: The format's name for people.
        format: Its name in fingerprints.
        data: The file, looked at again to tell a cut-off file from a damaged one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnreadableError:
        raise
    except MemoryError as error:
        message = f"The {label} image needs more memory than a worker may use; raise the memory limit."
        raise UnreadableError(message, code="out-of-memory") from error
    except Image.DecompressionBombError as error:
        raise too_many_pixels(label) from error
    except Exception as error:
        raise _unreadable(label, format, data, str(error)) from error


def too_many_pixels(label: str, width: int = 0, height: int = 0, limit: int = 0) -> UnreadableError:
    """The error for an image larger than the limit allows."""
    size = f" ({width} × {height}, the limit is {limit:,} pixels)" if limit else ""
    message = (
        f"The {label} image unpacks to too many pixels{size}; raise the limit only if you trust its source."
    )
    return UnreadableError(message, code="too-many-pixels")


def _unreadable(label: str, format: str, data: Buffer, said: str) -> UnreadableError:
    if _UNSUPPORTED.search(said):
        message = f"This kind of {label} image is not read; convert it, for example to PNG, and try again."
        return UnreadableError(message, code="unsupported-format")
    if _TRUNCATED.search(said) or looks_cut_off(format, data):
        message = f"The {label} file ends too early; ask for it again, it was probably not sent whole."
        return UnreadableError(message, code="truncated")
    message = f"The {label} file is damaged and cannot be decoded; ask for another copy."
    return UnreadableError(message, code="corrupt")


def looks_cut_off(format: str, data: Buffer) -> bool:
    """Whether a file lacks the end that its format promises."""
    view = memoryview(data)
    tail = bytes(view[-64:])
    match format:
        case "jpeg":
            return b"\xff\xd9" not in bytes(view[-65_536:])
        case "png":
            return b"IEND" not in bytes(view[-4096:])
        case "gif":
            return b";" not in tail
        case "webp":
            return int.from_bytes(view[4:8], "little") + 8 > len(view)
        case "bmp":
            return int.from_bytes(view[2:6], "little") > len(view)
        case "tiff":
            return _tiff_cut_off(data)
        case "avif" | "heic" | "jpeg2000" if bytes(view[:4]) != b"\xff\x4f\xff\x51":
            return _boxes_cut_off(view)
    return False


def _tiff_cut_off(data: Buffer) -> bool:
    try:
        for directory in tiff.directories(data, 64):
            for offsets, sizes in ((273, 279), (324, 325)):
                pairs = zip(directory.numbers(offsets), directory.numbers(sizes), strict=False)
                if any(start + size > len(data) for start, size in pairs):
                    return True
    except UnreadableError as error:
        return error.code == "truncated"
    return False


def _boxes_cut_off(view: memoryview) -> bool:
    position = 0
    for _ in range(1000):
        if position + 8 > len(view):
            return position != len(view)
        size = int.from_bytes(view[position : position + 4], "big")
        if size == 1:
            size = int.from_bytes(view[position + 8 : position + 16], "big")
        if size < 8:
            return False
        position += size
    return False
