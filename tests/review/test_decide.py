"""Answers and what they do, on every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onecopy.catalog import answers, changes, inheritances, judgements, occurrences
from onecopy.catalog.answers import Given
from onecopy.catalog.judgements import Says
from onecopy.catalog.questions import Kind, Part, State
from onecopy.model import Answer, Capture, Evidence
from onecopy.records.versions.overview import overview
from onecopy.review.claims import assign, claim, release
from onecopy.review.decide import decide, decide_all
from onecopy.review.model import Refused, Reviewer

ANA, BO = Reviewer(name="Ana", agency="fire"), Reviewer(name="Bo", agency="fire")
CLEO = Reviewer(name="Cleo", agency="fire", officer=True)
LEFT, RIGHT, NEWER = Answer.SAME_KEEP_LEFT, Answer.SAME_KEEP_RIGHT, Answer.NEWER_VERSION_OF
BOTH, NOT = Answer.BOTH_NEEDED, Answer.NOT_RELATED


def say(world, question, answer, by=ANA, **how):
    version = how.pop("version", question.version)
    return decide(world.catalog, question.public_id, Given(answer=answer, **how), version=version, by=by)


def refused(code, do, *args, **how):
    with pytest.raises(Refused) as caught:
        do(*args, **how)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("answer", "of_upload", "of_earlier"),
    [
        (LEFT, "link", "store"),
        (RIGHT, "store", "link"),
        (NEWER, "store", "store"),
        (BOTH, "store", "store"),
        (NOT, "store", "store"),
    ],
)
def test_an_answer_decides_about_what_was_held(world, answer, of_upload, of_earlier):
    question, earlier, upload = world.pair()
    outcome = say(world, question, answer)
    assert outcome.final
    assert (outcome.question.state, outcome.question.answered_by) == (State.ANSWERED, "Ana")
    assert world.decision(upload).decision == of_upload
    assert world.decision(earlier).decision == of_earlier
    assert world.decision(upload).reason.startswith("A reviewer decided on ")
    assert dict(outcome.decided)[upload.public_id] == of_upload
    assert world.log() == ["review.decided"]
    with world.catalog.read() as connection:
        (said,) = judgements.among(connection, "fire", [(upload.content, ""), (earlier.content, "")]).values()
        assert [one.kind for one in changes.since(connection, 0, agency="fire")] == ["opened", "answered"]
    assert said.says is {LEFT: Says.SAME, RIGHT: Says.SAME, NEWER: Says.NEWER, BOTH: Says.BOTH_NEEDED}.get(
        answer, Says.NOT_RELATED
    )
    kept = {LEFT: earlier.content, RIGHT: upload.content, NEWER: upload.content}.get(answer)
    assert said.better == (None if kept is None else (kept, ""))


@pytest.mark.parametrize("answer", [LEFT, BOTH])
def test_what_people_call_one_picture_is_one_on_the_page_of_its_case(world, answer):
    question, earlier, upload = world.pair()
    say(world, question, answer)
    with world.catalog.read() as connection:
        found = overview(connection, "fire", earlier.case_id)
    shown = [one for scene in found.scenes for one in scene.photographs]
    pictures = [{copy.occurrence.id for copy in (one.kept, *one.copies)} for one in shown]
    apart = [{earlier.id}, {upload.id}]
    assert sorted(pictures, key=min) == ([{earlier.id, upload.id}] if answer is LEFT else apart)


def test_the_second_is_told_who_decided_what(world):
    question, *_ = world.pair()
    say(world, question, BOTH)
    before = world.state()
    message = refused("already-answered", say, world, question, LEFT, by=BO)
    assert message.startswith("Ana answered 'both needed' on ")
    assert world.state() == before


def test_what_joined_meanwhile_is_looked_at_first(world):
    question, earlier, _ = world.pair()
    again = world.ask(world.upload(held=True), world.doubt(earlier))
    assert (again.id, again.version) == (question.id, 2)
    assert "has changed since you saw it" in refused("changed", say, world, question, LEFT)
    say(world, again, LEFT, keep=0)


def test_forty_uploads_of_one_picture_are_one_question(world):
    question, earlier, first = world.pair(relation="same-image")
    for at in range(6):
        again = world.ask(
            world.upload(held=True, uploader=f"portal {at % 2}"), world.doubt(earlier, "same-image")
        )
        assert again.id == question.id
    assert again.title == "The same photograph, 8 copies in 3 submissions"
    assert (again.kind, again.proposal, again.proposed) == (Kind.SAME_PHOTOGRAPH, LEFT, {"keep": 0})
    outcome = say(world, again, LEFT, keep=0, apart=(1,))
    assert sorted(action for _, action in outcome.decided) == ["link"] * 6 + ["store"]
    assert world.decision(first).reason.endswith("it has nothing to do with the others.")


def test_what_concerns_another_case_or_picture_is_a_question_of_its_own(world):
    one, earlier, _ = world.pair()
    other, *_ = world.pair()
    elsewhere = world.ask(world.upload("d", held=True), world.doubt(earlier))
    assert len({one.id, other.id, elsewhere.id}) == 3


def test_a_group_must_be_told_what_is_kept(world):
    _, earlier, _ = world.pair()
    again = world.ask(world.upload(held=True), world.doubt(earlier))
    refused("bad-answer", say, world, again, LEFT)
    refused("bad-answer", say, world, again, LEFT, keep=7)
    refused("bad-answer", say, world, again, LEFT, keep=0, apart=(0,))
    refused("bad-answer", say, world, again, LEFT, keep=0, apart=(1, 2))
    refused("bad-answer", say, world, again, BOTH, apart=(1,))
    refused("bad-answer", say, world, again, BOTH, note="n" * 2001)
    assert world.now(again).state is State.OPEN


@pytest.mark.parametrize(
    ("relation", "how", "kind", "title", "proposal", "proposed"),
    [
        (
            "same-image",
            {},
            Kind.SAME_PHOTOGRAPH,
            "The same photograph, 2 copies in one submission",
            LEFT,
            {"keep": 0},
        ),
        (
            "edited",
            {"contains": "a"},
            Kind.CHANGED_COPY,
            "A crop of a photograph in case c",
            LEFT,
            {"keep": 0},
        ),
        (
            "edited",
            {"contains": "b"},
            Kind.CHANGED_COPY,
            "A wider copy of a photograph in case c",
            RIGHT,
            {"keep": 1},
        ),
        ("edited", {}, Kind.CHANGED_COPY, "A changed copy of a photograph in case c", BOTH, {}),
        (
            "edited",
            {"method": "paper"},
            Kind.CHANGED_COPY,
            "A changed copy of a document in case c",
            NEWER,
            {"newer": 1},
        ),
        ("unclear", {"method": "x"}, Kind.UNCLEAR, "Perhaps the same image twice in case c", None, {}),
        ("same-scene", {}, Kind.SAME_SCENE, "Two photographs of one scene in case c", BOTH, {}),
    ],
)
def test_a_question_says_what_it_is_about_and_proposes_with_reasons(
    world, relation, how, kind, title, proposal, proposed
):
    question, *_ = world.pair(relation=relation, **how)
    assert (question.kind, question.title, question.relation) == (kind, title, relation)
    assert (question.proposal, question.proposed) == (proposal, proposed)
    assert question.reasons[0] == "A stamp."
    assert question.confidence == 0.9


def test_the_better_copy_is_proposed(world):
    small, large = world.upload(width=320), world.upload(held=True, width=1280)
    question = world.ask(large, world.doubt(small, "same-image"))
    assert (question.proposal, question.proposed) == (RIGHT, {"keep": 1})
    assert "It has more pixels." in question.reasons


def test_the_kept_one_inherits_what_does_not_conflict(world):
    capture = Capture(taken_at="2026-05-01T10:00:00", camera_make="Canon")
    said, long = {"submission": "1", "lot": None}, "f" * 300
    earlier = world.upload("c", source="portal", capture=Capture(camera_make="Nikon"), metadata=said)
    said = {"submission": "2", "lot": "7", long: {"a": [1]}}
    upload = world.upload(
        "c",
        held=True,
        category="site-photo",
        source="e-mail",
        capture=capture,
        metadata=said,
        captured_at=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )
    outcome = say(world, world.ask(upload, world.doubt(earlier, "same-image")), LEFT)
    found = {one.field: (one.value, one.conflicts_with) for one in outcome.inherited}
    assert found == {
        "name": (upload.name, None),
        "source": ("e-mail", "portal"),
        "category": ("site-photo", None),
        "captured_at": ("2026-05-01T09:00:00+00:00", None),
        "metadata.submission": ("2", "1"),
        "metadata.lot": ("7", None),
        f"metadata.{long}": ({"a": [1]}, None),
        "taken_at": ("2026-05-01T10:00:00", None),
        "camera_make": ("Canon", "Nikon"),
    }
    assert {(one.occurrence, one.giver) for one in outcome.inherited} == {(earlier.id, upload.id)}
    with world.catalog.read() as connection:
        assert inheritances.of_occurrences(connection, [earlier.id]) == sorted(
            outcome.inherited, key=lambda one: one.field
        )
        assert occurrences.by_ids(connection, [earlier.id])[earlier.id] == earlier  # nothing is overwritten


def test_a_case_is_inherited_from_another_one(world):
    earlier, upload = world.upload("old"), world.upload("new", held=True)
    question = world.ask(upload, world.doubt(earlier, "same-image"))
    outcome = say(world, question, LEFT)
    assert ("case", "new") in {(one.field, one.value) for one in outcome.inherited}
    assert world.decision(upload).decision == "link"
    question = world.ask(world.upload("new", held=True), world.doubt(earlier, "same-image"))
    say(world, question, RIGHT)
    assert world.decision(earlier).decision == "store"  # another case's records stay as they are


def test_two_reviewers_agree_and_are_two(world):
    question, _, upload = world.pair(reviewers=2)
    first = say(world, question, LEFT)
    assert (first.final, first.words) == (False, "A second person has to agree.")
    assert world.decision(upload).decision == "hold"
    question = first.question
    assert "two different people have to" in refused("same-reviewer", say, world, question, LEFT)
    second = say(world, question, LEFT, by=BO)
    assert second.final
    assert world.decision(upload).decision == "link"
    assert world.log() == ["review.proposed", "review.decided"]


def test_disagreement_goes_to_a_records_officer(world):
    question, _, upload = world.pair(reviewers=2)
    question = say(world, question, LEFT).question
    question = say(world, question, NOT, by=BO).question
    assert (question.state, question.escalated) == (State.OPEN, True)
    third = Reviewer(name="Di", agency="fire")
    assert "a records officer decides" in refused("needs-officer", say, world, question, LEFT, by=third)
    officer_who_voted = Reviewer(name="Bo", agency="fire", officer=True)
    refused("same-reviewer", say, world, question, LEFT, by=officer_who_voted)
    assert say(world, question, NOT, by=CLEO).final
    assert world.decision(upload).decision == "store"


def test_what_joins_makes_the_first_answer_void(world):
    question, earlier, _ = world.pair(reviewers=2)
    say(world, question, LEFT)
    again = world.ask(world.upload(held=True), world.doubt(earlier, reviewers=2))
    assert not say(world, again, LEFT, by=BO, keep=0).final
    assert say(world, world.now(again), LEFT, keep=0).final


def test_a_claim_keeps_others_out_until_it_ends(world):
    question, *_ = world.pair()
    held = claim(world.catalog, question.public_id, by=ANA)
    assert (held.claimed_by, held.version) == ("Ana", question.version)
    assert "Ana has it in hand until " in refused("claimed", claim, world.catalog, question.public_id, by=BO)
    refused("claimed", say, world, question, LEFT, by=BO)
    refused("claimed", release, world.catalog, question.public_id, by=BO)
    refused("claimed", assign, world.catalog, question.public_id, to="Di", by=BO)
    claim(world.catalog, question.public_id, by=ANA, lease=timedelta(seconds=-1))
    assert claim(world.catalog, question.public_id, by=BO).claimed_by == "Bo"
    assert release(world.catalog, question.public_id, by=CLEO).claimed_by is None
    assert say(world, question, LEFT).question.claimed_by is None


def test_what_is_assigned_is_for_that_one(world):
    question, *_ = world.pair()
    assert assign(world.catalog, question.public_id, to="Ana", by=CLEO).assigned_to == "Ana"
    refused("assigned", claim, world.catalog, question.public_id, by=BO)
    assert assign(world.catalog, question.public_id, to=None, by=BO).assigned_to is None
    claim(world.catalog, question.public_id, by=BO)


def test_skipping_and_asking_a_colleague_leave_it_open(world):
    question, *_ = world.pair()
    claim(world.catalog, question.public_id, by=ANA)
    skipped = say(world, question, Answer.SKIP)
    assert (skipped.final, skipped.question.claimed_by) == (False, None)
    asked = say(world, question, Answer.ASK_A_COLLEAGUE, note="Is this the north side?", to="Bo")
    assert (asked.question.state, asked.question.assigned_to) == (State.OPEN, "Bo")
    assert asked.question.version == question.version
    say(world, question, BOTH, by=BO)
    with world.catalog.read() as connection:
        notes = [one.given.note for one in answers.of_questions(connection, [question.id])[question.id]]
    assert notes == ["", "Is this the north side?", ""]


def test_another_agencys_question_is_none(world):
    question, *_ = world.pair()
    other = Reviewer(name="Eve", agency="parks")
    for do in (
        lambda: say(world, question, LEFT, by=other),
        lambda: claim(world.catalog, question.public_id, by=other),
    ):
        assert refused("not-found", do) == "There is no such question."


def test_a_pair_told_apart_never_shares_a_group(world):
    question, earlier, upload = world.pair()
    say(world, question, NOT)
    third = world.upload(held=True)
    group = world.ask(third, world.doubt(earlier, "same-image"), world.doubt(upload, "same-image"))
    message = refused("told-apart", say, world, group, LEFT, keep=0)
    assert message.startswith("Two of them were judged to be different by Ana on ")
    assert say(world, group, LEFT, keep=0, apart=(1,)).final


def test_the_same_pair_in_another_case_is_answered_with_it(world):
    question, earlier, upload = world.pair()
    elsewhere = world.upload("d", held=True, content=upload.content)
    other = world.ask(elsewhere, world.doubt(earlier))
    outcome = say(world, question, LEFT)
    assert outcome.words.endswith(" With it, one more question about the same pictures.")
    assert (world.now(other).state, world.now(other).answer) == (State.ANSWERED, LEFT)
    assert world.decision(elsewhere).decision == "link"


def test_what_was_judged_the_same_is_not_told_apart_by_another_question(world):
    question, earlier, upload = world.pair()
    other = world.ask(world.upload("d", held=True, content=upload.content), world.doubt(earlier))
    claim(world.catalog, other.public_id, by=BO)
    assert say(world, question, LEFT).also == 0  # somebody else has it in hand
    assert "judged to be the same" in refused("told-apart", say, world, other, NOT, by=BO)
    assert say(world, other, LEFT, by=BO).final


def test_a_file_held_for_two_pictures_waits_for_both(world):
    one, other = world.upload(), world.upload()
    upload = world.upload(held=True)
    first = world.ask(upload, world.doubt(one))
    with world.catalog.write() as connection:
        from onecopy.catalog import questions
        from onecopy.catalog.questions import Member, Question

        members = [
            Member(position=at, occurrence=each.id, content=each.content, inner="", role=role)
            for at, (each, role) in enumerate(((other, Part.EARLIER), (upload, Part.HELD)))
        ]
        asked = Question(agency="fire", case_id="c", kind=Kind.UNCLEAR, title="Another")
        second = questions.by_ids(
            connection, [questions.add(connection, asked, members, (), by=None)]
        ).popitem()[1]
    assert say(world, first, LEFT).decided == ()
    assert world.decision(upload).decision == "hold"
    assert say(world, second, NOT).decided == ((upload.public_id, "store"),)


def test_a_batch_is_done_as_a_whole_or_not_at_all(world):
    many = [world.pair(f"case {at}")[0] for at in range(3)]
    given = Given(answer=BOTH)
    before = world.state()
    wanted = [(one.public_id, one.version, given) for one in many]
    stale = [*wanted[:2], (many[2].public_id, 9, given)]
    assert refused("changed", decide_all, world.catalog, stale, by=ANA).startswith(f"'{many[2].title}': ")
    assert world.state() == before
    done = decide_all(world.catalog, wanted, by=ANA)
    assert len({one.answer.batch for one in done}) == 1
    assert all(world.now(one).state is State.ANSWERED for one in many)
    refused("bad-answer", decide_all, world.catalog, [], by=ANA)


def test_a_clock_that_is_behind_ends_no_claim_early(world):
    question, *_ = world.pair()
    held = claim(world.catalog, question.public_id, by=ANA, lease=timedelta(minutes=1))
    assert held.claimant(datetime.now(UTC)) == "Ana"
    assert held.claimant(datetime.now(UTC) + timedelta(minutes=2)) is None


def test_a_title_counts_what_waits_and_reasons_come_from_what_was_compared(world):
    first, twin = world.upload(), world.upload()
    upload = world.upload(held=True)
    compared = world.doubt(first, method="other", contains="a")
    derived = replace(
        compared.verdict, confidence=1.0, evidence=Evidence(method="through", through="sha256:…")
    )
    question = world.ask(upload, replace(world.doubt(twin), verdict=derived), compared)
    assert question.title == "A crop of an image in case c"
    assert question.reasons[0] == "A stamp."
