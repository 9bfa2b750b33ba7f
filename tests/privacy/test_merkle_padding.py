"""A proof longer than its tree is refused, whatever its roots say (RFC 9162, 2.1.3.2, 2.1.4.2)."""

from __future__ import annotations

from vigie.privacy.merkle import EMPTY, node_hash, verify_consistency, verify_inclusion

LEAF = EMPTY


def test_a_proof_longer_than_its_tree_is_refused():
    assert verify_inclusion(0, 1, LEAF, [], LEAF)
    assert not verify_inclusion(0, 1, LEAF, [LEAF], LEAF)
    both = node_hash(LEAF, LEAF)
    assert verify_consistency(1, 2, LEAF, both, [LEAF])
    assert not verify_consistency(1, 2, LEAF, both, [LEAF, LEAF])
