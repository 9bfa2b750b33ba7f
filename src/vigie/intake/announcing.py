"""What a commit tells the live stream: few records one by one, many together in one event.

A thousand events a second for each of five hundred subscribers is more than any screen can use and
than one machine can send. Above ``FEW`` records, a commit is told as one event: the ``MOST_TOLD``
records of the greatest severity, latest first, and the number of the others by severity. Nothing is
left out in silence: what is not told one by one is counted, and stands in the lake.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339
from vigie.intake.events import (
    BATCH_RECORDED,
    FACT_RECORDED,
    FACTS_RECORDED,
    MEANS_MOVED,
    EventLog,
)
from vigie.model.contracts import CONTRACTS

FEW = 20
"""Up to so many records of a commit are told one by one."""
MOST_TOLD = 1_000
"""Records that one event tells; those beyond are counted in it."""
UNKNOWN = "0"
"""Stands for the severity of records that have none."""

_COLUMNS = {
    "facts": ("fact_id", "kind", "source", "lon", "lat", "severity", "status"),
    "means": ("means_id", "unit_ref", "kind", "label", "source", "lon", "lat", "heading_deg",
              "speed_kmh", "status"),
}  # fmt: skip
_ONE = {"facts": FACT_RECORDED, "means": MEANS_MOVED}
_MANY = {"facts": FACTS_RECORDED, "means": MEANS_MOVED}


def announce_within(
    events: EventLog,
    connection: sqlite3.Connection,
    source: str,
    batch_id: str,
    kept: Mapping[str, pa.Table],
) -> None:
    """Log the events of a commit in the caller's transaction; call ``events.announce`` after it.

    Args:
        events: The log.
        connection: The transaction.
        source: Feed.
        batch_id: The commit's batch.
        kept: The records that got in, by kind.
    """
    for kind, table in kept.items():
        if not table.num_rows:
            continue
        column = CONTRACTS[kind].time_column
        bounds = pc.min_max(table[column]).as_py()
        told = {
            "batch_id": batch_id,
            "source": source,
            "kind": kind,
            "n": table.num_rows,
            "from": to_rfc3339(bounds["min"]),
            "to": to_rfc3339(bounds["max"]),
        }
        events.append_within(connection, BATCH_RECORDED, told)
        if kind not in _COLUMNS:
            continue
        if table.num_rows <= FEW:
            for row in _rows(kind, table, column):
                events.append_within(connection, _ONE[kind], row)
        else:
            events.append_within(connection, _MANY[kind], tell_many(kind, table, source))


def tell_many(kind: str, table: pa.Table, source: str) -> dict[str, Any]:
    """Return what one event tells of many records of a feed.

    Args:
        kind: ``facts`` or ``means``.
        table: The records.
        source: Feed.

    Returns:
        ``source``, ``n`` (all of them), the records under the kind's name, ``left_out``: number of
        those not told by severity (``0``: without one).
    """
    column = CONTRACTS[kind].time_column
    rest = table.slice(0, 0)
    if table.num_rows > MOST_TOLD:
        by = [(column, "descending")]
        if kind == "facts":
            by.insert(0, ("severity", "descending"))
        table = table.take(pc.sort_indices(table, sort_keys=by))
        table, rest = table.slice(0, MOST_TOLD), table.slice(MOST_TOLD)
    severities = rest["severity"].to_pylist() if kind == "facts" else [None] * rest.num_rows
    left_out = Counter(UNKNOWN if one is None else str(one) for one in severities)
    rows = _rows(kind, table, column)
    n = table.num_rows + rest.num_rows
    return {"source": source, "n": n, kind: rows, "left_out": dict(sorted(left_out.items()))}


def _rows(kind: str, table: pa.Table, column: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.select([*_COLUMNS[kind], column]).to_pylist()
    for row in rows:
        row["at"] = to_rfc3339(row.pop(column))
    return rows
