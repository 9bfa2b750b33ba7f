"""More people may come than the venue holds."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Wanted

MARGIN = 1.10
"""A high estimate this little above the capacity is the width of the estimate, not a crowd."""


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event to come whose likely attendance passes the venue's capacity.

    So does a high attendance that passes it by a tenth or more.
    """
    if plan.capacity is None or plan.capacity <= 0 or plan.ends_us < now_us:
        return None
    over = plan.likely > plan.capacity
    if not over and plan.high < MARGIN * plan.capacity:
        return None
    share = plan.high / plan.capacity - 1.0
    return Finding(
        severity=4 if over else 2,
        explanation={
            "fr": f"« {plan.title} » peut attirer {number(plan.high)} personnes pour"
            f" {number(plan.capacity)} places ({number(100 * share)} % de trop)"
            + (" ; même l'estimation moyenne dépasse la jauge." if over else "."),
            "en": f'"{plan.title}" may draw {number(plan.high, "en")} people for'
            f" {number(plan.capacity, 'en')} places ({number(100 * share, 'en')} % too many)"
            + ("; even the likely estimate exceeds the capacity." if over else "."),
        },
        from_us=plan.starts_us,
        to_us=plan.ends_us,
        subjects=(plan.plan_id,),
        numbers={"high": plan.high, "likely": plan.likely, "capacity": plan.capacity},
        geometry=plan.geometry,
    )


RULE = Rule(
    name="capacity_exceeded",
    kind="clash_single",
    title={"fr": "Jauge dépassée", "en": "Capacity exceeded"},
    why={
        "fr": "Ceux qui n'entrent pas attendent dehors, où rien n'est prévu pour eux. L'estimation"
        " haute n'est atteinte qu'une fois sur dix environ, et une billetterie peut la borner.",
        "en": "Those who do not get in wait outside, where nothing is planned for them. The high"
        " estimate is reached about one time in ten, and ticketing may bound it.",
    },
    judge=judge,
    reference="Arrêté du 25 juin 1980 (ERP) : effectif admissible",
    first=Wanted(crowd=1.0),
)
