"""What other events bring into the rings and hours of this one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vigie.foresight.effects.bins import HOUR_US, Bins, Floats, Ints

STEP_M = 100.0
DRAWS = 400


@lru_cache(maxsize=16)
def ring_shares(rings_m: tuple[float, ...]) -> Floats:
    """Return how the rings of an event fall into the rings of another, by distance.

    Returns:
        Steps of ``STEP_M`` between the two middles x rings of the first x rings of the second. What
        falls outside the second's reach is lost; each ring counts as evenly filled.
    """
    outer = np.asarray(rings_m)
    inner = np.concatenate([[0.0], outer[:-1]])
    even = (np.arange(DRAWS) + 0.5) / DRAWS
    angle = np.pi * (1 + 5**0.5) * np.arange(DRAWS)
    steps = int(2 * outer[-1] / STEP_M) + 1
    shares: Floats = np.zeros((steps, len(outer), len(outer)))
    for ring in range(len(outer)):
        radius = np.sqrt(inner[ring] ** 2 + even * (outer[ring] ** 2 - inner[ring] ** 2))
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        for step in range(steps):
            distance = np.hypot(x - step * STEP_M, y)
            into = np.searchsorted(outer, distance)
            shares[step, ring] = np.bincount(into, minlength=len(outer) + 1)[: len(outer)] / DRAWS
    return shares


def overlap_of(
    bins: Bins, start_us: int, middle: tuple[float, float], starts_us: Ints, places: Floats
) -> tuple[Ints, Ints, Ints]:
    """Return which events reach an event's rings and hours, their distance step and hour shift.

    Args:
        bins: Rings and hours.
        start_us: Start of the event.
        middle: Its middle, metres.
        starts_us: Starts of all events.
        places: Their middles, events x 2.
    """
    distance = np.hypot(places[:, 0] - middle[0], places[:, 1] - middle[1])
    shift = np.rint((starts_us - start_us) / HOUR_US).astype(np.int64)
    wide = bins.before_h + bins.most_h
    near = np.flatnonzero((distance < 2 * bins.reach_m) & (np.abs(shift) < wide))
    return near, (distance[near] / STEP_M).astype(np.int64), shift[near]


def moved(effect: Floats, shares: Floats, shift: int) -> Floats:
    """Return an event's effect (kinds x rings x hours) in the rings and hours of another."""
    into = np.matmul(shares.T[None], effect)
    out: Floats = np.zeros_like(into)
    hours = into.shape[2]
    if abs(shift) >= hours:
        return out
    if shift >= 0:
        out[:, :, shift:] = into[:, :, : hours - shift]
    else:
        out[:, :, :shift] = into[:, :, -shift:]
    return out
