"""What was made is kept in a folder of bounded size; what nobody asked for longest goes first.

Several processes may share a folder. What is in it can be made again at any time, so no failure to read or
write here is an error.
"""

import contextlib
import os
import tempfile
import threading
from pathlib import Path

from platformdirs import user_cache_path

_SWEEP_SHARE = 0.1
"""Of the bound: how much is written between two looks at the whole folder, and how much a look frees."""


class Cache:
    """A folder of files by name. Thread-safe."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Use a folder, which only this user may enter; made when missing.

        Args:
            folder: Where to keep files; nothing else may lie there.
            most_bytes: What all of them may take, together. For a moment it may be a tenth more.
        """
        self._folder = folder
        self._most = most_bytes
        self._written = most_bytes  # what earlier runs left is looked at with the first file
        self._lock = threading.Lock()

    def get(self, name: str) -> bytes | None:
        """A file that is kept, or ``None``."""
        path = self._folder / name
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, name: str, data: bytes) -> None:
        """Keep a file, whole or not at all."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
                file.write(data)
            Path(file.name).replace(self._folder / name)
            self._make_room(len(data))

    def _make_room(self, written: int) -> None:
        with self._lock:
            self._written += written
            if self._written < self._most * _SWEEP_SHARE:
                return
            self._written = 0
        entries = [(found.stat(), found.path) for found in os.scandir(self._folder)]
        size = sum(about.st_size for about, _ in entries)
        for about, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
            if size <= self._most * (1 - _SWEEP_SHARE):
                return
            with contextlib.suppress(OSError):
                Path(path).unlink()
                size -= about.st_size


def open_cache(folder: Path | None, most_bytes: int) -> Cache:
    """The cache in a folder; by default the one that all of this user's services share."""
    return Cache(folder or user_cache_path("onecopy") / "pictures", most_bytes)
