"""What judging a pair costs: processor time of some of a scan's verdicts, judged again in this process."""

import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote

import cv2
import numpy as np
from sqlalchemy import select

from benchmarks.measure import table
from benchmarks.pictures import DATA
from onecopy.catalog import files, images, verdicts
from onecopy.catalog.images import StoredImage
from onecopy.catalog.schema import verdict
from onecopy.catalog.store import Catalog
from onecopy.model import Limits, Relation, Verdict
from onecopy.verify import task
from onecopy.verify.interface import VERIFY_VERSION, ImageRef, VerifyArgs
from onecopy.verify.view import View

_DANGEROUS = "hostile"
"""The set whose files are opened in a sandboxed worker and nowhere else."""

Numbers = tuple[int, int]


class _Timed:
    """Calls a function and adds up what that costs, in ms of this thread's processor time."""

    def __init__(self, function: Callable[..., tuple[View, ...]]) -> None:
        self._function, self.spent = function, 0.0

    def __call__(self, *given: object) -> tuple[View, ...]:
        begun = time.thread_time()
        try:
            return self._function(*given)
        finally:
            self.spent += 1000 * (time.thread_time() - begun)


def measure(store: Path, *, pairs: int = 200, seed: int = 1) -> None:
    """Print the cost of judging some pairs, by relation.

    Args:
        store: The catalog of a scan whose files are still there.
        pairs: How many, or all if there are fewer.
        seed: Which.
    """
    cv2.setNumThreads(1)
    known, pictures, paths = _read(store, pairs, seed)
    spent: dict[str, list[tuple[float, float]]] = defaultdict(list)
    others = 0
    for (a, b), said in known.items():
        sides = pictures[a], pictures[b]
        found, judging, decoding = _cost([(one, paths[one.content]) for one in sides])
        others += found.relation is not said.relation
        for name in (str(said.relation), "all"):
            spent[name].append((judging, decoding))
    rows = [_row(name, np.array(spent[name])) for name in (*Relation, "all") if name in spent]
    head = ["CPU ms of a pair", "pairs", "judging, median", "95th percentile", "decoding, median"]
    table([*head, "95th percentile"], rows)
    print(f"Goal: 60 ms of judging at the median. Judged otherwise than by the scan: {others}.\n")


def _read(
    store: Path, pairs: int, seed: int
) -> tuple[dict[Numbers, Verdict], dict[int, StoredImage], dict[str, Path]]:
    """Some of a catalog's verdicts, their images, and a file of each content."""
    catalog = Catalog(store)
    try:
        with catalog.read() as connection:
            query = select(verdict.c.a, verdict.c.b).where(verdict.c.verify_version == VERIFY_VERSION)
            stored = [(a, b) for a, b in connection.execute(query.order_by(verdict.c.a, verdict.c.b))]
            pictures = images.by_ids(connection, {number for pair in stored for number in pair})
            contents = {one.content for one in pictures.values()}
            paths = {
                one.content: Path(unquote(one.absolute))
                for one in files.of_contents(connection, contents)
                if one.content and DATA / _DANGEROUS not in Path(unquote(one.absolute)).parents
            }
            safe = [pair for pair in stored if all(pictures[number].content in paths for number in pair)]
            chosen = random.Random(seed).sample(safe, min(pairs, len(safe)))
            return dict(verdicts.known(connection, chosen, version=VERIFY_VERSION)), pictures, paths
    finally:
        catalog.close()


def _cost(sides: list[tuple[StoredImage, Path]]) -> tuple[Verdict, float, float]:
    """A verdict, what judging cost, and what decoding did."""
    refs = tuple(
        ImageRef(file=number, inner=one.inner, fingerprint=one.fingerprint)
        for number, (one, _) in enumerate(sides)
    )
    contents = tuple(path.read_bytes() for _, path in sides)
    args = VerifyArgs(images=refs, pairs=((0, 1),), limits=Limits())
    load = _Timed(task.load_views)
    with patch.object(task, "load_views", load):
        begun = time.thread_time()
        (found,) = task.verify(contents, args).verdicts
        spent = 1000 * (time.thread_time() - begun)
    return found, spent - load.spent, load.spent


def _row(name: str, spent: np.ndarray) -> list[str]:
    middle, high = np.quantile(spent, (0.5, 0.95), axis=0)
    times = (middle[0], high[0], middle[1], high[1])
    return [name, str(len(spent)), *(f"{one:.0f}" for one in times)]
