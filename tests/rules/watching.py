"""Samples of what alert rules look at: an instance, its facts or measures, when it rings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

import vigie.rules
from vigie.judge.episodes import settle
from vigie.judge.rule import Finding, discover
from vigie.judge.watched import HOUR_US, MINUTE_US, Facts, Measures, Watched

T0 = 1_772_323_200_000_000
"""2026-03-01 00:00 UTC."""
RULES = discover(vigie.rules)
FACTS = pa.schema(
    [
        ("fact_id", pa.string()),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("earliest_us", pa.int64()),
        ("severity", pa.int8()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("cell8", pa.int64()),
    ]
)
MEASURES = pa.schema(
    [
        ("metric", pa.string()),
        ("place_id", pa.string()),
        ("cell", pa.int64()),
        ("from_us", pa.int64()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("source", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
    ]
)


def facts_of(rows: Sequence[dict[str, Any]]) -> Facts:
    return Facts.of(pa.Table.from_pylist(list(rows), FACTS))


def fact(name: str, kind: str, at_us: int, **more: Any) -> dict[str, Any]:
    row = {"fact_id": name, "kind": kind, "earliest_us": at_us, "source": "log", "severity": 3}
    row |= {"lon": 5.37, "lat": 43.296, "cell8": 613_048_834_553_085_951} | more
    assert set(row) == set(FACTS.names)
    return row


def sample(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / "samples" / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def watched(told: dict[str, Any], **more: Any) -> Watched:
    window = {"from_us": T0, "to_us": T0 + 24 * HOUR_US}
    window["since_us"] = T0 + int(told.get("since", 0))
    if "facts" in told:
        return Watched(**window, facts=facts_of(told["facts"]), **more)
    measures = Measures.of(pa.Table.from_pylist(told["measures"], MEASURES))
    return Watched(**window, measures=measures, **more)


def found(name: str, told: dict[str, Any], **changed: Any) -> list[Finding]:
    """What a rule finds in a sample, its quiet time kept."""
    rule = RULES[name]
    assert rule.parameters is not None
    asked = rule.parameters.model_validate(told["parameters"] | changed)
    return settle(rule.judge(watched(told), asked), asked.quiet_min * MINUTE_US)


def rings(name: str, told: dict[str, Any], **changed: Any) -> list[int]:
    return [one.from_us for one in found(name, told, **changed)]
