"""A proof longer than its tree is refused; every proof of every small tree is taken, and no other.

RFC 9162, 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from vigie.privacy.merkle import (
    EMPTY,
    consistency_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAF = EMPTY
LEAVES = [leaf_hash(bytes([n])) for n in range(13)]


def test_a_proof_longer_than_its_tree_is_refused():
    assert verify_inclusion(0, 1, LEAF, [], LEAF)
    assert not verify_inclusion(0, 1, LEAF, [LEAF], LEAF)
    both = node_hash(LEAF, LEAF)
    assert verify_consistency(1, 2, LEAF, both, [LEAF])
    assert not verify_consistency(1, 2, LEAF, both, [LEAF, LEAF])


def test_every_small_tree_is_shown_to_begin_every_larger_one():
    roots = [root_of(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
    for larger in range(2, len(LEAVES) + 1):
        for smaller in range(1, larger):
            proof = consistency_proof(
                smaller, larger, lambda first, end: root_of(LEAVES[first:end])
            )
            assert verify_consistency(smaller, larger, roots[smaller], roots[larger], proof)
            assert not verify_consistency(smaller, larger, roots[smaller - 1], roots[larger], proof)
