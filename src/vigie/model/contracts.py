"""The table contracts: what each column holds, in which unit, and how sensitive it is.

One contract per record kind (DESIGN section 3); ``docs/reference/records.md`` is made from here.
"""

from __future__ import annotations

import pyarrow as pa

from vigie.model.columns import (
    ATTRIBUTES,
    TEXT,
    TIMESTAMP,
    Column,
    Contract,
    Filled,
    RecordKind,
    Sensitivity,
)

__all__ = [
    "ATTRIBUTES",
    "BASES",
    "CONTRACTS",
    "DISCOVERERS",
    "FACTS",
    "MEANS",
    "MEANS_STATUSES",
    "MEASURES",
    "NARRATIVES",
    "PLACES",
    "PLANS",
    "PLAN_STATES",
    "QUALITIES",
    "STATUSES",
    "TEXT",
    "TIMESTAMP",
    "Column",
    "Contract",
    "Filled",
    "RecordKind",
    "Sensitivity",
]


def _provenance() -> tuple[Column, ...]:
    return (
        Column(
            "source",
            TEXT,
            "Feed the record came by.",
            sensitivity="open",
            filled="derived",
            nullable=False,
        ),
        Column("source_ref", TEXT, "The source's own reference.", sensitivity="restricted"),
        Column("revision", pa.int64(), "The highest revision of an id wins.", nullable=False),
        Column(
            "received_at", TIMESTAMP, "When Vigie received it.", filled="derived", nullable=False
        ),
        Column("batch_id", TEXT, "Intake batch that brought it.", filled="derived", nullable=False),
        Column("row", pa.int64(), "Row in the file or message, from 1.", filled="derived"),
        Column("part", TEXT, "Partition: local day or month.", filled="derived", nullable=False),
    )


def _local_time() -> tuple[Column, ...]:
    return (
        Column(
            "local_day",
            pa.date32(),
            "Day in the city's zone.",
            sensitivity="open",
            filled="derived",
        ),
        Column("local_hour", pa.int8(), "Hour in the city's zone.", "0-23", "open", "derived"),
        Column(
            "weekday", pa.int8(), "Weekday in the city's zone.", "0 = Monday", "open", "derived"
        ),
    )


def _place() -> tuple[Column, ...]:
    return (
        Column("lon", pa.float64(), "Longitude, WGS 84.", "degrees", "restricted"),
        Column("lat", pa.float64(), "Latitude, WGS 84.", "degrees", "restricted"),
        Column(
            "accuracy_m",
            pa.float32(),
            "Radius that holds the true place in about 2 of 3 cases.",
            "m",
        ),
        Column(
            "cell",
            pa.int64(),
            "H3 cell, resolution 10.",
            sensitivity="restricted",
            filled="derived",
        ),
        Column("cell8", pa.int64(), "H3 cell, resolution 8.", sensitivity="open", filled="derived"),
    )


FACTS = Contract(
    name="facts",
    id_column="fact_id",
    time_column="earliest_us",
    thin=False,
    sort=("cell", "earliest_us"),
    columns=(
        Column(
            "fact_id",
            TEXT,
            "Deterministic id from source and source_ref.",
            filled="derived",
            nullable=False,
        ),
        Column("kind", TEXT, "Taxonomy code.", sensitivity="open", nullable=False),
        Column("earliest_at", TIMESTAMP, "Earliest instant it can have happened.", nullable=False),
        Column("latest_at", TIMESTAMP, "Latest instant it can have happened.", nullable=False),
        Column("reported_at", TIMESTAMP, "When it was reported to the source."),
        Column(
            "earliest_us",
            pa.int64(),
            "earliest_at as integer.",
            "epoch µs",
            filled="derived",
            nullable=False,
        ),
        Column(
            "latest_us",
            pa.int64(),
            "latest_at as integer.",
            "epoch µs",
            filled="derived",
            nullable=False,
        ),
        *_local_time(),
        *_place(),
        Column("severity", pa.int8(), "Severity.", "1 (least) to 5", "open"),
        Column("status", TEXT, "open, in_progress or closed.", sensitivity="open"),
        Column("basis", TEXT, "observed, reported or inferred (LED art. 7).", nullable=False),
        Column("discovered_by", TEXT, "public, patrol, camera, sensor or partner."),
        Column("quantity", pa.float64(), "How many or how much, where the source says so."),
        Column("attributes", ATTRIBUTES, "Allow-listed further values."),
        *_provenance(),
    ),
)

MEASURES = Contract(
    name="measures",
    id_column="measure_id",
    time_column="from_us",
    thin=False,
    sort=("metric", "cell", "from_us"),
    columns=(
        Column("measure_id", TEXT, "Deterministic id.", filled="derived", nullable=False),
        Column(
            "metric",
            TEXT,
            "What was counted or sensed (metrics register).",
            sensitivity="open",
            nullable=False,
        ),
        Column("place_id", TEXT, "Place measured, when it is a known place.", sensitivity="open"),
        Column("from_at", TIMESTAMP, "Start of the interval.", sensitivity="open", nullable=False),
        Column(
            "to_at",
            TIMESTAMP,
            "End of the interval, exclusive.",
            sensitivity="open",
            nullable=False,
        ),
        Column(
            "from_us",
            pa.int64(),
            "from_at as integer.",
            "epoch µs",
            "open",
            "derived",
            nullable=False,
        ),
        Column(
            "to_us", pa.int64(), "to_at as integer.", "epoch µs", "open", "derived", nullable=False
        ),
        *_local_time(),
        *_place(),
        Column("value", pa.float64(), "The number.", sensitivity="open", nullable=False),
        Column("unit", TEXT, "Unit of value.", sensitivity="open", nullable=False),
        Column(
            "group_size",
            pa.int64(),
            "Units behind the number, for disclosure control.",
            sensitivity="internal",
        ),
        Column("quality", TEXT, "good, suspect, estimated or bad.", sensitivity="open"),
        *_provenance(),
    ),
)

PLANS = Contract(
    name="plans",
    id_column="plan_id",
    time_column="starts_us",
    thin=True,
    sort=("starts_us",),
    columns=(
        Column("plan_id", TEXT, "Deterministic id.", filled="derived", nullable=False),
        Column("kind", TEXT, "Taxonomy code.", sensitivity="open", nullable=False),
        Column("title", TEXT, "Title; no person's name.", sensitivity="open"),
        Column("geometry", pa.binary(), "Footprint, WKB, WGS 84 lon lat.", "WKB", "open"),
        Column("starts_at", TIMESTAMP, "Start for the public.", sensitivity="open", nullable=False),
        Column("ends_at", TIMESTAMP, "End for the public.", sensitivity="open", nullable=False),
        Column(
            "starts_us",
            pa.int64(),
            "starts_at as integer.",
            "epoch µs",
            "open",
            "derived",
            nullable=False,
        ),
        Column(
            "ends_us",
            pa.int64(),
            "ends_at as integer.",
            "epoch µs",
            "open",
            "derived",
            nullable=False,
        ),
        Column("setup_s", pa.int64(), "Set-up before the start.", "s", "open"),
        Column("teardown_s", pa.int64(), "Tear-down after the end.", "s", "open"),
        *_local_time(),
        *_place(),
        Column("place_id", TEXT, "Venue, when known.", sensitivity="open"),
        Column("attendance_low", pa.float64(), "Attendance, low.", "persons", "open"),
        Column("attendance_likely", pa.float64(), "Attendance, likely.", "persons", "open"),
        Column("attendance_high", pa.float64(), "Attendance, high.", "persons", "open"),
        Column(
            "state",
            TEXT,
            "draft, declared, authorised or cancelled.",
            sensitivity="open",
            nullable=False,
        ),
        Column(
            "declared", pa.bool_(), "False for a wild event.", sensitivity="open", nullable=False
        ),
        Column(
            "closes", TEXT, "What it closes, as free codes separated by commas.", sensitivity="open"
        ),
        Column(
            "means",
            ATTRIBUTES,
            "Means engaged: agents, barriers, first-aid posts, diversions.",
            sensitivity="internal",
        ),
        Column("attributes", ATTRIBUTES, "Allow-listed further values.", sensitivity="open"),
        *_provenance(),
    ),
)

PLACES = Contract(
    name="places",
    id_column="place_id",
    time_column="valid_from_us",
    thin=True,
    sort=("kind", "cell"),
    columns=(
        Column("place_id", TEXT, "Deterministic id.", filled="derived", nullable=False),
        Column("kind", TEXT, "Taxonomy code under place.", sensitivity="open", nullable=False),
        Column("label", TEXT, "Name.", sensitivity="open", nullable=False),
        Column("geometry", pa.binary(), "Shape, WKB, WGS 84 lon lat.", "WKB", "open"),
        *_place(),
        Column("capacity", pa.float64(), "Capacity.", "persons or units", "open"),
        Column("owner", TEXT, "Service in charge.", sensitivity="open"),
        Column("valid_from_at", TIMESTAMP, "Valid from.", sensitivity="open"),
        Column("valid_to_at", TIMESTAMP, "Valid until, exclusive.", sensitivity="open"),
        Column(
            "valid_from_us",
            pa.int64(),
            "valid_from_at as integer, 0 if unknown.",
            "epoch µs",
            "open",
            "derived",
            nullable=False,
        ),
        Column("attributes", ATTRIBUTES, "Allow-listed further values.", sensitivity="open"),
        *_provenance(),
    ),
)

MEANS = Contract(
    name="means",
    id_column="means_id",
    time_column="at_us",
    thin=False,
    sort=("source", "at_us"),
    columns=(
        Column(
            "means_id",
            TEXT,
            "Deterministic id of one reported state (means and instant).",
            filled="derived",
            nullable=False,
        ),
        Column(
            "unit_ref",
            TEXT,
            "Which vehicle, patrol or post; never a person.",
            sensitivity="internal",
            nullable=False,
        ),
        Column("kind", TEXT, "Taxonomy code under means.", sensitivity="open", nullable=False),
        Column("label", TEXT, "Name shown (line, call sign).", sensitivity="internal"),
        Column("at", TIMESTAMP, "Instant of the state.", nullable=False),
        Column("at_us", pa.int64(), "at as integer.", "epoch µs", filled="derived", nullable=False),
        *_local_time(),
        *_place(),
        Column("heading_deg", pa.float32(), "Heading, clockwise from north.", "degrees"),
        Column("speed_kmh", pa.float32(), "Speed.", "km/h"),
        Column("status", TEXT, "available, engaged, out or unknown."),
        Column("capacity", pa.float64(), "Capacity.", "persons"),
        Column("attributes", ATTRIBUTES, "Allow-listed further values."),
        *_provenance(),
    ),
)

CONTRACTS: dict[str, Contract] = {c.name: c for c in (FACTS, MEASURES, PLANS, PLACES, MEANS)}

STATUSES = ("open", "in_progress", "closed")
BASES = ("observed", "reported", "inferred")
DISCOVERERS = ("public", "patrol", "camera", "sensor", "partner")
PLAN_STATES = ("draft", "declared", "authorised", "cancelled")
QUALITIES = ("good", "suspect", "estimated", "bad")
MEANS_STATUSES = ("available", "engaged", "out", "unknown")

NARRATIVES = pa.schema(
    [
        pa.field("fact_id", TEXT, nullable=False),
        pa.field("source", TEXT, nullable=False),
        pa.field("text", TEXT, nullable=False),
        pa.field("redactions", pa.int32(), nullable=False),
        pa.field("revision", pa.int64(), nullable=False),
        pa.field("part", TEXT, nullable=False),
    ]
)
"""The live plane's scrubbed texts: no analysis and no query file may read them (law PM-3)."""
