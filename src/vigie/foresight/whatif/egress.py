"""How a crowd leaves, and how close it stands: arithmetic of widths, not a simulation.

Exits are a fluid queue: people come to them at some pace, they let through at most
``width x rate``. Rates in people per metre and minute (Guide to Safety at Sports Grounds, the
"Green Guide", level 82 and stepped 66). Measured egress of UK stadiums stayed under 60, which is
why 60 is what Vigie plans with and 82 is shown as the ceiling. Checked against JuPedSim, a
microsimulation of walkers (``tests/benchmarks/egress.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vigie.base.errors import WrongUsage

PLANNED_RATE = 60.0
"""People per metre and minute that Vigie plans with."""
CEILING_RATE = 82.0
"""Green Guide, level exits: never planned above."""
STEPPED_RATE = 66.0
"""Green Guide, stairs and stepped rows."""
NORMAL_MINUTES = 8.0
"""Green Guide 10.7: normal egress takes at most so long."""
DENSITY_CEILING = 4.7
"""Standing people per square metre at most. Not checked in the original text: shown as such."""
CRUSH_DENSITY = 7.0
"""Fruin 1993: a crowd moves as a fluid and people are hurt. Not checked in the original text."""

FloatArray = NDArray[np.float64]

_FRUIN_FLOW = ((23.0, "A"), (33.0, "B"), (49.0, "C"), (66.0, "D"), (82.0, "E"))
_FRUIN_MODULE = ((3.25, "A"), (2.32, "B"), (1.39, "C"), (0.93, "D"), (0.46, "E"))


@dataclass(frozen=True, slots=True)
class EgressCurve:
    """How many have left, minute by minute.

    Attributes:
        rate: People per metre and minute that the exits let through.
        width_m: Width of the exits together, metres.
        minutes: Instants since the end, minutes, from 0.
        left: People who have left by then.
        queue: People at the exits who wait.
        last: Minute at which the last one has left.
    """

    rate: float
    width_m: float
    minutes: FloatArray
    left: FloatArray
    queue: FloatArray
    last: float

    @property
    def longest_queue(self) -> float:
        """Largest number who wait at once."""
        return float(self.queue.max())


@dataclass(frozen=True, slots=True)
class Crowding:
    """How close people stand.

    Attributes:
        density: People per square metre, if they stand evenly.
        area_m2: Area they stand on.
        over_ceiling: Whether it exceeds ``DENSITY_CEILING``.
        crush: Whether it reaches ``CRUSH_DENSITY``.
    """

    density: float
    area_m2: float
    over_ceiling: bool
    crush: bool


def _positive(value: float, field: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise WrongUsage(reason=f"{field}: above 0", field=field)
    return value


def minutes_to_leave(people: float, width_m: float, rate: float = PLANNED_RATE) -> float:
    """Return how long a crowd needs when all stand at the exits at once.

    Raises:
        WrongUsage: When the width or the rate is not above zero.
    """
    return max(0.0, people) / (_positive(width_m, "width_m") * _positive(rate, "rate"))


def width_needed(
    people: float, minutes: float = NORMAL_MINUTES, rate: float = PLANNED_RATE
) -> float:
    """Return the width of exits, metres, that lets a crowd out in a given time.

    Raises:
        WrongUsage: When the time or the rate is not above zero.
    """
    return max(0.0, people) / (_positive(minutes, "minutes") * _positive(rate, "rate"))


def egress_curve(
    people: float,
    width_m: float,
    rate: float = PLANNED_RATE,
    *,
    release_min: float = 0.0,
    step_min: float = 0.25,
) -> EgressCurve:
    """Return how a crowd leaves through exits of a given width.

    Args:
        people: How many leave.
        width_m: Width of the exits together, metres.
        rate: People per metre and minute.
        release_min: Over how long they set out, evenly; 0 puts all at the exits at once.
        step_min: Step of the curve, minutes.

    Raises:
        WrongUsage: When width, rate or step is not above zero, or the release is negative.
    """
    if release_min < 0:
        raise WrongUsage(reason="release_min: 0 or more", field="release_min")
    capacity = _positive(width_m, "width_m") * _positive(rate, "rate")
    people = max(0.0, people)
    last = max(people / capacity, release_min) if people else 0.0
    steps = math.ceil(round(last / _positive(step_min, "step_min"), 9))
    minutes = np.arange(steps + 1, dtype=np.float64) * step_min
    pace = np.ones(steps + 1)
    if release_min:
        pace = np.minimum(minutes, release_min) / release_min
    come = people * pace
    left = np.minimum(come, capacity * minutes)
    return EgressCurve(
        rate=rate, width_m=width_m, minutes=minutes, left=left, queue=come - left, last=last
    )


def arrived_share(minutes_to_start: FloatArray, opens_min: float, late_min: float) -> FloatArray:
    """Return the share of a public that has come, by minutes before the start (negative: after).

    A triangle from the opening of the gates to ``late_min`` after the start, its top half-way
    between the opening and the start: an assumption, to be replaced by counts at the gates.

    Raises:
        WrongUsage: When the gates open after the start, or the late come before it.
    """
    opens = _positive(opens_min, "opens_min")
    if late_min < 0:
        raise WrongUsage(reason="late_min: 0 or more", field="late_min")
    total, top = opens + late_min, opens * 0.5
    t = np.clip(opens - minutes_to_start, 0.0, total)
    rising = t**2 / (total * top)
    falling = 1.0 - (total - t) ** 2 / (total * (total - top))
    share: FloatArray = np.where(t <= top, rising, falling)
    return share


def walkway_level(flow: float) -> str:
    """Return Fruin's level of service of a walkway (A to F) for a flow in people/m/min.

    Fruin 1971, walkways. The levels of the Highway Capacity Manual differ: A there ends at 16.
    """
    return next((level for most, level in _FRUIN_FLOW if flow < most), "F")


def module_level(area_per_person: float) -> str:
    """Return Fruin's level of service of a walkway for square metres per person."""
    return next((level for least, level in _FRUIN_MODULE if area_per_person > least), "F")


def crowding(people: float, area_m2: float) -> Crowding:
    """Return how close a crowd stands on an area.

    Raises:
        WrongUsage: When the area is not above zero.
    """
    density = max(0.0, people) / _positive(area_m2, "area_m2")
    return Crowding(
        density=density,
        area_m2=area_m2,
        over_ceiling=density > DENSITY_CEILING,
        crush=density >= CRUSH_DENSITY,
    )


def station_load(
    left: FloatArray, minutes: FloatArray, share: float, per_hour: float
) -> tuple[float, float]:
    """Return the longest queue at stations and the minute at which it is gone.

    Args:
        left: People who have left the venue, by minute.
        minutes: Those instants, rising.
        share: Part of them who take public transport, 0 to 1.
        per_hour: People the stations take in an hour, together.

    Raises:
        WrongUsage: When the share is not 0 to 1 or nobody is taken.
    """
    if not 0 <= share <= 1:
        raise WrongUsage(reason="share: 0 to 1", field="share")
    pace = _positive(per_hour, "per_hour") / 60.0
    come = np.asarray(left, dtype=np.float64) * share
    queue, longest = 0.0, 0.0
    for (since, until), more in zip(pairwise(minutes.tolist()), np.diff(come), strict=True):
        queue = max(0.0, queue + float(more) - pace * (until - since))
        longest = max(longest, queue)
    last = float(minutes[-1]) if len(minutes) else 0.0
    return longest, last + queue / pace


def table_of(curves: Sequence[EgressCurve]) -> list[dict[str, float]]:
    """Return curves as rows for a chart: rate, minute, left, queue."""
    return [
        {"rate": one.rate, "minute": float(t), "left": float(n), "queue": float(q)}
        for one in curves
        for t, n, q in zip(one.minutes, one.left, one.queue, strict=True)
    ]
