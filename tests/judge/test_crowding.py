"""Crowding: what is told moves the estimate, age widens it, the city's truth lies in it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from vigie.city import levels
from vigie.city.counters import counted
from vigie.city.truth import Truth, make_truth
from vigie.judge.crowding import COVERAGE, Learnt, Past, Told, estimate, learn
from vigie.judge.usual import SLOTS

HOURS = 28 * 24
SEED = np.random.default_rng(20260330)


def slots(truth: Truth) -> np.ndarray:
    over = truth.span
    sort = np.where(over.holiday | (over.weekday == 6), 2, np.where(over.weekday == 5, 1, 0))
    return np.asarray(sort * 24 + over.local_hour)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return make_truth(
        seed=7, days=42, scale=0.01, now=datetime(2026, 3, 30, 12, tzinfo=UTC), planted=40
    )


@pytest.fixture(scope="module")
def city(truth: Truth) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slot, true level and what operators tell, by hour and cell."""
    level = levels.presence(truth)
    value, given = levels.counted(truth, level)
    return slots(truth), level, np.where(given, value, np.nan)


@pytest.fixture(scope="module")
def learnt(city: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Learnt:
    slot, _, told = city
    return learn(Past(slot[:HOURS], told[:HOURS], {}))


def small(fading: float = 0.8, *, link: float | None = None) -> tuple[Learnt, float]:
    """One cell of usually 1,000 people over eight weeks, and a camera that follows or does not."""
    n = 56 * 24
    slot = np.arange(n) % SLOTS
    steps = SEED.normal(0, 0.1 * np.sqrt(1 - fading**2), n)
    deviation = np.zeros(n)
    for i in range(1, n):
        deviation[i] = fading * deviation[i - 1] + steps[i]
    people = 1_000 * np.exp(deviation)
    told = (people * np.exp(SEED.normal(0, 0.02, n)))[:, None]
    follows = deviation if link is not None else SEED.normal(0, 0.1, n)
    camera = ((link or 1.0) * follows + SEED.normal(0, 0.03, n))[:, None]
    return learn(Past(slot, told, {"presence.density": camera})), fading


def test_nothing_told_is_what_is_usual_and_an_old_figure_widens() -> None:
    learnt, _ = small()
    crowds = [estimate(learnt, 0, 5, [])]
    crowds += [estimate(learnt, 0, 5, [Told("", np.log(1_300), 5, ago)]) for ago in (6.0, 2.0, 0.0)]
    assert all(one is not None for one in crowds)
    people = [one.people for one in crowds if one is not None]
    width = [np.log(one.high / one.low) for one in crowds if one is not None]
    assert people[0] == pytest.approx(crowds[0].usual if crowds[0] else 0)
    assert people == sorted(people)
    assert people[-1] == pytest.approx(1_300, rel=0.02)
    assert width[-1] == min(width)


def test_a_great_crowd_is_not_taken_for_an_error() -> None:
    learnt, _ = small()
    found = estimate(learnt, 0, 5, [Told("", np.log(6_000), 5, 0.0)])
    assert found is not None
    assert found.people == pytest.approx(6_000, rel=0.05)
    assert found.low > 2 * found.usual


def test_a_camera_weighs_only_if_it_has_gone_along_with_presence() -> None:
    told = [Told("presence.density", 0.2, 5, 0.0)]
    along, _ = small(link=1.0)
    apart, _ = small(link=None)
    moved, still = estimate(along, 0, 5, told), estimate(apart, 0, 5, told)
    assert moved is not None
    assert still is not None
    assert along.links["presence.density"].weighs
    assert along.links["presence.density"].slope == pytest.approx(1.0, abs=0.1)
    assert moved.people == pytest.approx(1_000 * np.exp(0.2), rel=0.06)
    assert not apart.links["presence.density"].weighs
    assert still.people == pytest.approx(still.usual)


def test_a_cell_of_which_the_past_tells_nothing_is_unknown() -> None:
    told = np.full((HOURS, 1), 100.0)
    told[:, 0] = np.where(np.arange(HOURS) % 24 < 12, 100.0, np.nan)
    learnt = learn(Past(np.arange(HOURS) % 24, told, {}))
    assert estimate(learnt, 0, 5, []) is not None
    assert estimate(learnt, 0, 20, [Told("", np.log(100), 5, 0.0)]) is None


@pytest.mark.parametrize("lag", [0, 2])
def test_the_interval_holds_the_city_s_true_crowds_as_often_as_it_says(
    city: tuple[np.ndarray, np.ndarray, np.ndarray], learnt: Learnt, lag: int
) -> None:
    slot, level, told = city
    held = []
    for hour in range(HOURS + 3, HOURS + 7 * 24):
        for cell in range(0, level.shape[1], 6):
            some = [
                Told("", float(np.log(told[hour - ago, cell])), int(slot[hour - ago]), float(ago))
                for ago in range(lag, lag + 3)
                if np.isfinite(told[hour - ago, cell])
            ]
            found = estimate(learnt, cell, int(slot[hour]), some)
            if found is not None:
                held.append(found.low <= level[hour, cell] <= found.high)
    assert len(held) > 2_000
    assert COVERAGE - 0.05 <= np.mean(held) <= COVERAGE + 0.05


def test_the_city_s_cameras_and_stations_go_along_with_presence(
    truth: Truth, city: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    slot, _, told = city
    signals = {name: np.log(np.maximum(grid, 1e-3)) for name, grid in counted(truth).items()}
    past = {name: grid[:HOURS] for name, grid in signals.items()}
    links = learn(Past(slot[:HOURS], told[:HOURS], past)).links
    assert set(links) == {"presence.density", "transport.boardings"}
    assert all(link.weighs and 0.7 < link.slope < 1.3 for link in links.values()), links


def test_a_gathering_is_seen_as_soon_as_presence_tells_it(
    truth: Truth, city: tuple[np.ndarray, np.ndarray, np.ndarray], learnt: Learnt
) -> None:
    slot, level, told = city
    held, seen = [], 0
    for hour in range(HOURS, 42 * 24):
        usual = np.exp(learnt.usual[slot[hour]])
        for cell in np.flatnonzero((level[hour] > 1.3 * usual) & np.isfinite(told[hour])):
            some = [Told("", float(np.log(told[hour, cell])), int(slot[hour]), 0.0)]
            found = estimate(learnt, int(cell), int(slot[hour]), some)
            assert found is not None
            held.append(found.low <= level[hour, cell] <= found.high)
            seen += found.low > found.usual
    assert len(held) >= 20
    assert seen / len(held) > 0.9
    assert np.mean(held) > 0.6
