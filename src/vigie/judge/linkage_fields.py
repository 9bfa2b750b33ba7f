"""What each field of two reports adds to the log-odds that they tell of one incident."""

from __future__ import annotations

import numpy as np

from vigie.judge.linkage import (
    Floats,
    Ints,
    Reports,
    Weights,
    comparisons,
    pair_weights,
    shipped_weights,
)

FIELDS = ("base", "place", "time", "kind", "sources")
_STARTS = {
    "intercept": "base",
    "distance_z": "place",
    "spread": "place",
    "kind": "kind",
    "one_source": "kind",
}
"""Whose comparisons belong to which field; all others are of time."""


def field_of(name: str) -> str:
    """Return the field that a numeric comparison belongs to."""
    return next((field for start, field in _STARTS.items() if name.startswith(start)), "time")


def explained(
    reports: Reports, left: Ints, right: Ints, weights: Weights | None = None
) -> dict[str, Floats]:
    """Return what each of ``FIELDS`` adds for pairs; they add up to the log-odds.

    The base is what any two reports compared start from: most tell of two incidents.
    """
    weights = weights or shipped_weights()
    numeric = comparisons(reports, left, right) * weights.values
    found = {name: np.zeros(len(left)) for name in FIELDS}
    for column, name in enumerate(weights.names):
        found[field_of(name)] += numeric[:, column]
    alone = Weights(*(weights.names, weights.values, weights.kind_pairs, {}, weights.curve))
    kinds = pair_weights(reports, left, right, alone)
    found["kind"] += kinds
    found["sources"] += pair_weights(reports, left, right, weights) - kinds
    return found
