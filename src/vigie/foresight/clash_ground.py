"""The ground that clash rules stand on: the city's places, clock and stock, in metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

import holidays
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.settings import CitySettings
from vigie.foresight.plans import PlanRecord
from vigie.geo.projection import Projection, local_projection
from vigie.judge.judging import Context
from vigie.judge.kinds import WEATHER
from vigie.judge.neighbours import Places
from vigie.judge.rule import PlaceView, PlanView
from vigie.lake.store import Lake
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import DAY_US, HOUR_US, Int64s, local_us

PLACES = (
    "place.evacuation_route",
    "place.fire_lane",
    "place.fire_station",
    "place.hospital",
    "place.hydrant",
    "place.school",
    "place.station.metro",
    "place.station.rail",
    "place.stop",
    "place.venue",
)
"""Kinds of places that some rule or the views of plans ask for; more come with their rules."""

COUNTRY = "FR"
EPOCH_DAY = date(1970, 1, 1).toordinal()


class _Clock(NamedTuple):
    """Local day of a start, since 1970, and what the clock shows from its midnight on."""

    day: int
    start_h: float
    end_h: float
    setup_h: float


@dataclass(frozen=True)
class Ground:
    """What rules know of a city besides its plans.

    Attributes:
        city: Settings of the city: centre, bounds, zone and stock of means.
        records: Its places, WGS 84: id, kind, label, shape, capacity, attributes.
        version: Version of the table of places that they were read from.
    """

    city: CitySettings
    records: tuple[PlaceView, ...] = ()
    version: int = -1

    @cached_property
    def projection(self) -> Projection:
        """The projection of the city, in metres."""
        lon, lat = self.city.center
        return local_projection(round(lon, 3), round(lat, 3))

    @cached_property
    def places(self) -> Places:
        """The places in metres."""
        shapes = self.projection.geometries_to_metres(
            np.array([place.geometry for place in self.records], dtype=object)
        )
        return Places(
            [
                PlaceView(
                    place.place_id, place.kind, place.label, shape, place.capacity, place.attributes
                )
                for place, shape in zip(self.records, shapes, strict=True)
            ]
        )

    @cached_property
    def venues(self) -> dict[str, PlaceView]:
        """The places by id."""
        return {place.place_id: place for place in self.records}

    def context(self, now_us: int) -> Context:
        """Return what rules may know at an instant."""
        return Context(now_us, self.city.timezone, self.places, self.city.stock)

    def views(self, plans: Sequence[PlanRecord]) -> list[PlanView]:
        """Return the plans as rules see them; those without a footprint are left out.

        A weather warning without one holds for the whole city: its feed names the département.
        """
        whole = shapely.box(*self.city.bbox)
        shapes = [_footprint(plan, whole) for plan in plans]
        kept = [row for row, shape in enumerate(shapes) if shape is not None and not shape.is_empty]
        if not kept:
            return []
        moved = self.projection.geometries_to_metres(
            np.array([shapes[row] for row in kept], object)
        )
        metres = shapely.make_valid(moved)
        shown = [plans[row] for row in kept]
        clocks = zip(*_clocks(shown, self.city.timezone), strict=True)
        return [
            self._view(plan, shape, _Clock(*clock))
            for plan, shape, clock in zip(shown, metres, clocks, strict=True)
        ]

    def _view(
        self,
        plan: PlanRecord,
        shape: BaseGeometry,
        clock: _Clock,
    ) -> PlanView:
        venue = self.venues.get(plan.place_id or "")
        on = date.fromordinal(EPOCH_DAY + clock.day)
        return PlanView(
            plan_id=plan.plan_id,
            kind=plan.kind,
            title=plan.title or TAXONOMY.get(plan.kind).label(),
            geometry=shape,
            from_us=plan.from_us,
            to_us=plan.to_us,
            starts_us=plan.starts_us,
            ends_us=plan.ends_us,
            attendance=plan.attendance,
            state=plan.state,
            declared=plan.declared,
            means=plan.means,
            closes=plan.closes,
            attributes=plan.attributes,
            place_id=plan.place_id,
            venue_kind="" if venue is None else venue.kind,
            capacity=None if venue is None else venue.capacity,
            source=plan.source,
            day=on,
            start_h=clock.start_h,
            end_h=clock.end_h,
            setup_h=clock.setup_h,
            holiday=on in _holidays(on.year),
        )


def _footprint(plan: PlanRecord, whole: BaseGeometry) -> BaseGeometry | None:
    if plan.geometry is None and any(TAXONOMY.is_within(plan.kind, kind) for kind in WEATHER):
        return whole
    return plan.geometry


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(COUNTRY, years=year))


def _clocks(
    plans: Sequence[PlanRecord], timezone: str
) -> tuple[list[int], list[float], list[float], list[float]]:
    """Return the local day of each start, and the clock at start, end and set-up from its midnight.

    The hours are those that a clock on the wall shows: a night of 23 hours counts 24.
    """
    starts, ends, setups = (
        local_us(np.array(values, dtype=np.int64), timezone)
        for values in (
            [plan.starts_us for plan in plans],
            [plan.ends_us for plan in plans],
            [plan.from_us for plan in plans],
        )
    )
    days: Int64s = starts // DAY_US
    midnight = days * DAY_US

    def hours(at: Int64s) -> list[float]:
        found: list[float] = ((at - midnight) / HOUR_US).tolist()
        return found

    return days.tolist(), hours(starts), hours(ends), hours(setups)


def read_ground(lake: Lake, city: CitySettings, kinds: Iterable[str] = PLACES) -> Ground:
    """Return the ground of a home: its places of some kinds that have a shape, its stock."""
    version = lake.version("places")
    wanted = tuple(kinds)
    records = []
    for row in lake.scan("places").to_pylist():
        if not any(TAXONOMY.is_within(row["kind"], kind) for kind in wanted):
            continue
        shape = shapely.from_wkb(row["geometry"]) if row["geometry"] else None
        if shape is None and row["lon"] is not None and row["lat"] is not None:
            shape = shapely.Point(row["lon"], row["lat"])
        if shape is None or shape.is_empty:
            continue
        attributes = dict(row["attributes"] or ())
        records.append(
            PlaceView(
                row["place_id"], row["kind"], row["label"], shape, row["capacity"], attributes
            )
        )
    return Ground(city, tuple(records), version)
