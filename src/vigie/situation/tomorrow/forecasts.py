"""Forecasts as people read them: places for who sees facts, districts for the others.

Who may consult facts anyway is told the cells: what is expected at a place is a mean of facts that
this person may look at one by one. Past counts beside it are withheld under the least count of the
right (``view.least``), as everywhere. Who is told figures only (an elected official, a partner, the
data protection officer) is told districts and whole days, rounded so that no two answers can be
subtracted; so is whoever sees some feeds only, because a forecast rests on all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from vigie.analyse.map_layer import CELL
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
from vigie.situation.place_names import names_of
from vigie.situation.tomorrow.forecast_card import calibration_of, rate_of, verdict_of
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
        answer["places"] = _places(home, shelf, opened, wanted)
    else:
        answer |= _districts(home, shelf, opened, told, wanted)
    return answer


def _outlines(shelf: ForecastShelf, opened: Opened) -> dict[str, dict[str, Any]]:
    """Return the places of a run by name, those within the view's zones, each with its district."""
    grid = shelf.told(opened.run.forecast_id, GRID)
    names = [*grid["areas"], ""]  # the last one for those in none, -1
    cells = [{**one, "title": names[one["area"]]} for one in grid["cells"]]
    area = opened.view.area
    if area is not None:
        cells = [one for one in cells if shapely.intersects_xy(area, one["lon"], one["lat"])]
    return {one["cell"]: one for one in cells}


def _names(home: Home, cells: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what people call each cell, by cell."""
    named = names_of(home.frame, list(cells), CELL)
    return {one.place_id: {"fr": one.fr, "en": one.en} for one in named}


def _places(home: Home, shelf: ForecastShelf, opened: Opened, kind: str) -> list[dict[str, Any]]:
    name = opened.run.forecast_id
    outlines = _outlines(shelf, opened)
    names = _names(home, outlines)
    told = shelf.told(name)
    rows = shelf.table(name, PLACES, kind=kind).to_pylist()
    slots = shelf.table(name, SLOTS, kind=kind)
    expected, low, high = (_by_cell(slots, one) for one in ("expected", "low80", "high80"))
    return [
        {
            "cell": row["cell"],
            "name": names[row["cell"]],
            "lon": outlines[row["cell"]]["lon"],
            "lat": outlines[row["cell"]]["lat"],
            "area": outlines[row["cell"]]["title"],
            "base": row["base"] if may_show(row["base"], opened.view.least) else None,
            "base_rate": rate_of(row["base"], told, opened.view.least),
            "small": row["small"],
            "flagged": row["flagged"],
            "stays": round(row["stays"], 3),
            "grey": row["grey"],
            "expected": [round(one, 4) for one in expected[row["cell"]]],
            "low": [int(one) for one in low[row["cell"]]],
            "high": [int(one) for one in high[row["cell"]]],
        }
        for row in rows
        if row["cell"] in outlines
    ]


def _by_cell(slots: pa.Table, column: str) -> dict[str, list[float]]:
    """Return a column by place; rows of a place stand together, in order of slot."""
    names = slots["cell"].cast(pa.string()).to_numpy()
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    values = slots[column].to_numpy()
    pieces = np.split(values, starts[1:])
    return {str(names[at]): piece.tolist() for at, piece in zip(starts, pieces, strict=True)}


def _districts(
    home: Home, shelf: ForecastShelf, opened: Opened, told: Mapping[str, Any], kind: str
) -> dict[str, Any]:
    name = opened.run.forecast_id
    grid, outlines = shelf.told(name, GRID), _outlines(shelf, opened)
    places = shelf.table(name, PLACES, kind=kind).to_pylist()
    kept = [row for row in places if row["cell"] in outlines]
    expected = _by_cell(shelf.table(name, SLOTS, kind=kind), "expected")
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
    wanted, outline = kind_of(run, kind), _outlines(shelf, opened).get(cell)
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
        "name": _names(home, [cell])[cell],
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
    outlines, least = _outlines(shelf, opened), opened.view.least
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
    outlines = _outlines(shelf, opened)
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
        for one in _places(home, shelf, opened, wanted)
    ]
    return {"type": "FeatureCollection", "features": features}
