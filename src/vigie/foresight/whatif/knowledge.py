"""What a what-if rests on, read from a lake: past means, stations, rain, arrivals, calibration.

Kept in the process beside the effect model and as long as it: nothing is written, and a fact that
is erased is gone at the next fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from shapely.geometry.base import BaseGeometry

from vigie.base.stopping import Worker, look, wait_for
from vigie.foresight.effects.bins import DAY_US, HOUR_US, Ints
from vigie.foresight.effects.history import Standing
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.plans import PlanRecord
from vigie.foresight.whatif.around import outcome
from vigie.foresight.whatif.backtest import Told, backtest
from vigie.foresight.whatif.brief import Briefs
from vigie.foresight.whatif.needs import RULES, PastMeans
from vigie.foresight.whatif.reliability import Calibrator
from vigie.foresight.whatif.scenario import attendance_of, number_of, streets_named
from vigie.foresight.whatif.side import Knowledge
from vigie.foresight.whatif.surroundings import WEEK_H, Station, Street, Surroundings
from vigie.foresight.whatif.weather import rain_effect
from vigie.geo.projection import Projection
from vigie.lake.store import Lake
from vigie.model.times import local_us

STATIONS = ("place.station.metro", "place.station.rail", "place.stop")
WET_MM = 0.1
METRICS = ("weather.rain", "transport.scheduled_departures", "health.arrivals")
MEASURES_DAYS = 400

Lines = Sequence[tuple[str, BaseGeometry]]
"""Streets by name, lon lat."""


@dataclass(frozen=True)
class Known:
    """What stands beside a fitted effect model.

    Attributes:
        standing: The model it belongs to.
        knowledge: What answers rest on; not calibrated until ``told`` is there.
        told: What adequacy would have said before each past event, and what came of it.
        briefs: Adequacy of plans asked about by the list, kept.
    """

    standing: Standing
    knowledge: Knowledge
    told: Told | None
    briefs: Briefs

    def cut(self, least: int) -> Knowledge:
        """Return the knowledge with the least count that may be shown."""
        return replace(self.knowledge, least=least)


def past_means(plans: Sequence[PlanRecord], until_us: int) -> list[PastMeans]:
    """Return the plans that were held before an instant, with the means they told."""
    found = []
    for plan in plans:
        public = attendance_of(plan)
        if plan.state == "cancelled" or plan.ends_us > until_us or public is None:
            continue
        numbers = {name: number_of(plan, name) for name in RULES}
        means = {name: float(n) for name, n in numbers.items() if n is not None}
        if means and public[1] > 0:
            closed = streets_named(plan.closes)
            found.append(
                PastMeans(plan.plan_id, plan.kind, public[1], plan.starts_us, means, closed)
            )
    return found


def read_surroundings(
    lake: Lake,
    streets: Lines,
    projection: Projection,
    *,
    timezone: str,
    now_us: int,
    keep: Callable[[str, pa.Table], pa.Table] = lambda _kind, table: table,
) -> Surroundings:
    """Read streets, stations, capacities, rain and emergency arrivals.

    Args:
        lake: Where places and measures stand.
        streets: Streets by name, lon lat.
        projection: To metres.
        timezone: IANA zone.
        now_us: Now.
        keep: Cuts a table of ``places`` or ``measures`` to what may be seen.
    """
    columns = ["place_id", "kind", "label", "lon", "lat", "capacity", "source"]
    places = keep("places", lake.scan("places", columns=columns))
    columns = ["metric", "place_id", "from_us", "to_us", "value", "source", "lon", "lat"]
    look()
    measures = lake.scan(
        "measures", from_us=now_us - MEASURES_DAYS * DAY_US, to_us=now_us, columns=columns
    )
    measures = measures.filter(pc.is_in(measures["metric"], pa.array(METRICS)))
    measures = keep("measures", measures)
    look()
    by_metric = {name: measures.filter(pc.equal(measures["metric"], name)) for name in METRICS}
    rain, dry = _wet_hours(by_metric["weather.rain"])
    arrivals, days = _arrivals(by_metric["health.arrivals"], timezone)
    return Surroundings(
        streets=_streets(streets, projection),
        stations=_stations(
            places, by_metric["transport.scheduled_departures"], projection, timezone
        ),
        capacity={
            row["place_id"]: float(row["capacity"])
            for row in places.select(["place_id", "kind", "capacity"]).to_pylist()
            if row["capacity"] and row["kind"].startswith("place.venue")
        },
        rain=rain,
        dry=dry,
        arrivals=arrivals,
        arrivals_days=days,
        timezone=timezone,
    )


def _streets(lines: Lines, projection: Projection) -> tuple[Street, ...]:
    if not lines:
        return ()
    shapes = projection.geometries_to_metres(np.array([line for _, line in lines], object))
    return tuple(
        Street(name, shape) for (name, _), shape in zip(lines, shapes.tolist(), strict=True)
    )


def _hours_of_week(at_us: Ints, timezone: str) -> Ints:
    local = local_us(at_us, timezone)
    days, rest = np.divmod(local, DAY_US)
    return np.asarray((days + 3) % 7 * 24 + rest // HOUR_US, np.int64)


def _stations(
    places: pa.Table, departures: pa.Table, projection: Projection, timezone: str
) -> tuple[Station, ...]:
    """Return stations with the departures of a mean week, of days on which any were told."""
    timetable: dict[str, tuple[float, ...]] = {}
    if departures.num_rows:
        at_us = departures["from_us"].to_numpy()
        hour = _hours_of_week(at_us, timezone)
        day = local_us(at_us, timezone) // DAY_US
        days = np.unique(day)
        counted = np.bincount((days + 3) % 7, minlength=7)
        told = departures["place_id"].combine_chunks().dictionary_encode()
        names, of = told.dictionary.to_pylist(), told.indices.to_numpy(zero_copy_only=False)
        value = departures["value"].to_numpy().astype(np.float64)
        sums = np.bincount(of * WEEK_H + hour, value, minlength=len(names) * WEEK_H)
        per_hour = sums.reshape(len(names), WEEK_H) / np.maximum(np.repeat(counted, 24), 1)
        timetable = {n: tuple(row.tolist()) for n, row in zip(names, per_hour, strict=True)}
    found = []
    for row in places.to_pylist():
        if row["kind"] in STATIONS and row["lon"] is not None:
            x, y = projection.to_metres([row["lon"]], [row["lat"]])
            found.append(
                Station(
                    row["label"] or "",
                    row["kind"],
                    float(x[0]),
                    float(y[0]),
                    timetable.get(row["place_id"], ()),
                )
            )
    return tuple(found)


def _wet_hours(rain: pa.Table) -> tuple[frozenset[int], frozenset[int]]:
    hour = rain["from_us"].to_numpy() // HOUR_US * HOUR_US
    value = rain["value"].to_numpy().astype(np.float64)
    wet = frozenset(hour[value >= WET_MM].tolist())
    return wet, frozenset(hour.tolist()) - wet


def _arrivals(arrivals: pa.Table, timezone: str) -> tuple[tuple[tuple[float, float], ...], int]:
    """Return mean and deviation of the whole city's arrivals by hour of the week, and the days.

    A hospital may tell parts of several hours: each is spread evenly over its own.
    """
    begin, end = arrivals["from_us"].to_numpy(), arrivals["to_us"].to_numpy()
    value = arrivals["value"].to_numpy().astype(np.float64)
    lasting = np.asarray(-(-(end - begin) // HOUR_US), np.int64)
    told = lasting > 0
    if not told.any():
        return (), 0
    row = np.repeat(np.flatnonzero(told), lasting[told])
    number = np.arange(len(row)) - np.repeat(
        np.cumsum(lasting[told]) - lasting[told], lasting[told]
    )
    hours, of = np.unique(begin[row] // HOUR_US * HOUR_US + number * HOUR_US, return_inverse=True)
    total = np.bincount(of, value[row] / lasting[row])
    slot = _hours_of_week(hours, timezone)
    count = np.maximum(np.bincount(slot, minlength=WEEK_H), 1)
    mean = np.bincount(slot, total, minlength=WEEK_H) / count
    square = np.bincount(slot, total**2, minlength=WEEK_H) / count
    deviation = np.sqrt(np.maximum(square - mean**2, mean))
    days = len(np.unique(hours // DAY_US))
    return tuple(zip(mean.tolist(), deviation.tolist(), strict=True)), days


def build(standing: Standing, plans: Sequence[PlanRecord], city: Surroundings) -> Known:
    """Return what stands beside a fitted model: past means and what rain changes."""
    model = standing.model
    knowledge = Knowledge(
        model=model,
        projection=standing.projection,
        past=past_means(plans, model.history.until_us),
        calibrator=Calibrator(),
        surroundings=city,
        rain=rain_effect(model, city.rain or frozenset(), city.dry or frozenset()),
    )
    return Known(standing, knowledge, None, Briefs(knowledge))


def judged(known: Known) -> Known:
    """Return it with the walk through past events, and calibrated by it: seconds of reckoning."""
    model = known.knowledge.model
    means = {one.plan_id: one for one in known.knowledge.past}

    def became(occasion: Occasion) -> int:
        return outcome(model, occasion, means[occasion.plan_id].closed_streets)

    told = backtest(model, means, became)
    knowledge = replace(known.knowledge, calibrator=told.calibrator)
    return Known(known.standing, knowledge, told, Briefs(knowledge))


class Knowing:
    """What is known beside the models that stand in this process.

    Built when first asked for. The walk through past events takes longer than an answer may: it
    goes on beside, and until it is there answers are told without calibration, and say so.
    """

    def __init__(self) -> None:
        self._kept: dict[object, Known] = {}
        self._walks: dict[object, Worker] = {}
        self._lock = Lock()

    def get(
        self, key: object, standing: Standing, make: Callable[[], Known], *, wait: bool = False
    ) -> Known:
        """Return what stands beside a model.

        Args:
            key: Which home and reach.
            standing: The model as it stands; another one than before is begun anew.
            make: Reads what stands beside it.
            wait: Whether to wait for the walk through past events.
        """
        with self._lock:
            held = self._kept.get(key)
            if held is None or held.standing is not standing:
                held = make()
                self._kept[key] = held
                self._walks[key] = self._begin(key, held)
            walk = self._walks[key]
            if walk.stopped:  # by what may end who asked for it; who asks now wants it
                walk = self._walks[key] = self._begin(key, held)
        if wait:
            wait_for(walk)
            if walk.stopped:
                look()
                return self.get(key, standing, make, wait=True)
        return self._kept[key]

    def _begin(self, key: object, held: Known) -> Worker:
        walk = Worker(partial(self._judge, key, held), "past-events")
        walk.start()
        return walk

    def _judge(self, key: object, known: Known) -> None:
        found = judged(known)
        with self._lock:
            if self._kept.get(key) is known:
                self._kept[key] = found


KNOWING = Knowing()
