"""Plans as the feeds brought them, with what was entered or changed by hand laid over them.

Whoever reads plans hands ``plans_between`` and ``get_plan`` the home's ``plans`` (a ``PlanBook``);
a bare lake holds what the feeds said and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import NotFound
from vigie.desk.plan_versions import PlanVersion, PlanVersions
from vigie.foresight.kept import Kept
from vigie.geo.projection import Projection, to_metres
from vigie.judge.rule import PlanView
from vigie.lake.store import Lake

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
LONGEST_US = 400 * DAY_US
BLOCK_US = 32 * DAY_US
NO_TRAFFIC: Final = frozenset({"circulation", "rue", "quais", "parcours"})
"""Codes of closures that no vehicle passes (``circulation``, or with the name of a street)."""


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
        provenance: Batch, row, revision, receipt; of a plan that was entered, nothing of these.
        version: Version by hand that stands, 0 for what the feed says.
        service: Partner service that entered or changed it last; empty for the city's own.
        changed_us: When that version was written, epoch µs; 0 for what the feed says.
        disputed: Fields that the feed has changed since they were changed by hand, with what the
            feed says now, as ``values_of`` tells them.
        accuracy_m: Radius that holds the true place in about 2 of 3 cases, of a footprint that the
            feed gave; None where nobody said, and of one that was drawn.
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
    version: int = 0
    service: str = ""
    changed_us: int = 0
    disputed: Mapping[str, Any] = field(default_factory=dict)
    accuracy_m: float | None = None

    @property
    def from_us(self) -> int:
        """Start of the occupation, set-up included."""
        return self.starts_us - self.setup_s * SECOND_US

    @property
    def to_us(self) -> int:
        """End of the occupation, tear-down included."""
        return self.ends_us + self.teardown_s * SECOND_US

    @property
    def closes_traffic(self) -> bool:
        """Whether no vehicle passes its ground while it lasts; nothing that was called off does."""
        codes = {code.split(":")[0] for code in self.closes}
        return self.state != "cancelled" and not codes.isdisjoint(NO_TRAFFIC)

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
        accuracy_m=row["accuracy_m"],
    )


def _records(table: pa.Table) -> list[PlanRecord]:
    records = [_record(row) for row in table.to_pylist()]
    return sorted(records, key=lambda record: (record.starts_us, record.plan_id))


def _fed_table(lake: Lake, from_us: int, to_us: int) -> pa.Table:
    """Return what the feeds said of the plans that touch a window."""
    table = lake.scan("plans", from_us=from_us - LONGEST_US, to_us=to_us + 30 * DAY_US)
    return _meeting(table, from_us, to_us)


def _meeting(table: pa.Table, from_us: int, to_us: int) -> pa.Table:
    """Return the rows whose occupation touches a window; to make a record of each costs more."""
    before, after = (
        pc.multiply(pc.fill_null(table[name], 0), SECOND_US) for name in ("setup_s", "teardown_s")
    )
    begins = pc.less(pc.subtract(table["starts_us"], before), to_us)
    ends = pc.greater(pc.add(table["ends_us"], after), from_us)
    return table.filter(pc.and_(begins, ends))


def _fed_between(lake: Lake, from_us: int, to_us: int) -> list[PlanRecord]:
    return _records(_fed_table(lake, from_us, to_us))


def _touching(records: Iterable[PlanRecord], from_us: int, to_us: int) -> list[PlanRecord]:
    found = (r for r in records if r.from_us < to_us and r.to_us > from_us)
    return sorted(found, key=lambda record: (record.starts_us, record.plan_id))


def values_of(plan: PlanRecord) -> dict[str, Any]:
    """Return what of a plan can be entered by hand, as a version keeps it (plain JSON)."""
    low, likely, high = plan.attendance
    return {
        "kind": plan.kind,
        "title": plan.title,
        "geometry": None if plan.geometry is None else shapely.to_wkt(plan.geometry, 7),
        "starts_us": plan.starts_us,
        "ends_us": plan.ends_us,
        "setup_s": plan.setup_s,
        "teardown_s": plan.teardown_s,
        "attendance_low": low,
        "attendance_likely": likely,
        "attendance_high": high,
        "state": plan.state,
        "declared": plan.declared,
        "place_id": plan.place_id,
        "closes": list(plan.closes),
        "means": dict(plan.means),
        "attributes": dict(plan.attributes),
    }


def _laid_over(fed: PlanRecord | None, version: PlanVersion) -> PlanRecord:
    """Return a plan as a version by hand has it, with what its feed has changed since."""
    kept = dict(version.record)
    geometry = kept.pop("geometry")
    attendance = tuple(kept.pop(f"attendance_{name}") for name in ("low", "likely", "high"))
    closes = tuple(kept.pop("closes"))
    now = {} if fed is None else values_of(fed)
    disputed = {
        name: value
        for name, value in now.items()
        if value != version.fed.get(name) and value != version.record[name]
    }
    return PlanRecord(
        plan_id=version.plan_id,
        geometry=None if geometry is None else shapely.from_wkt(geometry),
        attendance=attendance,
        closes=closes,
        source=version.source,
        provenance={} if fed is None else fed.provenance,
        version=version.version,
        service=version.service,
        changed_us=version.at_us,
        disputed=disputed,
        accuracy_m=None if fed is None or now["geometry"] != geometry else fed.accuracy_m,
        **kept,
    )


class PlanBook:
    """The plans of a home: those of the feeds, those entered, the newest version of each.

    Attributes:
        lake: What the feeds said.
        versions: What people entered or changed.
        kept: What was worked out of the plans, under the stamp ``mark()``.
    """

    def __init__(self, lake: Lake, versions: PlanVersions) -> None:
        self.lake = lake
        self.versions = versions
        self.kept = Kept()

    def mark(self) -> tuple[int, int, int]:
        """Return what changes whenever any plan does: the key of whatever is kept of them."""
        return (self.lake.version("plans"), *self.versions.mark())

    def between(self, from_us: int, to_us: int) -> list[PlanRecord]:
        """Return the plans whose occupation touches the window, by start.

        They are read by whole days: who asks about the same day a moment later reads nothing.
        """
        first, end = from_us // DAY_US * DAY_US, -(-to_us // DAY_US) * DAY_US
        days = self.kept.of(("between", first, end), self.mark(), lambda: self._between(first, end))
        return _touching(days, from_us, to_us)

    def _fed(self, from_us: int, to_us: int) -> pa.Table:
        """Return what the feeds said of a window; a short one is cut from a month that is kept."""
        first, end = from_us // BLOCK_US * BLOCK_US, -(-to_us // BLOCK_US) * BLOCK_US
        if end - first > 2 * BLOCK_US:
            return _fed_table(self.lake, from_us, to_us)
        month = self.kept.of(
            ("fed", first, end),
            self.lake.version("plans"),
            lambda: _fed_table(self.lake, first, end),
        )
        return _meeting(month, from_us, to_us)

    def _between(self, from_us: int, to_us: int) -> list[PlanRecord]:
        fed = {one.plan_id: one for one in _records(self._fed(from_us, to_us))}
        newest = self.versions.newest()
        beyond = [
            one.plan_id
            for one in newest
            if one.fed and one.plan_id not in fed and one.from_us < to_us and one.to_us > from_us
        ]
        if beyond:  # moved into the window by hand, or gone out of it at the feed since
            moved = _records(self.lake.scan("plans", ids=beyond))
            known = fed | {one.plan_id: one for one in moved}
        else:
            known = fed
        found = dict(fed)
        for version in newest:
            found.pop(version.plan_id, None)
            if version.from_us < to_us and version.to_us > from_us:
                found[version.plan_id] = _laid_over(known.get(version.plan_id), version)
        return _touching(found.values(), from_us, to_us)

    def get(self, plan_id: str) -> PlanRecord:
        """Return one plan; raises ``NotFound``."""
        fed, versions = self.fed(plan_id), self.versions.of(plan_id)
        if versions:
            return _laid_over(fed, versions[-1])
        if fed is None:
            raise NotFound(what="plan", name=plan_id)
        return fed

    def fed(self, plan_id: str) -> PlanRecord | None:
        """Return a plan as its feed says it, None when no feed brought it."""
        records = _records(self.lake.scan("plans", ids=[plan_id]))
        return records[0] if records else None


Plans = PlanBook | Lake
"""Where plans are read: a home's ``plans``; a lake alone where nobody enters any (tests, tools)."""


def plans_between(plans: Plans, from_us: int, to_us: int) -> list[PlanRecord]:
    """Return the plans whose occupation (buffers included) touches the window, by start.

    A plan longer than 400 days that began before is not found by its beginning; such works are
    expected to come as yearly records.
    """
    if isinstance(plans, PlanBook):
        return plans.between(from_us, to_us)
    return _fed_between(plans, from_us, to_us)


def get_plan(plans: Plans, plan_id: str) -> PlanRecord:
    """Return one plan; raises ``NotFound``."""
    if isinstance(plans, PlanBook):
        return plans.get(plan_id)
    records = _records(plans.scan("plans", ids=[plan_id]))
    if not records:
        raise NotFound(what="plan", name=plan_id)
    return records[0]
