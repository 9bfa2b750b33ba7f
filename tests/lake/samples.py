"""Synthetic records, complete as intake would hand them to the lake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import h3
import numpy as np
import pyarrow as pa

from vigie.base.clock import from_us, to_us
from vigie.base.ids import record_ids
from vigie.model.contracts import CONTRACTS

PARIS = ZoneInfo("Europe/Paris")
START_US = to_us(datetime(2026, 3, 1, tzinfo=UTC))
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
KINDS = (
    "offence.property.theft",
    "offence.property.burglary",
    "offence.violence.assault",
    "traffic.parking.obstructive",
    "rescue.fire",
)
SOURCES = ("log", "rescue", "reports")
STATUSES = ("open", "in_progress", "closed", None)


def cell_of(lon: float | None, lat: float | None, resolution: int) -> int | None:
    """Return a cell as the lake holds it."""
    if lon is None or lat is None:
        return None
    return int(h3.latlng_to_cell(lat, lon, resolution), 16)


def local(us: int) -> tuple[date, int, int]:
    """Return local day, hour and weekday."""
    at = from_us(us).astimezone(PARIS)
    return at.date(), at.hour, at.weekday()


def complete(kind: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return a contract table of rows given by name; what is derived is derived here."""
    contract = CONTRACTS[kind]
    done = []
    for number, row in enumerate(rows, start=1):
        us = row[contract.time_column]
        day, hour, weekday = local(us)
        part = day.isoformat()[: 7 if contract.thin else 10]
        lon, lat = row.get("lon"), row.get("lat")
        base = {
            "local_day": day, "local_hour": hour, "weekday": weekday, "part": part,
            "cell": cell_of(lon, lat, 10), "cell8": cell_of(lon, lat, 8),
            "source": "log", "revision": 0, "received_at": from_us(us), "batch_id": "batch-1",
            "row": number,
        }  # fmt: skip
        done.append({**base, **row})
    schema = pa.schema([pa.field(c.name, c.type) for c in contract.columns])
    return pa.Table.from_pylist(done, schema=schema)


def fact(ref: str, us: int, **more: Any) -> dict[str, Any]:
    """Return one fact as a row for ``complete``."""
    latest = more.pop("latest_us", us)
    source = more.get("source", "log")
    return {
        "fact_id": record_ids(source, [ref])[0], "kind": KINDS[0], "source_ref": ref,
        "earliest_at": from_us(us), "latest_at": from_us(latest),
        "earliest_us": us, "latest_us": latest, "basis": "reported",
        "lon": 5.37, "lat": 43.3, "severity": 2, "status": "open",
        **more,
    }  # fmt: skip


def city_facts(n: int, *, seed: int = 1, days: int = 10, prefix: str = "f") -> pa.Table:
    """Return ``n`` facts over some days, with fractional seconds and nulls, as a whole table."""
    rng = np.random.default_rng(seed)
    us = START_US + rng.integers(0, days * DAY_US, n)
    lon = 5.37 + rng.normal(0, 0.03, n)
    lat = 43.30 + rng.normal(0, 0.02, n)
    placed = rng.random(n) > 0.05
    severity = rng.integers(0, 6, n)
    rows = [
        fact(
            f"{prefix}{i}",
            int(us[i]),
            latest_us=int(us[i]) + int(rng.integers(0, DAY_US)),
            kind=KINDS[int(rng.integers(len(KINDS)))],
            source=SOURCES[i % len(SOURCES)],
            lon=float(lon[i]) if placed[i] else None,
            lat=float(lat[i]) if placed[i] else None,
            severity=int(severity[i]) or None,
            status=STATUSES[int(rng.integers(len(STATUSES)))],
            reported_at=from_us(int(us[i]) + 90_000_001) if i % 3 else None,
            quantity=float(rng.normal()) if i % 5 == 0 else None,
            attributes=[("station", f"S{i % 7}")] if i % 4 == 0 else None,
        )
        for i in range(n)
    ]
    return complete("facts", rows)
