"""Where an import's files may be: below some folders and in some buckets, and nowhere else."""

import contextlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast
from urllib.parse import unquote, urlsplit

from onecopy.errors import EnvironmentProblem, UnreadableError, UsageError
from onecopy.vault.open import bucket_at
from onecopy.vault.s3 import Bucket, in_words

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What may be opened. A path that is not absolute is below the first folder."""

    folders: tuple[Path, ...] = ()
    buckets: tuple[Bucket, ...] = ()

    @classmethod
    def parse(cls, folders: str, buckets: str) -> Self:
        """Read ``/archive:/mnt/scans`` and ``s3://scans?endpoint=https://…``, with spaces between buckets.

        Raises:
            UsageError: A folder is not there or not absolute, or an address cannot be read.
        """
        found = []
        for text in filter(None, folders.split(os.pathsep)):
            path = Path(text).expanduser()
            if not path.is_absolute() or not path.is_dir():
                raise UsageError(f"{text} is no folder, by its whole path, that imports can read from.")
            found.append(path.resolve())
        return cls(folders=tuple(found), buckets=tuple(map(bucket_at, buckets.split())))

    def open(self, file: str) -> BinaryIO:
        """Open a file, by its path or its address (``file:///…``, ``s3://bucket/key``).

        Raises:
            UnreadableError: ``not-allowed``: it is somewhere else; ``vanished``, ``not-a-file``, or
                ``no-access``, which may pass.
            EnvironmentProblem: ``needs-extra``.
        """
        if file.startswith("s3://"):
            return self._fetch(file)
        path = unquote(urlsplit(file).path) if file.startswith("file://") else file
        if "\0" in path:
            raise _not_allowed()
        for folder in self.folders if path.startswith("/") else self.folders[:1]:
            inside = _inside(path, folder)
            if inside is not None:
                return _open(folder, inside)
        raise _not_allowed()

    def _fetch(self, file: str) -> BinaryIO:
        name, _, key = file.removeprefix("s3://").partition("/")
        for bucket in self.buckets:
            prefix = f"{bucket.prefix}/" if bucket.prefix else ""
            inside = key.removeprefix(prefix)
            clean = not {"", ".", ".."} & set(inside.split("/"))
            if bucket.name == name and key.startswith(prefix) and clean:
                return _fetched(bucket, inside)
        raise _not_allowed()


def _inside(path: str, folder: Path) -> list[str] | None:
    """The steps from a folder to a path in it; ``None`` if the path is not in it."""
    steps = [step for step in path.split("/") if step not in ("", ".")]
    if path.startswith("/"):
        above = list(folder.parts[1:])
        if steps[: len(above)] != above:
            return None
        steps = steps[len(above) :]
    return steps if steps and ".." not in steps else None


def _open(folder: Path, steps: list[str]) -> BinaryIO:
    """Go down step by step, through no symbolic link: one may lead out, or come to do so meanwhile."""
    with contextlib.ExitStack() as opened:
        try:
            at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            opened.callback(os.close, at)
            for step in steps[:-1]:
                at = os.open(step, _FOLDER, dir_fd=at)
                opened.callback(os.close, at)
            descriptor = os.open(steps[-1], _FILE, dir_fd=at)
        except FileNotFoundError:
            raise UnreadableError("There is no such file. Check the manifest.", code="vanished") from None
        except OSError as error:
            said = f"It cannot be opened ({error.strerror}); symbolic links are not followed."
            raise UnreadableError(said, code="no-access") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableError("It is not a regular file.", code="not-a-file")
    return os.fdopen(descriptor, "rb")


def _fetched(bucket: Bucket, key: str) -> BinaryIO:
    store = bucket.store()
    import obstore

    with contextlib.ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        try:
            with in_words(bucket):
                for piece in obstore.get(store, key).stream(min_chunk_size=1 << 20):
                    file.write(piece)
        except FileNotFoundError:
            raise UnreadableError("There is no such object. Check the manifest.", code="vanished") from None
        except EnvironmentProblem:
            said = f"The bucket {bucket.place} cannot be read now, or not by us. Try the rows again."
            raise UnreadableError(said, code="no-access") from None
        file.seek(0)
        opened.pop_all()
        return cast(BinaryIO, file)


def _not_allowed() -> UnreadableError:
    return UnreadableError(
        "It is in no place that imports may read from. Whoever runs the service lists folders in "
        "ONECOPY_IMPORT_FOLDERS and buckets in ONECOPY_IMPORT_BUCKETS.",
        code="not-allowed",
    )
