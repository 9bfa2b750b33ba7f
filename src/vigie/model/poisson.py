"""Quasi-Poisson regression with a log link, by iteratively reweighted least squares.

Source: McCullagh & Nelder, Generalized Linear Models, 2nd ed. (1989), 2.5 and 6.2; Anscombe
residuals: Davison & Snell (1991).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 40
CLOSE = 1e-10
FARTHEST = 30.0
_TINY = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression.

    Attributes:
        coefficients: One for each column of the design.
        covariance: Theirs, the dispersion inside.
        mean: Fitted mean of each value.
        leverage: Diagonal of the hat matrix.
        dispersion: Pearson's, at least 1.
        converged: Whether the steps came to rest.
    """

    coefficients: Floats
    covariance: Floats
    mean: Floats
    leverage: Floats
    dispersion: float
    converged: bool

    def predict(self, row: Floats) -> tuple[float, float]:
        """Return linear predictor and its standard error for one row of a design."""
        return float(row @ self.coefficients), float(np.sqrt(row @ self.covariance @ row))


def fit(
    counts: Floats,
    design: Floats,
    weights: Floats | None = None,
    offset: Floats | float = 0.0,
) -> Fit:
    """Fit a quasi-Poisson regression.

    Args:
        counts: Shape (n,), >= 0.
        design: Shape (n, p), with its column of ones.
        weights: Prior weights, shape (n,); None for ones.
        offset: Logarithm of how much each row was exposed, shape (n,).

    Raises:
        ValueError: When there are not more counts than columns.
    """
    n, p = design.shape
    if n <= p:
        msg = "more counts than columns"
        raise ValueError(msg)
    prior = np.ones(n) if weights is None else weights
    eta = np.log(np.maximum(counts, 0.0) + 0.5)
    beta = np.zeros(p)
    converged = False
    for _ in range(STEPS):
        mu = np.exp(np.clip(eta, -FARTHEST, FARTHEST))
        scaled = np.sqrt(prior * mu)
        response = eta - offset + (counts - mu) / mu
        found = np.linalg.lstsq(scaled[:, None] * design, scaled * response, rcond=None)[0]
        eta = np.clip(design @ found + offset, -FARTHEST, FARTHEST)
        converged = bool(np.max(np.abs(found - beta)) < CLOSE * (1.0 + np.max(np.abs(found))))
        beta = found
        if converged:
            break
    mu = np.exp(eta)
    root = np.sqrt(prior * mu)[:, None] * design
    inverse = np.linalg.pinv(root.T @ root)
    leverage = np.clip(np.einsum("ij,jk,ik->i", root, inverse, root), 0.0, 1.0 - 1e-9)
    pearson = float(np.sum(prior * (counts - mu) ** 2 / np.maximum(mu, _TINY)))
    dispersion = max(1.0, pearson / (n - p))
    return Fit(beta, inverse * dispersion, mu, leverage, dispersion, converged)


def anscombe(counts: Floats, of: Fit) -> Floats:
    """Return standardised Anscombe residuals of a Poisson regression."""
    mu = np.maximum(of.mean, _TINY)
    raw = 1.5 * (counts ** (2.0 / 3.0) * mu ** (-1.0 / 6.0) - np.sqrt(mu))
    scaled: Floats = raw / np.sqrt(of.dispersion * (1.0 - of.leverage))
    return scaled
