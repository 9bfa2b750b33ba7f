"""What stands beside every forecast: its verdict, its calibration, its base rate (AIA-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.privacy.disclosure import may_show

CALIBRATED = 0.8
"""Level of the interval whose calibration stands beside every forecast."""


def verdict_of(told: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what is shown of a kind, and why."""
    found: dict[str, Any] = next(one for one in told["verdicts"] if one["kind"] == kind)
    return found


def calibration_of(told: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Return how often the past fell into the 80 % interval of what is shown; None if unjudged."""
    scores = told["scores"].get(verdict_of(told, kind)["model"], {}).get(kind)
    coverage = () if scores is None else scores["coverage"]
    return next(
        ({"level": one["level"], "seen": one["randomised"]} for one in coverage
         if one["level"] == CALIBRATED),
        None,
    )  # fmt: skip


def rate_of(base: int, told: Mapping[str, Any], least: int) -> float | None:
    """Return the mean of all slots on record, the base rate; None where its count is withheld."""
    return round(base / told["counted"]["slots"], 5) if may_show(base, least) else None
