"""Clocks that jump: what was received first stays first, and nothing is removed too early."""

from datetime import UTC, datetime

import pytest
import time_machine

from onecopy.catalog import arrivals, uploads
from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.orphans import claim, remove, survey
from onecopy.policy import Action
from onecopy.vault.local import LocalVault

LATER, EARLIER = datetime(2041, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def gate(catalog_url, tmp_path):
    with Gate(Catalog(catalog_url, durable=True), LocalVault(tmp_path / "v"), LocalEngine(1)) as gate:
        claim(gate.catalog, gate.vault)
        yield gate


def test_uploads_are_in_the_order_in_which_they_were_decided(gate, tmp_path, picture):
    context = Context(case="c", agency="fire")
    replies = []
    for n, (quality, when) in enumerate([(95, LATER), (90, EARLIER), (85, LATER), (80, EARLIER)]):
        file = tmp_path / f"{n}.jpg"
        picture(7).save(file, "JPEG", quality=quality)
        with time_machine.travel(when, tick=True):
            replies.append(gate.submit(file, context))
    assert [reply.decision for reply in replies] == [Action.STORE, *[Action.LINK] * 3]
    assert [len(reply.matches) for reply in replies] == [0, 1, 2, 3]
    with gate.catalog.read() as connection:
        listed = [one.public_id for one in uploads.of_case(connection, "c", "fire")]
        assert listed == [reply.occurrence.id for reply in replies]
        assert [number for number, _ in arrivals.since(connection, "fire", 0)] == [1, 2, 3, 4]


def test_a_clean_up_whose_clock_is_wrong_removes_nothing_that_is_named(gate, tmp_path):
    named = tmp_path / "named"
    named.write_bytes(b"named")
    kept = gate.submit(named, Context(case="c")).occurrence.sha256
    with gate.spool() as spool:
        spool.write(b"orphan")
        gate.vault.keep(spool)
        orphan = spool.sha256
    with time_machine.travel(EARLIER):
        assert list(remove(gate.catalog, gate.vault, gate.vault, grace=60.0)) == []
    with time_machine.travel(LATER):
        gone = [one.sha256 for one in remove(gate.catalog, gate.vault, gate.vault, grace=60.0)]
    assert gone == [orphan]
    assert survey(gate.catalog, gate.vault).missing == ()
    assert gate.vault.exists(kept)
    # An upload of the same bytes at that very moment brings them back.
    named.write_bytes(b"orphan")
    with time_machine.travel(EARLIER):
        again = gate.submit(named, Context(case="c")).occurrence.sha256
    assert gate.vault.exists(again)
