"""Tails of Pearson's type III: one incomplete gamma function for each z, or a table for many.

Where very many places share a skewness (as many neighbours each, amounts of which no two are
alike), the logarithm of the tail is reckoned at points some 1/400 of a standard deviation apart,
with its slope, and read between them by cubics that meet both: within 1e-11 of the function itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]

STRAIGHT = 1e-4
"""A skewness below this is none."""
MANY = 20_000
"""Places of one skewness from which a table is worth its making."""
_STEP = 0.0025
_MOST_PIECES = 1 << 16
_AT_ONCE = 1 << 15


def pearson_tail(z: Floats, skewness: Floats) -> Floats:
    """Return P(Z >= z) of Pearson's type III with mean 0, variance 1 and this skewness."""
    return pearson_tails(z, skewness)[0]


def pearson_tails(z: Floats, skewness: Floats) -> tuple[Floats, Floats]:
    """Return P(Z >= z) and P(Z <= z) of Pearson's type III, mean 0, variance 1, this skewness.

    One incomplete gamma function for each: that of the tail beyond the mean, which may be small;
    the other is what remains.
    """
    bent = np.abs(skewness) > STRAIGHT
    skew = np.where(bent, skewness, 1.0)
    shape = 4.0 / skew**2
    scaled = np.maximum(0.0, shape + 2.0 * z / skew)
    beyond = scaled > shape
    small = np.empty(len(z))
    small[beyond] = scipy.special.gammaincc(shape[beyond], scaled[beyond])
    small[~beyond] = scipy.special.gammainc(shape[~beyond], scaled[~beyond])
    high = beyond == (skew > 0)
    upper, lower = np.where(high, small, 1.0 - small), np.where(high, 1.0 - small, small)
    if bent.all():
        return upper, lower
    return np.where(bent, upper, scipy.special.ndtr(-z)), np.where(
        bent, lower, scipy.special.ndtr(z)
    )


def tails_of_one(z: Floats, skewness: float) -> tuple[Floats, Floats]:
    """Return the same for many z of one skewness."""
    if len(z) < MANY or abs(skewness) <= STRAIGHT:
        return pearson_tails(z, np.full(len(z), skewness))
    shape = 4.0 / skewness**2
    scaled = np.maximum(0.0, shape + 2.0 * z / skewness)
    beyond = scaled > shape
    small = np.empty(len(z))
    small[beyond] = _above(scaled[beyond], shape)
    small[~beyond] = _below(scaled[~beyond], shape)
    rest = 1.0 - small
    if skewness > 0:
        return np.where(beyond, small, rest), np.where(beyond, rest, small)
    return np.where(beyond, rest, small), np.where(beyond, small, rest)


def _above(x: Floats, shape: float) -> Floats:
    """Return the upper incomplete gamma function, all x above the shape."""

    def logs(at: Floats) -> tuple[Floats, Floats]:
        tail = scipy.special.gammaincc(shape, at)
        return np.log(tail), -_density(at, shape) / tail

    found = _between(x, logs, _STEP * np.sqrt(shape))
    told = scipy.special.gammaincc(shape, x) if found is None else np.exp(found)
    return np.asarray(told, np.float64)


def _below(x: Floats, shape: float) -> Floats:
    """Return the lower incomplete gamma function, all x at most the shape.

    Near nought it goes as x to the power of the shape: what is left of it beside that is even in
    the logarithm of x.
    """

    def logs(at: Floats) -> tuple[Floats, Floats]:
        here = np.exp(at)
        tail = scipy.special.gammainc(shape, here)
        return np.log(tail) - shape * at, here * _density(here, shape) / tail - shape

    if not len(x) or x.min() <= 0.0:
        return np.asarray(scipy.special.gammainc(shape, x), np.float64)
    ln = np.log(x)
    found = _between(ln, logs, _STEP / max(1.0, np.sqrt(shape)))
    told = scipy.special.gammainc(shape, x) if found is None else np.exp(found + shape * ln)
    return np.asarray(told, np.float64)


def _density(x: Floats, shape: float) -> Floats:
    told = np.exp(scipy.special.xlogy(shape - 1.0, x) - x - scipy.special.gammaln(shape))
    return np.asarray(told, np.float64)


def _between(
    at: Floats, logs: Callable[[Floats], tuple[Floats, Floats]], step: float
) -> Floats | None:
    """Return a function read between points of a table; None where a table cannot hold it.

    Args:
        at: Where.
        logs: The function and its slope.
        step: Between points, at most.
    """
    if not len(at):
        return at
    low, high = float(at.min()), float(at.max())
    pieces = max(16, int(np.ceil((high - low) / step)))
    if pieces > _MOST_PIECES or high <= low:
        return None
    wide = (high - low) / pieces
    with np.errstate(divide="ignore", invalid="ignore"):
        value, slope = logs(np.asarray(low + wide * np.arange(pieces + 1), np.float64))
    if not (np.isfinite(value).all() and np.isfinite(slope).all()):
        return None
    slope, rise = slope * wide, np.diff(value)
    bend = 3.0 * rise - 2.0 * slope[:-1] - slope[1:]
    twist = slope[:-1] + slope[1:] - 2.0 * rise
    table = np.column_stack([value[:-1], slope[:-1], bend, twist])
    found = np.empty(len(at))
    for start in range(0, len(at), _AT_ONCE):
        where = (at[start : start + _AT_ONCE] - low) / wide
        piece = np.minimum(where.astype(np.intp), pieces - 1)
        part, four = where - piece, table[piece]
        found[start : start + _AT_ONCE] = four[:, 0] + part * (
            four[:, 1] + part * (four[:, 2] + part * four[:, 3])
        )
    return found
