"""The note of a day: bounds, monotony, intervals, colours, and what planned means cover."""

from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.foresight.cover import Cover, cover_of
from vigie.foresight.danger import Danger, at_once, colour_of_day, danger_of
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import Clash
from vigie.judge.rule import Finding

HOUR = 3_600_000_000
DAY = (0, 24 * HOUR)
KINDS = (
    "event.culture.concert",
    "event.sport.match",
    "event.demonstration",
    "event.works",
    "environment.weather.wind",
    "event.transport.service_change",
)


def plan(plan_id: str = "p", **values: Any) -> PlanRecord:
    """A concert from eight to ten, of 5,000."""
    base: dict[str, Any] = {
        "plan_id": plan_id,
        "kind": "event.culture.concert",
        "title": "Concert",
        "geometry": shapely.Point(5.37, 43.29),
        "starts_us": 20 * HOUR,
        "ends_us": 22 * HOUR,
        "setup_s": 0,
        "teardown_s": 0,
        "attendance": (4_000.0, 5_000.0, 7_000.0),
        "state": "authorised",
        "declared": True,
        "place_id": None,
        "closes": (),
        "means": {},
        "attributes": {},
        "source": "agenda",
        "provenance": {},
    }
    return PlanRecord(**base | values)


def clash(severity: int, rule: str = "ground_used_twice") -> Clash:
    finding = Finding(severity, {"fr": "x", "en": "x"}, 0, HOUR, ("a", "b"))
    return Clash(rule, finding)


def note(*plans: PlanRecord, clashes: tuple[Clash, ...] = (), **given: Any) -> Danger:
    return danger_of(
        plans, clashes, DAY, excess=given.get("excess", {}), usual=given.get("usual", 100.0)
    )


def part(danger: Danger, name: str) -> Any:
    return next(one for one in danger.parts if one.name == name)


@st.composite
def plans_(draw: st.DrawFn, prefix: str = "p") -> PlanRecord:
    starts = draw(st.integers(0, 23)) * HOUR
    likely = draw(st.none() | st.floats(0, 80_000))
    sizes = (None,) * 3 if likely is None else (likely * 0.8, likely, likely * 1.3)
    return plan(
        prefix + str(draw(st.integers(0, 10_000))),
        kind=draw(st.sampled_from(KINDS)),
        starts_us=starts,
        ends_us=starts + draw(st.integers(1, 8)) * HOUR,
        attendance=sizes,
        state=draw(st.sampled_from(["draft", "declared", "authorised", "cancelled"])),
        declared=draw(st.booleans()),
        closes=draw(st.sampled_from([(), ("rue A",)])),
        attributes=draw(st.sampled_from([{}, {"severity": "4"}, {"severity": "x"}])),
    )


PLANS = st.lists(plans_(), max_size=5)
CLASHES = st.lists(st.integers(1, 5).map(clash), max_size=4)
EXCESS = st.tuples(st.floats(-5, 20), st.floats(20, 40), st.floats(40, 80))


def no_lower(before: Danger, after: Danger) -> None:
    """Not one part, at not one end, has fewer points than before."""
    for one in before.parts:
        other = part(after, one.name)
        for end in range(3):
            assert other.points[end] >= one.points[end] - 1e-9, one.name
    assert (after.note, after.low, after.high) >= (before.note, before.low, before.high)


@settings(deadline=None)
@given(PLANS, CLASHES, st.dictionaries(st.just("p1"), EXCESS), st.floats(0, 2_000))
def test_a_note_lies_from_1_to_10_and_is_the_sum_of_its_parts(
    plans: list[PlanRecord], clashes: list[Clash], excess: Any, usual: float
) -> None:
    found = danger_of(plans, clashes, DAY, excess=excess, usual=usual)
    assert 1 <= found.low <= found.note <= found.high <= 10
    assert len({one.name for one in found.parts}) == len(found.parts) == 8
    for one in found.parts:
        assert 0 <= one.points.low <= one.points.mid <= one.points.high <= one.most + 1e-9
        assert one.reason["fr"]
        assert one.reason["en"]
    total = sum(one.points.mid for one in found.parts)
    assert found.note == min(10, 1 + int(total + 0.5))


@settings(deadline=None)
@given(PLANS, plans_("q"), CLASHES, st.integers(1, 5))
def test_more_of_anything_never_lowers_the_note(
    plans: list[PlanRecord], other: PlanRecord, clashes: list[Clash], severity: int
) -> None:
    before = danger_of(plans, clashes, DAY, excess={}, usual=100.0)
    no_lower(before, danger_of([*plans, other], clashes, DAY, excess={}, usual=100.0))
    no_lower(before, danger_of(plans, [*clashes, clash(severity)], DAY, excess={}, usual=100.0))
    grown = [
        replace(one, attendance=tuple(None if a is None else a * 1.5 for a in one.attendance))
        for one in plans
    ]
    no_lower(before, danger_of(grown, clashes, DAY, excess={}, usual=100.0))


@settings(deadline=None)
@given(EXCESS, st.floats(0, 30), st.floats(1, 2_000))
def test_more_expected_facts_never_lower_it(
    excess: tuple[float, float, float], more: float, usual: float
) -> None:
    before = note(plan(), excess={"p": excess}, usual=usual)
    raised = tuple(one + more for one in excess)
    no_lower(before, note(plan(), excess={"p": raised}, usual=usual))


def test_an_empty_day_is_1_and_green() -> None:
    found = note()
    assert (found.note, found.low, found.high, found.colour) == (1, 1, 1, "green")


def test_a_crowd_counts_at_its_peak_and_not_by_its_sum() -> None:
    at_noon = plan("noon", starts_us=12 * HOUR, ends_us=13 * HOUR)
    apart, together = note(plan(), at_noon), note(plan(), plan("same"))
    assert part(apart, "crowd").numbers["peak"]["mid"] == 5_000
    assert part(together, "crowd").numbers["peak"]["mid"] == 10_000
    assert part(apart, "together").points.mid == 0
    assert part(together, "together").points.mid > 0
    touching = plan("then", starts_us=22 * HOUR, ends_us=23 * HOUR)
    assert at_once([plan(), touching], lambda _: 1.0, DAY) == 1


def test_a_size_that_nobody_knows_widens_the_note_upwards() -> None:
    unknown = part(note(plan(attendance=(None, None, None))), "crowd")
    assert unknown.points.mid == 0
    assert unknown.points.high > 0
    assert unknown.numbers["unknown"] == 1


def test_what_cannot_be_estimated_says_so_and_adds_nothing() -> None:
    for found in (note(plan()), note(plan(), excess={"p": (5, 9, 20)}, usual=0.0)):
        excess = part(found, "excess")
        assert not excess.estimated
        assert excess.points == (0, 0, 0)
        assert "non estimés" in excess.reason["fr"]
    known = note(plan(), excess={"p": (5, 10, 30)}, usual=100.0)
    assert part(known, "excess").estimated
    assert part(known, "excess").points.mid == pytest.approx(1.5)
    assert known.high > known.low


def test_a_missing_authorisation_is_told_once() -> None:
    missing = note(plan(state="declared"), clashes=(clash(4, "authorisation_missing"),))
    assert part(missing, "clashes").points.mid == 0
    assert part(missing, "unauthorised").numbers == {"events": 1}
    march = plan(kind="event.demonstration", state="declared")
    assert part(note(march), "unauthorised").points.mid == 0


def test_weather_counts_by_the_gravest_warning_and_draws_no_crowd() -> None:
    wind = plan(kind="environment.weather.wind", attributes={"severity": "4"})
    found = note(wind, replace(wind, plan_id="q", attributes={"severity": "2"}))
    assert part(found, "weather").points.mid == 1.4
    assert part(found, "weather").reason["fr"] == "vigilance orange"
    assert part(found, "crowd").points.high == 0


def test_cover_counts_no_agent_twice() -> None:
    many = plan("many", means={"agents": "30", "barriers": "x"})
    few = plan("few", means={"agents": "5"})
    unsaid = plan("unsaid")
    gone = plan("gone", means={"agents": "100"}, state="cancelled")
    needs = {"many": (8.0, 10.0, 20.0), "few": (8.0, 10.0, 20.0), "gone": (9.0, 9.0, 9.0)}
    cover = cover_of([many, few, unsaid, gone], needs)
    assert cover.planned == {"agents": 35}
    assert cover.needed == (16, 20, 40)
    assert cover.share is not None
    assert cover.share.mid == pytest.approx(15 / 20)
    assert cover.share.low == pytest.approx(25 / 40)
    assert cover.share.high == pytest.approx(13 / 16)
    assert (cover.estimated, cover.unstated, cover.colour) == (2, 0, "orange")
    assert cover_of([unsaid], {"unsaid": (1.0, 2.0, 3.0)}).colour == "red"
    assert cover_of([unsaid], {"unsaid": (1.0, 2.0, 3.0)}).unstated == 1
    assert cover_of([unsaid], {}).share is None


@pytest.mark.parametrize(
    ("points", "share", "colour"),
    [(3, None, "green"), (3, 0.9, "green"), (3, 0.7, "orange"), (3, 0.2, "red"), (8, 0.9, "red")],
)
def test_a_day_takes_the_graver_colour(points: int, share: float | None, colour: str) -> None:
    danger = Danger(points, points, points, ())
    three = None if share is None else cover_of([plan()], {"p": (10.0, 10.0, 10.0)}).share
    known = None if three is None or share is None else type(three)(share, share, share)
    assert colour_of_day(danger, Cover({}, 0, None, known, 0)) == colour
