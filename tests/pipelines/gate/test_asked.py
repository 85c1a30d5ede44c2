"""What the gate asks people, and what it no longer asks, with real pixels."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import delete, select

from onecopy.catalog import answers, arrivals, decisions, questions, settings, uploads
from onecopy.catalog.answers import Answered, Given
from onecopy.catalog.questions import Kind, Question, State
from onecopy.catalog.schema import question, question_change, question_member, question_pair, setting, verdict
from onecopy.catalog.store import Catalog
from onecopy.model import Answer, Relation
from onecopy.pipelines.gate import Context, Gate
from onecopy.policy import Action, Policy, Rule, default
from onecopy.policy.review import SUGGEST_AFTER, Review, Urgency
from onecopy.records.deletion import delete as delete_occurrence
from onecopy.review.decide import decide
from onecopy.review.model import Refused, Reviewer
from onecopy.review.offers import adopt, offers
from onecopy.review.undo import undo
from onecopy.vault.local import LocalVault

RULES = default().rules
SAME = frozenset({Relation.SAME_BYTES, Relation.SAME_DATA})
ANA = Reviewer(name="Ana", agency="")
CLEO = Reviewer(name="Cleo", agency=None, officer=True)


@pytest.fixture
def open_gate(tmp_path, catalog_url, local_engine):
    """Opens gates on one catalog and one vault, as processes of their own would have them."""
    opened = []

    def open_gate(**how):
        opened.append(Catalog(catalog_url, durable=True))
        return Gate(opened[-1], LocalVault(tmp_path / "vault"), local_engine, **how)

    yield open_gate
    for catalog in opened:
        catalog.close()


@pytest.fixture(scope="session")
def photo():
    from skimage import data

    return Image.fromarray(np.ascontiguousarray(data.astronaut()))


def encoded(image, quality=92):
    with io.BytesIO() as out:
        image.save(out, "JPEG", quality=quality)
        return out.getvalue()


def stamped(photo, at=120):
    picture = photo.copy()
    ImageDraw.Draw(picture).rectangle((at, 300, at + 110, 380), fill=(250, 250, 250))
    return encoded(picture)


def send(gate, data, case="c", name="photo.jpg"):
    return gate.submit(io.BytesIO(data), Context(case=case, name=name))


def asked(gate, state=State.OPEN):
    with gate.catalog.read() as connection:
        query = select(question.c.id).where(question.c.state == str(state)).order_by(question.c.id)
        found = questions.by_ids(connection, connection.scalars(query).all())
        members = questions.members(connection, found)
    return [(one, members.get(id, ())) for id, one in sorted(found.items())]


def say(gate, answer, **how):
    ((one, _),) = asked(gate)
    given = Given(answer=answer, **how)
    return decide(gate.catalog, one.public_id, given, version=one.version, by=ANA)


def decision(gate, reply):
    with gate.catalog.read() as connection:
        one = uploads.get(connection, reply.occurrence.id, agency="")
        return decisions.of_occurrence(connection, one.id)[-1]


def test_what_is_held_is_asked_once_and_what_was_decided_never_again(open_gate, photo):
    gate, other = open_gate(), open_gate()
    first = send(gate, encoded(photo))
    held = [send(gate, stamped(photo, at)) for at in (40, 300)]
    assert [one.decision for one in held] == [Action.HOLD, Action.HOLD]
    ((one, members),) = asked(gate)
    assert (one.kind, one.title) == (Kind.CHANGED_COPY, "Two changed copies of a photograph in case c")
    assert [member.role for member in members] == ["earlier", "held", "held"]
    assert one.confidence > 0.5
    with gate.catalog.read() as connection:
        before = list(connection.execute(select(verdict)))

    outcome = say(gate, Answer.SAME_KEEP_LEFT, keep=0, apart=(2,))
    assert [decision(gate, one).decision for one in held] == ["link", "store"]
    assert decision(gate, first).decision == "store"
    with gate.catalog.read() as connection:
        assert list(connection.execute(select(verdict))) == before  # people's word is no pixel's

    send(other, encoded(photo), case="d")
    for at, decided in ((40, Action.LINK), (300, Action.LINK)):
        again = send(other, stamped(photo, at), case="d")
        assert again.decision is decided
        assert f"Recognised, as decided on {outcome.answer.at.day} " in again.reason
    assert asked(other) == []
    third = send(other, stamped(photo, 200), case="d")  # this one nobody has judged
    assert third.decision is Action.HOLD
    assert len(asked(other)) == 1


def exposure(photo, seed, moved=0):
    """The scene once more: with noise of its own, and somebody who moved."""
    pixels = np.asarray(photo).astype(float)
    pixels[150:400, 200:360] = np.roll(pixels, moved, 1)[150:400, 200:360]
    noise = np.random.default_rng(seed).normal(0, 7, pixels.shape)
    return encoded(Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)), quality=95)


@pytest.mark.parametrize("offer", [frozenset(), frozenset({Relation.SAME_SCENE})])
def test_captures_of_one_scene_are_stored_and_offered_together_where_a_policy_says_so(
    open_gate, photo, offer
):
    gate = open_gate(policy=replace(default(), review=Review(offer=offer)))
    replies = [send(gate, exposure(photo, seed, moved)) for seed, moved in ((1, 0), (2, 6))]
    assert [one.decision for one in replies] == [Action.STORE, Action.STORE]
    assert [match.relation for match in replies[1].matches] == [Relation.SAME_SCENE]
    found = asked(gate)
    assert len(found) == len(offer)
    for one, members in found:
        assert (one.kind, one.proposal, one.priority) == (Kind.SAME_SCENE, Answer.BOTH_NEEDED, Urgency.LOW)
        assert [member.role for member in members] == ["earlier", "offered"]
        assert say(gate, Answer.BOTH_NEEDED).final
        assert send(gate, exposure(photo, 2, 6)).decision is Action.LINK, "the same bytes, and no question"
        assert asked(gate) == []


def test_a_deleted_twin_leaves_the_judgement_standing(open_gate, photo):
    gate = open_gate()
    send(gate, encoded(photo))
    held = send(gate, stamped(photo))
    say(gate, Answer.NOT_RELATED)
    with gate.catalog.write([arrivals.scope("")]) as connection:
        delete_occurrence(connection, uploads.get(connection, held.occurrence.id, agency=""), by="Cleo")
    again = send(gate, stamped(photo))
    assert (again.decision, again.ruling.rule) == (Action.STORE, "as people decided")
    assert "by a reviewer" in again.reason
    assert decision(gate, again).answer is not None


def test_what_was_recognised_is_asked_about_once_its_answer_is_taken_back(open_gate, photo):
    gate = open_gate()
    send(gate, encoded(photo))
    held = send(gate, stamped(photo))
    given = say(gate, Answer.NOT_RELATED).answer
    changed = Policy(
        name="never link bytes", rules=(Rule(name="keep", action=Action.STORE, relations=SAME), *RULES)
    )
    again = send(open_gate(policy=changed), stamped(photo))
    assert (again.decision, decision(gate, again).answer is not None) == (Action.STORE, True)
    undo(gate.catalog, given.public_id, by=ANA)
    assert [decision(gate, one).decision for one in (held, again)] == ["hold", "hold"]
    ((_, members),) = asked(gate)
    assert [one.role for one in members] == ["earlier", "held", "held"]


def test_an_upload_that_agrees_with_two_that_people_told_apart_is_held(open_gate, photo):
    everything = Rule(name="look at all", action=Action.HOLD)
    strict = open_gate(policy=Policy(name="strict", rules=(everything,)))
    send(strict, encoded(photo, 92))
    assert send(strict, encoded(photo, 80)).decision is Action.HOLD
    say(strict, Answer.BOTH_NEEDED)
    gate = open_gate(policy=default())
    third = send(gate, encoded(photo, 70))
    assert third.decision is Action.HOLD
    assert {match.relation for match in third.matches} == {"unclear"}
    assert len(asked(gate)) == 1


def test_a_question_ends_with_what_it_was_about(open_gate, photo):
    gate = open_gate()
    first = send(gate, encoded(photo))
    held = send(gate, stamped(photo))
    with gate.catalog.write([arrivals.scope("")]) as connection:
        delete_occurrence(connection, uploads.get(connection, first.occurrence.id, agency=""), by="Cleo")
    assert asked(gate) == []
    assert len(asked(gate, State.WITHDRAWN)) == 1
    assert decision(gate, held).decision == "store"


def test_what_was_held_before_there_were_questions_is_asked_about(open_gate, photo):
    gate = open_gate()
    send(gate, encoded(photo))
    held = send(gate, stamped(photo))
    ((before, _),) = asked(gate)
    with gate.catalog.write() as connection:
        for table in (question_change, question_pair, question_member, question, setting):
            connection.execute(delete(table))
    open_gate().prepare()
    ((after, members),) = asked(gate)
    names = ("title", "kind", "relation", "proposal", "confidence", "scope", "rule", "reviewers")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert [one.role for one in members] == ["earlier", "held"]
    open_gate().prepare()
    assert len(asked(gate)) == 1
    say(gate, Answer.BOTH_NEEDED)
    assert decision(gate, held).decision == "store"
    with gate.catalog.read() as connection:
        assert settings.get(connection, "questions-asked") == "1"


def test_answers_and_uploads_at_once_leave_nobody_unasked(open_gate, photo):
    gate, other = open_gate(), open_gate()
    send(gate, encoded(photo))
    send(gate, stamped(photo, 0))
    files = [stamped(photo, at) for at in range(30, 360, 80)]

    codes = []

    def answer(_):
        for one, members in asked(other):
            kept = members[0].position
            given = Given(answer=Answer.SAME_KEEP_LEFT, keep=kept)
            try:
                decide(other.catalog, one.public_id, given, version=one.version, by=ANA)
            except Refused as error:
                codes.append(error.code)

    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(send, gate, file) for file in files]
        list(pool.map(answer, range(40)))
        assert all(one.result().decision in (Action.HOLD, Action.LINK) for one in sent)
    assert set(codes) <= {"changed", "already-answered", "told-apart"}
    with gate.catalog.read() as connection:
        for one, _ in decisions.held(connection):
            assert questions.of_occurrences(connection, [one.id]), "held, and nobody is asked"
        for found, members in asked(gate):
            for member in members:
                if member.role == "held":
                    assert decisions.of_occurrence(connection, member.occurrence)[-1].decision == "hold", (
                        found
                    )


def test_an_adopted_rule_holds_at_the_next_upload_in_every_process(open_gate, photo):
    gate, other = open_gate(), open_gate()
    send(other, encoded(photo))
    given = Given(answer=Answer.BOTH_NEEDED)
    with gate.catalog.write() as connection:
        for _ in range(SUGGEST_AFTER):
            one = Question(
                agency="",
                case_id="x",
                kind=Kind.CHANGED_COPY,
                title="Changed?",
                relation="edited",
                scope="case",
                confidence=0.5,
                state=State.ANSWERED,
                answer=str(given.answer),
                answered_by="Ana",
                answered_at=datetime.now(UTC),
            )
            number = questions.add(connection, one, (), (), by=None)
            answers.add(connection, Answered(question=number, given=given, by="Ana", final=True))
        (offer,) = offers(connection, default(), agency=None)
    with pytest.raises(Refused, match="Only a records officer"):
        adopt(gate, offer.id, by=ANA)
    adopt(gate, offer.id, by=CLEO)
    changed = send(other, stamped(photo))
    assert (changed.decision, changed.ruling.rule) == (Action.STORE, offer.rule.name)
    with pytest.raises(Refused, match="no longer"):
        adopt(other, offer.id, by=CLEO)
