"""One event is set up on ground that another has not yet left."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_SHARED_M2 = 50.0


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find two events one after the other whose tear-down and set-up overlap on shared ground.

    Events that are open at the same time are ``ground_used_twice``.
    """
    before, after = sorted((left, right), key=lambda plan: (plan.starts_us, plan.plan_id))
    from_us, to_us = max(before.from_us, after.from_us), min(before.to_us, after.to_us)
    if before.ends_us > after.starts_us or from_us >= to_us:
        return None
    shared = before.ground.intersection(after.ground)
    if shared.area < MIN_SHARED_M2:
        return None
    lacking = to_us - from_us
    return Finding(
        severity=3 if after.from_us < before.ends_us else 2,
        explanation={
            "fr": f"« {after.title} » s'installe {duration(lacking)} avant que « {before.title} »"
            f" ait libéré {number(shared.area)} m² du même sol.",
            "en": f'"{after.title}" sets up {duration(lacking, "en")} before "{before.title}"'
            f" has left {number(shared.area, 'en')} m² of the same ground.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={"lacking_min": lacking // 60_000_000, "shared_m2": round(shared.area, 1)},
        geometry=shared,
    )


RULE = Rule(
    name="turnaround_too_short",
    kind="clash_pair",
    title={"fr": "Montage sur un démontage", "en": "Set-up during tear-down"},
    why={
        "fr": "Deux équipes et leurs véhicules ne tiennent pas ensemble sur la même place, et le"
        " second événement ouvre en retard. La règle prend les durées déclarées, souvent larges.",
        "en": "Two crews and their vehicles do not fit on one square, and the second event opens"
        " late. The rule takes declared durations, which are often generous.",
    },
    judge=judge,
    reach_m=10.0,
    first=Wanted(apart_from=(*GROUNDLESS, *WORKS, "event.decree", "event.demonstration")),
)
