"""A large event in the street is near and no agent or barrier is engaged."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import DAY_US, duration

MIN_CROWD = 1_500.0
BIG_CROWD = 5_000.0
HORIZON_US = 10 * DAY_US


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event of 1,500 or more within 10 days that engages neither agents nor barriers."""
    if not now_us <= plan.starts_us <= now_us + HORIZON_US or not plan.outdoors:
        return None
    if plan.likely < MIN_CROWD or plan.units:
        return None
    if plan.engaged("agents") > 0 or plan.engaged("barriers") > 0:
        return None
    ahead = plan.starts_us - now_us
    return Finding(
        severity=4 if plan.likely >= BIG_CROWD else 3,
        explanation={
            "fr": f"« {plan.title} », {number(plan.likely)} personnes attendues, commence dans"
            f" {duration(ahead)} sans agent ni barrière prévus.",
            "en": f'"{plan.title}", {number(plan.likely, "en")} people expected, starts in'
            f" {duration(ahead, 'en')} with no agent or barrier planned.",
        },
        from_us=plan.starts_us,
        to_us=max(plan.ends_us, plan.starts_us + 1),
        subjects=(plan.plan_id,),
        numbers={"people": plan.likely, "days": round(ahead / DAY_US, 2)},
        geometry=plan.geometry,
    )


RULE = Rule(
    name="means_missing",
    kind="clash_single",
    title={"fr": "Aucun moyen prévu", "en": "No means planned"},
    why={
        "fr": "À dix jours, les tours de service sont presque arrêtés. Les moyens d'un autre"
        " service (police nationale) peuvent exister hors des données.",
        "en": "Ten days ahead, shifts are nearly settled. The means of another service (national"
        " police) may exist outside the data.",
    },
    judge=judge,
    fields=("means",),
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
)
