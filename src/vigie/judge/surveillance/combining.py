"""Several chances about one place and hour put together, and many of them judged at once.

Stouffer with the measured correlation of the signals: Strube (1985), "Combining and comparing
significance levels from nonindependent hypothesis tests", Psychol. Bull. 97; Fisher with Brown's
correction: Brown, Biometrics 31 (1975) 987-992; false discovery rate: Benjamini & Hochberg, J. R.
Stat. Soc. B 57 (1995) 289-300.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from vigie.judge.surveillance.expectation import Floats

_LEAST = 1e-15


def normal_score(p_values: npt.ArrayLike) -> Floats:
    """Return the normal quantile of each chance; high where the chance is small."""
    p = np.clip(np.asarray(p_values, dtype=np.float64), _LEAST, 1.0 - _LEAST)
    return np.asarray(-special.ndtri(p), dtype=np.float64)


def stouffer(scores: Floats, correlation: Floats) -> Floats:
    """Return one chance for each row of scores; nan stands for a signal that is missing.

    Args:
        scores: Shape (n, signals), standard normal while nothing unusual happens.
        correlation: Shape (signals, signals), measured while nothing unusual happened.

    Returns:
        Shape (n,): 1 where every signal is missing.
    """
    here = ~np.isnan(scores)
    total = np.where(here, scores, 0.0).sum(axis=1)
    ones = here.astype(np.float64)
    variance = np.einsum("ij,jk,ik->i", ones, correlation, ones)
    spread = np.sqrt(np.maximum(variance, 1e-12))
    return np.asarray(np.where(here.any(axis=1), special.ndtr(-total / spread), 1.0))


def fisher(p_values: Floats, correlation: Floats | None = None) -> float:
    """Return one chance for several, by Fisher's sum, scaled for correlation as Brown did.

    Args:
        p_values: Shape (signals,), no nan.
        correlation: Of the normal scores; None for independent signals.
    """
    p = np.clip(p_values, _LEAST, 1.0)
    k = len(p)
    if k == 0:
        return 1.0
    total = float(-2.0 * np.log(p).sum())
    variance = 4.0 * k
    if correlation is not None:
        rho = np.clip(correlation[np.triu_indices(k, 1)], -0.5, 1.0)
        pairs = np.where(rho >= 0, rho * (3.25 + 0.75 * rho), rho * (3.27 + 0.71 * rho))
        variance += 2.0 * float(pairs.sum())
    scale = variance / (4.0 * k)
    return float(special.chdtrc(2.0 * k / scale, total / scale))


def bonferroni(p_values: Floats) -> Floats:
    """Return the chance that any of as many tests is as low as each."""
    return np.asarray(np.minimum(1.0, p_values * max(1, len(p_values))), dtype=np.float64)


def discovery_rates(p_values: Floats) -> Floats:
    """Return the least false discovery rate at which each is found (Benjamini & Hochberg)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    rates = np.empty(len(p))
    rates[order] = np.minimum(1.0, lowest)
    return rates
