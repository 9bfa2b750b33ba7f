"""Alerts: the rules look at the last hour and at the sources; what is new goes to the desk."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import now_us
from vigie.desk.alerts import Alert
from vigie.geo.cells import cell_centers, cell_to_text
from vigie.judge.rule import Finding, Rule, SourceView, of_kind
from vigie.model.taxonomy import FACT_THEMES, TAXONOMY
from vigie.situation.home import Home

HOUR_US = 3_600_000_000
WEEK_US = 7 * 24 * HOUR_US
WEEKS = 8
OF_INTEREST_US = 24 * HOUR_US
EVENT_TYPE = "org.vigie.alert.raised.v1"


def _alert(rule: Rule, finding: Finding) -> Alert:
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
    )


def counts_of_hour(home: Home, from_us: int) -> pa.Table:
    """Return observed and past counts by cell and theme for the hour that starts at ``from_us``.

    The past is the same hour of the same weekday in each of the eight weeks before.
    """
    pieces = []
    for week in range(WEEKS + 1):
        start = from_us - week * WEEK_US
        table = home.lake.scan(
            "facts", from_us=start, to_us=start + HOUR_US, columns=["cell8", "kind"]
        )
        table = table.filter(pc.is_valid(table["cell8"]))
        theme = pc.list_element(pc.split_pattern(table["kind"], ".", max_splits=1), 0)
        pieces.append(
            pa.table(
                {
                    "cell8": table["cell8"],
                    "theme": theme,
                    "now": pa.array(np.full(table.num_rows, int(week == 0), dtype=np.int64)),
                }
            )
        )
    both = pa.concat_tables(pieces).combine_chunks()
    grouped = both.group_by(["cell8", "theme"]).aggregate([("now", "sum"), ("now", "count")])
    observed = grouped["now_sum"]
    lon, lat = cell_centers(grouped["cell8"].combine_chunks())
    return pa.table(
        {
            "cell8": cell_to_text(grouped["cell8"].combine_chunks()),
            "theme": grouped["theme"],
            "observed": observed,
            "past_total": pc.subtract(grouped["now_count"], observed),
            "lon": lon,
            "lat": lat,
        }
    )


def judge_hour(home: Home, from_us: int) -> list[Alert]:
    """Return what the counting rules find in the hour that starts at ``from_us``."""
    counts = counts_of_hour(home, from_us)
    extent = home.lake.extent("facts")
    if counts.num_rows == 0 or extent is None:
        return []
    past_hours = min(WEEKS, (from_us - extent[0]) // WEEK_US)
    if past_hours < 1:
        return []
    cells = len(pc.unique(counts["cell8"]))
    labels = {
        code: {"fr": TAXONOMY.get(code).fr, "en": TAXONOMY.get(code).en} for code in FACT_THEMES
    }
    known = {
        "from_us": from_us,
        "to_us": from_us + HOUR_US,
        "past_hours": int(past_hours),
        "tests": cells * len(FACT_THEMES) * 24,
        "labels": labels,
    }
    return [
        _alert(rule, finding)
        for rule in of_kind(home.rules, "alert_counts")
        for finding in rule.judge(counts, known)
    ]


def judge_sources(home: Home) -> list[Alert]:
    """Return what the rules about sources find now."""
    at = now_us(home.clock)
    views = [
        SourceView(health.source, health.period_s, health.last_received_us, health.state)
        for health in home.intake.health(at)
    ]
    return [
        _alert(rule, finding)
        for rule in of_kind(home.rules, "alert_sources")
        for finding in rule.judge(views, at)
    ]


def watch(home: Home, *, hours: int = 1) -> list[Alert]:
    """Judge the last full hours and the sources; put what is new on the desk and in the stream.

    Args:
        home: The home.
        hours: How many full hours back to judge (a first start looks further).
    """
    at = now_us(home.clock)
    this_hour = at - at % HOUR_US
    found = [
        alert
        for back in range(hours, 0, -1)
        for alert in judge_hour(home, this_hour - back * HOUR_US)
    ]
    fresh = home.desk.alerts.raise_all([*found, *judge_sources(home)])
    for alert in fresh:
        home.intake.events.append(
            EVENT_TYPE,
            {
                "alert_id": alert.alert_id,
                "rule": alert.rule,
                "severity": alert.severity,
                "lon": alert.lon,
                "lat": alert.lat,
                "explanation": alert.explanation,
            },
        )
    return fresh
