"""Recipes: how one content is rebuilt from another, byte for byte.

Two JPEGs of one picture may differ in their metadata alone, and share all but a few kilobytes. A recipe says
which spans of the kept one, the base, and which bytes of its own make up the other. It is a plain list, so
that any part of a content can be read without making the rest.
"""

import contextlib
import hashlib
import io
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.vault.names import is_name
from onecopy.vault.positioned import Positioned

MOST_SPANS = 10_000
LARGEST = 64 << 20
"""Bytes of an encoded recipe, at most."""
PROBE = 64
"""Bytes that must be equal before two contents are taken to share a span."""
_PIECE = 1 << 20


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of a content: ``length`` of the base from ``start`` on, or those in ``own``."""

    length: int
    start: int = 0
    own: bytes = b""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How to rebuild a content. ``kind`` is there for what may come later."""

    sha256: str
    base: str
    size: int
    spans: tuple[Span, ...]
    kind: str = "spans 1"

    def encoded(self) -> bytes:
        """As it is kept."""
        return msgspec.msgpack.encode(self)


def decoded(data: bytes) -> Recipe:
    """A recipe as it was kept.

    Raises:
        UnreadableError: ``corrupt``: it is none, or not sound.
    """
    try:
        found = msgspec.msgpack.decode(data, type=Recipe)
    except (msgspec.DecodeError, RecursionError):
        raise _unsound() from None
    sound = found.kind == "spans 1" and is_name(found.sha256) and is_name(found.base)
    spans = found.spans
    sound = sound and len(spans) <= MOST_SPANS and sum(span.length for span in spans) == found.size
    if not sound or not all(span.length > 0 and span.start >= 0 for span in spans):
        raise _unsound()
    if any(span.own and len(span.own) != span.length for span in spans):
        raise _unsound()
    return found


def _unsound() -> UnreadableError:
    return UnreadableError("A recipe in the vault is damaged. Restore it from a backup.", code="corrupt")


def find(base: bytes, base_name: str, content: bytes, name: str, *, most: int) -> Recipe | None:
    """The recipe of a content, if it shares enough with a base.

    Args:
        base: The bytes of the content that is kept whole.
        base_name: Its SHA-256.
        content: The bytes to rebuild.
        name: Their SHA-256.
        most: How many bytes the encoded recipe may have.
    """
    spans: list[Span] = []
    at, own, near = 0, 0, 0
    while at < len(content):
        start = _shared(base, content, at, near)
        if start is None:
            at += PROBE
            if at - own > most:
                return None
            continue
        # What was stepped over may be shared, too.
        back = _equal_before(base, start, content, at, at - own)
        start, at = start - back, at - back
        if at > own:
            spans.append(Span(at - own, own=content[own:at]))
        length = _equal_from(base, start, content, at)
        spans.append(Span(length, start=start))
        at += length
        own, near = at, start + length
    if own < len(content):
        spans.append(Span(len(content) - own, own=content[own:]))
    recipe = Recipe(sha256=name, base=base_name, size=len(content), spans=tuple(spans))
    copies = any(not span.own for span in spans)
    return recipe if copies and len(spans) <= MOST_SPANS and len(recipe.encoded()) <= most else None


def _shared(base: bytes, content: bytes, at: int, near: int) -> int | None:
    """Where the base has the bytes that the content has at a place: preferably after the last span."""
    probe = content[at : at + PROBE]
    if len(probe) < PROBE:
        return None
    found = base.find(probe, near)
    if found < 0:
        found = base.find(probe)
    return None if found < 0 else found


def _equal_from(a: bytes, i: int, b: bytes, j: int) -> int:
    """How many bytes are equal from two places on."""
    most, step, equal = min(len(a) - i, len(b) - j), _PIECE, 0
    while equal < most:
        piece = min(step, most - equal)
        if a[i + equal : i + equal + piece] == b[j + equal : j + equal + piece]:
            equal += piece
        elif piece == 1:
            break
        else:
            step = max(1, piece // 2)
    return equal


def _equal_before(a: bytes, i: int, b: bytes, j: int, most: int) -> int:
    """How many bytes are equal before two places."""
    equal = 0
    while equal < min(most, i, j) and a[i - equal - 1] == b[j - equal - 1]:
        equal += 1
    return equal


class Rebuilt(Positioned):
    """A content that is read through its recipe: from its base, and from what is its own."""

    def __init__(self, recipe: Recipe, base: BinaryIO, *, owns: bool = True) -> None:
        """Read from a base, which is closed with this if it ``owns`` it."""
        super().__init__(recipe.size, _PIECE)
        self._recipe = recipe
        self._base = base
        self._owns = owns
        self._ends = list(accumulate(span.length for span in recipe.spans))

    def readinto(self, buffer: Any) -> int:
        """Read on, at most to the end of a span.

        Raises:
            UnreadableError: ``corrupt``: the base is shorter than the recipe says.
        """
        into = memoryview(buffer).cast("B")
        if self.at >= self.size or not len(into):
            return 0
        number = bisect_right(self._ends, self.at)
        span = self._recipe.spans[number]
        skip = self.at - (self._ends[number] - span.length)
        length = min(span.length - skip, len(into))
        if span.own:
            into[:length] = span.own[skip : skip + length]
        else:
            self._base.seek(span.start + skip)
            found = self._base.read(length)
            if not found:
                raise _unsound()
            length = len(found)
            into[:length] = found
        self.at += length
        return length

    def close(self) -> None:
        """Close the base, too, if it is ours."""
        if self._owns:
            self._base.close()
        super().close()


def opened(recipe: Recipe, base: BinaryIO) -> BinaryIO:
    """A content for reading through its recipe, from anywhere; closing it closes the base."""
    return cast(BinaryIO, io.BufferedReader(Rebuilt(recipe, base), _PIECE))


def make(recipe: Recipe, base: BinaryIO, folder: Path) -> BinaryIO:
    """A content as a file of its own, as workers need it: one without a name, gone once it is closed.

    Raises:
        UnreadableError: ``no-access``: what comes of it is not the content, or there is no room for it.
    """
    try:
        with contextlib.ExitStack() as kept:
            file = kept.enter_context(tempfile.TemporaryFile(dir=folder))
            digest = hashlib.sha256()
            for piece in pieces(recipe, base):
                digest.update(piece)
                file.write(piece)
            if digest.hexdigest() != recipe.sha256:
                raise UnreadableError(
                    f"What the vault rebuilds as {recipe.sha256} is damaged. Restore it from a backup.",
                    code="no-access",
                )
            file.seek(0)
            kept.pop_all()
            return cast(BinaryIO, file)
    except OSError as error:
        raise UnreadableError(
            f"A content cannot be rebuilt in {folder} ({error.strerror}). Free some space there.",
            code="no-access",
        ) from error


def still_needed(sha256: str) -> EnvironmentProblem:
    """That a content must stay."""
    return EnvironmentProblem(
        f"Other contents are rebuilt from {sha256}. Run 'onecopy vault unpack' first; nothing was removed.",
        code="still-needed",
    )


def not_replaceable(sha256: str) -> EnvironmentProblem:
    """That nothing can stand for a content, or for its recipe."""
    return EnvironmentProblem(
        f"Nothing was dropped of {sha256}: without it the content could not be read any more.",
        code="still-needed",
    )


def pieces(recipe: Recipe, base: BinaryIO) -> Iterator[bytes]:
    """The whole content, piece by piece. The base stays open."""
    rebuilt = Rebuilt(recipe, base, owns=False)
    while piece := rebuilt.read(_PIECE):
        yield piece


def rebuilds(recipe: Recipe, base: BinaryIO) -> bool:
    """Whether a recipe makes what it says, to the byte."""
    digest = hashlib.sha256()
    try:
        for piece in pieces(recipe, base):
            digest.update(piece)
    except UnreadableError:
        return False
    return digest.hexdigest() == recipe.sha256
