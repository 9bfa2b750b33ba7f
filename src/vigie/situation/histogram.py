"""Facts over time: the histogram under the time slider.

A fact counts at its earliest instant. Hours and quarters are equal spans; days, weeks (from Monday)
and months are those of the city's clock, so a day of 23 or 25 hours is one bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

import numpy as np
import pyarrow as pa

from vigie.base.clock import to_rfc3339
from vigie.base.errors import TooLarge
from vigie.model.times import day_bounds, local_columns, resolve_local
from vigie.situation.caller import Caller
from vigie.situation.days import DayFigures, day_figures, sees_figures_only
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.reading import bucket_counts

Bucket = Literal["quarter", "hour", "day", "week", "month"]
MAX_BUCKETS = 10_000
_SECOND_US = 1_000_000
SECONDS: dict[Bucket, int] = {
    "quarter": 900,
    "hour": 3_600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 30 * 86_400,
}
_AUTO: tuple[tuple[float, Bucket], ...] = (
    (1.6, "quarter"),
    (10.0, "hour"),
    (420.0, "day"),
    (3_000.0, "week"),
)
_DAY_US = 86_400 * _SECOND_US


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by bucket of time.

    Attributes:
        bucket: Kind of bucket.
        starts_us: First microsecond of each bucket that holds a fact, in order.
        counts: Facts in it.
        withheld: Days left out, too few facts to be told.
    """

    bucket: Bucket
    starts_us: list[int]
    counts: list[int]
    withheld: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the histogram as the interface answers it."""
        pairs = zip(self.starts_us, self.counts, strict=True)
        return {
            "bucket": self.bucket,
            "bucket_s": SECONDS[self.bucket],
            "items": [{"at": to_rfc3339(at), "n": n} for at, n in pairs],
            "total": sum(self.counts),
            "withheld": self.withheld,
        }


def auto_bucket(span_us: int) -> Bucket:
    """Return the bucket that gives a readable number of bars for a span."""
    days = span_us / _DAY_US
    return next((bucket for most, bucket in _AUTO if days <= most), "month")


def histogram(
    home: Home, caller: Caller, filters: Filters, bucket: Bucket | Literal["auto"] = "auto"
) -> Histogram:
    """Return how many facts pass the filters in each bucket of time.

    Who sees no facts is told days, weeks or months, of days that are over (``situation.days``).

    Raises:
        Forbidden: When the role may not see figures.
        TooLarge: When the buckets asked for are more than 10,000.
    """
    view = home.rights.ask(caller, "figures", subject=filters.subject())
    if sees_figures_only(home, caller):
        return _of_days(home, day_figures(home, view, filters), bucket)
    filters = view.narrow(filters)
    extent = home.lake.extent("facts")
    window = _window(extent, filters)
    if extent is None or window is None:
        return Histogram("hour" if bucket == "auto" else bucket, [], [])
    chosen = auto_bucket(window[1] - window[0]) if bucket == "auto" else bucket
    if (window[1] - window[0]) // (SECONDS[chosen] * _SECOND_US) > MAX_BUCKETS:
        raise TooLarge(limit=MAX_BUCKETS)
    local = chosen in {"day", "week", "month"}
    held = max(extent[0], window[0]), min(extent[1], window[1])
    timezone = home.settings.city.timezone
    step_us = SECONDS[_step(held, timezone) if local else chosen] * _SECOND_US
    counts = bucket_counts(home, filters, step_us, 0)
    if local:
        counts = _by_local_day(counts, timezone, chosen)
    return Histogram(chosen, counts["bucket_us"].to_pylist(), counts["n"].to_pylist())


def _step(held: tuple[int, int], timezone: str) -> Bucket:
    """Return what the local days of some facts are sums of: hours, which are counted already.

    Every zone's offset is a whole number of quarters; that of most is one of hours.
    """
    days = np.arange(held[0] // _DAY_US - 1, held[1] // _DAY_US + 2)
    midnights = resolve_local(days * _DAY_US, timezone).at_us.to_numpy(zero_copy_only=False)
    return "quarter" if np.any(midnights % (SECONDS["hour"] * _SECOND_US)) else "hour"


def _of_days(home: Home, figures: DayFigures, bucket: Bucket | Literal["auto"]) -> Histogram:
    """Return the days that are told, or the weeks or months that they make."""
    chosen: Bucket = bucket if bucket in {"week", "month"} else "day"
    totals: dict[int, int] = {}
    counts = figures.counts()
    for day, n in zip(figures.days, counts, strict=True):
        start = day_bounds(_first_day(day, chosen), home.settings.city.timezone)[0]
        if n:
            totals[start] = totals.get(start, 0) + n
    return Histogram(chosen, list(totals), list(totals.values()), counts.count(None))


def _window(extent: tuple[int, int] | None, filters: Filters) -> tuple[int, int] | None:
    if extent is None:
        return None
    low = extent[0] if filters.from_us is None else filters.from_us
    high = extent[1] + 1 if filters.to_us is None else filters.to_us
    return (low, high) if high > low else None


def _first_day(day: date, bucket: Bucket) -> date:
    if bucket == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if bucket == "week" else day


def _by_local_day(counts: pa.Table, timezone: str, bucket: Bucket) -> pa.Table:
    days = local_columns(counts["bucket_us"].combine_chunks(), timezone).local_day
    table = pa.table({"day": days, "n": counts["n"]})
    daily = table.group_by("day").aggregate([("n", "sum")]).sort_by("day")
    totals: dict[int, int] = {}
    for day, n in zip(daily["day"].to_pylist(), daily["n_sum"].to_pylist(), strict=True):
        start = day_bounds(_first_day(cast("date", day), bucket), timezone)[0]
        totals[start] = totals.get(start, 0) + int(n)
    return pa.table(
        {
            "bucket_us": pa.array(list(totals), pa.int64()),
            "n": pa.array(list(totals.values()), pa.int64()),
        }
    )
