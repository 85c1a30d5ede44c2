"""Groups: each member was compared with the kept one, and nothing known to be different is inside."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecopy.model import LINKABLE, Evidence, Relation, Verdict
from onecopy.policy.keep import Contender
from onecopy.records.groups import Arrangement, arrange
from onecopy.records.through import through

SEEN = Evidence(method="photo")


def verdict(relation: Relation, confidence: float = 1.0, **evidence: object) -> Verdict:
    return Verdict(relation=relation, confidence=confidence, evidence=Evidence(method="photo", **evidence))


def image(number: int, pixels: int = 1000) -> Contender:
    return Contender(
        locator=f"{number:04}.jpg",
        width=pixels,
        height=1,
        format="jpeg",
        mode="RGB",
        lossless=False,
        quantisation=10.0,
        byte_size=1000,
        camera=False,
        taken_at=None,
        seen_at=None,
        document_id=None,
        sources=frozenset(),
        edited=False,
    )


def settled(images, verdicts, truth) -> tuple[Arrangement, dict, int]:
    """Arrange, with every missing verdict looked up in the truth, until nothing is missing."""
    known, rounds = dict(verdicts), 0
    while (found := arrange(images, known)).missing:
        rounds += 1
        for pair in found.missing:
            assert pair not in known
            assert pair[::-1] not in known
            known[pair] = truth.get(frozenset(pair), verdict(Relation.DISTINCT))
    return found, known, rounds


@st.composite
def worlds(draw):
    """Images, exact classes among them, the truth on every pair between classes, and what is known first."""
    count = draw(st.integers(2, 10))
    sizes = draw(st.lists(st.integers(1, 5), min_size=count, max_size=count))
    images = {n: image(n, size) for n, size in enumerate(sizes)}
    exact = draw(st.lists(st.integers(0, count), min_size=count, max_size=count))
    relations = st.sampled_from(
        [Relation.SAME_IMAGE] * 4
        + [Relation.EDITED, Relation.UNCLEAR, Relation.SAME_SCENE, Relation.DISTINCT]
    )
    between: dict[frozenset[int], Verdict] = {}
    truth, first = {}, {}
    for a, b in combinations(range(count), 2):
        if exact[a] == exact[b]:
            truth[frozenset((a, b))] = verdict(Relation.SAME_DATA)
        else:
            classes = frozenset((exact[a], exact[b]))
            if classes not in between:
                between[classes] = verdict(draw(relations), draw(st.sampled_from([1.0, 0.995, 0.9])))
            truth[frozenset((a, b))] = between[classes]
        if draw(st.booleans()):
            pair = (a, b) if draw(st.booleans()) else (b, a)
            first[pair] = truth[frozenset((a, b))]
    return images, first, truth


@settings(max_examples=80, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_groups_hold_only_what_was_compared_and_found_to_be_one(world, shuffle: random.Random) -> None:
    images, first, truth = world
    found, known, _ = settled(images, first, truth)
    either = {frozenset(pair): one for pair, one in known.items()}
    grouped = [n for group in found.groups for n in (group.keep, *(n for n, _ in group.members))]
    assert len(grouped) == len(set(grouped)), "each image is in one group at most"
    for group in found.groups:
        everyone = [group.keep, *(n for n, _ in group.members)]
        for pair in combinations(everyone, 2):
            assert frozenset(pair) not in either or either[frozenset(pair)].relation in LINKABLE
        for member, said in group.members:
            assert said.relation in LINKABLE
            assert said.confidence >= 0.99
            assert truth[frozenset((member, group.keep))].relation in LINKABLE
    group_of = {n: group.keep for group in found.groups for n in (group.keep, *(m for m, _ in group.members))}
    for pair, one in known.items():
        if one.relation is Relation.SAME_DATA:
            assert group_of[pair[0]] == group_of[pair[1]], "what is equal by digest holds together"
    shuffled = list(known.items())
    shuffle.shuffle(shuffled)
    numbers = list(images)
    shuffle.shuffle(numbers)
    assert arrange({n: images[n] for n in numbers}, dict(shuffled)) == found


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_what_is_derived_links_nothing_and_never_replaces_what_was_seen(world, shuffle) -> None:
    images, first, truth = world
    found, known, _ = settled(images, first, truth)
    locators = {n: one.locator for n, one in images.items()}
    derived = list(through(found.groups, known, locators))
    seen = {frozenset(pair) for pair in known}
    assert len({frozenset(pair) for pair, _ in derived}) == len(derived)
    group_of = {n: group.keep for group in found.groups for n in (group.keep, *(m for m, _ in group.members))}
    for pair, one in derived:
        if frozenset(pair) in seen:
            assert one.relation is Relation.EDITED
            assert known.get(pair, known.get((pair[1], pair[0]))).relation is Relation.UNCLEAR
        assert one.relation not in LINKABLE
        assert one.evidence.method == "through"
        assert group_of.get(pair[0], pair[0]) != group_of.get(pair[1], pair[1])
    shuffled = list(known.items())
    shuffle.shuffle(shuffled)
    assert list(through(found.groups, dict(shuffled), locators)) == derived


def test_a_chain_is_not_a_group() -> None:
    images = {n: image(n, 10 - n) for n in range(3)}
    same = verdict(Relation.SAME_IMAGE)
    found, known, rounds = settled(
        images, {(0, 1): same, (1, 2): same}, {frozenset((0, 2)): verdict(Relation.EDITED)}
    )
    assert [(group.keep, [n for n, _ in group.members]) for group in found.groups] == [(0, [1])]
    assert (2, 0) in known
    assert rounds == 1


def test_what_the_kept_one_leaves_over_is_grouped_again() -> None:
    images = {n: image(n, 10 - n) for n in range(4)}
    same = verdict(Relation.SAME_IMAGE)
    found, _, _ = settled(images, {(0, 1): same, (1, 2): same, (2, 3): same}, {})
    assert [(group.keep, [n for n, _ in group.members]) for group in found.groups] == [(0, [1]), (2, [3])]


@pytest.mark.parametrize("confidence", [0.98, 0.5])
def test_a_weak_verdict_links_nothing(confidence: float) -> None:
    images = {n: image(n) for n in range(2)}
    assert arrange(images, {(0, 1): verdict(Relation.SAME_IMAGE, confidence)}) == Arrangement(
        groups=(), missing=()
    )


def test_a_verdict_can_say_which_one_is_the_original() -> None:
    images = {0: image(0, 2000), 1: image(1, 1000)}
    enlarged = verdict(Relation.SAME_IMAGE, original="a")
    (group,) = arrange(images, {(1, 0): enlarged}).groups
    assert group.keep == 1
    assert group.reasons == ("It is not derived from another copy.",)


def test_a_crop_of_one_is_a_crop_of_its_copies() -> None:
    images = {n: image(n, 10 - n) for n in range(4)}
    same, crop = (
        verdict(Relation.SAME_IMAGE),
        verdict(Relation.EDITED, 0.9, words=("Cropped.",), contains="a"),
    )
    known = {(0, 1): same, (0, 2): crop, (3, 2): verdict(Relation.SAME_IMAGE)}
    groups, known, _ = settled(images, known, {})
    locators = {n: one.locator for n, one in images.items()}
    derived = dict(through(groups.groups, known, locators))
    assert set(derived) == {(1, 2), (0, 3), (1, 3)}
    assert derived[1, 2].evidence.through == "0000.jpg"
    assert derived[1, 2].evidence.contains == "a"
    assert derived[1, 2].evidence.words[-1] == "Cropped."
    assert {one.relation for one in derived.values()} == {Relation.EDITED}


def test_what_a_bad_copy_cannot_show_the_good_one_has_shown() -> None:
    images = {n: image(n, 10 - n) for n in range(3)}
    same, changed = verdict(Relation.SAME_IMAGE), verdict(Relation.EDITED, 0.9)
    locators = {n: one.locator for n, one in images.items()}
    known = {(0, 1): same, (0, 2): changed, (2, 1): verdict(Relation.UNCLEAR, 0.7)}
    groups = arrange(images, known).groups
    assert [(pair, one.relation) for pair, one in through(groups, known, locators)] == [
        ((1, 2), Relation.EDITED)
    ]
    known[0, 2] = verdict(Relation.SAME_SCENE, 0.8)
    assert list(through(groups, known, locators)) == [], "perhaps the same is more than another capture"


def test_nothing_follows_from_a_pair_that_has_nothing_in_common() -> None:
    images = {n: image(n, 10 - n) for n in range(3)}
    known = {(0, 1): verdict(Relation.SAME_IMAGE), (0, 2): verdict(Relation.SAME_FORM)}
    groups = arrange(images, known).groups
    assert list(through(groups, known, {n: one.locator for n, one in images.items()})) == []
