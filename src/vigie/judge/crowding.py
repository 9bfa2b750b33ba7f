"""How many people are where: presence, cameras and transport together, with an interval.

A level's logarithm is its usual value for the hour and the sort of day, and a deviation that fades
from hour to hour (a first-order autoregression). Presence figures tell the deviation itself, with
an error; every other signal tells its own deviation, as much as it has gone along with that of
presence in the past. What is told at different times is weighed together (Gaussian conditioning,
Rasmussen and Williams, *Gaussian Processes for Machine Learning*, 2006, eq. 2.23-2.24), so an old
figure counts less and the interval grows. What is usual is the median of a few weeks, wrong by as
much as such a median is, and otherwise in each slot. The interval is set on the past so that its
share would have been held (split conformal: Lei et al., JASA 113 (2018) 1094), each hour left out
of its own median, and less the error of presence figures themselves: asked is how many people are
there, not what will be told of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vigie.judge.usual import core_variance, lagged, left_out, median_error, usual_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COVERAGE = 0.80
LEAST_PAIRS = 48
"""Hours in which presence and a signal both spoke, before the signal may weigh."""
LEAST_LINK = 3.0
"""t value of the link below which a signal does not weigh."""
LEADS = (1, 2, 3, 6)
"""Hours after the last figure for which the interval is tried on the past."""
FAR_H = 12.0
"""A presence figure so old says nothing more."""
SCALES = (1.0, 4.0, 16.0, 64.0, 256.0)
CHANCES = (0.9, 0.06, 0.025, 0.01, 0.005)
LATEST = 3
"""Presence figures of so many last hours are weighed."""
ROUNDED = 10.0
"""Operators tell people to ten: for few people that is the greater part of a figure's error."""
LEAST_STRETCH = 0.2
"""Of the variance that the model says, what is left of it at least."""
SAME_H = 1.0
"""A figure of the slot that is no older is of the same hour, or of the quarter within it."""
_SURE = 1e-4
_NORMAL = NormalDist().inv_cdf((1 + COVERAGE) / 2)
_BENT = 1.5
"""Variance of the bend of three independent values, in that of one."""


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
        variance: Of the deviation, by cell.
        hidden: Variance of the usual level's own error, by slot and cell.
        fading: Share of a deviation that is left after an hour.
        error: Variance of one presence figure's own error.
        stretch: What the variance left is multiplied by, by its share of what it is without any
            figure.
        aged: The same by the age of the last presence figure, hours, where nothing else is told.
        links: The other signals.
    """

    usual: Floats
    variance: Floats
    hidden: Floats
    fading: float
    error: float
    stretch: tuple[Floats, Floats]
    aged: tuple[Floats, Floats]
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


class Row(NamedTuple):
    """What one thing told says of a deviation.

    Attributes:
        deviation: From its usual value.
        slope: Its deviation for a deviation of one in the logarithm of presence.
        error: Variance of its own error.
        ago_h: Hours from its time to the time asked about.
        same: 1 where it is about the same slot: it shares the usual level's error.
        counted: 1 for what cameras or transport tell.
    """

    deviation: float
    slope: float
    error: float
    ago_h: float
    same: float
    counted: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """An estimate: people, interval and what is usual."""

    people: float
    low: float
    high: float
    usual: float


def learn(past: Past) -> Learnt:
    """Return what the past says; nan where presence has told too little."""
    level = np.log(np.maximum(past.level, 1.0))
    usual, base = usual_of(level, past.slot)
    deviation = level - left_out(level, past.slot)
    near, far, whole = (lagged(deviation, lag) for lag in (1, 2, 0))
    fading = float(np.clip(far / near, 0.05, 0.98)) if near > 0 else 0.05
    counted = np.isfinite(deviation)
    # A deviation from a median of others holds that median's error, too.
    others = median_error(base[past.slot] - 1)
    whole /= 1.0 + float(np.mean(others[counted])) if counted.any() else 1.0
    error = _own_error(deviation / np.sqrt(1.0 + others), fading)
    squares = np.nansum(deviation**2 / (1.0 + others), axis=0)
    squares = squares / np.maximum(counted.sum(axis=0), 1)
    pooled = max(whole - error, _SURE)
    hidden = squares * median_error(base)
    variance = np.maximum(squares - error, 0.1 * pooled)
    links = {
        name: _link(values, past.slot, deviation, error) for name, values in past.signals.items()
    }
    as_is = (np.ones(1), np.ones(1))
    plain = Learnt(usual, variance, hidden, fading, error, as_is, as_is, links)
    # The past is tried against medians of one value less than what is asked about later.
    stretch, aged = _stretches(plain, deviation, (squares * median_error(base - 1))[past.slot])
    return replace(plain, stretch=stretch, aged=aged)


def _own_error(deviation: Floats, fading: float) -> float:
    """Return the variance of a figure's own error, from hours like most.

    A deviation holds what lasts and the error, the bend of three hours in a row the error and what
    of a deviation fades within the hour. Both are told by their medians: a gathering bends sharply
    and is no error.
    """
    spread = core_variance(deviation)
    bend = core_variance(deviation[1:-1] - (deviation[:-2] + deviation[2:]) / 2) / _BENT
    lost = (_BENT - 2 * fading + fading**2 / 2) / _BENT
    lasting = max(spread - bend, 0.0) / (1.0 - lost)
    return max(spread - lasting, _SURE)


def _link(values: Floats, slot: Ints, deviation: Floats, error: float) -> Link:
    usual, _ = usual_of(values, slot)
    own = values - left_out(values, slot)
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
    variance: float,
    hidden: float,
    fading: float,
    told: tuple[Floats, Floats, Floats, Floats],
    values: Floats,
) -> tuple[Floats, Floats]:
    """Return mean and variance of a deviation given rows of values told, one estimate a row.

    A deviation is usually small and rarely large: its variance is one of ``SCALES`` times the
    usual one, each as likely as ``CHANCES`` say before and the values say after.

    Args:
        variance: Usual variance of the deviation.
        hidden: Variance of the usual level's own error in the slot asked about.
        fading: Share that is left after an hour.
        told: Slope, variance of the error and age in hours of each column, and 1 where it is about
            the same slot: it then shares the usual level's error.
        values: Deviations told; shape (rows, columns).
    """
    slope, error, ago, same = told
    between = fading ** np.abs(ago[:, None] - ago[None, :]) * np.outer(slope, slope)
    ahead = slope * fading ** np.abs(ago)
    shared = slope * same
    fits, middles, lefts = [], [], []
    for scale, chance in zip(SCALES, CHANCES, strict=True):
        inner = scale * variance * between + hidden * np.outer(shared, shared) + np.diag(error)
        toward = scale * variance * ahead + hidden * shared
        weights = np.linalg.solve(inner, toward)
        spread = np.einsum("ij,ij->i", values @ np.linalg.inv(inner), values)
        fits.append(np.log(chance) - 0.5 * (spread + np.linalg.slogdet(inner)[1]))
        middles.append(values @ weights)
        lefts.append(max(scale * variance + hidden - float(toward @ weights), _SURE))
    fit = np.array(fits)
    share = np.exp(fit - fit.max(axis=0))
    share /= share.sum(axis=0)
    middle = np.einsum("ij,ij->j", share, np.array(middles))
    apart = (np.array(middles) - middle) ** 2 + np.array(lefts)[:, None]
    return middle, np.asarray(np.einsum("ij,ij->j", share, apart), np.float64)


def _stretches(
    plain: Learnt, deviation: Floats, hidden: Floats
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return what holds the declared share of the past: by variance left and by age of figures.

    The past is asked what presence would be one to six hours after the last figure, and without
    any. Nearer than that a figure would be tried on itself: what holds for an hour stands in.

    Args:
        plain: What is learnt so far.
        deviation: By hour and cell, from the usual level of the other hours of its slot.
        hidden: Variance of the error of that usual level, likewise.
    """
    ages, shares, found = [], [], []
    for ahead in (*LEADS, None):
        left, misses = [], []
        for cell, variance in enumerate(plain.variance):
            about = deviation[:, cell], hidden[:, cell]
            truth, middle, rest, usually = _backcast(plain, *about, variance, ahead)
            misses.append((((truth - middle) / _NORMAL) ** 2 - plain.error) / rest)
            left.append(rest / usually)
        every = np.concatenate(misses)
        if len(every) >= LEAST_PAIRS:
            ages.append(FAR_H if ahead is None else float(ahead))
            shares.append(float(np.median(np.concatenate(left))))
            most = float(np.quantile(every, COVERAGE, method="higher"))
            found.append(max(most, LEAST_STRETCH))
    if not found:
        return plain.stretch, plain.aged
    order = np.argsort(shares)
    return (np.array(shares)[order], np.array(found)[order]), (np.array(ages), np.array(found))


def _backcast(
    plain: Learnt, series: Floats, hidden: Floats, variance: float, ahead: int | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return deviations of one cell's past and what earlier ones say: mean, variance, usual one."""
    if ahead is None:
        whole = np.isfinite(series)
        rest = variance + hidden[whole]
        return series[whole], np.zeros(len(rest)), rest, rest
    ago = np.arange(ahead, ahead + LATEST, dtype=np.float64)
    first = ahead + LATEST - 1
    before = np.column_stack([series[first - int(n) : len(series) - int(n)] for n in ago])
    truth = series[first:]
    whole = np.isfinite(truth) & np.isfinite(before).all(axis=1)
    usually = float(np.nanmedian(hidden)) if np.isfinite(hidden).any() else 0.0
    told = (np.ones(LATEST), np.full(LATEST, plain.error + usually), ago, np.zeros(LATEST))
    middle, left = _posterior(variance, 0.0, plain.fading, told, before[whole])
    about = hidden[first:][whole]
    return truth[whole], middle, left + about, variance + about


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
    rows = [row for one in told if (row := _row(learnt, cell, slot, one)) is not None]
    variance, hidden = float(learnt.variance[cell]), float(learnt.hidden[slot, cell])
    middle, left = 0.0, variance + hidden
    if rows:
        value, slope, error, ago, same, _ = map(np.array, zip(*rows, strict=True))
        about = (slope, error, ago, same)
        means, rests = _posterior(variance, hidden, learnt.fading, about, value[None, :])
        middle, left = float(means[0]), float(rests[0])
    half = _NORMAL * np.sqrt(_stretch(learnt, left, variance + hidden, rows) * left)
    low, people, high = (float(np.exp(usual + middle + d)) for d in (-half, 0.0, half))
    return Crowd(people, low, high, float(np.exp(usual)))


def _stretch(learnt: Learnt, left: float, before: float, rows: Sequence[Row]) -> float:
    """Return what the variance left is multiplied by.

    A figure of the hour itself is wrong by its own error, which the past has shown: only what was
    expected before it is stretched. Where cameras or transport tell something, too, an age says
    little: what counts is how much of the variance they leave.
    """
    if not any(row.same for row in rows):
        if any(row.counted for row in rows):
            return float(np.interp(left / before, *learnt.stretch))
        age = min((abs(row.ago_h) for row in rows), default=FAR_H)
        return float(np.interp(age, *learnt.aged))
    wide = float(learnt.aged[1][-1])
    return wide * (before + learnt.error) / (wide * before + learnt.error)


def _row(learnt: Learnt, cell: int, slot: int, one: Told) -> Row | None:
    """Return what one thing told says of a deviation; None without weight."""
    same = float(one.slot == slot and abs(one.ago_h) <= SAME_H)
    if one.signal == "":
        usual, slope, error = learnt.usual[one.slot, cell], 1.0, learnt.error
        error += (ROUNDED / float(np.exp(one.value))) ** 2 / 12
        error += 0.0 if same else float(learnt.hidden[one.slot, cell])
    else:
        link = learnt.links.get(one.signal)
        if link is None or not link.weighs:
            return None
        usual, slope, error = link.usual[one.slot, cell], link.slope, link.variance
        same = 0.0  # its own usual level is its own
    if not (np.isfinite(usual) and np.isfinite(one.value)):
        return None
    counted = float(one.signal != "")
    return Row(one.value - float(usual), slope, error, one.ago_h, same, counted)
