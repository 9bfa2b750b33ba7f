"""Forecasts as people read them: places for who sees facts, districts for the others.

Who may consult facts anyway is told the cells: what is expected at a place is a mean of facts that
this person may look at one by one. Past counts beside it are withheld under the least count of the
right (``view.least``), as everywhere. Who is told figures only (an elected official, a partner, the
data protection officer) is told districts and whole days, rounded so that no two answers can be
subtracted; so is whoever sees some feeds only, because a forecast rests on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.forecasts import READY, ForecastRun
from vigie.foresight.forecasting.districts import by_district
from vigie.foresight.forecasting.runs import BOUNDS
from vigie.foresight.forecasting.shelf import GRID, HISTORY, PLACES, SLOTS, ForecastShelf
from vigie.privacy.disclosure import may_show
from vigie.situation.assessed_use import require_assessed
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.forecast_card import calibration_of, rate_of, verdict_of
from vigie.situation.tomorrow.forecast_places import (
    by_cell,
    names_of_places,
    outlines_of,
    places_of,
)
from vigie.situation.tomorrow.forecast_slots import (
    days_of,
    horizon_of,
    months_of,
    shown,
    span_of,
)
from vigie.situation.view import View

LATEST = "latest"
RECENT_WEEKS = 8
_FACTOR = "factor_"


@dataclass(frozen=True)
class Opened:
    """A run that a caller may read, and how closely.

    Attributes:
        run: The run.
        view: What may be seen.
        cells: Whether places are told, or districts only.
    """

    run: ForecastRun
    view: View
    cells: bool


def run_json(run: ForecastRun) -> dict[str, Any]:
    """Return a run as the interface answers it."""
    told = run.told
    return {
        "forecast_id": run.forecast_id,
        "state": run.state,
        "made_at": to_rfc3339(run.made_us),
        "origin_at": to_rfc3339(run.asked.origin_us),
        "until_at": to_rfc3339(run.asked.until_us),
        "grid": run.asked.grid,
        "slot_hours": run.asked.slot_hours,
        "seconds": run.seconds,
        "by_the_day": run.made_by.startswith("vigie"),
        "facts": told.get("facts"),
        "cells": told.get("cells"),
        "passed": told.get("passed"),
        "failure": told.get("code"),
        "kinds": list(told.get("kinds", ())),
    }


def list_forecasts(home: Home, caller: Caller, limit: int = 30) -> list[dict[str, Any]]:
    """Return the runs, newest first.

    Raises:
        Forbidden: When the role may not see forecasts.
    """
    home.rights.ask(caller, "forecasts", subject={"list": limit})
    return [run_json(run) for run in home.desk.forecasts.list_all(limit=limit)]


def open_run(home: Home, caller: Caller, name: str, **subject: str) -> Opened:
    """Return a run that is ready; ``latest`` for the newest.

    Raises:
        Forbidden: When the role may not see forecasts.
        NotFound: When there is none.
    """
    view = home.rights.ask(caller, "forecasts", subject={"forecast": name, **subject})
    require_assessed(home, caller, "forecasts")
    forecasts = home.desk.forecasts
    if name == LATEST:
        ready = forecasts.list_all(state=READY, limit=1)
        if not ready:
            raise NotFound(what="forecast", name=LATEST)
        run = ready[0]
    else:
        run = forecasts.get(name)
        if run.state != READY:
            raise NotFound(what="forecast", name=name)
    close = view.sees("place") and view.limits.sources is None and home.rights.may(caller, "facts")
    return Opened(run, view, close)


def kind_of(run: ForecastRun, kind: str) -> str:
    """Return the kind asked for, the run's first by default; raises ``WrongUsage``."""
    if not kind:
        return run.asked.kinds[0]
    if kind not in run.asked.kinds:
        raise WrongUsage(reason=f"kind {kind[:80]}", field="kind")
    return kind


def read_forecast(home: Home, caller: Caller, name: str, kind: str = "") -> dict[str, Any]:
    """Return what is expected of one kind, place by place and slot by slot, or by district and day.

    Raises:
        Forbidden: When the role may not see forecasts.
        NotFound: When there is no such run.
        WrongUsage: When the run has no such kind.
    """
    opened = open_run(home, caller, name, kind=kind)
    run, shelf = opened.run, ForecastShelf(home.path)
    wanted = kind_of(run, kind)
    told = shelf.told(run.forecast_id)
    answer: dict[str, Any] = {
        "run": run_json(run),
        "kind": wanted,
        "verdict": verdict_of(told, wanted),
        "calibration": calibration_of(told, wanted),
        "stability": told["stability"][wanted]["share"],
        "slots": [],
        "places": [],
        "days": [],
        "districts": [],
        "withheld": 0,
    }
    if opened.cells:
        answer["slots"] = [span_of(home, run, slot) for slot in range(horizon_of(home, run))]
        answer["places"] = places_of(home, shelf, opened.run, opened.view, wanted)
    else:
        answer |= _districts(home, shelf, opened, told, wanted)
    return answer


def _districts(
    home: Home, shelf: ForecastShelf, opened: Opened, told: Mapping[str, Any], kind: str
) -> dict[str, Any]:
    name = opened.run.forecast_id
    grid, outlines = shelf.told(name, GRID), outlines_of(shelf, opened.run, opened.view)
    places = shelf.table(name, PLACES, kind=kind).to_pylist()
    kept = [row for row in places if row["cell"] in outlines]
    expected = by_cell(shelf.table(name, SLOTS, kind=kind), "expected")
    alpha = told["spread"][kind]
    rows, withheld = by_district(
        np.array([expected[row["cell"]] for row in kept]).reshape(len(kept), -1),
        np.array([row["base"] for row in kept], np.int64),
        np.array([outlines[row["cell"]]["area"] for row in kept], np.int64),
        grid["areas"],
        per_day=24 // opened.run.asked.slot_hours,
        alpha=alpha,
        least=opened.view.least,
    )
    return {"days": days_of(home, opened.run), "districts": rows, "withheld": withheld}


def read_cell(home: Home, caller: Caller, name: str, cell: str, kind: str = "") -> dict[str, Any]:
    """Return everything about one place: intervals, what drives it, past weeks and months beside.

    Raises:
        Forbidden: When the role may not see forecasts, or is told districts only.
        NotFound: When there is no such run or place.
        WrongUsage: When the run has no such kind.
    """
    opened = open_run(home, caller, name, kind=kind, cell=cell[:40])
    if not opened.cells:
        subject = {"forecast": name, "cell": cell[:40]}
        home.rights.refuse(caller, "forecasts", opened.view.verb, subject, why="districts_only")
    run, shelf = opened.run, ForecastShelf(home.path)
    wanted, outline = kind_of(run, kind), outlines_of(shelf, opened.run, opened.view).get(cell)
    if outline is None:
        raise NotFound(what="cell", name=cell[:40])
    (place,) = shelf.table(run.forecast_id, PLACES, kind=wanted, cell=cell).to_pylist()
    rows = shelf.table(run.forecast_id, SLOTS, kind=wanted, cell=cell).to_pylist()
    past = shelf.table(run.forecast_id, HISTORY, kind=wanted, cell=cell)
    counts = dict(zip(past["slot"].to_pylist(), past["n"].to_pylist(), strict=True))
    told, least = shelf.told(run.forecast_id), opened.view.least
    return {
        "run": run_json(run),
        "cell": cell,
        "name": names_of_places(home, run.asked.grid, [outline])[cell],
        "lon": outline["lon"],
        "lat": outline["lat"],
        "area": outline["title"],
        "geometry": outline["geometry"],
        "kind": wanted,
        "verdict": verdict_of(told, wanted),
        "calibration": calibration_of(told, wanted),
        "base_rate": rate_of(place["base"], told, least),
        "base": place["base"] if may_show(place["base"], least) else None,
        "small": place["small"],
        "flagged": place["flagged"],
        "stays": round(place["stays"], 3),
        "grey": place["grey"],
        "slots": [_slot_json(home, run, row, counts, least) for row in rows],
        "months": months_of(home, run, counts, told, least),
        "least": least,
    }


def _slot_json(
    home: Home, run: ForecastRun, row: dict[str, Any], counts: Mapping[int, int], least: int
) -> dict[str, Any]:
    week = 7 * (24 // run.asked.slot_hours)
    ahead = row["slot"] // week + 1
    recent = [row["slot"] - (ahead + n) * week for n in range(RECENT_WEEKS)]
    levels = [(int(name.removeprefix("low")) / 100, name) for name in BOUNDS[::2]]
    return {
        **span_of(home, run, row["slot"]),
        "expected": round(row["expected"], 4),
        "intervals": [
            {"level": level, "low": int(row[name]), "high": int(row[name.replace("low", "high")])}
            for level, name in levels
        ],
        "factors": [
            {"family": name.removeprefix(_FACTOR), "factor": round(value, 4)}
            for name, value in row.items()
            if name.startswith(_FACTOR) and value is not None and np.isfinite(value)
        ],
        "recent": [
            {**span_of(home, run, slot), **shown(counts.get(slot, 0), least)} for slot in recent
        ],
    }


def read_scores(home: Home, caller: Caller, name: str = LATEST) -> dict[str, Any]:
    """Return how right every model was, the naive one always among them, and the worst misses.

    Raises:
        Forbidden: When the role may not see forecasts.
        NotFound: When there is no such run.
    """
    opened = open_run(home, caller, name, of="scores")
    told = ForecastShelf(home.path).told(opened.run.forecast_id)
    lost = told["misses"]
    if lost is not None:
        lost = {**lost, "worst": _worst(lost["worst"], opened, ForecastShelf(home.path))}
    return {
        "run": run_json(opened.run),
        "weeks": told.get("weeks"),
        "models": told["scores"],
        "missing": told["missing"],
        "verdicts": told["verdicts"],
        "misses": lost,
        "stress": told["stress"],
        "least": opened.view.least,
    }


def _worst(
    rows: list[dict[str, Any]], opened: Opened, shelf: ForecastShelf
) -> list[dict[str, Any]]:
    if not opened.cells:
        return []
    outlines, least = outlines_of(shelf, opened.run, opened.view), opened.view.least
    return [
        {**row, **shown(row["n"], least), "area": outlines[row["cell"]]["title"]}
        for row in rows
        if row["cell"] in outlines
    ]


def read_card(home: Home, caller: Caller, name: str = LATEST) -> dict[str, Any]:
    """Return the model card of a run.

    Raises:
        Forbidden: When the role may not see forecasts.
        NotFound: When there is no such run.
    """
    opened = open_run(home, caller, name, of="card")
    found: dict[str, Any] = dict(ForecastShelf(home.path).told(opened.run.forecast_id)["card"])
    least = opened.view.least
    found["groups"] = [
        one
        if may_show(one["facts"], least)
        else {**one, **dict.fromkeys(("facts", "expected", "ratio", "pei"))}
        for one in found["groups"]
    ]
    return {"run": run_json(opened.run), **found}


def forecast_features(
    home: Home, caller: Caller, name: str, kind: str = "", slot: int | None = None
) -> dict[str, Any]:
    """Return the places as GeoJSON features: of one slot, or summed over all.

    Raises:
        Forbidden: When the role may not see forecasts, or is told districts only.
        NotFound: When there is no such run.
        WrongUsage: When the run has no such kind or slot.
    """
    opened = open_run(home, caller, name, kind=kind, of="features")
    if not opened.cells:
        home.rights.refuse(
            caller, "forecasts", opened.view.verb, {"forecast": name}, why="districts_only"
        )
    shelf, wanted = ForecastShelf(home.path), kind_of(opened.run, kind)
    horizon = horizon_of(home, opened.run)
    if slot is not None and not 0 <= slot < horizon:
        raise WrongUsage(reason=f"slot: 0-{horizon - 1}", field="slot")
    verdict = verdict_of(shelf.told(opened.run.forecast_id), wanted)
    outlines = outlines_of(shelf, opened.run, opened.view)
    features = [
        {
            "type": "Feature",
            "id": one["cell"],
            "geometry": outlines[one["cell"]]["geometry"],
            "properties": {
                "kind": wanted,
                "state": verdict["state"],
                "model": verdict["model"],
                "expected": round(sum(one["expected"]), 4)
                if slot is None
                else one["expected"][slot],
                "low80": None if slot is None else one["low"][slot],
                "high80": None if slot is None else one["high"][slot],
                "flagged": one["flagged"],
                "unreliable": one["grey"] or one["small"],
            },
        }
        for one in places_of(home, shelf, opened.run, opened.view, wanted)
    ]
    return {"type": "FeatureCollection", "features": features}
