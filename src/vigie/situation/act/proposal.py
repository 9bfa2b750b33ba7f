"""Means proposed for a situation, each with what the proposal rests on; nothing is engaged here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.act.adequacy import suited, suits
from vigie.situation.act.standing import stand
from vigie.situation.act.subject import key_of, kinds_of, wanted_of
from vigie.situation.around import ground
from vigie.situation.around.situation import scene_of, travel_basis
from vigie.situation.caller import Caller
from vigie.situation.home import Home

FREE = "available"
ENGAGED_US = 2 * 3_600_000_000
"""A means whose dispatch was confirmed so long ago at most is taken, whatever its source says."""
MOST = 12
WITH = ("alerts", "facts", "plans", "shift")
USABLE = "usable"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: the candidates, soonest there first, the basis, and whom it puts first."""

    key: str
    kind: str
    candidates: tuple[dict[str, Any], ...]
    basis: dict[str, Any]
    left_out: tuple[str, ...]

    @property
    def first(self) -> dict[str, Any] | None:
        """The nearest means that suits, is free and is heard of; None where there is none."""
        return next((one for one in self.candidates if one["verdict"] == USABLE), None)

    def told(self) -> dict[str, Any]:
        """Return it as the interface answers it: the first of those usable, then the nearest."""
        usable = [one for one in self.candidates if one["verdict"] == USABLE]
        others = [one for one in self.candidates if one["verdict"] != USABLE and one["suits"]]
        first = self.first
        return {
            "situation": self.key,
            "kind": self.kind,
            "proposed": None if first is None else first["unit"],
            "candidates": [*usable[:MOST], *others[: max(0, MOST - len(usable))]],
            "basis": self.basis,
            "left_out": list(self.left_out),
        }

    def candidate(self, unit: str) -> dict[str, Any]:
        """Return a candidate.

        Raises:
            NotFound: When there is no such means that suits.
        """
        for one in self.candidates:
            if one["unit"] == unit and one["suits"]:
                return one
        raise NotFound(what="means", name=unit[:80])


def propose(home: Home, caller: Caller, situation: str, kind: str = "") -> Proposal:
    """Return the means that suit a situation now, with their ways.

    The first proposed is the nearest by travel time of those that suit the kind (a small table),
    whose source says they are free, whose state is not stale, which nobody engaged in the last two
    hours and which have a way there.

    Args:
        home: The home.
        caller: Who asks.
        situation: ``alert:ID``, ``fact:ID`` or ``LON,LAT``.
        kind: What it is about; empty for what its fact or alert says.

    Raises:
        Forbidden: When the role may not see means.
        NotFound: When there is no such alert or fact for the caller.
        WrongUsage: When it has no place, or its kind is unknown.
    """
    key = key_of(situation)
    if kind and kind not in TAXONOMY:
        raise WrongUsage(reason=f"kind {kind[:80]}", field="kind")
    subject = {"situation": key, "kind": kind}
    views, left_out = home.rights.ask_together(caller, "means", WITH, subject)
    kinds, _ = kinds_of(home, views, key)
    asked = kind or (kinds[0] if kinds else "")
    at_us = now_us(home.clock)
    found = scene_of(home, views, wanted_of(key))
    scene = replace(found, at_us=at_us, from_us=at_us, to_us=at_us + 1)
    plans = views.get("plans")
    closed = ground.Closed() if plans is None else ground.closed_ground(home, plans, at_us)
    row, named = suited(asked)
    rows = ground.means_around(home, views["means"], scene, closed, most=None)
    taken = _taken(home, at_us) if "shift" in views else frozenset()
    candidates = tuple(_judged(one, named, taken) for one in rows)
    basis = {
        **travel_basis(home, closed),
        "at": to_rfc3339(at_us),
        "adequacy": row,
        "suited": list(named),
        "known": len(rows),
        "suiting": sum(one["suits"] for one in candidates),
        "usable": sum(one["verdict"] == USABLE for one in candidates),
        "accuracy_m": scene.accuracy_m,
    }
    return Proposal(key, asked, candidates, basis, left_out)


def _taken(home: Home, at_us: int) -> frozenset[str]:
    """Return the units engaged in the last two hours by a dispatch that stands."""
    since = at_us - ENGAGED_US
    struck = {
        one.line.number for one in stand(home.desk.shift.lines(since, at_us + 1)) if one.struck
    }
    found = home.desk.shift.dispatches(since, at_us + 1)
    return frozenset(
        unit_of(one.engaged.source, one.engaged.unit_ref)
        for one in found
        if one.line.number not in struck
    )


def unit_of(source: str, unit_ref: str) -> str:
    """Return what names a unit: its source and its name there; each state has an id of its own."""
    return f"{source}|{unit_ref}"


def _judged(row: dict[str, Any], named: tuple[str, ...], taken: frozenset[str]) -> dict[str, Any]:
    """Return a means with whether it can be proposed, and if not why."""
    suiting, unit = suits(row["kind"], named), unit_of(row["source"], row["unit_ref"])
    verdict = USABLE
    if not suiting:
        verdict = "unsuited"
    elif row["stale"]:
        verdict = "stale"
    elif row["status"] is None:
        verdict = "status_unknown"
    elif row["status"] != FREE:
        verdict = "busy"
    elif unit in taken:
        verdict = "dispatched"
    elif row["travel_s"] is None:
        verdict = "no_way"
    return {**row, "unit": unit, "suits": suiting, "verdict": verdict}
