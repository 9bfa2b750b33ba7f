"""How a source comes to know of an incident: which ones, when, how surely, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray, kinds
from vigie.city.span import DAY_US, HOUR_US, MINUTE_US, IntArray
from vigie.city.truth import Truth

QUARTER_US = 15 * MINUTE_US
LATE_DAYS = 3.0
FOUND_MINUTES = 45.0
DELAY_SIGMA = 0.9


@dataclass(frozen=True, slots=True)
class Habits:
    """How a source reports.

    Attributes:
        minutes: Median delay from what is seen to its report (log-normal, ``DELAY_SIGMA``).
        accuracy_m: Standard deviation of its position error on each axis.
        late_share: Share that is told days late (exponential, ``LATE_DAYS``).
    """

    minutes: float
    accuracy_m: float
    late_share: float = 0.0


HABITS: Mapping[str, Habits] = MappingProxyType(
    {
        "main_courante": Habits(minutes=6.0, accuracy_m=10.0, late_share=0.02),
        "rescue": Habits(minutes=4.0, accuracy_m=25.0),
        "reports": Habits(minutes=25.0, accuracy_m=15.0, late_share=0.02),
        "traffic_accidents": Habits(minutes=240.0, accuracy_m=10.0),
        "traffic_parking": Habits(minutes=2.0, accuracy_m=10.0),
        "transit_alerts": Habits(minutes=5.0, accuracy_m=10.0),
    }
)


@dataclass(frozen=True)
class Telling:
    """What one source tells, columns aligned, in the order of reporting.

    Attributes:
        incident: Number of the true incident.
        code: The source's own code.
        from_us: Earliest instant the source gives.
        to_us: Latest instant the source gives; equal to ``from_us`` when seen happening.
        reported_us: When the source got to know.
        seen: 1 when it was seen happening, 0 when found afterwards.
        lon: Longitude as the source measures it.
        lat: Latitude as the source measures it.
    """

    incident: IntArray
    code: list[str]
    from_us: IntArray
    to_us: IntArray
    reported_us: IntArray
    seen: IntArray
    lon: FloatArray
    lat: FloatArray

    def __len__(self) -> int:
        return len(self.incident)

    def take(self, positions: IntArray) -> Telling:
        """Return what is told at these positions."""
        return Telling(
            incident=self.incident[positions],
            code=[self.code[p] for p in positions.tolist()],
            from_us=self.from_us[positions],
            to_us=self.to_us[positions],
            reported_us=self.reported_us[positions],
            seen=self.seen[positions],
            lon=self.lon[positions],
            lat=self.lat[positions],
        )


def _intervals(
    truth: Truth, told: IntArray, chance: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the interval a source knows: a few minutes when seen, hours when found afterwards."""
    at_us = truth.incidents.at_us[told]
    unsure_h = np.array([k.unsure_h for k in kinds()])[truth.incidents.kind[told]]
    seen = (unsure_h == 0).astype(np.int64)
    n = len(told)
    width = unsure_h * np.exp(chance.normal(0, 0.5, n)) * HOUR_US
    share = chance.random(n)
    before = (at_us - share * width).astype(np.int64) // QUARTER_US * QUARTER_US
    after = -((-(at_us + (1 - share) * width).astype(np.int64)) // QUARTER_US) * QUARTER_US
    step = np.where(chance.random(n) < 0.4, 5, 1) * MINUTE_US
    instant = at_us // step * step
    from_us = np.where(seen == 1, instant, before).astype(np.int64)
    to_us = np.where(seen == 1, instant, after).astype(np.int64)
    return from_us, to_us, seen


def _delays(seen: IntArray, chance: np.random.Generator, habits: Habits) -> IntArray:
    """Return reporting delays: minutes for what is seen, longer for what is found, a late tail."""
    n = len(seen)
    usual = (
        np.where(seen == 1, habits.minutes, FOUND_MINUTES)
        * np.exp(chance.normal(0, DELAY_SIGMA, n))
        * MINUTE_US
    )
    late = (chance.random(n) < habits.late_share) * chance.exponential(LATE_DAYS, n) * DAY_US
    delays: IntArray = (usual + late).astype(np.int64)
    return delays


def tell(truth: Truth, source: str) -> Telling:
    """Return what a source tells of the truth, by its habits.

    Args:
        truth: The truth.
        source: Name in ``kinds.toml`` under ``tells`` and in ``HABITS``.
    """
    habits = HABITS[source]
    chance = stream(truth.seed, "tell", source)
    share = np.array([k.tells.get(source, ("", 0.0))[1] for k in kinds()])
    told = np.flatnonzero(chance.random(len(truth.incidents)) < share[truth.incidents.kind]).astype(
        np.int64
    )
    from_us, to_us, seen = _intervals(truth, told, chance)
    known_us = np.where(seen == 1, truth.incidents.at_us[told], to_us)
    reported_us = known_us + _delays(seen, chance, habits)
    x, y = geography.to_metres(truth.incidents.lon[told], truth.incidents.lat[told])
    error = chance.normal(0, habits.accuracy_m, (len(told), 2))
    lon, lat = geography.to_degrees(x + error[:, 0], y + error[:, 1])
    order = np.argsort(reported_us, kind="stable")
    own = [k.tells.get(source, ("", 0.0))[0] for k in kinds()]
    return Telling(
        incident=told[order],
        code=[own[k] for k in truth.incidents.kind[told[order]].tolist()],
        from_us=from_us[order],
        to_us=to_us[order],
        reported_us=reported_us[order],
        seen=seen[order],
        lon=np.round(lon[order], 5),
        lat=np.round(lat[order], 5),
    )
