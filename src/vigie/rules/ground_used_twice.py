"""The same ground is promised to two uses at the same time."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule
from vigie.model.taxonomy import TAXONOMY

MIN_SHARED_M2 = 50.0
HOUR_US = 3_600_000_000
GROUNDLESS = ("environment", "event.transport.service_change")
"""Kinds of plans that occupy no ground, whatever their footprint."""


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find two plans whose footprints and occupied times (buffers included) overlap.

    Sharing less than 50 m2 of ground is drawing precision, not a clash. Lines (processions,
    closures) count by a width of 10 m. A weather warning lies over ground and a change of service
    of public transport takes place elsewhere: neither uses any.
    """
    kinds = (left.kind, right.kind)
    if any(TAXONOMY.is_within(kind, other) for kind in kinds for other in GROUNDLESS):
        return None
    from_us, to_us = max(left.from_us, right.from_us), min(left.to_us, right.to_us)
    if from_us >= to_us:
        return None
    shared = _ground(left).intersection(_ground(right))
    if shared.area < MIN_SHARED_M2:
        return None
    hours = (to_us - from_us) / HOUR_US
    public = min(left.ends_us, right.ends_us) > max(left.starts_us, right.starts_us)
    return Finding(
        severity=4 if public else 2,
        explanation={
            "fr": f"« {left.title} » et « {right.title} » occupent le même sol"
            f" ({number(shared.area)} m²) pendant {number(hours, digits=1)} h"
            + ("." if public else ", pendant le montage ou le démontage seulement."),
            "en": f'"{left.title}" and "{right.title}" occupy the same ground'
            f" ({number(shared.area, 'en')} m²) for {hours:.1f} h"
            + ("." if public else ", during set-up or tear-down only."),
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={"shared_m2": round(shared.area, 1), "hours": round(hours, 2), "public": public},
        geometry=shared,
    )


def _ground(plan: PlanView) -> BaseGeometry:
    return plan.geometry if plan.geometry.area > 0 else plan.geometry.buffer(5.0)


RULE = Rule(
    name="ground_used_twice",
    kind="clash_pair",
    title={"fr": "Sol promis deux fois", "en": "Ground promised twice"},
    why={
        "fr": "Deux usages du même espace au même moment se gênent ou se mettent en danger. La"
        " règle ne sait pas si les organisateurs se sont entendus.",
        "en": "Two uses of the same space at the same time hinder or endanger each other. The rule"
        " does not know whether the organisers have agreed.",
    },
    judge=judge,
    reach_m=10.0,
)
