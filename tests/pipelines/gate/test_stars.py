"""Which of many near copies an upload is compared with: few of them, and never too few."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecopy.catalog.images import StoredImage
from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.model import LINKABLE, Evidence, Fingerprint, Relation, Verdict
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.compare import Question
from onecopy.pipelines.gate.stars import THROUGH, follow
from onecopy.policy import Action
from onecopy.vault.local import LocalVault

PRINT = Fingerprint(
    version=1, sha256="", image_data_hint="0" * 32, image_data_sha256=None, pixels_sha256=None, pdq=None,
    pdq_turned=None, pdq_quality=0, pdq_trimmed=None, features=b"",
    byte_size=1000, width=100, height=100, format="jpeg", mode="RGB", lossless=False,
)  # fmt: skip
MINE = StoredImage(id=0, content="m" * 64, inner="", fingerprint=replace(PRINT, sha256="m" * 64))


def held_image(number, **how):
    sha256 = f"{number:064}"
    how = {"sha256": sha256, "byte_size": 1000 + number} | how
    return StoredImage(id=number, content=sha256, inner="", fingerprint=replace(PRINT, **how))


def question(earlier):
    return Question(position=0, mine=MINE, earlier=earlier)


def verdict(relation, confidence=1.0, method="photo"):
    return Verdict(relation=Relation(relation), confidence=confidence, evidence=Evidence(method=method))


def star(middle, others):
    return {(middle, other): verdict("same-image") for other in others}


def run(images, held, truth, here=lambda _: True):
    """Ask as the gate does until nothing is open; what was asked, and all that came out."""
    questions = [question(one) for one in images]
    answers = {}
    while True:
        derived, left = follow(questions, answers, held, here)
        assert not set(derived) & set(answers)
        if not left:
            return {one.earlier.id for one in questions if one.key in answers}, answers | derived
        answers |= {one.key: truth(one.earlier) for one in left}


def relations(images, found):
    return [found[question(one).key].relation for one in images]


def test_one_and_two_are_all_compared():
    images = [held_image(1), held_image(2)]
    for some in ([], images[:1], images):
        asked, _ = run(some, star(1, [2]), lambda _: verdict("same-image"))
        assert asked == {one.id for one in some}


@pytest.mark.parametrize("relation", ["same-image", "edited", "same-scene"])
def test_the_middle_and_the_most_detailed_speak_for_the_rest(relation):
    images = [held_image(n) for n in range(1, 40)]
    asked, found = run(images, star(5, set(range(1, 40)) - {5}), lambda _: verdict(relation, 0.995))
    assert asked == {5, 39}
    assert relations(images, found) == [relation] * 39
    derived = found[question(images[0]).key]
    assert (derived.evidence.method, derived.confidence) == (THROUGH, 0.995)
    assert derived.evidence.through == f"sha256:{5:064}"


def test_fine_pixels_and_many_bytes_are_two_witnesses():
    images = [held_image(n) for n in range(1, 10)]
    images[2] = held_image(3, width=400, height=400)  # enlarged: no more bytes for that
    asked, _ = run(images, star(1, range(2, 10)), lambda _: verdict("same-image"))
    assert asked == {1, 3, 9}


@pytest.mark.parametrize("relation", ["unclear", "same-form", "distinct"])
def test_what_is_not_carried_over_is_asked_of_all(relation):
    images = [held_image(n) for n in range(1, 10)]
    asked, _ = run(images, star(5, {1, 2, 3, 4, 6, 7, 8, 9}), lambda _: verdict(relation))
    assert asked == set(range(1, 10))


def test_a_witness_that_disagrees_has_all_asked():
    images = [held_image(n) for n in range(1, 10)]
    held = star(1, range(2, 10))
    asked, found = run(images, held, lambda one: verdict("same-scene" if one.id == 9 else "same-image"))
    assert asked == set(range(1, 10))
    assert relations(images, found) == ["same-image"] * 8 + ["same-scene"]


def test_a_weak_link_speaks_for_nobody():
    images = [held_image(n) for n in range(1, 10)]
    asked, _ = run(images, star(1, range(2, 10)), lambda _: verdict("same-image", 0.98))
    assert asked == set(range(1, 10))


def test_a_chain_is_no_star():
    images = [held_image(n) for n in range(1, 7)]
    chain = {(n, n + 1): verdict("same-image") for n in range(1, 6)}
    asked, _ = run(images, chain, lambda _: verdict("same-image"))
    assert asked == {2, 3, 5, 6}  # 1 and 4 were compared with 2 and 5


def test_two_that_differ_are_not_in_one_star():
    images = [held_image(n) for n in range(1, 10)]
    held = star(1, range(2, 10)) | {(3, 7): verdict("same-scene")}
    asked, _ = run(images, held, lambda _: verdict("same-image"))
    assert asked == {1, 3, 9}


def test_the_own_case_is_compared_by_itself():
    images = [held_image(n) for n in range(1, 21)]
    held = star(1, range(2, 21))
    asked, found = run(images, held, lambda _: verdict("same-image"), lambda one: one.earlier.id > 10)
    assert asked & set(range(1, 11)) == {1, 10}
    own = {one.id for one in images[10:] if found[question(one).key].evidence.method != THROUGH}
    assert own == set(range(11, 21))  # their middle is elsewhere, so each was compared


@pytest.mark.parametrize("relation", ["distinct", "unclear", "same-image"])
def test_twins_by_digest_follow_whatever_is_said(relation):
    images = [held_image(n, pixels_sha256="p" * 64) for n in range(1, 10)]
    asked, found = run(images, {}, lambda _: verdict(relation, 0.9))
    assert len(asked) == 1
    assert relations(images, found) == [relation] * 9


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_is_linked_that_its_middle_does_not_link(data):
    """However pairs are related: derived links stand beside direct ones of the middle and of the witness."""
    images = [held_image(n, byte_size=data.draw(st.integers(1, 5))) for n in range(1, 8)]
    some = st.sampled_from(["same-image", "same-scene", "edited", "unclear", "distinct"])
    pairs = [(a, b) for a in range(1, 8) for b in range(a + 1, 8)]
    held = {pair: verdict(one) for pair in pairs if (one := data.draw(st.none() | some)) is not None}
    truth = {image.id: verdict(data.draw(some)) for image in images}
    asked, found = run(images, held, lambda one: truth[one.id])
    for image in images:
        said = found[question(image).key]
        if image.id in asked:
            assert said == truth[image.id]
        elif said.relation in LINKABLE:
            beside = [n for n in asked if truth[n].relation in LINKABLE]
            by = [n for n in beside if held.get(tuple(sorted((n, image.id)))) == verdict("same-image")]
            assert by
            assert len(beside) >= 2


class Counting:
    """A real engine that counts the pairs that are compared."""

    def __init__(self, engine):
        self.engine, self.workers, self.pairs = engine, engine.workers, 0

    def run(self, task, calls):
        def counted():
            for call in calls:
                self.pairs += len(getattr(call.args, "pairs", ()))
                yield call

        return self.engine.run(task, counted())

    def close(self):
        self.engine.close()


@pytest.mark.parametrize("order", [1, -1], ids=["each better", "each poorer"])
def test_the_eighth_copy_costs_no_more_than_the_third(tmp_path, picture, order):
    engine = Counting(LocalEngine(workers=2))
    with Gate(Catalog(tmp_path / "c.db"), LocalVault(tmp_path / "v"), engine) as gate:
        costs = []
        for quality in range(60, 92, 4)[::order]:
            with io.BytesIO() as file:
                picture(5).save(file, "JPEG", quality=quality)
                file.seek(0)
                reply = gate.submit(file, Context(case="c"))
            costs.append(engine.pairs)
            engine.pairs = 0
        assert costs[:3] == [0, 1, 2]
        assert max(costs) <= 3
        assert reply.decision is Action.LINK
        assert [one.relation for one in reply.matches] == [Relation.SAME_IMAGE] * 7
        assert reply.matches[0].evidence.method != THROUGH
