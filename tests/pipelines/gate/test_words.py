from dataclasses import replace
from datetime import UTC, datetime

import pytest

from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Evidence, FileIdentity, Problem, Relation, Verdict
from onecopy.pipelines.gate.words import Mention, day, reason, shown
from onecopy.policy.rules import Action


def mention(relation, confidence=1.0, name="front.jpg"):
    seen = datetime(2026, 5, 3, 23, 59, tzinfo=UTC)
    earlier = Occurrence(name=name, content="0" * 64, case_id="24016-7", seen_at=seen)
    verdict = Verdict(relation=Relation(relation), confidence=confidence, evidence=Evidence(method="photo"))
    return Mention(occurrence=earlier, verdict=verdict, whole=relation == "same-bytes")


@pytest.mark.parametrize(
    ("action", "relation", "confidence", "said"),
    [
        (
            "link",
            "same-bytes",
            1.0,
            "This file is already in case 24016-7 as 'front.jpg', received 3 May 2026. "
            "It was linked, nothing more is needed.",
        ),
        ("link", "same-image", 0.99, "saved differently"),
        ("hold", "same-image", 0.9, "probably the same"),
        ("hold", "edited", 1.0, "another version of one in case 24016-7: 'front.jpg', received 3 May 2026."),
        (
            "hold",
            "unclear",
            0.5,
            "'front.jpg', received 3 May 2026. It was stored; a person will look at both.",
        ),
        ("store", "edited", 1.0, "It was stored for this case, too."),
        ("store", "same-scene", 1.0, "both will be shown together"),
    ],
)
def test_reasons(action, relation, confidence, said):
    assert said in reason(Action(action), FileIdentity(), mention(relation, confidence))


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        ("a", "The earlier one is this one, cropped. This one shows more than the earlier one."),
        ("b", "This one is the earlier one, cropped. The earlier one shows more than this one."),
    ],
)
def test_what_differs_is_said_from_the_uploaders_side(upload, said):
    words = ("The second is the first, cropped.", "The first shows more than the second.")
    evidence = Evidence(method="photo", words=words)
    verdict = Verdict(relation=Relation.EDITED, confidence=1.0, evidence=evidence)
    cropped = replace(mention("edited"), verdict=verdict, upload=upload)
    assert said in reason(Action.HOLD, FileIdentity(), cropped)


def test_nothing_like_it():
    assert reason(Action.STORE, FileIdentity(), None) == "It was stored as new."
    assert reason(Action.STORE, FileIdentity(), None, done=False) == "It would be stored as new."


def test_others_are_counted():
    said = reason(Action.LINK, FileIdentity(), mention("same-bytes"), more=1)
    assert said.endswith("1 more related one is listed.")


def test_what_could_not_be_read():
    problem = Problem(inner="", code="truncated", message="The file ends early. Send it again.")
    said = reason(Action.STORE, FileIdentity(problems=(problem,) * 3), None)
    assert "It could not be read (truncated)" in said
    assert "Send it again." in said
    assert "2 more" in said


def test_names_stay_on_their_line():
    assert shown("a\nb\x00c\u202egpj.exe") == "a b c gpj.exe"
    assert len(shown("n" * 255)) == 80
    assert "\n" not in reason(Action.LINK, FileIdentity(), mention("same-bytes", name="x\n\nIt was deleted."))


def test_days_do_not_depend_on_the_language():
    assert day(datetime(2026, 12, 1, tzinfo=UTC)) == "1 December 2026"
