"""What became of a clash: open, accepted, solved; and what makes it open again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vigie.desk.clash_states import ClashEntry
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import Clash

OPEN, ACCEPTED, SOLVED = "open", "accepted", "solved"
STATES = (OPEN, ACCEPTED, SOLVED)

TIME_US = 15 * 60_000_000
"""A plan moved by a quarter of an hour is another plan for whoever accepted it."""

PLACE_M = 10.0
SHARE = 0.10
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clash stands.

    Attributes:
        state: open, accepted or solved.
        entry: The entry it follows from; None where nobody decided.
        reopened: Why an entry no longer holds: ``time``, ``place``, ``crowd``, ``closures``,
            ``means``, ``kind``, ``plan``, ``severity``; empty while it holds.
    """

    state: str = OPEN
    entry: ClashEntry | None = None
    reopened: tuple[str, ...] = ()


def basis_of(clash: Clash, records: Mapping[str, PlanRecord]) -> dict[str, Any]:
    """Return what a decision about a clash rests on: its severity, and its plans as they are."""
    return {
        "severity": clash.finding.severity,
        "plans": {
            plan_id: _plan(records[plan_id])
            for plan_id in clash.finding.subjects
            if plan_id in records
        },
    }


def _plan(record: PlanRecord) -> dict[str, Any]:
    low, likely, high = record.attendance
    shape = record.geometry
    middle = None if shape is None or shape.is_empty else shape.centroid
    return {
        "kind": record.kind,
        "times": [record.from_us, record.starts_us, record.ends_us, record.to_us],
        "middle": None if middle is None else [middle.x, middle.y],
        "bounds": None if middle is None or shape is None else list(shape.bounds),
        "crowd": likely if likely is not None else high if high is not None else low,
        "closes": sorted(record.closes),
        "means": dict(sorted(record.means.items())),
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what has changed materially between two bases, in the order of ``Standing``."""
    found: set[str] = set()
    if before["plans"].keys() != after["plans"].keys():
        found.add("plan")
    for plan_id, old in before["plans"].items():
        new = after["plans"].get(plan_id)
        if new is not None:
            found |= _differences(old, new)
    if after["severity"] > before["severity"]:
        found.add("severity")
    order = ("time", "place", "crowd", "closures", "means", "kind", "plan", "severity")
    return tuple(name for name in order if name in found)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    pairs = {"closures": "closes", "means": "means", "kind": "kind"}
    found = {name for name, key in pairs.items() if old[key] != new[key]}
    moved = zip(old["times"], new["times"], strict=True)
    if any(abs(one - other) >= TIME_US for one, other in moved):
        found.add("time")
    if _moved(old, new):
        found.add("place")
    one, other = old["crowd"], new["crowd"]
    if (one is None) != (other is None) or (
        one is not None and abs(other - one) > SHARE * max(one, 1.0)
    ):
        found.add("crowd")
    return found


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if (old["middle"] is None) != (new["middle"] is None):
        return True
    if old["middle"] is None:
        return False
    shrink = math.cos(math.radians(old["middle"][1]))
    west, south = (a - b for a, b in zip(old["middle"], new["middle"], strict=True))
    if math.hypot(west * shrink, south) * METRES_PER_DEGREE > PLACE_M:
        return True
    edges = (abs(a - b) for a, b in zip(old["bounds"], new["bounds"], strict=True))
    return any(edge * METRES_PER_DEGREE > PLACE_M for edge in edges)


def standing(
    entries: Sequence[ClashEntry], clash: Clash, records: Mapping[str, PlanRecord]
) -> Standing:
    """Return how a clash stands by its entries, the newest last."""
    if not entries or entries[-1].state == OPEN:
        return Standing(OPEN, entries[-1] if entries else None)
    last = entries[-1]
    reopened = changes(last.basis, basis_of(clash, records))
    return Standing(OPEN if reopened else last.state, last, reopened)
