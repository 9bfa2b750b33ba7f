"""Counts of a window beside those of the same window one week before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from vigie.base.clock import now_us, to_rfc3339
from vigie.model.times import day_bounds
from vigie.situation.caller import Caller
from vigie.situation.counts import METHOD, Count, count
from vigie.situation.days import day_figures, sees_figures_only
from vigie.situation.filters import Filters
from vigie.situation.freshness import freshness, until_now
from vigie.situation.home import Home
from vigie.situation.reading import combined_counts
from vigie.situation.rights import View

WEEK_US = 7 * 86_400 * 1_000_000
DAY_US = 86_400 * 1_000_000
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One count and the one of a week before, or None where the two cannot be compared.

    ``withheld`` is the number of days left out of the count, too few facts to be told.
    """

    key: str
    now: Count
    before: Count | None
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a window by theme, kind, source, severity and status.

    Attributes:
        from_us: Start of the window.
        to_us: End, exclusive.
        total: All of them.
        by: Lines by dimension, most frequent first; a dimension's unknown value has an empty key.
        age_s: Age of the newest data received.
        stale: Whether a feeding source is silent for too long.
    """

    from_us: int
    to_us: int
    total: Line
    by: dict[str, list[Line]]
    age_s: float | None
    stale: bool

    def as_json(self) -> dict[str, object]:
        """Return the summary as the interface answers it."""
        return {
            "from": to_rfc3339(self.from_us),
            "to": to_rfc3339(self.to_us),
            "before_from": to_rfc3339(self.from_us - WEEK_US),
            "before_to": to_rfc3339(self.to_us - WEEK_US),
            "total": _line_json(self.total),
            **{f"by_{name}": [_line_json(one) for one in lines] for name, lines in self.by.items()},
            "age_s": self.age_s,
            "stale": self.stale,
            "method": METHOD,
        }


def _count_json(one: Count) -> dict[str, object]:
    return {"n": one.n, "low": round(one.low, 2), "high": round(one.high, 2)}


def _line_json(line: Line) -> dict[str, object]:
    before = None if line.before is None else _count_json(line.before)
    return {
        "key": line.key,
        "now": _count_json(line.now),
        "before": before,
        "withheld": line.withheld,
    }


def _text(value: object) -> str:
    return UNKNOWN if value is None else str(value)


_DIMENSIONS: dict[str, tuple[str, Callable[[object], str]]] = {
    "theme": ("kind", lambda value: _text(value).partition(".")[0]),
    "kind": ("kind", _text),
    "source": ("source", _text),
    "severity": ("severity", _text),
    "status": ("status", _text),
}

_GROWS_OLD = ("status",)
"""What was open a week ago has had a week to be closed: no comparison with the present window."""


def _totals(table: pa.Table, dimension: str) -> dict[str, int]:
    column, key = _DIMENSIONS[dimension]
    found: dict[str, int] = {}
    for value, n in zip(table[column].to_pylist(), table["n"].to_pylist(), strict=True):
        name = key(value)
        found[name] = found.get(name, 0) + int(n)
    return found


def _lines(name: str, now: dict[str, int], before: dict[str, int]) -> list[Line]:
    if name in _GROWS_OLD:
        frequent = sorted(now, key=lambda key: (-now[key], key))
        return [Line(key, count(now[key]), None) for key in frequent]
    keys = sorted(now.keys() | before.keys(), key=lambda key: (-now.get(key, 0), key))
    return [Line(key, count(now.get(key, 0)), count(before.get(key, 0))) for key in keys]


def _of_days(home: Home, view: View, filters: Filters) -> Summary:
    """Return the summary from the days' tables: city or zone, by theme."""
    now, before = (day_figures(home, view, filters, shift_days=shift) for shift in (0, -7))

    def line(key: str, theme: str = "") -> Line:
        n, withheld = now.sum(theme)
        earlier, missing = before.sum(theme)
        same = not missing and not withheld and len(now.days) == len(before.days)
        return Line(key, count(n), count(earlier) if same else None, withheld)

    lines = [line(theme, theme) for theme in now.by_theme()]
    told = sorted(
        (one for one in lines if one.withheld < len(now.days)),
        key=lambda one: (-one.now.n, one.key),
    )
    fresh = freshness(home, ())
    timezone = home.settings.city.timezone
    bounds = [day_bounds(day, timezone) for day in now.days] or [(now_us(home.clock),) * 2]
    return Summary(
        from_us=bounds[0][0],
        to_us=bounds[-1][1],
        total=line("total"),
        by={name: told if name == "theme" else [] for name in _DIMENSIONS},
        age_s=fresh.age_s,
        stale=fresh.stale,
    )


def summarise(home: Home, caller: Caller, filters: Filters) -> Summary:
    """Return the counts of the filters' window (the last 24 hours by default).

    Who sees no facts is told whole days that are over (``situation.days``).

    Raises:
        Forbidden: When the role may not see figures.
    """
    view = home.rights.ask(caller, "figures", subject=filters.subject())
    if sees_figures_only(home, caller):
        return _of_days(home, view, filters)
    filters = view.narrow(filters)
    to_us = until_now(home) if filters.to_us is None else filters.to_us
    from_us = to_us - DAY_US if filters.from_us is None else filters.from_us
    now = combined_counts(home, filters.within(from_us, to_us))
    before = combined_counts(home, filters.within(from_us - WEEK_US, to_us - WEEK_US))
    fresh = freshness(home, filters.sources)
    totals = [int(sum(table["n"].to_pylist())) for table in (now, before)]
    return Summary(
        from_us=from_us,
        to_us=to_us,
        total=Line("total", count(totals[0]), count(totals[1])),
        by={name: _lines(name, _totals(now, name), _totals(before, name)) for name in _DIMENSIONS},
        age_s=fresh.age_s,
        stale=fresh.stale,
    )
