"""What becomes of a pair: the rulings of the design, on pictures made here."""

import importlib.util
import pathlib
import random

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps
from skimage import data

from onecopy.model import LINKABLE, Relation
from onecopy.verify import pair
from onecopy.verify.decide import Ruling, Why
from onecopy.verify.register import Placement

_spec = importlib.util.spec_from_file_location("verify_make", pathlib.Path(__file__).with_name("conftest.py"))
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)

AGAIN = {
    "jpeg-20": lambda im: make.recode(im, 20),
    "jpeg-60-twice": lambda im: make.recode(make.recode(im, 60), 30),
    "webp-30": lambda im: make.recode(im, 30, "WEBP"),
    "half": lambda im: make.recode(make.scaled(im, 0.5)),
    "third": lambda im: make.recode(make.scaled(im, 0.31), 60),
    "larger": lambda im: make.recode(make.scaled(im, 1.4)),
    "128 px": lambda im: make.recode(make.scaled(im, 128 / 500)),
    "grey": lambda im: make.recode(im.convert("L").convert("RGB")),
    "brighter": lambda im: make.recode(ImageEnhance.Brightness(im).enhance(1.3)),
    "contrast": lambda im: make.recode(ImageEnhance.Contrast(im).enhance(1.4)),
    "gamma": lambda im: make.recode(im.point([int(255 * (i / 255) ** 0.7) for i in range(256)] * 3)),
    "soft": lambda im: make.recode(im.filter(ImageFilter.GaussianBlur(1))),
    "sharpened": lambda im: make.recode(im.filter(ImageFilter.UnsharpMask(2, 80, 0)), 90),
    "turned": lambda im: make.recode(im.transpose(Image.Transpose.ROTATE_90)),
    "256 colours": lambda im: im.quantize(256).convert("RGB"),
    "16 greys": lambda im: ImageOps.posterize(im.convert("L"), 4).convert("RGB"),
}


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("turned", [False, True])
def test_encoded_again_is_the_same_image(judge, photo, name, turned):
    """Whichever of the two is named first: most of these cannot be undone."""
    pair = [photo, AGAIN[name](photo)]
    ruling, exam = judge(*reversed(pair)) if turned else judge(*pair)
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.residual.worst)


def stamped(image: Image.Image) -> Image.Image:
    image = image.copy()
    font = ImageFont.load_default(18)
    ImageDraw.Draw(image).text((360, 365), "21/03/2026", fill=(255, 140, 0), font=font)
    return image


def patched(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.paste(image.crop((20, 20, 60, 60)), (300, 200))
    return image


def watermarked(image: Image.Image) -> Image.Image:
    veil = Image.new("L", image.size, 0)
    font, draw = ImageFont.load_default(34), ImageDraw.Draw(veil)
    for y in range(10, image.height, 60):
        for x in range(-40 + y % 120, image.width, 190):
            draw.text((x, y), "SAMPLE COPY", fill=70, font=font)
    return Image.composite(Image.new("RGB", image.size, "white"), image, veil)


def slanted(image: Image.Image) -> Image.Image:
    """Its right side a tenth shorter than its left, as seen from one side."""
    width, height = image.size
    inwards = 0.05 * height
    before = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    after = np.array([[0, 0], [width, inwards], [width, height - inwards], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(before, after)
    return Image.fromarray(cv2.warpPerspective(np.asarray(image), matrix, image.size, flags=cv2.INTER_CUBIC))


EDITED = {
    "stamp": lambda im: make.recode(stamped(im)),
    "retouched": lambda im: make.recode(patched(im)),
    "cropped": lambda im: make.recode(im.crop((60, 40, 460, 380))),
    "cropped a little": lambda im: make.recode(im.crop((0, 0, 485, 400))),
    "half of it": lambda im: make.recode(make.scaled(im.crop((100, 50, 450, 330)), 0.7)),
    "border": lambda im: make.recode(ImageOps.expand(im, 24, "white")),
    "mirrored": lambda im: make.recode(ImageOps.mirror(im)),
    "stretched": lambda im: make.recode(im.resize((580, 400))),
    "rotated": lambda im: make.recode(im.rotate(6, Image.Resampling.BICUBIC)),
    "watermark all over": lambda im: make.recode(watermarked(im), 90),
    "seen at a slant": lambda im: make.recode(slanted(im)),
}


@pytest.mark.parametrize("name", EDITED)
def test_changed_content_or_framing_is_edited(judge, photo, name):
    ruling, exam = judge(photo, EDITED[name](photo))
    assert ruling.relation is Relation.EDITED, (ruling, exam and exam.residual.worst)


@pytest.mark.parametrize("colour", ["black", "white", (120, 120, 120)])
@pytest.mark.parametrize(
    "box",
    [
        (180, 120, 400, 300),
        (0, 310, 500, 400),
        (230, 180, 260, 200),
        (0, 200, 500, 207),
        (100, 200, 400, 203),
    ],
)
def test_what_is_painted_over_is_never_noise(judge, photo, colour, box):
    # Where a picture has no flat part of its own, a painted one is all there is in its class of structure.
    rng = np.random.default_rng(4)
    busy = np.asarray(photo).astype(np.float32) + np.repeat(rng.normal(0, 22, (400, 500, 1)), 3, 2)
    image = Image.fromarray(np.clip(busy, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    painted = image.copy()
    ImageDraw.Draw(painted).rectangle(box, fill=colour)
    ruling, exam = judge(image, make.recode(painted))
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.residual.worst)


def test_a_plan_on_a_dark_ground_is_itself(judge):
    plan = ImageOps.invert(make.form().convert("L")).point(lambda v: 105 + v * 0.5).convert("RGB")
    assert judge(plan, make.recode(plan, 90))[0].relation is Relation.SAME_IMAGE


@pytest.mark.parametrize("share", [0.01, 0.02, 0.08, 0.15])
def test_a_page_with_a_side_cut_off_is_no_scan_of_its_own(judge, share):
    page = make.rescanned(make.form(), 3)
    cut = page.crop((round(page.width * share), 0, page.width, page.height))
    assert judge(page, make.recode(cut, 85))[0].relation is Relation.EDITED


def test_the_order_of_a_pair_does_not_matter(judge, photo):
    for change in (EDITED["stamp"], EDITED["cropped"], AGAIN["half"]):
        other = change(photo)
        assert judge(photo, other)[0].relation is judge(other, photo)[0].relation


def test_different_photographs_are_distinct(judge, photo, other_photo):
    assert judge(photo, other_photo)[0].relation is Relation.DISTINCT


@pytest.mark.parametrize(("sigma", "quality"), [(4, 95), (5, 80), (7, 90)])
def test_a_second_exposure_from_a_tripod_is_another_capture(judge, sigma, quality):
    """Nothing moved; only the noise of the sensor is another."""
    scene = Image.fromarray(data.astronaut())
    one, other = (make.recode(make.grainy(scene, seed, sigma), quality) for seed in (11, 12))
    ruling, exam = judge(one, other)
    assert ruling.relation is Relation.SAME_SCENE, (ruling, exam and exam.grain)
    again = make.recode(make.recode(one, quality), 75)
    assert judge(one, again)[0].relation is Relation.SAME_IMAGE


def test_a_second_exposure_is_never_linked(judge, photo):
    """A fixed camera, other noise, and something that moved by two pixels."""
    moved = photo.copy()
    moved.paste(photo.crop((200, 150, 260, 210)), (202, 150))
    again = make.recode(make.grainy(moved, seed=9, sigma=3), 92)
    assert judge(make.recode(photo, 92), again)[0].relation not in LINKABLE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Valuation", "$ 36,500.00"),
        ("Parcel number", "0417-388-027"),
        ("Date received", "5 May 2026"),
        ("Contractor licence", "B-774 108"),
    ],
)
@pytest.mark.parametrize("scan", [False, True])
def test_one_changed_character_at_150_dpi_is_found(judge, field, value, scan):
    one, other = make.form(), make.form({field: value})
    if scan:
        one, other = make.rescanned(one, 3), make.rescanned(other, 4, angle=-0.4)
    ruling, exam = judge(one, other)
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)


FILTERS = (
    ImageFilter.UnsharpMask(2, 60, 2),
    ImageFilter.UnsharpMask(2, 220, 2),
    ImageFilter.GaussianBlur(1.0),
)


@pytest.mark.parametrize("sharpness", FILTERS)
def test_sharpness_neither_hides_nor_makes_a_change_on_a_page(judge, sharpness):
    page, other = (make.rescanned(make.form(fields), 3) for fields in ({}, {"Date received": "8 May 2026"}))
    same, exam = judge(page, make.recode(page.filter(sharpness), 90))
    assert same.relation is Relation.SAME_IMAGE, (same, exam and exam.residual.worst)
    changed = other.filter(sharpness)
    ruling, exam = judge(page, make.recode(changed, 90))
    assert ruling.relation not in LINKABLE, (ruling, exam and exam.strokes)


def test_forms_of_one_template_are_no_question(judge):
    one = make.form()
    other = make.form(
        {"Applicant": "Theo Nakagawa", "Valuation": "$ 9,100.00", "Site address": "7 Quarry Lane"}
    )
    assert judge(one, other)[0].relation is Relation.SAME_FORM


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sheet_scanned_twice_is_the_same_image(judge, seed):
    page = make.form()
    angle = random.Random(seed).uniform(-1.5, 1.5)
    ruling, exam = judge(make.rescanned(page, seed), make.rescanned(page, seed + 50, angle=angle))
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.strokes)


def test_a_sheet_that_lay_askew_shows_more_round_its_corners(judge):
    page = make.form()
    turned = page.convert("L").rotate(4.8, Image.Resampling.BICUBIC, expand=True, fillcolor=252)
    ruling, exam = judge(make.rescanned(page, 1, angle=0), make.rescanned(turned, 2, angle=0))
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.strokes)


def test_a_form_too_small_to_read_is_unclear(judge):
    page = make.form()
    ruling, _ = judge(page, make.recode(make.scaled(page, 200 / page.width)))
    assert ruling.relation is Relation.UNCLEAR
    assert ruling.why is Why.TOO_SMALL_TO_READ


def test_a_ticked_box_is_found(judge):
    one = make.form()
    other = one.copy()
    ImageDraw.Draw(other).line([(1000, 130), (1006, 138), (1020, 116)], fill=(20, 20, 90), width=3)
    assert judge(make.recode(one), make.recode(other))[0].relation not in LINKABLE


def test_a_bright_picture_and_its_negative_are_not_linked_blindly(judge, photo):
    """A negative can be undone, but it is not the picture as it was."""
    ruling, _ = judge(photo, ImageOps.invert(photo))
    assert ruling.relation in {Relation.EDITED, Relation.UNCLEAR, Relation.DISTINCT, Relation.SAME_SCENE}


def test_recoloured_is_edited(judge, photo):
    pixels = np.asarray(photo).copy()
    pixels[120:220, 150:260] = pixels[120:220, 150:260][..., [2, 1, 0]]
    assert judge(photo, make.recode(Image.fromarray(pixels), 90))[0].relation is Relation.EDITED


@pytest.mark.parametrize("weights", [(1 / 3, 1 / 3, 1 / 3), (0, 1, 0), (0.2126, 0.7152, 0.0722)])
def test_grey_by_any_weights_is_the_same_image(judge, other_photo, weights):
    grey = np.asarray(other_photo) @ np.array(weights)
    ruling, exam = judge(other_photo, make.recode(Image.fromarray(grey.astype(np.uint8)).convert("RGB"), 85))
    assert ruling.relation is Relation.SAME_IMAGE, (ruling, exam and exam.residual.worst)


def test_a_sheet_scanned_to_black_and_white_is_not_another(judge):
    """Most of a page is ground: a tone fitted on that alone would wipe out the marks."""
    page = make.form()
    grey = make.rescanned(page, 5, angle=0.6)
    levels = np.asarray(make.rescanned(page, 6, angle=-0.3).convert("L"))
    sharp = Image.fromarray(np.where(levels > 150, 255, 0).astype(np.uint8)).convert("RGB")
    ruling, exam = judge(grey, sharp)
    assert ruling.relation in {Relation.SAME_IMAGE, Relation.UNCLEAR}, (ruling, exam and exam.strokes)
    other = make.rescanned(make.form({"Parcel number": "0417-388-027"}), 5, angle=0.6)
    assert judge(other, sharp)[0].relation not in LINKABLE


def test_finer_points_are_not_sought_where_photographs_lie_as_said_and_differ(photo, other_photo):
    moved = photo.copy()
    for left in range(0, 500, 100):
        for top in range(0, 400, 100):
            moved.paste(other_photo.crop((left, top, left + 20, top + 20)), (left + 20, top + 20))
    views = make.to_view(photo), make.to_view(make.grainy(moved, seed=9, sigma=6))
    few, many = (Placement(np.eye(3), "points", count) for count in (8.0, 20.0))
    seen = pair._try(*views, few)
    assert seen is not None
    assert seen[0].relation is Relation.SAME_SCENE
    assert not pair._worth_finer(seen, [few])
    assert pair._worth_finer(seen, [many]), "a slant has many points and little that agrees"
    assert pair._worth_finer(seen, [Placement(np.eye(3), "frame", 0.8)]), "nothing said where it is"
    unseen = (Ruling(Relation.DISTINCT, 0.9, Why.UNRELATED, None), None)
    assert not pair._worth_finer(unseen, [few])
