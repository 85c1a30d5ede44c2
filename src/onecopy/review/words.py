"""How refusals and reasons name answers and moments."""

from datetime import datetime

from onecopy.catalog.answers import Answered
from onecopy.model import Answer
from onecopy.spoken import day

ANSWERS = {
    Answer.SAME_KEEP_LEFT: "the same, keep left",
    Answer.SAME_KEEP_RIGHT: "the same, keep right",
    Answer.NEWER_VERSION_OF: "a newer version",
    Answer.BOTH_NEEDED: "both needed",
    Answer.NOT_RELATED: "not related",
    Answer.SKIP: "skipped",
    Answer.ASK_A_COLLEAGUE: "a colleague is asked",
}


def who_said(one: Answered) -> str:
    """``Ana answered 'both needed' on 3 May 2026 at 09:12 UTC``."""
    return f"{one.by} answered '{ANSWERS[one.given.answer]}' on {moment(one.at)}"


def moment(at: datetime) -> str:
    """A day and a time."""
    return f"{day(at)} at {at:%H:%M} UTC"
