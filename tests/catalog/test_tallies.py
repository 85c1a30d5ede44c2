"""Running totals against the plainest counting there is, whatever happens in whatever order."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, MetaData, insert, select

from onecopy.catalog import contents, decisions, occurrences, tallies
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.schema import tally
from onecopy.catalog.store import Catalog
from onecopy.catalog.tallies import NAMES, Sums

AGENCIES, SOURCES = ("fire", "parks", ""), ("portal", "email", None)
DIGESTS = [str(number) * 64 for number in range(6)]
SIZES = {digest: 10**number for number, digest in enumerate(DIGESTS)}


class Plain:
    """Remembers every upload, and counts all of them anew."""

    def __init__(self) -> None:
        self.there: dict[int, tuple[Occurrence, str, bool]] = {}
        self.rejected: Counter[tuple[str, str, str]] = Counter()

    def sums(self) -> dict[tuple[str, str, str], Sums]:
        found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        own: set[tuple[str | None, str | None]] = set()
        stored: set[str | None] = set()
        for _, (one, decision, by_people) in sorted(self.there.items()):
            size, counts = SIZES[one.content or ""], found[key(one)]
            counts.update(received=1, bytes=size)
            linked = decision == "link"
            counts["linked_by_people" if by_people else "linked"] += linked
            counts["held"] += decision == "hold"
            if (one.agency, one.content) not in own:
                counts.update(own_bytes=size, proposed_bytes=size * linked)
            if one.content not in stored:
                counts.update(stored_bytes=size)
            own.add((one.agency, one.content))
            stored.add(one.content)
        for place, number in self.rejected.items():
            found[place]["rejected"] += number
        return {place: Sums(**{name: counts[name] for name in NAMES}) for place, counts in found.items()}


def key(one: Occurrence) -> tuple[str, str, str]:
    return one.agency or "", one.source or "", f"{one.seen_at:%Y-%m}"


def kept(connection: Connection) -> dict[tuple[str, str, str], Sums]:
    rows = connection.execute(select(tally)).mappings()
    found = {
        (row["agency"], row["source"], row["month"]): Sums(**{name: row[name] for name in NAMES})
        for row in rows
    }
    return {place: sums for place, sums in found.items() if sums != Sums()}


def arrive(connection: Connection, chance: random.Random) -> tuple[int, Occurrence, str]:
    one = Occurrence(
        name="n",
        content=chance.choice(DIGESTS),
        agency=chance.choice(AGENCIES),
        source=chance.choice(SOURCES),
        case_id="c",
        seen_at=datetime(2026, chance.randint(1, 3), 1, tzinfo=UTC),
    )
    number = occurrences.add(connection, one)
    action = chance.choice(["store", "link", "hold"])
    decisions.add(connection, Decision(occurrence=number, decision=action, reason="r", policy="p" * 64))
    return number, one, action


@pytest.mark.parametrize("seed", range(3))
def test_totals_are_what_counting_all_of_it_gives(catalog: Catalog, seed: int) -> None:
    chance, plain = random.Random(seed), Plain()
    with catalog.write() as connection:
        contents.add_all(connection, SIZES)
        for _ in range(120):
            what = chance.random()
            if what < 0.5 or not plain.there:
                number, one, action = arrive(connection, chance)
                plain.there[number] = (one, action, False)
            elif what < 0.75:
                number = chance.choice(list(plain.there))
                action = chance.choice(["store", "link"])
                decisions.add(connection, Decision(occurrence=number, decision=action, reason="r", answer=1))
                plain.there[number] = (plain.there[number][0], action, True)
            elif what < 0.95:
                number = chance.choice(list(plain.there))
                decisions.count_no_more(connection, number)
                occurrences.gone(connection, [number])
                del plain.there[number]
            else:
                at = datetime(2026, 2, 1, tzinfo=UTC)
                tallies.rejected(connection, "fire", "email", at)
                plain.rejected["fire", "email", "2026-02"] += 1
            assert kept(connection) == {place: sums for place, sums in plain.sums().items() if sums != Sums()}
        whole = tallies.total(connection, None)
        assert whole.received == len(plain.there)
        assert whole.stored_bytes == sum(
            SIZES[d] for d in {one.content or "" for one, *_ in plain.there.values()}
        )
        fire = tallies.total(connection, "fire")
        assert fire.received == sum(one.agency == "fire" for one, *_ in plain.there.values())
        months = tallies.grouped(connection, "month", None, most=2)
        assert [name for name, _ in months] == ["2026-03", "2026-02"]


def test_what_a_scan_saw_is_not_counted(catalog: Catalog) -> None:
    with catalog.write() as connection:
        contents.add_all(connection, SIZES)
        number = occurrences.add(connection, Occurrence(name="n", content=DIGESTS[0], locator="/a"))
        decisions.add(connection, Decision(occurrence=number, decision="store", reason="r"))
        assert kept(connection) == {}


def test_too_many_sources_are_counted_as_one(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_SOURCES", 2)
    with catalog.write() as connection:
        contents.add_all(connection, SIZES)
        for source in ("a", "b", "c", "d", "a"):
            one = Occurrence(name="n", content=DIGESTS[0], agency="fire", source=source, case_id="c")
            number = occurrences.add(connection, one)
            decisions.add(connection, Decision(occurrence=number, decision="store", reason="r"))
        found = dict(tallies.grouped(connection, "source", "fire", most=9))
        assert {name: sums.received for name, sums in found.items()} == {"a": 2, "b": 1, tallies.OTHERS: 2}


def test_an_upgrade_counts_what_is_there(
    empty_url: str, older: Callable[[str], AbstractContextManager[Connection]]
) -> None:
    chance, plain = random.Random(7), Plain()
    with older("0011") as connection:
        tables = MetaData()
        tables.reflect(connection)
        occurrence, decision = tables.tables["occurrence"], tables.tables["decision"]
        rows = [{"sha256": digest, "bytes": size} for digest, size in SIZES.items()]
        connection.execute(insert(tables.tables["content"]), rows)
        for number in range(1, 60):
            one = Occurrence(
                name="n",
                content=chance.choice(DIGESTS),
                agency=chance.choice(AGENCIES),
                source=chance.choice(SOURCES),
                case_id="c",
                seen_at=datetime(2026, chance.randint(1, 3), 1, tzinfo=UTC),
            )
            values = {"id": number, "public_id": one.public_id, "name": "n", "content": one.content}
            values |= {"agency": one.agency, "source": one.source, "seen_at": one.seen_at, "case_id": "c"}
            connection.execute(insert(occurrence), [values])
            for by_people in (False, True)[: chance.randint(1, 2)]:
                action = chance.choice(["store", "link", "hold"])
                made = {"occurrence": number, "decision": action, "reason": "r", "matches": []}
                made |= {
                    "made_at": one.seen_at,
                    "policy": None if by_people else "p" * 64,
                    "answer": 1 if by_people else None,
                }
                connection.execute(insert(decision), [made])
                plain.there[number] = (one, action, by_people)
    with Catalog(empty_url) as catalog, catalog.read() as connection:
        assert kept(connection) == plain.sums()
