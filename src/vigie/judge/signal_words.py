"""A combined alarm in words: which signals, how far from what was expected, on what base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely

from vigie.base.translations import number
from vigie.geo.cells import cell_text
from vigie.judge.rule import Finding
from vigie.judge.surveillance.alarm_rate import Combined
from vigie.judge.surveillance.signals import Scored, Signal

HOUR_US = 3_600_000_000
LEAST_FACTS = 3
"""Fewer facts than this are told as "some": their number would tell of few people."""
GRAVE = 2.0
"""An alarm whose strength is twice its limit is one degree graver."""


def _value(signal: Signal, value: float, language: str) -> str:
    digits = 1 if signal.sort == "level" else 0
    unit = f" {signal.unit}" if signal.unit else ""
    return number(value, language, digits=digits) + unit


def _told(scored: Scored, signal: int, at: tuple[int, int], language: str) -> str:
    one = scored.signals[signal]
    value = float(scored.values[signal][at])
    usual = float(scored.expected[signal][at])
    score = number(float(scored.scores[signal][at]), language, digits=1)
    title = one.title[language]
    if one.sort == "count" and value < LEAST_FACTS:
        few = "quelques faits" if language == "fr" else "some facts"
        return f"{title} : {few}" if language == "fr" else f"{title}: {few}"
    seen = _value(one, value, language)
    expected = (
        number(usual, language, digits=1) if one.sort == "count" else _value(one, usual, language)
    )
    if language == "fr":
        return f"{title} : {seen}, attendu {expected} ({score} écarts)"
    return f"{title}: {seen}, expected {expected} ({score} deviations)"


def finding_of(
    scored: Scored,
    combined: Combined,
    at: tuple[int, int],
    *,
    declared_per_day: float,
    title: Mapping[str, str],
) -> Finding:
    """Return the finding about one cell and hour, its signals from the strongest down."""
    cell, hour = at
    raised = [int(i) for i in combined.positions if combined.raised[i, cell, hour]]
    raised.sort(key=lambda i: -float(scored.scores[i][at]))
    weeks = int(max(scored.weeks[i, hour] for i in raised))
    strength = float(combined.strength[at])
    told = {
        language: " ; ".join(_told(scored, i, at, language) for i in raised)
        if language == "fr"
        else "; ".join(_told(scored, i, at, language) for i in raised)
        for language in ("fr", "en")
    }
    rate = {language: number(declared_per_day, language, digits=1) for language in ("fr", "en")}
    from_us = int(scored.hours_us[hour])
    numbers: dict[str, Any] = {
        "strength": round(strength, 3),
        "limit": round(combined.limit, 3),
        "chance": float(10.0**-strength),
        "false_alarms_per_day": declared_per_day,
        "null_days": combined.null_days,
        "base_hours": weeks,
        "signals": [_signal_json(scored, i, at) for i in raised],
    }
    return Finding(
        severity=3 if strength >= GRAVE * combined.limit else 2,
        explanation={
            "fr": f"{title['fr']} : {told['fr']}. D'après {weeks} mêmes heures passées ; seuil"
            f" réglé pour {rate['fr']} fausse alerte par jour sur la ville.",
            "en": f"{title['en']}: {told['en']}. From {weeks} same hours of the past; limit set"
            f" for {rate['en']} false alarms a day over the city.",
        },
        from_us=from_us,
        to_us=from_us + HOUR_US,
        subjects=(cell_text(int(scored.cells[cell])),),
        numbers=numbers,
        geometry=shapely.Point(float(scored.lon[cell]), float(scored.lat[cell])),
    )


def _signal_json(scored: Scored, signal: int, at: tuple[int, int]) -> dict[str, Any]:
    one = scored.signals[signal]
    value = float(scored.values[signal][at])
    few = one.sort == "count" and value < LEAST_FACTS
    return {
        "name": one.name,
        "value": None if few else round(value, 2),
        "expected": round(float(scored.expected[signal][at]), 2),
        "deviations": round(float(scored.scores[signal][at]), 2),
    }
