"""Which reports tell of the same incident, and how probably: linked, never merged.

Two reports are compared on place (distance given how exactly both are located), time (gap between
what each source knows, given how widely), kind, and the pair of sources. Every comparison adds a
weight to the log-odds, as in Fellegi and Sunter's theory of record linkage ("A Theory for Record
Linkage", JASA 64 (1969) 1183); the weights are fitted together, so that what two comparisons tell
twice is not counted twice, and the sum is then set right by a calibration curve. The weights stand
in ``linkage.toml``, learnt by ``vigie.judge.linkage_learning`` on invented cities whose truth is
known; they never rise with distance, nor with the gap in time.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MINUTE_US = 60_000_000
REACH_M = 400.0
"""Reports further apart are not compared."""
GAP_US = 6 * 60 * MINUTE_US
"""Reports whose times lie further apart are not compared."""
UNKNOWN_ACCURACY_M = 20.0
"""Taken where a source does not say how exactly it locates: a house number, a phone."""
LEAST_ACCURACY_M = 10.0
Z_KNOTS = (0.0, 1.0, 2.0, 3.0, 5.0, 9.0, 40.0)
GAP_KNOTS = (0.0, 0.7, 1.4, 2.1, 2.8, 3.6, 4.4)
"""Of ``log(1 + minutes / 5)``: 0, 5, 15, 36, 77, 178 minutes, six hours."""
RELATIONS = ("same", "within", "sibling", "branch", "theme", "apart")
TOGETHER = 8_192
"""Pairs compared at one time: what is reckoned of them stays in the processor's cache."""
LINKED = 0.5
SHOWN = 0.1
"""Links less probable are not shown."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports in columns; places in metres of one plane.

    Attributes:
        x: East, metres.
        y: North, metres.
        accuracy_m: How exactly each is located; NaN where the source does not say.
        earliest_us: Earliest instant it can have happened.
        latest_us: Latest instant.
        reported_us: When the source got to know; 0 where it does not say.
        kinds: Taxonomy codes.
        sources: Feeds.
    """

    x: Floats
    y: Floats
    accuracy_m: Floats
    earliest_us: Ints
    latest_us: Ints
    reported_us: Ints
    kinds: Sequence[str]
    sources: Sequence[str]

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each comparison adds to the log-odds, and the curve that sets the sum right.

    Attributes:
        names: Numeric comparisons, in order.
        values: Their weights.
        kind_pairs: Weight of two kinds together, by ``A|B`` in alphabetical order.
        source_pairs: Weight of two sources together, likewise.
        curve: Log-odds and the probability observed there, both rising.
    """

    names: tuple[str, ...]
    values: Floats
    kind_pairs: Mapping[str, float]
    source_pairs: Mapping[str, float]
    curve: tuple[Floats, Floats]
    learnt: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of reports with the probability that they tell of one incident.

    Attributes:
        left: Positions.
        right: Positions, each greater than its ``left``.
        probability: 0 to 1.
    """

    left: Ints
    right: Ints
    probability: Floats


def pair_key(one: str, other: str) -> str:
    """Return the name of an unordered pair."""
    return "|".join(sorted((one, other)))


@lru_cache(maxsize=65_536)
def relation(one: str, other: str) -> str:
    """Return how two kinds stand in the taxonomy: one of ``RELATIONS``."""
    if one == other:
        return "same"
    if one.startswith(f"{other}.") or other.startswith(f"{one}."):
        return "within"
    a, b = one.split("."), other.split(".")
    shared = next((n for n, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), 0)
    if shared and shared == len(a) - 1 == len(b) - 1:
        return "sibling"
    return {0: "apart", 1: "theme"}.get(shared, "branch")


def candidates(
    reports: Reports, *, reach_m: float = REACH_M, gap_us: int = GAP_US
) -> tuple[Ints, Ints]:
    """Return the pairs worth comparing, each once, the lower position first."""
    if len(reports) < 2:  # noqa: PLR2004 -- a pair
        none = np.empty(0, np.int64)
        return none, none
    tree = scipy.spatial.cKDTree(np.column_stack([reports.x, reports.y]))
    pairs = tree.query_pairs(reach_m, output_type="ndarray").astype(np.int64)
    left = np.minimum(pairs[:, 0], pairs[:, 1])
    right = np.maximum(pairs[:, 0], pairs[:, 1])
    close = gaps_us(reports, left, right) <= gap_us
    left, right = left[close], right[close]
    left, right = np.divmod(np.sort(left * len(reports) + right), len(reports))
    return left, right


def gaps_us(reports: Reports, left: Ints, right: Ints) -> Ints:
    """Return the time between the intervals of pairs, 0 where they touch."""
    one, other = reports.earliest_us, reports.latest_us
    apart = np.maximum(one[left] - other[right], one[right] - other[left])
    return np.asarray(np.maximum(0, apart), np.int64)


def distances_z(reports: Reports, left: Ints, right: Ints) -> Floats:
    """Return the distance of pairs in standard deviations of how exactly both are located."""
    sigma = np.where(np.isnan(reports.accuracy_m), UNKNOWN_ACCURACY_M, reports.accuracy_m)
    sigma = np.maximum(sigma, LEAST_ACCURACY_M)
    apart = np.hypot(reports.x[left] - reports.x[right], reports.y[left] - reports.y[right])
    return np.asarray(apart / np.hypot(sigma[left], sigma[right]), np.float64)


def _rising(values: Floats, knots: tuple[float, ...]) -> list[Floats]:
    """Return a piecewise linear basis: each part grows between two knots and then stays."""
    return [np.clip(values - low, 0.0, high - low) for low, high in itertools.pairwise(knots)]


def _log_minutes(us: npt.ArrayLike) -> Floats:
    return np.asarray(np.log1p(np.asarray(us, np.float64) / (5 * MINUTE_US)), np.float64)


NAMES = (
    "intercept",
    *(f"distance_z_from_{low:g}" for low in Z_KNOTS[:-1]),
    *(f"gap_from_{low:g}" for low in GAP_KNOTS[:-1]),
    *("widths", "longest_width", "starts_apart", "starts_apart_narrow", "reported_apart"),
    *("reported_close", "spread", "exact_hour"),
    *(f"kind_{name}" for name in RELATIONS),
    *(f"one_source_kind_{name}" for name in RELATIONS),
)
FALLING = frozenset(n for n in NAMES if n.startswith(("distance_z", "gap_")))
"""Comparisons whose weight is never positive."""


def comparisons(reports: Reports, left: Ints, right: Ints) -> Floats:
    """Return the numeric comparisons of pairs, one column for each of ``NAMES``.

    They are the same whichever of the two comes first.
    """
    return np.column_stack(_columns(reports, left, right)).astype(np.float64)


def _columns(reports: Reports, left: Ints, right: Ints) -> list[npt.NDArray[Any]]:
    width = (reports.latest_us - reports.earliest_us).astype(np.float64)
    wide = _log_minutes(width[left] + width[right])
    longest = _log_minutes(np.maximum(width[left], width[right]))
    starts = _log_minutes(np.abs(reports.earliest_us[left] - reports.earliest_us[right]))
    known = (reports.reported_us[left] > 0) & (reports.reported_us[right] > 0)
    told = _log_minutes(np.abs(reports.reported_us[left] - reports.reported_us[right]))
    told = np.where(known, told, 0.0)
    spread = np.where(np.isnan(reports.accuracy_m), UNKNOWN_ACCURACY_M, reports.accuracy_m)
    spread = np.log(np.hypot(spread[left], spread[right]) / UNKNOWN_ACCURACY_M)
    _, source = _coded(reports.sources)
    same = source[left] == source[right]
    kinds, kind = _coded(reports.kinds)
    number = _between(kinds, lambda one, other: RELATIONS.index(relation(one, other)))
    number = number[kind[left], kind[right]].astype(np.int64)
    hot = [number == n for n in range(len(RELATIONS))]
    return [
        np.ones(len(left)),
        *_rising(distances_z(reports, left, right), Z_KNOTS),
        *_rising(_log_minutes(gaps_us(reports, left, right)), GAP_KNOTS),
        *(wide, longest, starts, starts * (longest < 1), told),
        *(known & (told < 1.0), spread, (starts == 0) & (longest > 0)),
        *hot,
        *(one & same for one in hot),
    ]


def pair_weights(reports: Reports, left: Ints, right: Ints, weights: Weights) -> Floats:
    """Return what the kinds and the sources of pairs add; nothing for a pair never seen."""
    summed = np.zeros(len(left), np.float64)
    for names, pairs in (
        (reports.kinds, weights.kind_pairs),
        (reports.sources, weights.source_pairs),
    ):
        distinct, code = _coded(names)
        table = _between(distinct, partial(_weight_of, pairs))
        summed += table[code[left], code[right]]
    return summed


def _weight_of(pairs: Mapping[str, float], one: str, other: str) -> float:
    return pairs.get(pair_key(one, other), 0.0)


def _coded(names: Sequence[str]) -> tuple[list[str], Ints]:
    """Return the distinct names and the position of each among them."""
    at: dict[str, int] = {}
    code = np.array([at.setdefault(name, len(at)) for name in names], dtype=np.int64)
    return list(at), code


def _between(names: Sequence[str], value: Callable[[str, str], float]) -> Floats:
    """Return a value for every pair of names as a matrix."""
    rows = [[value(one, other) for other in names] for one in names]
    return np.array(rows, dtype=np.float64).reshape(len(names), len(names))


def log_odds(reports: Reports, left: Ints, right: Ints, weights: Weights) -> Floats:
    """Return the sum of the weights of pairs, before the calibration curve."""
    summed = np.zeros(len(left), np.float64)
    for column, weight in zip(_columns(reports, left, right), weights.values, strict=True):
        summed += column * weight
    return summed + pair_weights(reports, left, right, weights)


def link(
    reports: Reports,
    weights: Weights | None = None,
    *,
    least: float = SHOWN,
) -> Links:
    """Return the pairs that may tell of one incident, the most probable first.

    Args:
        reports: The reports.
        weights: What comparisons weigh; by default those that come with Vigie.
        least: Pairs less probable are left out.
    """
    weights = weights or shipped_weights()
    left, right = candidates(reports)
    probability = probabilities(reports, left, right, weights)
    kept = np.flatnonzero(probability >= least)
    order = kept[np.argsort(-probability[kept], kind="stable")]
    return Links(left[order], right[order], probability[order])


def probabilities(
    reports: Reports, left: Ints, right: Ints, weights: Weights | None = None
) -> Floats:
    """Return the probability that pairs tell of one incident."""
    weights = weights or shipped_weights()
    if not len(left):
        return np.empty(0, np.float64)
    at, seen = weights.curve
    told = [
        np.interp(log_odds(reports, left[block], right[block], weights), at, seen)
        for block in (slice(n, n + TOGETHER) for n in range(0, len(left), TOGETHER))
    ]
    return np.concatenate(told, dtype=np.float64)


def strongest(many: int, links: Links, each: int) -> Links:
    """Return the links that are among the most probable ones of either of their reports.

    Args:
        many: How many reports there are.
        links: Their links, the most probable first.
        each: How many of each report are kept; a report keeps more where others keep it.
    """
    ends = np.column_stack([links.left, links.right]).ravel()
    order = np.argsort(ends, kind="stable")
    ends = ends[order]
    rank = np.arange(len(order)) - np.searchsorted(ends, np.arange(many))[ends]
    kept = np.unique(order[rank < each] // 2)
    return Links(links.left[kept], links.right[kept], links.probability[kept])


def clusters(many: int, links: Links, *, least: float = LINKED) -> list[tuple[int, ...]]:
    """Return groups of reports that probably tell of one incident, the largest first.

    Two groups are joined while the mean probability between all their members, pairs that were not
    compared counting 0, is at least ``least``: a chain of neighbours does not become one incident.

    Args:
        many: How many reports there are.
        links: Their links.
        least: Least mean probability.
    """
    order = np.lexsort((links.right, links.left, -links.probability))
    columns = (links.left, links.right, links.probability)
    pairs = list(zip(*(one[order].tolist() for one in columns), strict=True))
    members: dict[int, list[int]] = {n: [n] for n in range(many)}
    between: dict[int, dict[int, float]] = {n: {} for n in range(many)}
    for a, b, p in pairs:
        between[a][b] = between[b][a] = p
    home = list(range(many))
    for a, b, _ in pairs:
        one, other = home[a], home[b]
        if one == other:
            continue
        size = len(members[one]) * len(members[other])
        if between[one].get(other, 0.0) / size < least:
            continue
        joined = members.pop(other)
        members[one] += joined
        for moved in joined:
            home[moved] = one
        _join(between, one, other)
    found = [tuple(sorted(group)) for group in members.values() if len(group) > 1]
    return sorted(found, key=lambda group: (-len(group), group))


def _join(between: dict[int, dict[int, float]], one: int, other: int) -> None:
    """Add what links a group to all others to what links the one that it joins."""
    for third, summed in between.pop(other).items():
        del between[third][other]
        if third != one:
            both = between[one].get(third, 0.0) + summed
            between[one][third] = between[third][one] = both


def read_weights(text: str) -> Weights:
    """Return weights as ``linkage.toml`` tells them."""
    told = tomllib.loads(text)
    values = np.array([float(told["weights"][name]) for name in NAMES], dtype=np.float64)
    curve = np.array(told["curve"], dtype=np.float64)
    return Weights(
        NAMES,
        values,
        dict(told["kind_pairs"]),
        dict(told["source_pairs"]),
        (curve[:, 0], curve[:, 1]),
        told["learnt"],
    )


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Return the weights that come with Vigie."""
    return read_weights(files("vigie.judge").joinpath("linkage.toml").read_text("utf-8"))
