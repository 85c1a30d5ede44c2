from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onecopy.decode.images import open_picture
from onecopy.fingerprint.identify import SCAN_SIDE
from onecopy.fingerprint.pdq import compute, dihedral, working
from onecopy.model import Limits

PUBLISHED = Path(__file__).parents[3] / "shared/data/pdq"


def _turned(luma: np.ndarray, index: int) -> np.ndarray:
    if index >= 4:
        luma = luma[:, ::-1]
    return np.ascontiguousarray(np.rot90(luma, -(index % 4)))


def _luma(image: Image.Image) -> np.ndarray:
    luma = np.asarray(image.convert("L"))
    return working(luma, luma.shape[1], luma.shape[0])


def test_it_agrees_with_the_published_hashes(bits):
    if not PUBLISHED.is_dir():
        pytest.skip("the published images are not on this machine")
    checked = 0
    for line in (PUBLISHED / "EXPECTED.tsv").read_text().splitlines()[1:]:
        name, expected = line.split("\t")
        raster = open_picture((PUBLISHED / name).read_bytes(), Limits()).raster(at_least=SCAN_SIDE, luma=True)
        found = compute(working(raster.pixels, raster.full_width, raster.full_height))
        if found.quality >= 80:
            checked += 1
            assert bits(found.hash, bytes.fromhex(expected)) <= 8, name
    assert checked == 15


def test_it_is_the_reference_algorithm_step_by_step(photos):
    small = np.asarray(photos["coffee"].convert("L").resize((200, 141)))
    luma = small.astype(float)

    def box(line: np.ndarray, window: int) -> np.ndarray:
        # the reference keeps a running sum; this is the mean of the window that the sum covers
        half = (window + 2) // 2
        places = range(len(line))
        return np.array([line[max(0, i - window + half) : i + half].mean() for i in places])

    height, width = luma.shape
    for _ in range(2):
        luma = np.apply_along_axis(box, 1, luma, (width + 127) // 128)
        luma = np.apply_along_axis(box, 0, luma, (height + 127) // 128)
    rows = ((np.arange(64) + 0.5) * height / 64).astype(int)
    columns = ((np.arange(64) + 0.5) * width / 64).astype(int)
    samples = luma[rows][:, columns]
    frequency, place = np.arange(1, 17)[:, None], np.arange(64)[None, :]
    cosines = np.sqrt(2 / 64) * np.cos(np.pi / 128 * frequency * (2 * place + 1))
    transform = cosines @ samples @ cosines.T
    ones = transform > np.sort(transform.ravel())[127]
    number = sum(1 << (16 * i + j) for i in range(16) for j in range(16) if ones[i, j])
    assert compute(small).hash == number.to_bytes(32, "big")


def test_half_of_the_bits_are_set(photos):
    for image in photos.values():
        assert int.from_bytes(compute(_luma(image)).hash, "big").bit_count() == 128


@pytest.mark.parametrize("size", [(512, 384), (301, 500), (64, 64), (40, 200)])
def test_all_eight_orientations_are_exact(size, photos):
    for image in photos.values():
        luma = _luma(image.resize(size))
        found = compute(luma)
        expected = [compute(_turned(luma, index)).hash for index in range(8)]
        assert list(dihedral(found.hash, found.turned)) == expected


def test_without_the_turned_hashes_they_are_estimates(photos, bits):
    luma = _luma(photos["chelsea"])
    found = compute(luma)
    estimated = dihedral(found.hash)
    assert estimated[0] == found.hash
    assert estimated[7] == compute(_turned(luma, 7)).hash
    assert all(bits(estimated[i], compute(_turned(luma, i)).hash) < 80 for i in range(8))


def test_a_scaled_decode_gives_the_same_hash(photos, encode, bits):
    for name, image in photos.items():
        large = image.resize((2400, round(2400 * image.height / image.width)), Image.Resampling.BICUBIC)
        data = encode(large, "JPEG", quality=90)
        full = open_picture(data, Limits()).raster(luma=True)
        scaled = open_picture(data, Limits()).raster(at_least=SCAN_SIDE, luma=True)
        assert scaled.pixels.shape[1] < full.pixels.shape[1]
        hashes = [compute(working(r.pixels, r.full_width, r.full_height)).hash for r in (full, scaled)]
        assert bits(*hashes) <= 8, name


def test_quality_tells_flat_from_rich(photos):
    assert compute(np.full((300, 400), 90, np.uint8)).quality == 0
    assert compute(_luma(photos["coffee"])).quality > 80


def test_working_size_keeps_the_shape():
    luma = np.zeros((375, 500), np.uint8)
    assert working(luma, 4000, 3000).shape == (384, 512)
    assert working(luma, 500, 375) is luma
    assert working(np.zeros((3, 320), np.uint8), 40_000, 20).shape == (1, 512)
