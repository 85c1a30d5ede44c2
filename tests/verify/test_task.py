"""The task as callers meet it: files in, verdicts with evidence out."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from onecopy.decode.images import open_picture
from onecopy.fingerprint.identify import fingerprint
from onecopy.model import Limits, Relation
from onecopy.verify.interface import ImageRef, PictureArgs, VerifyArgs
from onecopy.verify.picture import picture
from onecopy.verify.task import verify
from onecopy.verify.writing import is_broad


def stored(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def refs(*files: bytes) -> tuple[ImageRef, ...]:
    limits = Limits()
    return tuple(
        ImageRef(file=n, inner="", fingerprint=fingerprint(open_picture(data, limits)))
        for n, data in enumerate(files)
    )


@pytest.fixture(scope="module")
def judge_files():
    def judge(*files: bytes):
        images = refs(*files)
        args = VerifyArgs(images=images, pairs=((0, 1),), limits=Limits())
        return verify(files, args).verdicts[0], images

    return judge


def test_a_crop_is_explained_in_the_pixels_of_both(judge_files, photo):
    whole = stored(photo, "JPEG", quality=92)
    part = stored(photo.crop((100, 80, 460, 380)), "JPEG", quality=85)
    verdict, _ = judge_files(whole, part)
    assert verdict.relation is Relation.EDITED
    evidence = verdict.evidence
    assert evidence.contains == "a"
    assert evidence.original == "a"
    matrix = np.array(evidence.transform).reshape(3, 3)
    assert matrix @ [0, 0, 1] == pytest.approx([100, 80, 1], abs=0.3)
    assert any("cropped on the left by 20%" in sentence for sentence in evidence.words)


def test_a_changed_place_is_marked(judge_files, photo):
    changed = photo.copy()
    changed.paste(photo.crop((20, 20, 60, 60)), (300, 200))
    verdict, _ = judge_files(stored(photo), stored(changed, "JPEG", quality=90))
    assert verdict.relation is Relation.EDITED
    x, y, width, height = verdict.evidence.regions[0].a
    assert 280 <= x <= 302
    assert 180 <= y <= 202
    assert x + width >= 335
    assert y + height >= 235


def test_transparency_is_judged_over_every_ground(judge_files, photo):
    alpha = Image.new("L", photo.size, 255)
    alpha.paste(0, (0, 0, 200, 150))
    cut = photo.copy()
    cut.putalpha(alpha)
    on_white = Image.new("RGB", photo.size, "white")
    on_white.paste(cut, mask=alpha)
    verdict, _ = judge_files(stored(cut), stored(on_white, "JPEG", quality=92))
    assert verdict.relation is Relation.SAME_IMAGE
    whole, _ = judge_files(stored(cut), stored(photo.convert("RGBA")))
    assert whole.relation is not Relation.SAME_IMAGE


def test_a_pair_can_be_drawn(judge_files, photo):
    files = (stored(photo), stored(photo.crop((50, 50, 400, 350))))
    verdict, images = judge_files(*files)
    drawn = picture(files, PictureArgs(a=images[0], b=images[1], verdict=verdict, limits=Limits()))
    image = Image.open(io.BytesIO(drawn.png))
    assert image.width > 3 * 450


def test_strangers_are_drawn_side_by_side(judge_files, photo, other_photo):
    files = (stored(photo), stored(other_photo))
    verdict, images = judge_files(*files)
    assert verdict.relation is Relation.DISTINCT
    drawn = picture(files, PictureArgs(a=images[0], b=images[1], verdict=verdict, limits=Limits()))
    assert Image.open(io.BytesIO(drawn.png)).size[0] > 1000


def test_a_screenshot_is_not_the_original(judge_files, photo):
    window = Image.new("RGB", (620, 520), (43, 45, 48))
    window.paste((60, 63, 66), (0, 0, 620, 40))
    window.paste(photo, (60, 70))
    verdict, _ = judge_files(stored(photo, "JPEG", quality=90), stored(window))
    assert verdict.relation is Relation.EDITED
    assert verdict.evidence.contains == "b"
    assert verdict.evidence.original == "a"


def on_nothing(draw_on, size: tuple[int, int]) -> Image.Image:
    """White that is seen through: nearly nothing on white, all of it on black."""
    alpha = Image.new("L", size, 0)
    draw_on(ImageDraw.Draw(alpha))
    made = Image.new("RGBA", size, (246, 248, 255, 0))
    made.putalpha(alpha)
    return made


def test_what_white_hides_is_judged_on_black(judge_files):
    def waves(draw: ImageDraw.ImageDraw, *, lower: int = 0) -> None:
        for n in range(40, 560, 40):
            draw.ellipse((n, 40 + n // 4, n + 150, 260 - n // 8), outline=200, width=9)
        draw.rectangle((300, 120 + lower, 380, 200 + lower), fill=230)

    one = on_nothing(waves, (720, 320))
    same, _ = judge_files(stored(one), stored(one.resize((540, 240), Image.Resampling.LANCZOS)))
    assert same.relation in {Relation.SAME_IMAGE, Relation.UNCLEAR}
    assert same.evidence.measures["support"] > 0.9
    other = on_nothing(lambda draw: waves(draw, lower=60), (720, 320))
    assert judge_files(stored(one), stored(other))[0].relation is not Relation.SAME_IMAGE


def test_an_emblem_has_nothing_to_read(judge_files):
    """Small as it is, no character could hide in a star; in one with a letter beside it one could."""
    points = [(80, 5), (98, 60), (155, 60), (108, 95), (126, 152), (80, 117), (34, 152), (52, 95), (5, 60)]
    star = Image.new("L", (160, 160), 255)
    ImageDraw.Draw(star).polygon([*points, (62, 60)], fill=30)
    verdict, _ = judge_files(stored(star), stored(star.convert("RGB"), "JPEG", quality=92))
    assert verdict.relation is Relation.SAME_IMAGE
    assert is_broad(np.asarray(star))
    ImageDraw.Draw(star).text((140, 140), "7", fill=30)
    assert not is_broad(np.asarray(star))
