"""Pairs of kinds that brought more together than the sum of what each brings alone.

For every past plan the facts within 400 m, from an hour before to two hours after, are compared
with the same place, weekday and hours of the weeks around when nothing else was near: its excess.
What a kind brings alone is the mean excess of its plans that had no neighbour. Of two plans that
were near each other in place and time the excess of both together, counted once, is compared with
the sum of the two: the surplus. A pair of kinds is kept when its mean surplus is above zero by a
one-sided t test (Welch's variance) after Benjamini and Hochberg's control of the share of false
discoveries over all pairs of kinds tested. (Welch 1947; Benjamini and Hochberg 1995.)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.stopping import look
from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS, WORKS
from vigie.judge.neighbours import Plans
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.model.taxonomy import TAXONOMY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOUR_US = 3_600_000_000
WEEK_US = 7 * 24 * HOUR_US
RING_M = 400.0
NEAR_M = 800.0
NEAR_S = 3_600
BEFORE_US, AFTER_US = HOUR_US, 2 * HOUR_US
WEEKS = 8
LEAST_CONTROLS = 4
LEAST_TOGETHER = 8
LEAST_ALONE = 8
FALSE_SHARE = 0.10
COVER = 0.80
LONGEST_US = 48 * HOUR_US
SEVERITY, GRAVE = 2, 3
GRAVE_RATIO = 1.5
APART = (*GROUNDLESS, *WORKS, "event.decree")
NAME = "learnt_pair"


@dataclass(frozen=True, slots=True)
class LearntPair:
    """Two kinds that bring more together than apart.

    Attributes:
        kinds: The two kinds, in order.
        together: How many times they were near each other.
        alone: How many plans of each kind had no neighbour.
        observed: Facts on those times, all together.
        expected: Facts expected: the usual of the place, and what each brings alone.
        surplus: Mean facts more than expected, each time.
        low: Lower end of its 80 % interval.
        high: Upper end.
        p: Chance of as much without any interplay (one-sided), before the control.
        tested: Pairs of kinds that were tested.
    """

    kinds: tuple[str, str]
    together: int
    alone: tuple[int, int]
    observed: int
    expected: float
    surplus: float
    low: float
    high: float
    p: float
    tested: int

    @property
    def severity(self) -> int:
        """2, or 3 when there was half as much again as expected; never more."""
        return GRAVE if self.observed >= GRAVE_RATIO * max(self.expected, 1.0) else SEVERITY


@dataclass(frozen=True, slots=True)
class FactPoints:
    """Where and when facts were: metres in the projection of the plans, epoch µs."""

    x: Floats
    y: Floats
    at_us: Ints


class _Counter:
    """Counts facts around places, and what the weeks around would say."""

    def __init__(self, facts: FactPoints, plans: Plans) -> None:
        points: Any = shapely.points(np.column_stack([facts.x, facts.y]))
        self._tree = shapely.STRtree(points)
        self._at = facts.at_us
        self._plans = plans
        self._span = (int(facts.at_us.min()), int(facts.at_us.max()))

    def excess(self, shape: BaseGeometry, from_us: int, to_us: int) -> tuple[int, float] | None:
        """Return facts in a window around a shape and the usual of quiet weeks; None without."""
        found = self._tree.query(shape, predicate="dwithin", distance=RING_M)
        times = np.sort(self._at[found])
        low, high = self._span
        counts = []
        for week in (*range(-WEEKS, 0), *range(1, WEEKS + 1)):
            start, end = from_us + week * WEEK_US, to_us + week * WEEK_US
            if start < low or end > high or not self._quiet(shape, start, end):
                continue
            counts.append(int(np.searchsorted(times, end) - np.searchsorted(times, start)))
        if from_us < low or to_us > high or len(counts) < LEAST_CONTROLS:
            return None
        own = int(np.searchsorted(times, to_us) - np.searchsorted(times, from_us))
        return own, float(np.mean(counts))

    def _quiet(self, shape: BaseGeometry, from_us: int, to_us: int) -> bool:
        west, south, east, north = shape.bounds
        box, plans = self._plans.bounds, self._plans
        near = (
            (plans.from_us < to_us)
            & (plans.to_us > from_us)
            & (box[:, 0] <= east + NEAR_M)
            & (box[:, 2] >= west - NEAR_M)
            & (box[:, 1] <= north + NEAR_M)
            & (box[:, 3] >= south - NEAR_M)
        )
        return not bool(near.any())


def learn(views: Sequence[PlanView], facts: FactPoints) -> list[LearntPair]:
    """Return the pairs of kinds that survive, the surest first; none is a result too.

    Args:
        views: Past plans in metres; cancelled ones and works are left out, and what lasts more than
            two days.
        facts: Facts of the same time and place.
    """
    kept = [
        view
        for view in views
        if view.state != "cancelled"
        and not view.within(*APART)
        and view.ends_us - view.starts_us <= LONGEST_US
    ]
    if len(kept) < LEAST_TOGETHER or not len(facts.at_us):
        return []
    plans = Plans(kept)
    counter = _Counter(facts, plans)
    left, right = plans.near_pairs(NEAR_M, NEAR_S)
    near = plans.apart_m(left, right) <= NEAR_M
    pairs = list(zip(left[near].tolist(), right[near].tolist(), strict=True))
    busy = {position for pair in pairs for position in pair}
    alone: dict[str, list[float]] = defaultdict(list)
    for position, view in enumerate(kept):
        if position in busy:
            continue
        look()
        found = counter.excess(view.geometry, view.starts_us - BEFORE_US, view.ends_us + AFTER_US)
        if found is not None:
            alone[view.kind].append(found[0] - found[1])
    together = _together(counter, kept, pairs)
    return _survivors(_tests(together, alone))


@dataclass(frozen=True, slots=True)
class _Meeting:
    observed: int
    usual: float


def _together(
    counter: _Counter, kept: Sequence[PlanView], pairs: Sequence[tuple[int, int]]
) -> dict[tuple[str, str], list[_Meeting]]:
    """Return the meetings of just two plans; three at once belong to no pair."""
    times: dict[int, int] = defaultdict(int)
    for pair in pairs:
        for position in pair:
            times[position] += 1
    found: dict[tuple[str, str], list[_Meeting]] = defaultdict(list)
    for one, other in pairs:
        if times[one] > 1 or times[other] > 1:
            continue
        look()
        a, b = kept[one], kept[other]
        from_us = min(a.starts_us, b.starts_us) - BEFORE_US
        to_us = max(a.ends_us, b.ends_us) + AFTER_US
        both = counter.excess(a.geometry.union(b.geometry), from_us, to_us)
        if both is not None:
            low, high = sorted((a.kind, b.kind))
            found[low, high].append(_Meeting(*both))
    return found


def _tests(
    together: Mapping[tuple[str, str], Sequence[_Meeting]], alone: Mapping[str, Sequence[float]]
) -> list[LearntPair]:
    found = []
    for kinds, meetings in together.items():
        solo = [np.array(alone.get(kind, ()), np.float64) for kind in kinds]
        if len(meetings) < LEAST_TOGETHER or min(len(one) for one in solo) < LEAST_ALONE:
            continue
        brought = sum(float(one.mean()) for one in solo)
        joint = np.array([one.observed - one.usual for one in meetings], np.float64)
        samples = [joint, *solo]
        parts = [float(one.var(ddof=1)) / len(one) for one in samples]
        error = math.sqrt(sum(parts))
        surplus = float(joint.mean()) - brought
        if error <= 0.0:
            continue
        weights = (part**2 / (len(one) - 1) for part, one in zip(parts, samples, strict=True))
        freedom = sum(parts) ** 2 / sum(weights)
        wide = float(scipy.stats.t.ppf(0.5 + COVER / 2, freedom)) * error
        usual = sum(one.usual for one in meetings)
        found.append(
            LearntPair(
                kinds=kinds,
                together=len(meetings),
                alone=(len(solo[0]), len(solo[1])),
                observed=sum(one.observed for one in meetings),
                expected=max(0.0, usual + len(meetings) * brought),
                surplus=surplus,
                low=surplus - wide,
                high=surplus + wide,
                p=float(scipy.stats.t.sf(surplus / error, freedom)),
                tested=0,
            )
        )
    return found


def _survivors(tested: Sequence[LearntPair]) -> list[LearntPair]:
    """Return those below the line of Benjamini and Hochberg, each told among how many."""
    ordered = sorted(tested, key=lambda one: one.p)
    last = max(
        (rank for rank, one in enumerate(ordered, 1) if one.p <= FALSE_SHARE * rank / len(ordered)),
        default=0,
    )
    return [_among(one, len(ordered)) for one in ordered[:last] if one.surplus > 0]


def _among(one: LearntPair, tested: int) -> LearntPair:
    values = {name: getattr(one, name) for name in LearntPair.__dataclass_fields__}
    return LearntPair(**values | {"tested": tested})


def learnt_rule(pairs: Sequence[LearntPair]) -> Rule:
    """Return the rule that finds the learnt pairs among what is planned."""
    known = {pair.kinds: pair for pair in pairs}
    kinds = tuple(sorted({kind for pair in pairs for kind in pair.kinds}))

    def judge(left: PlanView, right: PlanView) -> Finding | None:
        low, high = sorted((left.kind, right.kind))
        pair = known.get((low, high))
        if pair is None:
            return None
        return _finding(pair, left, right)

    return Rule(
        name=NAME,
        kind="clash_pair",
        title={"fr": "Paire apprise du passé", "en": "Pair learnt from the past"},
        why={
            "fr": "Ces deux sortes d'événements, voisines, ont amené plus de faits que la somme de"
            " ce que chacune amène seule. C'est une régularité du passé, non une cause ; une paire"
            " sur dix parmi celles montrées peut être due au hasard.",
            "en": "These two kinds of events, close to each other, brought more facts than the sum"
            " of what each brings alone. It is a regularity of the past, not a cause; one pair in"
            " ten of those shown may be due to chance.",
        },
        judge=judge,
        reach_m=NEAR_M,
        reach_s=NEAR_S,
        reference="Benjamini et Hochberg (1995) ; Welch (1947)",
        first=Wanted(kinds=kinds, apart_from=APART),
    )


def _finding(pair: LearntPair, left: PlanView, right: PlanView) -> Finding:
    from_us = min(left.starts_us, right.starts_us)
    to_us = max(left.ends_us, right.ends_us)
    one, other = (TAXONOMY.get(kind) for kind in pair.kinds)
    return Finding(
        severity=pair.severity,
        explanation={
            "fr": f"« {left.title} » et « {right.title} » : {one.label()} et {other.label()},"
            f" voisins {pair.together} fois, ont amené {number(pair.surplus, digits=1)} faits de"
            f" plus que chacun seul ({number(pair.low, digits=1)} à {number(pair.high, digits=1)},"
            " à 80 %).",
            "en": f'"{left.title}" and "{right.title}": {one.label("en")} and {other.label("en")},'
            f" close {pair.together} times, brought {number(pair.surplus, 'en', 1)} facts more than"
            f" each alone ({number(pair.low, 'en', 1)} to {number(pair.high, 'en', 1)}, 80 %).",
        },
        from_us=from_us,
        to_us=max(to_us, from_us + 1),
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={
            "surplus": round(pair.surplus, 2),
            "surplus_low": round(pair.low, 2),
            "surplus_high": round(pair.high, 2),
            "together": pair.together,
        },
        geometry=left.geometry.union(right.geometry),
    )
