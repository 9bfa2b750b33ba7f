"""Risk terrain: what kinds of places facts are near, beside what was there to be near them.

Cells are described by how many places of each kind lie around them, near ones counting more; facts
are modelled as exposure times a factor for each description (Caplan and Kennedy's risk terrain,
with Poisson counts and an offset). Few descriptions are kept by a penalty (lasso; Friedman, Hastie
and Tibshirani 2010, J. Statistical Software 33:1), its strength chosen on blocks of the city left
out. The whole procedure, choice and all, is then judged on blocks it never saw (Varma and Simon
2006, BMC Bioinformatics 7:91), beside the naive answer: exposure alone. No attribute of residents
enters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from vigie.analyse.regression import fit_poisson
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FOLDS: Final = 5
PENALTIES: Final = 20
LOWEST: Final = 0.02
"""Weakest penalty tried, beside that at which nothing is kept."""
_ROUNDS = 60
_CLOSE = 1e-7
_FAR = 20.0
T_4: Final = 2.131847
"""Student's t, 95 % one-sided, of five folds."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """A judged model.

    Attributes:
        kept: Which descriptions are in it.
        factor: Relative risk of each kept one, per unit: value, low and high (95 %); (kept, 3).
        deviance: Mean Poisson deviance on cells never seen, of the model.
        naive: The same of exposure alone.
        gain: Share of the naive deviance that the model saves, and its 95 % one-sided lower bound.
        risk: Relative risk of each cell, beside the mean for its exposure: value, low, high.
        scatter: Variance over mean of the counts.
    """

    kept: Ints
    factor: Floats
    deviance: float
    naive: float
    gain: tuple[float, float]
    risk: Floats
    scatter: float

    @property
    def better(self) -> bool:
        """Whether it beats exposure alone on ground it never saw, beyond chance."""
        return len(self.kept) > 0 and self.gain[1] > 0.0


def around(x: Floats, y: Floats, places: Floats, reach_m: float) -> Floats:
    """Return how many places lie around each point, each less the farther it is.

    A place counts ``1 - (distance / reach)^2``, squared (quartic kernel), nothing beyond the reach.

    Args:
        x: Metres.
        y: Metres.
        places: Metres, shape (places, 2).
        reach_m: The reach.
    """
    if not len(places):
        return np.zeros(len(x))
    found = scipy.spatial.KDTree(np.column_stack([x, y])).sparse_distance_matrix(
        scipy.spatial.KDTree(places), reach_m, output_type="ndarray"
    )
    weight = (1.0 - (found["v"] / reach_m) ** 2) ** 2
    return np.bincount(found["i"], weight, len(x)).astype(np.float64)


def blocks(x: Floats, y: Floats, side_m: float) -> Ints:
    """Return the square block of the city each point lies in, numbered from 0."""
    square = np.column_stack([np.floor(x / side_m), np.floor(y / side_m)])
    return np.unique(square, axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def folds_of(block: Ints, exposure: Floats, seed: int) -> Ints:
    """Return a fold for each row, whole blocks together, of about the same exposure each."""
    size = np.bincount(block, exposure)
    chance = np.random.default_rng(seed)
    order = np.argsort(-size * chance.uniform(0.8, 1.25, len(size)), kind="stable")
    fold, load = np.zeros(len(size), np.int64), np.zeros(FOLDS)
    for one in order:
        fold[one] = int(np.argmin(load))
        load[fold[one]] += size[one]
    return np.asarray(fold[block], np.int64)


def deviance(counts: Floats, mean: Floats) -> float:
    """Return the Poisson deviance of counts about their means, summed."""
    at = np.maximum(mean, 1e-12)
    log = np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-12) / at), 0.0)
    return float(2.0 * (log - (counts - at)).sum())


def lasso_path(columns: Floats, counts: Floats, exposure: Floats, penalties: Floats) -> Floats:
    """Return intercept and weights at each penalty, strongest first, a row each.

    Least mean of ``exposure * exp(b) - counts * b``, ``b`` the linear predictor, plus the penalty
    times the sum of absolute weights, by coordinate descent on its quadratic approximations.

    Args:
        columns: Shape (rows, columns), of like spread.
        counts: Shape (rows,).
        exposure: Above 0.
        penalties: Falling.

    Raises:
        Stopping: Between two penalties, when the process is told to stop.
    """
    rows, many = columns.shape
    weights, base = np.zeros(many), math.log(max(counts.sum(), 0.5) / exposure.sum())
    told = np.zeros((len(penalties), many + 1))
    for number, penalty in enumerate(penalties):
        look()
        for _ in range(_ROUNDS):
            linear = np.clip(base + columns @ weights, -_FAR, _FAR)
            mean = exposure * np.exp(linear)
            working = np.maximum(mean, 1e-9)
            residual = (counts - mean) / working
            before = np.append(weights, base)
            base, weights = _descend(
                columns, working / rows, residual, base=base, weights=weights, penalty=penalty
            )
            if np.abs(np.append(weights, base) - before).max() < _CLOSE:
                break
        told[number] = np.append(base, weights)
    return told


def _descend(
    columns: Floats,
    share: Floats,
    residual: Floats,
    *,
    base: float,
    weights: Floats,
    penalty: float,
) -> tuple[float, Floats]:
    """Return the least of one quadratic approximation: weights by coordinates, to rest."""
    weights = weights.copy()
    gram = columns.T @ (share[:, None] * columns)
    mean, total = columns.T @ share, float(share.sum())
    slope, off = columns.T @ (share * residual), float(share @ residual)
    for _ in range(200):
        largest = 0.0
        step = off / total
        base, off, slope = base + step, 0.0, slope - step * mean
        for one in range(len(weights)):
            curve = gram[one, one]
            if curve <= 0.0:
                continue
            pull = slope[one] + curve * weights[one]
            new = math.copysign(max(abs(pull) - penalty, 0.0), pull) / curve
            move = new - weights[one]
            if move:
                weights[one] = new
                slope = slope - move * gram[:, one]
                off -= move * mean[one]
                largest = max(largest, abs(move))
        if max(largest, abs(step)) < _CLOSE:
            break
    return base, weights


def penalties_of(columns: Floats, counts: Floats, exposure: Floats) -> Floats:
    """Return penalties from that at which nothing is kept downward."""
    even = exposure * counts.sum() / exposure.sum()
    most = float(np.abs(columns.T @ (counts - even)).max()) / len(counts)
    return max(most, 1e-9) * np.geomspace(1.0, LOWEST, PENALTIES)


def choose(columns: Floats, counts: Floats, exposure: Floats, fold: Ints) -> Bools:
    """Return which columns are kept at the strongest penalty within one standard error of the best.

    Judged on whole blocks left out, each fold in turn (Hastie, Tibshirani and Friedman, 7.10).
    """
    penalties = penalties_of(columns, counts, exposure)
    numbers = np.unique(fold)
    losses = np.zeros((len(numbers), len(penalties)))
    for row, out in enumerate(numbers):
        rest, mine = fold != out, fold == out
        path = lasso_path(columns[rest], counts[rest], exposure[rest], penalties)
        for at, told in enumerate(path):
            linear = np.clip(told[0] + columns[mine] @ told[1:], -_FAR, _FAR)
            losses[row, at] = deviance(counts[mine], exposure[mine] * np.exp(linear))
    share = losses / np.maximum(losses[:, :1], 1e-12)
    mean = share.mean(axis=0)
    error = share.std(axis=0, ddof=1) / math.sqrt(len(numbers)) if len(numbers) > 1 else 0.0 * mean
    best = int(np.argmin(mean))
    taken = int(np.flatnonzero(mean <= mean[best] + error[best])[0])
    whole = lasso_path(columns, counts, exposure, penalties[: taken + 1])[-1, 1:]
    return np.asarray(whole != 0.0, np.bool_)


def judge(columns: Floats, counts: Floats, exposure: Floats, block: Ints, seed: int) -> Terrain:
    """Return the model of all cells, and how procedure and naive answer do on blocks unseen.

    Args:
        columns: Descriptions, shape (cells, descriptions).
        counts: Facts in each cell.
        exposure: Above 0.
        block: Block of the city.
        seed: Of the dealing of blocks to folds.

    Raises:
        ValueError: When there are fewer blocks than twice the folds, or no facts.
        Stopping: When the process is told to stop.
    """
    if len(np.unique(block)) < 2 * FOLDS or counts.sum() <= 0:
        msg = "too few blocks or facts"
        raise ValueError(msg)
    scale = np.maximum(columns.std(axis=0), 1e-12)
    level = columns / scale
    outer = folds_of(block, exposure, seed)
    ours, naive, even = np.zeros(FOLDS), np.zeros(FOLDS), np.zeros(FOLDS)
    for out in range(FOLDS):
        rest, mine = outer != out, outer == out
        inner = folds_of(np.unique(block[rest], return_inverse=True)[1], exposure[rest], seed + 1)
        taken = choose(level[rest], counts[rest], exposure[rest], inner)
        rate = _refit(level[rest][:, taken], counts[rest], exposure[rest], block[rest])
        linear = rate[0] + level[mine][:, taken] @ rate[1:]
        ours[out] = deviance(counts[mine], exposure[mine] * np.exp(np.clip(linear, -_FAR, _FAR)))
        flat = counts[rest].sum() / exposure[rest].sum()
        naive[out] = deviance(counts[mine], exposure[mine] * flat)
        even[out] = mine.sum()
    gain = 1.0 - ours / np.maximum(naive, 1e-12)
    bound = float(gain.mean() - T_4 * gain.std(ddof=1) / math.sqrt(FOLDS))
    kept = np.flatnonzero(choose(level, counts, exposure, outer))
    design = np.column_stack([np.ones(len(counts)), columns[:, kept]])
    found = fit_poisson(design, counts, exposure, block)
    mean = np.average(design, axis=0, weights=exposure)
    return Terrain(
        kept,
        found.factor(np.eye(len(mean))[1:]) if len(kept) else np.empty((0, 3)),
        float(ours.sum() / even.sum()),
        float(naive.sum() / even.sum()),
        (float(gain.mean()), bound),
        found.factor(design - mean),
        found.scatter,
    )


def _refit(columns: Floats, counts: Floats, exposure: Floats, block: Ints) -> Floats:
    """Return intercept and weights without a penalty."""
    design = np.column_stack([np.ones(len(counts)), columns])
    return fit_poisson(design, counts, exposure, block).weights
