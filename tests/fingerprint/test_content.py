import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from onecopy.decode.interface import Raster
from onecopy.fingerprint.content import Box, inside_border, nothing_to_see, unmatchable, visible


def _raster(luma: np.ndarray, alpha: np.ndarray | None = None) -> Raster:
    return Raster(pixels=luma, alpha=alpha, full_width=luma.shape[1], full_height=luma.shape[0])


def _writing(ink: int, paper: int = 255) -> np.ndarray:
    page = Image.new("L", (300, 400), paper)
    draw = ImageDraw.Draw(page)
    for row in range(40, 360, 30):
        draw.text((40, row), "Permit application 2024-117, lot 12", fill=ink)
    return np.asarray(page)


def test_empty_pictures_are_named(random):
    noise = np.clip(random.normal(250, 2, (300, 400)), 0, 255).astype(np.uint8)
    speck = np.full((300, 400), 255, np.uint8)
    speck[10:14, 20:24] = 0
    assert nothing_to_see(np.full((300, 400), 255, np.uint8)) == "blank"
    assert nothing_to_see(np.full((300, 400), 80, np.uint8)) == "flat colour"
    assert nothing_to_see(noise) in ("blank", "nearly empty")
    assert nothing_to_see(speck) == "nearly empty"


def test_small_pictures_are_named():
    texture = np.arange(15 * 200, dtype=np.uint32).reshape(15, 200).astype(np.uint8)
    assert unmatchable(texture, 200, 15) == "too small: 200 × 15 pixels"
    assert unmatchable(texture, 2000, 150) is None


def test_pictures_are_not_empty(photos):
    for image in photos.values():
        assert nothing_to_see(np.asarray(image.convert("L"))) is None
    gradient = np.tile(np.linspace(0, 255, 300), (200, 1)).astype(np.uint8)
    assert nothing_to_see(gradient) is None


def test_faint_writing_is_seen(random):
    assert nothing_to_see(_writing(240)) is None
    scanned = _writing(200).astype(int) - 10 + random.normal(0, 2, (400, 300))
    assert nothing_to_see(np.clip(scanned, 0, 255).astype(np.uint8)) is None


def test_transparency_is_laid_on_white(photos):
    luma = np.asarray(photos["coffee"].convert("L"))
    alpha = np.zeros_like(luma)
    alpha[100:300, 100:400] = 255
    seen = visible(_raster(luma, alpha))
    assert (seen[alpha == 0] == 255).all()
    assert np.array_equal(seen[alpha == 255], luma[alpha == 255])
    assert visible(_raster(luma, np.full_like(luma, 255))) is luma


def test_white_on_nothing_is_still_seen():
    shape = 255 - _writing(0)
    for ink in (255, 0):
        seen = visible(_raster(np.full_like(shape, ink), shape))
        assert nothing_to_see(seen) is None
    assert nothing_to_see(visible(_raster(np.full_like(shape, 255), np.zeros_like(shape)))) == "blank"


def test_off_white_on_nothing_is_seen_on_black():
    shape = 255 - _writing(0)
    seen = visible(_raster(np.full_like(shape, 240), shape))
    assert np.ptp(seen) > 200


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_borders_are_found_to_the_pixel(ground, photos):
    canvas = Image.new("L", (500, 500), ground)
    canvas.paste(photos["coffee"].convert("L").crop((50, 50, 350, 250)), (100, 150))
    assert inside_border(np.asarray(canvas)) == Box(100, 150, 400, 350)


def test_different_borders_on_different_sides(photos):
    canvas = Image.new("L", (500, 400), 255)
    canvas.paste(0, (0, 0, 500, 60))
    canvas.paste(photos["coffee"].convert("L").crop((50, 50, 450, 350)), (60, 60))
    box = inside_border(np.asarray(canvas))
    assert box == Box(60, 60, 460, 360)


def test_paper_noise_and_compression_do_not_hide_a_border(photos, random):
    canvas = Image.new("L", (500, 400), 245)
    canvas.paste(photos["coffee"].convert("L").crop((50, 50, 350, 350)), (100, 50))
    noisy = np.asarray(canvas).astype(int) + random.normal(0, 2, (400, 500))
    box = inside_border(np.clip(noisy, 0, 255).astype(np.uint8))
    assert box is not None
    assert max(abs(found - expected) for found, expected in zip(box, (100, 50, 400, 350), strict=True)) <= 1


def test_no_border_no_box(photos):
    whole = photos["coffee"].convert("L")
    assert inside_border(np.asarray(whole)) is None
    thin = Image.new("L", (whole.width + 8, whole.height + 8), 255)
    thin.paste(whole, (4, 4))
    assert inside_border(np.asarray(thin)) is None
    assert inside_border(np.full((100, 100), 7, np.uint8)) is None
    dot = np.full((200, 200), 255, np.uint8)
    dot[90:100, 90:100] = 0
    assert inside_border(dot) is None
    assert inside_border(np.asarray(whole.filter(ImageFilter.GaussianBlur(3)))[:1]) is None
