"""Crops, framed copies and pictures on pages are proposed by features; other pictures are not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from onecopy.candidates import Index, Settings, pairs
from onecopy.candidates.agreement import agreement, nearest
from onecopy.candidates.counterparts import Layout, Lie, Shared, shared
from onecopy.candidates.near import look_at
from onecopy.fingerprint.features import extract
from onecopy.model import Fingerprint
from onecopy.pipelines.gate.known import PER_IMAGE

PLAIN = Fingerprint(
    version=1,
    sha256="",
    image_data_hint="",
    image_data_sha256=None,
    pixels_sha256=None,
    pdq=None,
    pdq_turned=None,
    pdq_quality=0,
    pdq_trimmed=None,
    features=b"",
    byte_size=1,
    width=1,
    height=1,
    format="png",
    mode="L",
    lossless=True,
)


def picture(seed: int, height: int = 600, width: int = 800) -> np.ndarray:
    """Blobs and edges of all sizes, different for every seed."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width), 128, np.uint8)
    for _ in range(150):
        x, y, size = rng.integers(0, width), rng.integers(0, height), rng.integers(8, 90)
        corners = rng.integers(-size, size + 1, (5, 2)) + np.array([x, y])
        cv2.fillPoly(canvas, [corners.astype(np.int32)], int(rng.integers(0, 256)))
    return cv2.GaussianBlur(canvas, (0, 0), 1)


def fingerprint(number: int, luma: np.ndarray) -> Fingerprint:
    height, width = luma.shape
    name = f"{number:064x}"
    return replace(
        PLAIN, sha256=name, image_data_hint=name, features=extract(luma), width=width, height=height
    )


@pytest.fixture(scope="module")
def collection() -> dict[int, Fingerprint]:
    whole = picture(0)
    page = np.full((1400, 1000), 250, np.uint8)
    page[200:650, 100:700] = cv2.resize(whole, (600, 450), interpolation=cv2.INTER_AREA)
    shown = {
        0: whole,
        1: whole[100:500, 150:700],
        2: page,
        3: np.rot90(whole[50:550, 100:700], -1),
        4: cv2.copyMakeBorder(whole, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=0),
    }
    shown |= {number: picture(number) for number in range(10, 30)}
    return {number: fingerprint(number, luma) for number, luma in shown.items()}


def test_in_a_crowd_neither_those_by_hash_nor_those_by_features_lose_their_place(collection) -> None:
    index = Index()
    for number in range(100, 170):  # of one look, as copies of a form are
        alike = (number - 100).to_bytes(32)
        index.add(number, replace(PLAIN, sha256=f"{number:064x}", image_data_hint=f"{number:032x}",
                                  pdq=alike, pdq_quality=100))  # fmt: skip
    for number in (1, 2, 3):
        index.add(number, collection[number])
    found = index.query(replace(collection[0], pdq=bytes(32), pdq_quality=100), limit=PER_IMAGE)
    assert sum(one.reason == "pdq" for one in found) == Settings().per_image
    assert {one.image for one in found if one.reason == "features"} == {1, 2, 3}


def test_parts_and_frames_of_one_picture_are_proposed(collection) -> None:
    found = {(one.a, one.b): one for one in pairs(collection.items())}
    assert {(0, n) for n in (1, 2, 3, 4)} <= set(found)
    assert all(one.b < 10 for one in found.values()), "other pictures are not"
    assert {one.reason for one in found.values()} == {"features"}
    assert found[0, 1].distance < -Settings().shared
    # image 3 was turned clockwise, so it must be turned on by three quarters
    assert [found[0, n].turned for n in (1, 2, 3, 4)] == [0, 0, 270, 0]


def test_the_gate_says_the_same_as_the_scan(collection) -> None:
    found = list(pairs(collection.items()))
    index = Index()
    for number, one in collection.items():
        index.add(number, one)
    for number, one in collection.items():
        met = {x.image: x.distance for x in index.query(one) if x.image != number}
        assert met == {p.a + p.b - number: p.distance for p in found if number in (p.a, p.b)}


def test_pairs_do_not_depend_on_order(collection) -> None:
    found = list(pairs(collection.items()))
    assert list(pairs(reversed(collection.items()))) == found


def test_features_can_be_left_out(collection) -> None:
    assert list(pairs(collection.items(), Settings(points_per_image=0))) == []


def test_only_the_strongest_are_kept_of_either_side(collection) -> None:
    few = list(pairs(collection.items(), Settings(features_per_image=1)))
    everything = list(pairs(collection.items()))
    assert 0 < len(few) < len(everything)
    for number in range(5):
        best = min((p for p in everything if number in (p.a, p.b)), key=lambda p: (p.distance, p.a, p.b))
        assert best in few


def test_points_vote_for_the_transform_they_share() -> None:
    rng = np.random.default_rng(1)
    here = (rng.random(20) + 1j * rng.random(20)).astype(np.complex64)
    there = (0.5j * here + 0.1).astype(np.complex64)
    there[15:] = rng.random(5) + 1j * rng.random(5)
    group, distance = np.zeros(20, np.int64), np.arange(20)
    ratio = np.full(20, 0.5j, np.complex64)
    lies = agreement(group, here, there, ratio, distance, groups=2, least=4)
    assert lies.votes.tolist() == [15, 0]
    assert lies.scale[0] == pytest.approx(0.5j, abs=0.01)
    assert lies.shift[0] == pytest.approx(0.1, abs=0.01)
    assert agreement(group, here, there, ratio, distance, groups=1, least=21).votes.tolist() == [0]


@pytest.mark.parametrize("told", [0.5, 0.5 * np.exp(1j * np.radians(120)), 1.0, 0.25j])
def test_a_match_whose_arrows_tell_another_turn_or_size_has_no_vote(told: complex) -> None:
    rng = np.random.default_rng(4)
    here = (rng.random(8) + 1j * rng.random(8)).astype(np.complex64)
    ratio = np.full(8, 0.5j, np.complex64)
    ratio[5:] = told
    lies = agreement(np.zeros(8, np.int64), here, 0.5j * here, ratio, np.arange(8), groups=1, least=2)
    assert lies.votes.tolist() == [5]


def test_one_corner_found_on_many_scales_votes_once() -> None:
    here = np.full(12, 0.3 + 0.3j, np.complex64)
    group, ratio = np.zeros(12, np.int64), np.ones(12, np.complex64)
    assert nearest(group, here, here, group).tolist() == [0]
    assert agreement(group, here, here, ratio, group, groups=1, least=1).votes.tolist() == [0]


def layout(luma: np.ndarray) -> Layout:
    return look_at(fingerprint(0, luma), Settings()).points


def test_a_copy_shares_points_where_it_should_and_another_picture_does_not() -> None:
    whole = picture(0)
    half = cv2.resize(whole, (400, 300), interpolation=cv2.INTER_AREA)
    copy = shared(layout(whole), layout(half), Lie(1, 0))
    other = shared(layout(whole), layout(picture(1)), Lie(1, 0))
    assert copy.expected >= copy.found > 0.2 * copy.expected
    assert copy.tells(Settings())
    assert not other.tells(Settings())
    assert not shared(layout(whole), layout(np.full((300, 400), 9, np.uint8)), Lie(1, 0)).found


def test_only_what_falls_into_both_frames_is_expected() -> None:
    whole = picture(0)
    part, right = whole[:, :400], layout(whole)
    scale = np.hypot(400, 600) / np.hypot(800, 600)  # one diagonal in units of the other
    found = shared(layout(part), right, Lie(scale, 0))
    assert found.expected < 0.75 * len(right.places)
    assert found.tells(Settings())
    assert shared(layout(part), right, Lie(scale, 2)) == Shared(0, 0, 0), "beyond the frame nothing is"


def test_a_lie_taken_back_is_where_it_was() -> None:
    rng = np.random.default_rng(3)
    here = (rng.random(9) + 1j * rng.random(9)).astype(np.complex64)
    lie = Lie(1.2 - 0.4j, 0.1 + 0.3j)
    assert np.abs(lie.back().of(lie.of(here)) - here).max() < 1e-6


def test_few_points_are_looked_at_closer_only_for_the_likeliest(collection) -> None:
    found = list(pairs(collection.items(), Settings(looked_at_per_image=1)))
    assert 0 < len(found) < len(list(pairs(collection.items())))
    assert list(pairs(reversed(collection.items()), Settings(looked_at_per_image=1))) == found
