"""A feed whose mapping changes after its messages came: read wrongly, then rightly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vigie.connectors
from vigie.audit.line import Line
from vigie.base.clock import FixedClock
from vigie.base.ids import record_ids
from vigie.base.settings import Settings
from vigie.intake.connector import discover
from vigie.intake.reprocessing import Reprocessed, Reprocessing
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

SOURCE = "carnet"
CLOCK = FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
ERASED, REFUSED = record_ids(SOURCE, ["r3", "r24"])


def mapping(*, right: bool) -> dict[str, Any]:
    """Return the mapping as it was, or as it should have been: kinds, zone, severity, text."""
    kinds = {"A": "road.parking", "B": "rescue.person" if right else "rescue.fire"}
    kinds |= {} if right else {"C": "road.traffic"}
    columns: dict[str, Any] = {
        "source_ref": "ref", "revision": "rev", "earliest_at": "le", "lon": "x", "lat": "y",
        "kind": {"column": "type", "map": kinds},
    }  # fmt: skip
    if right:
        columns["severity"] = "grav"
    zone = "America/New_York" if right else "Europe/Paris"
    told = {"free_text": {"columns": ["objet" if right else "texte"]}}
    return {"source": SOURCE, "kind": "facts", "timezone": zone, "columns": columns, **told}


def rows(first: int, last: int, revision: int) -> bytes:
    """Return a message: some references at a revision; the last row of all is read today only."""
    told = ["ref,rev,le,type,x,y,grav,texte,objet"]
    for n in range(first, last):
        at = f"2026-05-{n % 20 + 1:02} {n % 24:02}:15:00"
        text = f"Vu par Jean Dupont au 06 12 34 56 {n:02}" if n % 3 else ""
        code = "C" if n == 24 else "AB"[n % 2]
        told.append(f"r{n},{revision},{at},{code},5.{37 + n},43.3,{n % 5 + 1},{text},objet {n}")
    return "\n".join(told).encode()


MESSAGES = (rows(0, 20, 0), rows(15, 25, 1), rows(4, 9, 0))
"""The second revises a part of the first; the third tells again what is known."""


class Heard:
    """An audit that a test reads."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines)


@contextmanager
def opened(home: Path) -> Iterator[tuple[Lake, Intake]]:
    """Open lake and intake of a folder, making what is missing."""
    with (
        Keeper(home / "keys", CLOCK) as keys,
        Lake.open(home / "lake", Settings().lake, create=True, keys=keys) as lake,
        Intake.open(
            home / "intake",
            settings=Settings(),
            lake=lake,
            connectors=discover(vigie.connectors),
            clock=CLOCK,
            create=not (home / "intake").exists(),
            keys=keys,
        ) as intake,
    ):
        yield lake, intake


def brought(home: Path, *, right: bool) -> None:
    """Take the messages in with a mapping, then erase one record."""
    with opened(home) as (lake, intake):
        intake.register(SOURCE, "table", mapping=mapping(right=right))
        for number, message in enumerate(MESSAGES):
            intake.accept(SOURCE, f"{number}.csv", message)
        intake.drain()
        lake.erase("facts", [ERASED])


def reread(home: Path, **asked: Any) -> Reprocessed:
    """Change the mapping to the right one and read the feed anew."""
    engine = asked.pop("on", None)
    with opened(home) as (lake, intake):
        intake.register(SOURCE, "table", mapping=mapping(right=True))
        if engine is not None:
            lake._engines["spark"] = engine
        try:
            return again(intake).run(SOURCE, lake, asked.pop("audit", Heard()), CLOCK, **asked)
        finally:
            lake._engines.pop("spark", None)  # it is lent


def again(intake: Intake) -> Reprocessing:
    return intake.processing.reprocessing(Settings())


def state(home: Path) -> dict[str, dict[str, Any]]:
    """Return every record by its id, with its text; without the name of its batch."""
    with opened(home) as (lake, _):
        found = lake.scan("facts").drop_columns(["batch_id"]).to_pylist()
        return {row["fact_id"]: {**row, "text": lake.narrative(row["fact_id"])} for row in found}
