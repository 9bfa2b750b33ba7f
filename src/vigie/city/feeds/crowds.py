"""What counts people beside the operators, as services send it: cameras on squares, validations.

Counts only: a camera tells people to the square metre, a station how many have boarded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vigie.city import counters, levels
from vigie.city.counters import Counter
from vigie.city.feeds.writing import by_month, csv_bytes
from vigie.city.kinds import FloatArray
from vigie.city.ledger import Feed
from vigie.city.span import HOUR_US, IntArray, local_text
from vigie.city.truth import Truth

DENSITY = "crowd_cameras"
BOARDINGS = "boardings"
QUARTER_US = HOUR_US // 4
_POINT = ("REF", "DEBUT", "FIN", "LON", "LAT")
DENSITY_HEADER = (*_POINT, "DENSITE")
BOARDINGS_HEADER = (*_POINT, "MONTEES")
Rows = list[list[str]]


def emit(truth: Truth, folder: Path) -> Iterator[Feed]:
    """Write both feeds: an hour a row, one CSV a month; of the hour that goes on, quarters."""
    level = levels.presence(truth)
    ended_us = truth.now_us // HOUR_US * HOUR_US
    slots = np.flatnonzero(truth.span.slots_us + HOUR_US <= truth.now_us).astype(np.int64)
    months = dict(by_month(truth.span.slots_us[slots]))
    squares = counters.density(truth, level)
    files = {
        f"densite_{month}": _hours(truth, counters.squares(), squares, slots[chosen], digits=4)
        for month, chosen in months.items()
    }
    files["densite_heure"] = [
        row
        for at_us in range(ended_us, truth.now_us - QUARTER_US + 1, QUARTER_US)
        for row in density_rows(truth, level, at_us)
    ]
    yield _write(folder, DENSITY, DENSITY_HEADER, files)
    boarded = counters.boardings(truth, level)
    yield _write(folder, BOARDINGS, BOARDINGS_HEADER, {
        f"validations_{month}": _hours(truth, counters.stations(), boarded, slots[chosen], digits=0)
        for month, chosen in months.items()
    })  # fmt: skip


def _write(folder: Path, source: str, header: tuple[str, ...], files: dict[str, Rows]) -> Feed:
    (folder / source).mkdir()
    given = {f"{source}/{name}.csv": rows for name, rows in files.items() if rows}
    for path, rows in given.items():
        (folder / path).write_bytes(csv_bytes(header, rows))
    many = sum(len(rows) for rows in given.values())
    return Feed(
        source=source,
        connector="table",
        mapping=f"mappings/{source}.toml",
        kind="measures",
        paths=tuple(given),
        rows=many,
        records=many,
    )


def _hours(
    truth: Truth, counted: tuple[Counter, ...], values: FloatArray, slots: IntArray, *, digits: int
) -> Rows:
    starts = truth.span.slots_us[slots]
    since, until = local_text(starts, "offset"), local_text(starts + HOUR_US, "offset")
    return [
        row
        for slot, *times in zip(slots.tolist(), since, until, strict=True)
        for row in _rows(counted, (times[0], times[1]), values[slot], digits)
    ]


def _rows(
    counted: tuple[Counter, ...], times: tuple[str, str], values: FloatArray, digits: int
) -> Rows:
    return [
        [place_of(one), *times, f"{one.lon:.5f}", f"{one.lat:.5f}", f"{value:.{digits}f}"]
        for one, value in zip(counted, values.tolist(), strict=True)
    ]


def place_of(counter: Counter) -> str:
    """Return the reference of the place where something counts."""
    return f"sensor.crowd.{counter.ref}"


def density_rows(truth: Truth, level: FloatArray, at_us: int) -> Rows:
    """Return what cameras tell of the quarter of an hour that begins so."""
    since, until = local_text(np.array([at_us, at_us + QUARTER_US], dtype=np.int64), "offset")
    within = counters.density_within(truth, level, at_us)
    return _rows(counters.squares(), (since, until), within, 4)


def boarding_rows(truth: Truth, boarded: FloatArray, slot: int) -> Rows:
    """Return what stations tell of one hour."""
    at = np.array([slot], dtype=np.int64)
    return _hours(truth, counters.stations(), boarded, at, digits=0)
