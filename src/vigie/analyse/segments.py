"""Where a series of counts changes its level: the best cut into segments, at a penalty per cut.

Optimal partitioning (Jackson et al., IEEE Signal Processing Letters 12 (2005) 105) under the
Poisson cost. It finds what PELT (Killick, Fearnhead & Eckley, JASA 107 (2012) 1590) finds; PELT's
pruning is left out, for it is not exact where segments have a shortest length. What a cut must gain
is not a rule of thumb: it is the gain that series without a change exceed at a rate that is asked
for, found by drawing such series, with the lengths, exposures and scatter of the one looked at.
"""

from __future__ import annotations

import numpy as np

from vigie.analyse.days import Floats, Ints


def poisson_cost(counts: Floats, exposure: Floats) -> Floats:
    """Return minus the log-likelihood of one rate over each segment, up to a constant.

    Args:
        counts: Counts in segments.
        exposure: Exposure of the segments.
    """
    rate = np.divide(
        counts, exposure, out=np.ones_like(counts), where=(counts > 0) & (exposure > 0)
    )
    return np.asarray(counts - counts * np.log(np.where(rate > 0, rate, 1.0)), np.float64)


def best_cuts(counts: Floats, exposure: Floats, penalty: float, shortest: int) -> list[int]:
    """Return where the best segmentation begins a new segment.

    Args:
        counts: Counts in time order.
        exposure: How much each was exposed, above 0.
        penalty: What each cut must gain in log-likelihood.
        shortest: Fewest counts of a segment.
    """
    size = len(counts)
    if size < 2 * shortest:
        return []
    n = np.concatenate([[0.0], np.cumsum(counts)])
    e = np.concatenate([[0.0], np.cumsum(exposure)])
    best = np.full(size + 1, np.inf)
    best[0], last = -penalty, np.zeros(size + 1, np.int64)
    for end in range(shortest, size + 1):
        starts = np.arange(end - shortest + 1)
        value = best[starts] + poisson_cost(n[end] - n[starts], e[end] - e[starts])
        at = int(np.argmin(value))
        best[end], last[end] = value[at] + penalty, starts[at]
    cuts, at = [], int(last[size])
    while at > 0:
        cuts.append(at)
        at = int(last[at])
    return cuts[::-1]


def most_gained(counts: Floats, exposure: Floats, shortest: int) -> float:
    """Return the most that one cut, or each of two, gains in log-likelihood.

    A series in which neither exceeds the penalty is left whole, but for the rare one that only
    three or more cuts would divide.
    """
    size = len(counts)
    n = np.concatenate([[0.0], np.cumsum(counts)])
    e = np.concatenate([[0.0], np.cumsum(exposure)])
    whole = float(poisson_cost(n[-1:], e[-1:])[0])
    first, second = np.triu_indices(size + 1, shortest)
    head = (first == 0) | (first >= shortest)
    tail = (second == size) | (second <= size - shortest)
    keep = head & tail & ~((first == 0) & (second == size))
    first, second = first[keep], second[keep]
    inner = poisson_cost(n[second] - n[first], e[second] - e[first])
    left = poisson_cost(n[first], e[first])
    right = poisson_cost(n[-1] - n[second], e[-1] - e[second])
    cuts = (first > 0).astype(np.float64) + (second < size)
    return float(np.max((whole - left - inner - right) / cuts, initial=0.0))


def null_counts(expected: Floats, scatter: float, rng: np.random.Generator) -> Floats:
    """Return counts drawn around an expectation, with variance ``scatter`` times the mean."""
    mean = expected
    if scatter > 1.0:
        shape = expected / (scatter - 1.0)
        mean = rng.gamma(np.maximum(shape, 1e-12), scatter - 1.0)
    return np.asarray(rng.poisson(mean), np.float64)


def calibrated_penalty(
    exposure: Floats,
    rate: float,
    scatter: float,
    *,
    shortest: int,
    false_alarms: float,
    draws: int,
    seed: int,
) -> float:
    """Return the penalty that a share of series without any change exceeds.

    Args:
        exposure: Exposure of each count.
        rate: Facts per exposure.
        scatter: Variance over mean.
        shortest: Fewest counts of a segment.
        false_alarms: Share of unchanged series in which a change may be found.
        draws: Series drawn.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    gains = [
        most_gained(null_counts(exposure * rate, scatter, rng), exposure, shortest)
        for _ in range(draws)
    ]
    return float(np.quantile(gains, 1.0 - false_alarms, method="higher"))


def where_cut(
    left: tuple[Floats, Floats],
    right: tuple[Floats, Floats],
    scatter: float,
    *,
    shortest: int,
    draws: int,
    seed: int,
) -> tuple[int, int]:
    """Return the 95 % interval of a cut, as steps before and after it (parametric bootstrap).

    Args:
        left: Counts and exposures of the segment before the cut.
        right: The same after it.
        scatter: Variance over mean.
        shortest: Fewest counts of a segment.
        draws: Series drawn with both rates as they were found.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    exposure = np.concatenate([left[1], right[1]])
    expected = np.concatenate([side[1] * side[0].sum() / side[1].sum() for side in (left, right)])
    at = np.arange(shortest, len(exposure) - shortest + 1)
    e = np.cumsum(exposure)
    off: list[int] = []
    for _ in range(draws):
        n = np.cumsum(null_counts(expected, scatter, rng))
        both = poisson_cost(n[at - 1], e[at - 1])
        both = both + poisson_cost(n[-1] - n[at - 1], e[-1] - e[at - 1])
        off.append(int(at[np.argmin(both)]) - len(left[0]))
    low, high = np.quantile(off, [0.025, 0.975])
    return int(np.floor(low)), int(np.ceil(high))


def local_scatter(counts: Floats, expected: Floats) -> float:
    """Return variance over mean, from differences of neighbours: a change of level adds little.

    Returns:
        At least 1.
    """
    known = expected > 0
    z = (counts[known] - expected[known]) / np.sqrt(expected[known])
    if len(z) < 3:  # noqa: PLR2004
        return 1.0
    return max(1.0, float(np.mean(np.diff(z) ** 2) / 2.0))


def neighbours(size: int, reach: int) -> tuple[Ints, Ints]:
    """Return, for each place in a series, where its neighbourhood begins and ends."""
    at = np.arange(size)
    return np.maximum(at - reach, 0), np.minimum(at + reach + 1, size)
