"""Counts by place, slot and kind, with the calendar and what is known beside them.

Everything here is a place, an hour or a kind of fact; nothing describes a person or a population.
A tensor knows ``slots`` past slots of counts, and may know the calendar and planned covariates of
``ahead`` slots more, so that a forecast beyond its end has something to rest on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

HOURS = 24
WEEK = 7

FLOOR = 1e-3
"""No forecast is below: a place where nothing ever happened may still see something."""


def at_least_floor(mean: Floats) -> Floats:
    """Return the mean, nowhere below ``FLOOR``."""
    return np.maximum(mean, FLOOR)


class Family(StrEnum):
    """What a part of a forecast comes from; contributions are summed by family."""

    LEVEL = "level"
    RECENT = "recent"
    NEIGHBOURS = "neighbours"
    CALENDAR = "calendar"
    PLANS = "plans"
    WEATHER = "weather"
    PRESENCE = "presence"


@dataclass(frozen=True, slots=True)
class Covariate:
    """One exogenous series.

    Attributes:
        name: Machine name, unique in its tensor.
        family: What it belongs to when a forecast is explained.
        values: ``(span,)`` for the whole city, or ``(cells, span)``; NaN where unknown.
        known_ahead: Whether the value of a slot is known before the slot (a plan is, the observed
            weather is not). What is not known ahead is only seen before the origin of a forecast.
    """

    name: str
    family: Family
    values: Floats
    known_ahead: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the calendar says of each slot; every array has ``span`` items.

    Attributes:
        weekday: 0 (Monday) to 6.
        month: 1 to 12.
        monthday: 1 to 31.
        yearday: 1 to 366.
        part: Which slot of the day, 0 to ``per_day`` - 1.
        holiday: Whether the day is a public holiday.
        school: Whether schools are closed for holidays.
        ordinal: ``date.toordinal()`` of the day.
        names: By ordinal, the name of a public holiday: days of one name are expected to be alike
            from year to year, whatever their date. Empty when no names were given.
    """

    weekday: Integers
    month: Integers
    monthday: Integers
    yearday: Integers
    part: Integers
    holiday: Booleans
    school: Booleans
    ordinal: Integers
    names: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        first: date,
        span: int,
        per_day: int = 1,
        holidays: Collection[date] | Mapping[date, str] = (),
        school: Collection[date] = (),
    ) -> Self:
        """Return the calendar of ``span`` slots from local midnight of ``first``.

        Args:
            first: Local date of the first slot.
            span: How many slots.
            per_day: Slots in a day.
            holidays: Public holidays; a mapping gives their names.
            school: Days on which schools are closed for holidays.
        """
        given = holidays.items() if isinstance(holidays, Mapping) else ()
        days = [first + timedelta(days=at // per_day) for at in range(span)]
        return cls(
            weekday=np.array([day.weekday() for day in days], np.int64),
            month=np.array([day.month for day in days], np.int64),
            monthday=np.array([day.day for day in days], np.int64),
            yearday=np.array([day.timetuple().tm_yday for day in days], np.int64),
            part=np.arange(span, dtype=np.int64) % per_day,
            holiday=np.array([day in holidays for day in days], np.bool_),
            school=np.array([day in school for day in days], np.bool_),
            ordinal=np.array([day.toordinal() for day in days], np.int64),
            names={day.toordinal(): name for day, name in given},
        )


def grid_neighbours(rows: int, columns: int) -> scipy.sparse.csr_array:
    """Return the adjacency (8 neighbours, no diagonal) of a regular grid, row by row."""
    number = np.arange(rows * columns).reshape(rows, columns)
    pairs: list[npt.NDArray[Any]] = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = number[: rows - down, max(0, -right) : columns - max(0, right)]
        there = number[down:, max(0, right) : columns + min(0, right)]
        pairs.append(np.stack([here.ravel(), there.ravel()]))
    one, other = np.concatenate(pairs, axis=1)
    ones = np.ones(2 * one.size)
    places = (np.concatenate([one, other]), np.concatenate([other, one]))
    return scipy.sparse.csr_array((ones, places), shape=(rows * columns, rows * columns))


@dataclass(frozen=True, slots=True)
class Tensor:
    """What has been counted.

    Attributes:
        counts: ``(cells, slots, kinds)``, integers held as float.
        kinds: Name of each kind, in the order of the last axis.
        first: Local date of the first slot.
        calendar: Of ``span >= slots`` slots.
        neighbours: ``(cells, cells)`` adjacency, without diagonal; an empty one where unknown.
        slot_hours: Length of a slot: 24, 12, 8, 6, 4, 3, 2 or 1.
        cells: Name of each cell (an index, an H3 cell, the number of a zone).
        centres: ``(cells, 2)`` coordinates in metres, or None.
        covariates: Exogenous series.
        active: ``(cells,)`` whether anything can happen there (a lake cell is False).

    Raises:
        ValueError: When the parts do not fit each other.
    """

    counts: Floats
    kinds: tuple[str, ...]
    first: date
    calendar: Calendar
    neighbours: scipy.sparse.csr_array
    slot_hours: int = HOURS
    cells: tuple[str, ...] = ()
    centres: Floats | None = None
    covariates: tuple[Covariate, ...] = ()
    active: Booleans = field(default_factory=lambda: np.ones(0, np.bool_))

    def __post_init__(self) -> None:
        cells, slots, kinds = self.counts.shape
        if len(self.kinds) != kinds:
            raise ValueError("one name for each kind")
        if self.neighbours.shape != (cells, cells):
            raise ValueError("neighbours: cells x cells")
        if HOURS % self.slot_hours:
            raise ValueError("a slot divides the day")
        if self.calendar.weekday.size < slots:
            raise ValueError("the calendar ends before the counts")
        for covariate in self.covariates:
            if covariate.values.shape not in {(self.span,), (cells, self.span)}:
                raise ValueError(f"{covariate.name}: (span,) or (cells, span)")
        if not self.active.size:
            object.__setattr__(self, "active", self.counts.any(axis=(1, 2)))
        if not self.cells:
            object.__setattr__(self, "cells", tuple(str(at) for at in range(cells)))

    @property
    def slots(self) -> int:
        """Return how many slots have counts."""
        return int(self.counts.shape[1])

    @property
    def span(self) -> int:
        """Return how many slots the calendar covers, counts or not."""
        return self.calendar.weekday.size

    @property
    def per_day(self) -> int:
        """Return how many slots a day has."""
        return HOURS // self.slot_hours

    @property
    def week(self) -> int:
        """Return how many slots a week has."""
        return WEEK * self.per_day

    @property
    def slot_of_week(self) -> Integers:
        """Return, for each slot of the span, its rank within the week (0 to ``week`` - 1)."""
        return self.calendar.weekday * self.per_day + self.calendar.part

    def until(self, origin: int) -> Tensor:
        """Return what was known at the start of slot ``origin``: no later count.

        Covariates that are not known ahead become NaN from there on.

        Raises:
            ValueError: When ``origin`` lies beyond the counts.
        """
        if not 0 < origin <= self.slots:
            raise ValueError("the origin lies outside the counts")
        hidden = []
        for covariate in self.covariates:
            if not covariate.known_ahead:
                values = covariate.values.copy()
                values[..., origin:] = np.nan
                covariate = replace(covariate, values=values)  # noqa: PLW2901 - the same, hidden
            hidden.append(covariate)
        return replace(self, counts=self.counts[:, :origin], covariates=tuple(hidden))

    @classmethod
    def from_grid(
        cls,
        counts: npt.NDArray[Any],
        kinds: Sequence[str],
        first: date,
        *,
        slot_hours: int = HOURS,
        ahead: int = 0,
        holidays: Collection[date] | Mapping[date, str] = (),
        school: Collection[date] = (),
        covariates: Sequence[Covariate] = (),
    ) -> Self:
        """Return the tensor of a regular grid.

        Args:
            counts: ``(rows, columns, slots, kinds)``.
            kinds: Name of each kind.
            first: Local date of the first slot.
            slot_hours: Length of a slot.
            ahead: Slots of calendar beyond the counts.
            holidays: Public holidays; a mapping gives their names.
            school: Days of school holidays.
            covariates: Exogenous series of ``slots + ahead`` slots.
        """
        rows, columns, slots, _ = counts.shape
        flat = counts.reshape(rows * columns, slots, -1).astype(np.float64)
        down, right = np.divmod(np.arange(rows * columns, dtype=np.float64), columns)
        per_day = HOURS // slot_hours
        return cls(
            counts=flat,
            kinds=tuple(kinds),
            first=first,
            calendar=Calendar.of(first, slots + ahead, per_day, holidays, school),
            neighbours=grid_neighbours(rows, columns),
            slot_hours=slot_hours,
            cells=tuple(f"{int(a)}:{int(b)}" for a, b in zip(down, right, strict=True)),
            centres=np.stack([right, down], axis=1),
            covariates=tuple(covariates),
        )
