"""What stands beside the counts: who is expected where, the weather, how many people there are.

Plans are known ahead; weather and presence only once they were measured. Presence is the number of
persons present at a place, by anybody's count; nothing is known here of who they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy

from vigie.base.clock import EPOCH
from vigie.foresight.forecasting.grids import Grid
from vigie.foresight.forecasting.tensor import Covariate, Family
from vigie.foresight.plans import PlanRecord
from vigie.lake.store import Lake
from vigie.model.times import DAY_US, HOUR_US, day_bounds, local_us

Floats = npt.NDArray[np.float64]

REACH_M = 600.0
"""Scale of the distance over which an event is felt: its weight falls as exp(-d / REACH_M)."""
FARTHEST_M = 2_500.0
NEAR_US = 2 * HOUR_US
"""People come before the start and leave after the end."""
COUNTED_M = 1_500.0
"""A place takes the presence of the nearest point counted within this distance."""
PRESENCE = "presence.total"
TEMPERATURE, RAIN = "weather.temperature", "weather.rain"


@dataclass(frozen=True)
class Beside:
    """Where and when covariates are wanted.

    Attributes:
        first: First local day.
        span: Slots, those ahead included.
        known: Slots that are past.
        slot_hours: Length of a slot.
        timezone: The city's zone.
        grid: The places.
    """

    first: date
    span: int
    known: int
    slot_hours: int
    timezone: str
    grid: Grid

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the instants between which the past slots lie, epoch µs."""
        days = self.known * self.slot_hours // 24
        start, end = (self.first + timedelta(days=n) for n in (0, days))
        return day_bounds(start, self.timezone)[0], day_bounds(end, self.timezone)[0]

    def slots(self, at_us: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the slot of each instant; it may lie outside the span."""
        clock = local_us(at_us, self.timezone)
        origin = (self.first - EPOCH.date()).days * DAY_US
        return np.asarray((clock - origin) // (self.slot_hours * HOUR_US), np.int64)


def covariates_of(lake: Lake, beside: Beside, plans: Sequence[PlanRecord]) -> tuple[Covariate, ...]:
    """Return what is known beside the counts; a series that nobody measured is left out."""
    found = [planned(plans, beside)]
    start, end = beside.bounds
    measures = lake.scan(
        "measures",
        from_us=start,
        to_us=end,
        columns=["metric", "from_us", "value", "quality", "lon", "lat"],
    )
    wanted = pc.is_in(measures["metric"], value_set=pa.array([PRESENCE, TEMPERATURE, RAIN]))
    good = pc.fill_null(pc.not_equal(measures["quality"], "bad"), True)
    measures = measures.filter(pc.and_(wanted, good))
    for metric, name in ((TEMPERATURE, "temperature"), (RAIN, "rain")):
        values = _of(measures, metric)
        if values.num_rows:
            series = _everywhere(values, beside)
            found.append(Covariate(name, Family.WEATHER, series, known_ahead=False))
    counted = _of(measures, PRESENCE)
    if counted.num_rows:
        series = presence(counted, beside)
        found.append(Covariate("presence", Family.PRESENCE, series, known_ahead=False))
    return tuple(found)


def planned(plans: Iterable[PlanRecord], beside: Beside) -> Covariate:
    """Return the persons expected near each place in each slot, as log(1 + persons).

    A plan counts with its likely attendance, times the share of the slot in which people come, are
    there or leave, times exp(-distance / 600 m). Plans are taken as they are known today, for past
    days too; a cancelled one counts nothing, nor does one that says nothing of its size.
    """
    grid = beside.grid
    total = np.zeros((len(grid.cells), beside.span))
    tree = scipy.spatial.cKDTree(grid.centres) if len(grid.cells) else None
    for plan in plans:
        likely = plan.attendance[1]
        if plan.state == "cancelled" or plan.geometry is None or not likely or tree is None:
            continue
        point = plan.geometry.representative_point()
        x, y = _metres(beside, point.x, point.y)
        near = np.array(tree.query_ball_point([x, y], FARTHEST_M), np.int64)
        shares = _shares(plan.starts_us - NEAR_US, plan.ends_us + NEAR_US, beside)
        if near.size and shares:
            weight = np.exp(-np.hypot(*(grid.centres[near] - [x, y]).T) / REACH_M)
            for slot, share in shares:
                total[near, slot] += likely * share * weight
    return Covariate("planned", Family.PLANS, np.log1p(total), known_ahead=True)


def _metres(beside: Beside, lon: float, lat: float) -> tuple[float, float]:
    x, y = beside.grid.projection.to_metres([lon], [lat])
    return float(x[0]), float(y[0])


def _shares(from_us: int, to_us: int, beside: Beside) -> list[tuple[int, float]]:
    """Return the slots that an interval touches, each with the share of it that is taken."""
    clock = local_us(np.array([from_us, max(to_us, from_us + 1)], np.int64), beside.timezone)
    origin = (beside.first - EPOCH.date()).days * DAY_US
    low, high = ((clock - origin) / (beside.slot_hours * HOUR_US)).tolist()
    first, last = max(int(np.floor(low)), 0), min(int(np.ceil(high)), beside.span)
    return [(slot, min(high, slot + 1) - max(low, slot)) for slot in range(first, last)]


def _of(measures: pa.Table, metric: str) -> pa.Table:
    return measures.filter(pc.equal(measures["metric"], metric))


def _everywhere(values: pa.Table, beside: Beside) -> Floats:
    """Return the mean of a metric over the city in each slot; NaN where nothing was measured."""
    slot = beside.slots(values["from_us"].to_numpy())
    kept = (slot >= 0) & (slot < beside.known)
    sums, counts = (
        np.bincount(slot[kept], weights=weights, minlength=beside.span)
        for weights in (values["value"].to_numpy()[kept], None)
    )
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(counts > 0, sums / counts, np.nan)
    return mean


def presence(values: pa.Table, beside: Beside) -> Floats:
    """Return log(1 + persons present) at each place's nearest point counted, by slot.

    NaN where no point is counted within 1.5 km, or nothing was counted in the slot.
    """
    placed = values.filter(pc.and_(pc.is_valid(values["lon"]), pc.is_valid(values["lat"])))
    found = np.full((len(beside.grid.cells), beside.span), np.nan)
    if placed.num_rows == 0 or not beside.grid.cells:
        return found
    degrees = np.stack([placed["lon"].to_numpy(), placed["lat"].to_numpy()], axis=1)
    points, which = np.unique(degrees, axis=0, return_inverse=True)
    slot = beside.slots(placed["from_us"].to_numpy())
    kept = (slot >= 0) & (slot < beside.known)
    flat = which.ravel()[kept] * beside.span + slot[kept]
    size = len(points) * beside.span
    value = placed["value"].to_numpy()[kept]
    sums, counts = (np.bincount(flat, weights=w, minlength=size) for w in (value, None))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(counts > 0, np.log1p(sums / np.maximum(counts, 1)), np.nan)
    table = mean.reshape(len(points), beside.span)
    x, y = beside.grid.projection.to_metres(points[:, 0], points[:, 1])
    far, nearest = scipy.spatial.cKDTree(np.stack([x, y], axis=1)).query(beside.grid.centres)
    close = np.asarray(far) <= COUNTED_M
    found[close] = table[np.asarray(nearest)[close]]
    return found
