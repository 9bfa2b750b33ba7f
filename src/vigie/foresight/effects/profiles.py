"""Where and when the facts that events bring fall: shares by ring and hour from the start."""

from __future__ import annotations

import numpy as np

from vigie.foresight.effects.bins import Floats

LEAN = 25.0
"""Facts by which a kind of fact leans on the profile of all facts of that kind of event."""
LEAN_ALL = 60.0
"""Facts by which a kind of event leans on an even spread over its hours and ring shares."""
RING_START = np.array([0.45, 0.35, 0.20])


def profile(excess: Floats, active: Floats) -> Floats:
    """Return shares by ring and hour for each kind of fact, summing to 1 over both.

    Args:
        excess: Observed minus expected, summed over events, kinds x rings x hours.
        active: Share of the events whose window has each hour.

    Negative sums count as nothing; each kind leans on all kinds together, and these on an even
    spread over the hours, nearer rings first.
    """
    rings = excess.shape[1]
    start = RING_START[:rings] if rings == len(RING_START) else 0.6 ** np.arange(rings)
    even = start[:, None] / start.sum() * (active / max(1e-9, float(active.sum())))[None]
    every = np.maximum(excess.sum(0), 0.0)
    every = every + LEAN_ALL * even
    every /= every.sum()
    each = np.maximum(excess, 0.0) + LEAN * every[None]
    return np.asarray(each / each.sum((1, 2), keepdims=True), np.float64)
