"""Pairs learnt from history: a planted interplay is found, and the mere sum is none."""

from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import box
from tests.rules.plan_views import HOUR, plan

from vigie.base.clock import to_us
from vigie.foresight.clashes_learnt import FactPoints, LearntPair, learn, learnt_rule
from vigie.judge.clashes import find_clashes
from vigie.judge.rule import PlanView

START = to_us(datetime(2026, 1, 5, 12, tzinfo=UTC))
DAY = 24 * HOUR
WEEKS = 60
CONCERT, MARCH = "event.culture.concert", "event.demonstration"


def city(seed: int, *, surplus: float) -> tuple[list[PlanView], FactPoints]:
    """A year of concerts and marches at places of their own, some together.

    Facts are Poisson: 1 an hour at each place, 4 more with a concert, 2 with a march, and as many
    as asked for when both meet.
    """
    rng = np.random.default_rng(seed)
    views, xs, times = [], [], []

    def bring(x: float, from_us: int, hours: float, mean: float) -> None:
        count = int(rng.poisson(mean))
        xs.extend([x] * count)
        times.extend((from_us + rng.uniform(0, hours * HOUR, count)).astype(np.int64).tolist())

    for sort, (kind, brings) in enumerate(((CONCERT, 4.0), (MARCH, 2.0))):
        for at in range(40):
            x = 10_000.0 * (1 + sort * 40 + at)
            starts = START + int(rng.integers(10, WEEKS - 10)) * 7 * DAY
            views.append(_view(f"{sort}-{at}", kind, x, starts))
            bring(x, 0 + START, WEEKS * 7 * 24, 0.2 * WEEKS * 7 * 24)
            bring(x, starts, 2, brings)
    for at in range(25):
        x = 10_000.0 * (200 + at)
        starts = START + int(rng.integers(10, WEEKS - 10)) * 7 * DAY
        views += [_view(f"c{at}", CONCERT, x, starts), _view(f"m{at}", MARCH, x + 150, starts)]
        bring(x, START, WEEKS * 7 * 24, 0.2 * WEEKS * 7 * 24)
        bring(x, starts, 2, 6.0 + surplus)
    facts = FactPoints(np.array(xs), np.full(len(xs), 50.0), np.array(times, np.int64))
    return views, facts


def _view(name: str, kind: str, x: float, starts: int) -> PlanView:
    return plan(
        name,
        kind=kind,
        geometry=box(x, 0, x + 100, 100),
        starts_us=starts,
        ends_us=starts + 2 * HOUR,
        from_us=starts - HOUR,
        to_us=starts + 3 * HOUR,
    )


def test_a_planted_interplay_is_found_with_its_interval_and_base() -> None:
    (pair,) = learn(*city(1, surplus=6.0))

    assert pair.kinds == (CONCERT, MARCH)
    assert (pair.together, pair.alone, pair.tested) == (25, (40, 40), 1)
    assert pair.low < 6.0 < pair.high
    assert pair.observed > pair.expected
    assert pair.severity <= 3


def test_what_two_events_bring_is_no_interplay() -> None:
    found = [learn(*city(seed, surplus=0.0)) for seed in range(2, 7)]

    assert sum(len(one) for one in found) <= 2, "one in ten by chance"


def test_without_facts_or_plans_nothing_is_learnt() -> None:
    none = FactPoints(np.empty(0), np.empty(0), np.empty(0, np.int64))

    assert learn(city(1, surplus=6.0)[0], none) == []
    assert learn([], city(1, surplus=6.0)[1]) == []


def test_a_learnt_pair_is_told_of_what_is_planned_and_never_grave() -> None:
    pair = LearntPair((CONCERT, MARCH), 12, (30, 40), 90, 50.0, 3.3, 1.1, 5.5, 0.001, 4)
    rule = learnt_rule([pair])
    plans = [plan("a", kind=CONCERT), plan("b", kind=MARCH, x=300), plan("c", kind="event.market")]
    (clash,) = find_clashes(plans, {rule.name: rule}, now_us=START)

    assert clash.finding.subjects == ("a", "b")
    assert clash.finding.severity == 3
    assert "voisins 12 fois, ont amené 3,3 faits de plus" in clash.finding.explanation["fr"]
    assert "(1.1 to 5.5, 80 %)" in clash.finding.explanation["en"]


@pytest.mark.parametrize("distance_m", [1_200.0, 5_000.0])
def test_far_apart_it_says_nothing(distance_m: float) -> None:
    rule = learnt_rule(
        [LearntPair((CONCERT, MARCH), 12, (30, 40), 90, 50.0, 3.3, 1.1, 5.5, 0.0, 4)]
    )
    plans = [plan("a", kind=CONCERT), plan("b", kind=MARCH, x=distance_m)]

    assert find_clashes(plans, {rule.name: rule}, now_us=START) == []
