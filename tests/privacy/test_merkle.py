"""The tree of RFC 9162: published vectors, and what holds for every tree."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.merkle import (
    EMPTY,
    Frontier,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 70)


def leaves_of(n: int) -> list[bytes]:
    return [leaf_hash(str(i).encode()) for i in range(n)]


def subtree_of(leaves: list[bytes]) -> Subtree:
    return lambda first, end: root_of(leaves[first:end])


def defined_root(leaves: list[bytes]) -> bytes:
    """The recursive definition, written down as the RFC has it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


@pytest.mark.shared
def test_every_published_vector_passes(shared_dir: Path):
    """Requirement: P-LOG-1."""
    files = sorted((shared_dir / "data" / "audit_vectors").rglob("*.json"))
    wrong = []
    for path in files:
        case = json.loads(path.read_text("utf-8"))
        proof = [base64.b64decode(step) for step in case["proof"] or []]
        hashes = {k: base64.b64decode(v or "") for k, v in case.items() if k in HASHES}
        if "leafIdx" in case:
            index, size = case["leafIdx"], case["treeSize"]
            right = verify_inclusion(index, size, hashes["leafHash"], proof, hashes["root"])
        else:
            sizes = case["size1"], case["size2"]
            right = verify_consistency(*sizes, hashes["root1"], hashes["root2"], proof)
        if right == case["wantErr"]:
            wrong.append(path.name)
    assert len(files) == 196
    assert wrong == []


HASHES = {"root", "leafHash", "root1", "root2"}


def test_the_empty_tree_has_the_root_of_the_rfc():
    """Requirement: P-LOG-1."""
    assert Frontier().root() == root_of([]) == EMPTY == hashlib.sha256(b"").digest()
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_leaves_and_nodes_are_hashed_as_the_rfc_has_it():
    """Requirement: P-LOG-1."""
    assert leaf_hash(b"line") == hashlib.sha256(b"\x00line").digest()
    assert node_hash(b"left", b"right") == hashlib.sha256(b"\x01leftright").digest()


def test_a_node_cannot_be_passed_off_as_a_leaf():
    left, right = leaves_of(2)
    assert leaf_hash(left + right) != node_hash(left, right)


@given(st.integers(0, 70))
def test_the_growing_tree_gives_the_root_of_the_definition(n: int):
    tree = Frontier()
    for leaf in leaves_of(n):
        tree.append(leaf)
    assert tree.root() == defined_root(leaves_of(n))
    assert tree.size == n


@pytest.mark.parametrize("size", range(1, 10))
def test_each_leaf_of_each_small_tree_is_shown_by_its_proof(size: int):
    """Every turn of the walk: also the last leaf that stands alone on its level."""
    leaves = leaves_of(size)
    for index in range(size):
        proof = inclusion_proof(index, size, subtree_of(leaves))
        assert verify_inclusion(index, size, leaves[index], proof, root_of(leaves))


@given(st.data(), SIZES)
def test_every_leaf_is_shown_by_its_proof_and_nothing_else_is(data: st.DataObject, size: int):
    """Requirement: P-LOG-1."""
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    root = root_of(leaves)
    proof = inclusion_proof(index, size, subtree_of(leaves))
    assert verify_inclusion(index, size, leaves[index], proof, root)
    assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, root)
    assert not verify_inclusion(index, size, leaves[index], [*proof, root], root)
    assert not verify_inclusion(index, size, leaves[index], proof[:-1], root) or not proof
    other = data.draw(st.integers(0, size - 1))
    assert verify_inclusion(other, size, leaves[index], proof, root) == (other == index)
    assert not verify_inclusion(size, size, leaves[index], proof, root)
    assert not verify_inclusion(-1, size, leaves[index], proof, root)


@given(st.data(), SIZES)
def test_a_tree_is_shown_to_begin_as_each_smaller_one(data: st.DataObject, size: int):
    """Requirement: P-LOG-1."""
    leaves = leaves_of(size)
    before = data.draw(st.integers(1, size))
    old, new = root_of(leaves[:before]), root_of(leaves)
    proof = consistency_proof(before, size, subtree_of(leaves))
    assert verify_consistency(before, size, old, new, proof)
    assert not verify_consistency(before, size, leaf_hash(b"other"), new, proof)
    assert not verify_consistency(before, size, old, leaf_hash(b"other"), proof)
    assert not verify_consistency(before, size, old, new, [*proof, old])
    if before < size:
        assert not verify_consistency(before, size, old, new, proof[:-1])
        changed = leaves_of(size)
        changed[data.draw(st.integers(0, before - 1))] = leaf_hash(b"rewritten")
        forged = consistency_proof(before, size, subtree_of(changed))
        assert not verify_consistency(before, size, old, root_of(changed), forged)


def test_size_nought_is_told_apart():
    """Requirement: P-LOG-1."""
    one = leaves_of(1)
    assert consistency_proof(0, 1, subtree_of(one)) == []
    assert consistency_proof(1, 1, subtree_of(one)) == []
    assert verify_consistency(0, 0, EMPTY, EMPTY, [])
    assert not verify_consistency(0, 0, one[0], one[0], [])
    assert not verify_consistency(-1, -1, EMPTY, EMPTY, [])
    assert not verify_consistency(-1, -1, one[0], one[0], [])
    assert not verify_consistency(0, 1, EMPTY, one[0], [])
    assert not verify_consistency(2, 1, one[0], one[0], one)
    assert not verify_inclusion(0, 0, one[0], [], EMPTY)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int):
    with pytest.raises(ValueError, match=f"^no leaf {index} in a tree of {size}$"):
        inclusion_proof(index, size, subtree_of(leaves_of(3)))


@pytest.mark.parametrize(("size1", "size2"), [(-1, 2), (3, 2)])
def test_a_tree_that_is_not_within_has_no_proof(size1: int, size2: int):
    with pytest.raises(ValueError, match=f"^no tree of {size1} within one of {size2}$"):
        consistency_proof(size1, size2, subtree_of(leaves_of(3)))
