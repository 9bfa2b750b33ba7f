"""The same ground is promised to two uses at the same time."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import GROUNDLESS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_SHARED_M2 = 50.0


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find two plans whose footprints overlap while both are open to the public.

    Sharing less than 50 m2 of ground is drawing precision, not a clash. Lines (processions,
    closures) count by a width of 10 m. A weather warning lies over ground and a change of service
    of public transport takes place elsewhere: neither uses any. Orders only say what others do,
    and two works on one street are the road authority's business. A market crossed by a route and
    a line cut by works have rules of their own.
    """
    if left.within(*WORKS) and right.within(*WORKS):
        return None
    if left.is_route != right.is_route and {True} == {
        one.within("event.market", *WORKS) or one.is_route for one in (left, right)
    }:
        return None
    from_us, to_us = max(left.starts_us, right.starts_us), min(left.ends_us, right.ends_us)
    if from_us >= to_us:
        return None
    shared = left.ground.intersection(right.ground)
    if shared.area < MIN_SHARED_M2:
        return None
    length = to_us - from_us
    return Finding(
        severity=4,
        explanation={
            "fr": f"« {left.title} » et « {right.title} » occupent le même sol"
            f" ({number(shared.area)} m²) pendant {duration(length)}.",
            "en": f'"{left.title}" and "{right.title}" occupy the same ground'
            f" ({number(shared.area, 'en')} m²) for {duration(length, 'en')}.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={"shared_m2": round(shared.area, 1), "minutes": length // 60_000_000},
        geometry=shared,
    )


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
    first=Wanted(apart_from=(*GROUNDLESS, "event.decree")),
)
