"""The agenda: what occupies public space, past and to come, declared or wild."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import to_us
from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.span import DAY_US, HOUR_US, ZONE

ATTENDANCE_SPREAD = 0.18
CANCELLED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class TruePlan:
    """One plan as it truly is.

    Attributes:
        ref: The agenda's own reference.
        kind: Taxonomy code under ``event``.
        title: French title.
        geometry: Footprint, lon lat.
        starts_us: Start for the public.
        ends_us: End for the public.
        setup_s: Set-up before.
        teardown_s: Tear-down after.
        likely: Attendance expected by the organiser.
        came: True attendance (0 when cancelled).
        state: draft, declared, authorised or cancelled.
        declared: False for a wild event.
        venue: Place id of the venue, or empty.
        closes: Codes of what it closes.
        means: Means engaged, by name.
        updated_us: Last change.
        planted: Name of a situation planted on purpose, or empty.
    """

    ref: str
    kind: str
    title: str
    geometry: BaseGeometry
    starts_us: int
    ends_us: int
    setup_s: int
    teardown_s: int
    likely: int
    came: int
    state: str
    declared: bool = True
    venue: str = ""
    closes: str = ""
    means: dict[str, int] = field(default_factory=dict)
    updated_us: int = 0
    planted: str = ""

    @property
    def lon(self) -> float:
        """Longitude of the footprint's middle."""
        return float(self.geometry.representative_point().x)

    @property
    def lat(self) -> float:
        """Latitude of the footprint's middle."""
        return float(self.geometry.representative_point().y)


def at_local(day: date, hour: float) -> int:
    """Return the instant of a local clock time, epoch microseconds (``hour`` may pass 24)."""
    shifted = day + timedelta(days=int(hour // 24))
    minutes = round(hour % 24 * 60)
    wall = datetime(
        shifted.year, shifted.month, shifted.day, minutes // 60, minutes % 60, tzinfo=ZONE
    )
    return to_us(wall)


def square(lon: float, lat: float, half_m: float) -> BaseGeometry:
    """Return a square footprint around a point."""
    x, y = geography.to_metres(np.array(lon), np.array(lat))
    corners = shapely.box(
        float(x) - half_m, float(y) - half_m, float(x) + half_m, float(y) + half_m
    )
    return shapely.transform(
        corners, lambda c: np.column_stack(geography.to_degrees(c[:, 0], c[:, 1]))
    )


def _means(likely: int, *, street: bool) -> dict[str, int]:
    return {
        "agents": max(2, round(likely / 450)),
        "barriers": round(likely / 90) if street else round(likely / 400),
        "first_aid_posts": round(likely / 8_000 + 0.2),
        "diversions": 1 + likely // 15_000 if street else 0,
    }


def draft(
    *,
    sort: str,
    kind: str,
    title: str,
    where: BaseGeometry,
    day: date,
    hours: tuple[float, float],
    likely: float,
    setup_h: float = 1.0,
    venue: str = "",
    closes: str = "",
    declared: bool = True,
) -> TruePlan:
    """Return a plan before it is settled; ``hours`` are local, the end may pass 24."""
    plain = title.partition(" (")[0].lower().encode("ascii", "ignore").decode()
    name = plain.replace(" :", "").replace(" ", "-")[:28]
    return TruePlan(
        ref=f"AGD-{day:%Y%m%d}-{sort}-{name}-{round(hours[0] * 60):04d}",
        kind=kind,
        title=title,
        geometry=where,
        starts_us=at_local(day, hours[0]),
        ends_us=at_local(day, hours[1]),
        setup_s=round(setup_h * 3600),
        teardown_s=round(setup_h * 1800),
        likely=int(likely),
        came=int(likely),
        state="authorised",
        declared=declared,
        venue=venue,
        closes=closes,
        means=_means(int(likely), street=not venue),
    )


def settle(plan: TruePlan, now_us: int, seed: int) -> TruePlan:
    """Give a plan its state as known at ``now`` and its true attendance."""
    chance = stream(seed, "settle", plan.ref)
    cancelled = chance.random() < (CANCELLED_SHARE if plan.declared else 0.0)
    came = int(plan.likely * float(np.exp(chance.normal(0.0, ATTENDANCE_SPREAD))))
    lead = float(chance.uniform(3, 60)) * DAY_US
    updated = int(min(plan.starts_us - lead, now_us - HOUR_US * float(chance.uniform(1, 400))))
    pick = int(chance.integers(2))
    if not plan.declared:
        state, updated = "declared", plan.starts_us + HOUR_US
    elif cancelled:
        state = "cancelled"
    elif plan.starts_us > now_us + 25 * DAY_US:
        state = ("draft", "declared")[pick]
    elif plan.starts_us > now_us + 6 * DAY_US:
        state = ("declared", "authorised")[pick]
    else:
        state = "authorised"
    return replace(plan, state=state, came=0 if cancelled else came, updated_us=updated)
