"""The tree over the audit's lines: its root commits to every line and to their order.

RFC 6962, section 2.1, and RFC 9162, section 2.1: SHA-256, ``0x00`` before a leaf, ``0x01`` before
a node, so that no node passes for a leaf. Proofs are lists of hashes, from the leaf upwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Hash = bytes
Subtree = Callable[[int, int], Hash]
"""From the first leaf and the one after the last: the root over them."""

EMPTY: Hash = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> Hash:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows at its end and knows its root; keeps one hash per bit of its size.

    Attributes:
        size: Leaves so far.
    """

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[Hash] = []  # roots of complete subtrees, the largest first

    def append(self, leaf: Hash) -> None:
        """Add the hash of the next leaf."""
        self.size += 1
        grown, carry = leaf, self.size
        while carry & 1 == 0:
            grown = node_hash(self._complete.pop(), grown)
            carry >>= 1
        self._complete.append(grown)

    def root(self) -> Hash:
        """Return the root over the leaves so far."""
        if not self._complete:
            return EMPTY
        *rest, root = self._complete
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[Hash]) -> Hash:
    """Return the root over leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _middle(first: int, end: int) -> int:
    """Return where the right half begins: after the largest power of two below the length."""
    return first + (1 << (end - first - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[Hash]:
    """Return the proof that a leaf stands at an index of a tree (RFC 9162, 2.1.3.1).

    Raises:
        ValueError: When the tree has no such leaf.
    """
    if not 0 <= index < size:
        msg = f"no leaf {index} in a tree of {size}"
        raise ValueError(msg)
    proof: list[Hash] = []
    first, end = 0, size
    while end - first > 1:
        middle = _middle(first, end)
        if index < middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(size1: int, size2: int, subtree: Subtree) -> list[Hash]:
    """Return the proof that a tree began as a smaller one (RFC 9162, 2.1.4.1).

    It is empty from size 0 (which every tree began with) and between equal sizes.

    Raises:
        ValueError: Unless ``0 <= size1 <= size2``.
    """
    if not 0 <= size1 <= size2:
        msg = f"no tree of {size1} within one of {size2}"
        raise ValueError(msg)
    if size1 in (0, size2):
        return []
    proof: list[Hash] = []
    first, end = 0, size2
    while size1 != end:
        middle = _middle(first, end)
        if size1 <= middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first = middle
    if first:  # otherwise the smaller tree is this very subtree, and its root is known
        proof.append(subtree(first, end))
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: Hash, proof: Sequence[Hash], root: Hash) -> bool:
    """Say whether a proof shows a leaf at an index under a root (RFC 9162, 2.1.3.2)."""
    if not (0 <= index < size and len(leaf) == len(EMPTY)):
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    size1: int, size2: int, root1: Hash, root2: Hash, proof: Sequence[Hash]
) -> bool:
    """Say whether a proof shows that one tree began as another (RFC 9162, 2.1.4.2).

    From size 0 to a larger tree there is nothing that a proof could show: the answer is no. Between
    two empty trees it is yes only for the root of the empty tree, and no tree has less than none.
    """
    if size1 == size2:
        return not proof and root1 == root2 and (size1 > 0 or (size1 == 0 and root1 == EMPTY))
    if not (0 < size1 < size2 and proof):
        return False
    # A smaller tree that is complete is itself the first node of the path.
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == root1 and new == root2
