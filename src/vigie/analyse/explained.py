"""What zones tell beyond what is known of them: a model that never saw the zone it judges.

A figure of a zone in a period (log odds of a share, log of a rate) is what the period has in
common, what is known of the zone then (the columns), what the zone differs by anyhow, what it
differs by in that period, and the chance of the sample, whose variance is known:

    y = period + columns @ weights + zone + zone in period + sampling

The two variances are found by restricted maximum likelihood (Patterson and Thompson 1971). Each
zone is told apart by a fit on all the others, so that an outlier neither explains itself nor hides
behind the spread that it makes; the error of its prediction holds all four parts, against Student's
t with as many degrees of freedom as other zones are left after the columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MORE_ZONES = 5
"""Fewest zones beyond the columns: below, nothing is told apart."""
_LEAST = 1e-8


@dataclass(frozen=True, slots=True)
class Mixed:
    """A fit.

    Attributes:
        weights: Periods first, then the columns.
        covariance: Of the weights.
        zone: Variance of what zones differ by anyhow.
        row: Variance of what a zone differs by in a period.
    """

    weights: Floats
    covariance: Floats
    zone: float
    row: float


@dataclass(frozen=True, slots=True)
class Explained:
    """What is explained of each row, and what is not.

    Attributes:
        weights: Of the columns, all zones together; shape (columns, 3): estimate, 95 % interval.
        expected: Of each row, by the other zones.
        error: Standard error of ``expected`` as a mean.
        spread: Standard error of a row around it: zones, periods, sampling and ``error``.
        p: Of a row as far from what is expected.
        zone_p: Of its zone as far from what is expected in all its periods together.
        reach: Half-width of 95 % intervals in standard errors.
    """

    weights: Floats
    expected: Floats
    error: Floats
    spread: Floats
    p: Floats
    zone_p: Floats
    reach: float


def explain(y: Floats, sampling: Floats, columns: Floats, zone: Ints, period: Ints) -> Explained:
    """Explain rows by their columns, each zone by the others.

    Args:
        y: Figures, on a scale where effects add up.
        sampling: Variance of each by the chance of its sample.
        columns: Shape (rows, columns), none of them constant.
        zone: Of each row.
        period: Of each row.

    Raises:
        ValueError: When there are too few zones.
    """
    zones, zone = np.unique(zone, return_inverse=True)
    periods, period = np.unique(period, return_inverse=True)
    many = columns.shape[1]
    if len(zones) < many + MORE_ZONES:
        msg = "too few zones"
        raise ValueError(msg)
    design = np.concatenate([np.eye(len(periods))[period], columns], axis=1)
    whole = fit_mixed(y, sampling, design, zone, (0.05, 0.05))
    expected, error, spread, zone_p = (np.full(len(y), np.nan) for _ in range(4))
    free = len(zones) - 1 - many - 1
    for one in range(len(zones)):
        mine, others = zone == one, zone != one
        known = design[others].any(axis=0)  # a period in which no other zone was asked is not known
        told = mine & ~design[:, ~known].any(axis=1)
        fit = fit_mixed(
            *(y[others], sampling[others], design[others][:, known], zone[others]),
            (whole.zone, whole.row),
        )
        at = design[told][:, known]
        expected[told] = at @ fit.weights
        variance = np.einsum("ij,jk,ik->i", at, fit.covariance, at)
        error[told] = np.sqrt(np.clip(variance, 0.0, None))
        spread[told] = np.sqrt(error[told] ** 2 + fit.zone + fit.row + sampling[told])
        if told.any():
            share = 1.0 / (sampling[told] + fit.row)
            mean = (share @ at) / share.sum()
            apart = share @ (y[told] - expected[told]) / share.sum()
            wide = fit.zone + 1.0 / share.sum() + mean @ fit.covariance @ mean
            zone_p[told] = 2.0 * scipy.stats.t.sf(abs(apart) / np.sqrt(wide), free)
    p = 2.0 * scipy.stats.t.sf(np.abs(y - expected) / spread, free)
    reach = float(scipy.stats.t.ppf(0.975, free))
    at, wide = whole.weights[len(periods) :], np.sqrt(np.diag(whole.covariance))[len(periods) :]
    weights = np.stack([at, at - reach * wide, at + reach * wide], axis=1)
    return Explained(weights, expected, error, spread, p, zone_p, reach)


def fit_mixed(
    y: Floats, sampling: Floats, design: Floats, zone: Ints, start: tuple[float, float]
) -> Mixed:
    """Fit rows that share a zone's own level.

    Args:
        y: Figures.
        sampling: Variance of each by the chance of its sample, above 0.
        design: Shape (rows, weights), of full rank.
        zone: Of each row, numbers from 0.
        start: Variances to begin with.
    """
    names, zone = np.unique(zone, return_inverse=True)
    several = len(y) > len(names)
    every, of_zone = np.column_stack([design, y, np.ones(len(y))]), np.eye(len(names))[zone].T

    def lost(logs: Floats) -> float:
        return _solve(every, sampling, of_zone, _variances(logs, several))[2]

    begin = np.log(np.maximum(start, 1e-4))[: 2 if several else 1]
    found = scipy.optimize.minimize(
        lost, begin, method="Nelder-Mead", options={"xatol": 0.02, "fatol": 1e-4}
    )
    variances = _variances(found.x, several)
    weights, covariance, _ = _solve(every, sampling, of_zone, variances)
    return Mixed(weights, covariance, *variances)


def _variances(logs: Floats, several: bool) -> tuple[float, float]:
    """Return both variances; with one row a zone they cannot be told apart and are one."""
    told = np.exp(np.clip(logs, np.log(_LEAST), 5.0))
    return (float(told[0]), float(told[1])) if several else (float(told[0]), 0.0)


def _solve(
    every: Floats, sampling: Floats, of_zone: Floats, variances: tuple[float, float]
) -> tuple[Floats, Floats, float]:
    """Return weights, their covariance and minus the restricted log likelihood (no constants).

    ``every`` holds the design, then the figures, then ones.
    """
    between, within = variances
    weight = 1.0 / (sampling + within)
    weighted = weight[:, None] * every
    sums = of_zone @ weighted
    total = sums[:, -1]
    inner = every[:, :-1].T @ weighted[:, :-1]
    inner -= (sums[:, :-1] * (between / (1.0 + between * total))[:, None]).T @ sums[:, :-1]
    normal, right = inner[:-1, :-1], inner[:-1, -1]
    covariance = np.linalg.inv(normal + _LEAST**2 * np.trace(normal) * np.eye(len(normal)))
    weights = covariance @ right
    rest = float(inner[-1, -1] - right @ weights)
    sizes = float(np.log1p(between * total).sum() - np.log(weight).sum())
    return weights, covariance, 0.5 * (sizes + float(np.linalg.slogdet(normal)[1]) + rest)
