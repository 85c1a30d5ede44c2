"""One image at a time, without a catalog: identify a file, find an image by its locator, compare two."""

import os
from dataclasses import dataclass

from onecopy import locator
from onecopy.engines import run_one
from onecopy.engines.interface import Engine
from onecopy.errors import EnvironmentProblem, UnreadableError, UsageError
from onecopy.fingerprint.interface import IDENTIFY
from onecopy.locator import quote
from onecopy.model import FileIdentity, Fingerprint, ImageFound, Limits, Verdict
from onecopy.pipelines import identify
from onecopy.pipelines.exact import by_digest
from onecopy.pipelines.scan.hash import digest_of
from onecopy.sandbox.interface import Openable
from onecopy.sources.folder import Folder
from onecopy.sources.interface import File
from onecopy.verify.interface import PICTURE, VERIFY, ImageRef, PictureArgs, VerifyArgs

_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One image that was named: how to open its file, and what it is."""

    file: Openable
    inner: str
    fingerprint: Fingerprint


def identify_file(engine: Engine, path: str | os.PathLike[str], limits: Limits) -> FileIdentity:
    """All that is in a file; digests of the image data included.

    Raises:
        EnvironmentProblem: There is no such file.
        UnreadableError: The file cannot be read at all.
    """
    return _identify(engine, path, limits)[1]


def _identify(engine: Engine, path: str | os.PathLike[str], limits: Limits) -> tuple[Openable, FileIdentity]:
    file, sha256 = _opened(path)
    call = identify.call(sha256, file, limits, always_digest_image_data=True)
    (outcome,) = engine.run(IDENTIFY, [call])
    if outcome.failure is not None:
        raise UnreadableError(outcome.failure.message, code=outcome.failure.code)
    return file, identify.found(outcome)


def _opened(path: str | os.PathLike[str]) -> tuple[Openable, str]:
    folder = Folder(path)
    entry = next(folder.list(), None)
    if not isinstance(entry, File) or entry.absolute != folder.absolute:
        raise EnvironmentProblem(f"{folder.locator} is not a file.")
    state, sha256 = digest_of(folder, entry)
    return folder.open(entry.absolute, state), sha256


def choose(engine: Engine, named: str | os.PathLike[str], limits: Limits) -> Chosen:
    """The image that a path or a locator names.

    Raises:
        EnvironmentProblem: There is no such file.
        UnreadableError: It cannot be read.
        UsageError: The file holds several images (the message names some), or none of that name.
    """
    path, inner = _apart(os.fsdecode(named))
    try:
        file, found = _identify(engine, path, limits)
    except UnreadableError as error:
        raise UnreadableError(f"{quote(path)}: {error.message}", code=error.code) from error
    image = _only(found, quote(path), inner)
    return Chosen(file=file, inner=image.inner, fingerprint=image.fingerprint)


def _apart(named: str) -> tuple[str, str]:
    """A path as it is, if there is such a file; else a locator, taken to pieces."""
    if os.path.lexists(named):
        return named, ""
    file, inner = locator.split(named)
    return locator.unquote(file), inner


def _only(found: FileIdentity, file: str, inner: str) -> ImageFound:
    within = [image for image in found.images if image.inner == inner]
    if not within and not inner and len(found.images) == 1:
        within = list(found.images)
    if within:
        return within[0]
    for problem in found.problems:
        if problem.inner == inner or not found.images:
            raise UnreadableError(f"{file}{problem.inner}: {problem.message}", code=problem.code)
    names = ", ".join(file + image.inner for image in found.images[:_FEW])
    more = ", …" if len(found.images) > _FEW else ""
    if not found.images:
        raise UnreadableError(f"{file} holds no image.", code="not-an-image")
    if inner:
        raise UsageError(f"There is no image {inner} in {file}. There is {names}{more}")
    raise UsageError(f"Name one of the {len(found.images)} images in {file}: {names}{more}")


def compare(engine: Engine, a: Chosen, b: Chosen, limits: Limits) -> Verdict:
    """What two images are to each other.

    Raises:
        UnreadableError: One of them cannot be decoded.
    """
    verdict = by_digest(a.fingerprint, b.fingerprint)
    if verdict is not None:
        return verdict
    args = VerifyArgs(images=_refs(a, b), pairs=((0, 1),), limits=limits)
    return run_one(engine, VERIFY, (a.file, b.file), args, 2 * limits.seconds).verdicts[0]


def draw(engine: Engine, a: Chosen, b: Chosen, verdict: Verdict, limits: Limits) -> bytes:
    """Both images registered, side by side, with what differs marked: a PNG.

    Raises:
        UnreadableError: One of them cannot be decoded.
    """
    first, second = _refs(a, b)
    args = PictureArgs(a=first, b=second, verdict=verdict, limits=limits)
    return run_one(engine, PICTURE, (a.file, b.file), args, 2 * limits.seconds).png


def _refs(a: Chosen, b: Chosen) -> tuple[ImageRef, ImageRef]:
    first, second = (
        ImageRef(file=n, inner=one.inner, fingerprint=one.fingerprint) for n, one in enumerate((a, b))
    )
    return first, second
