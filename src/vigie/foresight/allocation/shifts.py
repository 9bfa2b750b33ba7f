"""Shifts with legal breaks: how many people start when, so that no post is ever left.

The rules are those of French public service: décret 2000-815 of 25 August 2000, article 3 (made
that of local authorities by décret 2001-623, article 1): 10 hours of work a day, 12 hours between
first and last, 11 hours of rest a day, 48 hours a week, 35 hours of weekly rest, and no 6 hours of
work without a break of 20 minutes. The article lets a city depart from them in exceptional
circumstances; Vigie does not. A break counts as work here, which is the careful side.

Time is cut into slots of 20 minutes, so that a break is a slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.program import TIME_LIMIT_S, Floats, Ints, Program, Status

SLOT_MIN: Final = 20
PER_HOUR: Final = 60 // SLOT_MIN
MOST_HOURS: Final = 7 * 24
COMING_H: Final = 2.0
"""Hours that one more person costs beside the shift: two short shifts are no bargain."""
LACKING: Final = ((1.0, 1.0), (1.0, 1.05), (2.0, 1.1), (4.0, 1.15), (8.0, 1.2), (np.inf, 1.25))
"""How many more people lacking at once at which price each: better few at a time."""


@dataclass(frozen=True, slots=True)
class LabourRules:
    """What the law asks; a city's own agreement may only be stricter.

    Attributes:
        longest_h: Longest shift, hours, breaks included.
        amplitude_h: Longest time from first to last work of a day, hours.
        rest_h: Least rest between two shifts, hours.
        week_h: Most hours in seven days.
        weekly_rest_h: Least unbroken rest in seven days, hours.
        unbroken_h: So many hours of work never pass without a break.
        break_min: Length of the break, minutes; a multiple of 20.
        shortest_h: Shortest shift worth coming for, hours (custom, not law).
    """

    longest_h: int = 10
    amplitude_h: int = 12
    rest_h: int = 11
    week_h: int = 48
    weekly_rest_h: int = 35
    unbroken_h: int = 6
    break_min: int = 20
    shortest_h: int = 4

    def __post_init__(self) -> None:
        lawful = (
            self.shortest_h <= self.longest_h <= 10  # noqa: PLR2004 - the article's own numbers
            and self.amplitude_h <= 12  # noqa: PLR2004
            and self.rest_h >= 11  # noqa: PLR2004
            and self.week_h <= 48  # noqa: PLR2004
            and self.weekly_rest_h >= 35  # noqa: PLR2004
            and self.unbroken_h <= 6  # noqa: PLR2004
            and self.break_min >= SLOT_MIN
            and self.break_min % SLOT_MIN == 0
            and self.shortest_h >= 1
            and self.longest_h <= self.amplitude_h
        )
        if not lawful:
            raise WrongUsage(reason="beyond décret 2000-815, article 3", field="rules")


@dataclass(frozen=True, slots=True)
class Shift:
    """People who start and end together.

    Attributes:
        start: First hour, counted from the start of the demand.
        hours: Length.
        people: How many.
        breaks: Slots at which breaks begin, with how many people take them; empty where none is
            due. Slots of 20 minutes from the start of the demand.
    """

    start: int
    hours: int
    people: int
    breaks: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """First hour after it."""
        return self.start + self.hours


@dataclass(frozen=True, slots=True)
class Rota:
    """Who works when.

    Attributes:
        status: ``optimal`` or ``time_limit`` (see ``gap``).
        shifts: The shifts, by start.
        needed: People asked for in each hour.
        present: Least number of people at work, breaks taken off, in each hour.
        missing: People lacking in each hour, at its worst slot.
        people: Shifts worked, all people together.
        hours: Person-hours paid.
        gap: Relative gap of person-hours from the least possible; 0 when optimal.
        people_limit: Whether the people available were too few (rather than the law in the way).
    """

    status: Status
    shifts: tuple[Shift, ...]
    needed: Ints
    present: Ints
    missing: Ints
    people: int
    hours: int
    gap: float
    people_limit: bool

    @property
    def feasible(self) -> bool:
        """Whether nobody is lacking at any time."""
        return not self.missing.any()


@dataclass
class _Pattern:
    """A start and a length, with the slots at which a break may begin and their columns."""

    start: int
    hours: int
    people: int
    breaks: dict[int, int] = field(default_factory=dict)


def break_slots(start: int, hours: int, rules: LabourRules) -> range:
    """Return the slots at which the break of a shift may begin; empty where none is due.

    Neither the work before it nor the work after it reaches ``unbroken_h``; where that leaves a
    choice, the first and last hour of the shift are left whole.
    """
    if hours < rules.unbroken_h:
        return range(0)
    length = rules.break_min // SLOT_MIN
    first, last = start * PER_HOUR, (start + hours) * PER_HOUR
    unbroken = rules.unbroken_h * PER_HOUR - 1
    earliest = max(first + PER_HOUR, last - unbroken - length)
    latest = min(first + unbroken, last - PER_HOUR - length)
    return range(earliest, latest + 1)


def plan_shifts(
    needed: Sequence[int] | npt.NDArray[np.integer],
    *,
    rules: LabourRules | None = None,
    available: int | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Rota:
    """Return shifts that meet a need by the hour, with the fewest person-hours.

    First the people lacking are made as few as possible, and never many at once; then the hours
    paid, coming once counting as ``COMING_H`` more. With enough people nobody lacks anywhere.

    Args:
        needed: People asked for in each hour, at most a week; not negative.
        rules: The law by default.
        available: Most shifts that can be worked (one each within a day); None for no limit.
        time_limit_s: Bound of the time of each of the two solves.

    Raises:
        WrongUsage: When the need is empty, too long or negative.
    """
    need = np.asarray(needed, np.int64)
    if need.ndim != 1 or not 0 < len(need) <= MOST_HOURS or (need < 0).any():
        raise WrongUsage(reason="needed: 1 to 168 hours, none negative", field="needed")
    law = rules or LabourRules()
    if not need.any():
        return Rota("optimal", (), need, need, need, 0, 0, 0.0, people_limit=False)
    program, patterns = _program(need, law, available)
    first = program.solve(time_limit_s)
    if first.found and first.status == "optimal":
        program, patterns = _program(need, law, available, shortage=first.objective)
        second = program.solve(time_limit_s)
        answer = second if second.found else first
    else:
        answer = first
    if not answer.found:
        return Rota("time_limit", (), need, np.zeros_like(need), need, 0, 0, np.inf, False)
    shifts = _shifts(answer.values, patterns)
    present = _present(shifts, len(need), law)
    missing = np.maximum(need - present, 0)
    return Rota(
        status="optimal" if answer.gap == 0.0 and first.status == "optimal" else "time_limit",
        shifts=shifts,
        needed=need,
        present=present,
        missing=missing,
        people=sum(one.people for one in shifts),
        hours=sum(one.people * one.hours for one in shifts),
        gap=answer.gap,
        people_limit=available is not None and bool(missing.any()),
    )


def _program(
    need: Ints, rules: LabourRules, available: int | None, shortage: float | None = None
) -> tuple[Program, list[_Pattern]]:
    """Return the program: least shortage, or least hours at a given shortage."""
    program = Program()
    slots = len(need) * PER_HOUR
    at_work: list[list[tuple[int, float]]] = [[] for _ in range(slots)]
    patterns = _patterns(program, need, rules, at_work, weigh=0.0 if shortage is None else 1.0)
    if available is not None:
        program.row([one.people for one in patterns], upper=float(available))
    prices = []
    for most, price in LACKING:
        upper = np.minimum(np.repeat(need, PER_HOUR), most)
        lacking = program.columns(np.full(slots, price if shortage is None else 0.0), upper=upper)
        prices.append((lacking, np.full(slots, price)))
        for slot, column in enumerate(lacking.tolist()):
            at_work[slot].append((column, 1.0))
    if shortage is not None:
        columns, values = (np.concatenate(parts) for parts in zip(*prices, strict=True))
        program.row(columns, values, upper=shortage + 1e-6)
    for slot, terms in enumerate(at_work):
        columns_, signs = zip(*terms, strict=True)
        program.row(columns_, signs, lower=float(need[slot // PER_HOUR]))
    return program, patterns


def _patterns(
    program: Program,
    need: Ints,
    rules: LabourRules,
    at_work: list[list[tuple[int, float]]],
    *,
    weigh: float,
) -> list[_Pattern]:
    """Add every lawful start and length with its breaks; say who is at work in which slot."""
    horizon, slots = len(need), len(at_work)
    patterns: list[_Pattern] = []
    length = rules.break_min // SLOT_MIN
    most = float(need.max())
    for start in range(horizon):
        for hours in range(rules.shortest_h, rules.longest_h + 1):
            if start + hours > horizon and not (start == 0 or hours == rules.shortest_h):
                continue
            column = int(program.columns([weigh * (hours + COMING_H)], upper=most, integer=True)[0])
            pattern = _Pattern(start, hours, column)
            for slot in range(start * PER_HOUR, min((start + hours) * PER_HOUR, slots)):
                at_work[slot].append((column, 1.0))
            for slot in break_slots(start, hours, rules):
                one = int(program.columns([0.0], upper=most, integer=True)[0])
                pattern.breaks[slot] = one
                for at in range(slot, min(slot + length, slots)):
                    at_work[at].append((one, -1.0))
            if pattern.breaks:
                signs = [1.0] * len(pattern.breaks) + [-1.0]
                program.row([*pattern.breaks.values(), column], signs, lower=0.0, upper=0.0)
            patterns.append(pattern)
    return patterns


def _shifts(values: Floats, patterns: Sequence[_Pattern]) -> tuple[Shift, ...]:
    found = []
    for pattern in patterns:
        people = round(float(values[pattern.people]))
        if people:
            taken = ((slot, round(float(values[one]))) for slot, one in pattern.breaks.items())
            breaks = tuple((slot, count) for slot, count in taken if count)
            found.append(Shift(pattern.start, pattern.hours, people, breaks))
    return tuple(sorted(found, key=lambda one: (one.start, one.hours)))


def _present(shifts: Sequence[Shift], hours: int, rules: LabourRules) -> Ints:
    """Return the least number of people at work within each hour."""
    slots = np.zeros(hours * PER_HOUR, np.int64)
    for shift in shifts:
        slots[shift.start * PER_HOUR : shift.end * PER_HOUR] += shift.people
        for slot, people in shift.breaks:
            slots[slot : slot + rules.break_min // SLOT_MIN] -= people
    return np.asarray(slots.reshape(hours, PER_HOUR).min(axis=1), np.int64)
