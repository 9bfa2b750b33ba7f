"""How alike two events are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.effects.small_city import CALENDAR, STADIUM, occasion

from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.effects.similar import (
    WEIGHTS,
    Portrait,
    Weather,
    compare,
    kind_distance,
    likeness,
    most_alike,
    opponent_of,
    portrait_of,
)

CODES = st.sampled_from(
    ["event", "event.sport", "event.sport.match", "event.sport.race", "event.market.flea", "works"]
)
WEATHERS = st.none() | st.builds(Weather, st.floats(0.0, 40.0), st.floats(-10.0, 40.0))
PORTRAITS = st.builds(
    Portrait,
    plan_id=st.text("abc", min_size=1, max_size=3),
    kind=CODES,
    place_id=st.none() | st.sampled_from(["stadium", "hall"]),
    x=st.floats(-9_000.0, 9_000.0),
    y=st.floats(-9_000.0, 9_000.0),
    people=st.none() | st.floats(1.0, 90_000.0),
    hour=st.floats(0.0, 23.99),
    day=st.integers(0, 6),
    year_day=st.floats(0.0, 365.0),
    lasts_h=st.floats(0.25, 24.0),
    weather=WEATHERS,
    opponent=st.none() | st.sampled_from(["paris", "lyon"]),
    holidays=st.none() | st.sampled_from(["public", "school", "term"]),
)


@given(PORTRAITS, PORTRAITS)
def test_the_distance_is_symmetric_and_between_nothing_and_one(
    one: Portrait, two: Portrait
) -> None:
    there, back = likeness(one, two), likeness(two, one)
    assert 0.0 <= there.distance <= 1.0
    assert there.distance == pytest.approx(back.distance, abs=1e-12)


@given(PORTRAITS)
def test_an_event_is_as_it_is(one: Portrait) -> None:
    assert likeness(one, one).distance == 0.0


@given(PORTRAITS, PORTRAITS)
def test_the_parts_make_the_whole(one: Portrait, two: Portrait) -> None:
    told = likeness(one, two)
    assert sum(part.weight for part in told.parts) == pytest.approx(1.0)
    assert sum(part.weight * part.distance for part in told.parts) == pytest.approx(told.distance)
    assert {part.name for part in told.parts} <= set(WEIGHTS)
    shares = [part.weight * part.distance for part in told.parts]
    assert shares == sorted(shares)


@given(CODES, CODES)
def test_kinds_are_as_far_apart_as_their_way_in_the_tree(one: str, other: str) -> None:
    assert kind_distance(one, other) == kind_distance(other, one)
    assert (kind_distance(one, other) == 0.0) == (one == other)


def test_examples_of_kinds() -> None:
    assert kind_distance("event.sport.match", "event.sport.race") == pytest.approx(1 / 3)
    assert kind_distance("event", "works") == 1.0


def test_weights_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Football : Marseille - Paris", "paris"),
        ("Marseille - Le Havre", "le havre"),
        ("Rugby : Toulon – Toulouse", "toulouse"),
        ("OM contre Lyon", "lyon"),
        ("Course à pied de la Corniche", None),
        ("Football : match de gala", None),
    ],
)
def test_the_other_side_is_read_from_the_title(title: str, other: str | None) -> None:
    assert opponent_of(title) == other


def test_what_the_feed_says_of_the_other_side_comes_first() -> None:
    assert opponent_of("Marseille - Paris", {"opponent": " Lens "}) == "lens"


def test_the_closest_come_first_and_never_the_event_itself() -> None:
    at = datetime(2026, 1, 17, 18, tzinfo=UTC)
    asked = portrait_of(occasion("a", "event.sport.match", STADIUM, at), CALENDAR)
    twin = replace(asked, plan_id="b")
    later = replace(asked, plan_id="c", hour=21.0)
    other = replace(asked, plan_id="d", kind="event.market", place_id=None, x=0.0, y=0.0)
    found = most_alike(asked, [other, asked, later, twin], 3)
    assert [one.plan_id for one in found] == ["b", "c", "d"]
    assert found[0].distance == 0.0
    assert most_alike(asked, [twin], 0) == []


def test_school_holidays_count_where_the_calendar_reaches_both_days() -> None:
    breaks = [(date(2025, 10, 18), date(2025, 11, 2)), (date(2025, 12, 20), date(2026, 1, 4))]
    calendar = Calendar("Europe/Paris", {date(2025, 11, 1)}, breaks)

    def of(month: int, day: int, year: int = 2025) -> Portrait:
        at = datetime(year, month, day, 17, tzinfo=UTC)
        return portrait_of(occasion(f"{month}-{day}", "event.sport.match", STADIUM, at), calendar)

    saturday, school, term, public = of(12, 27), of(10, 25), of(11, 22), of(11, 1)
    days = [one.holidays for one in (school, term, public, of(9, 6), of(1, 17, 2026))]
    assert days == ["school", "term", "public", None, None]

    def part(other: Portrait) -> tuple[float, float | str] | None:
        return compare(saturday, other).get("holidays")

    assert part(school) == (0.0, "school")
    assert part(term) == (1.0, "term")
    assert part(public) == (0.5, "public")
    assert part(of(9, 6)) is None
    alike = likeness(saturday, replace(term, holidays="school", year_day=saturday.year_day))
    other = likeness(saturday, replace(term, year_day=saturday.year_day))
    assert other.distance - alike.distance == pytest.approx(other.parts[-1].weight)


def test_a_portrait_reads_the_local_clock() -> None:
    told = portrait_of(
        occasion("a", "event.sport.match", STADIUM, datetime(2026, 7, 4, 19, 30, tzinfo=UTC)),
        CALENDAR,
    )
    assert (told.hour, told.day, told.lasts_h) == (21.5, 5, 2.0)
    assert told.opponent == "autre"
