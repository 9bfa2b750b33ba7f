"""A small home at a clock of its own, and records of invented places in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from vigie.base.clock import FixedClock, from_us, to_us
from vigie.base.ids import record_id
from vigie.geo.cells import cell_columns
from vigie.model.contracts import CONTRACTS, NARRATIVES
from vigie.model.times import local_columns
from vigie.situation.home import Home, init_home, open_home

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=PARIS)
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
MAP = pa.map_(pa.string(), pa.string())


def us(*parts: int) -> int:
    return to_us(datetime(*parts, tzinfo=PARIS))


def make_home(path: Path, clock: FixedClock | None = None, **terms: str) -> Home:
    """Return a new open home; terms go to its ``retention.toml``."""
    init_home(path)
    if terms:
        lines = "".join(f'"{name}" = "{term}"\n' for name, term in terms.items())
        (path / "retention.toml").write_text(lines)
    return open_home(path, clock=clock or FixedClock(NOW))


def instants(values: Sequence[int]) -> pa.Array:
    return (
        pa.array(list(values), pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    )


def complete(
    kind: str, given: dict[str, Any], refs: Sequence[str], source: str, at: int
) -> pa.Table:
    contract, n = CONTRACTS[kind], len(refs)
    columns = dict(given) | {"source": [source] * n, "source_ref": list(refs)}
    columns[contract.id_column] = [record_id(source, ref) for ref in refs]
    columns |= {"revision": [0] * n, "batch_id": ["batch-t"] * n, "row": list(range(1, n + 1))}
    columns["received_at"] = instants([at] * n)
    times = np.asarray(columns[contract.time_column], dtype=np.int64)
    columns |= local_columns(times, "Europe/Paris")._asdict()
    days = pa.array(columns["local_day"]).cast(pa.string()).to_pylist()
    columns["part"] = [day[:7] if contract.thin else day for day in days]
    lon = np.asarray(columns.get("lon", [5.37] * n), dtype=float)
    lat = np.asarray(columns.get("lat", [43.3] * n), dtype=float)
    columns |= {"lon": lon, "lat": lat, **cell_columns(lon, lat)._asdict()}
    names = contract.names()
    for column in contract.columns:
        columns.setdefault(column.name, pa.nulls(n, column.type))
    return contract.conform(pa.table({name: pa.array(columns[name]) for name in names}))


def facts(
    at: Sequence[int],
    *,
    source: str = "police",
    prefix: str = "F",
    received_us: int | None = None,
    lon: Sequence[float] | None = None,
) -> pa.Table:
    n = len(at)
    given: dict[str, Any] = {
        "kind": ["offence.disorder.noise.night"] * n,
        "earliest_at": instants(at),
        "latest_at": instants(at),
        "earliest_us": list(at),
        "latest_us": list(at),
        "basis": ["reported"] * n,
    }
    if lon is not None:
        given["lon"] = list(lon)
    refs = [f"{prefix}{instant}-{number}" for number, instant in enumerate(at)]
    return complete("facts", given, refs, source, received_us or max(at))


def texts(table: pa.Table, text: str = "Bruit de moteur quai fictif") -> pa.Table:
    rows = [
        {
            "fact_id": row["fact_id"], "source": row["source"], "text": f"{text} {row['fact_id']}",
            "redactions": 0, "revision": 0, "part": row["part"],
        }
        for row in table.select(["fact_id", "source", "part"]).to_pylist()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=NARRATIVES)


def ids(table: pa.Table) -> list[str]:
    found: list[str] = table["fact_id"].to_pylist()
    return found


def there(home: Home, kind: str = "facts") -> set[str]:
    return set(home.lake.ids(kind))


def local(at: int) -> datetime:
    return from_us(at).astimezone(PARIS)
