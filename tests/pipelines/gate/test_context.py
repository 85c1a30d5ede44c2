from pathlib import Path

import pytest

from onecopy.errors import UsageError
from onecopy.pipelines.gate.context import LONGEST, LONGEST_NAME, checked
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
    ],
)
def test_what_is_refused(context):
    with pytest.raises(UsageError) as caught:
        checked(context, None)
    assert caught.value.code == "bad-context"
