"""Working on an import with a real gate, on every database; also when others do, too."""

import io
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from onecopy.catalog import events, import_claims, import_rows, imports, uploads
from onecopy.catalog.import_claims import FAR
from onecopy.catalog.import_rows import RowState
from onecopy.catalog.imports import Import, State
from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.errors import EnvironmentProblem
from onecopy.imports.manifest import Kind
from onecopy.imports.places import Places
from onecopy.imports.receive import receive
from onecopy.imports.run import CLAIM, Importer
from onecopy.pipelines.gate import Gate
from onecopy.vault.local import LocalVault

MANIFEST = b"""file,case,metadata.box
1.png,c1,7
2.png,c1,
copy.png,c1,
missing.png,c1,
../outside.png,c1,
text.txt,c2,
"""


@pytest.fixture(scope="module")
def engine():
    with LocalEngine(workers=1) as engine:
        yield engine


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((320, 240)).save(folder / f"{seed}.png")
    (folder / "copy.png").write_bytes((folder / "1.png").read_bytes())
    (folder / "text.txt").write_text("no picture")
    (tmp_path / "outside.png").write_text("outside")
    return folder


@pytest.fixture
def gate(tmp_path, catalog_url, engine):
    with Catalog(catalog_url, durable=True) as catalog:
        yield Gate(catalog, LocalVault(tmp_path / "vault"), engine)


@pytest.fixture
def importer(gate, archive):
    return Importer(gate, Places(folders=(archive,)), at_once=2)


def begin(gate, manifest=MANIFEST, **how):
    one = Import(agency="fire", name="m", manifest="0" * 64, created_by="records", **how)
    return receive(gate.catalog, io.BytesIO(manifest), Kind.CSV, {}, one)


def found(gate, one):
    with gate.catalog.read() as connection:
        now = imports.get(connection, one.id, agency="fire")
        progress = import_rows.progress(connection, one, datetime.now(UTC))
        return now, progress, {row.file: row for row in import_rows.rows(connection, one, limit=99)}


def test_every_row_goes_through_the_gate_once(gate, importer):
    one = begin(gate)
    assert (one.state, one.rows) == (State.RUNNING, 6)
    assert importer.work().id == one.id
    now, progress, rows = found(gate, one)
    assert (now.state, progress.waiting, progress.problems) == (State.DONE, 0, 2)
    assert progress.decisions == {"store": 3, "link": 1}
    assert (rows["missing.png"].code, rows["../outside.png"].code) == ("vanished", "not-allowed")
    assert rows["text.txt"].decision == "store"
    assert rows["text.txt"].code is not None  # it could not be read, and was kept all the same
    with gate.catalog.read() as connection:
        stored = uploads.of_case(connection, "c1", "fire")
        assert sorted(each.name for each in stored) == ["1.png", "2.png", "copy.png"]
        (first,) = [each for each in stored if each.name == "1.png"]
        assert (first.public_id, first.metadata, first.uploader) == (
            rows["1.png"].occurrence,
            {"box": "7"},
            "records",
        )
        lines = str(events.lines(connection, agency="fire", after=-1, limit=99))
    assert "import.created" in lines
    assert "import.ended" in lines
    assert importer.work() is None


def test_a_dry_run_stores_nothing_and_sees_what_repeats(gate, archive):
    one = begin(gate, dry_run=True)
    Importer(gate, Places(folders=(archive,)), at_once=1).work()
    now, progress, rows = found(gate, one)
    assert (now.state, now.dry_run) == (State.DONE, True)
    assert (progress.decisions, progress.repeated, progress.problems) == ({"store": 4}, 1, 2)
    assert rows["copy.png"].message == "The same bytes as line 2 of the manifest."
    assert {row.occurrence for row in rows.values()} == {None}
    with gate.catalog.read() as connection:
        assert uploads.of_case(connection, "c1", "fire") == []
    assert list(gate.vault) == []


def test_problems_can_be_tried_again(gate, importer, archive):
    one = begin(gate)
    importer.work()
    (archive / "missing.png").write_bytes(b"found in the attic")
    with gate.catalog.write([imports.SCOPE]) as connection:
        assert import_rows.again(connection, one, by="records") == 2
    importer.work()
    now, progress, rows = found(gate, one)
    assert (now.state, progress.problems, rows["missing.png"].state) == (State.DONE, 1, RowState.DONE)


def test_it_can_be_paused_resumed_and_cancelled(gate, importer):
    one = begin(gate)
    with gate.catalog.write([imports.SCOPE]) as connection:
        assert imports.change(connection, one, State.PAUSED, by="records")
    assert importer.work() is None
    with gate.catalog.write([imports.SCOPE]) as connection:
        assert imports.change(connection, one, State.RUNNING, by="records")
        assert imports.change(connection, one, State.CANCELLED, by="records")
        assert not imports.change(connection, one, State.RUNNING, by="records")
    assert importer.work() is None
    now, progress, _ = found(gate, one)
    assert (now.state, progress.waiting) == (State.CANCELLED, 6)


def test_two_that_work_on_it_at_once_do_nothing_twice(gate, archive):
    """As when a claim ran out under somebody who was only slow: rows are safe without claims."""
    one = begin(gate)
    both = [Importer(gate, Places(folders=(archive,)), at_once=3) for _ in range(2)]
    threads = [threading.Thread(target=each._rows, args=(one,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    _, progress, _ = found(gate, one)
    assert (progress.waiting, progress.problems) == (0, 2)
    with gate.catalog.read() as connection:
        assert len(uploads.of_case(connection, "c1", "fire")) == 3
        assert len(uploads.of_case(connection, "c2", "fire")) == 1


def test_a_claim_keeps_others_away_until_it_runs_out(gate):
    one = begin(gate)
    now = datetime.now(UTC)
    with gate.catalog.write([imports.SCOPE]) as connection:
        assert import_claims.claim(connection, "service", "a", now, now + CLAIM).id == one.id
        assert import_claims.claim(connection, "service", "b", now, now + CLAIM) is None
        assert import_claims.hold(connection, one, "b", now, now + CLAIM) is None
        assert import_claims.hold(connection, one, "a", now, now + CLAIM) is State.RUNNING
        later = now + CLAIM + timedelta(seconds=1)
        assert import_claims.claim(connection, "service", "b", later, later + CLAIM).id == one.id
        assert import_claims.hold(connection, one, "a", later, later + CLAIM) is None
        # One that a wrong clock set counts as past.
        wrong = now + timedelta(days=365)
        assert import_claims.hold(connection, one, "b", later, wrong + FAR) is State.RUNNING
        assert import_claims.claim(connection, "service", "c", now, now + CLAIM).id == one.id
        import_claims.let_go(connection, one, "c")
        assert import_claims.claim(connection, "command in /x", "d", now, now + CLAIM) is None


def test_one_row_goes_at_a_time_while_others_need_the_gate(gate, archive, monkeypatch):
    together, most = [], []
    importer = Importer(gate, Places(folders=(archive,)), at_once=4, busy=lambda: True)
    row = importer._row

    def counted(one, each):
        together.append(each)
        most.append(len(together))
        row(one, each)
        together.remove(each)

    monkeypatch.setattr(importer, "_row", counted)
    one = begin(gate)
    importer.work()
    assert max(most) == 1
    assert found(gate, one)[1].waiting == 0


def test_where_the_vault_stands_in_the_way_nothing_is_lost(gate, importer, monkeypatch):
    one = begin(gate)

    def full(*_):
        raise EnvironmentProblem("The disk is full.", code="disk-full")

    with monkeypatch.context() as patch:
        patch.setattr(gate.vault, "keep", full)
        with pytest.raises(EnvironmentProblem):
            importer.work()
    now, progress, _ = found(gate, one)
    assert now.state is State.RUNNING
    assert progress.waiting >= 1
    importer.work()
    assert found(gate, one)[1].decisions == {"store": 3, "link": 1}
