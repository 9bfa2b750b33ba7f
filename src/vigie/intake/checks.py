"""The contract's named checks, on whole columns: each names what is wrong, none slows a clean row.

A check either refuses a row (it goes to quarantine under the check's code) or remarks on it (the
row stays, possibly without the value that cannot be kept). The first refusal of a row counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339, to_us
from vigie.base.errors import VigieError
from vigie.base.logging import neutralise
from vigie.model.contracts import (
    BASES,
    CONTRACTS,
    DISCOVERERS,
    MEANS_STATUSES,
    PLAN_STATES,
    QUALITIES,
    STATUSES,
    TIMESTAMP,
    RecordKind,
)
from vigie.model.notices import Notice
from vigie.model.taxonomy import TAXONOMY
from vigie.model.units import METRICS, conversion, find_unit, plausible_mask

Mask = npt.NDArray[np.bool_]
Params = Callable[[int], dict[str, Any]]
"""From a row's index to the facts that its refusal shows."""

DAY_US = 86_400_000_000
YEAR_US = 366 * DAY_US
TOO_OLD_US = to_us(datetime(1970, 1, 1, tzinfo=UTC))
FIRST_US = to_us(datetime.min.replace(tzinfo=UTC))
LAST_US = to_us(datetime.max.replace(tzinfo=UTC))
NULL_ISLAND_DEG = 1e-4
WHOLE_EARTH = (-180.0, -90.0, 180.0, 90.0)
MAX_SHOWN = 80

TIMES: dict[str, tuple[str, str | None, int, int]] = {
    "facts": ("earliest_at", "latest_at", DAY_US, YEAR_US),
    "measures": ("from_at", "to_at", 3 * YEAR_US, 4 * YEAR_US),
    "plans": ("starts_at", "ends_at", 3 * YEAR_US, 20 * YEAR_US),
    "means": ("at", None, DAY_US, DAY_US),
}
"""Start, end, and how far after receipt each may lie, by record kind."""

VOCABULARIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("facts", "status"): STATUSES,
    ("facts", "basis"): BASES,
    ("facts", "discovered_by"): DISCOVERERS,
    ("measures", "quality"): QUALITIES,
    ("plans", "state"): PLAN_STATES,
    ("means", "status"): MEANS_STATUSES,
}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that a check refuses: its index in the table, the reason, the facts of it."""

    index: int
    code: str
    params: dict[str, Any]


@dataclass(slots=True)
class Verdicts:
    """What the checks say about a table.

    Attributes:
        table: The table, with values that could not be kept set to null.
        good: Which rows stay.
        refused: Rows that go, by index.
        notices: Remarks on rows that stay; one per code, with how many and a first example.
    """

    table: pa.Table
    good: Mask
    refused: list[Refused] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def refuse(self, mask: Mask, code: str, params: Params) -> None:
        """Refuse the rows of ``mask`` that still stand."""
        hit = mask & self.good
        if not hit.any():
            return
        self.refused.extend(Refused(int(i), code, params(int(i))) for i in np.flatnonzero(hit))
        self.good &= ~hit

    def remark(self, mask: Mask, code: str, rows: npt.NDArray[np.int64], **params: Any) -> None:
        """Remark on the rows of ``mask`` that still stand."""
        hit = np.flatnonzero(mask & self.good)
        if len(hit):
            self.notices.append(
                Notice(code, row=int(rows[hit[0]]), count=len(hit), params=dict(params))
            )

    def replace(self, name: str, values: pa.Array) -> None:
        """Put other values in a column."""
        self.table = self.table.set_column(self.table.schema.get_field_index(name), name, values)

    def blank(self, name: str, mask: Mask) -> None:
        """Set a column to null where ``mask`` holds."""
        column = self.table[name]
        empty = pa.scalar(None, column.type)
        self.replace(name, pc.if_else(pa.array(mask), empty, column))


def show(value: Any) -> str:
    """Return a value short and printable, for a parameter of a reason."""
    text = neutralise(str(value))
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _shows(values: Any, name: str) -> Params:
    """Return what shows a row's value of a column."""
    return lambda i: {"value": show(values[i]), "column": name}


def _says(**params: Any) -> Params:
    """Return what says the same of every row."""
    return lambda _: params


def mask_of(values: pa.Array | pa.ChunkedArray) -> Mask:
    """Return a boolean Arrow array as NumPy; null is false."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return np.asarray(pc.fill_null(values, False))


def column_us(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """Return a timestamp column as epoch µs; null is the least integer."""
    least = np.iinfo(np.int64).min
    return np.asarray(pc.fill_null(pc.cast(table[name], pa.int64()), least))


def naive_columns(kind: RecordKind, table: pa.Table) -> list[str]:
    """Return the time columns of a parsed table that carry no zone."""
    wanted = {c.name for c in CONTRACTS[kind].columns if c.type == TIMESTAMP}
    return [
        f.name
        for f in table.schema
        if f.name in wanted and pa.types.is_timestamp(f.type) and f.type.tz is None
    ]


def check(
    kind: RecordKind,
    table: pa.Table,
    rows: npt.NDArray[np.int64],
    *,
    received_at: datetime,
    bbox: Box,
    naive: tuple[str, ...] = (),
) -> Verdicts:
    """Check a table of given columns against its contract.

    Args:
        kind: Record kind.
        table: Given columns of the contract, conformed.
        rows: Row number in the file of each row.
        received_at: Instant of receipt: "future" is measured from it, so a replay agrees.
        bbox: West, south, east, north of the city.
        naive: Time columns that had no zone in the parsed table: their rows are refused.
    """
    verdicts = Verdicts(table, np.ones(table.num_rows, np.bool_))
    for name in naive:
        verdicts.refuse(
            mask_of(pc.is_valid(table[name])),
            "naive_time",
            _shows(table[name], name),
        )
    _check_required(kind, verdicts)
    _check_calendar(kind, verdicts)
    _check_times(kind, verdicts, to_us(received_at))
    if "lon" in table.column_names:
        _check_coordinates(verdicts, rows, bbox)
    if "kind" in table.column_names:
        known = np.asarray(TAXONOMY.known_mask(table["kind"].combine_chunks()))
        verdicts.refuse(~known, "unknown_kind", _shows(table["kind"], "kind"))
    _check_vocabularies(kind, verdicts, rows)
    if kind == "facts":
        _check_severity(verdicts, rows)
    if kind == "measures":
        _check_values(verdicts, rows)
    return verdicts


def _check_required(kind: RecordKind, verdicts: Verdicts) -> None:
    for column in CONTRACTS[kind].columns:
        if column.filled != "given" or (column.nullable and column.name != "source_ref"):
            continue
        values = verdicts.table[column.name]
        if values.null_count:
            missing = mask_of(pc.is_null(values))
            verdicts.refuse(missing, "missing_required", _says(column=column.name))
        if column.type == pa.string():
            blank = mask_of(pc.equal(values, ""))
            verdicts.refuse(blank, "missing_required", _says(column=column.name))


def _check_calendar(kind: RecordKind, verdicts: Verdicts) -> None:
    """Refuse instants that no calendar in use can write (before year 1, after 9999)."""
    for column in CONTRACTS[kind].columns:
        if column.filled != "given" or column.type != TIMESTAMP:
            continue
        values = verdicts.table[column.name]
        if values.null_count == len(values):
            continue
        us = np.asarray(pc.fill_null(pc.cast(values, pa.int64()), 0))

        def value(i: int, us: Any = us, name: str = column.name) -> dict[str, Any]:
            return {"value": f"{us[i]} µs", "column": name}

        verdicts.refuse(us < FIRST_US, "time_too_old", value)
        verdicts.refuse(us > LAST_US, "time_in_future", value)


def _check_times(kind: RecordKind, verdicts: Verdicts, received_us: int) -> None:
    if kind not in TIMES:
        return
    start_name, end_name, ahead_us, end_ahead_us = TIMES[kind]
    start = column_us(verdicts.table, start_name)

    def value(i: int) -> dict[str, Any]:
        return {"value": to_rfc3339(int(start[i])), "column": start_name}

    verdicts.refuse(start < TOO_OLD_US, "time_too_old", value)
    verdicts.refuse(start > received_us + ahead_us, "time_in_future", value)
    if end_name is not None:
        end = column_us(verdicts.table, end_name)
        verdicts.refuse(end < start, "time_reversed", value)
        verdicts.refuse(
            end > received_us + end_ahead_us,
            "time_in_future",
            lambda i: {"value": to_rfc3339(int(end[i])), "column": end_name},
        )


def _check_coordinates(verdicts: Verdicts, rows: npt.NDArray[np.int64], bbox: Box) -> None:
    table = verdicts.table
    lon = np.asarray(pc.fill_null(table["lon"], np.nan), np.float64)
    lat = np.asarray(pc.fill_null(table["lat"], np.nan), np.float64)
    null_lon, null_lat = mask_of(pc.is_null(table["lon"])), mask_of(pc.is_null(table["lat"]))

    def point(i: int) -> dict[str, Any]:
        return {"lon": show(table["lon"][i]), "lat": show(table["lat"][i])}

    inside = _inside(lon, lat, bbox)
    swapped = ~inside & _inside(lat, lon, bbox)
    verdicts.refuse(
        (np.abs(lon) < NULL_ISLAND_DEG) & (np.abs(lat) < NULL_ISLAND_DEG), "null_island", point
    )
    verdicts.refuse(swapped, "swapped_coordinates", point)
    on_earth = _inside(lon, lat, WHOLE_EARTH)
    given = ~(null_lon & null_lat)
    verdicts.refuse(given & ~on_earth, "bad_coordinates", point)
    verdicts.remark(given & ~inside, "outside_city", rows)


def _inside(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], box: Box) -> Mask:
    west, south, east, north = box
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _check_vocabularies(kind: RecordKind, verdicts: Verdicts, rows: npt.NDArray[np.int64]) -> None:
    """A word outside a closed list: refuse where the contract needs one, else keep without it."""
    for (of, name), words in VOCABULARIES.items():
        if of != kind:
            continue
        values = verdicts.table[name]
        known = pc.is_in(values, value_set=pa.array(words))
        wrong = mask_of(pc.and_(pc.is_valid(values), pc.invert(known)))
        if not wrong.any():
            continue
        if not CONTRACTS[kind].column(name).nullable:
            verdicts.refuse(
                wrong,
                "unknown_code",
                _shows(values, name),
            )
            continue
        first = show(values[int(np.flatnonzero(wrong)[0])])
        verdicts.remark(wrong, "unknown_code", rows, value=first, column=name)
        verdicts.blank(name, wrong)


def _check_severity(verdicts: Verdicts, rows: npt.NDArray[np.int64]) -> None:
    values = verdicts.table["severity"]
    wrong = mask_of(pc.or_(pc.less(values, 1), pc.greater(values, 5)))
    if wrong.any():
        first = show(values[int(np.flatnonzero(wrong)[0])])
        verdicts.remark(wrong, "out_of_range", rows, value=first, column="severity")
        verdicts.blank("severity", wrong)


def _check_values(verdicts: Verdicts, rows: npt.NDArray[np.int64]) -> None:
    """Measures: a known metric, its own unit, a finite and plausible value."""
    table = verdicts.table
    metrics = table["metric"].combine_chunks()
    known = mask_of(pc.is_in(metrics, value_set=pa.array(list(METRICS))))
    verdicts.refuse(~known, "unknown_metric", _shows(metrics, "metric"))
    value = np.asarray(pc.fill_null(table["value"], np.nan), np.float64).copy()
    verdicts.refuse(~np.isfinite(value), "bad_number", _shows(value, "value"))
    units = table["unit"].combine_chunks()
    canonical = pc.cast(pc.fill_null(units, ""), pa.string())
    suspect = np.zeros(len(value), np.bool_)
    for metric, unit in _pairs(metrics, canonical, verdicts.good):
        here = mask_of(pc.and_(pc.equal(metrics, metric), pc.equal(canonical, unit)))
        own = METRICS[metric].unit
        found = find_unit(unit)
        if found is None or not _converts(unit, own):
            verdicts.refuse(here, "unknown_code", _says(value=show(unit), column="unit"))
            continue
        factor, offset = conversion(unit, own)
        value[here] = value[here] * factor + offset
        canonical = pc.if_else(pa.array(here), own, canonical)
        suspect |= here & ~np.asarray(plausible_mask(pa.array(value), metric))
    verdicts.replace("value", pa.array(value))
    verdicts.replace("unit", canonical)
    _mark_suspect(verdicts, suspect & verdicts.good, value, rows)


def _pairs(metrics: pa.Array, units: pa.Array, good: Mask) -> list[tuple[str, str]]:
    pairs = pa.table({"metric": metrics, "unit": units}).filter(pa.array(good))
    unique = pairs.group_by(["metric", "unit"]).aggregate([]).to_pylist()
    return sorted((pair["metric"], pair["unit"]) for pair in unique)


def _converts(unit: str, own: str) -> bool:
    from_unit, to_unit = find_unit(unit), find_unit(own)
    if from_unit is None or to_unit is None:
        return False
    try:
        conversion(unit, own)
    except VigieError:
        return False
    return True


def _mark_suspect(
    verdicts: Verdicts,
    suspect: Mask,
    value: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
) -> None:
    """An implausible value stays, marked as suspect: it may be the event itself."""
    if not suspect.any():
        return
    first = show(value[int(np.flatnonzero(suspect)[0])])
    verdicts.remark(suspect, "out_of_range", rows, value=first, column="value")
    quality = verdicts.table["quality"]
    unmarked = pa.array(suspect & ~mask_of(pc.equal(quality, "bad")))
    verdicts.replace("quality", pc.if_else(unmarked, "suspect", quality))
