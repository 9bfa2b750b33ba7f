"""Shifts and breaks: needs are met, the law is kept, what lacks is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.roster import give
from vigie.foresight.allocation.shifts import (
    PER_HOUR,
    LabourRules,
    Rota,
    Shift,
    break_slots,
    plan_shifts,
)

needs = st.lists(st.integers(0, 5), min_size=1, max_size=14)


def slots_worked(rota: Rota) -> np.ndarray:
    """Count, slot by slot and person by person, who is at work: not with the product's code."""
    at_work = np.zeros(len(rota.needed) * PER_HOUR, int)
    for shift in rota.shifts:
        pauses = [slot for slot, count in shift.breaks for _ in range(count)]
        pauses += [-1] * (shift.people - len(pauses))
        for pause in pauses:
            for slot in range(shift.start * PER_HOUR, min(shift.end * PER_HOUR, len(at_work))):
                at_work[slot] += slot != pause
    return at_work


@given(needs)
@settings(max_examples=20, deadline=None)
def test_with_people_enough_no_post_is_left_at_any_slot_breaks_included(need: list[int]) -> None:
    rota = plan_shifts(need)
    assert rota.feasible
    assert (slots_worked(rota) >= np.repeat(need, PER_HOUR)).all()
    assert (rota.present >= rota.needed).all()


@given(needs, st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_the_law_is_kept_and_people_are_not_invented(need: list[int], available: int) -> None:
    rota = plan_shifts(need, available=available)
    assert sum(one.people for one in rota.shifts) <= available
    worked = slots_worked(rota).reshape(-1, PER_HOUR).min(axis=1)
    assert rota.missing.tolist() == np.maximum(np.array(need) - worked, 0).tolist()
    for shift in rota.shifts:
        assert shift.hours <= 10
        on_break = sum(people for _, people in shift.breaks)
        assert on_break == (shift.people if shift.hours >= 6 else 0)
        for slot, _ in shift.breaks:
            before = slot - shift.start * PER_HOUR
            after = shift.end * PER_HOUR - slot - 1
            assert before < 6 * PER_HOUR
            assert after < 6 * PER_HOUR


@given(st.integers(0, 20), st.integers(4, 10))
def test_every_lawful_shift_of_six_hours_has_room_for_its_break(start: int, hours: int) -> None:
    slots = break_slots(start, hours, LabourRules())
    assert (len(slots) > 0) == (hours >= 6)


def test_three_posts_for_eight_hours_take_a_relief_while_each_has_a_break() -> None:
    """Three people on eight hours would leave a post at each break: 24 hours cannot do, 25 do."""
    rota = plan_shifts([3] * 8)
    assert rota.status == "optimal"
    assert rota.hours == 25
    assert rota.people == 4


def test_without_a_relief_breaks_are_staggered_and_the_hours_that_lack_are_named() -> None:
    rota = plan_shifts([3] * 8, available=3)
    assert not rota.feasible
    assert rota.people_limit
    assert rota.missing.max() == 1
    assert slots_worked(rota).min() == 2


def test_nobody_is_called_for_an_empty_need() -> None:
    assert plan_shifts([0, 0, 0]).shifts == ()


@pytest.mark.parametrize("need", [[], [-1], [1] * 169])
def test_a_need_that_is_none_is_refused(need: list[int]) -> None:
    with pytest.raises(WrongUsage):
        plan_shifts(need)


@pytest.mark.parametrize(
    "rules",
    [
        {"longest_h": 11},
        {"amplitude_h": 13},
        {"rest_h": 10},
        {"week_h": 49},
        {"weekly_rest_h": 34},
        {"unbroken_h": 7},
        {"break_min": 10},
        {"shortest_h": 0},
        {"longest_h": 9, "amplitude_h": 8},
    ],
)
def test_a_citys_rules_may_only_be_stricter_than_the_law(rules: dict[str, int]) -> None:
    with pytest.raises(WrongUsage):
        LabourRules(**rules)


@st.composite
def weeks(draw: st.DrawFn) -> list[Shift]:
    count = draw(st.integers(1, 25))
    return [
        Shift(draw(st.integers(0, 158)), draw(st.integers(4, 10)), draw(st.integers(1, 3)), ())
        for _ in range(count)
    ]


@given(weeks())
@settings(max_examples=30, deadline=None)
def test_every_person_of_a_roster_rests_and_every_shift_is_taken(shifts: list[Shift]) -> None:
    roster = give(shifts)
    assert len(roster.persons) >= roster.least
    given_out = sorted(duty for person in roster.persons for duty in person.duties)
    asked = sorted((one.start, one.end) for one in shifts for _ in range(one.people))
    assert given_out == asked
    for person in roster.persons:
        starts, ends = zip(*sorted(person.duties), strict=True)
        rests = [start - end for start, end in zip(starts[1:], ends, strict=False)]
        assert all(rest >= 11 for rest in rests)
        assert sum(ends) - sum(starts) <= 48
        assert max([starts[0], 168 - ends[-1], *rests]) >= 35


def test_seven_days_of_one_post_take_as_many_people_as_the_hours_ask() -> None:
    shifts = [Shift(day * 24 + at, 8, 1, ()) for day in range(7) for at in (0, 8, 16)]
    roster = give(shifts)
    assert roster.least == 4
    assert len(roster.persons) == 4
