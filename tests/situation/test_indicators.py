"""Indicators: counts against their past, small ones withheld with what would give them away.

Requirement: R10.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import now_us, to_us
from vigie.base.errors import Forbidden, NotFound, StaleVersion, WrongUsage
from vigie.desk.indicators import Asked
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.indicators import (
    end_indicator,
    figures_json,
    list_indicators,
    read_indicator,
    set_indicator,
    try_indicator,
)
from vigie.situation.indicators_reckoning import DAYS, HOUR_US, reckon, windows

PARIS = "Europe/Paris"
NOW = to_us(datetime(2026, 3, 30, 9, 30, tzinfo=UTC))
"""The day after summer time began."""
DAY_US = 24 * HOUR_US


def caller(role: str, purpose: str = "") -> Caller:
    return Caller(role=role, name=f"{role}@test", purpose=purpose)


def steady(per_day: int, last: int) -> np.ndarray:
    """Return instants: so many a window of the last 24 hours, another number in the newest."""
    over = windows(Asked("x"), NOW, PARIS)
    counts = [per_day] * (DAYS - 1) + [last]
    middles = (over.from_us + over.to_us) // 2
    rows = [at + np.arange(n) * 60_000_000 for at, n in zip(middles, counts, strict=True)]
    return np.sort(np.concatenate(rows))


def test_windows_are_the_same_clock_hours_across_a_change_of_time() -> None:
    over = windows(Asked("x", rolling_h=0, from_h=22, to_h=6), NOW, PARIS, days=4)
    told = [datetime.fromtimestamp(us / 1e6, UTC).strftime("%d %H") for us in over.to_us]
    assert told == ["27 05", "28 05", "29 04", "30 04"]
    assert (over.to_us - over.from_us).tolist() == [
        8 * HOUR_US,
        8 * HOUR_US,
        7 * HOUR_US,
        8 * HOUR_US,
    ]


@given(
    st.integers(0, 24).flatmap(lambda to: st.tuples(st.integers(0, 23), st.just(to))),
    st.integers(0, 10**6),
)
def test_every_window_is_over_and_one_follows_the_other(
    hours: tuple[int, int], later_min: int
) -> None:
    at = NOW + later_min * 60_000_000
    over = windows(Asked("x", rolling_h=0, from_h=hours[0], to_h=hours[1]), at, PARIS, days=9)
    assert over.to_us[-1] <= at < over.to_us[-1] + 2 * DAY_US
    assert (np.diff(over.from_us) > 0).all()
    assert (over.to_us > over.from_us).all()
    assert (over.to_us - over.from_us <= 25 * HOUR_US).all()


def test_a_count_like_those_before_is_ordinary_and_stable() -> None:
    found = reckon(Asked("x"), steady(30, 31), NOW, 0, PARIS)
    assert (found.counts[-1], found.expectation.base) == (31, 8)
    assert found.low < found.expectation.expected < found.high
    assert not found.above
    assert found.trend.direction == "stable"


def test_a_count_beyond_what_the_past_makes_credible_is_above() -> None:
    found = reckon(Asked("x"), steady(30, 55), NOW, 0, PARIS)
    assert found.above
    assert found.crossings() == 1
    assert not reckon(Asked("x", threshold=60.0), steady(30, 55), NOW, 0, PARIS).above


def test_before_the_data_begins_nothing_is_counted_as_zero() -> None:
    found = reckon(Asked("x"), steady(30, 31), NOW, NOW - 10 * DAY_US, PARIS)
    assert np.isnan(found.counts[:40]).all()
    assert found.expectation.base == 1


def test_a_small_count_is_withheld_with_what_would_give_it_away() -> None:
    asked = Asked("x", threshold=2.0)
    told = figures_json(reckon(asked, steady(1, 3), NOW, 0, PARIS), asked, least=5)
    assert (told["n"], told["withheld"], told["state"]) == (None, True, "withheld")
    for name in ("expected", "low", "high", "chance"):
        assert told[name] is None
    assert told["trend"]["direction"] == "unknown"
    assert (told["severity"], told["crossings"]) == (1, 0)
    assert {point["n"] for point in told["series"]} == {None}
    assert '"n": 3' not in json.dumps(told)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(2, 12))
def test_no_number_below_the_least_is_ever_told(usual: int, last: int, least: int) -> None:
    asked = Asked("x")
    told = figures_json(reckon(asked, steady(usual, last), NOW, 0, PARIS), asked, least)
    for n in (told["n"], *(point["n"] for point in told["series"])):
        assert n is None or n == 0 or n >= least
    if told["withheld"]:
        assert told["expected"] is None


@pytest.fixture
def home(tmp_path: Path, sample: ModuleType) -> Home:
    """A home that a test changes."""
    made, _ = sample.build(tmp_path / "home")
    return made


def test_an_indicator_is_set_changed_and_ended_with_its_versions(home: Home) -> None:
    with home:
        analyst, planner = caller("analyst"), caller("planner")
        made = set_indicator(home, analyst, Asked("Désordres de la nuit", "offence", "", 0, 22, 6))
        name = made["indicator_id"]
        again = replace(Asked("Désordres de la nuit"), threshold=12.0)
        set_indicator(home, planner, again, name=name, after=1)
        with pytest.raises(StaleVersion):
            set_indicator(home, analyst, again, name=name, after=1)
        told = read_indicator(home, caller("operator"), name)
        assert [one["number"] for one in told["versions"]] == [1, 2]
        assert (told["owner"], told["changed_by"]) == ("analyst@test", "planner@test")
        assert told["figures"]["n"] is not None
        end_indicator(home, analyst, name, after=2)
        with pytest.raises(NotFound):
            read_indicator(home, analyst, name)
        assert list_indicators(home, analyst)["items"] == []
        ended = home.desk.retention.ended("indicators", now_us(home.clock) + 1)
        assert [key for key, _ in ended] == [name]
        home.desk.retention.erase("indicators", [name])
        assert home.desk.indicators.versions(name) == []


def test_operators_read_and_do_not_set_and_the_elected_see_no_numbers(home: Home) -> None:
    with home:
        set_indicator(home, caller("shift_head", "analysis"), Asked("Tous les faits"))
        with pytest.raises(Forbidden):
            set_indicator(home, caller("operator"), Asked("Autre"))
        seen = list_indicators(home, caller("operator"))
        assert (seen["may_set"], seen["figures_withheld"]) == (False, False)
        (one,) = list_indicators(home, caller("elected"))["items"]
        assert one["figures"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nothing.known"},
        {"zone": "arrondissement:none"},
        {"zone": "nowhere"},
        {"rolling_h": 500},
        {"from_h": 30},
        {"criticality": 9},
        {"threshold": float("nan")},
        {"title": " "},
    ],
)
def test_what_cannot_be_counted_is_refused(seen_home: Home, wrong: dict[str, object]) -> None:
    asked = Asked(**({"title": "Essai"} | wrong))  # type: ignore[arg-type]
    with pytest.raises(WrongUsage):
        try_indicator(seen_home, caller("analyst"), asked)


def test_a_name_of_a_person_does_not_stay_in_a_title(home: Home) -> None:
    with home:
        made = set_indicator(home, caller("analyst"), Asked("Suivi de M. Jean Dupont"))
        assert "Dupont" not in made["title"]
