"""What an upload asks of the database goes by an index that leads to a few rows, however many there are."""

import io
import re

import pytest
from sqlalchemy import Engine, event

from onecopy.candidates import Index
from onecopy.catalog import arrivals, images
from onecopy.catalog.store import Catalog
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.known import Known
from onecopy.vault.local import LocalVault

_SMALL = {"agreement", "webhook", "setting", "event_head", "tally"}
"""Tables that do not grow with uploads."""
_ALL_OF_AN_AGENCY = re.compile(r"SEARCH (\w+) .*\((agency|locator|gone_at)=\?\)$")


@pytest.fixture
def gate(tmp_path, engine):
    with Catalog(tmp_path / "catalog.db", durable=True) as catalog:
        yield Gate(catalog, LocalVault(tmp_path / "vault"), engine)


@pytest.fixture
def asked(gate):
    """The statements that were run, each once, with how many values it wants."""
    statements = {}

    def note(connection, cursor, statement, parameters, context, many):
        if not statement.startswith(("BEGIN", "EXPLAIN")):
            statements[statement] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def test_no_statement_of_an_upload_reads_all_there_is(gate, asked, picture):
    def send(seed, name="photo.jpg", **how):
        with io.BytesIO() as out:
            picture(seed).save(out, "JPEG", **how)
            gate.submit(
                io.BytesIO(out.getvalue()), Context(case="24016-7", agency="fire", source="portal", name=name)
            )

    for how in ({"quality": 95}, {"quality": 95}, {"quality": 60}, {"quality": 10}):
        send(1, **how)  # stored, linked by its bytes, linked by its pixels, held
    send(2, "plan-A.pdf.jpg")
    assert len(asked) > 25
    plans = {}
    with gate.catalog.read() as connection:
        for statement, values in dict(asked).items():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans[statement] = [row[3] for row in rows]
    for statement, steps in plans.items():
        for step in steps:
            scanned = re.match(r"SCAN (\w+)", step)
            assert scanned is None or scanned[1] in _SMALL | {"CONSTANT"}, (step, statement)
            every = _ALL_OF_AN_AGENCY.search(step)
            first = "max(arrival.number)" in statement or statement.endswith("LIMIT ? OFFSET ?")
            one = every is not None and every[1] == "arrival" and first
            assert every is None or one or every[1] in _SMALL, (step, statement)


def test_all_is_loaded_as_if_one_had_followed(gate, picture):
    for agency, seeds in (("fire", (1, 2, 3)), ("parks", (3, 4)), ("police", ())):
        for seed in seeds:
            with io.BytesIO() as out:
                picture(seed).save(out, "JPEG", quality=90)
                gate.submit(io.BytesIO(out.getvalue()), Context(case="1", agency=agency, name="a.jpg"))
    loaded, following = (Known(Index, version=FINGERPRINT_VERSION) for _ in range(2))
    with gate.catalog.write() as connection:
        every = list(images.prints(connection, version=FINGERPRINT_VERSION))
        arrivals.again(connection, [every[0].content])
    with gate.catalog.read() as connection:
        loaded.load(connection)
        for agency in ("fire", "parks", "police"):
            following.catch_up(connection, agency)
            loaded.catch_up(connection, agency)
        asked = [one.fingerprint for one in images.by_ids(connection, [one.id for one in every]).values()]
    assert len(every) == 4
    for agency in ("fire", "parks", "police"):
        found = [loaded.candidates(agency, one) for one in asked]
        assert found == [following.candidates(agency, one) for one in asked]
        assert sum(map(len, found)) == {"fire": 3, "parks": 2, "police": 0}[agency]
