"""A first look at small size: what has nothing in common ends there, what has is decoded and judged."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage import data

from onecopy.decode.images import ImagePicture, open_picture
from onecopy.fingerprint.identify import fingerprint
from onecopy.model import Limits, Relation, Verdict
from onecopy.verify import task
from onecopy.verify.interface import ImageRef, VerifyArgs
from onecopy.verify.view import DECODE_SIDE, GLANCE_SIDE

_SIZE = (DECODE_SIDE, 1500)


def stored(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def large(pixels: np.ndarray, seed: int) -> Image.Image:
    """As a camera would store it: large, with grain."""
    image = ImageOps.fit(Image.fromarray(pixels), _SIZE, Image.Resampling.BICUBIC)
    noise = np.random.default_rng(seed).normal(0, 5, (_SIZE[1] // 2, _SIZE[0] // 2)).repeat(2, 0).repeat(2, 1)
    return Image.fromarray(np.clip(np.asarray(image) + noise[..., None], 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return large(data.astronaut(), 1)


@pytest.fixture
def decoded(monkeypatch) -> list[int | None]:
    """The sizes that were asked for, by workers that remember nothing."""
    asked: list[int | None] = []
    raster = ImagePicture.raster

    def noted(self, *, at_least=None, luma=False):
        asked.append(at_least)
        return raster(self, at_least=at_least, luma=luma)

    monkeypatch.setattr(ImagePicture, "raster", noted)
    for name in ("_VIEWS", "_SMALL"):
        monkeypatch.setattr(task, name, task._Recent(pixels=10_000_000, key_points=0))
    return asked


def judged(asked: list[int | None], *files: bytes) -> Verdict:
    limits = Limits()
    refs = tuple(
        ImageRef(file=n, inner="", fingerprint=fingerprint(open_picture(one, limits)))
        for n, one in enumerate(files)
    )
    asked.clear()
    return task.verify(files, VerifyArgs(images=refs, pairs=((0, 1),), limits=limits)).verdicts[0]


def test_what_has_nothing_in_common_is_decoded_small_only(photo, decoded, monkeypatch):
    files = stored(photo), stored(large(data.coffee(), 2))
    first = judged(decoded, *files)
    assert decoded == [GLANCE_SIDE, GLANCE_SIDE]
    assert first.relation is Relation.DISTINCT
    monkeypatch.setattr(task, "is_hopeless", lambda a, b: False)
    assert judged(decoded, *files) == first
    assert DECODE_SIDE in decoded


def test_a_pair_is_not_decoded_small_that_looks_alike_as_a_whole(photo, decoded):
    verdict = judged(decoded, stored(photo), stored(photo, quality=20))
    assert verdict.relation in (Relation.SAME_IMAGE, Relation.UNCLEAR)
    assert decoded == [DECODE_SIDE, DECODE_SIDE]


def small_crop(image: Image.Image) -> bytes:
    return stored(image.crop((600, 200, 1300, 700)))


def compressed_crop(image: Image.Image) -> bytes:
    return stored(image.crop((0, 0, 1300, 1300)).resize((500, 500)), quality=15)


def mirrored(image: Image.Image) -> bytes:
    return stored(ImageOps.mirror(image))


def with_alpha(image: Image.Image) -> bytes:
    part = image.crop((200, 0, 1600, 1400)).resize((640, 640))
    alpha = Image.new("L", part.size, 255)
    alpha.paste(0, (0, 560, 100, 640))
    part.putalpha(alpha)
    return stored(part, "PNG")


@pytest.mark.parametrize("change", [small_crop, compressed_crop, mirrored, with_alpha])
def test_what_has_something_in_common_is_decoded_and_found(photo, decoded, change):
    verdict = judged(decoded, stored(photo), change(photo))
    assert verdict.relation in (Relation.EDITED, Relation.UNCLEAR)
    assert DECODE_SIDE in decoded


def test_a_page_in_black_and_white_is_found(decoded):
    page = ImageOps.fit(Image.fromarray(data.page()), _SIZE, Image.Resampling.BICUBIC)
    cut = page.crop((200, 300, 1800, 1400)).point(lambda level: 255 * (level > 120)).convert("1")
    verdict = judged(decoded, stored(page), stored(cut, "PNG"))
    assert verdict.relation is not Relation.DISTINCT
    assert DECODE_SIDE in decoded
