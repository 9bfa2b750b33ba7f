"""How many people are where: presence, cameras and transport together, with an interval.

A level's logarithm is its usual value for the hour and the sort of day, and a deviation that fades
from hour to hour (a first-order autoregression). Presence figures tell the deviation itself, with
an error; every other signal tells its own deviation, as much as it has gone along with that of
presence in the past. What is told at different times is weighed together (Gaussian conditioning,
Rasmussen and Williams, *Gaussian Processes for Machine Learning*, 2006, eq. 2.23-2.24), so an old
figure counts less and the interval grows. The interval is stretched by what it would have had to be
on the past to hold its share (split conformal: Lei et al., JASA 113 (2018) 1094).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COVERAGE = 0.80
SLOTS = 72
"""Hours of the day by sort of day: working, Saturday, Sunday or holiday."""
LEAST_PAIRS = 48
"""Hours in which presence and a signal both spoke, before the signal may weigh."""
LEAST_LINK = 3.0
"""t value of the link below which a signal does not weigh."""
LEAST_WEEKS_VALUES = 2
LEADS = (1, 2, 3, 6)
"""Hours after the last figure for which the interval is tried on the past."""
SCALES = (1.0, 4.0, 16.0, 64.0, 256.0)
CHANCES = (0.9, 0.06, 0.025, 0.01, 0.005)
LATEST = 3
"""Presence figures of so many last hours are weighed."""
_SURE = 1e-4
_MEDIAN_COST = np.pi / 2


@dataclass(frozen=True, slots=True)
class Past:
    """Hours of the past, in order and without a gap.

    Attributes:
        slot: Slot of each hour, 0 to 71; shape (hours,).
        level: People by hour and cell; nan where nothing was told.
        signals: Other signals by name, in the unit in which they deviate; shape as ``level``.
    """

    slot: Ints
    level: Floats
    signals: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Link:
    """How a signal goes along with presence.

    Attributes:
        usual: Its usual value by slot and cell.
        slope: Its deviation for a deviation of one in the logarithm of presence.
        variance: Of what presence does not explain.
        pairs: Hours and cells that it was learnt from.
        weighs: Whether the link is sure enough to count.
    """

    usual: Floats
    slope: float
    variance: float
    pairs: int
    weighs: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the past says.

    Attributes:
        usual: Logarithm of the usual level by slot and cell; nan where too little was told.
        variance: Of the deviation, by cell, what is not known of the usual level included.
        fading: Share of a deviation that is left after an hour.
        error: Variance of one presence figure's own error.
        stretch: Half width of the interval in standard deviations, by share of variance left.
        links: The other signals.
    """

    usual: Floats
    variance: Floats
    fading: float
    error: float
    stretch: tuple[Floats, Floats]
    links: dict[str, Link]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing told about a cell.

    Attributes:
        signal: Name of a link; empty for presence.
        value: Logarithm of people, or the signal's value.
        slot: Slot of the time it is about.
        ago_h: Hours from that time to the time asked about; negative when it is later.
    """

    signal: str
    value: float
    slot: int
    ago_h: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """An estimate: people, interval and what is usual."""

    people: float
    low: float
    high: float
    usual: float


def _usual(values: Floats, slot: Ints) -> tuple[Floats, Floats]:
    """Return the median by slot and cell, and on how many values it stands."""
    found = np.full((SLOTS, values.shape[1]), np.nan)
    base = np.zeros((SLOTS, values.shape[1]))
    for one in np.unique(slot):
        rows = values[slot == one]
        base[one] = np.isfinite(rows).sum(axis=0)
        enough = base[one] >= LEAST_WEEKS_VALUES
        if enough.any():
            found[one, enough] = np.nanmedian(rows[:, enough], axis=0)
    return found, base


def _lagged(deviation: Floats, lag: int) -> float:
    """Return the mean product of deviations so many hours apart, over all cells."""
    products = deviation[lag:] * deviation[: len(deviation) - lag]
    return float(np.nanmean(products)) if np.isfinite(products).any() else 0.0


def learn(past: Past) -> Learnt:
    """Return what the past says; nan where presence has told too little."""
    level = np.log(np.maximum(past.level, 1.0))
    usual, base = _usual(level, past.slot)
    deviation = level - usual[past.slot]
    near, far, whole = (_lagged(deviation, lag) for lag in (1, 2, 0))
    fading = float(np.clip(far / near, 0.05, 0.98)) if near > 0 else 0.05
    error = float(np.clip(whole - near / fading, _SURE, max(whole, _SURE)))
    counted = np.isfinite(deviation).sum(axis=0)
    squares = np.nansum(deviation**2, axis=0) / np.maximum(counted, 1)
    pooled = max(whole - error, _SURE)
    hidden = (squares + error) * _MEDIAN_COST / np.maximum(np.median(base, axis=0), 1.0)
    variance = np.maximum(squares - error, 0.1 * pooled) + hidden
    links = {
        name: _link(values, past.slot, deviation, error) for name, values in past.signals.items()
    }
    normal = (np.ones(1), np.full(1, norm.ppf((1 + COVERAGE) / 2)))
    plain = Learnt(usual, variance, fading, error, normal, links)
    return replace(plain, stretch=_stretches(plain, deviation))


def _link(values: Floats, slot: Ints, deviation: Floats, error: float) -> Link:
    usual, _ = _usual(values, slot)
    own = values - usual[slot]
    both = np.isfinite(own) & np.isfinite(deviation)
    x, y = deviation[both], own[both]
    pairs = len(x)
    squares = float(np.sum(x * x))
    if pairs < LEAST_PAIRS or squares <= 0:
        return Link(usual, 0.0, np.inf, pairs, weighs=False)
    plain = float(np.sum(x * y)) / squares
    rest = float(np.mean((y - plain * x) ** 2))
    sure = abs(plain) / np.sqrt(max(rest, 1e-12) / squares) >= LEAST_LINK
    # Presence has an error of its own: the plain slope is too flat by as much.
    slope = plain * squares / max(squares - pairs * error, 0.25 * squares)
    left = max(float(np.mean(y * y)) - slope**2 * max(squares / pairs - error, 0.0), 0.25 * rest)
    return Link(usual, slope, max(left, 1e-9), pairs, weighs=bool(sure))


def _posterior(
    variance: float, fading: float, told: tuple[Floats, Floats, Floats], values: Floats
) -> tuple[Floats, Floats]:
    """Return mean and variance of a deviation given rows of values told, one estimate a row.

    A deviation is usually small and rarely large: its variance is one of ``SCALES`` times the
    usual one, each as likely as ``CHANCES`` say before and the values say after.

    Args:
        variance: Usual variance of the deviation.
        fading: Share that is left after an hour.
        told: Slope, variance of the error and age in hours of each column.
        values: Deviations told; shape (rows, columns).
    """
    slope, error, ago = told
    between = fading ** np.abs(ago[:, None] - ago[None, :]) * np.outer(slope, slope)
    ahead = slope * fading ** np.abs(ago)
    fits, middles, lefts = [], [], []
    for scale, chance in zip(SCALES, CHANCES, strict=True):
        inner = scale * variance * between + np.diag(error)
        weights = np.linalg.solve(inner, scale * variance * ahead)
        spread = np.einsum("ij,ij->i", values @ np.linalg.inv(inner), values)
        fits.append(np.log(chance) - 0.5 * (spread + np.linalg.slogdet(inner)[1]))
        middles.append(values @ weights)
        lefts.append(max(scale * variance * (1.0 - float(ahead @ weights)), _SURE))
    fit = np.array(fits)
    share = np.exp(fit - fit.max(axis=0))
    share /= share.sum(axis=0)
    middle = np.einsum("ij,ij->j", share, np.array(middles))
    apart = (np.array(middles) - middle) ** 2 + np.array(lefts)[:, None]
    return middle, np.asarray(np.einsum("ij,ij->j", share, apart), np.float64)


def _stretches(plain: Learnt, deviation: Floats) -> tuple[Floats, Floats]:
    """Return, by share of the variance that is left, what holds the declared share of the past.

    The past is asked what presence would be one to six hours after the last figure, and without
    any. Nearer than that a figure would be tried on itself: there the normal law stands in.
    """
    shares, found = [], []
    for ahead in (*LEADS, None):
        left, misses = [], []
        for cell, variance in enumerate(plain.variance):
            truth, middle, rest = _backcast(plain, deviation[:, cell], variance, ahead)
            misses.append(np.abs(truth - middle) / np.sqrt(rest + plain.error))
            left.append(rest / variance)
        every = np.concatenate(misses)
        if len(every) >= LEAST_PAIRS:
            shares.append(float(np.median(np.concatenate(left))))
            found.append(float(np.quantile(every, COVERAGE, method="higher")))
    if not found:
        return plain.stretch
    order = np.argsort(shares)
    nearest = float(plain.stretch[1][0])
    return (
        np.concatenate([[0.5 * min(shares)], np.array(shares)[order]]),
        np.concatenate([[max(nearest, found[0])], np.array(found)[order]]),
    )


def _backcast(
    plain: Learnt, series: Floats, variance: float, ahead: int | None
) -> tuple[Floats, Floats, Floats]:
    """Return deviations of one cell's past with what earlier ones say of them."""
    if ahead is None:
        truth = series[np.isfinite(series)]
        return truth, np.zeros(len(truth)), np.full(len(truth), variance)
    ago = np.arange(ahead, ahead + LATEST, dtype=np.float64)
    first = ahead + LATEST - 1
    before = np.column_stack([series[first - int(n) : len(series) - int(n)] for n in ago])
    truth = series[first:]
    whole = np.isfinite(truth) & np.isfinite(before).all(axis=1)
    told = (np.ones(LATEST), np.full(LATEST, plain.error), ago)
    middle, left = _posterior(variance, plain.fading, told, before[whole])
    return truth[whole], middle, left


def estimate(learnt: Learnt, cell: int, slot: int, told: Sequence[Told]) -> Crowd | None:
    """Return how many people are in a cell; None where what is usual there is not known.

    Args:
        learnt: What the past says.
        cell: Position of the cell.
        slot: Slot of the time asked about.
        told: What is known, presence or not; what has no weight is left out.
    """
    usual = learnt.usual[slot, cell]
    if not np.isfinite(usual):
        return None
    rows = [row for one in told if (row := _row(learnt, cell, one)) is not None]
    variance = float(learnt.variance[cell])
    middle, left = 0.0, variance
    if rows:
        value, slope, error, ago = (np.array(column) for column in zip(*rows, strict=True))
        means, rests = _posterior(variance, learnt.fading, (slope, error, ago), value[None, :])
        middle, left = float(means[0]), float(rests[0])
    stretch = float(np.interp(left / variance, *learnt.stretch))
    half = stretch * np.sqrt(left)
    low, people, high = (float(np.exp(usual + middle + d)) for d in (-half, 0.0, half))
    return Crowd(people, low, high, float(np.exp(usual)))


def _row(learnt: Learnt, cell: int, one: Told) -> tuple[float, float, float, float] | None:
    """Return deviation, slope, error and age of something told; None where it has no weight."""
    if one.signal == "":
        usual, slope, error = learnt.usual[one.slot, cell], 1.0, learnt.error
    else:
        link = learnt.links.get(one.signal)
        if link is None or not link.weighs:
            return None
        usual, slope, error = link.usual[one.slot, cell], link.slope, link.variance
    if not (np.isfinite(usual) and np.isfinite(one.value)):
        return None
    return one.value - float(usual), slope, error, one.ago_h
