"""Recipes rebuild a content to the byte, or are not made."""

import hashlib
import io
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecopy.errors import UnreadableError
from onecopy.vault.recipe import Recipe, Span, decoded, find, opened, rebuilds


def name(data):
    return hashlib.sha256(data).hexdigest()


def found(base, content, most=1 << 20):
    return find(base, name(base), content, name(content), most=most)


SHARED = random.Random(7).randbytes(20_000)
EDIT = st.tuples(st.integers(0, 20_000), st.integers(0, 500), st.binary(max_size=300))


@settings(max_examples=60, deadline=None)
@given(edits=st.lists(EDIT, max_size=6))
def test_edited_bytes_are_rebuilt(edits):
    content = SHARED
    for at, cut, put in edits:
        content = content[:at] + put + content[at + cut :]
    recipe = found(SHARED, content)
    if recipe is None:  # nothing much of it is left
        assert len(content) < 20_000 - 6 * 400
        return
    assert decoded(recipe.encoded()) == recipe
    assert rebuilds(recipe, io.BytesIO(SHARED))
    assert len(recipe.encoded()) < 1000 + sum(len(put) + 200 for _, _, put in edits)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 21_000), st.integers(0, 9_000))
def test_any_part_can_be_read(start, length):
    content = b"head" + SHARED[:7_000] + b"middle" * 20 + SHARED[7_100:] + b"tail"
    with opened(found(SHARED, content), io.BytesIO(SHARED)) as file:
        file.seek(start)
        assert file.read(length) == content[start : start + length]
        assert file.read() == content[start + length :]
        file.seek(-3, io.SEEK_END)
        assert file.read(9) == b"ail"


def test_what_shares_nothing_has_no_recipe():
    other = random.Random(8).randbytes(20_000)
    assert found(SHARED, other) is None
    assert found(SHARED, b"") is None
    assert found(b"", SHARED) is None
    assert found(SHARED, SHARED[:10_000] + other, most=5_000) is None


def test_another_base_is_noticed():
    recipe = found(SHARED, b"x" + SHARED)
    assert rebuilds(recipe, io.BytesIO(SHARED))
    assert not rebuilds(recipe, io.BytesIO(SHARED[:-1] + b"?"))
    assert not rebuilds(recipe, io.BytesIO(SHARED[:-1]))


@pytest.mark.parametrize(
    "change",
    [
        {"size": 5},
        {"base": "../../etc/passwd"},
        {"sha256": "x"},
        {"kind": "spans 9"},
        {"spans": (Span(-5, start=0), Span(20_006, start=0))},
        {"spans": (Span(20_001, start=-1),)},
        {"spans": (Span(20_001, own=b"short"),)},
        {"spans": (Span(1),) * 20_001},
    ],
)
def test_recipes_that_are_not_sound_are_refused(change):
    recipe = found(SHARED, b"x" + SHARED)
    with pytest.raises(UnreadableError) as caught:
        decoded(msgspec.structs.replace(recipe, **change).encoded())
    assert caught.value.code == "corrupt"


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_no_recipe(noise):
    with pytest.raises(UnreadableError):
        decoded(noise)


def test_a_recipe_says_what_it_is_for():
    assert isinstance(found(SHARED, SHARED), Recipe)
