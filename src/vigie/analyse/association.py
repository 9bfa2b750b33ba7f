"""Spatial association: Getis and Ord's Gi and Gi*, Moran's I, of the whole and of each place.

What is known of a place is held against every way of dealing the same values out to the places.
Mean, variance and skewness over all of them are exact; their distribution is taken as Pearson's
type III with these moments (Mielke and Berry 2001), because that of few and uneven counts is far
from normal and draws cannot reach the small probabilities that thousands of cells ask for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from vigie.analyse.pearson import MANY, pearson_tails, tails_of_one

Floats = npt.NDArray[np.float64]

_LEAST = 4
"""Places below which nothing is told."""


class Local(NamedTuple):
    """What each place's neighbours say.

    Attributes:
        value: Of the statistic; NaN without neighbours or without differences.
        z: Standard deviations of the neighbours' sum from its mean; NaN likewise.
        p: Two-sided: twice the smaller tail.
    """

    value: Floats
    z: Floats
    p: Floats


class _Dealt(NamedTuple):
    """Mean and central moments of the values dealt out: of all places, or by place.

    ``size`` is how many they are, ``lowest`` how many of them are at the minimum.
    """

    mean: Floats | float
    m2: Floats | float
    m3: Floats | float
    size: int
    lowest: Floats | float


class _Rows(NamedTuple):
    """Of the weights of each place: how many, their sum, the sum of their squares."""

    neighbours: Floats
    w1: Floats
    w2: Floats


class Whole(NamedTuple):
    """Moran's I of all places, its z and the upper tail of the normal distribution."""

    value: float
    z: float
    p: float


def _rows(weights: scipy.sparse.csr_array) -> _Rows:
    """Return the sums of each row; those of ones are their number."""
    count = np.asarray(np.diff(weights.indptr), np.float64)
    if (weights.data == 1.0).all():
        return _Rows(count, count, count)
    w1, w2 = (
        np.asarray(one.sum(axis=1), np.float64).ravel() for one in (weights, weights.power(2))
    )
    return _Rows(count, w1, w2)


class _Chance(NamedTuple):
    """Of the sum of a place's neighbours over all dealings: which can be told, and how it lies."""

    usable: npt.NDArray[np.bool_]
    mean: Floats
    deviation: Floats
    skewness: Floats
    lowest: Floats


def _chance(rows: _Rows, dealt: _Dealt) -> _Chance:
    """Return the moments of sums of weights by values dealt out without replacement.

    The skewness is that for weights that are equal within a row.
    """
    mean, m2, m3, size, lowest = dealt
    count, w1, w2 = rows
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = m2 * (size * w2 - w1**2) / (size - 1)
        usable = (count > 0) & (variance > 1e-12 * np.maximum(m2, 1e-300) * w2)
        each = np.where(count > 0, w1 / count, 0.0)
        rest = size - count
        third = each**3 * m3 * count * rest * (rest - count) / ((size - 1) * (size - 2))
        skewness = np.where(usable, third / (variance * np.sqrt(variance)), 0.0)
        deviation = np.where(usable, np.sqrt(variance), np.nan)
    return _Chance(usable, w1 * mean, deviation, skewness, _all_lowest(lowest, count, size))


def _two_sided(upper: Floats, lower: Floats, lowest: Floats | float) -> Floats:
    """Return twice the smaller tail; no lower one is smaller than that of all at the minimum."""
    return np.minimum(1.0, 2.0 * np.minimum(upper, np.maximum(lower, lowest)))


def _against_all_dealings(total: Floats, rows: _Rows, dealt: _Dealt) -> tuple[Floats, Floats]:
    """Return z and two-sided p of sums, each held against its own dealings."""
    chance = _chance(rows, dealt)
    z = (total - chance.mean) / chance.deviation
    tails = pearson_tails(np.nan_to_num(z), chance.skewness)
    return z, np.where(chance.usable, _two_sided(*tails, chance.lowest), np.nan)


def _against_all_alike(total: Floats, rows: _Rows, dealt: _Dealt) -> tuple[Floats, Floats]:
    """Return the same where each place is held against the same dealings.

    With neighbours that count one each, places with as many of them share one distribution. Sums
    of whole numbers take few values, however many places there are: each is reckoned once.
    """
    count, w1, _ = rows
    if w1 is not count or not len(count):
        return _against_all_dealings(total, rows, dealt)
    fewest, low = count.min(), total.min()
    wide = int(count.max() - fewest) + 1
    if not (total == np.rint(total)).all() or (total.max() - low + 1.0) * wide > len(total):
        return _by_number(total, (count - fewest).astype(np.intp), fewest, rows, dealt)
    key = ((total - low) * wide + (count - fewest)).astype(np.intp)
    met = np.flatnonzero(np.bincount(key))
    sums, many = np.divmod(met, wide)
    alike = np.asarray(many + fewest, np.float64)
    z, p = (np.empty(int(met[-1]) + 1) for _ in range(2))
    z[met], p[met] = _against_all_dealings(sums + low, _Rows(alike, alike, alike), dealt)
    return z[key], p[key]


def _by_number(
    total: Floats, more: npt.NDArray[np.intp], fewest: float, rows: _Rows, dealt: _Dealt
) -> tuple[Floats, Floats]:
    """Return the same by number of neighbours, ``more`` than the fewest, where many share one."""
    met = np.bincount(more)
    if met.max() < MANY:
        return _against_all_dealings(total, rows, dealt)
    alike = np.asarray(np.arange(len(met)) + fewest, np.float64)
    chance = _chance(_Rows(alike, alike, alike), dealt)
    z = (total - chance.mean[more]) / chance.deviation[more]
    p = np.full(len(z), np.nan)
    for number in np.flatnonzero(chance.usable & (met > 0)).tolist():
        mine = np.flatnonzero(more == number)
        tails = tails_of_one(z[mine], float(chance.skewness[number]))
        p[mine] = _two_sided(*tails, float(chance.lowest[number]))
    return z, p


def _all_lowest(lowest: Floats | float, count: Floats, size: int) -> Floats:
    """Return the probability that all values dealt are at the minimum (hypergeometric).

    No lower tail is smaller; type III would give none to the lowest sum of few, uneven counts.
    """
    possible = lowest >= count
    many = np.where(possible, lowest, count)
    ln = scipy.special.gammaln
    log = ln(many + 1) - ln(many - count + 1) - ln(size + 1.0) + ln(size - count + 1)
    return np.asarray(np.where(possible, np.exp(log), 0.0), np.float64)


def _without_each(values: Floats) -> _Dealt:
    """Return the moments of the values but each one in turn."""
    size = len(values) - 1
    s1, s2, s3 = (float((values**n).sum()) for n in (1, 2, 3))
    mean = (s1 - values) / size
    second, third = (s2 - values**2) / size, (s3 - values**3) / size
    at_least = values == values.min()
    lowest = at_least.sum() - at_least.astype(np.float64)
    third = third - 3 * mean * second + 2 * mean**3
    return _Dealt(mean, second - mean**2, third, size, lowest)


def getis_ord(values: Floats, weights: scipy.sparse.csr_array, *, star: bool = True) -> Local:
    """Return Gi* (``star``: weights hold each place itself) or Gi, after Getis and Ord (1995).

    ``value`` is the share of all values that stands among the neighbours.

    Args:
        values: By place.
        weights: Neighbours; equal within a row.
        star: Which of both; for Gi a place is no neighbour of its own.
    """
    total = np.asarray(weights @ values, np.float64)
    size = len(values)
    centred = values - (values.mean() if size else 0.0)
    if size < _LEAST:
        nothing = np.full(size, np.nan)
        return Local(nothing, nothing, nothing)
    if star:
        square = centred * centred
        m2, m3 = float(square.mean()), float((square * centred).mean())
        lowest = float((values == values.min()).sum())
        dealt = _Dealt(float(values.mean()), m2, m3, size, lowest)
        z, p = _against_all_alike(total, _rows(weights), dealt)
        whole = values.sum()
    else:
        dealt = _without_each(centred)
        dealt = dealt._replace(mean=dealt.mean + values.mean())
        z, p = _against_all_dealings(total, _rows(weights), dealt)
        whole = values.sum() - values
    share = np.divide(total, whole, out=np.full(size, np.nan), where=whole != 0)
    return Local(share, z, p)


def local_moran(values: Floats, weights: scipy.sparse.csr_array) -> Local:
    """Return each place's part of Moran's I (Anselin 1995), p given the value of the place itself.

    Args:
        values: By place.
        weights: Neighbours, without the place itself; rows sum to 1.
    """
    size = len(values)
    centred = values - (values.mean() if size else 0.0)
    spread = float((centred**2).sum())
    if size < _LEAST or spread == 0.0:
        nothing = np.full(size, np.nan)
        return Local(nothing, nothing, nothing)
    near = np.asarray(weights @ centred, np.float64)
    z, p = _against_all_dealings(near, _rows(weights), _without_each(centred))
    alone = np.isnan(z)
    return Local(np.where(alone, np.nan, (size - 1) * centred * near / spread), z, p)


def moran(values: Floats, weights: scipy.sparse.csr_array) -> Whole:
    """Return Moran's I of all places, z and p under normality (Cliff and Ord 1981).

    Without four places, differences or neighbours there is none: NaN.
    """
    size, w0 = len(values), float(weights.sum())
    centred = values - (values.mean() if size else 0.0)
    spread = float((centred**2).sum())
    if size < _LEAST or spread == 0.0 or w0 == 0.0:
        return Whole(float("nan"), float("nan"), float("nan"))
    value = size / w0 * float(centred @ (weights @ centred)) / spread
    both = weights + weights.T
    w1 = float(both.power(2).sum()) / 2.0
    sums = np.asarray(weights.sum(axis=1)).ravel() + np.asarray(weights.sum(axis=0)).ravel()
    w2 = float((sums**2).sum())
    expected = -1.0 / (size - 1)
    variance = (size**2 * w1 - size * w2 + 3 * w0**2) / ((size**2 - 1) * w0**2) - expected**2
    z = (value - expected) / variance**0.5
    return Whole(value, z, float(scipy.special.ndtr(-z)))


def general_g(values: Floats, weights: scipy.sparse.csr_array) -> Whole:
    """Return Getis and Ord's G of all places: whether high values are near high ones, or low ones.

    Mean and variance over all dealings of the values are exact (Getis and Ord 1992, Geographical
    Analysis 24:189); ``p`` is the upper tail of the normal distribution.

    Args:
        values: By place, not negative.
        weights: Neighbours, without the place itself.
    """
    size, w0 = len(values), float(weights.sum())
    m1, m2, m3, m4 = (float((values**n).sum()) for n in (1, 2, 3, 4))
    if size < _LEAST or w0 == 0.0 or m1**2 - m2 <= 0.0:
        return Whole(float("nan"), float("nan"), float("nan"))
    value = float(values @ (weights @ values)) / (m1**2 - m2)
    s1 = float((weights + weights.T).power(2).sum()) / 2.0
    sums = np.asarray(weights.sum(axis=1)).ravel() + np.asarray(weights.sum(axis=0)).ravel()
    s2 = float((sums**2).sum())
    b0 = (size**2 - 3 * size + 3) * s1 - size * s2 + 3 * w0**2
    b1 = -((size**2 - size) * s1 - 2 * size * s2 + 6 * w0**2)
    b2 = -(2 * size * s1 - (size + 3) * s2 + 6 * w0**2)
    b3 = 4 * (size - 1) * s1 - 2 * (size + 1) * s2 + 8 * w0**2
    b4 = s1 - s2 + w0**2
    of = size * (size - 1) * (size - 2) * (size - 3)
    square = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / of
    expected = w0 / (size * (size - 1))
    variance = square / (m1**2 - m2) ** 2 - expected**2
    if variance <= 0.0:
        return Whole(value, float("nan"), float("nan"))
    z = (value - expected) / variance**0.5
    return Whole(value, z, float(scipy.special.ndtr(-z)))
