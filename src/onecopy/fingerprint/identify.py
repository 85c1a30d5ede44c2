"""From a file to the fingerprints of every image in it: the task that a scan and the gate run in workers."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2

from onecopy.decode.interface import Header, Picture, Raster
from onecopy.decode.pillow import Metadata
from onecopy.decode.walk import find, walk
from onecopy.errors import UnreadableError
from onecopy.fingerprint import FINGERPRINT_VERSION, content, features, image_data, pdq
from onecopy.fingerprint.credentials import credentials
from onecopy.fingerprint.interface import DigestArgs, DigestResult, IdentifyArgs
from onecopy.fingerprint.metadata import read_capture
from onecopy.fingerprint.pixels import pixels_digest
from onecopy.model import (
    Capture,
    ContainerFound,
    FileIdentity,
    Fingerprint,
    ImageFound,
    Problem,
    Skipped,
)
from onecopy.sandbox.interface import Files

SCAN_SIDE = 320
"""The longer side of the decode that everything is computed from, in pixels, is at least this."""

DIGESTED_BYTES = 1 << 20
"""Image data of files up to this size is always digested with SHA-256; beyond, its cost would be felt."""

_SOFT_SHARE = 0.8

_Found = ImageFound | ContainerFound | Problem | Skipped


def digest_image_data(files: Files, args: DigestArgs) -> DigestResult:
    """Run :data:`onecopy.fingerprint.interface.DIGEST_IMAGE_DATA`.

    Raises:
        UnreadableError: where the picture is no longer there.
    """
    parts = image_data.image_data(find(files[0], args.inner, args.limits))
    return DigestResult(image_data_sha256=image_data.digest(parts))


def identify(files: Files, args: IdentifyArgs) -> FileIdentity:
    """Run :data:`onecopy.fingerprint.interface.IDENTIFY`: walk a file and fingerprint every picture in it.

    A picture that cannot be read becomes a problem and costs its neighbours nothing. Shortly before the time
    limit what was found is kept, and the rest is reported as ``decode-timeout``.
    """
    cv2.setNumThreads(1)
    found = list(_identified(files, args))
    return FileIdentity(
        images=tuple(item for item in found if isinstance(item, ImageFound)),
        containers=tuple(item for item in found if isinstance(item, ContainerFound)),
        problems=tuple(item for item in found if isinstance(item, Problem)),
        skipped=tuple(item for item in found if isinstance(item, Skipped)),
    )


def fingerprint(picture: Picture, *, sha256: str | None = None, always_digest: bool = False) -> Fingerprint:
    """Fingerprint a picture.

    Args:
        picture: Not decoded yet.
        sha256: Of its stored bytes, where that is known already.
        always_digest: Digest image data whatever its size.

    Raises:
        UnreadableError: where it cannot be decoded.
    """
    header = picture.header
    data = image_data.image_data(picture)
    raster = picture.raster(at_least=SCAN_SIDE, luma=True)
    seen = _look(raster)
    small = len(picture.stored) <= DIGESTED_BYTES
    return Fingerprint(
        version=FINGERPRINT_VERSION,
        sha256=sha256 or image_data.stored_digest(picture.stored, picture.context),
        image_data_hint=image_data.hint(data),
        image_data_sha256=image_data.digest(data) if small or always_digest else None,
        pixels_sha256=pixels_digest(picture),
        pdq=seen.hashed.hash if seen.hashed else None,
        pdq_turned=seen.hashed.turned if seen.hashed else None,
        pdq_quality=seen.hashed.quality if seen.hashed else 0,
        pdq_trimmed=seen.trimmed,
        features=seen.features,
        byte_size=len(picture.stored),
        width=raster.full_width,
        height=raster.full_height,
        format=header.format,
        mode=header.mode,
        lossless=header.lossless,
        orientation=header.orientation,
        profile_sha256=image_data.stored_digest(header.profile, b"") if header.profile else None,
        has_alpha=header.has_alpha,
        frames=header.frames,
        quantisation=_quantisation(header),
        capture=_capture(picture),
        unmatchable=seen.unmatchable,
    )


def _capture(picture: Picture) -> Capture:
    """What the file says of its making, and what it carries to prove it."""
    said = read_capture(getattr(picture, "metadata", None) or Metadata())
    carried = credentials(picture.header.format, picture.stored)
    if carried is None:
        return said
    return replace(said, credentials=carried.kind, credentials_by=carried.generator)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a look at the pixels gives."""

    hashed: pdq.Pdq | None = None
    trimmed: bytes | None = None
    features: bytes = b""
    unmatchable: str | None = None


def _look(raster: Raster) -> _Seen:
    luma = content.visible(raster)
    reason = content.unmatchable(luma, raster.full_width, raster.full_height)
    if reason is not None:
        return _Seen(unmatchable=reason)
    working = pdq.working(luma, raster.full_width, raster.full_height)
    trimmed = None
    box = content.inside_border(luma)
    if box is not None:
        inside = luma[box.top : box.bottom, box.left : box.right]
        scale = raster.full_width / luma.shape[1]
        size = (max(1, round(inside.shape[1] * scale)), max(1, round(inside.shape[0] * scale)))
        trimmed = pdq.compute(pdq.working(inside, *size)).hash
    return _Seen(hashed=pdq.compute(working), trimmed=trimmed, features=features.extract(working))


def _identified(files: Files, args: IdentifyArgs) -> Iterator[_Found]:
    stop_at = time.monotonic() + args.limits.seconds * _SOFT_SHARE
    for found in walk(files[0], args.limits):
        if isinstance(found, ContainerFound | Problem | Skipped):
            yield found
            continue
        if time.monotonic() > stop_at:
            message = "Time ran out before this image and those after it; raise the limit of seconds."
            yield Problem(inner=found.inner, code="decode-timeout", message=message)
            return
        yield _one(found, args)


def _one(picture: Picture, args: IdentifyArgs) -> ImageFound | Problem:
    known = args.sha256 if picture.inner == "" else None
    try:
        made = fingerprint(picture, sha256=known, always_digest=args.always_digest_image_data)
    except UnreadableError as error:
        return Problem(inner=picture.inner, code=error.code, message=error.message)
    except MemoryError:
        message = "Fingerprinting needs more memory than a worker may use; raise the memory limit."
        return Problem(inner=picture.inner, code="out-of-memory", message=message)
    return ImageFound(inner=picture.inner, fingerprint=made)


def _quantisation(header: Header) -> float | None:
    if not header.quantisation:
        return None
    table = header.quantisation[0]
    return sum(table) / len(table)
