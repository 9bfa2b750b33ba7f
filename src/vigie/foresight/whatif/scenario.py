"""A change of a plan: what is asked, and the plan it gives. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import WrongUsage
from vigie.foresight.plans import PlanRecord
from vigie.geo.projection import Projection
from vigie.model.dps import Degree, usual_degrees

MINUTE_US = 60_000_000
LONGEST_SHIFT_MIN = 60 * 24 * 60
MOST_ATTENDANCE = 2_000_000
MOST_MEANS = 100_000
MOST_WIDTH_M = 2_000.0
LONGEST_NUMBER = 6
MOST_CLOSED = 50
LONGEST_NAME = 80
STREET = "voie:"
"""How a plan says that it closes a street."""
MEANS = ("agents", "barriers", "first_aid_posts", "diversions")
SPREAD = 0.3
"""How far attendance may lie from the likely one when the plan does not say (proposal)."""
TRANSIT_SHARE = 0.5
"""Part of a public that leaves by public transport when nobody knows (proposal)."""

Weather = Literal["usual", "dry", "rain"]
WEATHERS: tuple[Weather, ...] = ("usual", "dry", "rain")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is changed of a plan; None leaves what is planned.

    Attributes:
        shift_min: Minutes by which the event begins and ends later (negative: earlier).
        place: Longitude and latitude of its new middle.
        attendance: Likely public, people.
        means: Number by name of the means (``MEANS``).
        closes: Names of the streets closed.
        weather: ``usual`` takes what the season brings.
        exit_width_m: Width of the exits together, metres.
        transit_share: Part of the public that leaves by public transport, 0 to 1.
        activity: P2 of the first-aid grid.
        site: E1.
        rescue: E2.
    """

    shift_min: int = 0
    place: tuple[float, float] | None = None
    attendance: float | None = None
    means: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    closes: tuple[str, ...] | None = None
    weather: Weather = "usual"
    exit_width_m: float | None = None
    transit_share: float = TRANSIT_SHARE
    activity: Degree | None = None
    site: Degree | None = None
    rescue: Degree | None = None

    def __post_init__(self) -> None:
        _within("shift_min", self.shift_min, -LONGEST_SHIFT_MIN, LONGEST_SHIFT_MIN)
        if self.place is not None:
            _within("place", self.place[0], -180.0, 180.0)
            _within("place", self.place[1], -89.0, 89.0)
        if self.attendance is not None:
            _within("attendance", self.attendance, 0, MOST_ATTENDANCE)
        for name, number in self.means.items():
            if name not in MEANS:
                raise WrongUsage(reason=f"means: {', '.join(MEANS)}", field="means")
            _within(name, number, 0, MOST_MEANS)
        if self.closes is not None:
            _within("closes", len(self.closes), 0, MOST_CLOSED)
            _within("closes", max(map(len, self.closes), default=0), 0, LONGEST_NAME)
        if self.weather not in WEATHERS:
            raise WrongUsage(reason=f"weather: {', '.join(WEATHERS)}", field="weather")
        if self.exit_width_m is not None:
            _within("exit_width_m", self.exit_width_m, 0.5, MOST_WIDTH_M)
        _within("transit_share", self.transit_share, 0.0, 1.0)

    def degrees(self, kind: str) -> tuple[Degree, Degree, Degree]:
        """Return P2, E1 and E2: as asked, else as is usual for the kind."""
        activity, site, rescue = usual_degrees(kind)
        return self.activity or activity, self.site or site, self.rescue or rescue

    def common(self) -> Scenario:
        """Return what is no change but a fact of the place, so that it holds before as after."""
        return Scenario(
            exit_width_m=self.exit_width_m if self.place is None else None,
            transit_share=self.transit_share,
        )


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (np.isfinite(value) and low <= value <= high):
        raise WrongUsage(reason=f"{name}: {low:g} to {high:g}", field=name)


def _moved(
    geometry: BaseGeometry | None, place: tuple[float, float], projection: Projection
) -> BaseGeometry:
    """Return a footprint with its middle at a place, in degrees, the same size in metres."""
    if geometry is None or geometry.is_empty:
        return shapely.Point(*place)
    metres = projection.geometries_to_metres(np.array([geometry], object))[0]
    x, y = projection.to_metres([place[0]], [place[1]])
    middle = metres.centroid
    shifted = shapely.transform(
        metres, lambda at: at + np.array([float(x[0]) - middle.x, float(y[0]) - middle.y])
    )
    back: BaseGeometry = projection.geometries_to_degrees(np.array([shifted], object))[0]
    return back


def filled(
    attendance: tuple[float | None, float | None, float | None],
) -> tuple[float, float, float] | None:
    """Return low, likely and high, what is missing filled by ``SPREAD``; None when unknown."""
    low, likely, high = attendance
    if likely is None:
        if low is None or high is None:
            return None
        likely = (low + high) / 2
    return (
        likely * (1 - SPREAD) if low is None else min(low, likely),
        likely,
        likely * (1 + SPREAD) if high is None else max(high, likely),
    )


def attendance_of(plan: PlanRecord) -> tuple[float, float, float] | None:
    """Return the public of a plan: low, likely, high; None when it tells none."""
    return filled(plan.attendance)


def streets_named(closes: Sequence[str]) -> int:
    """Return how many streets a plan says it closes."""
    return sum(code.startswith(STREET) for code in closes)


def changed(plan: PlanRecord, scenario: Scenario, projection: Projection) -> PlanRecord:
    """Return the plan as the scenario has it.

    Low and high attendance keep their proportion to the likely one. A plan that moves loses its
    venue; its footprint keeps its size.
    """
    attendance = plan.attendance
    if scenario.attendance is not None:
        known = attendance_of(plan)
        likely = float(scenario.attendance)
        if known is None or known[1] <= 0:
            attendance = (likely * (1 - SPREAD), likely, likely * (1 + SPREAD))
        else:
            factor = likely / known[1]
            attendance = (known[0] * factor, likely, known[2] * factor)
    shift_us = scenario.shift_min * MINUTE_US
    moved = scenario.place is not None
    return replace(
        plan,
        starts_us=plan.starts_us + shift_us,
        ends_us=plan.ends_us + shift_us,
        attendance=attendance,
        geometry=plan.geometry
        if scenario.place is None
        else _moved(plan.geometry, scenario.place, projection),
        place_id=None if moved else plan.place_id,
        closes=plan.closes
        if scenario.closes is None
        else tuple(STREET + name.removeprefix(STREET) for name in scenario.closes),
        means={**plan.means, **{name: str(n) for name, n in scenario.means.items()}},
    )


def number_of(plan: PlanRecord, name: str) -> int | None:
    """Return how many of a means a plan engages, None when it does not tell a number."""
    told = plan.means.get(name, "").strip()
    return int(told) if told.isdigit() and len(told) <= LONGEST_NUMBER else None
