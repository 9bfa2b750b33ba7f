"""Which records of the lake have ended: a rule of the rulebook as a window of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from vigie.base.clock import from_us
from vigie.lake.expiry import Bools, Keep, Window
from vigie.model.contracts import CONTRACTS, Contract
from vigie.model.holds import Hold
from vigie.privacy.retention import Rule
from vigie.situation.retention.rulebook import Rulebook

ENDS = {"plans": "ends_us", "places": "valid_to_at"}
"""The column that says when a record's use or validity ends."""


def column_of(rule: Rule) -> str:
    """Return the column of the instant that a rule of the lake runs from."""
    contract = CONTRACTS[rule.store]
    if rule.since == "receipt":
        return "received_at"
    return ENDS[rule.store] if rule.since == "end" else contract.time_column


def window_of(
    rulebook: Rulebook,
    rule: Rule,
    before_us: int,
    holds: Sequence[Hold],
    connectors: Mapping[str, str],
) -> Window | None:
    """Return the window of a rule; None when no feed comes under it.

    Args:
        rulebook: The home's rules.
        rule: One of them, of a table of the lake.
        before_us: Everything of the rule from before has ended.
        holds: Holds that freeze records of this table.
        connectors: Connector of each feed.
    """
    contract = CONTRACTS[rule.store]
    others = {one.connector for one in rulebook.of_store(rule.store) if one.connector}
    only, without = None, frozenset[str]()
    if rule.connector:
        only = frozenset(name for name, one in connectors.items() if one == rule.connector)
        if not only:
            return None
    else:
        without = frozenset(name for name, one in connectors.items() if one in others)
    last_part = None
    if rule.since == "event" and not contract.thin:
        last_part = from_us(before_us - 1).astimezone(rulebook.zone).date().isoformat()
    return Window(
        column=column_of(rule),
        before_us=before_us,
        last_part=last_part,
        only=only,
        without=without,
        keep=keeping(holds, contract) if holds else None,
    )


def keeping(holds: Sequence[Hold], contract: Contract) -> Keep:
    """Return the function that says which rows the holds freeze."""

    def keep(rows: pa.Table) -> Bools:
        instants = rows[contract.time_column].to_numpy()
        mask = np.zeros(rows.num_rows, dtype=bool)
        names = [contract.id_column, "source", *({"lon", "lat"} & set(rows.column_names))]
        for hold in holds:
            near = np.flatnonzero((instants >= hold.from_us) & (instants < hold.to_us) & ~mask)
            some = rows.take(pa.array(near))
            for place, row in zip(near, some.select(names).to_pylist(), strict=True):
                mask[place] = hold.covers(
                    row["source"],
                    row[contract.id_column],
                    int(instants[place]),
                    row.get("lon"),
                    row.get("lat"),
                )
        return mask

    return keep
