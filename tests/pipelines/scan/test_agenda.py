from array import array
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from onecopy.pipelines.scan.agenda import Agenda


def run(images, pairs, same, most=4, unsure=lambda a, b: False):
    """Work through an agenda; ``same`` says which images are one, ``unsure`` which seem to be."""
    agenda = Agenda(images, array("q", chain.from_iterable(pairs)))
    compared = []
    for batch in agenda.rounds(most):
        for a, b in batch:
            compared.append((a, b))
            if same(a, b):
                agenda.linked(a, b)
            elif unsure(a, b):
                agenda.unsure(a, b)
    return compared, agenda.left_out


def test_copies_are_compared_with_the_first_only():
    pairs = list(combinations(range(100), 2))
    compared, left_out = run(100, pairs, lambda a, b: True)
    assert sorted(compared) == [(0, b) for b in range(1, 100)]
    assert left_out == len(pairs) - 99


def test_what_is_alike_but_different_is_all_compared():
    pairs = list(combinations(range(12), 2))
    compared, left_out = run(12, pairs, lambda a, b: False)
    assert (sorted(compared), left_out) == (pairs, 0)


def test_a_pair_is_only_left_out_for_one_that_was_compared():
    # 0 and 1 are one, but 0 was never proposed beside 2: so 1 has to speak.
    compared, _ = run(3, [(0, 1), (1, 2)], lambda a, b: True)
    assert sorted(compared) == [(0, 1), (1, 2)]


def test_an_unsure_answer_does_not_speak_for_a_few_more_copies():
    def thumbnail(a, b):
        return b >= 10

    pairs = list(combinations(range(14), 2))
    few, _ = run(4, list(combinations(range(4), 2)), lambda a, b: b < 3, unsure=lambda a, b: b == 3)
    assert sorted(few) == [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)]
    compared, _ = run(14, pairs, lambda a, b: b < 10, unsure=thumbnail)
    with_copies = [(a, b) for a, b in compared if a < 10 <= b]
    assert sorted(with_copies) == [(a, b) for a in range(4) for b in range(10, 14)]


def test_what_differs_from_the_original_is_not_asked_about_copies():
    compared, _ = run(5, list(combinations(range(5), 2)), lambda a, b: b < 4)
    assert [pair for pair in compared if pair[1] == 4] == [(0, 4)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.data(), st.integers(1, 8))
def test_every_pair_is_compared_or_follows(kinds, data, most):
    everything = list(combinations(range(len(kinds)), 2))
    pairs = sorted(data.draw(st.sets(st.sampled_from(everything)))) if everything else []
    compared, left_out = run(len(kinds), pairs, lambda a, b: kinds[a] == kinds[b], most)
    assert len(compared) + left_out == len(pairs)
    assert len(set(compared)) == len(compared)
    assert set(compared) <= set(pairs)
    for a, b in set(pairs) - set(compared):
        assert any((c, a) in compared and (c, b) in compared and kinds[c] == kinds[a] for c in range(a))


def test_the_size_of_a_round_changes_nothing():
    pairs = [(a, b) for a, b in combinations(range(30), 2) if (a * b) % 3]
    results = [run(30, pairs, lambda a, b: a % 4 == b % 4, most) for most in (1, 7, 1000)]
    assert all(sorted(found) == sorted(results[0][0]) for found, _ in results)
