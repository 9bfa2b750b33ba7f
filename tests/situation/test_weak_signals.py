"""Signals read from a real lake: what counts, what is too small, and what ends the reading.

Asked as R20 of the requirements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.lake.samples import DAY_US, START_US, city_facts
from tests.stopping import After

from vigie.base.clock import FixedClock, from_us, now_us
from vigie.base.errors import Stopping
from vigie.base.stopping import stoppable
from vigie.model.taxonomy import FACT_THEMES
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.weak_signals import HOUR_US, LEAST_PEOPLE, SIGNALS, read_signals, watch_signals

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HERE = (5.3701, 43.2961)
DAYS = 140
HOURS = 200


def commit_crowd(home: Home, sample: ModuleType, *, last: float, lasting: int = 1) -> None:
    """Presence and noise of every hour at one place; the newest hours are others."""
    usual = 400.0
    starts = now_us(home.clock) - (np.arange(DAYS * 24) + 1) * HOUR_US
    n = len(starts)
    chance = np.random.default_rng(5)
    for metric, unit, level, newest in (
        ("presence.total", "persons", usual, last),
        ("noise.laeq", "dB", 60.0, 60.0 + (25.0 if last > usual else 0.0)),
    ):
        value = level * (1 + 0.02 * chance.normal(size=n))
        value[:lasting] = newest
        given = {
            "metric": [metric] * n,
            "place_id": ["sensor-1"] * n,
            "from_at": sample.instants(starts),
            "to_at": sample.instants(starts + HOUR_US),
            "from_us": starts,
            "to_us": starts + HOUR_US,
            "lon": [HERE[0]] * n,
            "lat": [HERE[1]] * n,
            "value": value.tolist(),
            "unit": [unit] * n,
            "quality": ["good"] * n,
        }
        refs = [f"{metric}-{i}" for i in range(n)]
        home.lake.commit("measures", sample.complete("measures", given, refs, metric))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Home]:
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOW)) as home:
        yield home


def _presence(home: Home) -> np.ndarray:
    scored = read_signals(home, now_us(home.clock) - HOURS * HOUR_US, HOURS, judged=24)
    assert scored is not None
    return scored.values[[one.name for one in SIGNALS].index("presence.total")]


def test_the_values_of_each_hour_stand_at_their_hour(own: Home, sample: ModuleType) -> None:
    commit_crowd(own, sample, last=5_000.0)
    values = _presence(own)
    assert values.shape == (1, HOURS)
    assert values[0, -1] == 5_000.0
    assert np.nanmax(values[0, :-1]) < 450.0


def test_a_group_too_small_to_be_told_is_as_if_it_had_not_been_measured(
    own: Home, sample: ModuleType
) -> None:
    commit_crowd(own, sample, last=float(LEAST_PEOPLE - 1))
    assert np.isnan(_presence(own)[0, -1])


def test_an_undeclared_crowd_of_two_hours_rings_once(own: Home, sample: ModuleType) -> None:
    commit_crowd(own, sample, last=5_000.0, lasting=2)
    raised = watch_signals(own, hours=2)
    newest = now_us(own.clock) - HOUR_US
    assert newest in {one.at_us for one in raised if one.rule == "wild_gathering"}
    assert watch_signals(own, hours=2) == []


def test_a_crowd_of_one_hour_is_no_gathering_yet(own: Home, sample: ModuleType) -> None:
    commit_crowd(own, sample, last=5_000.0)
    assert {one.rule for one in watch_signals(own, hours=2)} == {"weak_signal"}


def test_a_place_as_usual_raises_nothing_of_its_newest_hour(own: Home, sample: ModuleType) -> None:
    commit_crowd(own, sample, last=400.0)
    assert now_us(own.clock) - HOUR_US not in {one.at_us for one in watch_signals(own, hours=1)}


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kathmandu", "Pacific/Marquesas"])
def test_facts_are_counted_in_the_hour_of_their_clock(tmp_path: Path, zone: str) -> None:
    """Also where an hour of the clock begins at a quarter or at a half of one of UTC."""
    init_home(tmp_path / "home", {"city": {"timezone": zone}})
    at = FixedClock(from_us(START_US + 12 * DAY_US))
    facts = city_facts(800)
    with open_home(tmp_path / "home", clock=at) as home:
        home.lake.commit("facts", facts)
        end_us = now_us(home.clock)
        scored = read_signals(home, end_us - HOURS * HOUR_US, HOURS, judged=24)
    assert scored is not None
    local = [at.astimezone(ZoneInfo(zone)) for at in map(from_us, scored.hours_us.tolist())]
    hours = [one.replace(minute=0) for one in local]
    wanted = Counter(
        (row["kind"].partition(".")[0], row["cell8"], start)
        for row in facts.to_pylist()
        if row["cell8"] is not None and row["kind"].partition(".")[0] in FACT_THEMES
        for start in (from_us(row["earliest_us"]).astimezone(ZoneInfo(zone)),)
        for start in (start.replace(minute=0, second=0, microsecond=0),)
        if start in set(hours)
    )
    found = {
        (one.name.partition(".")[2], int(cell), hours[i]): int(scored.values[which, where, i])
        for which, one in enumerate(SIGNALS)
        if one.sort == "count"
        for where, cell in enumerate(scored.cells)
        for i in np.flatnonzero(scored.values[which, where])
    }
    assert len(found) > 200
    assert found == dict(wanted)


def test_a_lake_with_nothing_in_it_says_nothing(own: Home) -> None:
    assert watch_signals(own, hours=2) == []


def test_reading_ends_between_two_weeks(own: Home, sample: ModuleType) -> None:
    commit_crowd(own, sample, last=5_000.0)
    with stoppable(After(3)), pytest.raises(Stopping):
        watch_signals(own, hours=2)
    assert own.desk.alerts.count() == 0
