"""A proof longer than its tree is refused; every proof of every small tree is taken, and no other.

RFC 9162, 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from vigie.privacy.merkle import (
    EMPTY,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAF = EMPTY
LEAVES = [leaf_hash(bytes([n])) for n in range(24)]
"""So many that a smaller tree ends where a larger one does, three levels up."""


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


def forged(proof: list[bytes]) -> list[list[bytes]]:
    """Return a proof with each hash in turn changed, left out or there twice, and with one more."""
    return [
        *([*proof[:at], LEAF, *proof[at + 1 :]] for at in range(len(proof))),
        *([*proof[:at], *proof[at + 1 :]] for at in range(len(proof))),
        *([*proof[:at], proof[at], *proof[at:]] for at in range(len(proof))),
        [*proof, LEAF],
    ]


def test_no_proof_of_a_small_tree_can_be_changed():
    """Requirement: P-LOG-1."""
    for size in range(1, len(LEAVES) + 1):
        root, subtree = root_of(LEAVES[:size]), lambda first, end: root_of(LEAVES[first:end])
        for index in range(size):
            proof = inclusion_proof(index, size, subtree)
            assert verify_inclusion(index, size, LEAVES[index], proof, root)
            for other in forged(proof):
                assert not verify_inclusion(index, size, LEAVES[index], other, root)
        for before in range(1, size):
            old, proof = root_of(LEAVES[:before]), consistency_proof(before, size, subtree)
            assert verify_consistency(before, size, old, root, proof)
            for other in forged(proof):
                assert not verify_consistency(before, size, old, root, other)
        assert verify_consistency(size, size, root, root, [])
        assert not verify_consistency(size, size, root, LEAF, [])
        assert not verify_consistency(size, size, root, root, [LEAF])


def test_what_is_no_hash_is_no_leaf():
    assert not verify_inclusion(0, 1, b"leaf", [], b"leaf")
    assert not verify_inclusion(0, 1, LEAF + b"0", [], LEAF + b"0")
