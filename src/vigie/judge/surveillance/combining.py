"""Several chances about one place and hour put together, their signals being correlated.

Fisher's sum with Brown's correction: Brown, Biometrics 31 (1975) 987-992.
"""

from __future__ import annotations

import numpy as np
import scipy

from vigie.judge.surveillance.expectation import Floats

_LEAST = 1e-15


def brown(p_values: Floats, correlation: Floats) -> Floats:
    """Return one chance for each row of chances, by Fisher's sum scaled for correlation.

    Args:
        p_values: Shape (n, signals); nan stands for a signal that is missing.
        correlation: Shape (signals, signals), of the normal scores.

    Returns:
        Shape (n,): 1 where every signal is missing.
    """
    here = ~np.isnan(p_values)
    logs = -2.0 * np.log(np.clip(np.where(here, p_values, 1.0), _LEAST, 1.0)).sum(axis=1)
    ones = here.astype(np.float64)
    k = ones.sum(axis=1)
    rho = np.clip(correlation, -0.5, 1.0)
    pairs = np.where(rho >= 0, rho * (3.25 + 0.75 * rho), rho * (3.27 + 0.71 * rho))
    pairs = pairs - np.diag(np.diag(pairs))
    variance = 4.0 * k + np.einsum("ij,jk,ik->i", ones, pairs, ones)
    scale = np.maximum(variance / np.maximum(4.0 * k, 1.0), 0.1)
    found = scipy.special.chdtrc(np.maximum(2.0 * k / scale, 1e-9), logs / scale)
    return np.asarray(np.where(k > 0, found, 1.0), dtype=np.float64)
