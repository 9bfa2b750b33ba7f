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

BLOCK = 14
"""Days put elsewhere together in the block permutation."""
STILL = 1e-9
"""A series that moves less does not move."""


def residuals(counts: Floats, weekday: Ints, off: Ints, smooth: int) -> Floats:
    """Return a series of days without its level, its week and its holidays; mean 0, deviation 1.

    The level is a centred moving mean of the square roots (which scatter alike at any level),
    weekdays and holidays are means of what is left.

    Args:
        counts: Facts a day.
        weekday: Weekday of each day.
        off: 1 on holidays.
        smooth: Days of the moving mean.
    """
    root = np.sqrt(counts + 0.375)
    group = np.where(off > 0, 7, weekday)
    left = root.copy()
    half = smooth // 2
    at = np.arange(len(root))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(root))
    for _ in range(2):
        sums = np.concatenate([[0.0], np.cumsum(left)])
        left = left - (sums[high] - sums[low]) / (high - low)
        per = np.bincount(group, minlength=8)
        mean = np.bincount(group, weights=left, minlength=8) / np.maximum(per, 1)
        left = left - mean[group]
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
    blocks = np.array_split(np.arange(size), max(2, size // BLOCK))
    moved = np.stack(
        [
            one[np.concatenate([blocks[k] for k in rng.permutation(len(blocks))])]
            for _ in range(draws)
        ]
    )
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
