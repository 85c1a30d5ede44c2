"""Sentences by what they say: in English as ever, through storage and back, and from the other side."""

import re
from datetime import UTC, datetime

import msgspec
import pytest

from onecopy.model import Evidence
from onecopy.sayings import TEXTS, Saying, Speaker, all_of, english, flipped, heard, said, say, told
from onecopy.verify.decide import Why


class Loud(Speaker):
    """Another language, as far as a test needs one."""

    is_english = False

    def text(self, text):
        return text.upper() if "%(" not in text else f"¡{text}!"

    def share(self, share):
        return f"{share * 100:.0f} pct"

    def day(self, at):
        return f"{at:%d.%m.%Y}"


FRAMED = said(
    "framed", how=[said("is-turned", degrees=90), said("cropped-left", share=0.25), said("is-mirrored")]
)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (said("changed", num=0), "One capture, changed in no places."),
        (said("changed", num=1), "One capture, changed in one place."),
        (
            said("changed-at", num=12, where=said("top-left")),
            "One capture, changed in 12 places (the largest at the top left).",
        ),
        (FRAMED, "The second is the first, turned by 90°, cropped on the left by 25%, mirrored."),
        (flipped(FRAMED), "The first is the second, turned by 90°, cropped on the left by 25%, mirrored."),
        (said("only-first", num=2, pages="2, 3"), "Only the first has pages 2, 3 as it is there."),
        (said("on-page", page=3, what=FRAMED), None),
        (said("which-version", num=2, name="A-1"), "Two versions of A-1: which one counts?"),
        (said("copies-image", copies=3, num=1), "The same image, 3 copies in one submission"),
        (said("derived", names=["a", "b"]), "Derived through a and b, the same image, where this was seen:"),
        (
            said("came-again", name="x.pdf", day=datetime(2026, 5, 3, tzinfo=UTC)),
            "'x.pdf' came on 3 May 2026 and shows what there was before.",
        ),
    ],
)
def test_what_it_says_in_english_also_after_it_was_stored(one, words):
    stored = msgspec.json.decode(msgspec.json.encode(one))
    assert heard(stored) == one
    assert say(heard(stored)) == say(one) == (words or f"Page 3: {say(FRAMED)}")


def test_another_language_says_it_its_own_way():
    said_so = say(FRAMED, Loud(), first="celle de gauche")
    assert (
        said_so
        == "¡THE SECOND is celle de gauche, ¡turned by 90°!, ¡cropped on the left by 25 pct!, MIRRORED.!"
    )


def test_of_two_that_lie_the_other_way_round_names_change_places():
    assert flipped(flipped(FRAMED)) == FRAMED
    assert say(flipped(FRAMED), first="the left one", second="the right one").startswith(
        "The left one is the right"
    )
    on_page = said("on-page", page=1, what=flipped(FRAMED))
    assert say(on_page).startswith("Page 1: The first is the second")


def test_evidence_without_it_is_quoted():
    words = ("The second is the first, cropped.", "One was sharpened.")
    found = all_of((), words)
    assert english(found) == words
    assert (
        say(found[0], first="this one", second="the earlier one") == "The earlier one is this one, cropped."
    )
    assert say(flipped(found[0])) == "The first is the second, cropped."
    assert say(found[0], Loud(), first="celle-ci") == words[0]
    assert all_of((FRAMED,), words[:1]) == (FRAMED,)


@pytest.mark.parametrize(
    "plain", [None, "clean", {}, {"code": "of-a-later-version", "values": {}}, ["clean"]]
)
def test_what_is_no_sentence_of_ours_is_not_said(plain):
    assert heard(plain) is None


def test_every_rule_has_its_sentence():
    assert {str(why) for why in Why} <= set(TEXTS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in TEXTS)


def test_evidence_has_both_and_comes_back_from_what_was_stored_before():
    evidence = Evidence(method="digest", **told(said("equal-bytes")))
    assert evidence.words == ("Every byte is equal.",)
    assert msgspec.convert(msgspec.to_builtins(evidence), Evidence) == evidence
    assert msgspec.convert({"method": "digest", "words": ["Every byte is equal."]}, Evidence).said == ()


def test_names_are_shown_as_they_are():
    hostile = said("counts-now", name="100%(first)s {code}")
    assert say(hostile) == "'100%(first)s {code}' counts now."
    assert say(said("counts-now", name={"code": "nowhere"})) == "'{'code': 'nowhere'}' counts now."
    assert say(Saying("clean", {"first": "x", "num": 3})) == TEXTS["clean"]
