"""Small tensors whose truth is known."""

from __future__ import annotations

from datetime import date

import numpy as np

from vigie.foresight.forecasting.tensor import Tensor

FIRST = date(2024, 1, 1)
KINDS = ("theft", "noise")


def truth(rows=3, columns=4, days=200, kinds=KINDS):
    """Return the mean of a city with quiet and busy cells, and a week-end."""
    generator = np.random.default_rng(5)
    level = generator.gamma(1.0, 1.5, (rows, columns, 1, len(kinds)))
    level[0, 0] = 0.0
    weekday = np.where(np.arange(days) % 7 >= 5, 1.5, 0.8)[None, None, :, None]
    return level * weekday


def counted(rows=3, columns=4, days=200, seed=1, **more):
    """Return a Poisson draw of ``truth``."""
    mean = truth(rows, columns, days)
    return Tensor.from_grid(np.random.default_rng(seed).poisson(mean), KINDS, FIRST, **more)
