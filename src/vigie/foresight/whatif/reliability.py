"""How often a probability was right: reliability, calibration error, and a calibrator.

The calibrator is logistic in the log-odds (Platt 1999) and leans on the identity by a normal prior:
with few past events it changes next to nothing. It is only ever fitted on events that were over
before the one it is used for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.whatif.load import FloatArray

BINS = 10
PRIOR_SD = (0.5, 1.0)
"""Standard deviations of slope (around 1) and shift (around 0) of the calibrator."""
STEPS = 25
EDGE = 1e-3
STILL = 1e-9
SIMULATIONS = 400
SURE = 0.8
"""A probability from which on one says "it suffices"; below ``1 - SURE``, that it does not."""


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Turns a probability into one that past events bear out.

    Attributes:
        slope: Factor on the log-odds; 1 leaves them.
        shift: Added to the log-odds.
        base: Past events it was fitted on.
    """

    slope: float = 1.0
    shift: float = 0.0
    base: int = 0

    def __call__(self, probability: FloatArray) -> FloatArray:
        """Return calibrated probabilities."""
        told: FloatArray = 1.0 / (1.0 + np.exp(-(self.slope * _logit(probability) + self.shift)))
        return told


@dataclass(frozen=True, slots=True)
class Bin:
    """One step of the reliability diagram.

    Attributes:
        low: Probabilities from here …
        high: … to here.
        events: Events told such a probability.
        told: Mean probability told.
        happened: Share in which it came true.
        happened_low: Lower end of the 80 % interval of that share (Jeffreys).
        happened_high: Upper end.
    """

    low: float
    high: float
    events: int
    told: float
    happened: float
    happened_low: float
    happened_high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How good probabilities were.

    Attributes:
        bins: The diagram, empty steps left out.
        events: Events in all.
        ece: Expected calibration error over ten equal steps.
        ece_by_chance: What a perfectly calibrated forecast of the same probabilities would show.
        brier: Mean squared error of the probability.
        happened: Share of events in which the means sufficed.
        said_enough: Events of which it said "they suffice" (``SURE`` or more).
        wrongly_enough: Of them, those in which they did not.
        said_short: Events of which it said "they do not" (``1 - SURE`` or less).
        wrongly_short: Of them, those in which they did.
    """

    bins: tuple[Bin, ...]
    events: int
    ece: float
    ece_by_chance: float
    brier: float
    happened: float
    said_enough: int
    wrongly_enough: int
    said_short: int
    wrongly_short: int


def _logit(probability: FloatArray) -> FloatArray:
    held = np.clip(probability, EDGE, 1.0 - EDGE)
    odds: FloatArray = np.log(held / (1.0 - held))
    return odds


def fit_calibrator(probability: FloatArray, happened: FloatArray) -> Calibrator:
    """Fit a calibrator on past events.

    Args:
        probability: What was told.
        happened: 1 where it came true, 0 else.
    """
    if len(probability) == 0:
        return Calibrator()
    x = np.column_stack([_logit(probability), np.ones(len(probability))])
    weight = np.diag(1.0 / np.array(PRIOR_SD) ** 2)
    centre = np.array([1.0, 0.0])
    beta = centre.copy()
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-(x @ beta)))
        slope = x.T @ (happened - p) - weight @ (beta - centre)
        curve = x.T @ (x * (p * (1 - p))[:, None]) + weight
        step = np.linalg.solve(curve, slope)
        beta = beta + np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < STILL:
            break
    return Calibrator(float(beta[0]), float(beta[1]), len(probability))


def _which(probability: FloatArray) -> FloatArray:
    which: FloatArray = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    return which


def calibration_error(probability: FloatArray, happened: FloatArray) -> float:
    """Return the expected calibration error: mean gap of told and happened over ten steps."""
    if len(probability) == 0:
        return math.nan
    which = _which(probability)
    gap = np.abs(np.bincount(which, happened - probability, minlength=BINS))
    return float(gap.sum() / len(probability))


def error_by_chance(probability: FloatArray, *, seed: int = 0) -> float:
    """Return the calibration error that a perfectly calibrated forecast shows by chance alone."""
    if len(probability) == 0:
        return math.nan
    chance = np.random.default_rng(seed)
    found = [
        calibration_error(
            probability, (chance.random(len(probability)) < probability).astype(np.float64)
        )
        for _ in range(SIMULATIONS)
    ]
    return float(np.mean(found))


def reliability(probability: FloatArray, happened: FloatArray) -> Reliability:
    """Return how good probabilities were.

    Args:
        probability: What was told before each event, 0 to 1.
        happened: 1 where the means sufficed, 0 else.
    """
    which = _which(probability)
    enough, short = probability >= SURE, probability <= 1.0 - SURE
    n = len(probability)
    return Reliability(
        bins=tuple(
            _bin(step, probability[which == step], happened[which == step])
            for step in range(BINS)
            if (which == step).any()
        ),
        events=n,
        ece=calibration_error(probability, happened),
        ece_by_chance=error_by_chance(probability),
        brier=float(np.mean((probability - happened) ** 2)) if n else math.nan,
        happened=float(happened.mean()) if n else math.nan,
        said_enough=int(enough.sum()),
        wrongly_enough=int((enough & (happened == 0)).sum()),
        said_short=int(short.sum()),
        wrongly_short=int((short & (happened == 1)).sum()),
    )


def _bin(step: int, probability: FloatArray, happened: FloatArray) -> Bin:
    n, k = len(probability), float(happened.sum())
    low, high = scipy.stats.beta(k + 0.5, n - k + 0.5).ppf([0.1, 0.9]).tolist()
    return Bin(
        low=step / BINS,
        high=(step + 1) / BINS,
        events=n,
        told=float(probability.mean()),
        happened=k / n,
        happened_low=low,
        happened_high=high,
    )
