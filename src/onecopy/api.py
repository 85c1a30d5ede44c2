"""The Python API: what ``onecopy.…`` offers. Each function starts its own sandboxed workers and ends them."""

import os
from collections.abc import Sequence
from pathlib import Path

from onecopy.engines.local import LocalEngine
from onecopy.findings import Findings
from onecopy.model import FileIdentity, Fingerprint, Limits, Verdict
from onecopy.pipelines import single
from onecopy.pipelines.gate import Context, Gate, GateReply
from onecopy.pipelines.scan.model import Progress
from onecopy.pipelines.scan.run import Scan

PathLike = str | os.PathLike[str]


def fingerprint(image: PathLike, *, limits: Limits | None = None) -> Fingerprint:
    """The fingerprint of one image.

    Args:
        image: A path, or a locator of an image inside a file (``permit.pdf#page=3&image=2``).
        limits: What reading it may cost.

    Returns:
        Its digests, perceptual hashes, features, size and capture metadata.

    Raises:
        EnvironmentProblem: There is no such file.
        UnreadableError: It is not a readable image; ``code`` says why.
        UsageError: The file holds several images, and none was named.
    """
    limits = limits or Limits()
    with LocalEngine(1, limits) as engine:
        return single.choose(engine, image, limits).fingerprint


def identify(path: PathLike, *, limits: Limits | None = None) -> FileIdentity:
    """Everything in one file: its images with their fingerprints, its containers, and what was unreadable.

    Args:
        path: Of the file.
        limits: What reading it may cost.

    Raises:
        EnvironmentProblem: There is no such file.
        UnreadableError: The file could not be looked at.
    """
    limits = limits or Limits()
    with LocalEngine(1, limits) as engine:
        return single.identify_file(engine, path, limits)


def compare(a: PathLike, b: PathLike, *, limits: Limits | None = None) -> Verdict:
    """What two images are to each other: the relation, how sure that is, and the evidence.

    Args:
        a: A path, or a locator of an image inside a file.
        b: The same. Evidence calls the two A and B in this order.
        limits: What reading each may cost.

    Raises:
        EnvironmentProblem: There is no such file.
        UnreadableError: One of them is not a readable image.
        UsageError: A file holds several images, and none was named.
    """
    limits = limits or Limits()
    with LocalEngine(1, limits) as engine:
        return single.compare(
            engine, single.choose(engine, a, limits), single.choose(engine, b, limits), limits
        )


def scan(
    sources: Sequence[PathLike] | PathLike,
    *,
    catalog: str | Path | None = None,
    workers: int | None = None,
    exclude: Sequence[str] | str = (),
    paranoid: bool = False,
    all_relations: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Find every copy in folders and files, also inside PDFs and archives. Changes nothing.

    What was read is remembered in the catalog, so a second scan reads only what is new or changed.

    Args:
        sources: Paths of folders and files.
        catalog: Path or URL; by default the one in the user's data folder.
        workers: How many files to look at at once; by default one for each processor.
        exclude: Globs of what to leave out: ``*.tmp``, ``.git``, ``2019/drafts/*``.
        paranoid: Read every file again, even if size, time and inode are unchanged.
        all_relations: List ``same-form`` pairs one by one, and not only their number.
        limits: What one file may cost.
        progress: Is told how far it is.

    Raises:
        EnvironmentProblem: A source is missing, the catalog locked, the disk full.
        UsageError: No source was named, or fewer than one worker.
    """
    named = [sources] if isinstance(sources, str | os.PathLike) else sources
    with Scan(
        named,
        catalog=catalog,
        workers=workers,
        exclude=[exclude] if isinstance(exclude, str) else exclude,
        paranoid=paranoid,
        all_relations=all_relations,
        limits=limits,
    ) as one:
        return one.run(progress).findings


__all__ = ["Context", "Gate", "GateReply", "compare", "fingerprint", "identify", "scan"]
