"""Association that is more than a common rhythm: what is left after season and week, shifted.

Two series with memory look related by chance alone; a test that shuffles days is fooled. Here one
series is moved as a whole: in blocks put in another order (block permutation), and round and round
in time (toroidal shift), which keeps what each does by itself. The largest correlation over all
lags is what is compared, so that looking at many lags is paid for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.analyse.days import Floats, Ints

BLOCK = 21
"""Days put elsewhere together in the block permutation: whole weeks, so that weekdays stay."""
HOLIDAY, ROUNDS = 7, 6
STILL = 1e-9
"""A series that moves less does not move."""


def residuals(counts: Floats, weekday: Ints, off: Ints, smooth: int) -> Floats:
    """Return a series of days without its level, its week and its holidays; mean 0, deviation 1.

    Level (a centred moving mean) and factors of weekdays and holidays multiply; what is left is the
    difference of square roots, which scatters alike at any level. The days at both ends whose
    moving mean would be one-sided are left out.

    Args:
        counts: Facts a day.
        weekday: Weekday of each day.
        off: 1 on holidays.
        smooth: Days of the moving mean, odd, fewer than there are days.

    Returns:
        Shape (days - smooth + 1,).
    """
    group = np.where(off > 0, HOLIDAY, weekday)
    factor, half = np.ones(HOLIDAY + 1), smooth // 2
    inner = slice(half, len(counts) - half)
    level = np.ones(len(counts) - 2 * half)
    for _ in range(ROUNDS):
        wide = np.convolve(factor[group], np.ones(2 * half + 1), mode="valid")
        level = np.convolve(counts, np.ones(2 * half + 1), mode="valid") / np.maximum(wide, STILL)
        seen = np.bincount(group[inner], weights=counts[inner], minlength=HOLIDAY + 1)
        even = np.bincount(group[inner], weights=level, minlength=HOLIDAY + 1)
        factor = np.where(even > 0, (seen + STILL) / np.maximum(even, STILL), 1.0)
    left = np.sqrt(counts[inner] + 0.375) - np.sqrt(level * factor[group[inner]] + 0.375)
    spread = float(left.std())
    return np.asarray((left - left.mean()) / spread if spread > STILL else np.zeros_like(left))


def lagged(one: Floats, other: Floats, most: int) -> Floats:
    """Return the correlation of one day with the other so many days later, ``-most`` to ``most``.

    Args:
        one: Series of mean 0 and deviation 1, shape (..., days).
        other: Series of the same kind, shape (days,).
        most: Largest lag.

    Returns:
        Shape (..., 2 * most + 1); positive lags: the first comes before the second.
    """
    size = other.shape[-1]
    long = 1 << int(np.ceil(np.log2(2 * size)))
    product = np.conj(np.fft.rfft(one, long)) * np.fft.rfft(other, long)
    every = np.fft.irfft(product, long)
    lags = np.arange(-most, most + 1)
    return np.asarray(every[..., lags % long] / (size - np.abs(lags)), np.float64)


@dataclass(frozen=True, slots=True)
class Association:
    """Two series held against each other.

    Attributes:
        lag: Days from the first to the second at which they go together most.
        r: Correlation there.
        low: 95 % interval, low (Fisher's z, for as many days as the memory of both leaves).
        high: 95 % interval, high.
        p_block: Share of block permutations with as large a correlation at any lag.
        p_shift: The same of toroidal shifts.
    """

    lag: int
    r: float
    low: float
    high: float
    p_block: float
    p_shift: float


def associate(
    one: Floats, other: Floats, *, most: int, draws: int, rng: np.random.Generator
) -> Association:
    """Return how two series go together at any lag, and how often chance does as well.

    Args:
        one: Residuals of the first, by day.
        other: Residuals of the second.
        most: Largest lag, days, either way.
        draws: Block permutations.
        rng: Where chance comes from.
    """
    size = len(one)
    r = lagged(one, other, most)
    at = int(np.argmax(np.abs(r)))
    best = float(np.abs(r[at]))
    many = size // BLOCK
    home, tail = np.arange(many * BLOCK).reshape(many, BLOCK), np.arange(many * BLOCK, size)
    moved = np.stack([one[np.append(home[rng.permutation(many)], tail)] for _ in range(draws)])
    chance = np.abs(lagged(moved, other, most)).max(axis=1)
    far = np.arange(2 * most + 1, size - 2 * most)
    turned = one[(np.arange(size)[None, :] + far[:, None]) % size]
    round_and_round = np.abs(lagged(turned, other, most)).max(axis=1)
    low, high = fisher_interval(float(r[at]), effective_size(one, other))
    return Association(
        at - most,
        float(r[at]),
        low,
        high,
        (1 + int((chance >= best).sum())) / (1 + draws),
        (1 + int((round_and_round >= best).sum())) / (1 + len(far)),
    )


def effective_size(one: Floats, other: Floats) -> float:
    """Return for how many independent days two series with memory stand (Bartlett 1935)."""
    most = min(30, len(one) // 4)
    memory = [lagged(series, series, most)[most + 1 :] for series in (one, other)]
    shrink = 1.0 + 2.0 * float((memory[0] * memory[1]).sum())
    return float(np.clip(len(one) / max(shrink, 1.0), 4.0, len(one)))


def fisher_interval(r: float, size: float) -> tuple[float, float]:
    """Return the 95 % interval of a correlation of so many independent pairs."""
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    reach = 1.959964 / np.sqrt(max(size - 3.0, 1.0))
    return float(np.tanh(z - reach)), float(np.tanh(z + reach))
