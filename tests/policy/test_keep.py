"""The kept copy is the highest generation, whatever the order in which copies come."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecopy.policy.keep import PREFERENCES, Contender, choose

PLAIN = Contender(
    locator="b.jpg",
    width=4000,
    height=3000,
    format="jpeg",
    mode="RGB",
    lossless=False,
    quantisation=8.0,
    byte_size=3_000_000,
    camera=True,
    taken_at="2024-05-01T10:00:00",
    seen_at=1_700_000_000.0,
    document_id=None,
    sources=frozenset(),
    edited=False,
)


def other(**changes: object) -> Contender:
    return replace(PLAIN, **({"locator": "a.jpg"} | changes))


@pytest.mark.parametrize(
    ("lower", "rule"),
    [
        (other(poorer=True, width=8000), "not-derived"),
        (other(edited=True), "not-derived"),
        (other(width=640, height=480, camera=False), "larger"),
        (other(quantisation=20.0), "less-compressed"),
        (other(format="webp", quantisation=None), "less-compressed"),
        (other(format="png", lossless=True, quantisation=None, camera=False), "less-compressed"),
        (other(mode="L"), "colour"),
        (other(camera=False, taken_at=None), "capture"),
        (other(locator="a.pdf#page=1&image=1"), "own-file"),
        (other(taken_at="2024-05-02T10:00:00"), "taken-earlier"),
        (other(taken_at=None), "taken-earlier"),
        (other(seen_at=1_800_000_000.0), "seen-earlier"),
        (other(seen_at=None), "seen-earlier"),
        (other(byte_size=2_000_000), "more-bytes"),
        (other(locator="c.jpg"), "name"),
    ],
)
def test_the_lower_generation_goes(lower: Contender, rule: str) -> None:
    words = next(one.words for one in PREFERENCES if one.name == rule)
    assert choose([lower, PLAIN]) == (PLAIN, (words,))
    assert choose([PLAIN, lower]) == (PLAIN, (words,))


def test_a_scan_without_loss_is_kept_before_what_was_made_from_it() -> None:
    tiff = other(format="tiff", lossless=True, quantisation=None, camera=False)
    assert choose([replace(PLAIN, camera=False), tiff])[0] == tiff


def test_a_claim_names_the_copy_it_was_derived_from() -> None:
    source = other(document_id="xmp:1", width=3000)
    enlarged = replace(PLAIN, sources=frozenset({"xmp:1"}), edited=True)
    assert choose([enlarged, source])[0] == source


def test_an_edited_photograph_is_kept_before_a_stripped_thumbnail_of_it() -> None:
    thumbnail = other(width=200, height=150, camera=False, taken_at=None)
    edited = replace(PLAIN, edited=True)
    assert choose([thumbnail, edited])[0] == edited


def test_an_agency_may_put_other_rules_first() -> None:
    reordered = sorted(PREFERENCES, key=lambda one: one.name != "seen-earlier")
    early = other(width=100, seen_at=1.0)
    assert choose([PLAIN, early], reordered) == (early, ("It was there first.",))


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no copy"):
        choose([])


contenders = st.builds(
    lambda n, **changes: replace(PLAIN, locator=f"{n}.jpg", **changes),
    n=st.integers(0, 99),
    width=st.sampled_from([100, 4000]),
    lossless=st.booleans(),
    quantisation=st.sampled_from([None, 1.0, 9.0]),
    camera=st.booleans(),
    edited=st.booleans(),
    poorer=st.booleans(),
    seen_at=st.sampled_from([None, 1.0, 2.0]),
)


@given(st.lists(contenders, min_size=1, max_size=8, unique_by=lambda one: one.locator), st.data())
def test_the_order_of_copies_does_not_matter(copies: list[Contender], data: st.DataObject) -> None:
    assert choose(copies) == choose(data.draw(st.permutations(copies)))
    kept, reasons = choose(copies)
    assert kept in copies
    assert bool(reasons) == (len(copies) > 1)
