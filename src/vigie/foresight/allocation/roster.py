"""Who takes which shift of a week: rest, hours and weekly rest kept for every person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vigie.foresight.allocation.program import Program
from vigie.foresight.allocation.shifts import MOST_HOURS, LabourRules, Shift

TRIES: Final = 40
MOST_COLUMNS: Final = 400
"""Shifts x persons up to which the solver is asked."""


@dataclass
class Person:
    """One person's week.

    Attributes:
        duties: Start and end of each shift, hours from the start of the demand, in order.
    """

    duties: list[tuple[int, int]]

    @property
    def hours(self) -> int:
        """Hours worked."""
        return sum(end - start for start, end in self.duties)


@dataclass(frozen=True, slots=True)
class Roster:
    """Shifts given to persons.

    Attributes:
        persons: One per person, whoever it is: people are named by the head of the shift.
        least: No roster can do with fewer persons than this.
    """

    persons: tuple[Person, ...]
    least: int


def may_follow(person: Person, start: int, end: int, rules: LabourRules) -> bool:
    """Say whether a person may lawfully take a shift after those already taken."""
    if not person.duties:
        return True
    last = person.duties[-1][1]
    if start - last < rules.rest_h or person.hours + end - start > rules.week_h:
        return False
    starts = [one for one, _ in person.duties] + [start, MOST_HOURS]
    ends = [0, *(one for _, one in person.duties), end]
    return max(a - b for a, b in zip(starts, ends, strict=True)) >= rules.weekly_rest_h


def give(
    shifts: Sequence[Shift], rules: LabourRules | None = None, *, time_limit_s: float = 1.0
) -> Roster:
    """Give each shift to a person, with few persons, each within the law.

    Shifts are taken by start, each by someone who still may: by who has worked most, by who has
    rested longest, then at random ``TRIES`` times (seeded). Where that leaves more persons than
    ``least`` and the week is small, HiGHS looks for a roster of fewer. What comes out is not always
    the smallest there is, so ``least`` says what no roster can beat.

    Args:
        shifts: Shifts within one week.
        rules: The law by default.
        time_limit_s: Bound of the solver's time for each number of persons tried.
    """
    law = rules or LabourRules()
    least = _least(shifts, law)
    best = _by_rankings(shifts, law, least)
    duties = [(one.start, one.end) for one in shifts for _ in range(one.people)]
    for persons in range(least, len(best)):
        if len(duties) * persons > MOST_COLUMNS:
            break
        found = _solved(duties, persons, law, time_limit_s)
        if found:
            best = found
            break
    return Roster(tuple(best), least)


def _by_rankings(shifts: Sequence[Shift], law: LabourRules, least: int) -> list[Person]:
    dice = np.random.default_rng(0)
    rankings: list[Callable[[Person], float]] = [
        lambda one: float(one.hours),
        lambda one: float(-one.duties[-1][1]),
        *([lambda _: float(dice.random())] * TRIES),
    ]
    best: list[Person] | None = None
    for ranking in rankings:
        persons = _given(shifts, law, ranking)
        if best is None or len(persons) < len(best):
            best = persons
        if len(best) <= least:
            break
    return best or []


def _solved(
    duties: Sequence[tuple[int, int]], persons: int, rules: LabourRules, time_limit_s: float
) -> list[Person]:
    """Return a roster of so many persons; empty when none was found in the time."""
    program = Program()
    spans = sorted(duties)
    takes = np.array([program.columns(np.zeros(persons), upper=1.0, integer=True) for _ in spans])
    rests = sorted({0, *(end for _, end in spans)})
    for columns in takes:
        program.row(columns, lower=1.0, upper=1.0)
    for person in range(persons):
        mine = takes[:, person]
        program.row(mine, [end - start for start, end in spans], upper=float(rules.week_h))
        for start, _ in spans:
            close = [i for i, (a, b) in enumerate(spans) if a <= start < b + rules.rest_h]
            program.row(mine[close], upper=1.0)
        windows = [at for at in rests if at + rules.weekly_rest_h <= MOST_HOURS]
        free = program.columns(np.zeros(len(windows)), upper=1.0, integer=True)
        program.row(free, lower=1.0, upper=1.0)
        for i, (start, end) in enumerate(spans):
            broken = [
                k for k, at in enumerate(windows) if start < at + rules.weekly_rest_h and end > at
            ]
            program.row([*free[broken], mine[i]], upper=1.0)
    answer = program.solve(time_limit_s)
    if not answer.found:
        return []
    taken = np.rint(answer.values[takes]).astype(bool)
    lists = [
        [span for span, mine in zip(spans, taken[:, k], strict=True) if mine]
        for k in range(persons)
    ]
    return [Person(one) for one in lists if one]


def _given(
    shifts: Sequence[Shift], rules: LabourRules, ranking: Callable[[Person], float]
) -> list[Person]:
    persons: list[Person] = []
    for shift in sorted(shifts, key=lambda one: (one.start, -one.hours)):
        for _ in range(shift.people):
            able = [one for one in persons if may_follow(one, shift.start, shift.end, rules)]
            if able:
                taken = max(able, key=ranking)
            else:
                taken = Person([])
                persons.append(taken)
            taken.duties.append((shift.start, shift.end))
    return persons


def _least(shifts: Sequence[Shift], rules: LabourRules) -> int:
    hours = sum(one.people * one.hours for one in shifts)
    most = -(-hours // rules.week_h)
    for shift in shifts:  # two shifts less than a rest apart need two persons
        together = sum(
            one.people for one in shifts if one.start <= shift.start < one.end + rules.rest_h
        )
        most = max(most, together)
    return most
