"""Instances of alert rules at work: over the last hours as facts come, or over past weeks."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Stopping, VigieError, WrongUsage
from vigie.base.logging import get_logger
from vigie.base.stopping import look
from vigie.desk.alert_rules import ON, Instance
from vigie.desk.alerts import Alert
from vigie.judge.duty import within_hours
from vigie.judge.episodes import settle
from vigie.judge.parameters import WatchParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.verdicts import rate_interval
from vigie.judge.watched import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    Facts,
    Measures,
    Watched,
)
from vigie.model.times import at_local
from vigie.situation.alerts_scope import Scope, area_of, read_parameters, read_scope, within
from vigie.situation.home import Home

SECOND_US = 1_000_000
OF_INTEREST_US = 4 * HOUR_US
"""An alert of an instance is over so long after what it is about."""
BACK_US = 2 * HOUR_US
"""Facts that come this late still ring."""
MOST_SHOWN = 200
MOST_DAYS = 90
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An instance whose parameters and scope were read.

    Attributes:
        rule_id: Its name; empty for one that is only tried.
        rule: The rule.
        parameters: Its parameters.
        scope: Where and when it looks.
        severity: Of its alerts.
    """

    rule_id: str
    rule: Rule
    parameters: WatchParameters
    scope: Scope
    severity: int


def prepare(
    home: Home,
    family: str,
    parameters: Mapping[str, Any],
    scope: Mapping[str, Any],
    *,
    severity: int,
) -> Prepared:
    """Return an instance with everything about it checked.

    Raises:
        WrongUsage: When the rule, its parameters or the scope cannot be used.
        NotFound: When there is no such zone.
    """
    rule = home.rules.get(family)
    if rule is None or rule.kind != "alert_watch":
        raise WrongUsage(reason=f"rule {family[:80]}", field="family")
    read = read_scope(scope)
    area_of(home.frame, read)
    return Prepared("", rule, read_parameters(rule, parameters), read, severity)


def standing_rules(home: Home) -> list[Prepared]:
    """Return the instances that are switched on; one that can no longer be read is left and logged.

    A rule that a newer version took away, or a zone that is gone, must not silence the others.
    """
    found = []
    for one in home.desk.alert_rules.list_all():
        if one.state != ON:
            continue
        try:
            found.append(prepared(home, one))
        except VigieError as error:
            log.warning("alert rule cannot be used", rule_id=one.rule_id, code=error.code)
    return found


def prepared(home: Home, one: Instance) -> Prepared:
    """Return an instance of the desk with everything about it checked.

    Raises:
        WrongUsage: When the rule, its parameters or the scope cannot be used.
        NotFound: When there is no such zone.
    """
    ready = prepare(home, one.family, one.parameters, one.scope, severity=one.severity)
    return replace(ready, rule_id=one.rule_id)


def facts_of(
    home: Home, one: Prepared, since_us: int, to_us: int, *, limit: int | None = None
) -> pa.Table:
    """Return the facts that an instance looks at, from an instant to another, both inclusive.

    Kinds, feeds, severity and the box around the zone are the engine's to choose by: what an
    instance does not look at never enters this process.

    Args:
        home: The home.
        one: The instance.
        since_us: First instant.
        to_us: Last instant.
        limit: The newest so many only; all by default.
    """
    area, _ = area_of(home.frame, one.scope)
    kinds, severity = one.parameters.kinds(), one.parameters.least_severity()
    wanted: dict[str, Any] = {"from_us": since_us, "to_us": to_us + 1, **_box(area)}
    wanted |= {"kinds": [] if "" in kinds else list(kinds), "sources": list(one.scope.sources)}
    wanted |= {"severity_min": severity if severity > 1 else 0}  # without one it is 1
    wanted |= {} if limit is None else {"limit_rows": limit}
    return within(home.lake.query("watched_facts", **wanted), one.scope, area)


def _measures_of(home: Home, one: Prepared, since_us: int, to_us: int) -> pa.Table:
    """Return the measures that an instance looks at, from an instant to another."""
    area, _ = area_of(home.frame, one.scope)
    wanted: dict[str, Any] = {"from_us": since_us, "to_us": to_us + 1, **_box(area)}
    wanted |= {"metric": one.parameters.metric_read(), "sources": list(one.scope.sources)}
    return within(home.lake.query("watched_measures", **wanted), one.scope, area)


def _box(area: BaseGeometry | None) -> dict[str, float]:
    if area is None:
        return {}
    return dict(zip(("west", "south", "east", "north"), area.bounds, strict=True))


def _names_of(home: Home) -> dict[str, str]:
    """Return the names of places by id."""
    table = home.lake.scan("places", columns=["place_id", "label"])
    ids, labels = (table[name].to_pylist() for name in ("place_id", "label"))
    return {one: label for one, label in zip(ids, labels, strict=True) if label}


def findings(
    home: Home, one: Prepared, since_us: int, from_us: int, to_us: int
) -> tuple[list[Finding], Watched]:
    """Return what an instance finds between two instants, by the lake, and what it looked at.

    Args:
        home: The home.
        one: The instance.
        since_us: From when on it must know everything.
        from_us: First instant judged.
        to_us: Last one.
    """
    extent = home.lake.extent(one.rule.reads)
    known_from = since_us if extent is None else max(since_us, extent[0])
    seen = seen_by(home, one, from_us, to_us, known_from)
    if one.rule.reads == "facts":
        seen = replace(seen, facts=Facts.of(facts_of(home, one, since_us, to_us)))
    else:
        measures = Measures.of(_measures_of(home, one, since_us, to_us))
        seen = replace(seen, measures=measures, names=_names_of(home))
    return judged(one, seen), seen


def seen_by(home: Home, one: Prepared, from_us: int, to_us: int, since_us: int) -> Watched:
    """Return a stretch of time as an instance sees it, empty as yet."""
    _, words = area_of(home.frame, one.scope)
    zone = home.settings.city.timezone
    return Watched(from_us, to_us, since_us, severity=one.severity, area=words, timezone=zone)


def judged(one: Prepared, seen: Watched) -> list[Finding]:
    """Return what an instance finds in what it sees, within its hours."""
    found = list(one.rule.judge(seen, one.parameters))
    hours = within_hours(
        [finding.from_us for finding in found],
        seen.timezone,
        one.scope.from_hour,
        one.scope.to_hour,
    )
    return [finding for finding, inside in zip(found, hours, strict=True) if inside]


def _since(one: Prepared, from_us: int) -> int:
    """Return from when an instance must know: whole days, so that an episode keeps its start."""
    return (from_us - one.parameters.looks_back_s() * SECOND_US) // DAY_US * DAY_US


def family_of(one: Prepared) -> str:
    """Return what alerts of an instance are about: a theme, or what is measured."""
    asked = one.parameters.model_dump()
    if "metric" in asked:
        return str(asked["metric"])
    kind = str(asked.get("kind") or asked.get("then_kind") or "")
    return kind.partition(".")[0]


def about(finding: Finding) -> tuple[str, ...]:
    """Return what a finding is about: one alert of it within the quiet time."""
    return finding.identity or finding.subjects


def alert_of(one: Prepared, finding: Finding) -> Alert:
    """Return the alert of a finding of an instance."""
    identity = "|".join((one.rule_id, *about(finding), str(finding.from_us)))
    point = None if finding.geometry is None else finding.geometry.centroid
    return Alert(
        alert_id="alert-" + hashlib.blake2b(identity.encode(), digest_size=15).hexdigest(),
        rule=one.rule.name,
        severity=finding.severity,
        at_us=finding.from_us,
        until_us=finding.to_us + OF_INTEREST_US,
        explanation=dict(finding.explanation),
        numbers={
            **finding.numbers,
            "subjects": list(finding.subjects),
            "about": list(about(finding)),
        },
        lon=None if point is None else point.x,
        lat=None if point is None else point.y,
        instance=one.rule_id,
        family=family_of(one),
    )


def fresh_of(home: Home, one: Prepared, found: Sequence[Finding]) -> list[Alert]:
    """Return the alerts of what is not told already, one a subject within the quiet time.

    What was told before counts as much as what is found now, earlier and later: a late fact may
    move the start of an episode, and where one looks from moves with every look.
    """
    if not found:
        return []
    quiet_us = max(one.parameters.quiet_min * MINUTE_US, 1)
    first = min(finding.from_us for finding in found) - quiet_us
    told: dict[tuple[str, ...], list[int]] = {}
    for alert in home.desk.alerts.since(one.rule_id, first):
        told.setdefault(tuple(alert.numbers.get("about", ())), []).append(alert.at_us)
    fresh = []
    for finding in sorted(found, key=lambda each: (each.from_us, about(each))):
        known = told.setdefault(about(finding), [])
        if all(abs(at - finding.from_us) >= quiet_us for at in known):
            known.append(finding.from_us)
            fresh.append(alert_of(one, finding))
    return fresh


def find_new(home: Home, rules: Sequence[Prepared], *, back_us: int = BACK_US) -> list[Alert]:
    """Return what some instances find new in the last hours by the lake, without raising it.

    Args:
        home: The home.
        rules: The instances.
        back_us: How far back to judge.

    Raises:
        Stopping: When the process is told to stop.
    """
    to_us = now_us(home.clock)
    from_us = to_us - back_us
    found: list[Alert] = []
    for one in rules:
        look()
        try:
            ringing, _ = findings(home, one, _since(one, from_us), from_us, to_us)
            found += fresh_of(home, one, ringing)
        except Stopping:
            raise
        except VigieError as error:
            log.warning("alert rule failed", rule_id=one.rule_id, code=error.code)
    return found


def try_rule(home: Home, one: Prepared, days: int) -> dict[str, Any]:
    """Return how often an instance would have rung in the last days, and when.

    Args:
        home: The home.
        one: The instance; nothing of it is kept.
        days: How many days back from now.

    Raises:
        WrongUsage: When the number of days cannot be used.
    """
    if not 1 <= days <= MOST_DAYS:
        raise WrongUsage(reason=f"days: 1 to {MOST_DAYS}", field="days")
    began = time.monotonic()
    to_us = now_us(home.clock)
    from_us = to_us - days * DAY_US
    found, seen = findings(home, one, _since(one, from_us), from_us, to_us)
    found = settle(found, one.parameters.quiet_min * MINUTE_US)
    low, high = rate_interval(len(found), float(days))
    zone = home.settings.city.timezone
    by_day = Counter(at_local(each.from_us, zone).date().isoformat() for each in found)
    known_from = max(from_us, seen.since_us)
    return {
        "from": to_rfc3339(from_us),
        "to": to_rfc3339(to_us),
        "known_from": to_rfc3339(known_from),
        "days": days,
        "rang": len(found),
        "per_day": len(found) / days,
        "per_day_low": low,
        "per_day_high": high,
        "declared_per_day": one.parameters.declared_per_day(),
        "reached_per_day": one.parameters.reached_per_day(seen),
        "base": len(seen.facts) if seen.measures is None else len(seen.measures),
        "by_day": [{"day": day, "n": n} for day, n in sorted(by_day.items())],
        "items": [
            {
                "at": to_rfc3339(each.from_us),
                "severity": each.severity,
                "explanation": dict(each.explanation),
            }
            for each in reversed(found[-MOST_SHOWN:])
        ],
        "seconds": round(time.monotonic() - began, 3),
    }
