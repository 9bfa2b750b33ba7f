"""What situations are called: an alert's sentence, a fact's kind, otherwise the key itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vigie.base.errors import NotFound
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.alerts_read import seen
from vigie.situation.around.reports import fact_row
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.home import Home
from vigie.situation.view import View

MOST_FACTS = 40


def named(home: Home, views: Mapping[str, View], keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the name of each situation in both languages, as far as the views show it.

    Args:
        home: The home.
        views: Those of ``alerts`` and ``facts`` where the caller has them.
        keys: ``alert:ID``, ``fact:ID`` or ``LON,LAT``; the empty key has no name.
    """
    found, facts = {}, 0
    for key in dict.fromkeys(keys):
        if not key:
            continue
        facts += key.startswith("fact:")
        name = _of_alert(home, views, key)
        if name is None and facts <= MOST_FACTS:
            name = _of_fact(home, views, key)
        found[key] = {"fr": key, "en": key} if name is None else name
    return found


def _of_alert(home: Home, views: Mapping[str, View], key: str) -> dict[str, str] | None:
    sort, _, alert_id = key.partition(":")
    if sort != "alert" or "alerts" not in views:
        return None
    try:
        found = home.desk.alerts.get(alert_id)
    except NotFound:
        return None
    if found.rule == BULK_READ or not seen(views["alerts"], found):
        return None
    return {language: found.explanation[language].rstrip(".") for language in ("fr", "en")}


def _of_fact(home: Home, views: Mapping[str, View], key: str) -> dict[str, str] | None:
    sort, _, fact_id = key.partition(":")
    if sort != "fact" or "facts" not in views:
        return None
    row = fact_row(home, views["facts"], fact_id)
    if row is None:
        return None
    kind = TAXONOMY.get(row["kind"])
    return {"fr": kind.fr, "en": kind.en}
