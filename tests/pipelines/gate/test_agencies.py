"""Agencies at the gate: isolated, unless the one that holds a picture agreed to more."""

import io

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, event, select

from onecopy.audit.check import check
from onecopy.catalog import agreements, events
from onecopy.catalog.agreements import Agreement, Reveals
from onecopy.catalog.schema import content, decision, occurrence
from onecopy.catalog.store import Catalog
from onecopy.model import Relation
from onecopy.pipelines.gate import Context, Gate
from onecopy.policy import Action, Policy, Rule, default
from onecopy.vault.local import LocalVault


@pytest.fixture
def gate(catalog_url, tmp_path, engine):
    with Catalog(catalog_url, durable=True) as catalog:
        yield Gate(catalog, LocalVault(tmp_path / "vault"), engine)


@pytest.fixture(scope="module")
def jpeg():
    noise = np.random.default_rng(5).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC)

    def jpeg(quality=90):
        with io.BytesIO() as out:
            picture.save(out, "JPEG", quality=quality)
            return io.BytesIO(out.getvalue())

    return jpeg


def of(agency, case="24016-7"):
    return Context(case=case, agency=agency, name=f"{agency}.jpg")


def agree(gate, holder, seeker, reveals):
    one = Agreement(holder=holder, seeker=seeker, reveals=Reveals(reveals), made_by="test")
    with gate.catalog.write() as connection:
        agreements.make(connection, one)
    return one


def told(reply):
    """Everything in a reply that an uploader sees, but for the name it got itself."""
    return (
        reply.decision,
        reply.reason,
        reply.matches,
        reply.images,
        reply.problems,
        reply.held_elsewhere,
        reply.occurrence.case,
        reply.occurrence.sha256,
    )


@pytest.mark.parametrize("quality", [90, 60], ids=["same bytes", "same image"])
@pytest.mark.parametrize("reveals", [None, "nothing"])
def test_without_an_agreement_a_reply_is_as_if_nothing_were_held(gate, jpeg, quality, reveals):
    alone = gate.check(jpeg(quality), of("building"))
    gate.submit(jpeg(90), of("fire"))
    if reveals:
        agree(gate, "fire", "building", reveals)
    assert told(gate.check(jpeg(quality), of("building"))) == told(alone)
    assert told(gate.submit(jpeg(quality), of("building"))) == (
        Action.STORE,
        "It was stored as new.",
        *told(alone)[2:],
    )


@pytest.fixture
def statements(gate):
    """What was asked of the database since it was looked at last."""
    said = []

    def note(connection, cursor, statement, parameters, context, many):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("reveals", [None, "held-elsewhere", "occurrence"])
def test_a_digest_that_another_agency_holds_is_as_one_that_nobody_does(gate, jpeg, statements, reveals):
    held = gate.submit(jpeg(), of("fire")).occurrence.sha256
    if reveals:
        agree(gate, "fire", "building", reveals)
    asked = {}
    for sha256 in (held, "0" * 64):
        statements.clear()
        assert gate.recall(sha256, of("building")) is None
        asked[sha256] = list(statements)
    assert asked[held] == asked["0" * 64] != []
    assert gate.recall(held, of("fire")).decision is Action.LINK


def test_what_another_agency_sent_is_stored_once_and_read_again(gate, engine, jpeg):
    gate.submit(jpeg(), of("fire"))
    read = engine.calls["identify"]
    gate.submit(jpeg(), of("building"))
    assert engine.calls["identify"] == read + 1, "a reply that comes sooner tells that it is held"
    gate.submit(jpeg(), of("building", case="2"))
    assert engine.calls["identify"] == read + 1
    assert len(list(gate.vault)) == 1
    with gate.catalog.read() as connection:
        assert len(connection.execute(select(content.c.sha256)).all()) == 1
        assert len(connection.execute(select(occurrence.c.id)).all()) == 3


@pytest.mark.parametrize(("quality", "relation"), [(90, "same-bytes"), (60, "same-image")])
def test_held_elsewhere_says_no_more_than_that(gate, jpeg, quality, relation):
    gate.submit(jpeg(90), of("fire"))
    agree(gate, "fire", "building", "held-elsewhere")
    reply = gate.submit(jpeg(quality), of("building"))
    assert (reply.decision, reply.matches, reply.held_elsewhere) == (Action.STORE, (), True)
    assert reply.reason == "It was stored as new. Another agency holds it, or one like it, too."
    assert (reply.seen[0].facts.relation, reply.seen[0].facts.scope) == (relation, "everywhere")
    assert "fire" not in repr(told(reply))
    with gate.catalog.read() as connection:
        (kept,) = connection.scalars(select(decision.c.matches).where(decision.c.occurrence == 2))
    assert kept == []


@pytest.mark.parametrize("quality", [90, 60])
def test_an_occurrence_is_told_where_that_was_agreed(gate, jpeg, quality):
    first = gate.submit(jpeg(90), of("fire"))
    agree(gate, "fire", "building", "occurrence")
    reply = gate.submit(jpeg(quality), of("building"))
    (match,) = reply.matches
    assert (match.occurrence, match.agency) == (first.occurrence, "fire")
    assert reply.decision is Action.STORE, "what another agency decided does not save this one its review"
    assert "in case 24016-7 of fire" in reply.reason
    assert not reply.held_elsewhere


def test_an_agreement_is_one_way_and_for_two(gate, jpeg):
    gate.submit(jpeg(), of("building"))
    agree(gate, "fire", "building", "occurrence")
    for agency in ("fire", "parks"):
        assert gate.check(jpeg(), of(agency)).matches == ()


def test_an_agreement_that_ended_or_was_replaced_counts_no_more(gate, jpeg):
    gate.submit(jpeg(), of("fire"))
    first = agree(gate, "fire", "building", "occurrence")
    agree(gate, "fire", "building", "held-elsewhere")
    reply = gate.check(jpeg(), of("building"))
    assert (reply.matches, reply.held_elsewhere) == ((), True)
    with gate.catalog.write() as connection:
        listed = agreements.listed(connection, agency="building")
        assert [(one.id == first.id, one.ended_at is None) for one in listed] == [
            (True, False),
            (False, True),
        ]
        assert not agreements.end(connection, listed[1].id, holder="building", by="test")
        assert agreements.end(connection, listed[1].id, holder="fire", by="test")
    assert not gate.check(jpeg(), of("building")).held_elsewhere
    with gate.catalog.read() as connection:
        kinds = [dict(entry.columns)["eventDetail"] for entry in events.entries(connection)]
        assert check(events.entries(connection), events.head(connection)).intact
    assert kinds[-4:] == ["agreement.made", "agreement.ended", "agreement.made", "agreement.ended"]


def test_ones_own_comes_first_and_decides(gate, jpeg):
    gate.submit(jpeg(90), of("fire"))
    agree(gate, "fire", "building", "occurrence")
    gate.submit(jpeg(80), of("building"))
    reply = gate.submit(jpeg(60), of("building"))
    assert reply.decision is Action.LINK
    assert [(match.agency, match.relation) for match in reply.matches] == [
        (None, Relation.SAME_IMAGE),
        ("fire", Relation.SAME_IMAGE),
    ]
    assert "'building.jpg'" in reply.reason


def test_a_policy_may_keep_quiet_about_others(catalog_url, tmp_path, engine, jpeg):
    silent = Rule(name="silent", action=Action.STORE, mention=False)
    policy = Policy(name="silent", rules=(*default().rules[:8], silent))
    with Catalog(catalog_url, durable=True) as catalog:
        gate = Gate(catalog, LocalVault(tmp_path / "vault"), engine, policy=policy)
        alone = gate.check(jpeg(), of("building"))
        gate.submit(jpeg(), of("fire"))
        for reveals in ("held-elsewhere", "occurrence"):
            agree(gate, "fire", "building", reveals)
            assert told(gate.check(jpeg(), of("building"))) == told(alone)
