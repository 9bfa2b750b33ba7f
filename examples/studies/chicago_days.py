"""Offences by day beside what else is known of the day: rides, weather, the city's own total.

``moves_together`` reads facts only. Series of measures are held against facts here with the same
reckoning (``vigie.analyse.shifts``): level, week and holidays taken out of both, the largest
correlation within a week either way, block permutation and toroidal shift, q over all pairs.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from asked import Study

from vigie.analyse.draws import false_discovery
from vigie.analyse.shifts import associate, residuals
from vigie.foresight.effects.calendar import public_holidays

KELVIN = 273.15
SMOOTH = 29
MOST_LAG = 7
LEAST_DAYS = 112
SERIES = {
    "rides": ("transport.boardings", 0.0),
    "temperature": ("weather.temperature", KELVIN),
    "wind": ("weather.wind", 1.0),
}
Floats = npt.NDArray[np.float64]


def daily_facts(study: Study, kind: str) -> Floats:
    """Return the facts of each day, as the calendar tells them."""
    rows = study.ask("calendar_heat", kind).table.to_pylist()
    days = {row["day"]: row["facts"] or 0.0 for row in rows}
    return np.array([days.get(day, 0.0) for day in days_of(study)])


def days_of(study: Study) -> list[date]:
    """Return the days of the study."""
    return [study.first + timedelta(days=n) for n in range((study.after - study.first).days)]


def daily_measures(study: Study, metric: str) -> Floats:
    """Return a measure by day, its mean where a day has several; NaN where none is told."""
    table = study.door.records("measures", study.first, study.after).table
    values: dict[date, list[float]] = {}
    rows = zip(*(table[n].to_pylist() for n in ("metric", "local_day", "value")), strict=True)
    for name, day, value in rows:
        if name == metric:
            values.setdefault(day, []).append(value)
    return np.array([np.mean(values[d]) if d in values else np.nan for d in days_of(study)])


def beside(study: Study, kinds: dict[str, str]) -> dict[str, Any]:
    """Return how each kind of offence goes with each measure from day to day."""
    days = days_of(study)
    if len(days) < LEAST_DAYS:
        return {"days": len(days), "pairs": [], "missing": {}}
    weekday = np.array([day.weekday() for day in days], np.int64)
    off = public_holidays(study.first, study.after, study.door.home.settings.forecast.country)
    closed = np.array([day in off for day in days], np.int64)
    facts = {
        name: residuals(daily_facts(study, kind), weekday, closed, SMOOTH)
        for name, kind in kinds.items()
    }
    pairs, missing = [], {}
    for name, (metric, lift) in SERIES.items():
        told = daily_measures(study, metric) + lift
        known = ~np.isnan(told)
        missing[name] = int((~known).sum())
        if missing[name] > len(days) // 2:
            continue
        at = np.arange(len(days))
        left = residuals(np.interp(at, at[known], told[known]), weekday, closed, SMOOTH)
        left = np.where(known[SMOOTH // 2 : len(days) - SMOOTH // 2], left, 0.0)
        for kind, series in facts.items():
            found = associate(
                left, series, most=MOST_LAG, draws=study.draws, rng=np.random.default_rng(1)
            )
            pairs.append(
                {
                    "measure": name,
                    "kind": kind,
                    "lag": found.lag,
                    "value": found.r,
                    "low": found.low,
                    "high": found.high,
                    "p": max(found.p_block, found.p_shift),
                }
            )
    q = false_discovery(np.array([pair["p"] for pair in pairs]))
    for pair, value in zip(pairs, q, strict=True):
        pair["q"] = float(value)
    return {"days": len(days) - SMOOTH + 1, "pairs": pairs, "missing": missing}


def coverage(study: Study) -> dict[str, Any]:
    """Return what share of all recorded offences the points are, day by day."""
    ours, all_of_them = daily_facts(study, ""), daily_measures(study, "offence.count")
    known = ~np.isnan(all_of_them) & (all_of_them > 0)
    share = ours[known] / all_of_them[known]
    return {
        "days": int(known.sum()),
        "share": float(ours[known].sum() / all_of_them[known].sum()),
        "least": float(share.min()),
        "most": float(share.max()),
        "r": float(np.corrcoef(ours[known], all_of_them[known])[0, 1]),
    }
