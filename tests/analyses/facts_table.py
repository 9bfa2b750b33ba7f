"""Small tables of facts with known answers, and zones drawn by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from shapely import LineString, box

from vigie.analyse.analysis import Frame
from vigie.base.clock import to_us
from vigie.geo.zonings import Zoning
from vigie.model.times import local_columns

ZONE = "Europe/Paris"
STREETS = (
    ("Rue du Midi", LineString([(5.362, 43.285), (5.378, 43.285)])),
    ("Rue Haute", LineString([(5.365, 43.282), (5.365, 43.288)])),
)
HOUR = 3_600_000_000


def us(*parts: int) -> int:
    """Return the epoch µs of a UTC date and time."""
    return to_us(datetime(*parts, tzinfo=UTC))


def frame(first: date, last: date) -> Frame:
    """Return a frame of whole UTC days, with two zones of one hundredth of a degree."""
    polygons = [box(5.36, 43.28, 5.37, 43.29), box(5.37, 43.28, 5.38, 43.29)]
    zoning = Zoning(
        "halves", {"fr": "Moitiés", "en": "Halves"}, ["W", "E"], ["Ouest", "Est"], polygons
    )
    return Frame(
        timezone=ZONE,
        from_us=us(first.year, first.month, first.day),
        to_us=us(last.year, last.month, last.day),
        zonings={"halves": zoning},
        streets=STREETS,
    )


def facts(early: list[int], late: list[int] | None = None, lon: float = 5.365) -> pa.Table:
    """Return facts at these instants, all at one place."""
    early_us = pa.array(early, pa.int64())
    local = local_columns(early_us, ZONE)
    return pa.table(
        {
            "earliest_us": early_us,
            "latest_us": pa.array(late if late is not None else early, pa.int64()),
            "local_day": local[0],
            "local_hour": local[1],
            "weekday": local[2],
            "kind": pa.array(["offence.property.theft"] * len(early), pa.string()),
            "source": pa.array(["main_courante"] * len(early), pa.string()),
            "lon": pa.array(np.full(len(early), lon)),
            "lat": pa.array(np.full(len(early), 43.285)),
            "accuracy_m": pa.array([None] * len(early), pa.float32()),
            "severity": pa.array([2] * len(early), pa.int8()),
            "discovered_by": pa.array(["public"] * len(early), pa.string()),
            "reported_at": pa.array([None] * len(early), pa.timestamp("us", "UTC")),
        }
    )


METRE_LAT = 1 / 111_100
METRE_LON = METRE_LAT / 0.728


def at_metres(
    x: Sequence[float],
    y: Sequence[float],
    day: Sequence[int],
    *,
    first: date = date(2026, 3, 2),
    hour: int = 12,
) -> pa.Table:
    """Return facts so many metres east and north of the south-west corner of the zones.

    One hundredth of a degree, the side of a zone, is some 810 m by 1,111 m.
    """
    start = us(first.year, first.month, first.day, hour)
    table = facts([start + int(one) * 24 * HOUR for one in day])
    lon = 5.36 + np.asarray(x, np.float64) * METRE_LON
    lat = 43.28 + np.asarray(y, np.float64) * METRE_LAT
    for name, values in (("lon", lon), ("lat", lat)):
        index = table.schema.get_field_index(name)
        table = table.set_column(index, name, pa.array(values))
    return table
