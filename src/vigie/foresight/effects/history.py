"""The effect model of a home: read from the lake once, kept in memory, fitted again every day.

Nothing is written: the model stands in the process and goes when the home is closed, and a fact
that is erased is gone from it at the next fit, a day later at most. Facts that a patrol or a camera
found are no evidence of what an event brings: agents stand where the event is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.stopping import look
from vigie.foresight.effects.bins import DAY_US, HOUR_US, Bins, Floats
from vigie.foresight.effects.calendar import Calendar, day_of, public_holidays
from vigie.foresight.effects.checks import Score, scores
from vigie.foresight.effects.facts import Facts, make_facts
from vigie.foresight.effects.model import AHEAD_DAYS, EffectModel
from vigie.foresight.effects.occasion import Occasion, occasion_of
from vigie.foresight.effects.past import History
from vigie.foresight.effects.similar import Likeness, Portrait, Weather, most_alike, portrait_of
from vigie.foresight.forecasting.evidence import evidence
from vigie.foresight.plans import PlanRecord, Plans, plans_between
from vigie.geo.projection import Projection, local_projection
from vigie.lake.store import Lake

LONGEST_DAYS = 730
"""Days of history that are read; older facts say little of today's place."""
SETTLE_DAYS = 2
"""Days at the end of the history that are left out: late reports still come."""
FRESH_US = DAY_US
"""A model older than this is fitted again."""
KEPT = 4
"""Models kept at once: one for each reach of rights that asks, the latest asked for."""
T = TypeVar("T")
COLUMNS = ("kind", "earliest_us", "latest_us", "lon", "lat", "discovered_by", "source")


@dataclass(frozen=True)
class HourlyWeather:
    """Weather hour by hour; NaN where no station told it.

    Attributes:
        from_us: First hour.
        rain_mm: Rain of each hour.
        temperature_c: Mean temperature of each hour.
    """

    from_us: int
    rain_mm: Floats
    temperature_c: Floats

    def during(self, starts_us: int, ends_us: int) -> Weather | None:
        """Return the weather of a stretch of time, None where it is not known."""
        first = (starts_us - self.from_us) // HOUR_US
        last = -((self.from_us - ends_us) // HOUR_US)
        rain, warm = self.rain_mm[first:last], self.temperature_c[first:last]
        if first < 0 or last > len(self.rain_mm) or len(rain) == 0:
            return None
        if np.isnan(rain).all() or np.isnan(warm).all():
            return None
        return Weather(float(np.nansum(rain)), float(np.nanmean(warm)))


UNTOLD = HourlyWeather(0, np.empty(0), np.empty(0))
"""Weather of which no station told anything."""


@dataclass(frozen=True)
class Reach:
    """Whose facts and plans are read.

    Attributes:
        sources: Feeds; empty for all.
        area: Where the rights of who asks end, lon lat; None for everywhere.
    """

    sources: tuple[str, ...] = ()
    area: BaseGeometry | None = None

    @property
    def key(self) -> tuple[tuple[str, ...], bytes]:
        """What tells one reach from another."""
        return self.sources, b"" if self.area is None else bytes(self.area.wkb)


@dataclass(frozen=True)
class Standing:
    """A model that stands, with what is needed to ask it.

    Attributes:
        model: The model.
        projection: Degrees to metres and back.
        fitted_us: When it was fitted.
        left_out: Facts that are no evidence (found by patrols or cameras, kinds never counted).
        weather: The city's weather, hour by hour, where a feed gives it.
        lock: Guards ``locks``.
        locks: Each held while something is reckoned once.
        kept: What has been reckoned once.
    """

    model: EffectModel
    projection: Projection
    fitted_us: int
    left_out: int
    weather: HourlyWeather = UNTOLD
    lock: Lock = field(default_factory=Lock, compare=False)
    locks: dict[str, Lock] = field(default_factory=dict, compare=False)
    kept: dict[str, Any] = field(default_factory=dict, compare=False)

    def scores(self) -> list[Score]:
        """Return how well past events were foreseen, reckoned when first asked."""
        return self.once("scores", lambda: scores(self.model))

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under a name, made when first asked for and gone with the model."""
        with self.lock:
            lock = self.locks.setdefault(name, Lock())
        with lock:
            if name not in self.kept:
                self.kept[name] = make()
            found: T = self.kept[name]
            return found

    def portrait(self, occasion: Occasion) -> Portrait:
        """Return what an event is compared by, its weather where it is known."""
        weather = self.weather.during(occasion.starts_us, occasion.ends_us)
        return portrait_of(occasion, self.model.history.calendar, weather)

    def alike(self, occasion: Occasion, k: int) -> list[Likeness]:
        """Return the ``k`` past events most like one, the closest first."""
        portraits = self.once(
            "portraits", lambda: [self.portrait(event.occasion) for event in self.model.past]
        )
        return most_alike(self.portrait(occasion), portraits, k)

    def occasion(self, plan: PlanRecord) -> Occasion | None:
        """Return a plan as an occasion, None when no hourly effect can be told of it."""
        return occasion_of(plan, self.projection)


def facts_of(table: pa.Table, projection: Projection) -> Facts:
    """Return a table of facts as arrays."""
    coded = table["kind"].combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    lon, lat = (np.asarray(table[c].to_numpy(), np.float64) for c in ("lon", "lat"))
    x, y = projection.to_metres(lon, lat)
    return make_facts(
        kinds=coded.dictionary.to_pylist(),
        kind=coded.indices.to_numpy(zero_copy_only=False),
        earliest_us=table["earliest_us"].to_numpy(),
        latest_us=table["latest_us"].to_numpy(),
        x=x,
        y=y,
    )


def read_standing(
    lake: Lake,
    plans: Plans,
    *,
    center: tuple[float, float],
    timezone: str,
    now_us: int,
    country: str = "FR",
    breaks: Sequence[tuple[date, date]] = (),
    reach: Reach | None = None,
    bins: Bins | None = None,
) -> Standing:
    """Read facts and plans and fit a model on them.

    Args:
        lake: Where facts stand.
        plans: Where plans stand.
        center: The city's middle, lon lat.
        timezone: IANA zone.
        now_us: Now.
        country: Country of the public holidays.
        breaks: School holidays, first and last day of each.
        reach: Whose facts and plans; all by default.
        bins: Rings and hours; the usual ones by default.
    """
    reach = reach or Reach()
    projection = local_projection(*center)
    from_us, until_us = now_us - LONGEST_DAYS * DAY_US, now_us - SETTLE_DAYS * DAY_US
    table = lake.scan("facts", from_us=from_us, to_us=until_us, columns=list(COLUMNS))
    if reach.sources:
        table = table.filter(pc.is_in(table["source"], pa.array(reach.sources)))
    if reach.area is not None:
        x, y = (np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat"))
        table = table.filter(pa.array(shapely.intersects_xy(reach.area, x, y)))
    look()
    kept, left_out = evidence(table)
    look()
    facts = facts_of(kept, projection)
    first_us = int(facts.at_us[0]) // HOUR_US * HOUR_US if len(facts) else until_us - DAY_US
    records = plans_between(plans, first_us, now_us + AHEAD_DAYS * DAY_US)
    occasions = tuple(
        one
        for one in (occasion_of(plan, projection) for plan in records if seen(plan, reach))
        if one is not None
    )
    look()
    off = public_holidays(
        day_of(first_us, timezone), day_of(now_us + AHEAD_DAYS * DAY_US, timezone), country
    )
    history = History(facts, occasions, Calendar(timezone, off, breaks), first_us, until_us)
    weather = read_weather(lake, first_us, now_us)
    return Standing(EffectModel(history, bins), projection, now_us, left_out, weather)


def read_weather(lake: Lake, from_us: int, to_us: int) -> HourlyWeather:
    """Return the city's weather hour by hour, all stations together."""
    hours = max(1, (to_us - from_us) // HOUR_US)
    found = []
    for metric in ("weather.rain", "weather.temperature"):
        look()
        table = lake.query(
            "measure_series",
            metric=metric,
            from_us=from_us,
            to_us=to_us,
            bucket_us=HOUR_US,
            origin_us=from_us,
        )
        at = (table["bucket_us"].to_numpy() - from_us) // HOUR_US
        total = np.bincount(at, table["mean"].to_numpy(), minlength=hours)[:hours]
        count = np.bincount(at, minlength=hours)[:hours]
        found.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
    return HourlyWeather(from_us, *found)


def seen(plan: PlanRecord, reach: Reach) -> bool:
    """Say whether a plan lies within a reach."""
    if reach.sources and plan.source not in reach.sources:
        return False
    return reach.area is None or (
        plan.geometry is not None and bool(reach.area.intersects(plan.geometry))
    )


class Models:
    """The models of one lake, by reach, the latest asked for; fitted when first asked for.

    Whoever owns the lake owns them and drops them with it (``close``).
    """

    def __init__(self, *, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[object, Standing] = OrderedDict()
        self._guard = Lock()
        self._locks: dict[object, Lock] = {}

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def get(self, reach: Reach, now_us: int, fit: Callable[[], Standing]) -> Standing:
        """Return the model of a reach, fitted again when it is a day old.

        Two that ask at once wait for one fit.
        """
        key = reach.key
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            held = self._kept.get(key)
            if held is None or not 0 <= now_us - held.fitted_us < FRESH_US:
                held = fit()
            with self._guard:
                self._kept[key] = held
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    self._drop(next(iter(self._kept)))
            return held

    def _drop(self, key: object) -> None:
        self._locks.pop(key, None)
        self._kept.pop(key).kept.clear()

    def close(self) -> None:
        """Drop all of them, and what was reckoned with each."""
        with self._guard:
            for key in list(self._kept):
                self._drop(key)
