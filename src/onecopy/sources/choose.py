"""From what was named on a command line to sources, each file in exactly one of them."""

import os
from collections.abc import Iterator, Sequence

from onecopy.sources.folder import Folder
from onecopy.sources.interface import Source


def sources(
    named: Sequence[str | os.PathLike[str]], exclude: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Source]:
    """Make the sources; one that lies inside another, or is named twice, is left to the other.

    Args:
        named: Paths of folders and files.
        exclude: Globs of what to leave out.
        ignore: Absolute paths to pass by: the scan's own files.

    Raises:
        EnvironmentProblem: One of them is not there.
    """
    folders = [Folder(path, exclude, ignore) for path in named]
    kept: dict[str, Source] = {}
    for folder in folders:
        kept.setdefault(folder.absolute, folder)
    return [one for absolute, one in kept.items() if not any(above in kept for above in _above(absolute))]


def _above(absolute: str) -> Iterator[str]:
    while absolute != "/":
        absolute = absolute.rpartition("/")[0] or "/"
        yield absolute
