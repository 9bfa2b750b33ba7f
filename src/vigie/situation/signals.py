"""Analyses, and alarms about accounts, as people read them."""

from __future__ import annotations

import math
from typing import Any

from vigie.analyse.analysis import Analysis
from vigie.base.clock import now_us, to_rfc3339
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.questions.asking import Question, ask_analysis, places_of

MAX_ROWS = 20_000


def _columns(analysis: Analysis, language: str = "fr") -> list[dict[str, Any]]:
    return [
        {"name": one.name, "fr": one.fr, "en": one.en, "key": one.key}
        | {"unit": one.unit_in(language)}
        | {"words": {code: {"fr": fr, "en": en} for code, (fr, en) in one.words.items()}}
        for one in analysis.columns
    ]


def list_analyses(home: Home) -> list[dict[str, Any]]:
    """Return the catalogue: what can be asked, with its parameters and its limits."""
    return [
        {
            "name": one.name,
            "question": dict(one.question),
            "limits": dict(one.limits),
            "reference": one.reference,
            "parameters": one.parameters.model_json_schema(),
            "columns": _columns(one),
            "chart": dict(one.chart) or None,
            "geo_column": one.geo_column,
            "map_column": one.map_column,
            "suppress_below": one.suppress_below if one.count_column else None,
            "rows_lead": one.rests_on is not None,
        }
        for one in home.analyses.values()
    ]


def _plain(value: Any) -> Any:
    """Return a value of a result as JSON can say it; what is not a number is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def answer_analysis(
    home: Home,
    caller: Caller,
    name: str,
    *,
    params: dict[str, Any],
    filters: Filters,
    language: str,
) -> dict[str, Any]:
    """Run an analysis on the facts that pass the filters; the last 12 months by default.

    Raises:
        Forbidden: When the role may not run analyses.
        NotFound: When there is no such analysis.
        WrongUsage: When a parameter cannot be used.
    """
    asked = ask_analysis(home, caller, Question(name, params, filters, language))
    analysis, answer = asked.analysis, asked.answer
    rows = answer.table.slice(0, MAX_ROWS).to_pylist()
    places = places_of(home, analysis, rows, params)
    return {
        "name": name,
        "from": to_rfc3339(asked.from_us),
        "to": to_rfc3339(asked.to_us),
        "table": [{key: _plain(value) for key, value in row.items()} for row in rows],
        "columns": _columns(analysis, language),
        "places": [{"id": one.place_id, "fr": one.fr, "en": one.en} for one in places],
        "limits": dict(answer.limits),
        "notes": [dict(note) for note in answer.notes],
        "chart": dict(analysis.chart) or None,
        "base": answer.base,
        "withheld": answer.withheld,
        "truncated": answer.table.num_rows > MAX_ROWS,
        "computed_at": to_rfc3339(now_us(home.clock)),
    }


def list_account_alerts(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the alarms of bulk reads, newest first.

    Raises:
        Forbidden: When the role may not look at accounts.
    """
    home.rights.ask(caller, "accounts", subject={"alerts": BULK_READ})
    return [
        {
            "alert_id": alert.alert_id,
            "rule": alert.rule,
            "severity": alert.severity,
            "at": to_rfc3339(alert.at_us),
            "until": to_rfc3339(alert.until_us),
            "lon": alert.lon,
            "lat": alert.lat,
            "explanation": dict(alert.explanation),
            "numbers": dict(alert.numbers),
            "state": alert.state,
        }
        for alert in home.desk.alerts.list_all(only=BULK_READ)
    ]
