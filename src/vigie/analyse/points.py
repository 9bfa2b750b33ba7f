"""Facts as points: metres, local days, always in the same order; what is left out is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Frame, Parameters
from vigie.base.remarks import remark
from vigie.geo.projection import local_projection
from vigie.model.times import local_columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOUR_US = 3_600_000_000
READS = ("lon", "lat", "earliest_us", "latest_us")
"""Columns of facts that ``read_points`` needs."""


class TimedParameters(Parameters):
    """Which uncertain facts take part in what looks at places and days."""

    longest_hours: int = Field(
        24,
        ge=0,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long dit trop peu de son jour : il est"
        " écarté. / A fact whose interval is longer says too little about its day:"
        " left out.",
    )


@dataclass(frozen=True, slots=True)
class Points:
    """Facts that have a place and a time, columns aligned, sorted by instant, then by place.

    Attributes:
        lon: Degrees.
        lat: Degrees.
        x: Metres east, in an equal-area projection centred on the facts.
        y: Metres north.
        day: Local day of the middle of the fact's interval, days since 1970.
        row: Position of each in the table read.
        without_place: Facts left out because they have no place.
        too_uncertain: Facts left out because their interval is too long.
    """

    lon: Floats
    lat: Floats
    x: Floats
    y: Floats
    day: Ints
    row: Ints
    without_place: int
    too_uncertain: int

    def __len__(self) -> int:
        return len(self.x)

    def among(self, rows: int, mine: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which of the rows of the table read some of the points are."""
        found = np.zeros(rows, np.bool_)
        found[self.row[mine]] = True
        return found

    def notes(self) -> tuple[Mapping[str, str], ...]:
        """Return what was left out, French and English; empty when nothing was."""
        found = []
        if self.without_place:
            fr, en = "{n} faits sans lieu laissés de côté.", "{n} facts without a place left out."
            found.append(remark(fr, en, n=self.without_place))
        if self.too_uncertain:
            fr = "{n} faits d’heure trop incertaine laissés de côté."
            en = "{n} facts of too uncertain a time left out."
            found.append(remark(fr, en, n=self.too_uncertain))
        return tuple(found)


def read_points(facts: pa.Table, frame: Frame, longest_hours: int | None = None) -> Points:
    """Return the facts that have a place and a time certain enough.

    The order is that of instants and places, whatever the order of the rows: draws with a seed then
    give the same answer for the same facts.

    Args:
        facts: With the columns ``READS``.
        frame: For the city's zone.
        longest_hours: Longest interval of a fact that takes part; None for any.
    """
    lon, lat = (
        np.asarray(pc.fill_null(facts[name].cast(pa.float64()), np.nan).to_numpy(), np.float64)
        for name in ("lon", "lat")
    )
    early, late = (np.asarray(facts[name].to_numpy(), np.int64) for name in READS[2:])
    placed = np.isfinite(lon) & np.isfinite(lat)
    certain = np.ones(len(lon), dtype=bool)
    if longest_hours is not None:
        certain = late - early <= longest_hours * HOUR_US
    middle = early + (late - early) // 2
    row = np.flatnonzero(placed & certain)
    row = row[np.lexsort((lat[row], lon[row], middle[row]))]
    x, y = to_metres(lon[row], lat[row])
    local = local_columns(pa.array(middle[row], pa.int64()), frame.timezone).local_day
    return Points(
        lon=lon[row],
        lat=lat[row],
        x=x,
        y=y,
        day=np.asarray(local.cast(pa.int32()).to_numpy(zero_copy_only=False), np.int64),
        row=row,
        without_place=int((~placed).sum()),
        too_uncertain=int((placed & ~certain).sum()),
    )


def to_metres(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return points in metres, in an equal-area projection centred on their box."""
    if not len(lon):
        return np.empty(0), np.empty(0)
    middle = (float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)
    return local_projection(round(middle[0], 3), round(middle[1], 3)).to_metres(lon, lat)
