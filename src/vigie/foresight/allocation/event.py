"""What an event itself brings to the points around it, from the effect model of the home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from vigie.foresight.allocation.demand import Demand, Floats, bring, spread
from vigie.foresight.effects.bins import HOUR_US
from vigie.foresight.effects.model import Prediction
from vigie.foresight.effects.occasion import Occasion
from vigie.geo.projection import Projection
from vigie.model.taxonomy import TAXONOMY

CROWD: Final = 500.0
"""Attendance from which a past week's other event makes it no ordinary week."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The demand with an event, and what the event is of it.

    Attributes:
        demand: What is expected, the event included.
        brings: What the event brings within the radius and hours: low, mid, high (80 %, of counts
            to come).
        events: Past events behind it.
    """

    demand: Demand
    brings: tuple[float, float, float]
    events: int


def with_event(
    demand: Demand,
    prediction: Prediction,
    occasion: Occasion,
    plane: Projection,
    *,
    kinds: Sequence[str],
    from_us: int,
    radius_m: float,
) -> Brought:
    """Return the demand with what an event brings to it, ring by ring and hour by hour.

    A ring that reaches beyond ``radius_m`` gives the share of its area that does not.

    Args:
        demand: What is usual there.
        prediction: What the effect model foresees.
        occasion: The event, in the metres of the effect model.
        plane: The metres of the effect model.
        kinds: Kinds of facts that count, each with its branch.
        from_us: First hour of the demand, epoch µs.
        radius_m: How far around the event facts count.
    """
    chosen = [
        number
        for number, code in enumerate(prediction.kinds)
        if any(TAXONOMY.is_within(code, kind) for kind in kinds)
    ]
    rings = prediction.bins.rings_m
    start_us = occasion.starts_us - prediction.bins.before_h * HOUR_US
    overlap = _overlap(start_us, prediction.expected.effect.shape[2], from_us, demand.hours)
    inner = np.concatenate(([0.0], rings[:-1]))
    outer = np.asarray(rings)
    inside = np.clip((radius_m**2 - inner**2) / (outer**2 - inner**2), 0.0, 1.0)
    ends = []
    for ring in range(len(rings)):
        foreseen = prediction.expected.over(kinds=chosen, rings=[ring]).effect
        by_hour = prediction.expected.effect[chosen, ring].sum(axis=0)
        whole = float(by_hour.sum())
        profile = (by_hour / whole if abs(whole) > 1e-9 else np.zeros_like(by_hour)) @ overlap  # noqa: PLR2004 - no effect
        told = np.array([foreseen.low80, foreseen.mean, foreseen.high80]) * inside[ring]
        ends.append(told[:, None] * profile[None, :])
    effect = np.stack(ends, axis=1)
    low, mid, high = effect
    return Brought(
        demand=bring(demand, _away_m(demand, occasion, plane), rings, (low, mid, high)),
        brings=spread(low.sum(axis=1), mid.sum(axis=1), high.sum(axis=1), np.arange(len(rings))),
        events=len(prediction.basis.plan_ids),
    )


def _overlap(start_us: int, bins: int, from_us: int, hours: int) -> Floats:
    """Return which share of each hour bin lies in each hour of the demand, ``(bins, hours)``."""
    begin = start_us + np.arange(bins)[:, None] * HOUR_US
    own = from_us + np.arange(hours)[None, :] * HOUR_US
    shared = np.minimum(begin, own) + HOUR_US - np.maximum(begin, own)
    return np.asarray(np.clip(shared / HOUR_US, 0.0, 1.0), np.float64)


def _away_m(demand: Demand, occasion: Occasion, plane: Projection) -> Floats:
    x, y = plane.to_metres(demand.lon, demand.lat)
    return np.asarray(shapely.distance(occasion.footprint, shapely.points(x, y)), np.float64)
