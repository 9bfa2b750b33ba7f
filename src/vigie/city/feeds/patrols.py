"""The municipal police's cars as their own location system tells them: a table, every minute.

A row is a car on duty, never a crew: call sign, place, speed and whether it is free.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.feeds.writing import csv_bytes
from vigie.city.ledger import Feed
from vigie.city.span import MINUTE_US, utc_text
from vigie.city.truth import Truth

SOURCE = "patrols"
PERIOD_US = MINUTE_US
HISTORY_US = 30 * MINUTE_US
HEADER = ("VEHICULE", "INDICATIF", "HORODATE", "LON", "LAT", "VITESSE_KMH", "ETAT")
CARS = 8
FREE, BUSY = "DISPO", "INTER"
KMH = 12.0
_SPELL_US = 20 * MINUTE_US
_BUSY_SHARE = 0.2
_LEAST_M = 600.0
SECOND_US = 1_000_000


@cache
def beats() -> tuple[LineString, ...]:
    """Return the street that each car drives up and down, in local metres: spread over the city."""
    courses = [geography.metric(street.line) for street in geography.streets()]
    long_enough = [line for line in courses if line.length >= _LEAST_M]
    chosen = [min(long_enough, key=lambda line: float(np.hypot(line.centroid.x, line.centroid.y)))]
    while len(chosen) < CARS:
        chosen.append(max(long_enough, key=lambda line: min(line.distance(one) for one in chosen)))
    return tuple(LineString(shapely.get_coordinates(line)) for line in chosen)


def free(at_us: int, seed: int) -> list[bool]:
    """Return which cars are free, drawn anew every twenty minutes."""
    drawn = stream(seed, SOURCE, "spell", at_us // _SPELL_US).random(CARS)
    return [bool(one) for one in drawn >= _BUSY_SHARE]


def rows(at_us: int, seed: int) -> list[tuple[str, ...]]:
    """Return where every car is at an instant, a row each."""
    driven_m = at_us / SECOND_US * KMH / 3.6
    begun = stream(seed, SOURCE, "starts").random(CARS)
    (instant,) = utc_text(np.array([at_us], dtype=np.int64))
    told: list[tuple[str, ...]] = []
    for number, (line, share, idle) in enumerate(
        zip(beats(), begun.tolist(), free(at_us, seed), strict=True), start=1
    ):
        along = (driven_m + share * 2 * line.length) % (2 * line.length)
        point = line.interpolate(min(along, 2 * line.length - along))
        lon, lat = geography.to_degrees(np.array([point.x]), np.array([point.y]))
        told.append(
            (
                f"PM{number:02d}",
                f"PM {number:02d}",
                instant,
                f"{lon[0]:.6f}",
                f"{lat[0]:.6f}",
                f"{KMH:.0f}",
                FREE if idle else BUSY,
            )
        )
    return told


def message(at_us: int, seed: int) -> bytes:
    """Return the table of an instant as the location system sends it."""
    return csv_bytes(HEADER, rows(at_us, seed))


def emit(truth: Truth, folder: Path) -> Feed:
    """Write what was sent in the last half hour."""
    (folder / SOURCE).mkdir()
    end_us = truth.now_us // PERIOD_US * PERIOD_US
    ticks = range(end_us - HISTORY_US, end_us + 1, PERIOD_US)
    told = [row for at_us in ticks for row in rows(at_us, truth.seed)]
    name = f"{SOURCE}/patrouilles.csv"
    (folder / name).write_bytes(csv_bytes(HEADER, told))
    return Feed(
        source=SOURCE,
        connector="table",
        mapping=f"mappings/{SOURCE}.toml",
        kind="means",
        paths=(name,),
        rows=len(told),
        records=len(told),
    )
