"""Making forecasts: asked for by a person or by the day, worked out beside the server.

A run rests on the facts of all feeds, whatever the asker may see of them: only sums of a place come
out, and who is told which of them is decided when they are read (``situation.tomorrow.forecasts``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import holidays
import numpy as np

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import SettingsInvalid, VigieError, WrongUsage
from vigie.base.hands import OWN, Hands
from vigie.base.logging import get_logger
from vigie.desk.forecasts import FAILED, READY, RUNNING, WAITING, Asked, ForecastRun
from vigie.foresight.forecasting.backtest import (
    HISTORICAL,
    Progress,
    roll,
    silent,
    stretch_between,
    stretch_of,
)
from vigie.foresight.forecasting.card import card
from vigie.foresight.forecasting.evidence import check_kinds
from vigie.foresight.forecasting.grids import USUAL, Grid, check_grid
from vigie.foresight.forecasting.judging import judge, score
from vigie.foresight.forecasting.lake_tensor import (
    SLOT_HOURS,
    Counted,
    Question,
    read_counts,
)
from vigie.foresight.forecasting.models import MODELS, NAIVE
from vigie.foresight.forecasting.models.protocol import DAYS_AHEAD, Model
from vigie.foresight.forecasting.runs import Areas, make
from vigie.foresight.forecasting.shelf import ForecastShelf
from vigie.foresight.plans import plans_between
from vigie.model.times import at_local, day_bounds
from vigie.privacy.purposes import Verb
from vigie.situation.assessed_use import may_use, require_assessed
from vigie.situation.caller import Caller
from vigie.situation.days import ZONING
from vigie.situation.home import Home

LONGEST_RUN_US = 2 * 3_600_000_000
"""A run under way for longer was broken off."""
SYSTEM = Caller("vigie", "system")
BY_THE_DAY, AT_FIRST = "vigie", "vigie:first"
QUICK = (NAIVE, HISTORICAL, "ewma")
"""Models of the very first run: something is to be seen while the others learn."""
log = get_logger(__name__)


def ask_forecast(
    home: Home,
    caller: Caller,
    *,
    horizon_days: int,
    grid: str = USUAL,
    slot_hours: int = 6,
    kinds: tuple[str, ...] = (),
) -> ForecastRun:
    """Note that a forecast is wanted, from today's local midnight on; returns its run.

    Raises:
        Forbidden: When the role may not have one made.
        AssessmentMissing: An authority uses it and its assessment is not signed (AIA-4).
        WrongUsage: A kind that is never forecast, a grid, slot or horizon that cannot be.
        NotFound: An unknown zoning.
    """
    asked = check_question(
        home, horizon_days=horizon_days, grid=grid, slot_hours=slot_hours, kinds=kinds
    )
    subject = {
        "grid": asked.grid, "slot_hours": slot_hours, "days": horizon_days,
        "kinds": list(asked.kinds),
    }  # fmt: skip
    home.rights.ask(caller, "forecasts", Verb.COMBINE, subject)
    require_assessed(home, caller, "forecasts", Verb.COMBINE)
    return home.desk.forecasts.ask(asked, by=caller.name)


def check_question(
    home: Home, *, horizon_days: int, grid: str, slot_hours: int, kinds: tuple[str, ...]
) -> Asked:
    """Return what a run is about, checked; see ``ask_forecast``."""
    if not 1 <= horizon_days <= DAYS_AHEAD:
        raise WrongUsage(reason=f"1-{DAYS_AHEAD} d", field="horizon_days")
    if slot_hours not in SLOT_HOURS:
        raise WrongUsage(reason=f"slot: {SLOT_HOURS}", field="slot_hours")
    timezone = home.settings.city.timezone
    today = at_local(now_us(home.clock), timezone).date()
    return Asked(
        origin_us=day_bounds(today, timezone)[0],
        until_us=day_bounds(today + timedelta(days=horizon_days), timezone)[0],
        grid=check_grid(grid, home.frame.zonings),
        slot_hours=slot_hours,
        kinds=check_kinds(kinds),
    )


def due(home: Home) -> ForecastRun | None:
    """Return the run to be made next: one that waits, a quick first one, or today's.

    Runs broken off are noted as failed.
    """
    at, forecasts = now_us(home.clock), home.desk.forecasts
    for run in forecasts.list_all(state=RUNNING):
        if at - run.made_us > LONGEST_RUN_US:
            forecasts.end(run.forecast_id, FAILED, seconds=0.0, told={"code": "interrupted"})
    if forecasts.list_all(state=RUNNING):
        return None
    waiting = forecasts.list_all(state=WAITING)
    if waiting:
        return waiting[-1]
    wanted = home.settings.forecast
    if not wanted.daily or not may_use(home, "forecasts") or home.lake.count("facts") == 0:
        return None
    asked = check_question(
        home, horizon_days=wanted.horizon_days, grid=USUAL, slot_hours=6, kinds=()
    )
    known = forecasts.list_all(limit=20)
    if not known:
        return forecasts.ask(asked, by=AT_FIRST)
    own = [run for run in known if run.asked.origin_us == asked.origin_us]
    if any(run.made_by == BY_THE_DAY for run in own):
        return None
    return forecasts.ask(asked, by=BY_THE_DAY)


def carry_out(
    home: Home, run: ForecastRun, *, progress: Progress = silent, hands: Hands = OWN
) -> ForecastRun:
    """Make a run that was asked for; how it ends is noted, failure too.

    Args:
        home: The home.
        run: The run.
        progress: Told how far it is.
        hands: Sum up the facts.

    Raises:
        VigieError: What kept it from being made, after it was noted.
    """
    forecasts = home.desk.forecasts
    if not forecasts.take(run.forecast_id):
        return forecasts.get(run.forecast_id)
    started = time.monotonic()
    try:
        require_assessed(home, SYSTEM, "forecasts", Verb.COMBINE)
        told = _carry_out(home, run, progress, hands)
    except VigieError as error:
        seconds = time.monotonic() - started
        forecasts.end(run.forecast_id, FAILED, seconds=seconds, told={"code": error.code})
        raise
    seconds = round(time.monotonic() - started, 1)
    return forecasts.end(run.forecast_id, READY, seconds=seconds, told=told)


def _carry_out(home: Home, run: ForecastRun, progress: Progress, hands: Hands) -> dict[str, Any]:
    asked, timezone = run.asked, home.settings.city.timezone
    origin = at_local(asked.origin_us, timezone).date()
    days = (at_local(asked.until_us, timezone).date() - origin).days
    counted = count(home, asked, origin, days, hands)
    areas, titles = areas_of(home, counted.grid)
    models = models_of(home, QUICK if run.made_by == AT_FIRST else ())
    horizon = days * counted.tensor.per_day
    made = make(counted, horizon, areas, models=models, progress=progress)
    verdicts = [one.as_json() for one in made.verdicts]
    about = {
        "made_at": to_rfc3339(run.made_us),
        "origin_at": to_rfc3339(asked.origin_us),
        "grid": asked.grid,
        "slot_hours": asked.slot_hours,
        "days": days,
        "zoning": titles,
    }
    readers = home.rights.charter.who_may(Verb.CONSULT, "forecasts")
    told = {**made.told, "verdicts": verdicts, "about": about}
    told["card"] = card(told, tuple(readers))
    shelf = ForecastShelf(home.path)
    shelf.put(run.forecast_id, made, _grid_json(counted.grid, areas), told)
    tests = made.told["stress"]
    return {
        "kinds": verdicts,
        "facts": made.told["counted"]["facts"],
        "cells": len(counted.grid.cells),
        "passed": all(one["passed"] for one in tests.values()) if tests else None,
    }


def models_of(home: Home, only: tuple[str, ...] = ()) -> Mapping[str, Callable[[], Model]]:
    """Return the models to try: those named, else the settings', else all; the baselines always.

    Raises:
        SettingsInvalid: When the settings name a model that there is not.
    """
    wanted = only or home.settings.forecast.models or tuple(MODELS)
    unknown = set(wanted) - set(MODELS)
    if unknown:
        raise SettingsInvalid(key="forecast.models", reason=", ".join(sorted(unknown)))
    return {name: make for name, make in MODELS.items() if name in {*wanted, NAIVE, HISTORICAL}}


def count(home: Home, about: Asked, origin: date, ahead_days: int, hands: Hands = OWN) -> Counted:
    """Return the counts up to a local day, with the calendar and plans of the days ahead.

    Raises:
        WrongUsage: When no fact is on record.
    """
    wanted, city = home.settings.forecast, home.settings.city
    first = origin - timedelta(days=wanted.history_days)
    end = origin + timedelta(days=ahead_days)
    years = range(first.year, end.year + 1)
    breaks = {
        start + timedelta(n)
        for start, last in wanted.breaks()
        for n in range((last - start).days + 1)
    }
    asked = Question(
        grid=about.grid,
        slot_hours=about.slot_hours,
        kinds=about.kinds,
        first=first,
        last=origin,
        ahead_days=ahead_days,
        timezone=city.timezone,
        centre=city.center,
        days_off=frozenset(holidays.country_holidays(wanted.country, years=years)),
        school_breaks=breaks,
    )
    bounds = (day_bounds(day, city.timezone)[0] for day in (first, end))
    plans = plans_between(home.plans, *bounds)
    return read_counts(home.lake, plans, asked, home.frame.zonings, hands)


def areas_of(home: Home, grid: Grid) -> tuple[Areas, dict[str, str]]:
    """Return the districts that the places of a grid lie in, and what their zoning is called."""
    zonings = home.frame.zonings
    zoning = zonings.get(ZONING) or next(iter(zonings.values()), None)
    if zoning is None:
        return Areas(np.full(len(grid.cells), -1, np.int64), ()), {"fr": "", "en": ""}
    of = np.asarray(zoning.assign(grid.lon, grid.lat), np.int64)
    return Areas(of, zoning.labels), dict(zoning.title)


def _grid_json(grid: Grid, areas: Areas) -> dict[str, Any]:
    return {
        "name": grid.name,
        "areas": list(areas.names),
        "cells": [
            {
                "cell": name,
                "lon": round(float(grid.lon[at]), 6),
                "lat": round(float(grid.lat[at]), 6),
                "area": int(areas.of[at]),
                "geometry": grid.geometry(at),
            }
            for at, name in enumerate(grid.cells)
        ],
    }


def backtest(
    home: Home,
    caller: Caller,
    *,
    grid: str = USUAL,
    horizon_days: int = 7,
    slot_hours: int = 24,
    kinds: tuple[str, ...] = (),
    first: date | None = None,
    last: date | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return the scores of every model on a stretch of the past, and what would be shown.

    Args:
        home: The home.
        caller: Who asks.
        grid: Places; a bare number is the side of squares in metres.
        horizon_days: Days from an origin to the end of what is forecast at it.
        slot_hours: 6 or 24.
        kinds: Taxonomy codes; the usual ones by default.
        first: First local day forecast; by default as many weeks as a run judges by.
        last: Last local day forecast; yesterday by default.
        progress: Told of each model begun.

    Raises:
        Forbidden: When the role may not have one made.
        WrongUsage: A question that cannot be answered, or too short a history.
    """
    asked = check_question(
        home, horizon_days=horizon_days, grid=grid, slot_hours=slot_hours, kinds=kinds
    )
    subject = {"grid": asked.grid, "days": horizon_days, "kinds": list(asked.kinds)}
    home.rights.ask(caller, "forecasts", Verb.COMBINE, subject)
    today = at_local(asked.origin_us, home.settings.city.timezone).date()
    end = today if last is None else min(today, last + timedelta(days=1))
    tensor = count(home, asked, end, horizon_days).tensor
    stretch = stretch_of(tensor)
    if first is not None:
        stretch = stretch_between(
            tensor, (first - tensor.first).days * tensor.per_day, tensor.slots
        )
    if stretch is None:
        raise WrongUsage(reason="facts: < 14 weeks", field="from")
    horizon = horizon_days * tensor.per_day
    rolled = roll(tensor, stretch, horizon, models=models_of(home), progress=progress)
    verdicts = judge(rolled, tensor.kinds, tensor.week)
    return {
        "grid": asked.grid,
        "cells": len(tensor.cells),
        "slot_hours": slot_hours,
        "horizon_days": horizon_days,
        "from": (tensor.first + timedelta(days=stretch.judged // tensor.per_day)).isoformat(),
        "to": (end - timedelta(days=1)).isoformat(),
        "weeks": (stretch.end - stretch.judged) // tensor.week,
        "models": score(rolled, tensor.kinds, tensor.week),
        "missing": dict(rolled.missing),
        "verdicts": [one.as_json() for one in verdicts],
    }
