"""Space-time scan: the cylinder that holds most more than expected, and what chance makes of it.

Kulldorff (1997; 2001): circles of neighbouring places around each place, over stretches of time;
each is told by its likelihood ratio, and the highest is held against the highest of draws under
"nothing is going on", so that looking everywhere is paid for. Places at one distance enter a circle
together (SaTScan lets them in one by one, in an order of its own).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from vigie.base.hands import OWN, Hands
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Likelihood = Callable[[Floats, Floats], Floats]
Cases = tuple[Ints, Ints]
"""Place and slot of each case."""

FEWEST = 2
"""Cases in a cluster, at least; SaTScan's rule too."""
HELD_BYTES = 250_000_000
"""Counts of draws held at once."""
_TIE_M = 1e-6
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles around each place, nested; columns are ranks of distance.

    Attributes:
        member: Place that enters at this rank; the number of places when none does.
        radius_m: Its distance from the centre; infinite when none.
        ends: Whether a circle ends here: the next place is farther.
    """

    member: Ints
    radius_m: Floats
    ends: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches of slots of time, from ``first`` to before ``last``."""

    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cylinder.

    Attributes:
        centre: Place in the middle.
        members: Places in it, sorted.
        radius_m: Distance of the farthest member.
        first: First slot.
        last: Slot after the last.
        observed: Cases in it.
        base: What the model holds against them: cases expected, or cases and controls.
        llr: Logarithm of the likelihood ratio.
    """

    centre: int
    members: Ints
    radius_m: float
    first: int
    last: int
    observed: int
    base: float
    llr: float


def make_circles(x: Floats, y: Floats, radius_m: float) -> Circles:
    """Return the circles around each place up to a radius."""
    place = np.column_stack([x, y])
    tree = scipy.spatial.KDTree(place)
    most = int(tree.query_ball_point(place, radius_m, return_length=True).max(initial=1))
    answer = tree.query(place, k=np.arange(1, most + 2))
    distance, member = np.asarray(answer[0]), np.asarray(answer[1])
    inside = distance[:, :-1] <= radius_m
    ends = inside & (distance[:, 1:] > distance[:, :-1] + _TIE_M)
    return Circles(
        np.where(inside, member[:, :-1], len(x)).astype(np.int64),
        np.where(inside, distance[:, :-1], np.inf),
        ends,
    )


def make_windows(slots: int, longest: int, *, prospective: bool) -> Windows:
    """Return the stretches of at most ``longest`` slots: those that end now, or all."""
    lengths = range(1, min(longest, slots) + 1)
    ends = [slots] if prospective else range(1, slots + 1)
    spans = [(end - length, end) for end in ends for length in lengths if length <= end]
    first, last = np.array(spans, np.int64).reshape(-1, 2).T
    return Windows(first, last)


def poisson_ratio(total: float) -> Likelihood:
    """Return the log likelihood ratio of a count against its expectation; 0 below it.

    ``c ln(c / m) + (N - c) ln((N - c) / (N - m))`` (Kulldorff 1997); that of the space-time
    permutation model has the same form (Kulldorff et al. 2005).
    """
    return partial(_poisson, total)


def _poisson(total: float, count: Floats, mean: Floats) -> Floats:
    rest, rest_mean = total - count, total - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(count > 0, count * np.log(count / mean), 0.0)
        outside = np.where(rest > 0, rest * np.log(rest / rest_mean), 0.0)
    high = (count > mean) & (mean > 0)
    return np.where(high, inside + outside, 0.0)


def bernoulli_ratio(cases: float, total: float) -> Likelihood:
    """Return the log likelihood ratio of cases among cases and controls; 0 below the city's share.

    More cases than there are of both is infinitely unlikely. Kulldorff (1997), Bernoulli model.
    """
    return partial(_bernoulli, cases, total, float(_entropy(np.array(cases), np.array(total))))


def _entropy(part: Floats, whole: Floats) -> Floats:
    other = whole - part
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(part > 0, part * np.log(part / whole), 0.0)
        second = np.where(other > 0, other * np.log(other / whole), 0.0)
    return np.asarray(first + second)


def _bernoulli(cases: float, total: float, alone: float, count: Floats, among: Floats) -> Floats:
    high = count * total > cases * among
    told = _entropy(count, among) + _entropy(cases - count, total - among) - alone
    return np.where(count > among, np.inf, np.where(high, told, 0.0))


def _held(cumulated: npt.NDArray[np.generic], first: int, last: int) -> npt.NDArray[np.generic]:
    """Return what each place, and a last one without anything, holds in a stretch of time."""
    found = cumulated[last] - cumulated[first]
    return np.append(found, np.zeros((1, *found.shape[1:]), found.dtype), axis=0)


def cumulate(cells: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Return sums over time of a table of places by slots, slots first, from an empty one."""
    sums = np.cumsum(cells.T, axis=0)
    return np.concatenate([np.zeros((1, sums.shape[1]), sums.dtype), sums])


def _bases(
    circles: Circles, windows: Windows, base: Floats, most: float
) -> Iterator[tuple[int, int, Floats, npt.NDArray[np.bool_]]]:
    """Yield each window with the base of every circle and which circles may be clusters.

    A circle that holds more than ``most`` over the whole period is too large.
    """
    sums = np.asarray(cumulate(base), np.float64)
    whole = np.append(sums[-1], 0.0)[circles.member].cumsum(axis=1)
    allowed = circles.ends & (whole <= most + 1e-9)
    for first, last in zip(windows.first.tolist(), windows.last.tolist(), strict=True):
        look()
        held = np.asarray(_held(sums, first, last), np.float64)
        yield first, last, held[circles.member].cumsum(axis=1), allowed


def clusters(
    counts: Ints,
    base: Floats,
    circles: Circles,
    windows: Windows,
    ratio: Likelihood,
    *,
    largest_share: float = 0.5,
    most: int = 10,
) -> list[Cluster]:
    """Return the most likely cluster and those that share no place with a likelier one.

    Args:
        counts: Cases by place and slot.
        base: By place and slot, what ``ratio`` holds against the cases.
        circles: Circles to look at.
        windows: Stretches of time to look at.
        ratio: Log likelihood ratio of cases and base.
        largest_share: Share of all the base that a circle may hold over the whole period.
        most: How many at most.

    Raises:
        Stopping: When the process is told to stop.
    """
    sums = np.asarray(cumulate(counts), np.int64)
    best = np.zeros(len(circles.member))
    found: list[Cluster | None] = [None] * len(best)
    limit = largest_share * float(base.sum())
    for first, last, bases, allowed in _bases(circles, windows, base, limit):
        inside = np.asarray(_held(sums, first, last), np.int64)[circles.member].cumsum(axis=1)
        told = np.where(allowed & (inside >= FEWEST), ratio(inside.astype(np.float64), bases), 0.0)
        rank = told.argmax(axis=1)
        top = told[np.arange(len(best)), rank]
        for centre in np.flatnonzero(top > best + 1e-12).tolist():
            best[centre], at = top[centre], int(rank[centre])
            found[centre] = Cluster(
                centre,
                np.sort(circles.member[centre, : at + 1]),
                float(circles.radius_m[centre, at]),
                *(first, last, int(inside[centre, at])),
                *(float(bases[centre, at]), float(top[centre])),
            )
    kept: list[Cluster] = []
    taken = np.zeros(len(best), dtype=bool)
    for centre in np.argsort(-best, kind="stable").tolist():
        one = found[centre]
        if one is None or len(kept) == most:
            break
        if not taken[one.members].any():
            kept.append(one)
            taken[one.members] = True
    return kept


def _least_counts(ratio: Likelihood, bases: Floats, wanted: float, most: int) -> Ints:
    """Return the least count at each base whose ratio reaches ``wanted``; over ``most``: never."""
    low = np.zeros(bases.shape, np.int64)
    high = np.full(bases.shape, most + 1, np.int64)
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = ratio(middle.astype(np.float64), bases) >= wanted
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high


def highest_of_draws(
    draw_cases: Callable[[np.random.Generator], Cases],
    base: Floats,
    circles: Circles,
    windows: Windows,
    ratio: Likelihood,
    *,
    cases: int,
    draws: int,
    seed: int,
    wanted: float,
    largest_share: float = 0.5,
    hands: Hands = OWN,
) -> Floats:
    """Return the highest ratio of each draw where it reaches ``wanted``, 0 where it does not.

    The counts of many draws are scanned together; a ratio is only reckoned where the count reaches
    what ``wanted`` asks for, which changes no p-value of a cluster at least that likely.

    Args:
        draw_cases: From a source of chance to the cases of a draw.
        base: By place and slot; the same for all draws.
        circles: Circles to look at.
        windows: Stretches of time to look at.
        ratio: Log likelihood ratio of cases and base.
        cases: Cases in each draw.
        draws: How many.
        seed: Of all of them.
        wanted: Least ratio of interest, above 0.
        largest_share: Share of all the base that a circle may hold over the whole period.
        hands: Scan the draws; a draw's chance is its own, so that all hands find the same.

    Raises:
        Stopping: When the process is told to stop.
    """
    places, slots = base.shape
    start = int(windows.first.min())
    dtype = np.int16 if cases < np.iinfo(np.int16).max else np.int32
    each = (slots - start + 1) * (places + 1) * np.dtype(dtype).itemsize
    at_once = max(1, min(-(-draws // hands.width), HELD_BYTES // each))
    work = _Draws(
        *(draw_cases, base, circles, windows, ratio),
        cases=cases,
        seed=seed,
        wanted=wanted,
        limit=largest_share * float(base.sum()),
    )
    pieces = [(at, min(draws, at + at_once)) for at in range(0, draws, at_once)]
    return np.concatenate([highest for (highest,) in hands.each(work, pieces)])


@dataclass(frozen=True, slots=True)
class _Draws:
    """What some draws are scanned with, by whose hands ever; see ``highest_of_draws``."""

    draw_cases: Callable[[np.random.Generator], Cases]
    base: Floats
    circles: Circles
    windows: Windows
    ratio: Likelihood
    cases: int
    seed: int
    wanted: float
    limit: float

    def __call__(self, span: tuple[int, int]) -> tuple[Floats]:
        """Return the highest ratio of each draw from the first to before the last."""
        places, slots = self.base.shape
        start = int(self.windows.first.min())
        dtype = np.int16 if self.cases < np.iinfo(np.int16).max else np.int32
        held = np.zeros((slots - start + 1, places + 1, span[1] - span[0]), dtype)
        for column, number in enumerate(range(*span)):
            look()
            place, slot = self.draw_cases(np.random.default_rng([self.seed, number]))
            late = slot >= start
            flat = (slot[late] - start) * (places + 1) + place[late]
            table = np.bincount(flat, minlength=(slots - start) * (places + 1))
            held[1:, :, column] = table.reshape(slots - start, places + 1)
        np.cumsum(held, axis=0, out=held)
        highest = np.zeros(span[1] - span[0])
        for first, last, bases, allowed in _bases(
            self.circles, self.windows, self.base, self.limit
        ):
            enough = _least_counts(self.ratio, bases, self.wanted, self.cases)
            least = np.where(allowed, np.maximum(FEWEST, enough), _NEVER)
            inside = held[last - start] - held[first - start]
            found = _highest(inside, self.circles.member, least, bases, self.ratio)
            highest = np.maximum(highest, found)
        return (highest,)


def _highest(
    inside: npt.NDArray[np.signedinteger[Any]],
    member: Ints,
    least: Ints,
    bases: Floats,
    ratio: Likelihood,
) -> Floats:
    """Return the highest ratio of each draw in one stretch of time, circles grown rank by rank."""
    highest = np.zeros(inside.shape[1])
    running = np.zeros((len(member), inside.shape[1]), inside.dtype)
    least = np.minimum(least, np.iinfo(inside.dtype).max).astype(inside.dtype)
    never = np.iinfo(inside.dtype).max
    for rank in range(member.shape[1]):
        running += inside[member[:, rank]]
        rows = np.flatnonzero(least[:, rank] < never)
        if not len(rows):
            continue
        if len(rows) < len(member):
            row, column = np.nonzero(running[rows] >= least[rows, rank][:, None])
            row = rows[row]
        else:
            row, column = np.nonzero(running >= least[:, rank][:, None])
        if len(row):
            told = ratio(running[row, column].astype(np.float64), bases[row, rank])
            np.maximum.at(highest, column, told)
    return highest
