"""The slots of a forecast on the city's clock, and past counts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from vigie.base.clock import EPOCH, to_rfc3339
from vigie.desk.forecasts import ForecastRun
from vigie.foresight.forecasting.runs import HISTORY_DAYS
from vigie.model.times import at_local, day_bounds, resolve_local
from vigie.privacy.disclosure import may_show
from vigie.situation.home import Home

_HOUR_US = 3_600_000_000


def horizon_of(home: Home, run: ForecastRun) -> int:
    """Return how many slots a run looks ahead."""
    return len(days_of(home, run)) * (24 // run.asked.slot_hours)


def days_of(home: Home, run: ForecastRun) -> list[str]:
    """Return the local days forecast, as ISO dates."""
    timezone = home.settings.city.timezone
    first, end = (at_local(at, timezone).date() for at in (run.asked.origin_us, run.asked.until_us))
    return [(first + timedelta(days=n)).isoformat() for n in range((end - first).days)]


def span_of(home: Home, run: ForecastRun, slot: int) -> dict[str, str]:
    """Return the bounds of a slot; a negative one lies before the origin."""
    timezone = home.settings.city.timezone
    per_day = 24 // run.asked.slot_hours
    day, part = divmod(slot, per_day)
    date = at_local(run.asked.origin_us, timezone).date() + timedelta(days=day)
    start, end = day_bounds(date, timezone)
    midnight = (date - EPOCH.date()).days * 24 * _HOUR_US
    walls = np.array([midnight + n * run.asked.slot_hours * _HOUR_US for n in (part, part + 1)])
    low, high = resolve_local(walls, timezone).at_us.to_pylist()
    return {
        "from": to_rfc3339(start if part == 0 else low),
        "to": to_rfc3339(end if part + 1 == per_day else high),
    }


def shown(n: int, least: int) -> dict[str, Any]:
    """Return a past count as it may be told: withheld from 1 to ``least - 1``."""
    told = may_show(n, least)
    return {"n": n if told else None, "withheld": not told}


def months_of(
    home: Home, run: ForecastRun, counts: Mapping[int, int], told: Mapping[str, Any], least: int
) -> list[dict[str, Any]]:
    """Return the counts of the past year by month, of whole months on record."""
    timezone, per_day = home.settings.city.timezone, 24 // run.asked.slot_hours
    origin = at_local(run.asked.origin_us, timezone).date()
    begun = max(-HISTORY_DAYS, -(told["counted"]["slots"] // per_day))
    days = [origin + timedelta(days=n) for n in range(begun, 0)]
    months = {day.strftime("%Y-%m"): 0 for day in days}
    for slot, n in counts.items():
        months[(origin + timedelta(days=slot // per_day)).strftime("%Y-%m")] += n
    whole = {
        day.strftime("%Y-%m") for day in days if day.day == 1
    } - {origin.strftime("%Y-%m") if origin.day > 1 else ""}  # fmt: skip
    return [{"month": m, **shown(n, least)} for m, n in months.items() if m in whole]
