"""A machine of its own: takes an input log into a new home and prints its aggregates, as bytes.

Called by a test with another hash seed, time zone, language and rhythm each time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from vigie.base.clock import FixedClock
from vigie.door import Door
from vigie.situation.filters import Filters
from vigie.situation.home import init_home, open_home
from vigie.situation.local import local_caller
from vigie.situation.mapview import view_map
from vigie.situation.summary import summarise

ANALYSES = ("week_profile", "daily_trend", "calendar_heat", "near_repeat")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def as_bytes(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    plain = table.replace_schema_metadata(None).combine_chunks()
    with pa.ipc.new_stream(sink, plain.schema) as stream:
        stream.write_table(plain)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def aggregates(folder: Path, log: Path, every: int, threads: int) -> dict[str, Any]:
    """Take a log into a new home, processing after so many messages, and return what it gives."""
    init_home(folder, {"lake": {"threads": threads}})
    told: dict[str, Any] = {}
    with open_home(folder, clock=FixedClock(NOW)) as home:
        home.intake.register("log", "main_courante")
        for number, message in enumerate(log.read_text("utf-8").split("\0"), 1):
            home.intake.accept("log", f"m{number}", message.encode(), "text/csv")
            if number % every == 0:
                home.intake.drain()
        home.intake.drain()
        caller = local_caller(home)
        told["facts"] = home.lake.count("facts")
        told["summary"] = repr(summarise(home, caller, Filters()))
        told["map"] = json.dumps(view_map(home, caller, Filters(), 9.0).as_json(), default=str)
        door = Door(home)
        for name in ANALYSES:
            answer = door.analyse(name, days=60)
            told[name] = [as_bytes(answer.to_arrow()), len(answer)]
    return told


if __name__ == "__main__":
    place, messages, often, most = sys.argv[1:]
    print(json.dumps(aggregates(Path(place), Path(messages), int(often), int(most))))
