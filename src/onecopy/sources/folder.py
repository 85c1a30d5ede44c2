"""Folders and single files of this machine.

Symbolic links inside a folder are not followed (each is listed as left out); a folder that contains itself
through a mount is entered once. Names are whatever bytes the file system holds.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.locator import quote, unquote
from onecopy.sources.exclude import Excluded
from onecopy.sources.interface import File, Left, State

_SPECIAL = {
    stat.S_IFLNK: "symbolic link, not followed",
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFBLK: "device",
    stat.S_IFCHR: "device",
}


_ADVICE = {
    errno.EACCES: "Check its permissions and scan again.",
    errno.EPERM: "Check its permissions and scan again.",
    errno.ENAMETOOLONG: "Its whole path is too long to be opened: move it further up and scan again.",
}

_by_name = attrgetter("name")


def state_of(status: os.stat_result) -> State:
    """What of a file's status tells that it is unchanged."""
    return State(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A way to the bytes of a regular file, in the state it was listed in."""

    path: str
    state: State | None = None

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises:
            UnreadableError: ``no-access``; ``vanished`` if it is gone or another file by now.
        """
        try:
            # Without blocking: a named pipe may have taken the file's place meanwhile.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _unreadable(error) from error
        file = os.fdopen(descriptor, "rb")
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or (self.state and state_of(status) != self.state):
            file.close()
            raise UnreadableError("It changed while it was being read. Scan again.", code="vanished")
        return file

    def unchanged(self) -> bool:
        """Whether the file is still in the state it was listed in."""
        try:
            return self.state is None or state_of(os.lstat(self.path)) == self.state
        except OSError:
            return False


def _mode(given: str) -> int:
    """The mode of what a person named, found as the system finds it: an empty name is not this folder.

    Raises:
        EnvironmentProblem: It is not there, or no file can have that name.
    """
    try:
        return os.stat(given).st_mode  # noqa: PTH116 - a Path takes "" for "."
    except OSError as error:
        name = quote(given) or "''"
        raise EnvironmentProblem(f"The source {name} cannot be opened: {_said(error)}.") from error
    except ValueError as error:
        raise EnvironmentProblem(f"The source {given!a} is a name that no file can have.") from error


def _unreadable(error: OSError) -> UnreadableError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
        return UnreadableError("It is no longer there. Scan again.", code="vanished")
    advice = _ADVICE.get(error.errno or 0, "Check the disk and scan again.")
    return UnreadableError(f"{_said(error)}. {advice}", code="no-access")


def _said(error: OSError) -> str:
    return error.strerror or str(error)


class Folder:
    """A folder, searched through to its depths, or one file.

    Args:
        path: As the person gave it. A symbolic link named here is followed: it was asked for.
        exclude: Globs of what to leave out (see :class:`~onecopy.sources.exclude.Excluded`).
        ignore: Absolute paths to pass by: the scan's own files.

    Raises:
        EnvironmentProblem: It is not there, or it is neither a folder nor a file.
    """

    def __init__(self, path: str | os.PathLike[str], exclude: Sequence[str] = (), ignore: Sequence[str] = ()):
        given = os.fsdecode(path)
        mode = _mode(given)
        self._root = os.path.realpath(given)
        self._excluded = Excluded(exclude)
        self._ignored = frozenset(ignore)
        self.locator = quote(given.rstrip("/") or "/")
        self.absolute = quote(self._root)
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            raise EnvironmentProblem(f"The source {self.locator} is neither a folder nor a file.")
        self._is_folder = stat.S_ISDIR(mode)

    def open(self, absolute: str, state: State | None = None) -> LocalFile:
        """See :class:`~onecopy.sources.interface.Source`."""
        return LocalFile(unquote(absolute), state)

    def state(self, file: BinaryIO) -> State:
        """See :class:`~onecopy.sources.interface.Source`."""
        return state_of(os.fstat(file.fileno()))

    def list(self) -> Iterator[File | Left]:
        """See :class:`~onecopy.sources.interface.Source`."""
        if self._is_folder:
            yield from self._walk()
            return
        name = Path(self._root).name
        try:
            status = Path(self._root).stat()
        except OSError as error:
            yield self._lost(self.locator, self.absolute, error)
        else:
            yield File(self.locator, self.absolute, quote(name), state_of(status), status.st_nlink)

    def _walk(self) -> Iterator[File | Left]:
        top = _Level(self._root, self.locator.rstrip("/"), self.absolute.rstrip("/"), "", None)
        todo = [self._entries(top)]
        while todo:
            found = next(todo[-1], None)
            if found is None:
                todo.pop()
            elif isinstance(found, _Level):
                todo.append(self._entries(found))
            else:
                yield found

    def _entries(self, level: "_Level") -> Iterator["File | Left | _Level"]:
        """What is directly in a folder; folders in it as levels, in their place."""
        try:
            if level.is_inside_itself():
                yield Left(level.locator, level.absolute, "a folder it lies in, once more")
                return
            with os.scandir(level.path) as scanned:
                entries = sorted(scanned, key=_by_name)
        except OSError as error:
            yield self._lost(level.locator or "/", level.absolute or "/", error)
            return
        for entry in entries:
            yield self._entry(entry, level)

    def _entry(self, entry: os.DirEntry[str], level: "_Level") -> "File | Left | _Level":
        name = quote(entry.name)
        locator, absolute = f"{level.locator}/{name}", f"{level.absolute}/{name}"
        if self._excluded and (pattern := self._excluded.by(entry.name, level.inside)):
            return Left(locator, absolute, f"excluded by {quote(pattern)}")
        if self._ignored and entry.path in self._ignored:
            return Left(locator, absolute, "written by onecopy itself")
        try:
            if entry.is_dir(follow_symlinks=False):
                return _Level(entry.path, locator, absolute, f"{level.inside}{entry.name}/", level)
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            return self._lost(locator, absolute, error)
        if stat.S_ISREG(status.st_mode):
            return File(locator, absolute, name, state_of(status), status.st_nlink)
        return Left(locator, absolute, _SPECIAL.get(stat.S_IFMT(status.st_mode), "not a regular file"))

    def _lost(self, locator: str, absolute: str, error: OSError) -> Left:
        problem = _unreadable(error)
        return Left(locator, absolute, problem.message, problem.code)


@dataclass(slots=True)
class _Level:
    """A folder on the way down: its path, its locators, its path inside the source, and what it is in."""

    path: str
    locator: str
    absolute: str
    inside: str
    parent: "_Level | None"
    identity: tuple[int, int] = (0, 0)

    def is_inside_itself(self) -> bool:
        """Whether the folder is one that it lies in, as a mount can make it.

        Raises:
            OSError: It cannot be reached.
        """
        status = os.lstat(self.path)
        self.identity = (status.st_dev, status.st_ino)
        above = self.parent
        while above is not None and above.identity != self.identity:
            above = above.parent
        return above is not None
