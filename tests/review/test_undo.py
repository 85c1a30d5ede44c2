"""Taking back restores exactly: by example, and for any sequence of answers and undos."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onecopy.catalog import answers, arrivals, decisions, judgements, occurrences, questions
from onecopy.catalog.answers import Given
from onecopy.catalog.decisions import Decision
from onecopy.catalog.questions import State
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.policy.settle import AS_DECIDED
from onecopy.records.deletion import delete
from onecopy.review.claims import claim
from onecopy.review.decide import decide, decide_all
from onecopy.review.model import Refused, Reviewer
from onecopy.review.undo import undo, undo_all

ANA, BO = Reviewer(name="Ana", agency="fire"), Reviewer(name="Bo", agency="fire")
CLEO = Reviewer(name="Cleo", agency="fire", officer=True)
LEFT, RIGHT, NEWER = Answer.SAME_KEEP_LEFT, Answer.SAME_KEEP_RIGHT, Answer.NEWER_VERSION_OF
BOTH, NOT = Answer.BOTH_NEEDED, Answer.NOT_RELATED


def say(world, question, answer, by=ANA, **how):
    version = world.now(question).version
    return decide(world.catalog, question.public_id, Given(answer=answer, **how), version=version, by=by)


def refused(code, do, *args, **how):
    with pytest.raises(Refused) as caught:
        do(*args, **how)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


@pytest.mark.parametrize("answer", Answer)
def test_everything_is_as_it_was(world, answer):
    question, *_ = world.pair(relation="same-image")
    claim(world.catalog, question.public_id, by=ANA)
    before = world.state()
    given = say(world, question, answer).answer
    assert world.state() != before
    outcome = undo(world.catalog, given.public_id, by=BO)
    assert world.state() == before
    assert world.now(question).claimed_by == "Ana"
    assert outcome.words == "The answer was taken back; everything is as it was before."
    assert world.log()[-1] == "review.undone"
    assert refused("already-undone", undo, world.catalog, given.public_id, by=ANA).startswith(
        "Bo took it back"
    )
    assert say(world, question, BOTH).final


def test_after_a_restart_too(world):
    question, _, upload = world.pair()
    before = world.state()
    given = say(world, question, LEFT).answer
    world.catalog.close()
    world.catalog = Catalog(world.catalog.url.render_as_string(hide_password=False))
    undo(world.catalog, given.public_id, by=ANA)
    assert world.state() == before
    assert world.decision(upload).decision == "hold"


def test_the_first_of_two_answers_is_taken_back_and_the_last_alone(world):
    question, *_ = world.pair(reviewers=2)
    empty = world.state()
    first = say(world, question, LEFT).answer
    one = world.state()
    second = say(world, question, NOT, by=BO).answer
    two = world.state()
    third = say(world, question, NOT, by=CLEO).answer
    for later, then in ((third, two), (second, one), (first, empty)):
        if later is not first:
            message = refused("cannot-undo", undo, world.catalog, first.public_id, by=ANA)
            assert later.public_id in message
        undo(world.catalog, later.public_id, by=ANA)
        assert world.state() == then


def test_what_something_later_rests_on_stays(world):
    question, earlier, upload = world.pair(relation="same-image")
    given = say(world, question, RIGHT).answer
    third = world.upload(held=True)
    later = say(world, world.ask(third, world.doubt(upload, "same-image")), RIGHT).answer
    message = refused("cannot-undo", undo, world.catalog, given.public_id, by=ANA)
    assert message.startswith("Something later rests on it: Ana answered 'the same, keep right' on ")
    undo(world.catalog, later.public_id, by=ANA)
    undo(world.catalog, given.public_id, by=ANA)
    assert world.decision(earlier).decision == "store"


def test_what_was_answered_with_it_is_taken_back_with_it(world):
    question, earlier, upload = world.pair()
    other = world.ask(world.upload("d", held=True, content=upload.content), world.doubt(earlier))
    before = world.state()
    first = say(world, question, LEFT).answer
    assert world.now(other).state is State.ANSWERED
    undo(world.catalog, first.public_id, by=ANA)  # takes the other one back, too
    assert world.state() == before
    again = say(world, question, LEFT).answer
    assert len(undo_all(world.catalog, again.batch, by=ANA)) == 2
    assert world.state() == before
    with world.catalog.read() as connection:
        assert list(judgements.of(connection, "fire", [upload.content])) == []


def test_what_was_deleted_since_cannot_come_back(world):
    question, _, upload = world.pair()
    given = say(world, question, NOT).answer
    with world.catalog.write([arrivals.scope("fire")]) as connection:
        delete(connection, upload, by="Cleo")
    assert "was deleted on " in refused("cannot-undo", undo, world.catalog, given.public_id, by=ANA)


def test_a_batch_goes_back_at_once(world):
    many = [world.pair(f"case {at}")[0] for at in range(3)]
    before = world.state()
    done = decide_all(
        world.catalog, [(one.public_id, one.version, Given(answer=BOTH)) for one in many], by=ANA
    )
    batch = done[0].answer.batch
    undo(world.catalog, done[1].answer.public_id, by=ANA)
    assert len(undo_all(world.catalog, batch, by=BO)) == 2
    assert world.state() == before
    refused("already-undone", undo_all, world.catalog, batch, by=BO)
    other = Reviewer(name="Eve", agency="parks")
    for id, by in (("none", BO), (batch, other)):
        assert refused("not-found", undo_all, world.catalog, id, by=by) == "There is no such answer."


def test_another_agencys_answer_is_none(world):
    question, *_ = world.pair()
    given = say(world, question, LEFT).answer
    other = Reviewer(name="Eve", agency="parks")
    assert refused("not-found", undo, world.catalog, given.public_id, by=other) == "There is no such answer."
    assert refused("not-found", undo, world.catalog, "x", by=ANA) == "There is no such answer."


def test_an_upload_that_was_recognised_meanwhile_is_asked_about(world):
    question, earlier, upload = world.pair()
    given = say(world, question, NOT).answer
    again = world.upload(content=upload.content, case="c")
    match = {
        "occurrence": {"id": earlier.public_id},
        "relation": "edited",
        "confidence": 0.9,
        "evidence": {"method": "photo"},
        "upload": "b",
    }
    with world.catalog.write([arrivals.scope("fire")]) as connection:
        made = Decision(
            occurrence=again.id,
            decision="store",
            reason="Recognised.",
            matches=[match],
            policy="p" * 64,
            rule=AS_DECIDED,
            answer=given.id,
        )
        decisions.add(connection, made)
    undo(world.catalog, given.public_id, by=ANA)
    assert world.decision(again).decision == "hold"
    with world.catalog.read() as connection:
        members = questions.members(connection, [question.id])[question.id]
        assert [one.occurrence for one in members] == [earlier.id, upload.id, again.id]
    outcome = say(world, question, NOT)
    assert sorted(outcome.decided) == sorted([(upload.public_id, "store"), (again.public_id, "store")])


class AnyOrder(RuleBasedStateMachine):
    """Answers and undos in any order, each undo compared with the state before its answer."""

    make = None

    @initialize(reviewers=st.sampled_from([1, 2]))
    def begin(self, reviewers):
        self.world = AnyOrder.make()
        earlier = [self.world.upload() for _ in range(2)]
        self.questions = []
        for at in range(4):
            one = self.world.upload(held=True)
            doubts = [self.world.doubt(earlier[at % 2], "same-image", reviewers=reviewers if at else 1)]
            self.questions.append(self.world.ask(one, *doubts))
        self.questions.append(self.world.pair("d", reviewers=reviewers)[0])
        self.done = []

    @rule(
        at=st.integers(0, 4),
        answer=st.sampled_from(list(Answer)),
        by=st.sampled_from([ANA, BO, CLEO]),
        keep=st.integers(0, 2),
        apart=st.sets(st.integers(0, 2), max_size=1),
    )
    def say(self, at, answer, by, keep, apart):
        question = self.world.now(self.questions[at])
        before = self.world.state()
        picks = {"keep": keep, "apart": tuple(apart)} if answer in (LEFT, RIGHT) else {}
        try:
            given = say(self.world, question, answer, by=by, **picks).answer
        except Refused:
            assert self.world.state() == before
        else:
            self.done.append((given, before))

    @precondition(lambda self: self.done)
    @rule(number=st.integers(0, 20), by=st.sampled_from([ANA, BO]))
    def take_back(self, number, by):
        at = number % len(self.done)
        given, before = self.done[at]
        now = self.world.state()
        try:
            undo(self.world.catalog, given.public_id, by=by)
        except Refused:
            assert at < len(self.done) - 1  # the last one can always be taken back
            assert self.world.state() == now
            return
        if at == len(self.done) - 1 and before is not None:
            assert self.world.state() == before
        # What came later was given in a state that is no more.
        self.done = [*self.done[:at], *((one, None) for one, _ in self.done[at + 1 :])]

    @precondition(lambda self: self.done)
    @rule()
    def take_all_back(self):
        first = self.done[0][1]
        for given, _ in reversed(self.done):
            undo(self.world.catalog, given.public_id, by=ANA)
        assert first is None or self.world.state() == first
        self.done = []

    @invariant()
    def what_is_held_is_asked_about(self):
        with self.world.catalog.read() as connection:
            for one, _ in decisions.held(connection):
                assert questions.of_occurrences(connection, [one.id])
            for question in questions.by_ids(connection, [one.id for one in self.questions]).values():
                given = answers.of_questions(connection, [question.id]).get(question.id, [])
                final = [one for one in given if one.final and one.undone_at is None]
                assert len(final) == (question.state is State.ANSWERED)
                if question.state is State.OPEN:
                    for member in questions.members(connection, [question.id])[question.id]:
                        if member.role == "held":
                            assert (
                                decisions.of_occurrence(connection, member.occurrence)[-1].decision == "hold"
                            )
            assert occurrences.counts(connection)["occurrences"] == 8

    def teardown(self):
        self.world.catalog.close()


def test_any_sequence_of_answers_and_undos(sqlite_world):
    AnyOrder.make = staticmethod(sqlite_world)
    AnyOrder.TestCase.settings = settings(
        max_examples=6,
        stateful_step_count=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    AnyOrder.TestCase().runTest()


@pytest.mark.slow
def test_any_longer_sequence_of_answers_and_undos(sqlite_world):
    AnyOrder.make = staticmethod(sqlite_world)
    AnyOrder.TestCase.settings = settings(
        max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
    AnyOrder.TestCase().runTest()
