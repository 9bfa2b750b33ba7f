"""How right a forecast of counts was; every score is over **all** cells, zeros included.

Definitions and reference values: ``docs/explanation/forecasting.md``. ``mean`` and ``counts`` have
the same shape, ``(cells, slots, kinds)`` where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from vigie.foresight.forecasting.models.protocol import FLOOR
from vigie.foresight.forecasting.tensor import Floats


def deviance(mean: Floats, counts: Floats) -> Floats:
    """Return the Poisson deviance of each item: 2·(y·ln(y/μ) - (y - μ)), μ clipped at 1e-3."""
    clipped = np.maximum(mean, FLOOR)
    return np.maximum(2.0 * (special.xlogy(counts, counts / clipped) - counts + clipped), 0.0)


@dataclass(frozen=True, slots=True)
class MaskedScore:
    """The score of the literature on cells where something happened, which rewards too much.

    A constant 1 everywhere beats every honest forecast on it (MAPE .364 in Chicago): it is printed
    with this warning or not at all.

    Attributes:
        mae: Mean absolute error over items with a count above zero.
        mape: The same, each divided by its count.
        warning: Code of the message that must stand beside these numbers.
    """

    mae: float
    mape: float
    warning: str = "forecast_masked_score"


def masked(mean: Floats, counts: Floats) -> MaskedScore:
    """Return the masked MAE and MAPE, pooled over everything; see ``MaskedScore``."""
    happened = counts > 0
    error = np.abs(mean - counts)[happened]
    if not error.size:
        return MaskedScore(float("nan"), float("nan"))
    return MaskedScore(float(error.mean()), float((error / counts[happened]).mean()))
