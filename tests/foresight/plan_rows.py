"""Plans in a real lake, complete as intake would have made them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import shapely

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.model.contracts import PLANS
from vigie.model.times import local_columns

ZONE = "Europe/Paris"
SQUARE = shapely.box(5.370, 43.290, 5.371, 43.291)


def plan_row(ref: str, starts: datetime, hours: float = 2, **values: Any) -> dict[str, Any]:
    """Return one complete plan on a square of about 80 by 110 m."""
    ends = starts + timedelta(hours=hours)
    geometry = values.pop("geometry", SQUARE)
    return {
        "plan_id": record_id("agenda", ref),
        "kind": "event.culture.concert",
        "title": ref,
        "geometry": shapely.to_wkb(geometry) if geometry is not None else None,
        "starts_at": starts,
        "ends_at": ends,
        "starts_us": to_us(starts),
        "ends_us": to_us(ends),
        "setup_s": 3600,
        "teardown_s": 3600,
        "lon": 5.3705,
        "lat": 43.2905,
        "attendance_low": 4_000.0,
        "attendance_likely": 5_000.0,
        "attendance_high": 7_000.0,
        "state": "authorised",
        "declared": True,
        "closes": "rue A, rue B",
        "means": [("agents", "12")],
        "source": "agenda",
        "source_ref": ref,
        "revision": 0,
        "received_at": datetime(2026, 1, 1, tzinfo=UTC),
        "batch_id": "batch-1",
        "row": 1,
        "part": starts.strftime("%Y-%m"),
        **values,
    }


def plans_table(*rows: dict[str, Any]) -> pa.Table:
    """Return rows as a complete table of the contract."""
    full = [{name: row.get(name) for name in PLANS.names()} for row in rows]
    table = pa.Table.from_pylist(full, schema=pa.schema([(f.name, f.type) for f in PLANS.schema]))
    local = local_columns(table["starts_us"].combine_chunks(), ZONE)
    for name, column in zip(("local_day", "local_hour", "weekday"), local, strict=True):
        table = table.set_column(table.column_names.index(name), name, column)
    return PLANS.conform(table)
