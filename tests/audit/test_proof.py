"""Proofs of the audit log, against trees built in the plainest way."""

import pytest

from onecopy.audit.merkle import Tree, leaf_hash, node_hash
from onecopy.audit.proof import combined, consistency, grew, inclusion, root_of, subtree_of

LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]
SUBTREE = subtree_of(lambda start, end: LEAVES[start:end])


def root(size: int) -> str:
    return Tree.of(str(number).encode() for number in range(size)).root


def test_a_tree_of_all_leaves_has_the_roots_that_the_log_has() -> None:
    for size in range(1, len(LEAVES)):
        assert combined(LEAVES[:size]).hex() == root(size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 65, 70])
def test_every_entry_can_be_proven_and_no_other(size: int) -> None:
    for position in range(size):
        path = inclusion(position, size, SUBTREE)
        assert root_of(LEAVES[position], position, size, path) == root(size)
        assert root_of(leaf_hash(b"another"), position, size, path) != root(size)
        for wrong in [path[:-1], [*path, path[0]]] if path else [[LEAVES[0]]]:
            assert root_of(LEAVES[position], position, size, wrong) != root(size)
    assert root_of(LEAVES[0], size, size, []) is None


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 9, 33, 64, 70])
def test_a_log_that_grew_can_be_proven_and_no_other(size: int) -> None:
    for old in range(1, size + 1):
        path = consistency(old, size, SUBTREE)
        assert grew(old, root(old), size, root(size), path)
        another = Tree.of(b"x" for _ in range(old)).root
        assert not grew(old, another, size, root(size), path)
        assert not grew(old, root(old), size, another, path)
        if path:
            assert not grew(old, root(old), size, root(size), path[:-1])
            assert not grew(old, root(old), size, root(size), [node_hash(path[0], path[0]), *path[1:]])
