"""The ground of rules: clocks on the wall, venues, warnings without a place."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from tests.foresight.plan_rows import plan_row, plans_table

from vigie.base.clock import to_us
from vigie.base.settings import CitySettings, LakeSettings
from vigie.foresight.clash_ground import Ground
from vigie.foresight.plans import PlanRecord, plans_between
from vigie.judge.rule import PlaceView
from vigie.lake.store import Lake

DAY = 86_400_000_000
NIGHT = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)  # 22:30 in Marseille, the night the clock moves
HALL = PlaceView("p1", "place.venue.hall", "Dôme", shapely.Point(5.4, 43.3), 8_500.0)
GROUND = Ground(CitySettings(), (HALL,))


def read(home: Path, **values: object) -> PlanRecord:
    """One plan as the lake gives it back."""
    with Lake.open(home / "lake", LakeSettings(), create=True) as lake:
        lake.commit("plans", plans_table(plan_row("a", NIGHT, **values)))
        (found,) = plans_between(lake, 0, 2**60)
        return found


def test_hours_are_those_of_the_clock_on_the_wall(home: Path) -> None:
    (view,) = GROUND.views([read(home, hours=4)])

    assert (view.day, view.start_h, view.setup_h) == (date(2026, 3, 28), 22.5, 21.5)
    assert view.end_h == 27.5, "half past three: the clock has skipped an hour"


def test_a_public_holiday_is_known(home: Path) -> None:
    record = read(home)
    bastille = datetime(2026, 7, 14, 10, tzinfo=UTC)
    moved = replace(record, starts_us=to_us(bastille), ends_us=to_us(bastille) + 1)

    assert [view.holiday for view in GROUND.views([record, moved])] == [False, True]


def test_the_venue_tells_its_capacity_and_its_roof(home: Path) -> None:
    (view,) = GROUND.views([read(home, place_id="p1")])

    assert (view.capacity, view.venue_kind, view.outdoors) == (8_500.0, "place.venue.hall", False)


def test_a_warning_without_a_place_holds_for_the_whole_city(home: Path) -> None:
    record = read(home, kind="environment.weather.wind", geometry=None, lon=None, lat=None)
    (view,) = GROUND.views([record])

    assert view.geometry.area > 1e9


def test_a_plan_without_a_place_is_left_out(home: Path) -> None:
    assert GROUND.views([read(home, geometry=None, lon=None, lat=None)]) == []


def test_a_plan_without_a_title_is_called_by_its_kind(home: Path) -> None:
    (view,) = GROUND.views([read(home, title=None)])

    assert view.title == "Concert"


def test_metres_are_metres(home: Path) -> None:
    (view,) = GROUND.views([read(home)])

    assert view.geometry.area == pytest.approx(80.9 * 111.2, rel=0.01)
