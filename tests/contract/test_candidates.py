"""What every candidate index promises, against comparing everything with everything."""

import random
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecopy.candidates import REASONS, CandidateIndex, Capped, Index, Pair, Settings, pairs
from onecopy.fingerprint.pdq import dihedral
from onecopy.model import Fingerprint

REACH = Settings()

IMPLEMENTATIONS = {
    "compared one by one": lambda: Index(),
    "in tables": lambda: Index(tail=0),
    "in both": lambda: Index(tail=16),
}


@pytest.fixture(params=IMPLEMENTATIONS.values(), ids=IMPLEMENTATIONS.keys())
def make(request):
    return request.param


def fingerprint(number: int, pdq: bytes | None, **changes: object) -> Fingerprint:
    plain = Fingerprint(
        version=1,
        sha256=f"{number:064x}",
        image_data_hint=f"{number:032x}",
        image_data_sha256=None,
        pixels_sha256=None,
        pdq=pdq,
        pdq_turned=None,
        pdq_quality=100,
        pdq_trimmed=None,
        features=b"",
        byte_size=1000,
        width=640,
        height=480,
        format="jpeg",
        mode="RGB",
        lossless=False,
    )
    return replace(plain, **changes)


def bits_apart(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def changed(pdq: bytes, bits: int, rng: random.Random) -> bytes:
    number = int.from_bytes(pdq)
    for bit in rng.sample(range(256), bits):
        number ^= 1 << bit
    return number.to_bytes(32)


def reach(one: Fingerprint) -> int:
    return REACH.low_quality_radius if one.pdq_quality < REACH.low_quality else 256


def by_brute_force(asked: Fingerprint, stored: Fingerprint) -> tuple[int, int] | None:
    """Place of the reason in REASONS and distance, by the words of the contract."""
    found = []
    for place, one in enumerate(dihedral(asked.pdq, asked.pdq_turned)):
        radius = min(REACH.turned_radius if place else REACH.pdq_radius, reach(asked), reach(stored))
        found.append((REASONS.index("pdq"), bits_apart(one, stored.pdq), radius))
        if stored.pdq_trimmed is not None:
            found.append((REASONS.index("pdq-trimmed"), bits_apart(one, stored.pdq_trimmed), radius))
    if asked.pdq_trimmed is not None:
        radius = min(REACH.pdq_radius, reach(asked), reach(stored))
        for other in (stored.pdq, stored.pdq_trimmed):
            if other is not None:
                found.append((REASONS.index("pdq-trimmed"), bits_apart(asked.pdq_trimmed, other), radius))
    return min(((reason, distance) for reason, distance, radius in found if distance <= radius), default=None)


@st.composite
def collections(draw):
    """Images around few hashes: nearer and farther, turned, mirrored, with borders, of low quality."""
    rng = random.Random(draw(st.integers(0, 1 << 30)))
    centres = [rng.randbytes(32) for _ in range(draw(st.integers(1, 3)))]
    images = []
    for number in range(draw(st.integers(2, 40))):
        whole = rng.choice(dihedral(rng.choice(centres)))
        near = changed(whole, rng.choice([0, 3, 15, 16, 30, 31, 32, 46, 47, 48]), rng)
        trimmed = (
            changed(rng.choice(centres), rng.choice([0, 31, 47, 48]), rng) if rng.random() < 0.3 else None
        )
        turned = rng.randbytes(96) if rng.random() < 0.2 else None
        quality = rng.choice([100, 100, 20, 19])
        images.append(fingerprint(number, near, pdq_trimmed=trimmed, pdq_turned=turned, pdq_quality=quality))
    return images


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=collections())
def test_everything_within_the_radius_is_found_and_nothing_else(make, images) -> None:
    index: CandidateIndex = make()
    for number, one in enumerate(images[1:]):
        index.add(number, one)
    expected = {
        number: by_brute_force(images[0], one)
        for number, one in enumerate(images[1:])
        if by_brute_force(images[0], one) is not None
    }
    found = index.query(images[0], limit=1000)
    assert {one.image: (REASONS.index(one.reason), one.distance) for one in found} == expected
    assert [one.image for one in found] == sorted(expected, key=lambda n: (expected[n], n))
    assert index.query(images[0], limit=3) == found[:3]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=collections(), data=st.data())
def test_answers_depend_on_what_is_stored_not_on_how_it_came_there(make, images, data) -> None:
    plain, other = make(), make()
    gone = data.draw(st.sets(st.integers(0, len(images) - 1)))
    for number in data.draw(st.permutations(range(len(images)))):
        other.add(number, images[number])
        if data.draw(st.booleans()):
            other.query(images[0])
    for number in gone:
        other.remove(number)
        other.remove(number)
    for number, one in enumerate(images):
        if number not in gone:
            plain.add(number, one)
    assert len(plain) == len(other) == len(images) - len(gone)
    for one in images:
        assert plain.query(one) == other.query(one)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=collections(), data=st.data())
def test_many_at_once_are_as_one_after_the_other(make, images, data, monkeypatch) -> None:
    monkeypatch.setattr("onecopy.candidates.index._FEW", 0)
    monkeypatch.setattr("onecopy.candidates.lookup._RECENT", data.draw(st.sampled_from([0, 3, 4096])))
    plain, other = make(), make()
    numbers = st.lists(st.integers(0, len(images) - 1), max_size=30)
    for chosen in data.draw(st.lists(numbers, max_size=4)):
        # A few numbers for many images: most are replaced, and some pictures come twice.
        added = [(number % 7, images[number]) for number in chosen]
        other.add_all(added)
        for number, one in added:
            plain.add(number, one)
        if chosen and data.draw(st.booleans()):
            plain.remove(chosen[0] % 7)
            other.remove(chosen[0] % 7)
    assert len(plain) == len(other)
    for number, one in enumerate(images):
        assert plain.query(one) == other.query(one)
        assert plain.alike(number) == other.alike(number)
    assert sorted(map(tuple, plain.equal_pairs())) == sorted(map(tuple, other.equal_pairs()))


@settings(max_examples=40, deadline=None)
@given(images=collections(), data=st.data())
def test_all_pairs_of_a_batch(images, data) -> None:
    expected: dict[tuple[int, int], tuple[int, int]] = {}
    for a, one in enumerate(images):
        for b, other in enumerate(images[:a]):
            both = [x for x in (by_brute_force(one, other), by_brute_force(other, one)) if x is not None]
            if both:
                expected[b, a] = min(both)
    order = data.draw(st.permutations(list(enumerate(images))))
    found = list(pairs(order))
    assert {(one.a, one.b): (REASONS.index(one.reason), one.distance) for one in found} == expected
    assert [(one.a, one.b) for one in found] == sorted(expected)
    assert found == list(pairs(enumerate(images)))


@pytest.mark.parametrize("place", range(8))
def test_a_candidate_says_how_it_lies(make, place: int) -> None:
    rng = random.Random(place)
    upright = rng.randbytes(32)
    lying = dihedral(upright)[place]
    turn, mirrored = 90 * (place % 4), place >= 4
    index = make()
    index.add(1, fingerprint(1, upright))
    (found,) = index.query(fingerprint(2, lying))
    assert (found.turned, found.mirrored, found.distance) == (turn, mirrored, 0)
    for first, second in ((upright, lying), (lying, upright)):
        (pair,) = pairs([(7, fingerprint(1, first)), (3, fingerprint(2, second))])
        back = dihedral(first)[4 * pair.mirrored + pair.turned // 90]  # image 7 is B
        assert bits_apart(back, second) == 0


def test_exact_levels_come_first_strongest_first(make) -> None:
    pdq = random.Random(1).randbytes(32)
    asked = fingerprint(1, pdq, pixels_sha256="a" * 64, image_data_hint="b" * 32)
    index = make()
    index.add(1, fingerprint(9, pdq))
    index.add(2, fingerprint(8, None, pixels_sha256="a" * 64))
    index.add(3, fingerprint(7, None, image_data_hint="b" * 32))
    index.add(4, replace(asked, pdq=None))
    index.add(5, fingerprint(6, None, image_data_hint="b" * 32, orientation=6))
    index.add(6, fingerprint(5, None, pixels_sha256="a" * 64, profile_sha256="e" * 64))
    assert [(one.image, one.reason) for one in index.query(asked)] == [
        (4, "bytes"),
        (3, "data"),
        (2, "pixels"),
        (1, "pdq"),
    ]


def test_an_unmatchable_image_is_matched_by_digest_only(make) -> None:
    pdq = random.Random(2).randbytes(32)
    blank = fingerprint(1, pdq, unmatchable="blank", image_data_hint="c" * 32)
    index = make()
    index.add(1, blank)
    index.add(2, fingerprint(2, pdq, image_data_hint="d" * 32))
    assert [one.image for one in index.query(replace(blank, sha256="f" * 64))] == [1]
    assert [one.image for one in index.query(fingerprint(3, pdq))] == [2]


def test_adding_a_number_again_replaces_it(make) -> None:
    rng = random.Random(3)
    first, second = fingerprint(1, rng.randbytes(32)), fingerprint(2, rng.randbytes(32))
    index = make()
    index.add(1, first)
    index.add(1, second)
    assert len(index) == 1
    assert index.query(first) == []
    assert [one.image for one in index.query(second)] == [1]


def test_it_can_be_asked_while_it_grows(make) -> None:
    rng = random.Random(4)
    images = [fingerprint(n, rng.randbytes(32)) for n in range(300)]
    index = make()
    index.add(0, images[0])
    failures = []

    def ask() -> None:
        for _ in range(40):
            if [one.image for one in index.query(images[0])] != [0]:
                failures.append("lost")

    def grow(first: int) -> None:
        for number in range(first, 300, 2):
            index.add(number, images[number])

    threads = [threading.Thread(target=ask), *(threading.Thread(target=grow, args=(n,)) for n in (1, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(index) == 300


def test_copies_take_part_once() -> None:
    rng = random.Random(5)
    pdq = rng.randbytes(32)
    copies = [fingerprint(1, pdq, sha256=f"{n:064x}") for n in range(200)]  # one image data
    near = fingerprint(300, changed(pdq, 5, rng))
    found = list(pairs([*enumerate(copies), (300, near)]))
    assert [one for one in found if one.reason == "data"] == [
        Pair(a=0, b=n, reason="data") for n in range(1, 200)
    ]
    assert [one for one in found if one.reason != "data"] == [Pair(a=0, b=300, reason="pdq", distance=5)]


def test_a_crowd_is_capped_said_so_and_stays_connected() -> None:
    rng = random.Random(6)
    form = rng.randbytes(32)
    images = [(n, fingerprint(n, changed(form, rng.randrange(12), rng))) for n in range(300)]
    capped: list[Capped] = []
    few = Settings(per_image=8)
    found = list(pairs(images, few, capped.append))
    assert len(found) <= 300 * 9
    assert [(one.image, one.found, one.kept) for one in capped] == [(n, 299, 8) for n in range(300)]
    reached = {0}
    for one in found:
        if one.a in reached or one.b in reached:
            reached |= {one.a, one.b}
    assert reached == set(range(300))
    rng.shuffle(images)
    assert list(pairs(images, few)) == found


def test_no_image_or_one_has_no_pair() -> None:
    assert list(pairs([])) == []
    assert list(pairs([(1, fingerprint(1, bytes(32)))])) == []
    assert np.array([len(Index()), len(Index().query(fingerprint(1, bytes(32))))]).sum() == 0
