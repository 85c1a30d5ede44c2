"""From a file to everything in it: the one way in for fingerprinting, verification and previews.

What a file is, is decided by its first bytes. Containers are opened inside containers up to a limit, all on
one budget; whatever goes wrong in one part becomes a problem of that part and costs its neighbours nothing.
"""

from collections.abc import Callable, Iterator

from onecopy.decode.containers import archive_tar, frames
from onecopy.decode.containers.archive_zip import ZipContainer
from onecopy.decode.containers.budget import Budget
from onecopy.decode.containers.interface import Container, Member
from onecopy.decode.containers.pdf import PdfContainer
from onecopy.decode.formats import is_named
from onecopy.decode.images import open_picture, recognise
from onecopy.decode.interface import Buffer, Picture
from onecopy.decode.sniff import sniff
from onecopy.errors import UnreadableError
from onecopy.model import ContainerFound, Limits, Problem, Skipped

Found = Picture | ContainerFound | Problem | Skipped

LISTED_MEMBERS = 1_000
"""How many members that are not images one archive lists one by one; the rest is counted."""

_NO_IMAGE = frozenset({"not-an-image", "empty-file"})
_FOREIGN_ARCHIVES = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Outlook message"),
    (b"(\xb5/\xfd", "Zstandard data"),
)

_Opener = Callable[[Buffer, str, Budget], Container]


def walk(data: Buffer, limits: Limits) -> Iterator[Found]:
    """Find every image in a file.

    Args:
        data: The file, whole; it must outlive the pictures.
        limits: Bounds for this file and all it contains.

    Yields:
        Pictures (not decoded yet), what could not be read, what was left out, and each container after its
        content; in an order that depends on the file alone. A picture should be used before the next is asked
        for: that keeps memory flat.
    """
    return _Walk(Budget(limits)).contents(data, "", depth=0)


def find(data: Buffer, inner: str, limits: Limits) -> Picture:
    """Find the one picture that ``inner`` names, without decoding the others.

    Args:
        data: The file, whole.
        inner: As :func:`walk` gave it in ``Picture.inner``; ``""`` is the file itself.
        limits: The limits of the walk that found it.

    Raises:
        UnreadableError: what became of it, or ``vanished`` if there is no such picture.
    """
    found = _find(data, "", inner, Budget(limits))
    if found is None:
        raise UnreadableError(f"There is no image at {inner!r} in this file any more.", code="vanished")
    return found


def stored(data: Buffer, inner: str, limits: Limits) -> Buffer:
    """The bytes of a file inside a file, unpacked without looking at its neighbours.

    Args:
        data: The outer file, whole.
        inner: As :func:`walk` gave it in ``ContainerFound.inner``; ``""`` is the file itself.
        limits: The limits of the walk that found it.

    Raises:
        UnreadableError: what became of it, or ``vanished`` if there is no such file.
    """
    budget, here = Budget(limits), ""
    while here != inner:
        opener = _opener(data)
        parts = opener(data, here, budget).parts(inner) if opener else iter(())
        member = next((part for part in parts if isinstance(part, Member) and _leads(part, inner)), None)
        if member is None:
            raise UnreadableError(f"There is no file at {inner!r} any more.", code="vanished")
        data, here = member.read(), member.inner
    return data


class _Walk:
    """One walk over one file."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._stopped = False

    def contents(self, data: Buffer, inner: str, depth: int) -> Iterator[Found]:
        """Everything in ``data``, which lies at ``inner``, in ``depth`` containers."""
        try:
            opener = _opener(data)
            if opener is None:
                yield from self._picture(open_picture(data, self._budget.limits, inner=inner))
                return
            if depth >= self._budget.limits.nesting and opener is not frames.TiffContainer:
                raise UnreadableError(
                    f"Archives are nested more than {depth} deep here. Unpack it and scan the folder.",
                    code="nested-too-deep",
                )
            container = opener(data, inner, self._budget)
        except Exception as error:
            yield _problem(inner, error)
            return
        yield from self._inside(container, inner, depth)

    def _inside(self, container: Container, inner: str, depth: int) -> Iterator[Found]:
        images = 0
        others = _Others(inner, container.summarise)
        try:
            for part in container.parts(None):
                for found in self._part(part, others, depth):
                    images += _is_picture(found)
                    yield found
                if self._stopped:
                    break
        except Exception as error:
            yield _problem(inner, error)
        yield from others.summary()
        yield ContainerFound(inner=inner, format=container.format, images=images)

    def _part(
        self, part: Picture | Member | Problem | Skipped, others: "_Others", depth: int
    ) -> Iterator[Found]:
        if isinstance(part, Problem | Skipped):
            yield part
        elif not isinstance(part, Member):
            yield from self._picture(part)
        else:
            yield from self._member(part, others, depth)

    def _member(self, member: Member, others: "_Others", depth: int) -> Iterator[Found]:
        try:
            if member.head is not None and not _worth_reading(head := member.head()):
                if is_named(member.inner):
                    recognise(head)  # raises: what its name says it is not
                yield from others.met(member.inner)
                return
            data = member.read()
        except Exception as error:
            yield _problem(member.inner, error)
            return
        for found in self.contents(data, member.inner, depth + 1):
            if _is_other(found, member.inner):
                yield from others.met(member.inner)
            else:
                yield found

    def _picture(self, picture: Picture) -> Iterator[Found]:
        if self._stopped:
            return
        if self._budget.full:
            self._stopped = True
            yield Problem(
                inner=picture.inner,
                code="too-many-images",
                message=f"The file has more than {self._budget.limits.images:,} images; this one and those "
                "after it were not read. Split the file, or raise the limit.",
            )
            return
        self._budget.pictures += 1
        yield picture


class _Others:
    """Members that are not images: each one listed, up to a number; in a document, counted only."""

    def __init__(self, inner: str, summarise: bool) -> None:
        self._inner = inner
        self._listed = 0 if summarise else LISTED_MEMBERS
        self._further = "" if summarise else "further "
        self._count = 0

    def met(self, inner: str) -> Iterator[Skipped]:
        """Take note of one."""
        self._count += 1
        if self._count <= self._listed:
            yield Skipped(inner=inner, reason="not an image")

    def summary(self) -> Iterator[Skipped]:
        """The line for those that were not listed."""
        rest = self._count - self._listed
        if rest > 0:
            noun = "part that is not an image" if rest == 1 else "parts that are not images"
            yield Skipped(inner=self._inner, reason=f"{rest:,} {self._further}{noun}")


def _find(data: Buffer, here: str, wanted: str, budget: Budget) -> Picture | None:
    if here == wanted:
        return open_picture(data, budget.limits, inner=here)
    opener = _opener(data)
    if opener is None:
        return None
    try:
        for part in opener(data, here, budget).parts(wanted):
            if isinstance(part, Member):
                if _leads(part, wanted):
                    return _find(part.read(), part.inner, wanted, budget)
            elif part.inner != wanted or isinstance(part, Skipped):
                continue
            elif isinstance(part, Problem):
                raise UnreadableError(part.message, code=part.code)
            else:
                return part
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:
        problem = _problem(here, error)
        raise UnreadableError(problem.message, code=problem.code) from error
    return None


def _leads(member: Member, wanted: str) -> bool:
    return wanted == member.inner or wanted.startswith((member.inner + "!/", member.inner + "#"))


def _opener(data: Buffer) -> _Opener | None:
    """How to open ``data`` as a container, or ``None`` if it is none.

    Raises:
        UnreadableError: ``empty-file``, or ``unsupported-format`` for archives that are not read.
    """
    head = bytes(data[:1024])
    if not head:
        raise UnreadableError("The file is empty; ask for it again.", code="empty-file")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x00\x00PK\x03\x04")):
        return ZipContainer
    if archive_tar.compression(data) or archive_tar.looks_like_tar(head[: archive_tar.BLOCK]):
        return archive_tar.TarContainer
    for magic, what in _FOREIGN_ARCHIVES:
        if head.startswith(magic):
            message = f"It is {what}, which is not read here. Unpack or convert it, then scan the result."
            raise UnreadableError(message, code="unsupported-format")
    kind = sniff(data)
    if kind is not None and kind.format == "tiff" and frames.has_pages(data, limit=2_000):
        return frames.TiffContainer
    return PdfContainer if kind is None and b"%PDF-" in head else None


def _worth_reading(head: bytes) -> bool:
    """Whether a file that begins like this could be an image or a container."""
    try:
        return _opener(head) is not None or sniff(head) is not None
    except UnreadableError:
        return True


def _is_other(found: Found, member: str) -> bool:
    """Whether a member is no image and does not claim to be one; one that does is missed by somebody."""
    if not isinstance(found, Problem) or found.inner != member or found.code not in _NO_IMAGE:
        return False
    return not is_named(member)


def _is_picture(found: Found) -> bool:
    return not isinstance(found, ContainerFound | Problem | Skipped)


def _problem(inner: str, error: Exception) -> Problem:
    """What went wrong, in words; what nobody foresaw counts as damage."""
    if isinstance(error, UnreadableError):
        return Problem(inner=inner, code=error.code, message=error.message)
    if isinstance(error, MemoryError):
        message = "Reading it needs more memory than one file may use. Split it, or raise the limit."
        return Problem(inner=inner, code="out-of-memory", message=message)
    if isinstance(error, RecursionError):
        return Problem(
            inner=inner, code="nested-too-deep", message="Its structure is nested too deeply to be read."
        )
    kind = type(error).__name__
    return Problem(inner=inner, code="corrupt", message=f"It is damaged ({kind}: {error}). Get a sound copy.")
