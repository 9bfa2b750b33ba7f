"""A procession, march or race meets works that close the street."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import ROUTES, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted

MIN_CUT_M = 5.0


def judge(route: PlanView, works: PlanView) -> Finding | None:
    """Find works that let nothing through on the line of a route at its hour."""
    from_us, to_us = max(route.starts_us, works.from_us), min(route.ends_us, works.to_us)
    if from_us >= to_us:
        return None
    cut = route.geometry.intersection(works.ground)
    if cut.length < MIN_CUT_M:
        return None
    return Finding(
        severity=4,
        explanation={
            "fr": f"Le parcours de « {route.title} » passe par {number(cut.length)} m de"
            f" « {works.title} », où la voie est fermée.",
            "en": f'The route of "{route.title}" passes through {number(cut.length, "en")} m of'
            f' "{works.title}", where the street is closed.',
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((route.plan_id, works.plan_id))),
        numbers={"cut_m": round(cut.length, 1), "people": route.high},
        geometry=cut,
    )


RULE = Rule(
    name="works_on_route",
    kind="clash_pair",
    title={"fr": "Parcours coupé par des travaux", "en": "Route cut by works"},
    why={
        "fr": "Un cortège qui trouve la rue barrée s'arrête, se divise ou prend une rue que"
        " personne n'a préparée. La règle ne sait pas si le chantier laisse passer les piétons.",
        "en": "A procession that finds the street closed stops, splits or takes a street nobody"
        " prepared. The rule does not know whether the works let people on foot through.",
    },
    judge=judge,
    reach_m=10.0,
    first=Wanted(kinds=ROUTES, route=True),
    second=Wanted(kinds=WORKS, blocks=True),
)
