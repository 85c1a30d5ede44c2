"""What an upload asks of the database goes by an index that leads to a few rows, however many there are."""

import io
import re

import pytest
from sqlalchemy import Engine, event

from onecopy.catalog.store import Catalog
from onecopy.pipelines.gate import Context, Gate
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
