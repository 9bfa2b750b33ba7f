"""A small intake on a real lake, and a connector whose misbehaviour a test can order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.intake.brokers import Broker

from vigie.base.clock import FixedClock
from vigie.base.settings import BrokerFeed, IntakeSettings, Settings
from vigie.intake import mqtt
from vigie.intake.connector import (
    CHUNK_ROWS,
    Connector,
    Context,
    Parsed,
    Payload,
    headed_lines,
    plain_lines,
)
from vigie.intake.mqtt import Subscriber
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS, TIMESTAMP, RecordKind
from vigie.model.notices import Reject

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _column(kind: RecordKind, name: str, rows: list[dict[str, Any]]) -> pa.Array:
    column = CONTRACTS[kind].column(name)
    values = [row.get(name) for row in rows]
    if column.type == TIMESTAMP:
        values = [None if v is None else datetime.fromisoformat(v) for v in values]
    if pa.types.is_map(column.type):
        values = [None if v is None else list(v.items()) for v in values]
    return pa.array(values, column.type)


def _chunk(rows: list[tuple[int, dict[str, Any]]], rejects: list[Reject]) -> Iterator[Parsed]:
    """Yield one chunk per record kind, in order of appearance."""
    kinds = dict.fromkeys(row.get("record", "facts") for _, row in rows) or {"facts": None}
    for number, kind in enumerate(kinds):
        mine = [(i, row) for i, row in rows if row.get("record", "facts") == kind]
        bodies = [row for _, row in mine]
        contract = CONTRACTS[kind]
        given = [n for n in contract.names("given") if any(n in row for row in bodies)]
        table = pa.table({name: _column(kind, name, bodies) for name in given})

        def text(name: str, bodies: list[dict[str, Any]] = bodies) -> pa.StringArray | None:
            values = [row.get(name) for row in bodies]
            return pa.array(values, pa.string()) if any(values) else None

        def raw(i: int, bodies: list[dict[str, Any]] = bodies) -> bytes:
            return json.dumps(bodies[i]).encode() + b"\n"

        told = rejects if number == 0 else []
        yield Parsed(
            kind=kind,
            table=table,
            rows=pa.array([i for i, _ in mine], pa.int64()),
            narratives=text("text"),
            address=text("address"),
            place_name=text("place_name"),
            rejects=told,
            read=len(mine) + len(told),
            raw=raw,
        )


def parse_probe(payload: Payload, context: Context) -> Iterator[Parsed]:
    """JSON lines whose keys are contract columns; ``{"boom": true}`` is a bug in the connector."""
    rows: list[tuple[int, dict[str, Any]]] = []
    rejects: list[Reject] = []
    for number, line in enumerate(payload.content, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            rejects.append(Reject("bad_row", row=number, params={"reason": "JSON"}, raw=line))
            continue
        if row.get("boom"):
            yield from _chunk(rows, rejects)
            msg = "a bug, quoting the data: Jeanne Dupont"
            raise RuntimeError(msg)
        if "naive" in row:
            row.pop("naive")
            yield from _naive([(number, row)])
            continue
        if context.options.get("repair") == row.get("kind"):
            row["kind"] = "offence.property.theft"
        rows.append((number, row))
        if len(rows) >= min(CHUNK_ROWS, int(context.options.get("chunk", CHUNK_ROWS))):
            yield from _chunk(rows, rejects)
            rows, rejects = [], []
    if rows or rejects:
        yield from _chunk(rows, rejects)


def _naive(rows: list[tuple[int, dict[str, Any]]]) -> Iterator[Parsed]:
    for parsed in _chunk(rows, []):
        index = parsed.table.schema.get_field_index("earliest_at")
        naive = parsed.table["earliest_at"].cast(pa.timestamp("us"))
        parsed.table = parsed.table.set_column(index, "earliest_at", naive)
        yield parsed


PROBE = Connector(
    name="probe",
    title={"fr": "Sonde", "en": "Probe"},
    emits=("facts", "measures", "plans", "places", "means"),
    suffixes=(".jsonl",),
    parse=parse_probe,
    period_s=60,
    joins=plain_lines,
)


def parse_headed(payload: Payload, context: Context) -> Iterator[Parsed]:
    """``ref;at`` lines under a header, as facts."""
    lines = payload.content.read().decode().splitlines()
    if lines[:1] != ["ref;at"]:
        empty = CONTRACTS["facts"].empty().select(["source_ref"])
        reject = Reject("missing_column", params={"column": "ref"})
        yield Parsed("facts", empty, pa.array([], pa.int64()), rejects=[reject])
        return
    rows = [line.split(";") for line in lines[1:]]
    yield Parsed(
        kind="facts",
        table=pa.table(
            {
                "source_ref": [row[0] for row in rows],
                "kind": ["offence.property.theft"] * len(rows),
                "earliest_at": pa.array([datetime.fromisoformat(r[1]) for r in rows], TIMESTAMP),
            }
        ),
        rows=pa.array(np.arange(1, len(rows) + 1)),
        read=len(rows),
    )


HEADED = Connector(
    name="headed",
    title={"fr": "Colonnes", "en": "Columns"},
    emits=("facts",),
    suffixes=(".csv",),
    parse=parse_headed,
    joins=headed_lines,
)


@pytest.fixture
def fact() -> Callable[..., dict[str, Any]]:
    """Makes a fact as the probe reads it."""

    def make(ref: str, **more: Any) -> dict[str, Any]:
        row = {
            "source_ref": ref,
            "kind": "offence.property.theft",
            "earliest_at": "2026-05-30T10:00:00+00:00",
            "lon": 5.37,
            "lat": 43.30,
            **more,
        }
        return {name: value for name, value in row.items() if value != "absent"}

    return make


@pytest.fixture
def lines() -> Callable[..., bytes]:
    """Writes rows as JSON lines."""
    return lambda *rows: b"".join(
        row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows
    )


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon of 1 June 2026."""
    return FixedClock(NOW)


@pytest.fixture
def settings() -> Settings:
    """Settings with nothing special."""
    return Settings()


@pytest.fixture
def keys(home: Path, clock: FixedClock) -> Iterator[Keeper]:
    """The keeper of the home's keys."""
    with Keeper(home / "keys", clock) as one:
        yield one


@pytest.fixture
def lake(home: Path, settings: Settings, keys: Keeper) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(home / "lake", settings.lake, create=True, keys=keys) as opened:
        yield opened


@pytest.fixture
def connectors() -> Mapping[str, Connector]:
    """The test's connectors."""
    return {"probe": PROBE, "headed": HEADED}


@pytest.fixture
def open_intake(
    home: Path,
    lake: Lake,
    clock: FixedClock,
    connectors: Mapping[str, Connector],
    keys: Keeper,
) -> Iterator[Callable[..., Intake]]:
    """Opens an intake on the test's home; closes it afterwards."""
    opened: list[Intake] = []

    def make(*, gazetteer: Any = None, audit: Any = None, **intake_settings: Any) -> Intake:
        one = Intake.open(
            home / "intake",
            settings=Settings(intake=IntakeSettings(**intake_settings)),
            lake=lake,
            connectors=connectors,
            clock=clock,
            create=True,
            gazetteer=gazetteer,
            audit=audit,
            keys=keys,
        )
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def intake(open_intake: Callable[..., Intake]) -> Intake:
    """An intake with the feed ``log`` read by the probe."""
    one = open_intake()
    one.register("log", "probe")
    return one


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for a broker or a journal."""
    monkeypatch.setattr(mqtt, "FIRST_PAUSE_S", 1)
    monkeypatch.setattr(mqtt, "LONGEST_PAUSE_S", 1)
    monkeypatch.setattr(mqtt, "RETRY_S", 0.05)


@pytest.fixture
def make_broker(
    needs_mosquitto: Path, tmp_path: Path, short_pauses: None
) -> Iterator[Callable[..., Broker]]:
    """Starts brokers; stops them afterwards."""
    made: list[Broker] = []

    def make(**settings: str) -> Broker:
        folder = tmp_path / f"broker{len(made)}"
        folder.mkdir()
        made.append(Broker(needs_mosquitto, folder, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def broker(make_broker: Callable[..., Broker]) -> Broker:
    """An open broker."""
    return make_broker()


@pytest.fixture
def subscribe(intake: Intake, short_pauses: None) -> Iterator[Callable[..., Subscriber]]:
    """Makes a subscriber whose turns the test takes."""
    made: list[Subscriber] = []
    intake.register("sensors", "probe")

    def make(feed: BrokerFeed) -> Subscriber:
        made.append(Subscriber(feed, "sensors", intake._journal, intake._sources.note))
        return made[-1]

    yield make
    for one in made:
        one.close()
