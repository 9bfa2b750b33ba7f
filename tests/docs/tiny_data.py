"""Files in the published formats of the data that benches read, invented and tiny."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OFFENCES = ("THEFT", "BATTERY", "CRIMINAL DAMAGE", "ASSAULT")
VENUES = ((-87.6742, 41.8807), (-87.6167, 41.8623), (-87.6553, 41.9484), (-87.6338, 41.8299))
FIRST, AFTER = date(2016, 1, 1), date(2018, 1, 1)


def _days(first: date, after: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((after - first).days)]


def _times(chance: np.random.Generator, count: int, first: date, after: date) -> pa.Array:
    seconds = chance.integers(0, (after - first).days * 86_400, count)
    return pa.array(np.datetime64(first, "us") + seconds * np.timedelta64(1, "s"))


def _listed(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def crime_points(path: Path, count: int = 6_000) -> Path:
    """Write points of offences around the four venues of Chicago, over two years."""
    chance = np.random.default_rng(4)
    near = np.array(VENUES)[chance.integers(0, len(VENUES), count)]
    lon, lat = (near + chance.normal(0, 0.006, (count, 2))).T
    category = pa.array(chance.choice(OFFENCES, count)).dictionary_encode()
    columns = {"time": _times(chance, count, FIRST, AFTER), "category": category}
    pq.write_table(pa.table({**columns, "lon": lon, "lat": lat}), path)
    return path


def tensor(path: Path) -> Path:
    """Write counts by cell and day as the benchmark of the literature has them."""
    chance = np.random.default_rng(5)
    level = chance.gamma(1.0, 0.5, (4, 4, 1, 4))
    parts = {
        name: chance.poisson(np.broadcast_to(level, (4, 4, days, 4))).astype(np.int16)
        for name, days in (("trn", 180), ("val", 30), ("tst", 7))
    }
    told = {"categories": np.array(OFFENCES), "start_date": np.array("2017-01-01")}
    np.savez_compressed(path, **parts, **told, bounds=np.array([41.6, -87.9, 42.0, -87.5]))
    return path


def chicago(folder: Path) -> None:
    """Write every file of the study of Chicago."""
    folder.mkdir(parents=True)
    chance, days = np.random.default_rng(6), _days(FIRST, AFTER)
    crime_points(folder / "crime_points_2016_2017.parquet")
    tensor(folder / "grid_tensor_chi_3km.npz")
    _listed(
        folder / "cta_ridership_daily_2001_2018.csv.gz",
        ("service_date", "day_type", "bus", "rail_boardings", "total_rides"),
        ((day, "W", 1, 1, 800_000 + int(chance.integers(0, 300_000))) for day in days),
    )
    _listed(
        folder / "weather_obs_2009_2019.csv.gz",
        ("WEATHER_DESC", "DATE_TIME_PROCESSED", "T_HIGH_F", "WIND_MPH"),
        (("Clear.", day, round(50 + 20 * chance.normal(), 1), 9.5) for day in days),
    )
    _listed(
        folder / "crime_daily_total_2001_2019.csv.gz",
        ("date", "crime_count"),
        ((day, 700 + int(chance.integers(0, 90))) for day in days),
    )
    _listed(
        folder / "us_city_sports_events_daily_2010_2018.csv.gz",
        ("date", "city_name", "mlb", "nfl", "nba", "nhl"),
        ((day, "Chicago", n % 3 == 0, n % 7 == 0, n % 4 == 1, n % 5 == 2)
         for n, day in enumerate(days)),
    )  # fmt: skip
