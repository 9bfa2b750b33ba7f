"""The self-exciting grid finds back what made the counts."""

from __future__ import annotations

from datetime import date

import numpy as np

from vigie.foresight.forecasting.models.hawkes import Hawkes
from vigie.foresight.forecasting.tensor import Tensor


def excited(trigger, half_life, days=1500, cells=40):
    """Return a draw of λ = (1 - θ) · μ + θ · E, which is steady at μ."""
    generator = np.random.default_rng(8)
    ground = generator.uniform(0.5, 3.0, cells)
    state, gain = ground.copy(), 1.0 - 0.5 ** (1.0 / half_life)
    counts = np.zeros((cells, 1, days, 1))
    for day in range(days):
        counts[:, 0, day, 0] = generator.poisson((1.0 - trigger) * ground + trigger * state)
        state += gain * (counts[:, 0, day, 0] - state)
    return Tensor.from_grid(counts, ("theft",), date(2020, 1, 6))


def test_the_trigger_and_its_half_life_are_found_back():
    tensor = excited(trigger=0.5, half_life=4.0)

    fitted = Hawkes().fit(tensor, tensor.slots)

    assert abs(fitted.trigger[0] - 0.5) < 0.06
    assert abs(fitted.share[0] - 0.5) < 0.06
    assert fitted.half_life[0] in {2.0, 4.0, 7.0}


def test_where_nothing_triggers_anything_no_trigger_is_found():
    tensor = excited(trigger=0.0, half_life=4.0)

    assert Hawkes().fit(tensor, tensor.slots).trigger[0] < 0.05
