"""Questions, their members and answers, the queue and the feed, on every database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from onecopy.catalog import (
    answers,
    arrivals,
    changes,
    contents,
    inheritances,
    judgements,
    occurrences,
    questions,
    queue,
)
from onecopy.catalog.answers import Answered, Given
from onecopy.catalog.judgements import Judgement, Says
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Pair, Part, Question, State
from onecopy.catalog.queue import Filter, Order
from onecopy.catalog.store import Catalog
from onecopy.model import Answer, Evidence, Region, Relation, Verdict

ONE, OTHER, THIRD = "1" * 64, "2" * 64, "3" * 64
NOW = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)
VERDICT = Verdict(
    relation=Relation.EDITED,
    confidence=0.97,
    evidence=Evidence(method="photo", words=("A stamp.",), regions=(Region(a=(1, 2, 3, 4), b=None),)),
)


def ask(connection: Connection, case: str = "c", agency: str = "fire", **how: object) -> Question:
    """A question about two new occurrences."""
    contents.add_all(connection, {ONE: 1, OTHER: 1, THIRD: 1})
    numbers = [
        occurrences.add(connection, Occurrence(name=f"{at}.jpg", content=sha256, agency=agency, case_id=case))
        for at, sha256 in enumerate((ONE, OTHER))
    ]
    members = [
        Member(position=at, occurrence=number, content=sha256, inner="", role=role)
        for at, (number, sha256, role) in enumerate(
            zip(numbers, (ONE, OTHER), (Part.EARLIER, Part.HELD), strict=True)
        )
    ]
    values = {"kind": Kind.CHANGED_COPY, "title": "A crop", "opened_at": NOW, "due_at": NOW} | how
    one = Question(agency=agency, case_id=case, **values)  # type: ignore[arg-type]
    number = questions.add(connection, one, members, [Pair(a=0, b=1, verdict=VERDICT)], by="portal")
    return questions.by_ids(connection, [number])[number]


@pytest.fixture
def write(catalog: Catalog) -> Callable[[], object]:
    return lambda: catalog.write([arrivals.scope("fire"), arrivals.scope("parks")])


def test_a_question_is_read_as_it_was_asked(catalog: Catalog) -> None:
    with catalog.write() as connection:
        asked = ask(connection, reasons=("Because.",), details={"a": 1}, proposed={"keep": 0})
    with catalog.read() as connection:
        assert questions.get(connection, asked.public_id, agency="fire") == asked
        assert questions.get(connection, asked.public_id, agency="parks") is None
        assert (asked.reasons, asked.opened_at, asked.state) == (("Because.",), NOW, State.OPEN)
        first, second = questions.members(connection, [asked.id])[asked.id]
        assert (first.role, second.role, second.place) == (Part.EARLIER, Part.HELD, (OTHER, ""))
        assert questions.pairs(connection, asked.id) == (Pair(a=0, b=1, verdict=VERDICT),)
        assert questions.about(connection, "fire", "c", [(OTHER, "")]) == [asked.id]
        assert questions.about(connection, "fire", "c", [(OTHER, "#page=1")]) == []
        assert questions.about(connection, "parks", "c", [(OTHER, "")]) == []
        assert questions.about(connection, "fire", "d", [(OTHER, "")]) == []


def test_who_is_dropped_is_a_member_no_more_and_leaves_its_position_taken(catalog: Catalog) -> None:
    with catalog.write() as connection:
        asked = ask(connection)
        questions.drop_members(connection, asked.id, [1])
        assert [one.position for one in questions.members(connection, [asked.id])[asked.id]] == [0]
        assert questions.pairs(connection, asked.id) == ()
        assert questions.highest_position(connection, asked.id) == 1
        assert questions.about(connection, "fire", "c", [(OTHER, "")]) == []


def test_the_feed_tells_every_change_in_order_to_whom_it_concerns(catalog: Catalog) -> None:
    with catalog.write() as connection:
        ours, theirs = ask(connection), ask(connection, agency="parks")
        questions.change(connection, ours, "claimed", by="Ana", claimed_by="Ana")
    with catalog.read() as connection:
        every = changes.since(connection, 0, agency=None)
        assert [(one.number, one.question, one.kind) for one in every] == [
            (1, ours.public_id, "opened"),
            (2, theirs.public_id, "opened"),
            (3, ours.public_id, "claimed"),
        ]
        assert [one.number for one in changes.since(connection, 1, agency="fire")] == [3]
        assert changes.newest(connection) == 3
        assert questions.by_ids(connection, [ours.id])[ours.id].claimed_by == "Ana"


@pytest.mark.parametrize("order", Order)
def test_pages_join_without_a_gap(catalog: Catalog, order: Order) -> None:
    with catalog.write() as connection:
        for at in range(7):
            due = NOW + timedelta(days=-at // 2)
            ask(
                connection,
                f"case {at % 3}",
                priority=at % 2,
                due_at=due,
                opened_at=NOW + timedelta(hours=at % 4),
            )
    with catalog.read() as connection:
        wanted = Filter(agency="fire")
        whole = queue.page(connection, wanted, order=order, after=None, limit=100)
        keys = [queue.key(one, order) for one in whole]
        assert len(whole) == 7
        assert keys == sorted(keys)
        found: list[Question] = []
        while more := queue.page(
            connection, wanted, order=order, after=queue.key(found[-1], order) if found else None, limit=2
        ):
            found += more
        assert found == whole


def test_a_filter_finds_what_it_says(catalog: Catalog) -> None:
    with catalog.write() as connection:
        plain = ask(connection)
        sure = ask(connection, "d", relation="edited", category="plan", confidence=0.9, priority=0)
        late = ask(connection, opened_at=NOW - timedelta(days=9), due_at=NOW - timedelta(days=1))
        ask(connection, agency="parks")
        questions.change(
            connection, plain, "claimed", by="Ana", claimed_by="Ana", claimed_until=NOW + timedelta(hours=1)
        )
        answers.add(connection, Answered(question=late.id, given=Given(answer=Answer.SKIP), by="Bo"))

    def found(**how: object) -> list[int]:
        with catalog.read() as connection:
            wanted = Filter(agency="fire", **how)  # type: ignore[arg-type]
            return [one.id for one in queue.page(connection, wanted, order=Order.AGE, after=None, limit=9)]

    assert found() == [late.id, plain.id, sure.id]
    assert found(case_id="d") == found(relation="edited") == found(category="plan") == [sure.id]
    assert found(at_least=0.5) == found(priority=0) == [sure.id]
    assert found(below=0.5) == [late.id, plain.id]
    assert found(opened_before=NOW) == found(due_before=NOW) == [late.id]
    assert found(reviewer="Ana") == [plain.id]
    assert found(free_for="Bo", now=NOW) == [sure.id]
    assert found(free_for="Bo", now=NOW + timedelta(hours=2)) == [plain.id, sure.id]
    assert found(free_for="Ana", now=NOW) == [late.id, plain.id, sure.id]
    assert found(state=State.ANSWERED) == []


def test_counts_and_cases(catalog: Catalog) -> None:
    with catalog.write() as connection:
        for case, priority in (("a", 2), ("a", 1), ("b", 0)):
            ask(connection, case, priority=priority, category="plan")
    with catalog.read() as connection:
        counted = queue.counts(connection, Filter(agency="fire"), now=NOW + timedelta(days=1))
        assert (counted.total, counted.overdue, counted.oldest) == (3, 3, NOW)
        assert counted.by["category"] == {"plan": 3}
        assert counted.by["priority"] == {"0": 1, "1": 1, "2": 1}
        first = queue.by_case(connection, Filter(agency="fire"), after=None, limit=1)
        rest = queue.by_case(connection, Filter(agency="fire"), after=queue.case_key(first[0]), limit=9)
        assert [(one.case_id, one.total, one.priority, one.due_at) for one in first + rest] == [
            ("b", 1, 0, NOW),
            ("a", 2, 1, NOW),
        ]


def test_answers_judgements_and_inheritances_come_back_and_go(catalog: Catalog) -> None:
    with catalog.write() as connection:
        asked = ask(connection)
        given = Given(answer=Answer.SAME_KEEP_LEFT, keep=0, apart=(3,), note="Seen.")
        number = answers.add(
            connection, Answered(question=asked.id, given=given, by="Ana", batch="b", final=True)
        )
        (kept, gone) = (one.occurrence for one in questions.members(connection, [asked.id])[asked.id])
        said = Judgement(
            one=(OTHER, ""), other=(ONE, ""), says=Says.SAME, answer=number, better=(OTHER, ""), at=NOW
        )
        judgements.add_all(connection, "fire", [said])
        judgements.add_all(connection, "fire", [said])
        taken = inheritances.Inherited(
            answer=number, occurrence=kept, giver=gone, field="case", value="d", conflicts_with=None
        )
        inheritances.add_all(connection, [taken])
    with catalog.read() as connection:
        assert answers.by_ids(connection, [number])[number].given == given
        assert [one.id for one in answers.of_batch(connection, "b")] == [number]
        found = judgements.between(connection, "fire", [(ONE, "")], [(OTHER, ""), (THIRD, "")])
        assert set(found) == {((ONE, ""), (OTHER, "")), ((OTHER, ""), (ONE, ""))}
        (one,) = judgements.among(connection, "fire", [(ONE, ""), (OTHER, "")]).values()
        assert (one.better, one.says, one.by, one.at) == ((OTHER, ""), Says.SAME, "Ana", NOW)
        assert judgements.between(connection, "parks", [(ONE, "")], [(OTHER, "")]) == {}
        assert inheritances.of_answer(connection, number) == [taken]
        assert inheritances.of_occurrences(connection, [kept]) == [taken]
    with catalog.write() as connection:
        judgements.remove_of(connection, number)
        inheritances.remove_of(connection, number)
        answers.taken_back(connection, number, by="Bo")
        assert list(judgements.of(connection, "fire", [ONE])) == []
        assert inheritances.of_answer(connection, number) == []
        (back,) = answers.of_questions(connection, [asked.id])[asked.id]
        assert (back.undone_by, back.undone_at is not None) == ("Bo", True)
