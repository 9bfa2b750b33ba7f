"""Alerts: the rules look at the last hour and at the sources; what is new goes to the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import now_us
from vigie.base.stopping import look
from vigie.desk.alerts import Alert
from vigie.geo.cells import cell_centers, cell_to_text, cells_of
from vigie.judge.rule import Finding, Rule, SourceView, of_kind
from vigie.model.taxonomy import FACT_THEMES, TAXONOMY
from vigie.situation.alerts_engine import find_new, standing_rules
from vigie.situation.home import Home

HOUR_US = 3_600_000_000
WEEK_US = 7 * 24 * HOUR_US
WEEKS = 8
OF_INTEREST_US = 24 * HOUR_US
EVENT_TYPE = "org.vigie.alert.raised.v1"
CHANGED = "org.vigie.alert.changed.v1"
MOST_TOLD = 20
COARSE_RESOLUTION = 8


def as_alert(rule: Rule, finding: Finding) -> Alert:
    """Return what a rule found as an alert of the desk."""
    identity = "|".join((rule.name, *finding.subjects, str(finding.from_us)))
    point = finding.geometry.centroid if finding.geometry is not None else None
    return Alert(
        alert_id="alert-" + hashlib.blake2b(identity.encode(), digest_size=15).hexdigest(),
        rule=rule.name,
        severity=finding.severity,
        at_us=finding.from_us,
        until_us=finding.to_us + OF_INTEREST_US,
        explanation=dict(finding.explanation),
        numbers={**finding.numbers, "subjects": list(finding.subjects)},
        lon=point.x if point is not None else None,
        lat=point.y if point is not None else None,
        family=str(finding.subjects[1]) if rule.kind == "alert_counts" else rule.name,
    )


def counts_by_hour(home: Home, first_us: int, hours: int) -> dict[int, pa.Table]:
    """Return observed and past counts by cell and theme, for each hour that has facts.

    The past is the same hour of the same weekday in each of the eight weeks before.

    Args:
        home: The home.
        first_us: Start of the first hour, epoch µs.
        hours: How many hours.

    Returns:
        By start of hour: columns ``cell8`` (text), ``theme``, ``observed``, ``past_total``,
        ``lon``, ``lat``.
    """
    pieces = []
    for week in range(WEEKS + 1):
        look()
        start = first_us - week * WEEK_US
        table = home.lake.query(
            "theme_cells",
            from_us=start,
            to_us=start + hours * HOUR_US,
            bucket_us=HOUR_US,
            origin_us=start,
        )
        hour = pc.divide(pc.subtract(table["bucket_us"], start), HOUR_US)
        seen_now = pc.multiply(table["n"], int(week == 0))
        columns = {"hour": hour, "cell8": table["cell8"], "theme": table["theme"]}
        pieces.append(pa.table({**columns, "now": seen_now, "n": table["n"]}))
    grouped = (
        pa.concat_tables(pieces)
        .combine_chunks()
        .group_by(["hour", "cell8", "theme"])
        .aggregate([("now", "sum"), ("n", "sum")])
        .sort_by([("hour", "ascending"), ("cell8", "ascending"), ("theme", "ascending")])
        .combine_chunks()
    )
    cells = grouped["cell8"].combine_chunks()
    lon, lat = cell_centers(cells)
    table = pa.table(
        {
            "cell8": cell_to_text(cells),
            "theme": grouped["theme"],
            "observed": grouped["now_sum"],
            "past_total": pc.subtract(grouped["n_sum"], grouped["now_sum"]),
            "lon": lon,
            "lat": lat,
        }
    )
    hour = grouped["hour"].to_numpy()
    edges = np.searchsorted(hour, np.arange(hours + 1))
    return {
        first_us + i * HOUR_US: table.slice(edges[i], edges[i + 1] - edges[i])
        for i in range(hours)
        if edges[i + 1] > edges[i]
    }


def judge_hours(home: Home, first_us: int, hours: int) -> list[Alert]:
    """Return what the counting rules find in ``hours`` hours from ``first_us``.

    An hour with less than one week of past before it is not judged.
    """
    extent = home.lake.extent("facts")
    if extent is None:
        return []
    labels = {c: {"fr": TAXONOMY.get(c).fr, "en": TAXONOMY.get(c).en} for c in FACT_THEMES}
    found: list[Alert] = []
    for from_us, counts in counts_by_hour(home, first_us, hours).items():
        past_hours = min(WEEKS, (from_us - extent[0]) // WEEK_US)
        if past_hours < 1:
            continue
        known = {
            "from_us": from_us,
            "to_us": from_us + HOUR_US,
            "past_hours": int(past_hours),
            "tests": len(pc.unique(counts["cell8"])) * len(FACT_THEMES) * 24,
            "labels": labels,
        }
        found += [
            as_alert(rule, finding)
            for rule in of_kind(home.rules, "alert_counts")
            for finding in rule.judge(counts, known)
        ]
    return found


def judge_sources(home: Home) -> list[Alert]:
    """Return what the rules about sources find now."""
    at = now_us(home.clock)
    views = [
        SourceView(health.source, health.period_s, health.last_received_us, health.state)
        for health in home.intake.health(at, batches=0)
    ]
    return [
        as_alert(rule, finding)
        for rule in of_kind(home.rules, "alert_sources")
        for finding in rule.judge(views, at)
    ]


def watch(home: Home, *, hours: int = 1) -> list[Alert]:
    """Judge the last full hours and the sources; put what is new on the desk and in the stream.

    An alert about a source ends when the source speaks again.

    Args:
        home: The home.
        hours: How many full hours back to judge (a first start looks further).

    Raises:
        Stopping: When the process is told to stop.
    """
    at = now_us(home.clock)
    this_hour = at - at % HOUR_US
    found = judge_hours(home, this_hour - hours * HOUR_US, hours)
    silent = judge_sources(home)
    slow = [one for one in standing_rules(home) if not one.rule.at_once]
    set_by_people = find_new(home, slow, back_us=max(hours, 2) * HOUR_US)
    fresh = home.desk.alerts.raise_all([*found, *silent, *set_by_people])
    rules = [rule.name for rule in of_kind(home.rules, "alert_sources")]
    home.desk.alerts.end_others(rules, [alert.alert_id for alert in silent])
    tell(home, fresh)
    return fresh


def tell(home: Home, fresh: Sequence[Alert]) -> None:
    """Tell those who listen of new alerts; of a storm the gravest, and how many more there are.

    The place told is the middle of a large cell: whoever may see it exactly asks for the alert.
    """
    by_gravity = sorted(fresh, key=lambda one: (-one.severity, one.at_us, one.alert_id))
    told: list[tuple[str, dict[str, Any]]] = []
    for alert in by_gravity[:MOST_TOLD]:
        lon, lat = coarse(alert)
        known: dict[str, Any] = {
            "alert_id": alert.alert_id,
            "rule": alert.rule,
            "severity": alert.severity,
        }
        told.append(
            (EVENT_TYPE, {**known, "lon": lon, "lat": lat, "explanation": alert.explanation})
        )
    if len(fresh) > MOST_TOLD:
        told.append((CHANGED, {"change": "storm", "n": len(fresh) - MOST_TOLD}))
    home.intake.events.append_all(told)


def coarse(alert: Alert) -> tuple[float | None, float | None]:
    """Return the middle of the large cell that an alert lies in; nothing without a place."""
    if alert.lon is None or alert.lat is None:
        return None, None
    cell = cells_of([alert.lon], [alert.lat], COARSE_RESOLUTION)
    lon, lat = cell_centers(cell)
    return float(lon[0]), float(lat[0])
