"""Matches of descriptors: exactly what the stated predicate says, whatever was added and removed before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecopy.candidates.descriptors import COMMON, KEYS, RADIUS, DescriptorIndex, keys_of


def noisy(rng: np.random.Generator, rows: np.ndarray, most: int) -> np.ndarray:
    bits = np.unpackbits(rows, axis=1)
    for row in bits:
        row[rng.choice(256, rng.integers(0, most), replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def store(index: DescriptorIndex, owner: int, rows: np.ndarray) -> None:
    nowhere = np.zeros(len(rows), np.complex64)
    index.add(owner, rows, nowhere, nowhere)


def by_brute_force(stored: dict[int, np.ndarray], asked: np.ndarray, own: int) -> set[tuple[int, int, int]]:
    """(asked row, owner, distance) by the three sentences of the module."""
    owners = np.repeat(list(stored), [len(rows) for rows in stored.values()])
    rows = np.concatenate([*stored.values(), np.zeros((0, 32), np.uint8)])
    keys, mine = keys_of(rows), keys_of(asked)
    found = set()
    for i in range(len(asked)):
        agree = keys == mine[:, i, None]
        rare = agree & (agree.sum(axis=1) <= COMMON)[:, None]
        distance = np.bitwise_count(rows ^ asked[i]).sum(axis=1)
        for j in np.flatnonzero(rare.any(axis=0) & (distance <= RADIUS) & (owners != own)):
            found.add((i, int(owners[j]), int(distance[j])))
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 30), common=st.booleans())
def test_every_match_is_found(seed: int, common: bool) -> None:
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, 256, (6, 32), dtype=np.uint8)
    index, stored = DescriptorIndex(), {}
    for owner in range(int(rng.integers(1, 25))):
        rows = noisy(rng, centres[rng.integers(0, 6, rng.integers(0, 12))], 45)
        if common:  # a word that nearly everybody has, often
            rows = np.concatenate([rows, np.repeat(centres[:1], 6, axis=0)])
        store(index, owner, rows)
        stored[owner] = rows
        if rng.random() < 0.3:
            index.matches(rows, np.full(len(rows), -1))
        if rng.random() < 0.2:
            gone = int(rng.choice(list(stored)))
            index.remove(gone)
            del stored[gone]
    asked = noisy(rng, centres, 20)
    for own in (-1, 0):
        met = index.matches(asked, np.full(len(asked), own))
        found = set(zip(met.asked.tolist(), met.owner.tolist(), met.distance.tolist(), strict=True))
        assert found == by_brute_force(stored, asked, own)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 30), one_run=st.booleans())
def test_all_that_is_stored_is_matched_with_what_came_before(seed: int, one_run: bool) -> None:
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, 256, (6, 32), dtype=np.uint8)
    index, stored = DescriptorIndex(), {}
    for owner in range(int(rng.integers(1, 40))):
        stored[owner] = noisy(rng, centres[rng.integers(0, 6, rng.integers(0, 9))], 45)
        store(index, owner, stored[owner])
        if not one_run and owner == 1:
            index.remove(0)
            stored[0] = stored[0][:0]
    found = set()
    with pytest.MonkeyPatch.context() as patched:
        for name in ("_AT_ONCE", "_BLOCK", "_IN_CACHE"):
            patched.setattr(f"onecopy.candidates.descriptors.{name}", int(rng.integers(1, 9)))
        for met in index.among():
            owners = index.owners[met.asked]
            asked = zip(
                owners.tolist(), (met.asked - np.searchsorted(index.owners, owners)).tolist(), strict=True
            )
            found |= set(zip(asked, met.owner.tolist(), met.distance.tolist(), strict=True))
    expected = {
        ((owner, asked), other, distance)
        for owner, rows in stored.items()
        for asked, other, distance in by_brute_force(stored, rows, owner)
        if other < owner
    }
    assert found == expected


def test_keys_are_the_descriptor_cut_into_twelve() -> None:
    rows = np.random.default_rng(1).integers(0, 256, (5, 32), dtype=np.uint8)
    for row, keys in zip(rows, keys_of(rows).T, strict=True):
        text = "".join(f"{byte:08b}" for byte in row)
        assert [f"{key:020b}" for key in keys] == [text[20 * n : 20 * n + 20] for n in range(KEYS)]


def test_what_everybody_has_matches_nobody() -> None:
    word = np.full((1, 32), 170, np.uint8)
    index = DescriptorIndex()
    for owner in range(COMMON):
        store(index, owner, word)
    assert len(index.matches(word, np.array([-1])).owner) == COMMON
    store(index, COMMON, word)
    assert len(index.matches(word, np.array([-1])).owner) == 0
    index.remove(3)
    assert len(index.matches(word, np.array([-1])).owner) == COMMON


def test_among_very_many_common_means_four_times_the_average(monkeypatch) -> None:
    monkeypatch.setattr("onecopy.candidates.descriptors._KEY_BITS", 6)
    word = np.full((1, 32), 170, np.uint8)
    index = DescriptorIndex()
    for owner in range(COMMON + 8):
        store(index, owner, word)
    asked = np.array([-1])
    assert len(index.matches(word, asked).owner) == 0
    others = np.random.default_rng(3).integers(0, 256, (1000, 32), dtype=np.uint8)
    store(index, COMMON + 8, others)
    assert len(index.matches(word, asked).owner) == COMMON + 8
