"""The agenda on a real lake: days of 23 and 25 hours, sums, clashes, cancelled plans."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from tests.foresight.plan_rows import ZONE, plan_row, plans_table

import vigie.rules
from vigie.base.clock import to_us
from vigie.base.errors import NotFound
from vigie.base.ids import record_id
from vigie.base.settings import LakeSettings
from vigie.foresight.agenda import agenda
from vigie.foresight.clashes import clashes_between
from vigie.foresight.plans import get_plan, plans_between
from vigie.judge.rule import discover
from vigie.lake.store import Lake

RULES = discover(vigie.rules)
EVENING = datetime(2026, 3, 28, 20, tzinfo=UTC)
NOW = to_us(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def lake(home: Path) -> Iterator[Lake]:
    opened = Lake.open(home / "lake", LakeSettings(), create=True)
    yield opened
    opened.close()


def test_days_are_local_and_a_night_belongs_to_two(lake: Lake) -> None:
    lake.commit("plans", plans_table(plan_row("night", EVENING, hours=4)))
    days = agenda(lake, RULES, first=date(2026, 3, 28), days=3, timezone=ZONE, now_us=NOW)

    assert [len(day.plans) for day in days] == [1, 1, 0]
    assert [(day.to_us - day.from_us) // 3_600_000_000 for day in days] == [24, 23, 24]
    assert days[0].attendance == (4000, 5000, 7000)
    assert days[1].attendance == (0, 0, 0)


def test_cancelled_plans_show_and_do_not_count(lake: Lake) -> None:
    rows = [plan_row("a", EVENING), plan_row("b", EVENING, state="cancelled")]
    lake.commit("plans", plans_table(*rows))
    (day,) = agenda(lake, RULES, first=date(2026, 3, 28), days=1, timezone=ZONE, now_us=NOW)

    assert len(day.plans) == 2
    assert day.attendance[1] == 5000
    assert [c.rule for c in day.clashes if len(c.finding.subjects) > 1] == []


def test_unknown_sizes_are_counted_apart(lake: Lake) -> None:
    unknown = dict.fromkeys(("attendance_low", "attendance_likely", "attendance_high"))
    lake.commit("plans", plans_table(plan_row("a", EVENING, **unknown)))
    (day,) = agenda(lake, RULES, first=date(2026, 3, 28), days=1, timezone=ZONE, now_us=NOW)

    assert day.unknown_attendance == 1
    assert day.attendance == (0, 0, 0)


def test_a_clash_comes_back_on_the_map(lake: Lake) -> None:
    other = plan_row("b", EVENING, geometry=shapely.box(5.3705, 43.2905, 5.372, 43.292))
    lake.commit("plans", plans_table(plan_row("a", EVENING), other))
    found = clashes_between(lake, RULES, to_us(EVENING), to_us(EVENING) + 1, now_us=NOW)
    ground = next(c for c in found if c.rule == "ground_used_twice")
    west, south, east, north = ground.finding.geometry.bounds

    assert (west, south) == pytest.approx((5.3705, 43.2905), abs=1e-5)
    assert (east, north) == pytest.approx((5.371, 43.291), abs=1e-5)
    # A square of 0.0005 degrees a side at this latitude (WGS 84): 40.6 m by 55.6 m.
    assert ground.finding.numbers["shared_m2"] == pytest.approx(40.6 * 55.6, rel=0.01)


def test_buffers_bring_a_plan_into_a_window_and_none_without_footprint_is_judged(
    lake: Lake,
) -> None:
    bare = plan_row("bare", EVENING, geometry=None, lon=None, lat=None)
    lake.commit("plans", plans_table(bare))
    start = to_us(EVENING)

    assert [p.title for p in plans_between(lake, start - 1, start)] == ["bare"]
    assert plans_between(lake, start - 7_200_000_000, start - 3_600_000_000) == []
    assert clashes_between(lake, RULES, start, start + 1, now_us=NOW) == []


def test_one_plan_by_id(lake: Lake) -> None:
    lake.commit("plans", plans_table(plan_row("a", EVENING)))
    found = get_plan(lake, record_id("agenda", "a"))

    assert found.closes == ("rue A", "rue B")
    assert found.means == {"agents": "12"}
    with pytest.raises(NotFound):
        get_plan(lake, record_id("agenda", "none"))
