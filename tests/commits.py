"""Commits told as the pipeline tells them, without a feed and a journal before them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339
from vigie.intake.announcing import tell_many
from vigie.intake.events import BATCH_RECORDED, FACTS_RECORDED
from vigie.model.contracts import CONTRACTS
from vigie.situation.home import Home


def commit_told(home: Home, table: pa.Table, kind: str = "facts", source: str = "log") -> None:
    """Put records of a feed into a home's lake and tell of them in its event log."""
    home.lake.commit(kind, table)
    bounds = pc.min_max(table[CONTRACTS[kind].time_column]).as_py()
    told = {"from": to_rfc3339(bounds["min"]), "to": to_rfc3339(bounds["max"])}
    told |= {"batch_id": table["batch_id"][0].as_py(), "source": source, "kind": kind}
    home.intake.events.append(BATCH_RECORDED, {**told, "n": table.num_rows})
    if kind == "facts":
        home.intake.events.append(FACTS_RECORDED, tell_many(kind, table, source))
