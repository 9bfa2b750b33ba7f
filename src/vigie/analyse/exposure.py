"""Exposure of zones: how much there was to which facts could happen, from measures or constant.

A metric that adds up (vehicles, boardings, departures) gives its total, a level (people present)
gives level times hours. Hours in which a place was not measured are taken at its own mean, and the
share of hours known is told. Measures known by one zoning are carried to another in proportion to
area; how unevenly things lie within a zone is learnt from the facts themselves, whose points are
known, and becomes the error of the exposure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Frame
from vigie.analyse.points import READS, Points, TimedParameters
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.conversion import convert, fit_concentration, overlap_by_area
from vigie.geo.zonings import Zoning
from vigie.model.times import DAY_US, HOUR_US, local_us
from vigie.model.units import METRICS, UNITS, get_metric

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

AREA: Final = "area"
GRID: Final = "maille"
"""The grid of presence measures, where a city has one."""
LEAST_KNOWN: Final = 0.5
"""Share of hours, and of a zone's area, below which an exposure counts as missing."""
_HOURS = 24
_HOUR: Final = 1.01


class ExposedParameters(TimedParameters):
    """To what facts were exposed, and at which hours."""

    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Nom d’un découpage. / Name of a zoning.",
    )
    exposure: str = Field(
        "presence.total",
        title="Exposition / Exposure",
        description="Une grandeur mesurée (presence.total, traffic.flow, transport.boardings), ou"
        " area : les kilomètres carrés, les mêmes à toute heure. / A metric that is measured"
        " (presence.total, traffic.flow, transport.boardings), or area: square kilometres, the"
        " same at all times.",
    )
    measured_by: str = Field(
        GRID,
        title="Découpage des mesures / Zoning of the measures",
        description="Découpage dont les zones sont celles des points de mesure, porté sur le"
        " découpage demandé avec son erreur ; vide : chaque point vaut pour la zone où il est. /"
        " Zoning for whose zones the measuring points stand, carried to the zoning"
        " asked for with its error; empty: each point stands for the zone it lies in.",
    )
    from_hour: int = Field(
        0,
        ge=0,
        le=23,
        title="De (heure) / From (hour)",
        description="Heures locales à partir de celle-ci (d’ouverture, de la nuit). / Only local"
        " hours from this one on (of opening, of the night).",
    )
    to_hour: int = Field(
        24,
        ge=1,
        le=24,
        title="À (heure) / To (hour)",
        description="Avant cette heure ; pas après la première : par-dessus minuit. / Before this"
        " hour; not after the first: over midnight.",
    )

    def longest(self) -> int:
        """Return the longest interval of a fact that takes part: no longer than the window."""
        return min(self.longest_hours, window_hours(self.from_hour, self.to_hour))


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of each zone.

    Attributes:
        value: In ``unit``; NaN where it is missing.
        error: Relative standard error of the carrying from one zoning to another.
        known: Share of the hours that were measured, of the area that is covered: the smaller.
        counted: Which of the points lie where the exposure is known, position of their zone or -1.
        unit: French and English.
        beyond: Points in a zone, but where nothing was measured.
    """

    value: Floats
    error: Floats
    known: Floats
    counted: Ints
    unit: tuple[str, str]
    beyond: int


def metrics_of(params: ExposedParameters) -> tuple[str, ...]:
    """Return the metrics to be read; none for an area."""
    return () if params.exposure == AREA else (params.exposure,)


def in_hours(hour: npt.NDArray[np.integer], from_hour: int, to_hour: int) -> Bools:
    """Return which local hours lie in a window, over midnight when it ends no later than it begins.

    The window from 0 to 24 is all day.
    """
    if from_hour < to_hour:
        return np.asarray((hour >= from_hour) & (hour < to_hour), np.bool_)
    return np.asarray((hour >= from_hour) | (hour < to_hour), np.bool_)


def window_hours(from_hour: int, to_hour: int) -> int:
    """Return the length of a window of hours."""
    return to_hour - from_hour if from_hour < to_hour else to_hour - from_hour + _HOURS


def open_hours(frame: Frame, from_hour: int, to_hour: int) -> float:
    """Return how many hours of a period lie in a window of local hours."""
    edges = np.append(np.arange(frame.from_us, frame.to_us, HOUR_US), frame.to_us)
    hour = local_us(edges[:-1], frame.timezone) % DAY_US // HOUR_US
    return float((np.diff(edges) / HOUR_US)[in_hours(hour, from_hour, to_hour)].sum())


def within_hours(facts: pa.Table, points: Points, params: ExposedParameters, frame: Frame) -> Bools:
    """Return which points lie in the window of local hours, by the middle of their interval."""
    early, late = (facts[name].to_numpy()[points.row] for name in READS[2:])
    middle = np.asarray(early + (late - early) // 2, np.int64)
    hour = local_us(middle, frame.timezone) % DAY_US // HOUR_US
    return in_hours(hour, params.from_hour, params.to_hour)


def measured_by(params: ExposedParameters, frame: Frame) -> str:
    """Return the zoning for whose zones measuring points stand; empty for that asked for.

    A city need not have the grid that stands in the form unless another is chosen.
    """
    name = params.measured_by
    return "" if name == GRID and GRID not in frame.zonings else name


def exposure_of(points: Points, frame: Frame, params: ExposedParameters, to: Zoning) -> Exposure:
    """Return the exposure of each zone of a zoning.

    Args:
        points: Facts; where nothing was measured they are not held against an exposure.
        frame: Period and measures.
        params: Which exposure.
        to: The zoning.

    Raises:
        NotFound: When there is no such metric or zoning.
        WrongUsage: When the metric's values cannot be added up.
    """
    at = to.assign(points.lon, points.lat)
    hours = open_hours(frame, params.from_hour, params.to_hour)
    if params.exposure == AREA:
        ones = np.ones(len(to))
        unit = ("km² × heures", "km² × hours")
        return Exposure(to.areas_km2 * hours, 0.0 * ones, ones, at, unit, 0)
    metric = get_metric(params.exposure)
    if metric.sums not in {"add", "mean"}:
        usable = ", ".join(sorted(code for code, one in METRICS.items() if one.sums == "add"))
        raise WrongUsage(reason=f"{params.exposure}: {usable}", field="exposure")
    measured = to
    if name := measured_by(params, frame):
        found = frame.zonings.get(name)
        if found is None:
            raise NotFound(what="zoning", name=name)
        measured = found
    level, share = _levels(frame.measures, metric.sums, params, measured, hours)
    values = level * hours
    symbol = UNITS[metric.unit]
    unit = (symbol.fr, symbol.en)
    if metric.sums == "mean":
        unit = (f"{symbol.fr} × heures", f"{symbol.en} × hours")
    if measured is to:
        gone = int(((at >= 0) & np.isnan(values[at])).sum())
        counted = np.where((at >= 0) & np.isfinite(values[at]), at, -1)
        return Exposure(values, np.zeros(len(to)), share, counted, unit, gone)
    return _carried(points, (values, share), source=measured, to=to, unit=unit)


def _levels(
    measures: pa.Table | None, sums: str, params: ExposedParameters, zoning: Zoning, hours: float
) -> tuple[Floats, Floats]:
    """Return the value in an hour by zone, NaN without any, and the share of hours known."""
    level, share = np.full(len(zoning), np.nan), np.zeros(len(zoning))
    if measures is None or not measures.num_rows:
        return level, share
    rows = measures.filter(pc.and_(pc.is_valid(measures["lon"]), pc.is_valid(measures["lat"])))
    lon, lat, value = (
        np.asarray(rows[name].to_numpy(zero_copy_only=False), np.float64)
        for name in ("lon", "lat", "value")
    )
    length = (rows["to_us"].to_numpy() - rows["from_us"].to_numpy()) / HOUR_US
    hour = rows["local_hour"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    used = (length > 0) & in_hours(hour, params.from_hour, params.to_hour)
    if window_hours(params.from_hour, params.to_hour) < _HOURS:
        used &= length <= _HOUR  # of a longer interval the part in the window is not known
    place, number = np.unique(np.column_stack([lon, lat])[used], axis=0, return_inverse=True)
    if not len(place):
        return level, share
    number = number.ravel()
    amount = value[used] * (length[used] if sums == "mean" else 1.0)
    spent = np.bincount(number, length[used], len(place))
    rate = np.bincount(number, amount, len(place)) / spent
    at = zoning.assign(place[:, 0], place[:, 1])
    inside = at >= 0
    total = np.bincount(at[inside], rate[inside], len(zoning))
    points = np.bincount(at[inside], minlength=len(zoning))
    known = np.bincount(at[inside], np.minimum(spent[inside] / max(hours, 1e-9), 1), len(zoning))
    has = points > 0
    level[has], share[has] = total[has], known[has] / points[has]
    return level, share


def _carried(
    points: Points,
    known: tuple[Floats, Floats],
    *,
    source: Zoning,
    to: Zoning,
    unit: tuple[str, str],
) -> Exposure:
    """Return an exposure, and the share of hours known, carried from one zoning to another."""
    values, share = known
    measured = np.isfinite(values) & (share >= LEAST_KNOWN)
    row, column = source.assign(points.lon, points.lat), to.assign(points.lon, points.lat)
    counted = np.where((row >= 0) & measured[row] & (column >= 0), column, -1)
    overlap = overlap_by_area(source, to)
    both = (row >= 0) & (column >= 0)
    seen = np.zeros(overlap.amounts.shape)
    np.add.at(seen, (row[both], column[both]), 1.0)
    uneven = fit_concentration(seen.sum(axis=1), overlap.shares(), seen)
    given = np.where(measured, values, 0.0)
    found = convert(given, source, to, concentration=uneven)
    covered = np.minimum(overlap.amounts[measured].sum(axis=0) / to.areas_km2, 1.0)
    weight = given @ overlap.shares()
    hours = np.divide(
        (given * np.where(measured, share, 0.0)) @ overlap.shares(),
        weight,
        np.zeros(len(to)),
        where=weight > 0,
    )
    there = found.values > 0
    value = np.where(there, found.values, np.nan)
    error = np.divide(found.standard_errors, found.values, np.zeros(len(to)), where=there)
    gone = int((both & (counted < 0)).sum())
    return Exposure(value, error, np.minimum(covered, hours), counted, unit, gone)
