"""Why each stored field of the lake is kept, and how long one stays that nobody uses (MIN-3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from vigie.model.contracts import CONTRACTS, NARRATIVES

REPORT_DAYS = 90
"""Unused for so long, a field is reported."""
DROP_DAYS = 180
"""Unused for so long, it is dropped."""

State = Literal["empty", "used", "unused", "due", "dropped"]


@dataclass(frozen=True, slots=True)
class Need:
    """Why a field is kept.

    Attributes:
        fr: In French.
        en: In English.
        by: A file of ``src/vigie`` that works with the field; empty when it is kept to be told.
        kept: Whether it is kept at all; one that is not has no value in any record.
    """

    fr: str
    en: str
    by: str = ""
    kept: bool = True


@cache
def needs() -> Mapping[str, Mapping[str, Need]]:
    """Return the written need of every stored field, by kind of record and field.

    Raises:
        KeyError: For a field that has none.
    """
    text = files("vigie.model").joinpath("needs.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    stored = {kind: one.names() for kind, one in CONTRACTS.items()}
    stored["narratives"] = NARRATIVES.names
    every = written["every"]
    return {
        kind: {
            name: Need(**(written[kind][name] if name in written[kind] else every[name]))
            for name in names
        }
        for kind, names in stored.items()
    }


@cache
def told_only(kind: str) -> frozenset[str]:
    """Return the fields of a kind that are kept to be told: unused, they are dropped."""
    contract = CONTRACTS.get(kind)
    if contract is None:
        return frozenset()
    written = needs()[kind].items()
    may_go = (name for name, one in written if not one.by and one.kept)
    return frozenset(name for name in may_go if contract.column(name).nullable)


@cache
def never_kept(kind: str) -> frozenset[str]:
    """Return the fields of a kind that are emptied on receipt: nothing needs them."""
    return frozenset(name for name, one in needs().get(kind, {}).items() if not one.kept)


def standing(
    today: date,
    since: date | None,
    used: date | None,
    *,
    dropped: bool = False,
    drop_days: int = DROP_DAYS,
) -> tuple[State, int]:
    """Return how a field stands, and for how many days nobody has used it.

    Args:
        today: The day.
        since: Since when it holds values and is watched, or was taken up again; None for no value.
        used: The last day a value of it was told.
        dropped: Whether it was dropped.
        drop_days: After how many days without use it is.
    """
    if since is None:
        return ("dropped" if dropped else "empty"), 0
    idle = max(0, (today - max(since, used or since)).days)
    if dropped:
        return "dropped", idle
    return ("due" if idle >= drop_days else "unused" if idle >= REPORT_DAYS else "used"), idle
