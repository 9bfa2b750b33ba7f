from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import EPOCH, from_us, to_us
from vigie.base.errors import WrongUsage
from vigie.model import aoristic
from vigie.model.aoristic import day_shares, to_ppm, totals, weights
from vigie.model.times import HOUR_US

PARIS = "Europe/Paris"
MINUTE_US = 60_000_000
ZONES = st.sampled_from(
    [PARIS, "UTC", "America/Chicago", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Kolkata"]
)
STARTS = st.integers(
    to_us(datetime(2015, 1, 1, tzinfo=UTC)), to_us(datetime(2030, 1, 1, tzinfo=UTC))
)
INTERVALS = st.lists(
    st.tuples(STARTS, st.one_of(st.just(0), st.integers(0, 40 * 24 * HOUR_US))),
    min_size=1,
    max_size=12,
)


def by_hand(early_us: int, late_us: int, tz: str) -> tuple[dict[int, float], dict[date, float]]:
    """Walk the interval in whole minutes of elapsed time and ask zoneinfo what the clock says."""
    zone = ZoneInfo(tz)
    hours: dict[int, float] = {}
    days: dict[date, float] = {}
    steps = (late_us - early_us) // MINUTE_US
    for step in range(max(steps, 1)):
        at = from_us(early_us + step * MINUTE_US).astimezone(zone)
        hour = at.weekday() * 24 + at.hour
        hours[hour] = hours.get(hour, 0.0) + 1.0 / max(steps, 1)
        days[at.date()] = days.get(at.date(), 0.0) + 1.0 / max(steps, 1)
    return hours, days


@given(STARTS, st.integers(0, 3 * 24 * 60), ZONES)
def test_shares_are_those_of_a_walk_minute_by_minute(start: int, minutes: int, tz: str):
    early = start - start % MINUTE_US
    late = early + minutes * MINUTE_US
    hours, days = by_hand(early, late, tz)
    found = weights([early], [late], tz, "weekday_hour")[0]
    assert {i: w for i, w in enumerate(found) if w > 0} == pytest.approx(hours, abs=1e-9)
    folded = found.reshape(7, 24).sum(axis=0)
    assert weights([early], [late], tz, "hour")[0] == pytest.approx(folded, abs=1e-12)
    shares = day_shares([early], [late], tz)
    told = {
        EPOCH.date() + timedelta(days=int(d)): w
        for d, w in zip(shares.day, shares.weight, strict=True)
    }
    assert told == pytest.approx(days, abs=1e-9)


@pytest.mark.parametrize(
    "change", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
@given(minutes=st.integers(-26 * 60, 26 * 60), length=st.integers(0, 30 * 60))
def test_shares_are_right_around_both_clock_changes(change: datetime, minutes: int, length: int):
    early = to_us(change) + minutes * MINUTE_US
    late = early + length * MINUTE_US
    hours, days = by_hand(early, late, PARIS)
    found = weights([early], [late], PARIS, "weekday_hour")[0]
    assert {i: w for i, w in enumerate(found) if w > 0} == pytest.approx(hours, abs=1e-9)
    shares = day_shares([early], [late], PARIS)
    assert shares.weight.tolist() == pytest.approx([days[d] for d in sorted(days)], abs=1e-9)


def test_whole_days_of_23_24_and_25_hours():
    for day, length in ((date(2026, 3, 29), 23), (date(2026, 6, 1), 24), (date(2026, 10, 25), 25)):
        zone = ZoneInfo(PARIS)
        early = to_us(datetime(day.year, day.month, day.day, tzinfo=zone))
        late = to_us(datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1))
        assert late - early == length * HOUR_US
        found = weights([early], [late], PARIS)[0] * length
        expected = np.ones(24)
        expected[2] = {23: 0.0, 24: 1.0, 25: 2.0}[length]
        assert found == pytest.approx(expected, abs=1e-9)
        assert day_shares([early], [late], PARIS).weight.tolist() == pytest.approx([1.0])


@given(INTERVALS, ZONES, st.sampled_from(["hour", "weekday_hour"]))
def test_every_event_weighs_one(intervals: list[tuple[int, int]], tz: str, bins: aoristic.Bins):
    early = np.array([start for start, _ in intervals])
    late = early + np.array([length for _, length in intervals])
    found = weights(early, late, tz, bins)
    assert found.shape == (len(intervals), aoristic.WIDTHS[bins])
    assert (found >= 0).all()
    assert np.abs(found.sum(axis=1) - 1.0).max() < 1e-9
    assert totals(early, late, tz, bins) == pytest.approx(found.sum(axis=0), abs=1e-9)
    ppm = to_ppm(found)
    assert (ppm.sum(axis=1) == 1_000_000).all()
    assert (ppm >= 0).all()
    assert np.abs(ppm - found * 1e6).max() < 1.0 + 1e-6
    shares = day_shares(early, late, tz)
    assert np.bincount(shares.row, shares.weight) == pytest.approx(np.ones(len(early)), abs=1e-9)


@given(st.lists(st.lists(st.integers(0, 1000), min_size=7, max_size=7), min_size=1, max_size=20))
def test_parts_per_million_sum_exactly_whatever_the_weights(rows: list[list[int]]):
    raw = np.array(rows, float) + np.eye(7)[0]
    shares = raw / raw.sum(axis=1, keepdims=True)
    ppm = to_ppm(shares)
    assert (ppm.sum(axis=1) == 1_000_000).all()
    assert np.abs(ppm - shares * 1e6).max() < 1.0 + 1e-6
    assert (ppm == to_ppm(shares)).all()


def test_a_burglary_over_a_night():
    """Between 22:00 and 02:00: a quarter in each hour, half of it on each day."""
    zone = ZoneInfo(PARIS)
    early = to_us(datetime(2026, 6, 5, 22, tzinfo=zone))
    late = to_us(datetime(2026, 6, 6, 2, tzinfo=zone))
    found = weights([early], [late], PARIS)[0]
    assert {int(h): found[h] for h in np.flatnonzero(found)} == {
        22: 0.25,
        23: 0.25,
        0: 0.25,
        1: 0.25,
    }
    assert to_ppm(found[None, :])[0][[22, 23, 0, 1]].tolist() == [250_000] * 4
    assert day_shares([early], [late], PARIS).weight.tolist() == [0.5, 0.5]


def test_events_are_cut_into_chunks_without_a_seam(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(4)
    early = rng.integers(0, 10**15, 50)
    late = early + rng.integers(0, 10**12, 50)
    whole = weights(early, late, PARIS)
    monkeypatch.setattr(aoristic, "_MAX_PIECES", 100)
    assert (weights(early, late, PARIS) == whole).all()


def test_no_events_no_weights():
    assert weights([], [], PARIS).shape == (0, 24)
    assert totals([], [], PARIS, "weekday_hour").sum() == 0
    assert aoristic.weekday_hour_weights([], [], PARIS).shape == (7, 24)
    assert aoristic.hour_weights([0], [0], "UTC").tolist() == [1.0] + [0.0] * 23
    assert len(day_shares([], [], PARIS).row) == 0


@pytest.mark.parametrize(
    ("early", "late"), [([1], [0]), ([0, 1], [1]), ([0], [300 * 366 * 24 * HOUR_US])]
)
def test_impossible_intervals_are_refused(early: list[int], late: list[int]):
    for ask in (weights, totals, day_shares):
        with pytest.raises(WrongUsage):
            ask(early, late, PARIS)
