import cv2
import numpy as np
import pytest
from PIL import Image

from onecopy.fingerprint.features import BYTES_EACH, MOST, extract, unpack


def _luma(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L"))


def _matches(a: bytes, b: bytes, within: int = 40) -> int:
    first, second = unpack(a).descriptors, unpack(b).descriptors
    distances = np.bitwise_count(first[:, None] ^ second[None]).sum(axis=2)
    near = distances.min(axis=1) <= within
    return len(set(distances.argmin(axis=1)[near]))


def test_features_are_bounded_and_come_back(photos):
    for image in photos.values():
        blob = extract(_luma(image))
        found = unpack(blob)
        points, descriptors = found.places, found.descriptors
        assert 0 < len(points) <= MOST
        assert len(blob) == len(points) * BYTES_EACH <= 12_000
        assert points.dtype == np.float32
        assert points.shape == (len(points), 2)
        assert points.min() >= 0
        assert points.max() <= 1
        assert descriptors.shape == (len(points), 32)
        assert descriptors.dtype == np.uint8
        assert found.arrows.shape == (len(points),)
        assert 0 < np.abs(found.arrows).min() < np.abs(found.arrows).max() < 0.03


def test_nothing_stands_out_in_a_flat_picture():
    assert extract(np.full((200, 300), 99, np.uint8)) == b""
    assert unpack(b"").places.shape == (0, 2)
    assert unpack(b"").arrows.shape == (0,)
    assert unpack(b"").descriptors.shape == (0, 32)
    assert extract(np.zeros((1, 1), np.uint8)) == b""


def test_a_crop_is_found_again(photos):
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        whole = photos[name]
        width, height = whole.size
        box = (width / 4, height / 5, width * 0.85, height * 0.8)
        crop = whole.resize((width * 4 // 10, height * 4 // 10), box=box)
        assert _matches(extract(_luma(whole)), extract(_luma(crop))) >= 8, name


def test_long_and_thin_pictures_keep_features(photos):
    whole = photos["coffee"]
    for box in ((0, 180, 600, 280), (250, 0, 330, 400)):
        strip = _luma(whole.crop(box).resize(((box[2] - box[0]) * 3, (box[3] - box[1]) * 3)))
        assert len(unpack(extract(strip)).places) >= 20
    for shape in ((1, 500), (500, 1), (17, 512), (30, 30)):
        assert len(extract(np.zeros(shape, np.uint8))) == 0


def test_a_picture_in_a_screenshot_is_found_again(photos):
    screen = Image.new("RGB", (1280, 720), (240, 240, 240))
    screen.paste((30, 60, 120), (0, 0, 1280, 60))
    screen.paste(photos["coffee"].resize((640, 427)), (400, 200))
    found = extract(_luma(screen))
    assert _matches(extract(_luma(photos["coffee"])), found) >= 8
    assert _matches(extract(_luma(photos["rocket"])), found) < 4


def test_different_pictures_share_little(photos):
    blobs = {name: extract(_luma(image)) for name, image in photos.items()}
    for a in blobs:
        for b in blobs:
            assert a == b or _matches(blobs[a], blobs[b], within=32) < 4, (a, b)


def test_places_are_shares_of_the_picture(photos):
    small = unpack(extract(_luma(photos["coffee"]))).places
    large = unpack(extract(cv2.resize(_luma(photos["coffee"]), None, fx=2, fy=2))).places
    near = np.abs(small[:, None] - large[None]).max(axis=2).min(axis=1)
    assert np.median(near) < 0.01


def test_every_part_keeps_some(photos):
    points = unpack(extract(_luma(photos["coffee"]))).places
    quarters = {(int(x * 2), int(y * 2)) for x, y in points}
    assert len(quarters) == 4


def test_a_faint_picture_has_key_points_too(photos):
    faint = (_luma(photos["coffee"]).astype(np.float32) * 0.12 + 200).astype(np.uint8)
    points = unpack(extract(faint)).places
    assert len(points) >= 40


def test_arrows_turn_and_grow_with_the_picture(photos):
    luma = _luma(photos["coffee"])
    turned = np.rot90(cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), -1)
    page = np.full((turned.shape[0] * 2, turned.shape[1] * 2), 255, np.uint8)
    page[: turned.shape[0], : turned.shape[1]] = turned
    whole, part = unpack(extract(luma)), unpack(extract(page))
    distances = np.bitwise_count(whole.descriptors[:, None] ^ part.descriptors[None]).sum(axis=2)
    near = distances.min(axis=1) <= 40
    ratio = part.arrows[distances.argmin(axis=1)[near]] / whole.arrows[near]
    assert len(ratio) >= 8
    assert np.median(np.degrees(np.angle(ratio))) == pytest.approx(90, abs=6)
    assert np.median(np.abs(ratio)) == pytest.approx(0.5, rel=0.3)
