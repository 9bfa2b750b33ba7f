"""An event and the windows it is compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from tests.foresight.effects.small_city import CALENDAR, SQUARE, STADIUM, occasion
from tests.foresight.plan_rows import plan_row, plans_table

from vigie.base.clock import to_us
from vigie.foresight.effects.bins import DAY_US, Bins
from vigie.foresight.effects.occasion import (
    OTHER_DAYS,
    Crowds,
    Occasion,
    Windows,
    occasion_of,
    windows_of,
)
from vigie.foresight.plans import _records
from vigie.geo.projection import local_projection

SATURDAY = datetime(2026, 1, 17, 18, tzinfo=UTC)
HISTORY = (to_us(SATURDAY - timedelta(days=120)), to_us(SATURDAY + timedelta(days=60)))
ASKED = occasion("asked", "event.sport.match", STADIUM, SATURDAY)


def _windows(*others: Occasion) -> Windows:
    return windows_of(ASKED, Crowds.of([ASKED, *others]), CALENDAR, Bins(), HISTORY)


def test_controls_have_the_same_hours_on_other_days_and_the_event_comes_first() -> None:
    windows = _windows()
    assert windows.weight[0] == 0.0
    assert bool(np.all(windows.weight[1:] > 0))
    assert windows.edges_us[0, 4] == ASKED.starts_us
    days = (windows.edges_us[1:, 4] - ASKED.starts_us) / DAY_US
    assert set(np.round(days % 1, 2)) <= {0.0, 0.04, 0.96}  # the clocks go forward in March
    assert bool(np.all(windows.edges_us[:, 0] >= HISTORY[0]))
    assert bool(np.all(windows.edges_us[:, -1] <= HISTORY[1]))


def test_the_same_weekday_weighs_more_and_all_fade_with_time() -> None:
    windows = _windows()
    days = np.rint((windows.edges_us[1:, 4] - ASKED.starts_us) / DAY_US)
    weight = dict(zip(days.tolist(), windows.weight[1:].tolist(), strict=True))
    assert weight[-7.0] > weight[-14.0] > weight[-91.0]
    assert weight[-8.0] == pytest.approx(OTHER_DAYS * 0.5 ** (8 / 91))
    assert bool(windows.same_day[1:][days % 7 == 0].all())
    assert not windows.same_day[1:][days % 7 != 0].any()


def test_a_window_in_which_another_plan_acts_nearby_is_no_control() -> None:
    clear = {int(e) for e in _windows().edges_us[:, 0]}
    week_before = SATURDAY - timedelta(days=7)
    near = (STADIUM[0] + 700.0, STADIUM[1])
    other = occasion("other", "event.culture.concert", near, week_before)
    held = {int(e) for e in _windows(other).edges_us[:, 0]}
    gone = clear - held
    assert len(gone) == 1
    assert abs(gone.pop() - (to_us(week_before) - 4 * 3_600_000_000)) < DAY_US // 24


def test_a_plan_far_away_or_of_a_handful_of_people_disturbs_nothing() -> None:
    clear = len(_windows().weight)
    day_before = SATURDAY - timedelta(days=1)
    far = occasion("far", "event.culture.concert", (9_000.0, 0.0), day_before)
    few = replace(occasion("few", "event.film", SQUARE, day_before), attendance=(50.0, 60.0, 70.0))
    assert len(_windows(far, few).weight) == clear


def test_where_all_is_disturbed_the_least_disturbed_are_kept_and_said() -> None:
    others = [
        occasion(f"o{d}", "event.culture.concert", STADIUM, SATURDAY + timedelta(days=d))
        for d in range(-120, 61)
        if d
    ]
    windows = _windows(*others)
    assert windows.relaxed
    assert int((windows.weight > 0).sum()) == 12
    assert windows.disturbed > 0.5


def test_the_same_kind_at_the_same_place_is_never_a_control() -> None:
    others = [
        replace(ASKED, plan_id=f"o{d}", starts_us=ASKED.starts_us + d * DAY_US,
                ends_us=ASKED.ends_us + d * DAY_US)
        for d in range(-120, 61)
        if d
    ]  # fmt: skip
    windows = _windows(*others)
    assert windows.weight.tolist() == [0.0]


def test_plans_that_no_hourly_effect_can_be_told_of_are_left_aside() -> None:
    projection = local_projection(5.37, 43.29)
    rows = [
        plan_row("a", SATURDAY),
        plan_row("b", SATURDAY, state="cancelled"),
        plan_row("c", SATURDAY, 40.0),
        plan_row("d", SATURDAY, geometry=None, lon=None, lat=None),
    ]
    records = {r.title: r for r in _records(plans_table(*rows))}
    found = {title: occasion_of(record, projection) for title, record in records.items()}
    assert [title for title, one in sorted(found.items()) if one is not None] == ["a"]
    told = found["a"]
    assert told is not None
    assert told.likely == 5_000.0
    assert shapely.area(told.footprint) == pytest.approx(81 * 111, rel=0.02)
