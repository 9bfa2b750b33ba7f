"""Means: the latest state of everything that moves, and how old that state is."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.situation.caller import Caller
from vigie.situation.home import Home

_SECOND_US = 1_000_000
LOOK_BACK_US = 6 * 3_600 * _SECOND_US
AHEAD_US = 3_600 * _SECOND_US
LEAST_PATIENCE_S = 60


def latest_states(home: Home, from_us: int, to_us: int) -> pa.Table:
    """Return the latest state of each unit in a window, by source and unit."""
    return home.lake.query("latest_means", from_us=from_us, to_us=to_us)


def periods(home: Home, sources: set[str]) -> dict[str, int]:
    """Return the expected period of each source, seconds; of an unknown one, an hour."""
    found = {}
    for name in sources:
        try:
            found[name] = home.intake.source(name).period_s
        except NotFound:
            found[name] = 3_600
    return found


def means_json(home: Home, table: pa.Table, at_us: int) -> list[dict[str, Any]]:
    """Return states as the interface answers them, each with its age and whether it is stale."""
    rows: list[dict[str, Any]] = table.to_pylist()
    patience = periods(home, {row["source"] for row in rows})
    for row in rows:
        age_s = max(0.0, (at_us - row["at_us"]) / _SECOND_US)
        told = row["attributes"]
        row["attributes"] = None if told is None else dict(told)
        row["at"] = to_rfc3339(row.pop("at_us"))
        row["age_s"] = age_s
        row["stale"] = age_s > 2 * max(LEAST_PATIENCE_S, patience[row["source"]])
    return rows


def list_means(home: Home, caller: Caller, at_us: int | None = None) -> list[dict[str, Any]]:
    """Return the latest state of each means in the six hours before an instant (now by default).

    Raises:
        Forbidden: When the role may not see means.
    """
    at = now_us(home.clock) if at_us is None else at_us
    ahead = AHEAD_US if at_us is None else 0  # a vehicle's clock may run a little ahead
    view = home.rights.ask(caller, "means", subject={"to_us": at + ahead + 1})
    states = latest_states(home, at - LOOK_BACK_US, at + ahead + 1)
    return means_json(home, view.rows(states), at)
