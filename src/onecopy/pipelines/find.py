"""``find``: where else does an image appear? Asked of everything that a catalog holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from onecopy import locator
from onecopy.candidates.index import Index
from onecopy.catalog import files, images
from onecopy.catalog.files import KnownFile
from onecopy.catalog.images import StoredImage
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import Limits, Relation, Verdict
from onecopy.pipelines.exact import by_digest, unfinished
from onecopy.pipelines.single import Chosen
from onecopy.sandbox.interface import Call, Failure
from onecopy.sources.folder import LocalFile
from onecopy.sources.interface import State
from onecopy.verify.interface import VERIFY, ImageRef, VerifyArgs

_ORDER = list(Relation)
_PER_IMAGE = 256
"""How many candidates are compared by their pixels, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One image of the catalog, and what the one that was asked for (A) is to it (B).

    ``locators`` are all the places where scans met it, absolute.
    """

    locators: tuple[str, ...]
    verdict: Verdict


class Finder:
    """What a catalog holds, in memory, to be asked for images.

    Args:
        catalog: Of earlier scans.
        engine: Compares.
        limits: What a comparison may cost.
    """

    def __init__(self, catalog: Catalog, engine: Engine, limits: Limits) -> None:
        self._catalog, self._engine, self._limits = catalog, engine, limits
        self._index = Index()
        with catalog.read() as connection:
            found = images.prints(connection, version=FINGERPRINT_VERSION)
            self._index.add_all((one.id, one.print) for one in found)

    def __len__(self) -> int:
        return len(self._index)

    def find(self, asked: Chosen) -> list[Found]:
        """All images that have to do with one, the strongest relations first.

        Pictures that turn out to be ``distinct`` are left out. Where two could not be compared, the verdict
        is ``unclear`` and says why.
        """
        candidates = self._index.query(asked.fingerprint, limit=_PER_IMAGE)
        numbers = {other for one in candidates for other in self._index.alike(one.image)} | {
            one.image for one in candidates
        }
        with self._catalog.read() as connection:
            stored = images.by_ids(connection, sorted(numbers))
            where = _where(connection, stored.values())
        reachable = [one for one in stored.values() if one.content in where]
        found = [
            Found(
                locators=tuple(f"{file.absolute}{one.inner}" for file in where[one.content]), verdict=verdict
            )
            for one, verdict in self._verdicts(asked, reachable, where)
            if verdict.relation is not Relation.DISTINCT
        ]
        return sorted(
            found, key=lambda f: (_ORDER.index(f.verdict.relation), -f.verdict.confidence, f.locators)
        )

    def _verdicts(
        self, asked: Chosen, stored: Sequence[StoredImage], where: dict[str, list[KnownFile]]
    ) -> Iterator[tuple[StoredImage, Verdict]]:
        by_pixels = []
        for one in stored:
            verdict = by_digest(asked.fingerprint, one.fingerprint)
            if verdict is None:
                by_pixels.append(one)
            else:
                yield one, verdict
        calls = (self._call(n, asked, one, where[one.content][0]) for n, one in enumerate(by_pixels))
        for outcome in self._engine.run(VERIFY, calls):
            one = by_pixels[int(str(outcome.key))]
            if outcome.result is None:
                yield (
                    one,
                    unfinished(outcome.failure or Failure(code="worker-died", message="No answer came.")),
                )
            else:
                yield one, outcome.result.verdicts[0]

    def _call(self, key: int, asked: Chosen, one: StoredImage, file: KnownFile) -> Call[VerifyArgs]:
        handle = LocalFile(locator.unquote(file.absolute), State(*file.state))
        args = VerifyArgs(
            images=(
                ImageRef(file=0, inner=asked.inner, fingerprint=asked.fingerprint),
                ImageRef(file=1, inner=one.inner, fingerprint=one.fingerprint),
            ),
            pairs=((0, 1),),
            limits=self._limits,
        )
        return Call(key=key, files=(asked.file, handle), args=args, seconds=self._limits.seconds)


def _where(connection: Connection, stored: Iterable[StoredImage]) -> dict[str, list[KnownFile]]:
    where: dict[str, list[KnownFile]] = {}
    for file in files.of_contents(connection, {one.content for one in stored}):
        where.setdefault(file.content or "", []).append(file)
    return {content: sorted(known, key=lambda file: file.absolute) for content, known in where.items()}
