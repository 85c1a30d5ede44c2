"""Digests of files, a little ahead of whoever wants them, with each file read once for all its names."""

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from onecopy.catalog.files import KnownFile
from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sources.interface import File, Source, State

_CHUNK = 1 << 20
_THREADS = 2
_AHEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """A file and its digest, or the problem that stood in the way.

    ``state`` is the one that the file was in while it was read; ``known`` what the catalog knew of it.
    """

    source: Source
    file: File
    known: KnownFile | None
    state: State
    sha256: str | None = None
    problem: tuple[str, str] | None = None


Wanted = tuple[Source, File, KnownFile | None]


class Hasher:
    """Hashes files in threads of its own (hashing and reading let go of the interpreter)."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stop = threading.Event()
        self._names: dict[tuple[int, int], Future[Hashed]] = {}

    def hashed(self, wanted: Iterable[Wanted]) -> Iterator[Hashed]:
        """Digests, in the order they are wanted."""
        with ThreadPoolExecutor(_THREADS, "onecopy-hash") as pool:
            ahead: deque[tuple[Wanted, Future[Hashed]]] = deque()
            try:
                for one in wanted:
                    ahead.append((one, self._submit(pool, one)))
                    if len(ahead) >= _AHEAD:
                        yield _result(*ahead.popleft())
                while ahead:
                    yield _result(*ahead.popleft())
            finally:
                self.stop()

    def stop(self) -> None:
        """End what is under way, even in the middle of a large file."""
        self._stop.set()

    def _submit(self, pool: ThreadPoolExecutor, one: Wanted) -> Future[Hashed]:
        file = one[1]
        if file.links < 2:
            return pool.submit(self._hash, *one)
        identity = (file.state.device, file.state.inode)
        if identity not in self._names:
            self._names[identity] = pool.submit(self._hash, *one)
        return self._names[identity]

    def _hash(self, source: Source, file: File, known: KnownFile | None) -> Hashed:
        if file.state.size > self._limits.file_bytes:
            size = f"It is larger than the limit of {self._limits.file_bytes:,} bytes for one file."
            problem = ("too-large", f"{size} Look at it by hand.")
            return Hashed(source=source, file=file, known=known, state=file.state, problem=problem)
        try:
            state, sha256 = digest_of(source, file, self._stop)
        except UnreadableError as error:
            problem = (error.code, error.message)
            return Hashed(source=source, file=file, known=known, state=file.state, problem=problem)
        return Hashed(source=source, file=file, known=known, state=state, sha256=sha256)


def digest_of(source: Source, file: File, stop: threading.Event | None = None) -> tuple[State, str]:
    """The SHA-256 of a file, and the state in which it was read.

    Raises:
        UnreadableError: ``no-access``; ``vanished`` if it is gone, or changed meanwhile.
    """
    digest, buffer = hashlib.sha256(), bytearray(min(_CHUNK, file.state.size + 1))
    view = memoryview(buffer)
    with source.open(file.absolute).open() as opened:
        before = source.state(opened)
        try:
            # Around the file object: its own buffer would copy every byte once more.
            while (count := os.readv(opened.fileno(), [view])) and not (stop and stop.is_set()):
                digest.update(view[:count])
        except OSError as error:
            said = f"It cannot be read ({error.strerror}). Check the disk and scan again."
            raise UnreadableError(said, code="no-access") from error
        if (stop and stop.is_set()) or source.state(opened) != before:
            raise UnreadableError("It changed while it was being read. Scan again.", code="vanished")
    return before, digest.hexdigest()


def _result(wanted: Wanted, future: Future[Hashed]) -> Hashed:
    """The result, under the name it was wanted by: a hard link shares the work on its first name."""
    first = future.result()
    source, file, known = wanted
    if first.file is file:
        return first
    return Hashed(
        source=source, file=file, known=known, state=first.state, sha256=first.sha256, problem=first.problem
    )
