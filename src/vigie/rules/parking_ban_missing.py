"""An event closes streets and nobody has banned parking there."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Surroundings, Wanted
from vigie.judge.wording import DAY_US, duration

MIN_CROWD = 2_000.0
HORIZON_US = 10 * DAY_US
PARKING = "stationnement"


def judge(plan: PlanView, around: Surroundings) -> list[Finding]:
    """Find an event of 2,000 or more, within 10 days, that closes streets without a parking ban.

    The ban is a closure of the event itself (``stationnement``) or an order on its ground then.
    """
    ahead = plan.starts_us - around.now_us
    if not 0 <= ahead <= HORIZON_US or PARKING in plan.closes:
        return []
    if any(o.from_us < plan.to_us and o.to_us > plan.from_us for o in around.plans):
        return []
    return [
        Finding(
            severity=2,
            explanation={
                "fr": f"« {plan.title} », {number(plan.high)} personnes, ferme des voies dans"
                f" {duration(ahead)} sans arrêté de stationnement connu.",
                "en": f'"{plan.title}", {number(plan.high, "en")} people, closes streets in'
                f" {duration(ahead, 'en')} and no parking order is known.",
            },
            from_us=plan.from_us,
            to_us=plan.to_us,
            subjects=(plan.plan_id,),
            numbers={"people": plan.high, "days": round(ahead / DAY_US, 2)},
            geometry=plan.geometry,
        )
    ]


RULE = Rule(
    name="parking_ban_missing",
    kind="clash_place",
    title={"fr": "Arrêté de stationnement manquant", "en": "Parking ban missing"},
    why={
        "fr": "Sans panneaux posés à temps, les voitures restent sur le parcours et ne peuvent être"
        " enlevées. L'arrêté peut exister hors des données.",
        "en": "Without signs put up in time, cars stay on the route and cannot be towed. The order"
        " may exist outside the data.",
    },
    judge=judge,
    reach_m=30.0,
    reference="Code général des collectivités territoriales, art. L2213-2",
    first=Wanted(apart_from=(*NOT_CROWDS, "event.demonstration"), crowd=MIN_CROWD, blocks=True),
    second=Wanted(kinds=("event.decree.parking",)),
)
