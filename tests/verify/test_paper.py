"""Scans of paper: the same sheet again, also in black and white, and another character on it."""

import importlib.util
import pathlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from onecopy.model import LINKABLE, Relation
from onecopy.verify.cutting import expect
from onecopy.verify.decide import rule
from onecopy.verify.patches import largest, smoothed
from onecopy.verify.surprise import surprise
from onecopy.verify.warp import settle
from onecopy.verify.writing import is_written

_spec = importlib.util.spec_from_file_location("verify_make", pathlib.Path(__file__).with_name("conftest.py"))
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)


def thresholded(page: Image.Image, level: int = 150) -> Image.Image:
    levels = np.asarray(page.convert("L"))
    return Image.fromarray(np.where(levels > level, 255, 0).astype(np.uint8)).convert("RGB")


def scans(values=None, *, dpi: int = 150) -> tuple[Image.Image, Image.Image]:
    """A page scanned twice, once with other values."""
    one = make.rescanned(make.form(dpi=dpi), 5, angle=0.6)
    return one, make.rescanned(make.form(values, dpi=dpi), 6, angle=-0.3)


@pytest.mark.parametrize(("dpi", "large"), [(220, False), pytest.param(380, True, marks=pytest.mark.slow)])
def test_a_sheet_scanned_again_to_black_and_white_is_the_same_image(judge, dpi, large):
    """The larger page is beyond the working size: what is black and white must be known before it shrinks."""
    one, again = scans(dpi=dpi)
    ruling, exam = judge(one, thresholded(again))
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.strokes)
    assert exam is not None
    assert exam.cut
    assert (exam.coarse.scale < 1) is large
    exam.__dict__["surprise"] = 0.9  # as an S for a 5 leaves
    assert rule(exam).relation is Relation.UNCLEAR


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("value", ["0417-388-027", "0417-888-021"])
def test_another_character_in_black_and_white_is_found(judge, both, value):
    one, other = scans({"Parcel number": value})
    ruling, exam = judge(thresholded(one) if both else one, thresholded(other))
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)


def test_letters_too_small_for_black_and_white_are_unclear(judge):
    one, again = (make.scaled(page, 0.5) for page in scans())
    assert judge(one, thresholded(again))[0].relation not in LINKABLE


@pytest.mark.parametrize("pair", ["55", "5S", "gq"])
def test_small_print_in_black_and_white_is_unclear(judge, pair):
    """Of eight points at 150 dots an inch nobody can say which letter it was."""
    one, other = (make.rescanned(_small_print(letter), 7 + n) for n, letter in enumerate(pair))
    for page in (one, thresholded(one)):
        ruling, exam = judge(page, thresholded(other))
        assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)


@pytest.mark.parametrize(("pair", "points"), [("lI", 7), ("lI", 8)])
def test_a_letter_that_a_threshold_leaves_alike_is_not_linked(judge, pair, points):
    """At 220 dots an inch the strokes of an l and an I are the same."""
    one, other = (make.rescanned(_small_print(letter, points, 220), 7 + n) for n, letter in enumerate(pair))
    ruling, exam = judge(one, thresholded(other, 115))
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)


def test_two_scans_in_black_and_white_are_unclear_unless_they_are_one(judge):
    one, again = (thresholded(page) for page in scans(dpi=220))
    assert judge(one, again)[0].relation is Relation.UNCLEAR
    assert judge(one, one.rotate(90, expand=True))[0].relation is Relation.SAME_IMAGE


def test_a_page_turned_black_and_white_is_surprising_where_it_was_sure_to_be_white():
    expected = np.tile(np.linspace(0, 255, 120, dtype=np.float32), (60, 1))
    cut = np.where(expected > 128, 255, 0).astype(np.float32)
    everywhere = np.ones(cut.shape, bool)
    assert surprise([expected], cut, everywhere, target_is_cut=True) < 0.5
    cut[30:32, 114:117] = 0
    assert surprise([expected], cut, everywhere, target_is_cut=True) > 1
    assert surprise([cut], expected, everywhere, target_is_cut=False) > 1
    assert surprise([expected, cut], cut, everywhere, target_is_cut=True) < 0.5


def _small_print(letter: str, points: float = 8, dpi: int = 150) -> Image.Image:
    """A form with small writing below, one letter of which is given."""
    page, unit = make.form(dpi=dpi), dpi / 150
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(int(points * dpi / 72 + 0.5))
    for row in range(2):
        text = "0123456789 ABCDEFGHIJKLM NOPQRSTUVWXYZ abcdefghijklm nopqrstuvwxyz"
        draw.text((60 * unit, (620 + 30 * row) * unit), text, fill=(60, 60, 60), font=font)
    draw.text((760 * unit, 650 * unit), f"Form 24{letter}", fill=(60, 60, 60), font=font)
    return page


def test_a_letter_that_differs_by_less_than_a_pixel_is_found(judge):
    """No ink of a 5 is farther than a pixel from an S of eight points: it stands out all the same."""
    one, other = (make.rescanned(_small_print(letter), 7 + n) for n, letter in enumerate("5S"))
    ruling, exam = judge(one, other)
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)
    again = make.rescanned(_small_print("5"), 9, angle=-0.2)
    ruling, exam = judge(one, again)
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.strokes)


def test_a_threshold_explains_what_it_did_to_greys():
    grey = np.tile(np.linspace(0, 255, 200), (200, 1)).astype(np.uint8)[..., None]
    cut = np.where(grey > 120, 255, 0).astype(np.uint8)
    both = expect(grey, cut, np.ones((200, 200), bool), cut_source=False, cut_target=True)
    assert both.target is cut
    expected = both.source[100, :, 0].astype(int)
    assert expected[40] == 0
    assert expected[160] == 255
    assert (np.diff(expected) >= 0).all()


def test_a_patch_is_held_against_what_is_usual():
    rng = np.random.default_rng(2)
    inked = np.ones((240, 240), bool)
    usual = rng.normal(0, 0.12, inked.shape).astype(np.float32)
    assert largest(smoothed(usual), inked, cut=False) < 1
    usual[100:104, 100:104] = 0.6
    assert largest(smoothed(usual), inked, cut=False) > 1


def test_broad_shapes_are_no_writing():
    page = np.asarray(make.form().convert("L"))
    assert is_written(page)
    board = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(board).rectangle((40, 40, 200, 90), fill=0)
    assert not is_written(np.asarray(board))


def test_lines_alone_move_nothing():
    """Where a tile shows one long line only, correlation finds any shift along it, and noise finds others."""
    page = np.full((300, 300), 235, np.float32)
    page[148:150] = 30
    page += np.random.default_rng(1).normal(0, 3, page.shape).astype(np.float32)
    again = np.full((300, 300), 235, np.float32)
    again[148:150] = 30
    settled = settle(page, again, np.ones(page.shape, bool))
    assert np.abs(settled - page).mean() < 1
