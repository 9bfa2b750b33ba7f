"""What other events bring into the rings and hours of this one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.effects.bins import HOUR_US, Bins
from vigie.foresight.effects.others import moved, overlap_of, ring_shares

RINGS = (500.0, 1_000.0, 2_000.0)


def test_at_the_same_place_every_ring_falls_in_itself() -> None:
    assert ring_shares(RINGS)[0] == pytest.approx(np.eye(3))


@given(st.integers(0, 39))
def test_shares_never_exceed_one_and_fade_with_distance(step: int) -> None:
    shares = ring_shares(RINGS)
    assert bool(np.all(shares[step].sum(1) <= 1.0 + 1e-9))
    assert float(shares[step + 1].sum()) <= float(shares[step].sum()) + 0.05


def test_beyond_twice_the_reach_nothing_comes() -> None:
    assert float(ring_shares(RINGS)[40].sum()) == pytest.approx(0.0, abs=0.01)


@given(st.integers(-25, 25))
def test_hours_are_shifted_and_what_falls_outside_is_lost(shift: int) -> None:
    effect = np.arange(20.0).reshape(1, 1, 20)
    out = moved(effect, np.eye(1), shift)
    wanted = [effect[0, 0, h - shift] if 0 <= h - shift < 20 else 0.0 for h in range(20)]
    assert out[0, 0].tolist() == wanted


def test_only_events_near_in_time_and_place_reach() -> None:
    starts = np.array([0, 5 * HOUR_US, 40 * HOUR_US, 0], np.int64)
    x = np.array([300.0, 300.0, 300.0, 9_000.0])
    near, steps, shifts = overlap_of(Bins(), 0, (0.0, 0.0), starts, np.column_stack([x, 0 * x]))
    assert near.tolist() == [0, 1]
    assert (steps.tolist(), shifts.tolist()) == ([3, 3], [0, 5])
