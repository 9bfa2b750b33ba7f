"""Plans read back from the lake: as records for people, as views for rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import NotFound
from vigie.geo.projection import Projection, to_metres
from vigie.judge.rule import PlanView
from vigie.lake.store import Lake

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
LONGEST_US = 400 * DAY_US


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as people see it.

    Attributes:
        plan_id: Id.
        kind: Taxonomy code.
        title: Title.
        geometry: Footprint, WGS 84 lon lat; None when the source gave none.
        starts_us: Start for the public, epoch µs.
        ends_us: End for the public, epoch µs.
        setup_s: Set-up before the start, seconds.
        teardown_s: Tear-down after the end, seconds.
        attendance: Low, likely, high; None where unknown.
        state: draft, declared, authorised or cancelled.
        declared: False for a wild event.
        place_id: Venue, when known.
        closes: Codes of what it closes.
        means: Means engaged.
        attributes: Further values.
        source: Feed it came by.
        provenance: Batch, row, revision, receipt.
    """

    plan_id: str
    kind: str
    title: str
    geometry: BaseGeometry | None
    starts_us: int
    ends_us: int
    setup_s: int
    teardown_s: int
    attendance: tuple[float | None, float | None, float | None]
    state: str
    declared: bool
    place_id: str | None
    closes: tuple[str, ...]
    means: Mapping[str, str]
    attributes: Mapping[str, str]
    source: str
    provenance: Mapping[str, Any]

    @property
    def from_us(self) -> int:
        """Start of the occupation, set-up included."""
        return self.starts_us - self.setup_s * SECOND_US

    @property
    def to_us(self) -> int:
        """End of the occupation, tear-down included."""
        return self.ends_us + self.teardown_s * SECOND_US

    def view(self, projection: Projection) -> PlanView | None:
        """Return the plan as rules see it, in metres, or None when it has no footprint."""
        if self.geometry is None or self.geometry.is_empty:
            return None
        geometry = shapely.make_valid(to_metres(self.geometry, projection))
        return PlanView(
            plan_id=self.plan_id,
            kind=self.kind,
            title=self.title,
            geometry=geometry,
            from_us=self.from_us,
            to_us=self.to_us,
            starts_us=self.starts_us,
            ends_us=self.ends_us,
            attendance=self.attendance,
            state=self.state,
            declared=self.declared,
            means=self.means,
            closes=self.closes,
        )


def _record(row: dict[str, Any]) -> PlanRecord:
    geometry = shapely.from_wkb(row["geometry"]) if row["geometry"] else None
    if geometry is None and row["lon"] is not None and row["lat"] is not None:
        geometry = shapely.Point(row["lon"], row["lat"])
    return PlanRecord(
        plan_id=row["plan_id"],
        kind=row["kind"],
        title=row["title"] or "",
        geometry=geometry,
        starts_us=row["starts_us"],
        ends_us=row["ends_us"],
        setup_s=row["setup_s"] or 0,
        teardown_s=row["teardown_s"] or 0,
        attendance=(row["attendance_low"], row["attendance_likely"], row["attendance_high"]),
        state=row["state"],
        declared=bool(row["declared"]),
        place_id=row["place_id"],
        closes=tuple(code.strip() for code in (row["closes"] or "").split(",") if code.strip()),
        means=dict(row["means"] or ()),
        attributes=dict(row["attributes"] or ()),
        source=row["source"],
        provenance={
            "batch_id": row["batch_id"],
            "row": row["row"],
            "revision": row["revision"],
            "received_at": row["received_at"],
            "source_ref": row["source_ref"],
        },
    )


def _records(table: pa.Table) -> list[PlanRecord]:
    records = [_record(row) for row in table.to_pylist()]
    return sorted(records, key=lambda record: (record.starts_us, record.plan_id))


def plans_between(lake: Lake, from_us: int, to_us: int) -> list[PlanRecord]:
    """Return the plans whose occupation (buffers included) touches the window, by start.

    A plan longer than 400 days that began before is not found by its beginning; such works are
    expected to come as yearly records.
    """
    table = lake.scan("plans", from_us=from_us - LONGEST_US, to_us=to_us + 30 * DAY_US)
    return [r for r in _records(table) if r.from_us < to_us and r.to_us > from_us]


def get_plan(lake: Lake, plan_id: str) -> PlanRecord:
    """Return one plan; raises ``NotFound``."""
    records = _records(lake.scan("plans", ids=[plan_id]))
    if not records:
        raise NotFound(what="plan", name=plan_id)
    return records[0]
