"""Many fingerprints: how long they take to load, what a question costs, how fast another process catches up.

The fingerprints are made up (random hashes, no key points, so that a million fit into the memory of a small
machine); with ``--points`` each has so many random key points.
"""

import hashlib
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from benchmarks.measure import middle, table, title
from onecopy.candidates.index import Index
from onecopy.catalog import arrivals, contents, occurrences, rows
from onecopy.catalog.contents import Identified
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.schema import arrival, content, image, occurrence
from onecopy.catalog.store import Catalog
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import FileIdentity, Fingerprint, ImageFound
from onecopy.pipelines.gate.known import Known
from onecopy.pipelines.identify import EXTRAS

AGENCY = "bench"
POINT_BYTES = 36
"""As fingerprints pack a key point: its place and its descriptor."""
_TOGETHER = 5000
_QUESTIONS = 101


def measure(count: int, points: int) -> None:
    """Print seconds to load, milliseconds of a question and of catching up with one more."""
    title(f"{count:,} fingerprints with {points} key points each")
    random = np.random.default_rng(11)
    with (
        tempfile.TemporaryDirectory(prefix="onecopy-bench-") as folder,
        Catalog(Path(folder) / "catalog.db") as catalog,
    ):
        _fill(catalog, count, points, random)
        known, loading, cpu = _loaded(catalog)
        asked = [_fingerprint(random, points) for _ in range(_QUESTIONS)]
        questions = [_timed(lambda one=one: known.candidates(AGENCY, one)) for one in asked]
        catching = []
        for one in asked[:20]:
            _store(catalog, [one])  # as another process would
            with catalog.read() as connection:
                catching.append(_timed(lambda c=connection: known.catch_up(c, AGENCY)))
    head = ["fingerprints", "load s", "load CPU s", "a million, CPU s", "question ms", "catch up ms"]
    row = [f"{count:,}", f"{loading:.1f}", f"{cpu:.1f}", f"{cpu / count * 1e6:.1f}"]
    table(head, [[*row, f"{1000 * middle(questions):.1f}", f"{1000 * middle(catching):.1f}"]])


def _timed(call) -> float:  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _loaded(catalog: Catalog) -> tuple[Known, float, float]:
    known = Known(Index, version=FINGERPRINT_VERSION)
    begun, cpu = time.perf_counter(), time.process_time()
    with catalog.read() as connection:
        known.load(connection)
        known.candidates(AGENCY, _fingerprint(np.random.default_rng(1), 0))  # the tables are made then
    return known, time.perf_counter() - begun, time.process_time() - cpu


def _fill(catalog: Catalog, count: int, points: int, random: np.random.Generator) -> None:
    """As so many uploads would have left it, but for what nobody loads: rows, many at a time."""
    plain = rows.from_fingerprint(_fingerprint(random, 0))
    seen = {"name": "x", "agency": AGENCY, "case_id": "c", "seen_at": datetime.now(UTC)}
    about = {"bytes": 2_000_000, "fingerprint_version": FINGERPRINT_VERSION, "extras": EXTRAS}
    for start in range(0, count, _TOGETHER):
        numbers = range(start, min(start + _TOGETHER, count))
        hashes = [random.bytes(160) for _ in numbers]
        names = [hashlib.sha256(one).hexdigest() for one in hashes]
        images = [
            plain
            | {"content": name, "inner": "", "position": 0, "sha256": name, "image_data_hint": name[:32]}
            | {"pdq": raw[:32], "pdq_turned": raw[32:128], "features": _points(random, points)}
            for name, raw in zip(names, hashes, strict=True)
        ]
        with catalog.write() as connection:
            connection.execute(insert(content), [about | {"sha256": name} for name in names])
            connection.execute(insert(image), images)
            lines = zip(numbers, names, strict=True)
            connection.execute(
                insert(arrival), [{"agency": AGENCY, "number": n + 1, "content": name} for n, name in lines]
            )
            connection.execute(
                insert(occurrence), [seen | {"public_id": name[:36], "content": name} for name in names]
            )


def _store(catalog: Catalog, fingerprints: list[Fingerprint]) -> None:
    with catalog.write() as connection:
        found = [
            Identified(
                sha256=one.sha256,
                size=one.byte_size,
                identity=FileIdentity(images=(ImageFound(inner="", fingerprint=one),)),
            )
            for one in fingerprints
        ]
        contents.record_all(connection, found, version=FINGERPRINT_VERSION, extras=EXTRAS)
        for one in fingerprints:
            occurrences.add(connection, Occurrence(name="x", content=one.sha256, case_id="c", agency=AGENCY))
            arrivals.add(connection, AGENCY, one.sha256)


def _fingerprint(random: np.random.Generator, points: int) -> Fingerprint:
    raw = random.bytes(160)
    sha256 = hashlib.sha256(raw).hexdigest()
    return Fingerprint(
        version=FINGERPRINT_VERSION,
        sha256=sha256,
        image_data_hint=sha256[:32],
        image_data_sha256=sha256[::-1],
        pixels_sha256=None,
        pdq=raw[:32],
        pdq_turned=raw[32:128],
        pdq_quality=100,
        pdq_trimmed=None,
        width=4000,
        height=3000,
        format="JPEG",
        mode="RGB",
        lossless=False,
        byte_size=2_000_000,
        features=_points(random, points),
    )


def _points(random: np.random.Generator, points: int) -> bytes:
    return random.bytes(points * POINT_BYTES)
