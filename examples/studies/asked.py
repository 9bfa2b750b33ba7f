"""The questions both studies ask by the Python door, and the figures kept of each answer."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from city import GRID
from vigie.analyse.running import Answer
from vigie.door import Door

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Figures = dict[str, Any]
SCANNED = {"resolution": 8, "radius_m": 3_000, "step_days": 7, "longest": 8, "draws": 99}


@dataclass(frozen=True)
class Study:
    """A home with the period that is asked about.

    Attributes:
        door: The home.
        first: First day.
        after: Day after the last.
        recent: First day of the part in which pairs and clusters are looked for.
        draws: Draws of each test by permutation.
    """

    door: Door
    first: date
    after: date
    recent: date
    draws: int

    def ask(self, name: str, kind: str = "", *, recent: bool = False, **params: Any) -> Answer:
        """Run an analysis over the study's period, or over its recent part."""
        start = self.recent if recent else self.first
        begun = time.perf_counter()
        answer = self.door.analyse(name, start, self.after, kind=kind or (), **params)
        spent = time.perf_counter() - begun
        print(f"{name} {kind or 'all'}: {spent:.1f} s", file=sys.stderr, flush=True)
        return answer


def _head(answer: Answer) -> Figures:
    """Return what every answer carries: its base, its withheld rows, its remarks."""
    return {
        "base": answer.base,
        "withheld": answer.withheld,
        "notes": [note["en"] for note in answer.notes],
    }


def _span(row: dict[str, Any]) -> Figures:
    return {name: row[name] for name in ("value", "low", "high")}


def trend(study: Study, kind: str) -> Figures:
    """Ask for the level once season, week, hours and holidays are set apart."""
    answer = study.ask("trend_seasonal", kind)
    rows = [row for row in answer.table.to_pylist() if not row["withheld"]]
    parts = {part: [r for r in rows if r["part"] == part] for part in {r["part"] for r in rows}}
    level = parts.get("level", [])
    found = _head(answer)
    if not level:
        return found
    found["from"], found["to"] = _span(level[0]), _span(level[-1])
    found["weekly"] = [
        {"day": row["day"].isoformat(), **_span(row)} for row in [*level[::7], level[-1]]
    ]
    for part in ("weekday", "month", "hour"):
        if part in parts:
            found[part] = [{"at": int(row["position"]), **_span(row)} for row in parts[part]]
    if "holiday" in parts:
        found["holiday"] = _span(parts["holiday"][0])
    return found


def changes(study: Study, kind: str) -> Figures:
    """Ask when the level changed."""
    answer = study.ask("change_points", kind)
    kept = ("first_day", "earliest", "latest", "level", "low", "high", "ratio", "ratio_low")
    rows = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
            if name in {*kept, "ratio_high"}
        }
        for row in answer.table.to_pylist()
    ]
    return {**_head(answer), "levels": rows}


def calendar(study: Study, kind: str) -> Figures:
    """Ask which days stood out from the same weekday of the weeks around."""
    answer = study.ask("calendar_heat", kind)
    rows = [
        row
        for row in answer.table.to_pylist()
        if row["covered"] == 1.0 and row["usual"] and row["facts"] is not None
    ]
    above = [row for row in rows if row["low"] > row["usual"]]
    below = [row for row in rows if row["high"] < row["usual"]]
    far = sorted(rows, key=lambda row: -abs(row["facts"] - row["usual"]) / row["usual"] ** 0.5)
    return {
        **_head(answer),
        "days": len(rows),
        "above": len(above),
        "below": len(below),
        "striking": [
            {"day": row["day"].isoformat(), "facts": row["facts"], "usual": row["usual"]}
            for row in far[:3]
        ],
    }


def week(study: Study, kind: str) -> Figures:
    """Ask for the hours of the week."""
    answer = study.ask("week_profile", kind)
    rows = answer.table.to_pylist()
    total = sum(row["facts"] or 0.0 for row in rows) or 1.0
    shares = [[0.0] * 24 for _ in WEEKDAYS]
    for row in rows:
        shares[row["weekday"]][row["hour"]] = (row["facts"] or 0.0) / total
    peak = max(rows, key=lambda row: row["facts"] or 0.0)
    return {
        **_head(answer),
        "shares": shares,
        "peak": {"weekday": WEEKDAYS[peak["weekday"]], "hour": peak["hour"]},
    }


def concentration(study: Study, kind: str) -> Figures:
    """Ask which share of the places holds which share of the facts."""
    answer = study.ask("concentration", kind, zoning=GRID, resolution=9, points=20, draws=99)
    rows = {round(row["places"], 2): row for row in answer.table.to_pylist()}
    return {
        **_head(answer),
        **{
            f"top{round(100 * share)}": {
                name: rows[share][name] for name in ("facts", "low", "high", "even")
            }
            for share in (0.05, 0.2)
        },
    }


def hot_spots(study: Study, kind: str) -> tuple[Figures, list[int | str]]:
    """Ask where facts stand out from their surroundings; return also the cells that are hot."""
    answer = study.ask("hot_spots", kind, zoning=GRID, resolution=9)
    rows = answer.table.to_pylist()
    classes = Counter(str(row["kind_of_spot"]) for row in rows if not row["withheld"])
    hot = [row for row in rows if str(row["kind_of_spot"]).startswith(("hot", "high"))]
    inside = sum(row["facts"] for row in hot)
    return {
        **_head(answer),
        "cells": len(rows),
        "classes": dict(sorted(classes.items())),
        "hot": len(hot),
        "facts_in_hot": inside,
        "share_in_hot": inside / answer.base if answer.base else None,
    }, [row["cell"] for row in hot]


def near_repeat(study: Study, kind: str) -> Figures:
    """Ask, over the recent part, whether a fact is followed by another nearby."""
    answer = study.ask("near_repeat", kind, recent=True, draws=study.draws)
    kept = ("from_m", "to_m", "from_days", "to_days", "pairs", "expected", "ratio", "low", "high")
    rows = [{name: row[name] for name in (*kept, "q")} for row in answer.table.to_pylist()]
    return {**_head(answer), "bands": rows}


def scan(study: Study, kind: str) -> Figures:
    """Ask where and when facts came together, ever (retrospective), week by week.

    Weeks, cells some 900 m wide and 99 draws: the finest search would take an hour.
    """
    answer = study.ask("space_time_scan", kind, look="ever", most=3, **SCANNED)
    kept = ("lon", "lat", "radius_m", "facts", "expected", "ratio", "ratio_low", "ratio_high", "p")
    rows = [
        {
            **{name: row[name] for name in kept},
            "from_day": row["from_day"].isoformat(),
            "to_day": row["to_day"].isoformat(),
        }
        for row in answer.table.to_pylist()
    ]
    return {**_head(answer), "clusters": rows}
