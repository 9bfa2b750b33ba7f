"""Indicators: what people follow, kind by zone by slot, against what was expected.

Who may see figures sees indicators; who may combine figures sets them. Counts below the least
figure of a role are withheld with all that would give them away. Whoever sees figures only (whole
days, published zones) is told which indicators there are and none of their numbers: windows that
slide by the hour could be subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.indicators import Asked, Indicator
from vigie.foresight.entry import scrubbed_reason
from vigie.geo.zonings import Zoning
from vigie.model.taxonomy import TAXONOMY
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.crowding import LEAST_PEOPLE, QUARTER_US, Ground, ground_at
from vigie.situation.days import sees_figures_only
from vigie.situation.freshness import freshness
from vigie.situation.home import Home
from vigie.situation.indicators_crowding import CROWDING, reckon_crowd
from vigie.situation.indicators_reckoning import (
    COLUMNS,
    DAYS,
    HOUR_US,
    SHOWN,
    Reckoned,
    instants_of,
    reckon,
)
from vigie.situation.rights import View

MOST = 60
LONGEST_TITLE = 80
LONGEST_ROLLING_H = 168
HOURS = 24
CRITICALITIES = range(1, 6)
DAY_US = HOURS * HOUR_US
SMALL_BASE = 4
"""Fewer weeks than this behind what was expected look different."""


NO_FACTS = pa.schema(
    {
        "kind": pa.string(),
        "source": pa.string(),
        "earliest_us": pa.int64(),
        "lon": pa.float64(),
        "lat": pa.float64(),
    }
)


def checked(home: Home, asked: Asked) -> Asked:
    """Return an indicator as it may be kept: known kind and zone, possible hours, clean title.

    Raises:
        WrongUsage: When something is unknown or out of range.
    """
    title = scrubbed_reason(asked.title)
    if not 0 < len(title) <= LONGEST_TITLE:
        raise WrongUsage(reason=f"title: 1 to {LONGEST_TITLE} characters", field="title")
    if asked.kind and asked.kind != CROWDING and TAXONOMY.find(asked.kind) is None:
        raise WrongUsage(reason=f"kind {asked.kind[:60]}", field="kind")
    _zoning(home, asked)
    if not 0 <= asked.rolling_h <= LONGEST_ROLLING_H:
        raise WrongUsage(reason=f"rolling_h: 0 to {LONGEST_ROLLING_H}", field="rolling_h")
    if not (0 <= asked.from_h < HOURS and 0 <= asked.to_h <= HOURS):
        raise WrongUsage(reason="from_h, to_h: 0 to 24", field="from_h")
    if asked.criticality not in CRITICALITIES:
        raise WrongUsage(reason="criticality: 1 to 5", field="criticality")
    limit = asked.threshold
    if limit is not None and not (math.isfinite(limit) and limit >= 0):
        raise WrongUsage(reason="threshold: 0 or more", field="threshold")
    return Asked(**(asdict(asked) | {"title": title}))


def _zoning(home: Home, asked: Asked) -> Zoning | None:
    if not asked.zone:
        return None
    name, _, zone_id = asked.zone.partition(":")
    zoning = home.frame.zonings.get(name)
    if zoning is None or zone_id not in zoning.ids:
        raise WrongUsage(reason=f"zone {asked.zone[:60]}", field="zone")
    return zoning


def _facts(home: Home, view: View, at_us: int, longest_h: int) -> tuple[pa.Table, int]:
    """Return the facts that a view may count, and from when on there are any."""
    extent = home.lake.extent("facts")
    if extent is None:
        return NO_FACTS.empty_table(), at_us
    from_us = at_us - (DAYS + 2) * DAY_US - longest_h * HOUR_US
    table = home.lake.scan("facts", from_us=from_us, to_us=at_us, columns=list(COLUMNS))
    return view.keep(table), extent[0]


def _whole(
    home: Home, caller: Caller, found: Sequence[Indicator], view: View
) -> list[dict[str, Any]]:
    at = now_us(home.clock)
    ground = _ground(home, caller, found, at)
    longest = max((one.asked.rolling_h for one in found), default=0)
    facts, since = _facts(home, view, at, max(longest, 24))
    timezone = home.settings.city.timezone
    told = []
    for one in found:
        zone = one.asked.zone.partition(":")
        zoning = home.frame.zonings.get(zone[0]) if one.asked.zone else None
        if one.asked.zone and (zoning is None or zone[2] not in zoning.ids):
            told.append(_json(one) | {"figures": None})
            continue
        least = view.least
        if one.asked.kind == CROWDING:
            figures = reckon_crowd(one.asked, ground, zoning, at, timezone)
            least = max(least, LEAST_PEOPLE)
        else:
            instants = instants_of(facts, one.asked, zoning)
            figures = reckon(one.asked, instants, at, since, timezone)
        told.append(_json(one) | {"figures": figures_json(figures, one.asked, least)})
    return told


def _ground(home: Home, caller: Caller, found: Sequence[Indicator], at_us: int) -> Ground | None:
    """Return what is known of crowds, where an indicator asks for it and the caller may see it."""
    wanted = any(one.asked.kind == CROWDING for one in found)
    if not wanted or not home.rights.may(caller, "measures"):
        return None
    begins = at_us // QUARTER_US * QUARTER_US
    view = home.rights.ask(caller, "measures", subject={"crowding": True, "at_us": begins})
    return ground_at(home, view, begins)


def figures_json(figures: Reckoned, asked: Asked, least: int) -> dict[str, Any]:
    """Return the figures that may be told to whoever is told counts from ``least`` on.

    A small count is null; with it fall what was expected, trend and crossings where they rest on
    small numbers, so that it cannot be worked out from them.
    """
    counts = [None if math.isnan(one) else int(one) for one in figures.counts.tolist()]

    def told(count: int | None) -> int | None:
        return None if count is None or 0 < count < least else count

    now = counts[-1]
    known = [one for one in counts if one is not None]
    withheld = now is not None and told(now) is None
    thin = sum(known) < least * len(known) / 7.0
    expectation, trend = figures.expectation, figures.trend
    hide = withheld or thin
    series = [
        {"from": to_rfc3339(int(start)), "n": told(count)}
        for start, count in zip(figures.windows.from_us, counts, strict=True)
    ]
    return {
        "from": to_rfc3339(int(figures.windows.from_us[-1])),
        "to": to_rfc3339(int(figures.windows.to_us[-1])),
        "n": told(now),
        "withheld": withheld,
        "expected": None if hide else _number(expectation.expected),
        "low": None if hide else _number(figures.low),
        "high": None if hide else _number(figures.high),
        "base": expectation.base,
        "small_base": expectation.base < SMALL_BASE,
        "chance": None if hide else _number(expectation.p_value, 6),
        "limit": asked.threshold if hide else _number(figures.limit),
        "state": "withheld" if withheld else _state(figures, now),
        "severity": asked.criticality if figures.above and not withheld else 1,
        "trend": {
            "direction": "unknown" if hide else trend.direction,
            "ratio": None if hide else _number(trend.ratio, 3),
            "low": None if hide else _number(trend.low, 3),
            "high": None if hide else _number(trend.high, 3),
            "base": trend.base,
        },
        "crossings": 0 if hide else figures.crossings(),
        "series": series[-SHOWN:],
    }


def _state(figures: Reckoned, now: int | None) -> str:
    if now is None or not math.isfinite(figures.limit):
        return "unknown"
    return "above" if figures.above else "ordinary"


def _number(value: float, digits: int = 2) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def _json(one: Indicator) -> dict[str, Any]:
    return {
        "indicator_id": one.indicator_id,
        "number": one.number,
        **asdict(one.asked),
        "owner": one.owner,
        "changed_by": one.who,
        "changed_at": to_rfc3339(one.at_us),
    }


def list_indicators(home: Home, caller: Caller) -> dict[str, Any]:
    """Return the indicators in force with their figures, the most critical first.

    Raises:
        Forbidden: When the role may not see figures.
    """
    view = home.rights.ask(caller, "figures", subject={"indicators": True})
    found = home.desk.indicators.in_force()
    fresh = freshness(home, ())
    only = sees_figures_only(home, caller)
    items = (
        [_json(one) | {"figures": None} for one in found]
        if only
        else _whole(home, caller, found, view)
    )
    return {
        "items": items,
        "may_set": home.rights.may(caller, "figures", Verb.COMBINE),
        "least": view.least,
        "figures_withheld": only,
        "age_s": fresh.age_s,
        "stale": fresh.stale,
        "at": to_rfc3339(now_us(home.clock)),
        "next": None,
    }


def read_indicator(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Return one indicator with its figures and its versions.

    Raises:
        Forbidden: When the role may not see figures.
        NotFound: When there is none in force.
    """
    view = home.rights.ask(caller, "figures", subject={"indicator": name[:40]})
    one = home.desk.indicators.get(name)
    if sees_figures_only(home, caller):
        told = _json(one) | {"figures": None}
    else:
        (told,) = _whole(home, caller, [one], view)
    return told | {"versions": [_json(old) for old in home.desk.indicators.versions(name)]}


def try_indicator(home: Home, caller: Caller, asked: Asked) -> dict[str, Any]:
    """Return the figures of an indicator that is not kept: what the builder shows.

    Raises:
        Forbidden: When the role may not combine figures.
        WrongUsage: When something is unknown or out of range.
    """
    subject = {"kind": asked.kind[:60], "zone": asked.zone[:60], "trial": True}
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject)
    clean = checked(home, asked)
    trial = Indicator("trial", 0, "trial", clean, caller.name, caller.name, now_us(home.clock))
    (told,) = _whole(home, caller, [trial], view)
    return told


def set_indicator(
    home: Home, caller: Caller, asked: Asked, *, name: str = "", after: int = 0
) -> dict[str, Any]:
    """Keep a new indicator, or a new version of one.

    Args:
        home: The home.
        caller: Who sets it.
        asked: What it counts.
        name: The indicator that is changed; empty for a new one.
        after: Number of the version that the change was made on.

    Raises:
        Forbidden: When the role may not combine figures.
        WrongUsage: When something is unknown or out of range, or there are too many.
        NotFound: When there is none of that name in force.
        StaleVersion: When somebody else has changed it meanwhile.
    """
    subject = {"indicator": name[:40], "kind": asked.kind[:60], "zone": asked.zone[:60]}
    home.rights.ask(caller, "figures", Verb.COMBINE, subject)
    clean = checked(home, asked)
    if name:
        return _json(home.desk.indicators.change(name, clean, after=after, who=caller.name))
    if len(home.desk.indicators.in_force()) >= MOST:
        raise WrongUsage(reason=f"at most {MOST} indicators", field="title")
    return _json(home.desk.indicators.create(clean, who=caller.name))


def end_indicator(home: Home, caller: Caller, name: str, *, after: int) -> dict[str, Any]:
    """End an indicator; its versions stay as long as the retention rule says.

    Raises:
        Forbidden: When the role may not combine figures.
        NotFound: When there is none of that name in force.
        StaleVersion: When somebody else has changed it meanwhile.
    """
    home.rights.ask(caller, "figures", Verb.COMBINE, {"indicator": name[:40], "end": True})
    return _json(home.desk.indicators.change(name, None, after=after, who=caller.name))
