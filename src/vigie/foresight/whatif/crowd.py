"""A plan's public: how many, how close, how it leaves, who falls ill, which trains take it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vigie.foresight.whatif.egress import (
    CEILING_RATE,
    NORMAL_MINUTES,
    PLANNED_RATE,
    Crowding,
    EgressCurve,
    crowding,
    egress_curve,
    width_needed,
)
from vigie.foresight.whatif.load import FloatArray
from vigie.foresight.whatif.surroundings import Station

DRAWS = 2_000
Z80 = 1.2815515655446004

PEAK_SHARE: Mapping[str, float] = MappingProxyType(
    {
        "event": 0.7,
        "event.sport": 1.0,
        "event.culture": 1.0,
        "event.culture.exhibition": 0.35,
        "event.culture.festival": 0.8,
        "event.market": 0.35,
        "event.demonstration": 1.0,
        "event.gathering": 1.0,
        "event.transport": 0.5,
    }
)
"""Part of a day's public present at once, by kind (proposal; the nearest kind above answers)."""
ENCLOSED = (
    "event.sport.match",
    "event.culture.concert",
    "event.culture.festival",
    "event.culture.show",
    "event.culture.exhibition",
)
"""Kinds with exits; others leave as they came, and no egress is computed."""

ASSISTED = (0.01, 0.02)
TREATED, TRANSPORTED = 0.10, 0.01
"""Medical: 1 to 2 % of spectators need some assistance, about 10 % of those further treatment,
about 1 % transport (healthmanagement.org 2011, citing Arbon). Not learnt from this city."""


@dataclass(frozen=True)
class Crowd:
    """A public in its place.

    Attributes:
        peak: Likely number present at once.
        exits: Whether the kind has exits; without, the curves are empty.
        width_m: Width of the exits together.
        width_supposed: The width is what the Green Guide asks of the venue, not a measured one.
        width_needed_m: Width that lets the likely public out in eight minutes at 60.
        curves: Egress at the planned rate and at the ceiling.
        density: How close people stand.
        stations: Stations within a walk.
        per_hour: People they take away in the hour after the end.
    """

    peak: float
    exits: bool
    width_m: float
    width_supposed: bool
    width_needed_m: float
    curves: tuple[EgressCurve, ...]
    density: Crowding
    stations: tuple[Station, ...]
    per_hour: float


def peak_share(kind: str) -> float:
    """Return the part of a public that is present at once."""
    code = kind
    while code not in PEAK_SHARE:
        code = code.rpartition(".")[0] or "event"
    return PEAK_SHARE[code]


def has_exits(kind: str) -> bool:
    """Say whether a kind of event is enclosed, so that its egress can be computed."""
    return any(f"{kind}.".startswith(f"{code}.") for code in ENCLOSED)


def attendance_draws(
    public: tuple[float, float, float], *, seed: int, draws: int = DRAWS
) -> FloatArray:
    """Return draws of who comes: log-normal either side of likely, low to high holding 80 %."""
    low, likely, high = public
    if likely <= 0:
        return np.zeros(draws)
    normal = np.random.default_rng([seed, 2]).normal(size=draws)
    down = math.log(likely / max(low, likely * 0.02)) / Z80
    up = math.log(max(high, likely) / likely) / Z80
    people: FloatArray = likely * np.exp(np.where(normal < 0, down, up) * normal)
    return people


def casualties(people: FloatArray, *, seed: int) -> dict[str, FloatArray]:
    """Return draws of people assisted, treated further, and taken to hospital."""
    chance = np.random.default_rng([seed, 3])
    n = len(people)
    rate = chance.uniform(*ASSISTED, size=n)
    normal = chance.normal(size=(3, n))

    def about(mean: FloatArray, z: FloatArray) -> FloatArray:
        return np.maximum(0.0, np.rint(mean + np.sqrt(mean) * z))

    assisted = about(people * rate, normal[0])
    return {
        "aid.assisted": assisted,
        "aid.treated": about(assisted * TREATED, normal[1]),
        "aid.transported": about(assisted * TRANSPORTED, normal[2]),
    }


def supposed_width(capacity: float) -> float:
    """Return the width of exits that a venue of this capacity has if it follows the guide."""
    return max(1.2, width_needed(capacity, NORMAL_MINUTES, CEILING_RATE))


def crowd_of(
    kind: str,
    peak: float,
    area_m2: float,
    *,
    width_m: float | None,
    capacity: float,
    stations: tuple[Station, ...],
    per_hour: float,
) -> Crowd:
    """Return a likely public in its place.

    Args:
        kind: Kind of event.
        peak: Likely number present at once.
        area_m2: Area it stands on.
        width_m: Width of the exits; supposed from the capacity when None.
        capacity: People the venue holds, or the most that are expected.
        stations: Stations within a walk.
        per_hour: People they take away in the hour after the end.
    """
    exits = has_exits(kind)
    width = supposed_width(capacity) if width_m is None else width_m
    step = max(0.25, peak / (width * PLANNED_RATE) / 120)
    return Crowd(
        peak=peak,
        exits=exits,
        width_m=width,
        width_supposed=width_m is None,
        width_needed_m=width_needed(peak),
        curves=tuple(
            egress_curve(peak, width, rate, step_min=step) for rate in (PLANNED_RATE, CEILING_RATE)
        )
        if exits
        else (),
        density=crowding(peak, area_m2),
        stations=stations,
        per_hour=per_hour,
    )


def leaving(people: FloatArray, crowd: Crowd, transit_share: float) -> dict[str, FloatArray]:
    """Return draws of how long the public takes to leave, and of the queue at stations."""
    told: dict[str, FloatArray] = {}
    flow = crowd.width_m * PLANNED_RATE
    minutes = people / flow
    if crowd.exits:
        told["egress.minutes"] = minutes
        told["egress.minutes_ceiling"] = people / (crowd.width_m * CEILING_RATE)
    if crowd.stations and crowd.per_hour > 0:
        taken, come = crowd.per_hour / 60.0, people * transit_share
        told["transit.load"] = 100.0 * come / crowd.per_hour
        told["transit.minutes"] = np.maximum(minutes, come / taken)
    return told
