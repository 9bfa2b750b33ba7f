"""Instances of alert rules at work: over the last hours as facts come, or over past weeks."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

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
    FACT_COLUMNS,
    HOUR_US,
    MEASURE_COLUMNS,
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
            found.append(_prepared(home, one))
        except VigieError as error:
            log.warning("alert rule cannot be used", rule_id=one.rule_id, code=error.code)
    return found


def _prepared(home: Home, one: Instance) -> Prepared:
    ready = prepare(home, one.family, one.parameters, one.scope, severity=one.severity)
    return replace(ready, rule_id=one.rule_id)


class Tables:
    """Facts and measures of a stretch of time, read once for all instances that look at it."""

    def __init__(self, home: Home, since_us: int, to_us: int) -> None:
        self._home = home
        self.since_us = since_us
        self.to_us = to_us
        self._read: dict[str, pa.Table] = {}

    def of(self, kind: str) -> pa.Table:
        """Return the rows of a table whose time lies in the stretch."""
        if kind not in self._read:
            columns = FACT_COLUMNS if kind == "facts" else MEASURE_COLUMNS
            self._read[kind] = self._home.lake.scan(
                kind, from_us=self.since_us, to_us=self.to_us + 1, columns=columns
            )
        return self._read[kind]

    def names(self) -> dict[str, str]:
        """Return the names of places by id."""
        if "places" not in self._read:
            self._read["places"] = self._home.lake.scan("places", columns=["place_id", "label"])
        ids, labels = (self._read["places"][name].to_pylist() for name in ("place_id", "label"))
        return {one: label for one, label in zip(ids, labels, strict=True) if label}


def findings(
    home: Home, one: Prepared, tables: Tables, from_us: int
) -> tuple[list[Finding], Watched]:
    """Return what an instance finds from an instant on, and what it looked at."""
    area, words = area_of(home.frame, one.scope)
    table = within(tables.of(one.rule.reads), one.scope, area)
    extent = home.lake.extent(one.rule.reads)
    known_from = tables.since_us if extent is None else max(tables.since_us, extent[0])
    zone = home.settings.city.timezone
    seen = Watched(
        from_us, tables.to_us, known_from, severity=one.severity, area=words, timezone=zone
    )
    if one.rule.reads == "facts":
        seen = replace(seen, facts=Facts.of(table))
    else:
        seen = replace(seen, measures=Measures.of(table), names=tables.names())
    found = list(one.rule.judge(seen, one.parameters))
    hours = within_hours(
        [finding.from_us for finding in found],
        zone,
        one.scope.from_hour,
        one.scope.to_hour,
    )
    kept = [finding for finding, inside in zip(found, hours, strict=True) if inside]
    return settle(kept, one.parameters.quiet_min * MINUTE_US), seen


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


def alert_of(one: Prepared, finding: Finding) -> Alert:
    """Return the alert of a finding of an instance."""
    about = finding.identity or finding.subjects
    identity = "|".join((one.rule_id, *about, str(finding.from_us)))
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
            "about": list(about),
        },
        lon=None if point is None else point.x,
        lat=None if point is None else point.y,
        instance=one.rule_id,
        family=family_of(one),
    )


def _new(home: Home, one: Prepared, found: Sequence[Finding]) -> list[Alert]:
    """Return the alerts that are not told already: a late fact may move the start of an episode."""
    if not found:
        return []
    quiet_us = one.parameters.quiet_min * MINUTE_US
    first = min(finding.from_us for finding in found) - quiet_us
    told: dict[tuple[str, ...], list[int]] = {}
    for alert in home.desk.alerts.since(one.rule_id, first):
        told.setdefault(tuple(alert.numbers.get("about", ())), []).append(alert.at_us)
    return [
        alert_of(one, finding)
        for finding in found
        if all(
            abs(at - finding.from_us) >= max(quiet_us, 1)
            for at in told.get(tuple(finding.identity or finding.subjects), ())
        )
    ]


def find_new(home: Home, rules: Sequence[Prepared], *, back_us: int = BACK_US) -> list[Alert]:
    """Return what some instances find new in the last hours, without raising it.

    Args:
        home: The home.
        rules: The instances.
        back_us: How far back to judge.

    Raises:
        Stopping: When the process is told to stop.
    """
    if not rules:
        return []
    to_us = now_us(home.clock)
    from_us = to_us - back_us
    shared: dict[int, Tables] = {}
    found: list[Alert] = []
    for one in rules:
        look()
        since = _since(one, from_us)
        tables = shared.setdefault(since, Tables(home, since, to_us))
        try:
            found += _new(home, one, findings(home, one, tables, from_us)[0])
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
    tables = Tables(home, _since(one, from_us), to_us)
    found, seen = findings(home, one, tables, from_us)
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
