from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from onecopy.errors import UsageError
from onecopy.pipelines.gate.context import LONGEST, LONGEST_NAME, checked, metadata, moment
from onecopy.pipelines.gate.model import Context


@pytest.mark.parametrize(
    ("context", "file", "name"),
    [
        (Context(case="c", name="a.jpg"), Path("/x/b.jpg"), "a.jpg"),
        (Context(case="c"), Path("/x/b.jpg"), "b.jpg"),
        (Context(case="c"), None, "unnamed"),
        (Context(case="c", name="two\nlines 100%"), None, "two\nlines 100%"),
        (Context(case="c", name="zero\0 100%"), None, "zero%00 100%25"),
        (Context(case="c", name="caf\udce9"), None, "caf%E9"),
    ],
)
def test_names(context, file, name):
    assert checked(context, file).name == name


def test_fields_are_stripped():
    found = checked(Context(case=" 24016\u2028", agency=" fire ", source="\tportal"), None)
    assert (found.case, found.agency, found.source) == ("24016", "fire", "portal")


@pytest.mark.parametrize(
    "context",
    [
        Context(case=""),
        Context(case=" \t"),
        Context(case="a\nb"),
        Context(case="a\u2028b"),
        Context(case="c" * (LONGEST + 1)),
        Context(case="c", agency="\0"),
        Context(case="c", source="\udce9"),
        Context(case="c", category="x" * (LONGEST + 1)),
        Context(case="c", uploader="a\x7f"),
        Context(case="c", name="n" * (LONGEST_NAME + 1)),
        Context(case="c", captured_at=datetime(2026, 5, 3)),
        Context(case="c", captured_at=datetime(1700, 5, 3, tzinfo=UTC)),
        Context(case="c", captured_at=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2)))),
        Context(case="c", metadata={"a": "x" * 9000}),
        Context(case="c", metadata={"a": "\0"}),
        Context(case="c", metadata={"\udce9": 1}),
        Context(case="c", metadata={"a": float("nan")}),
        Context(case="c", metadata={"a": object()}),
        Context(case="c", metadata={1: "a"}),
        Context(case="c", metadata={"a": [[[[[[[[]]]]]]]]}),
    ],
)
def test_what_is_refused(context):
    with pytest.raises(UsageError) as caught:
        checked(context, None)
    assert caught.value.code == "bad-context"


@pytest.mark.parametrize(
    "text", ["", "2026-05-03", "2026-05-03T09:12:44", "yesterday", "2026-13-03T09:12:44Z"]
)
def test_moments_say_their_zone(text):
    with pytest.raises(UsageError, match="2026-05-03T09:12:44-07:00"):
        moment("captured_at", text)


@pytest.mark.parametrize(
    "text", ["2026-05-03T16:12:44Z", " 2026-05-03T09:12:44-07:00 ", "2026-05-03T16:12:44.000+00:00"]
)
def test_moments(text):
    assert moment("captured_at", text) == datetime(2026, 5, 3, 16, 12, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"a": NaN}', '{"a": 1e999}', '{"a":' + "[" * 5000, "\udce9"]
)
def test_metadata_is_an_object(text):
    with pytest.raises(UsageError, match="metadata"):
        metadata(text)
