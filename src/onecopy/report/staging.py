"""Files that appear all together or not at all."""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


class Staging:
    """Collects finished files under temporary names; :meth:`commit` moves them to their places."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done: list[tuple[Path, Path]] = []
        self._temporary: list[Path] = []

    def __enter__(self) -> "Staging":
        with self._in_words():
            self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._temporary:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """A new file that will be called ``name``; durable when the block ends.

        Raises:
            EnvironmentProblem: It cannot be written.
        """
        temporary = self._folder / f".{name}.{secrets.token_hex(6)}.tmp"
        # Opened plainly, and not by tempfile, so that the user's umask decides who may read it.
        with self._in_words(), temporary.open("xb") as file:
            self._temporary.append(temporary)
            yield file
            file.flush()
            os.fsync(file.fileno())
        self._done.append((temporary, self._folder / name))

    def commit(self) -> list[Path]:
        """Move every finished file to its place, and give the places.

        Raises:
            EnvironmentProblem: A place cannot be written to (a folder of that name, for one).
        """
        with self._in_words():
            for temporary, place in self._done:
                temporary.replace(place)
        return [place for _, place in self._done]

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise EnvironmentProblem(_sentence(self._folder, error)) from error


def _sentence(folder: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"There is no room left to write the report to {folder}. Free some, or choose another folder."
    if error.errno in _DENIED:
        return f"The report cannot be written to {folder}: no permission. Choose a folder you may write to."
    return f"The report cannot be written to {folder}: {error.strerror or error}. Choose another folder."
