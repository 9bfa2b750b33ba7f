"""The calendar of what will vanish when: rules in words, counts by day, holds, the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import from_us, now_us, to_rfc3339
from vigie.model.contracts import CONTRACTS
from vigie.privacy.purposes import Verb
from vigie.privacy.retention import DAY_US, Rule, Term, expires_at
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.fields import describe_fields
from vigie.situation.retention.holding import DATASET, describe_holds
from vigie.situation.retention.offices import TABLES
from vigie.situation.retention.texts import TEXTS, texts_of
from vigie.situation.retention.windows import column_of

DAYS = 90
_UNITS: Final = {
    "day": ("jour", "jours"),
    "month": ("mois", "mois"),
    "year": ("an", "ans"),
}
_SINCE: Final = {
    "event": {"fr": "l'événement", "en": "the event"},
    "receipt": {"fr": "la réception", "en": "receipt"},
    "end": {"fr": "la fin d'usage ou de validité", "en": "the end of use or validity"},
}
_HOUR_US = 3_600_000_000


def in_words(term: Term) -> dict[str, str]:
    """Return a term in French and English."""
    n, unit = str(term).split(" ")
    one, many = _UNITS[unit.removesuffix("s")]
    return {"fr": f"{n} {one if n == '1' else many}", "en": str(term)}


def calendar(home: Home, caller: Caller, *, days: int = DAYS) -> dict[str, Any]:
    """Return what is kept how long, and how many records vanish each day of the next ones.

    Args:
        home: The home.
        caller: Who asks; the charter opens ``retention`` to whom it concerns.
        days: How many days ahead.

    Raises:
        Forbidden: When the charter does not let the caller.
    """
    home.rights.ask(caller, DATASET, Verb.CONSULT, {"days": days})
    at = now_us(home.clock)
    held = home.retention.cases()
    proofs = home.retention.proofs(1)
    return {
        "at": to_rfc3339(at),
        "version": home.retention.rulebook.version,
        "rules": [_rule(one) for one in home.retention.rulebook.rules.values()],
        "vanishing": [
            {"rule": name, "on": day, "n": n}
            for name, counts in _vanishing(home, at, days).items()
            for day, n in sorted(counts.items())
        ],
        "holds": describe_holds(held, at),
        "fields": describe_fields(home),
        "last_run": home.retention.last_run(),
        "last_proof": proofs[0] if proofs else None,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "store": rule.store,
        "connector": rule.connector,
        "title": dict(rule.title),
        "basis": dict(rule.basis),
        "plane": rule.plane,
        "regime": rule.regime,
        "controller": rule.controller,
        "purposes": [str(one) for one in rule.purposes],
        "term": in_words(rule.term),
        "ceiling": in_words(rule.ceiling),
        "since": _SINCE[rule.since],
        "at_term": rule.at_term,
        "holdable": rule.holdable,
    }


def _vanishing(home: Home, at: int, days: int) -> dict[str, Counter[str]]:
    """Return how many records vanish by rule and local day; what is late counts as today's."""
    found = {}
    for rule in home.retention.rulebook.rules.values():
        instants = _instants(home, rule, at + days * DAY_US)
        counts = _by_day(home, rule, instants, at, at + days * DAY_US)
        if counts:
            found[rule.name] = counts
    return found


def _instants(home: Home, rule: Rule, until: int) -> Iterable[tuple[int, int]]:
    """Yield ``(instant that the term runs from, how many)`` of what ends before an instant."""
    before = home.retention.rulebook.before(rule, until)
    if rule.store in CONTRACTS:
        return _of_table(home, rule, before)
    if rule.store in TEXTS:
        texts = texts_of(home.lake, rule.store)
        return [] if texts is None else texts.count_by_day(home.retention.rulebook.zone, before)
    if rule.store in {"journal", "quarantine", "events"}:
        return home.intake.housekeeping.count_by_hour(rule.store)
    tables = [table for table, name in TABLES.items() if name == rule.name]
    return [(at, 1) for table in tables for _, at in home.desk.retention.ended(table, before)]


def _of_table(home: Home, rule: Rule, before: int) -> list[tuple[int, int]]:
    window = home.retention.window(rule, before)
    if window is None:
        return []
    contract, column = CONTRACTS[rule.store], column_of(rule)
    to_us = before if column == contract.time_column else None
    rows = home.lake.scan(rule.store, to_us=to_us, columns=sorted({column, "source"}))
    mask = pc.fill_null(pc.less(rows[column].cast(pa.int64()), before), False)
    if window.only is not None:
        mask = pc.and_(mask, pc.is_in(rows["source"], pa.array(sorted(window.only), pa.string())))
    elif window.without:
        others = pa.array(sorted(window.without), pa.string())
        mask = pc.and_(mask, pc.invert(pc.is_in(rows["source"], others)))
    hours = np.asarray(rows[column].cast(pa.int64()).filter(mask).drop_null()) // _HOUR_US
    values, counts = np.unique(hours, return_counts=True)
    return [(int(h) * _HOUR_US, int(n)) for h, n in zip(values, counts, strict=True)]


def _by_day(
    home: Home, rule: Rule, instants: Iterable[tuple[int, int]], at: int, until: int
) -> Counter[str]:
    zone = home.retention.rulebook.zone
    counts: Counter[str] = Counter()
    for instant, n in instants:
        ends = max(expires_at(rule, instant, zone), at)
        if ends < until:
            counts[from_us(ends).astimezone(zone).date().isoformat()] += n
    return counts
