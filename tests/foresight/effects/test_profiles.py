"""Where and when the facts that events bring fall."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.foresight.effects.profiles import profile


@given(arrays(np.float64, (2, 3, 5), elements=st.floats(-20.0, 200.0)))
def test_shares_are_shares(excess: np.ndarray) -> None:
    found = profile(excess, np.ones(5))
    assert bool(np.all(found >= 0.0))
    assert found.sum((1, 2)) == pytest.approx([1.0, 1.0])


def test_hours_that_no_event_has_get_nothing_and_much_excess_speaks_for_itself() -> None:
    excess = np.zeros((1, 3, 5))
    excess[0, 0, 1] = 5_000.0
    found = profile(excess, np.array([1.0, 1.0, 1.0, 0.0, 0.0]))
    assert float(found[0, 0, 1]) > 0.95
    assert float(found[0, :, 3:].sum()) == 0.0
