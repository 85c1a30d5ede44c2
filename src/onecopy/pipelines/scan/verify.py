"""Pairs to verdicts, in a scan: remembered where they can be, else by the pixels."""

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from onecopy.catalog import images, verdicts
from onecopy.catalog.batches import batches
from onecopy.catalog.images import StoredImage
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.model import Limits, Verdict
from onecopy.pipelines.exact import unfinished
from onecopy.pipelines.scan.model import Progress
from onecopy.pipelines.scan.places import Places
from onecopy.sandbox.interface import Call, Failure
from onecopy.sources.interface import Handle
from onecopy.verify.interface import VERIFY, VERIFY_VERSION, ImageRef, VerifyArgs, VerifyResult

Numbers = tuple[int, int]
"""The catalog's numbers of A and B."""

_TOGETHER = 8
"""Pairs in one call, at most: they share an image, which is decoded once for all of them."""
_SECONDS = 1.0


class Verifier:
    """Makes verdicts for pairs of images that the scan met."""

    def __init__(
        self, catalog: Catalog, engine: Engine, places: Places, limits: Limits, progress: Progress
    ) -> None:
        self._catalog = catalog
        self._engine = engine
        self._places = places
        self._limits = limits
        self._progress = progress

    def verdicts(self, pairs: Sequence[Numbers]) -> Iterator[tuple[Numbers, Verdict]]:
        """A verdict for every pair (A, B), as :func:`onecopy.catalog.verdicts.ordered` puts them."""
        with self._catalog.read() as connection:
            known = dict(verdicts.known(connection, pairs, version=VERIFY_VERSION))
        self._progress.advance(len(known))
        yield from known.items()
        yield from self._verify(sorted(pair for pair in pairs if pair not in known))

    def _verify(self, pairs: Sequence[Numbers]) -> Iterator[tuple[Numbers, Verdict]]:
        if not pairs:
            return
        with self._catalog.read() as connection:
            stored = images.by_ids(connection, {number for pair in pairs for number in pair})
        handles = self._places.handles(self._catalog, {one.content for one in stored.values()})
        stars = self._stars(pairs)
        made, failed = self._ask(stars, stored, handles)
        # One bad neighbour must not cost the others their verdicts: each is tried once more, alone.
        more, failed = self._ask([(pair,) for star, _ in failed for pair in star], stored, handles)
        made |= more
        yield from made.items()
        yield from ((pair, unfinished(failure)) for star, failure in failed for pair in star)

    def _stars(self, pairs: Sequence[Numbers]) -> list[tuple[Numbers, ...]]:
        """Pairs that share an image together, but in calls enough to keep all workers busy to the end."""
        together = min(_TOGETHER, max(1, len(pairs) // (2 * self._engine.workers)))
        shared = Counter(number for pair in pairs for number in pair)
        around: dict[int, list[Numbers]] = defaultdict(list)
        for pair in pairs:
            around[max(pair, key=lambda number: (shared[number], number))].append(pair)
        return [tuple(star) for one in around.values() for star in batches(one, together)]

    def _ask(
        self,
        stars: Sequence[tuple[Numbers, ...]],
        stored: Mapping[int, StoredImage],
        handles: Mapping[str, Handle],
    ) -> tuple[dict[Numbers, Verdict], list[tuple[tuple[Numbers, ...], Failure]]]:
        made: dict[Numbers, Verdict] = {}
        failed: list[tuple[tuple[Numbers, ...], Failure]] = []
        calls = (self._call(n, star, stored, handles) for n, star in enumerate(stars))
        with self._recorder() as record:
            for outcome in self._engine.run(VERIFY, calls):
                star = stars[int(str(outcome.key))]
                contents = {stored[number].content for pair in star for number in pair}
                failure = outcome.failure or _fault(outcome.result, star, (handles[one] for one in contents))
                if failure is not None:
                    failed.append((star, failure))
                elif outcome.result is not None:
                    found = dict(zip(star, outcome.result.verdicts, strict=True))
                    record(found)
                    made |= found
                    self._progress.advance(len(star))
        return made, failed

    @contextlib.contextmanager
    def _recorder(self) -> Iterator[Callable[[dict[Numbers, Verdict]], None]]:
        """Stores verdicts about once a second, and the last ones however this ends."""
        waiting: dict[Numbers, Verdict] = {}
        written = time.monotonic()

        def flush() -> None:
            nonlocal written
            with self._catalog.write() as connection:
                verdicts.record(connection, waiting, version=VERIFY_VERSION)
            waiting.clear()
            written = time.monotonic()

        def record(found: dict[Numbers, Verdict]) -> None:
            waiting.update(found)
            if time.monotonic() - written > _SECONDS:
                flush()

        try:
            yield record
        finally:
            flush()

    def _call(
        self,
        key: int,
        star: Sequence[Numbers],
        stored: Mapping[int, StoredImage],
        handles: Mapping[str, Handle],
    ) -> Call[VerifyArgs]:
        members = [stored[number] for number in dict.fromkeys(number for pair in star for number in pair)]
        contents = list(dict.fromkeys(one.content for one in members))
        place = {one.id: n for n, one in enumerate(members)}
        args = VerifyArgs(
            images=tuple(
                ImageRef(file=contents.index(one.content), inner=one.inner, fingerprint=one.fingerprint)
                for one in members
            ),
            pairs=tuple((place[a], place[b]) for a, b in star),
            limits=self._limits,
        )
        files_ = tuple(handles[content] for content in contents)
        return Call(key=key, files=files_, args=args, seconds=self._limits.seconds)


def _fault(result: VerifyResult | None, star: Sequence[Numbers], handles: Iterable[Handle]) -> Failure | None:
    if result is None or len(result.verdicts) != len(star):
        return Failure(code="worker-died", message="No answer came.")
    if not all(handle.unchanged() for handle in handles):
        return Failure(code="vanished", message="A file changed while it was compared. Scan again.")
    return None
