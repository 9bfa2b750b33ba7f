"""The book of plans: what feeds brought, with what people entered or changed laid over it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from tests.foresight.plan_rows import plan_row, plans_table

from vigie.base.clock import FixedClock, to_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.base.ids import record_id
from vigie.base.settings import LakeSettings, Settings
from vigie.desk.store import Desk
from vigie.foresight.plans import PlanBook, PlanRecord, get_plan, plans_between, values_of
from vigie.lake.store import Lake

EVENING = datetime(2026, 3, 28, 20, tzinfo=UTC)
AT = to_us(EVENING)
DAY = 86_400_000_000


@pytest.fixture
def book(home: Path) -> Iterator[PlanBook]:
    lake = Lake.open(home / "lake", LakeSettings(), create=True)
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    desk = Desk.open(home, settings=Settings(), clock=clock)
    yield PlanBook(lake, desk.plan_versions)
    desk.close()
    lake.close()


def write(book: PlanBook, plan: PlanRecord, fed: PlanRecord | None = None, **values: Any) -> None:
    """Write the next version of a plan with other values."""
    record = values_of(plan) | values
    window = (
        record["starts_us"] - record["setup_s"] * 1_000_000,
        record["ends_us"] + record["teardown_s"] * 1_000_000,
    )
    book.versions.append(
        plan.plan_id,
        after=plan.version,
        who="lea",
        service="rescue",
        act="amended",
        changed=sorted(values),
        reason="",
        source=plan.source,
        window=window,
        record=record,
        fed={} if fed is None else values_of(fed),
    )


def test_an_amended_plan_stands_as_amended_and_keeps_its_provenance(book: PlanBook) -> None:
    book.lake.commit("plans", plans_table(plan_row("a", EVENING, accuracy_m=30.0)))
    fed = book.get(record_id("agenda", "a"))
    write(book, fed, fed, title="other", attendance_likely=9_000.0)

    (found,) = book.between(AT, AT + 1)
    assert (found.title, found.attendance, found.version) == ("other", (4000, 9000, 7000), 1)
    assert found.provenance == fed.provenance
    assert found.disputed == {}
    assert shapely.equals_exact(found.geometry, fed.geometry, 1e-7)
    assert found == book.get(fed.plan_id)
    assert found.accuracy_m == 30.0
    write(book, found, fed, geometry="POINT (5.3712345 43.2912345)")
    assert book.get(fed.plan_id).accuracy_m is None  # the hand's place, not the feed's
    assert plans_between(book.lake, AT, AT + 1) == [fed] == [get_plan(book.lake, fed.plan_id)]


def test_a_plan_moved_by_hand_leaves_its_window_and_enters_the_other(book: PlanBook) -> None:
    book.lake.commit("plans", plans_table(plan_row("a", EVENING)))
    fed = book.get(record_id("agenda", "a"))
    later = 500 * DAY
    write(book, fed, fed, starts_us=fed.starts_us + later, ends_us=fed.ends_us + later)

    assert book.between(AT, AT + 1) == []
    (found,) = book.between(AT + later, AT + later + 1)
    assert found.provenance == fed.provenance


def test_what_the_feed_changes_afterwards_is_told_and_does_not_win(book: PlanBook) -> None:
    book.lake.commit("plans", plans_table(plan_row("a", EVENING)))
    fed = book.get(record_id("agenda", "a"))
    write(book, fed, fed, title="by hand", setup_s=7_200)
    hours = EVENING + timedelta(days=40)
    again = plan_row("a", hours, title="by feed", state="cancelled", revision=1)
    book.lake.commit("plans", plans_table(again))

    (found,) = book.between(AT, AT + 1)
    assert (found.title, found.state, found.starts_us) == ("by hand", "authorised", AT)
    assert found.disputed == {
        "title": "by feed",
        "state": "cancelled",
        "starts_us": to_us(hours),
        "ends_us": to_us(hours + timedelta(hours=2)),
    }
    assert book.between(to_us(hours), to_us(hours) + 1) == []


def test_an_entered_plan_stands_beside_those_of_feeds(book: PlanBook) -> None:
    book.lake.commit("plans", plans_table(plan_row("a", EVENING)))
    fed = book.get(record_id("agenda", "a"))
    before = book.mark()
    values = {name: getattr(fed, name) for name in PlanRecord.__dataclass_fields__}
    write(book, PlanRecord(**values | {"plan_id": "plan-x", "geometry": None, "closes": ()}))

    assert [one.plan_id for one in book.between(AT, AT + 1)] == sorted([fed.plan_id, "plan-x"])
    assert book.get("plan-x").provenance == {}
    assert book.mark() != before
    with pytest.raises(NotFound):
        book.get("plan-y")


def test_two_people_do_not_write_the_same_version(book: PlanBook) -> None:
    book.lake.commit("plans", plans_table(plan_row("a", EVENING)))
    fed = book.get(record_id("agenda", "a"))
    write(book, fed, fed, title="first")
    with pytest.raises(StaleVersion):
        write(book, fed, fed, title="second")
    assert [one.record["title"] for one in book.versions.of(fed.plan_id)] == ["first"]
