"""Facts of years, written straight into a lake: what intake leaves there, without going through it.

A day's rows are made at once, by the functions that intake derives columns with (ids of references,
local day and hour of the city's zone, cells), and written by the lake's own writer, one sorted file
a day, as compaction leaves a day that is over. ``finish`` is the lake's own compaction: days that
had rows before are merged, the index of ids and the cubes brought to what stands there.
``tests/situation/test_filling.py`` holds such a home beside one that took the same facts by its
feeds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_us
from vigie.geo.cells import cell_columns
from vigie.intake.identify import record_id_column
from vigie.lake.layout import DataFile, sort_rows, write_sorted
from vigie.lake.store import Lake
from vigie.model.contracts import FACTS
from vigie.model.times import local_columns

HOTSPOTS = 400
SEED = 20_260_101
BOX = (5.26, 43.20, 5.53, 43.39)
KINDS = (
    "offence.property.theft", "offence.property.burglary", "offence.property.theft.vehicle",
    "offence.person.assault", "offence.property.robbery", "offence.drugs.dealing",
    "space.crowd.gathering", "space.trade.market", "offence.disorder.noise.night",
    "space.cleanliness.dumping", "road.parking.obstructive", "road.parking.dangerous",
    "road.accident", "road.traffic.obstruction", "rescue.fire", "rescue.person",
    "health.emergency", "environment.noise",
)  # fmt: skip
SOURCES = {"main_courante": 0.4, "rescue": 0.2, "reports": 0.2, "sensors": 0.15, "partners": 0.05}
STATUSES = ("open", "in_progress", "closed")
NEAR_SHARE, NEAR_DEGREES, FAR_DEGREES = 0.8, 0.0012, 0.02
LASTS_US, RECEIVED_US = 60_000_000, 90_000_000
COMMITTED_DAYS = 10
"""Days that one version of the table adds."""


def hotspots() -> np.ndarray:
    """Return the centre of every hotspot, longitude and latitude."""
    rng = np.random.default_rng(SEED)
    middle = np.array([(BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2])
    points = middle + rng.normal(0, 1, (HOTSPOTS, 2)) * np.array([0.05, 0.035])
    return np.clip(points, [BOX[0], BOX[1]], [BOX[2], BOX[3]])


def among(rng: np.random.Generator, names: tuple[str, ...], rows: int, weights: Any) -> pa.Array:
    """Return one of some names for each row."""
    codes = rng.choice(len(names), rows, p=weights).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)).cast(pa.string())


def repeated(value: Any, kind: pa.DataType, rows: int) -> pa.Array:
    """Return a column of one value."""
    return pa.repeat(pa.scalar(value, kind), rows)


def instants(us: np.ndarray) -> pa.Array:
    return pa.array(us).cast(pa.timestamp("us", tz="UTC"))


def bounds_us(day: date, timezone: str) -> tuple[int, int]:
    """Return the first instant of a local day and that of the next: 23, 24 or 25 hours."""
    both = (datetime(one.year, one.month, one.day, tzinfo=ZoneInfo(timezone))
            for one in (day, day + timedelta(days=1)))  # fmt: skip
    first, following = map(to_us, both)
    return first, following


def named(day: date, rows: int) -> dict[str, Any]:
    """Return who tells each fact, by which reference, and the id that follows from both."""
    ends = np.round(np.cumsum(list(SOURCES.values())) * rows).astype(int)
    starts = [0, *ends[:-1]]
    refs = [f"{day:%Y%m%d}-{number}" for number in range(rows)]
    spans = dict(zip(SOURCES, zip(starts, ends, strict=True), strict=True))
    ids = [record_id_column(source, refs[a:b]) for source, (a, b) in spans.items()]
    sources = [repeated(source, pa.string(), int(b - a)) for source, (a, b) in spans.items()]
    return {
        "fact_id": pa.concat_arrays(ids),
        "source": pa.concat_arrays(sources),
        "source_ref": pa.array(refs, pa.string()),
    }


def one_day(day: date, rows: int, spots: np.ndarray, timezone: str) -> pa.Table:
    """Return the facts of one local day: hotspots by Zipf's law, an evening peak, a thin rest."""
    rng = np.random.default_rng([SEED, day.toordinal()])
    weight = 1 / np.arange(1, HOTSPOTS + 1)
    spot = rng.choice(HOTSPOTS, rows, p=weight / weight.sum())
    spread = np.where(rng.random(rows) < NEAR_SHARE, NEAR_DEGREES, FAR_DEGREES)
    lon = np.clip(spots[spot, 0] + rng.normal(0, 1, rows) * spread, BOX[0], BOX[2])
    lat = np.clip(spots[spot, 1] + rng.normal(0, 1, rows) * spread, BOX[1], BOX[3])
    first, following = bounds_us(day, timezone)
    share = (18 + rng.normal(0, 5, rows)) % 24 / 24
    us = first + (share * (following - first)).astype(np.int64)
    kinds = 1 / np.arange(1, len(KINDS) + 1)
    columns: dict[str, Any] = {
        **named(day, rows),
        "kind": among(rng, KINDS, rows, kinds / kinds.sum()),
        "earliest_at": instants(us),
        "latest_at": instants(us + LASTS_US),
        "earliest_us": us,
        "latest_us": us + LASTS_US,
        **local_columns(us, timezone)._asdict(),
        "lon": lon,
        "lat": lat,
        "accuracy_m": repeated(25.0, pa.float32(), rows),
        **cell_columns(lon, lat)._asdict(),
        "severity": rng.integers(1, 6, rows).astype(np.int8),
        "status": among(rng, STATUSES, rows, (0.1, 0.2, 0.7)),
        "basis": repeated("reported", pa.string(), rows),
        "revision": repeated(0, pa.int64(), rows),
        "received_at": instants(us + RECEIVED_US),
        "batch_id": repeated(f"batch-{day.isoformat()}", pa.string(), rows),
        "row": np.arange(1, rows + 1),
        "part": repeated(day.isoformat(), pa.string(), rows),
    }
    return FACTS.conform(pa.table(columns))


def days_of(rows: int, days: int, first: date, timezone: str) -> Iterator[pa.Table]:
    """Yield the facts of each day, as many a day as come to ``rows``."""
    spots = hotspots()
    for number in range(days):
        many = rows // days + (number < rows % days)
        yield one_day(first + timedelta(days=number), many, spots, timezone)


def again(table: pa.Table, day: date, then: date, timezone: str) -> pa.Table:
    """Return a day's facts as those of another day: the same places and shares of the day.

    A quarter of the work of a day of its own, and as sorted as it was.
    """
    (first, following), (first_then, following_then) = (
        bounds_us(one, timezone) for one in (day, then)
    )
    share = (table["earliest_us"].to_numpy() - first_then) / (following_then - first_then)
    us = first + (share * (following - first)).astype(np.int64)
    rows, turn = table.num_rows, day.toordinal() // (then - day).days % 100
    columns = {
        "fact_id": pc.binary_replace_slice(table["fact_id"], 0, 2, f"{turn:02}"),
        "source_ref": pc.replace_substring(table["source_ref"], f"{then:%Y%m%d}", f"{day:%Y%m%d}"),
        "earliest_at": instants(us),
        "latest_at": instants(us + LASTS_US),
        "earliest_us": us,
        "latest_us": us + LASTS_US,
        **local_columns(us, timezone)._asdict(),
        "received_at": instants(us + RECEIVED_US),
        "batch_id": repeated(f"batch-{day.isoformat()}", pa.string(), rows),
        "part": repeated(day.isoformat(), pa.string(), rows),
    }
    kept = {name: columns.get(name, table[name]) for name in table.column_names}
    return FACTS.conform(pa.table(kept))


def write_again(lake: Lake, days: int, first: date, back: timedelta) -> float:
    """Write days as those that stand so much later, newest first; returns the seconds it took."""
    table, started = lake.tables["facts"], time.perf_counter()
    files: list[DataFile] = []
    for number in range(1, days + 1):
        day = first + timedelta(days=days - number)
        then = (day + back).isoformat()
        there = table.read([file for file in table.current().files if file.part == then])
        there = there.filter(pc.equal(there["batch_id"], f"batch-{then}"))
        files += write_sorted(table.drafts, again(there, day, day + back, lake.timezone))
        if number % COMMITTED_DAYS and number < days:
            continue
        with lake.tables.lock("facts"):
            table.commit(files, [], metadata={"vigie.operation": "bench"})
        files = []
    return time.perf_counter() - started


def write_facts(lake: Lake, rows: int, days: int, first: date) -> float:
    """Write facts day by day into the lake's files; returns the seconds it took.

    The index of ids and the cubes stand where they stood until ``finish``, or the first commit.
    """
    table, started = lake.tables["facts"], time.perf_counter()
    files: list[DataFile] = []
    for number, facts in enumerate(days_of(rows, days, first, lake.timezone), 1):
        files += write_sorted(table.drafts, sort_rows(FACTS, facts))
        if number % COMMITTED_DAYS and number < days:
            continue
        with lake.tables.lock("facts"):
            table.commit(files, [], metadata={"vigie.operation": "bench"})
        files = []
        if number % (5 * COMMITTED_DAYS) == 0:
            sys.stderr.write(f"lake: {number} of {days} days\n")
            sys.stderr.flush()
    return time.perf_counter() - started


def finish(lake: Lake) -> None:
    """Merge what a day has in several files, and bring index of ids and cubes to what stands."""
    lake.compact("facts")
