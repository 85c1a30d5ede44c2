"""``onecopy review``: a reviewer in a terminal."""

import json

import pytest

from onecopy.catalog import contents, decisions, occurrences, questions
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Pair, Part, Question
from onecopy.catalog.store import Catalog
from onecopy.model import Evidence, Relation, Verdict

PLACE = ("--catalog", "catalog.db")
CHANGED = Verdict(
    relation=Relation.EDITED, confidence=0.97, evidence=Evidence(method="photo", words=("A stamp.",))
)


@pytest.fixture
def asked(tmp_path):
    """The public id of a question about two uploads."""
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.write() as connection:
        members = []
        for at, role in enumerate((Part.EARLIER, Part.HELD)):
            contents.add(connection, f"{at}" * 64, 1)
            one = Occurrence(name=f"{at}\x1b[31m.jpg", content=f"{at}" * 64, agency="", case_id="c")
            id = occurrences.add(connection, one)
            decision = "hold" if role is Part.HELD else "store"
            decisions.add(connection, Decision(occurrence=id, decision=decision, reason="So."))
            members.append(Member(position=at, occurrence=id, content=f"{at}" * 64, inner="", role=role))
        question = Question(
            agency="",
            case_id="c",
            kind=Kind.CHANGED_COPY,
            title="A changed copy of a photograph in case c",
            proposal="same-keep-left",
            proposed={"keep": 0},
            reasons=("Because.",),
        )
        questions.add(connection, question, members, [Pair(a=0, b=1, verdict=CHANGED)], by="portal")
    return question.public_id


def test_from_the_list_to_the_answer_and_back(quick, asked):
    listed = quick("review", "list", *PLACE, check=0).stdout
    assert listed.startswith(f"{asked[:8]}  A changed copy of a photograph in case c, due ")
    assert json.loads(quick("review", "list", "--json", *PLACE, check=0).stdout)["public_id"] == asked
    shown = quick("review", "show", asked[:8], *PLACE, check=0).stdout
    assert "0 and 1 are edited (0.97)" in shown
    assert "proposed: same-keep-left keep 0" in shown
    assert "\x1b" not in shown
    answered = quick(
        "review", "answer", asked[:6], "same-keep-left", "--version", "1", *PLACE, check=0
    ).stdout
    assert answered.startswith("Answered: 1 linked, 0 kept beside.")
    again = quick("review", "answer", asked, "not-related", *PLACE, check=2)
    assert "answered 'the same, keep left' on " in again.stderr
    assert "same-keep-left by " in quick("review", "list", "--answered", *PLACE, check=0).stdout
    back = answered.split()[-1]
    undone = quick("review", "undo", back, *PLACE, check=0).stdout
    assert undone == "The answer was taken back; everything is as it was before.\n"
    assert "(taken back)" in quick("review", "show", asked, *PLACE, check=0).stdout


def test_what_is_not_there_or_not_so_any_more(quick, asked):
    assert "There is no question 'ffff'" in quick("review", "show", "ffff", *PLACE, check=2).stderr
    assert "Several" not in quick("review", "show", asked[:1], *PLACE).stderr
    stale = quick("review", "answer", asked, "not-related", "--version", "7", *PLACE, check=2)
    assert "has changed since you saw it" in stale.stderr
    assert "There is no answer" in quick("review", "undo", "ffff", *PLACE, check=2).stderr
