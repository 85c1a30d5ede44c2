"""``python -m benchmarks.pages``: what the pages ask of the catalog, on a small and on a large one.

The rows are made up, the queries are those of the pages. What matters is the ratio: a page must not become
slower as an agency sends more.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, text

from onecopy.catalog import events, search
from onecopy.catalog.schema import content, decision, event, event_head, occurrence, question
from onecopy.catalog.store import Catalog
from onecopy.service.pages.figures import Assumptions, figures

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BATCH = 20_000
AGENCIES = [f"agency {number:02}" for number in range(20)]
SOURCES = ("portal", "email", "scanner", "counter")


def rows(size: int) -> Iterator[tuple[dict, dict, dict]]:
    """Uploads over two years: a content, an occurrence and a decision each; a third are copies."""
    chance = random.Random(size)
    for number in range(size):
        copied = number % 3 == 2
        sha256 = f"{number - copied * 2:064x}"
        at = NOW - timedelta(days=730) + timedelta(seconds=63_000_000 * number / size)
        agency = AGENCIES[(number // 3) % len(AGENCIES)]
        one = {"id": number + 1, "public_id": f"u{number}", "name": f"IMG_{number:07}.jpg", "content": sha256}
        one |= {"case_id": f"24{number // 40:06}", "agency": agency, "source": chance.choice(SOURCES)}
        made = {"occurrence": number + 1, "decision": "link" if copied else "store", "reason": "r"}
        made |= {"matches": [], "made_at": at, "policy": "p" * 64}
        size_of = {"sha256": sha256, "bytes": chance.randint(100_000, 8_000_000)}
        yield size_of, one | {"seen_at": at}, made


def fill(catalog: Catalog, size: int) -> None:
    """Fill an empty catalog, then count as the upgrade does."""
    with catalog.write() as connection:
        batch: list[tuple[dict, dict, dict]] = []
        for row in rows(size):
            batch.append(row)
            if len(batch) == BATCH:
                put(connection, batch)
                batch = []
        put(connection, batch)
        questions(connection, size)
        log(connection, size)
        from onecopy.catalog.migrations.versions import __path__ as folders  # the numbers in file names

        module = next(Path(next(iter(folders))).glob("*_tallies.py"))
        namespace: dict = {}
        source = module.read_text().partition("def upgrade")[0]
        exec(compile(source, str(module), "exec"), namespace)
        connection.execute(
            text(namespace["_FILL"].format(month=namespace["_MONTH"][connection.dialect.name]))
        )


def put(connection: Connection, batch: list[tuple[dict, dict, dict]]) -> None:
    if batch:
        connection.execute(
            insert(content).prefix_with("OR IGNORE"), [size for size, one, _ in batch if size["sha256"]]
        )
        connection.execute(insert(occurrence), [one for _, one, _ in batch])
        connection.execute(insert(decision), [made for _, _, made in batch])


def questions(connection: Connection, size: int) -> None:
    """One for a hundred uploads, most of them answered."""
    many = []
    for number in range(size // 100):
        at = NOW - timedelta(days=730) + timedelta(seconds=63_000_000 * number * 100 / size)
        answered = number % 10 > 0
        one = {"public_id": f"q{number}", "agency": AGENCIES[number % len(AGENCIES)], "case_id": "c"}
        one |= {"kind": "unclear", "title": "t", "proposed": {}, "reasons": [], "confidence": 0.5}
        one |= {
            "details": {},
            "opened_at": at,
            "due_at": at + timedelta(days=10),
            "priority": 2,
            "version": 1,
        }
        one |= {"reviewers": 1, "escalated": False, "state": "answered" if answered else "open"}
        many.append(one | {"answered_at": at + timedelta(days=1) if answered else None})
    if many:
        connection.execute(insert(question), many)


def log(connection: Connection, size: int) -> None:
    """The audit log: lines alone, for searching."""
    for start in range(0, size, BATCH):
        many = [
            {
                "position": position,
                "at": NOW - timedelta(seconds=size - position),
                "kind": "upload.stored",
                "agency": AGENCIES[position % len(AGENCIES)],
                "line": f'{{"eventDetail":"upload.stored","object":"u{position}","position":{position}}}',
                "leaf": f"{position:064x}",
            }
            for position in range(start, min(size, start + BATCH))
        ]
        connection.execute(insert(event), many)
    connection.execute(event_head.update().values(size=size))


def asked() -> dict[str, Callable[[Connection], object]]:
    """What the pages ask, by name."""
    assumptions = Assumptions(minutes_a_look=3, price_per_tb_year=276)
    one = AGENCIES[7]

    def find(**what: object) -> Callable[[Connection], object]:
        return lambda connection: search.search(connection, search.Wanted(**what), limit=30)

    def look(**what: object) -> Callable[[Connection], object]:
        return lambda connection: events.newest(connection, events.Wanted(**what), limit=50)

    return {
        "dashboard, all agencies": lambda c: figures(c, None, assumptions, now=NOW),
        "dashboard, one agency": lambda c: figures(c, one, assumptions, now=NOW),
        "search by case": find(agency=one, case="24000003"),
        "search by digest": find(agency=one, digest=f"{21:064x}"),
        "search by name, found": find(agency=one, name="IMG"),
        "search by name, not found": find(agency=one, name="nothing like it"),
        "search by name, all agencies": find(name="nothing like it"),
        "search by time": find(agency=one, since=NOW - timedelta(days=400), until=NOW - timedelta(days=390)),
        "audit log, newest": look(agency=one),
        "audit log, text not found": look(text="nothing like it"),
    }


def measured(catalog: Catalog, ask: Callable[[Connection], object], times: int = 5) -> float:
    """The median time of a query, in milliseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        with catalog.read() as connection:
            ask(connection)
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--small", type=int, default=60_000, help="uploads in the small catalog")
    parser.add_argument("--large", type=int, default=1_000_000, help="and in the large one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times: dict[str, list[float]] = {name: [] for name in asked()}
        for size in (chosen.small, chosen.large):
            with Catalog(Path(folder) / f"{size}.db") as catalog:
                fill(catalog, size)
                for name, ask in asked().items():
                    times[name].append(measured(catalog, ask))
    print(f"| query | {chosen.small:,} uploads | {chosen.large:,} uploads | ratio |")
    print("|---|--:|--:|--:|")
    for name, (small, large) in times.items():
        print(f"| {name} | {small:.1f} ms | {large:.1f} ms | {large / small:.1f} |")


if __name__ == "__main__":
    main()
