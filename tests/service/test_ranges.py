import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from onecopy.service.api.ranges import part, tag, unchanged
from onecopy.service.problems import ProblemError

ETAG = tag("a" * 64)


def asked(value, size=100, **more):
    found = part(Headers({"range": value} | more), size, ETAG)
    return None if found is None else (found.start, found.size, found.header())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-0", (0, 1, "bytes 0-0/100")),
        ("bytes=10-19", (10, 10, "bytes 10-19/100")),
        ("Bytes = 10 - 19", (10, 10, "bytes 10-19/100")),
        ("bytes=90-", (90, 10, "bytes 90-99/100")),
        ("bytes=90-1000", (90, 10, "bytes 90-99/100")),
        ("bytes=-7", (93, 7, "bytes 93-99/100")),
        ("bytes=-1000", (0, 100, "bytes 0-99/100")),
        ("bytes=0-1,5-6", None),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("lines=1-2", None),
        ("", None),
    ],
)
def test_ranges(value, expected):
    assert asked(value) == expected


@pytest.mark.parametrize(("value", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0)])
def test_ranges_beyond_the_end(value, size):
    with pytest.raises(ProblemError) as refused:
        asked(value, size)
    assert (refused.value.status, refused.value.headers) == (416, {"Content-Range": f"bytes */{size}"})


def test_range_of_another_content_is_not_given():
    assert asked("bytes=0-1", **{"if-range": ETAG}) == (0, 2, "bytes 0-1/100")
    for other in ('"b"', f"W/{ETAG}", "Sat, 02 May 2026 10:00:00 GMT"):
        assert asked("bytes=0-1", **{"if-range": other}) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [(ETAG, True), (f'"x", W/{ETAG}', True), ("*", True), ('"x"', False), ("a" * 64, False), ("", False)],
)
def test_what_the_client_holds(said, expected):
    assert unchanged(Headers({"if-none-match": said}), ETAG) is expected


@given(st.text(), st.integers(0, 50))
def test_any_header_is_a_part_or_all_or_beyond(value, size):
    try:
        found = part(Headers(raw=[(b"range", value.encode("latin-1", "replace"))]), size, ETAG)
    except ProblemError:
        return
    assert found is None or (0 <= found.start < size and 0 < found.size <= size - found.start)
