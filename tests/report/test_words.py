from hypothesis import given
from hypothesis import strategies as st

from onecopy.model import Relation
from onecopy.report import words


def test_sizes_have_decimal_units():
    assert words.size(0) == "0 bytes"
    assert words.size(1) == "1 byte"
    assert words.size(999) == "999 bytes"
    assert words.size(1000) == "1.0 kB"
    assert words.size(999_499) == "999 kB"
    assert words.size(999_500) == "1.0 MB"
    assert words.size(1_440_000_000) == "1.4 GB"
    assert words.size(2_500_000_000_000_000) == "2.5 PB"


def test_counts_have_plurals_and_separators():
    assert words.count(1, "image") == "1 image"
    assert words.count(0, "image") == "0 images"
    assert words.count(12_345, "copy", "copies") == "12,345 copies"


def test_per_cent_is_zero_or_a_hundred_only_where_exact():
    assert words.percent(0) == "0%"
    assert words.percent(1) == "100%"
    assert words.percent(1e-6) == "under 0.1%"
    assert words.percent(1 - 1e-6) == "over 99.9%"
    assert words.percent(0.254) == "25%"
    assert words.percent(0.042) == "4.2%"
    assert words.percent(0.996) == "99.6%"


@given(st.floats(0, 1, exclude_max=True))
def test_confidence_never_promises_more_than_it_is(value):
    shown = float(words.confidence(value).rstrip("%"))
    assert shown <= value * 100 + 1e-6
    assert shown < 100 or value > 0.999999


def test_money():
    assert words.money(0) == "$0"
    assert words.money(0.001) == "under $0.01"
    assert words.money(3.5) == "$3.50"
    assert words.money(12_345.6) == "$12,346"


def test_titles_are_the_innermost_name():
    assert words.title("photos/a.jpg") == "a.jpg"
    assert words.title("plans.zip!/2026/sheet1.tif") == "sheet1.tif"
    assert words.title("a/permit.pdf#page=3&image=2") == "permit.pdf, page 3, image 2"
    assert words.title("a.zip!/b.pdf#page=2") == "b.pdf, page 2"
    assert words.title("odd%21name.jpg") == "odd%21name.jpg"


def test_invisible_characters_are_shown():
    assert words.visible("gpj\u202eexe.jpg") == "gpj‹U+202E›exe.jpg"
    assert words.visible("a\x00b\n") == "a‹U+0000›b‹U+000A›"
    assert words.visible("Straße 東京 😀") == "Straße 東京 😀"


def test_every_relation_has_a_name_and_a_meaning():
    assert set(words.NAMES) == set(words.MEANINGS) == set(Relation)
