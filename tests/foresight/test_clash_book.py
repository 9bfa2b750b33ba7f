"""The book of clashes: true after each edit, feed and hour; what is settled is not open."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from tests.foresight.plan_rows import plan_row, plans_table

import vigie.rules
from vigie.base.clock import FixedClock, to_us
from vigie.base.ids import record_id
from vigie.base.settings import CitySettings, LakeSettings, Settings
from vigie.desk.store import Desk
from vigie.foresight.clash_book import ClashBook
from vigie.foresight.clash_states import basis_of
from vigie.foresight.plans import PlanBook, values_of
from vigie.judge.clashes import Clash
from vigie.judge.rule import discover
from vigie.lake.store import Lake

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
EVENING = datetime(2026, 3, 28, 20, tzinfo=UTC)
RULES = discover(vigie.rules)
HOUR = 3_600_000_000
FAR = shapely.box(5.420, 43.290, 5.421, 43.291)
Own = tuple[ClashBook, PlanBook, Desk, FixedClock]


@pytest.fixture
def own(home: Path) -> Iterator[Own]:
    """A book over two concerts on one square at one hour."""
    lake = Lake.open(home / "lake", LakeSettings(), create=True)
    clock = FixedClock(NOW)
    desk = Desk.open(home, settings=Settings(), clock=clock)
    lake.commit("plans", plans_table(plan_row("a", EVENING), plan_row("b", EVENING)))
    plans = PlanBook(lake, desk.plan_versions)
    yield ClashBook(plans, desk.clash_states, RULES, CitySettings(), clock), plans, desk, clock
    desk.close()
    lake.close()


def edit(plans: PlanBook, ref: str, **values: Any) -> None:
    """Change a plan by hand."""
    plan = plans.get(record_id("agenda", ref))
    record = values_of(plan) | values
    plans.versions.append(
        plan.plan_id,
        after=plan.version,
        who="lea",
        service="",
        act="amended",
        changed=sorted(values),
        reason="",
        source=plan.source,
        window=(record["starts_us"] - HOUR, record["ends_us"] + HOUR),
        record=record,
        fed={},
    )


def twice(book: ClashBook) -> list[Clash]:
    """The clashes of ground used twice."""
    return [clash for clash in book.clashes() if clash.rule == "ground_used_twice"]


def test_two_uses_of_one_square_are_found_on_the_map(own: Own) -> None:
    (clash,) = twice(own[0])

    assert clash.finding.geometry is not None
    assert clash.finding.geometry.centroid.x == pytest.approx(5.3705, abs=1e-5)


def test_an_edit_by_hand_is_judged_at_the_next_question(own: Own) -> None:
    book, plans, _, _ = own
    assert twice(book)
    starts = to_us(EVENING) + 30 * HOUR
    edit(plans, "b", starts_us=starts, ends_us=starts + 2 * HOUR)
    assert twice(book) == []
    edit(plans, "b", starts_us=to_us(EVENING), ends_us=to_us(EVENING) + 2 * HOUR)
    assert len(twice(book)) == 1


def test_what_a_feed_brings_is_judged_too(own: Own) -> None:
    book, plans, _, _ = own
    assert len(twice(book)) == 1
    plans.lake.commit(
        "plans", plans_table(plan_row("c", EVENING), plan_row("d", EVENING, geometry=FAR))
    )
    assert len(twice(book)) == 3


def test_edits_give_what_a_new_book_finds(own: Own) -> None:
    book, plans, desk, clock = own
    book.clashes()
    edit(plans, "a", attendance_likely=40_000.0, attendance_high=50_000.0)
    plans.lake.commit("plans", plans_table(plan_row("c", EVENING, state="draft")))
    fresh = ClashBook(plans, desk.clash_states, RULES, CitySettings(), clock)

    assert [c.finding for c in book.clashes()] == [c.finding for c in fresh.clashes()]


def test_what_is_not_touched_is_not_worked_out_again(own: Own) -> None:
    book = own[0]

    assert all(one is other for one, other in zip(book.clashes(), book.clashes(), strict=True))


def test_time_that_goes_by_is_seen(own: Own) -> None:
    book, plans, _, clock = own
    edit(plans, "a", state="declared")
    names = {clash.rule for clash in book.clashes()}
    assert "authorisation_missing" not in names
    clock.advance(timedelta(days=2))
    assert "authorisation_missing" in {clash.rule for clash in book.clashes()}
    clock.advance(timedelta(minutes=10))
    assert "authorisation_missing" in {clash.rule for clash in book.clashes()}


def test_what_somebody_settled_is_not_open_until_a_plan_changes(own: Own) -> None:
    book, plans, desk, _ = own
    window = (to_us(EVENING) - 24 * HOUR, to_us(EVENING) + 24 * HOUR)
    (clash,) = twice(book)
    desk.clash_states.append(
        clash.clash_id,
        after=0,
        rule=clash.rule,
        state="accepted",
        reason="Ils se sont entendus",
        measure="",
        who="lea",
        until_us=clash.finding.to_us,
        plans=clash.finding.subjects,
        basis=basis_of(clash, book.records()),
        explanation=clash.finding.explanation,
    )
    still = book.open_between(*window)
    assert still is not None
    assert "ground_used_twice" not in {one.rule for one in still}
    edit(plans, "b", attendance_likely=9_000.0)
    again = book.open_between(*window)
    assert again is not None
    assert "ground_used_twice" in {one.rule for one in again}


def test_beyond_its_time_the_book_says_nothing(own: Own) -> None:
    first_us, last_us = own[0].window()

    assert own[0].open_between(first_us - 1, last_us) is None
    assert own[0].open_between(first_us, last_us + 1) is None
