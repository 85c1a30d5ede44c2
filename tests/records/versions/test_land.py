"""Version sets in a real catalog, on every database: kept as uploads come, decided, undone, told."""

import json

import pytest
import shelf as shelves
from sqlalchemy import select, update

from onecopy.catalog import arrivals, questions, uploads, versions, webhooks
from onecopy.catalog.answers import Answered, Given
from onecopy.catalog.answers import add as add_answer
from onecopy.catalog.schema import delivery, event, verdict
from onecopy.catalog.store import Catalog
from onecopy.model import Answer
from onecopy.policy.review import Precedence, Review, Urgency
from onecopy.records import deletion
from onecopy.records.versions import answers, land
from onecopy.records.versions.current import documents
from onecopy.records.versions.overview import overview


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(request, tmp_path_factory):
    """One on each database, for all tests here: each has cases of its own."""
    if request.param == "sqlite":
        where = str(tmp_path_factory.mktemp("catalog") / "catalog.db")
    else:
        where = f"{request.getfixturevalue('postgres_server')}/postgres"
    with Catalog(where) as opened:
        yield opened


@pytest.fixture
def shelf(catalog, request):
    return shelves.Shelf(catalog, case=request.node.name)


@pytest.fixture
def other(shelf):
    """The same case of another agency."""
    return shelves.Shelf(shelf.catalog, agency="fire", case=shelf.case)


def state(shelf):
    """Everything that is said of a case, without ids that are drawn by lot."""
    found = shelf.read(documents, shelf.agency, shelf.case)
    open_ones = shelf.read(questions.of_case, shelf.agency, shelf.case)
    return (
        [
            (
                one.title,
                one.current and [sent.name for sent in one.current.sent],
                one.since,
                one.criterion,
                [[(sent.name, sent.occurrence.seen_at) for sent in version.sent] for version in one.history],
            )
            for one in found
        ],
        sorted((str(one.kind), one.title, tuple(one.reasons)) for one in open_ones),
    )


def told(shelf):
    with shelf.catalog.read() as connection:
        lines = connection.scalars(select(event.c.line).order_by(event.c.position)).all()
    found = (json.loads(line) for line in lines)
    return [one for one in found if one["eventOutcomeDetail"].get("case") == shelf.case]


def story(shelf):
    """An application in three submissions, with one of each kind of conflict."""
    shelf.send("A-1 site plan.png", "site a")
    shelf.send("A-2 floor plan.png", "floor a", ties=[("floor a", "site a", "same-form")])
    shelf.send("set.pdf", "s1", "s2", "s3")
    shelf.send("details.pdf", "d1", "d2", "d3")
    shelf.send("IMG_2041.jpg", "house", camera="Phone")
    shelf.send("A-1 site plan.png", "site b", hours=48, ties=[("site b", "site a", "same-form")])
    floor = [("floor b", "floor a", "same-form"), ("floor b", "site b", "same-form")]
    shelf.send("A-2 floor plan rev B.png", "floor b", hours=48, ties=floor)
    shelf.send("set.pdf", "s1", "d2", "s3", hours=48)
    shelf.send("details.pdf", "d1", "s2", "d3", hours=48)
    shelf.send("A-1 site plan.png", "site a", hours=96)
    shelf.send("A-2.tif", "floor b", hours=96)
    shelf.send("A-3 elevations.tif", "floor b", hours=96)
    late = [("floor c", "floor b", "edited"), ("floor c", "floor a", "same-form")]
    shelf.send("A-2.png", "floor c", hours=120, ties=late)


def test_what_is_kept_bit_by_bit_is_what_all_at_once_gives(shelf):
    story(shelf)
    bit_by_bit = state(shelf)
    shelf.refresh()
    assert state(shelf) == bit_by_bit
    kinds = [kind for kind, *_ in bit_by_bit[1]]
    assert kinds == ["reverts", "swapped-pages", "two-names", "versions"]
    with shelf.catalog.write() as connection:
        versions.remove(
            connection, [one.id for one in versions.of_case(connection, shelf.agency, shelf.case)]
        )
    shelf.refresh()
    assert state(shelf) == bit_by_bit


def test_a_document_keeps_its_id_and_what_changes_is_told(shelf):
    first = shelf.send("site plan.pdf", "a")
    (before,) = shelf.read(documents, shelf.agency, shelf.case)
    second = shelf.send("site plan.pdf", "b", hours=48, ties=[("b", "a", "edited")])
    (after,) = shelf.read(documents, shelf.agency, shelf.case)
    assert (before.id, after.current.number) == (after.id, 2)
    assert after.since == second.seen_at
    shelf.send("site plan.pdf", "b", hours=49)  # the same again changes nothing
    changes = [one for one in told(shelf) if one["eventDetail"] == "case.current-changed"]
    assert [one["eventOutcomeDetail"]["changes"][0]["before"] for one in changes] == [None, first.public_id]
    assert changes[1]["eventOutcomeDetail"]["changes"][0]["current"] == second.public_id
    assert {one["agency"] for one in changes} == {shelf.agency}


def test_photographs_are_no_documents(shelf):
    shelf.send("IMG_1.jpg", "house", camera="Phone")
    assert shelf.read(documents, shelf.agency, shelf.case) == ()
    found = shelf.read(overview, shelf.agency, shelf.case)
    assert (found.files, found.photographs, found.blockers) == (1, 1, ())


def test_what_has_no_telling_name_is_a_document_once_it_is_paper_beside_one(shelf):
    shelf.send("upload.jpg", "x")
    one = shelf.send("upload (1).jpg", "y", hours=30, ties=[("y", "x", "edited")])
    (found,) = shelf.read(documents, shelf.agency, shelf.case)
    assert found.current.shown.occurrence.id == one.id


def answer(shelf, given, kind="versions"):
    """Answer the only question of a kind, as the review layer does."""
    (question,) = [
        one for one in shelf.read(questions.of_case, shelf.agency, shelf.case) if str(one.kind) == kind
    ]
    members = shelf.read(questions.members, [question.id])[question.id]
    with shelf.catalog.write([arrivals.scope(shelf.agency)]) as connection:
        number = add_answer(connection, Answered(question=question.id, given=given, by="jo@example.org"))
        values = {"state": "answered", "answer": str(given.answer)}
        questions.change(connection, question, "answered", by="jo@example.org", **values)
        answers.answered(connection, question, members, given, number, "jo@example.org")
    return question, number


def undecided(shelf):
    shelf.send("A-2 rev B.pdf", "b")
    shelf.send("A-2 rev B client.pdf", "c", ties=[("c", "b", "edited")])


def test_an_answer_sets_the_current_version_and_can_be_taken_back(shelf):
    undecided(shelf)
    before = state(shelf)
    assert before[0][0][1] is None
    _, number = answer(shelf, Given(answer=Answer.NEWER_VERSION_OF, newer=0))
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert (one.decided_by, one.criterion, one.questions) == ("jo@example.org", "person", ())
    first = one.current.shown.name
    with shelf.catalog.write([arrivals.scope(shelf.agency)]) as connection:
        answers.taken_back(connection, number, by="jo@example.org")
    assert state(shelf) == before
    answer(shelf, Given(answer=Answer.NEWER_VERSION_OF, newer=1))
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert one.current.shown.name != first
    shelf.send("A-2 rev B.pdf", "b", hours=200)
    shelf.send("A-2 rev B client.pdf", "c", hours=300)
    assert shelf.read(questions.of_case, shelf.agency, shelf.case) == []


def test_what_pixels_showed_once_holds_when_they_are_compared_better(shelf):
    undecided(shelf)
    before = state(shelf)
    assert len(before[1]) == 1
    with shelf.catalog.write([arrivals.scope(shelf.agency)]) as connection:
        connection.execute(update(verdict).values(verify_version=verdict.c.verify_version - 1))
    shelf.refresh()
    assert state(shelf) == before


def test_both_needed_makes_documents_of_their_own(shelf):
    undecided(shelf)
    answer(shelf, Given(answer=Answer.BOTH_NEEDED))
    found = shelf.read(documents, shelf.agency, shelf.case)
    assert [one.current is not None for one in found] == [True, True]


def test_what_came_since_may_settle_a_question(shelf):
    undecided(shelf)
    assert len(shelf.read(questions.of_case, shelf.agency, shelf.case)) == 1
    shelf.send("A-2 rev C.pdf", "d", hours=50, ties=[("d", "b", "edited"), ("d", "c", "edited")])
    assert shelf.read(questions.of_case, shelf.agency, shelf.case) == []
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert one.current.label == "rev C"


def test_questions_say_what_differs_and_show_it(shelf):
    shelf.send("set.pdf", "1", "2", "3")
    shelf.send("set (1).pdf", "1", "2b", "3", ties=[("2b", "2", "same-form")])
    (one,) = shelf.read(questions.of_case, shelf.agency, shelf.case)
    assert one.title == "Two versions of set: which one counts?"
    assert list(one.reasons) == [
        "Neither their names nor how they came says which comes after which.",
        "What came last is proposed.",
        "2 of 3 pages are the same.",
        "Page 2: The same form or template; marks differ in one place (at the right).",
    ]
    members = shelf.read(questions.members, [one.id])[one.id]
    assert [member.inner for member in members] == ["#page=2", "#page=2"]
    (pair,) = shelf.read(questions.pairs, one.id)
    assert str(pair.verdict.relation) == "same-form"


def test_the_policy_says_how_urgent_a_conflict_is(shelf):
    plans = Precedence(urgency=Urgency.URGENT, days=2, categories=frozenset({"plan"}))
    review = Review(days=30, priorities=(plans,))
    for name, *pages in (("set.pdf", "1", "2", "3"), ("set (1).pdf", "1", "2b", "3")):
        ties = [("2b", "2", "same-form")] if "2b" in pages else []
        shelf.send(name, *pages, ties=ties, category="plan", source="portal", review=review)
    (one,) = shelf.read(questions.of_case, shelf.agency, shelf.case)
    assert (one.priority, (one.due_at - one.opened_at).days, one.source) == (Urgency.URGENT, 2, "portal")


def test_why_namesakes_are_no_versions_is_kept_until_they_are(shelf):
    shelf.send("letter.pdf", "to the neighbour")
    second = shelf.send("letter.pdf", "to the engineer", hours=48)
    why = "Nothing in their pictures ties them to each other."
    assert [one.apart for one in shelf.read(documents, shelf.agency, shelf.case)] == [why, why]
    with shelf.catalog.write([arrivals.scope(shelf.agency)]) as connection:
        deletion.delete(connection, uploads.by_numbers(connection, [second.id])[0], by="officer")
    assert [one.apart for one in shelf.read(documents, shelf.agency, shelf.case)] == [None]


def test_deleting_a_version_brings_the_one_before_back(shelf):
    shelf.send("site plan.pdf", "a")
    second = shelf.send("site plan.pdf", "b", hours=48, ties=[("b", "a", "edited")])
    with shelf.catalog.write([arrivals.scope(shelf.agency)]) as connection:
        deletion.delete(connection, uploads.by_numbers(connection, [second.id])[0], by="officer")
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert (one.current.number, len(one.history)) == (1, 1)
    assert told(shelf)[-1]["eventDetail"] == "case.current-changed"


def test_agencies_do_not_meet_in_a_case_of_one_name(shelf, other):
    shelf.send("site plan.pdf", "a")
    other.send("site plan.pdf", "b", hours=48)
    other.send("A-1.png", "a", hours=48)
    for mine in (shelf, other):
        assert all(len(one.history) == 1 for one in mine.read(documents, mine.agency, mine.case))
        found = mine.read(overview, mine.agency, mine.case)
        assert {sent.occurrence.agency for d in found.documents for v in d.history for sent in v.sent} == {
            mine.agency
        }
    assert shelf.read(overview, "parks", shelf.case) is None


def test_a_case_from_before_there_were_version_sets(shelf):
    shelf.send("site plan.pdf", "a", land_it=False)
    shelf.send("site plan.pdf", "b", hours=48, ties=[("b", "a", "edited")], land_it=False)
    assert shelf.read(land.stale, shelf.agency, shelf.case)
    shelf.send("IMG_1.jpg", "house", camera="Phone", hours=50)
    assert shelf.read(land.stale, shelf.agency, shelf.case)
    shelf.refresh()
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert one.current.number == 2
    assert not shelf.read(land.stale, shelf.agency, shelf.case)


def test_more_than_can_be_looked_at_waits_until_it_is_asked_for(shelf, monkeypatch):
    monkeypatch.setattr("onecopy.records.versions.load.MOST", 2)
    for number in range(4):
        shelf.send(f"plan rev {number}.pdf", f"p{number}", ties=[(f"p{number}", "p0", "edited")][:number])
    assert shelf.read(land.stale, shelf.agency, shelf.case)
    shelf.refresh()
    (one,) = shelf.read(documents, shelf.agency, shelf.case)
    assert one.current.label == "rev 3"


def test_a_fault_in_sorting_loses_no_upload(shelf, monkeypatch, caplog):
    shelf.send("site plan.pdf", "a")
    with monkeypatch.context() as patch:
        patch.setattr(land, "detect", lambda *_: [][1])
        one = shelf.send("site plan.pdf", "b", hours=48, ties=[("b", "a", "edited")])
    assert "could not be sorted" in caplog.text
    assert shelf.read(uploads.get, one.public_id, agency=shelf.agency) is not None
    shelf.refresh()
    (found,) = shelf.read(documents, shelf.agency, shelf.case)
    assert found.current.number == 2


def test_a_webhook_is_told_what_counts_now(shelf):
    with shelf.catalog.write() as connection:
        webhooks.create(
            connection,
            agency=shelf.agency,
            url="https://permits.example.org/hook",
            kinds=[webhooks.Happened.CASE_CURRENT_CHANGED],
            by="test",
        )
    shelf.send("site plan.pdf", "a")
    one = shelf.send("site plan.pdf", "b", hours=48, ties=[("b", "a", "edited")])
    (document,) = shelf.read(documents, shelf.agency, shelf.case)
    with shelf.catalog.read() as connection:
        bodies = [json.loads(body) for body in connection.scalars(select(delivery.c.body))]
    sent = [body["data"] for body in bodies if body["data"].get("case") == shelf.case]
    assert {body["type"] for body in bodies} == {"case.current_changed"}
    assert sorted(each["document"] for each in sent) == [document.id, document.id]
    assert one.public_id in {each["current"] for each in sent}
