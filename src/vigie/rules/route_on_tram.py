"""A route follows or crosses a tram or railway line without a change of service."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.base.translations import number
from vigie.judge.kinds import ROUTES
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import duration, listed

WITHIN_M = 60.0
LEAST_STOPS = 2
TRAM = "T"


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find a route within 60 m of two stops or more of one tram line, while nothing diverts it.

    A change of service that names the line, at the same hours, settles it.
    """
    return list(_found(plan, around))


def _found(plan: PlanView, around: Surroundings) -> Iterator[Finding]:
    told = {
        line
        for change in around.plans
        if change.starts_us < plan.ends_us and change.ends_us > plan.starts_us
        for line in change.attributes.get("lines", "").split(",")
    }
    lines = sorted({line for place in around.places for line in place.lines} - told)
    for line in lines:
        stops = [place for place in around.places if line in place.lines]
        names = sorted({place.label for place in stops})
        if not line.startswith(TRAM) or len(names) < LEAST_STOPS:
            continue
        yield Finding(
            severity=3,
            explanation={
                "fr": f"Le parcours de « {plan.title} » longe la ligne {line} entre {listed(names)}"
                f" ({number(len(names))} arrêts) pendant {duration(plan.ends_us - plan.starts_us)},"
                " sans modification de service annoncée.",
                "en": f'The route of "{plan.title}" follows line {line} between'
                f" {listed(names, 'en')} ({number(len(names), 'en')} stops) for"
                f" {duration(plan.ends_us - plan.starts_us, 'en')}, and no change of service is"
                " announced.",
            },
            from_us=plan.starts_us,
            to_us=plan.ends_us,
            subjects=(plan.plan_id,),
            numbers={"line": line, "stops": len(names)},
            geometry=plan.geometry,
            identity=(plan.plan_id, line),
        )


RULE = Rule(
    name="route_on_tram",
    kind="clash_place",
    title={"fr": "Parcours sur une ligne de tramway", "en": "Route on a tram line"},
    why={
        "fr": "Un tramway ne contourne pas une foule, et sa caténaire menace chars et banderoles."
        " La règle ne connaît que les arrêts, non la voie.",
        "en": "A tram does not drive round a crowd, and its wires threaten floats and banners. The"
        " rule knows the stops alone, not the track.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=ROUTES, route=True),
    second=Wanted(kinds=("event.transport.service_change",)),
    places=("place.station", "place.stop"),
)
