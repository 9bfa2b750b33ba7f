"""The engine: finds what matters, whatever the order, and an edit is judged as a whole search."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from tests.rules.plan_views import HOUR, NOON, line, place, plan

import vigie.rules
from vigie.judge.clashes import ClashIndex, Context, find_clashes
from vigie.judge.neighbours import Places, Plans
from vigie.judge.rule import PlanView, Rule, Wanted, discover, of_kind

RULES = discover(vigie.rules)
PLACES = Places(
    [
        place("place.hospital.emergency", 300, 40),
        place("place.fire_station", 900, 40),
        place("place.station.metro", 500, 300, attributes={"last_departure": "13:00"}),
        place("place.stop", 100, 50, label="A", attributes={"routes": "T1"}),
        place("place.stop", 150, 50, label="B", attributes={"routes": "T1"}),
        place("place.hydrant", 50, 50),
    ]
)
CITY = Context(NOON - 5 * 24 * HOUR, "Europe/Paris", PLACES, {"agents": 40.0})


def test_cancelled_plans_do_not_clash() -> None:
    plans = [plan("a"), plan("b", state="cancelled")]

    assert [
        c for c in find_clashes(plans, RULES, now_us=NOON) if len(c.finding.subjects) == 2
    ] == []


def test_nothing_planned_nothing_found() -> None:
    assert find_clashes([], RULES, now_us=NOON, context=CITY) == []


SORTS: tuple[dict[str, Any], ...] = (
    {"kind": "event.culture.concert", "means": {"agents": "25"}},
    {"kind": "event.demonstration"},
    {"kind": "event.market", "attributes": {"units": "PM 1"}, "closes": ("quais",)},
    {"kind": "event.works", "closes": ("circulation",)},
    {"kind": "event.gathering", "declared": False, "attributes": {"units": "PM 1"}},
    {"kind": "event.decree.parking"},
    {"kind": "event.transport.service_change", "attributes": {"lines": "T1", "effect": "diverted"}},
)
VALUES = st.tuples(
    st.integers(0, 12),
    st.integers(0, 30),
    st.sampled_from([100.0, 4_000.0, 70_000.0]),
    st.sampled_from(range(len(SORTS))),
    st.booleans(),
)
PLANS = st.lists(VALUES, max_size=8)


def _plan(name: str, values: tuple[int, int, float, int, bool]) -> PlanView:
    x, hour, size, sort, street = values
    shape = line(100.0 * x) if street else box(100.0 * x, 0, 100.0 * x + 100, 100)
    sizes = (size, size, size)
    return plan(name, start_h=hour, geometry=shape, attendance=sizes, **SORTS[sort])


def _build(values: list[tuple[int, int, float, int, bool]]) -> list[PlanView]:
    return [_plan(f"p{i:02d}", one) for i, one in enumerate(values)]


def _pair(rule: Rule, left: PlanView, right: PlanView) -> object:
    second = rule.second or rule.first
    if rule.first.wants(left) and second.wants(right):
        return rule.judge(left, right)
    if rule.first.wants(right) and second.wants(left):
        return rule.judge(right, left)
    return None


@given(PLANS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_brute_force_agrees(values: list[Any], random: Any) -> None:
    plans = _build(values)
    found = find_clashes(plans, RULES, now_us=NOON)
    shuffled = list(plans)
    random.shuffle(shuffled)

    assert find_clashes(shuffled, RULES, now_us=NOON) == found
    expected = {
        (rule.name, tuple(sorted((left.plan_id, right.plan_id))))
        for rule in of_kind(RULES, "clash_pair")
        for i, left in enumerate(plans)
        for right in plans[i + 1 :]
        if _pair(rule, left, right) is not None
    }
    pairs = {rule.name for rule in of_kind(RULES, "clash_pair")}
    assert {(c.rule, c.finding.subjects) for c in found if c.rule in pairs} == expected


EDITS = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), VALUES), st.booleans()), max_size=6
)


@settings(deadline=None)
@given(PLANS, EDITS)
def test_edits_leave_what_a_whole_search_finds(values: list[Any], edits: list[Any]) -> None:
    plans = {one.plan_id: one for one in _build(values)}
    index = ClashIndex(plans.values(), RULES, CITY)
    for number, drawn, cancelled in edits:
        before = {clash.clash_id: clash for clash in index.clashes()}
        name = f"p{number:02d}"
        edited = None if drawn is None else _plan(name, drawn)
        if edited is not None and cancelled:
            edited = replace(edited, state="cancelled")
        change = index.change(name, edited)
        plans.pop(name, None)
        if edited is not None:
            plans[name] = edited
        whole = ClashIndex(plans.values(), RULES, CITY).clashes()
        after = {clash.clash_id: clash for clash in whole}

        assert index.clashes() == whole
        assert {c.clash_id for c in change.new} == after.keys() - before.keys()
        assert {c.clash_id for c in change.gone} == before.keys() - after.keys()
        assert {c.clash_id for c in change.changed} == {
            key for key in after.keys() & before.keys() if after[key] != before[key]
        }


@settings(deadline=None)
@given(PLANS, st.integers(-20, 20))
def test_a_later_instant_is_judged_as_a_whole_search(values: list[Any], days: int) -> None:
    plans = _build(values)
    index = ClashIndex(plans, RULES, CITY)
    later = replace(CITY, now_us=NOON + days * 24 * HOUR)

    index.at(later.now_us)

    assert index.clashes() == ClashIndex(plans, RULES, later).clashes()


def test_a_clash_keeps_its_name_when_its_numbers_change() -> None:
    (before,) = find_clashes([plan("a"), plan("b")], _only("ground_used_twice"), now_us=NOON)
    later = [plan("a"), plan("b", start_h=0.5, x=20)]
    (after,) = find_clashes(later, _only("ground_used_twice"), now_us=NOON)

    assert before.finding != after.finding
    assert before.clash_id == after.clash_id


def test_each_clash_of_a_city_has_a_name_of_its_own() -> None:
    plans = _build(
        [(x, h, 4_000.0, (x + h) % len(SORTS), h % 2 == 0) for x in range(9) for h in range(9)]
    )
    found = ClashIndex(plans, RULES, CITY).clashes()

    assert len(found) > 50
    assert len({clash.clash_id for clash in found}) == len(found)


def test_a_rule_over_places_is_asked_only_beside_them() -> None:
    near = plan("a", closes=("quais",), x=250)
    far = plan("b", closes=("quais",), x=5_000)
    found = ClashIndex([near, far], _only("hospital_access_closed"), CITY).clashes()

    assert [clash.finding.subjects for clash in found] == [("a",)]


def _only(name: str) -> dict[str, Rule]:
    return {name: RULES[name]}


def test_a_city_of_plans_is_judged_through_the_index() -> None:
    """5,000 plans: the candidates looked at grow with neighbours, not with the square."""
    rng = np.random.default_rng(1)
    looked = 0
    pair = RULES["ground_used_twice"]

    def counting(left: PlanView, right: PlanView) -> object:
        nonlocal looked
        looked += 1
        return pair.judge(left, right)

    rule = replace(pair, judge=counting)
    plans = [
        plan(f"p{i}", start_h=float(h), geometry=box(x, y, x + 60, y + 60))
        for i, (x, y, h) in enumerate(
            zip(
                rng.uniform(0, 15e3, 5000),
                rng.uniform(0, 15e3, 5000),
                rng.uniform(0, 720, 5000),
                strict=True,
            )
        )
    ]
    find_clashes(plans, {"ground_used_twice": rule}, now_us=NOON + HOUR)

    assert looked < 5_000


@given(
    st.lists(
        st.tuples(st.integers(-900, 900), st.integers(-900, 900), st.integers(1, 900)), max_size=12
    ),
    st.sampled_from([0.0, 80.0, 900.0]),
    st.sampled_from([0, 3_600, 500_000]),
)
def test_neighbours_in_place_and_time_are_those_of_brute_force(
    values: list[Any], reach_m: float, reach_s: int
) -> None:
    views = [
        plan(
            f"p{i}", geometry=Point(x, 0), from_us=NOON + h * HOUR, to_us=NOON + (h + length) * HOUR
        )
        for i, (x, h, length) in enumerate(values)
    ]
    plans = Plans(views)
    gap = reach_s * 1_000_000
    together = {
        (i, j)
        for i, one in enumerate(views)
        for j, other in enumerate(views)
        if i != j and one.from_us < other.to_us + gap and other.from_us < one.to_us + gap
    }
    close = {(i, j) for i, j in together if abs(values[i][0] - values[j][0]) <= reach_m}

    left, right = plans.near_pairs(reach_m, reach_s)
    pairs = set(zip(left.tolist(), right.tolist(), strict=True))
    assert pairs == {(i, j) for i, j in close if i < j}
    everyone = np.arange(len(views))
    one, other = plans.same_time_pairs(everyone, reach_s)
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == {
        (i, j) for i, j in together if i < j
    }
    for position in range(len(views)):
        near = set(plans.near(position, reach_m, reach_s).tolist())
        assert near == {j for i, j in close if i == position}


def test_what_a_rule_wants_is_all_it_sees() -> None:
    wanted = Wanted(kinds=("event.market",), apart_from=("event.market.flea",), crowd=1_000.0)

    assert wanted.wants(plan("a", kind="event.market.christmas"))
    assert not wanted.wants(plan("a", kind="event.market.flea"))
    assert not wanted.wants(plan("a", kind="event.marketing"))
    assert not wanted.wants(plan("a", kind="event.market", attendance=(None, None, None)))
    assert Wanted(route=True, blocks=True).wants(plan("a", geometry=line(), closes=("quais",)))
    assert not Wanted(blocks=True).wants(plan("a", closes=("stationnement", "voie", "sens")))
