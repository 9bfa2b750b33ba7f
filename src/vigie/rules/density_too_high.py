"""The announced crowd cannot stand on the footprint of the event."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted

MOST_PER_M2 = 4.7
WATCHED_PER_M2 = 3.0
MIN_CROWD = 1_000.0


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event outdoors to come with more than 3 persons a square metre at its high figure.

    A venue's capacity speaks for itself, and a line has no area to stand on: neither is judged.
    The whole footprint counts as free ground, so that the true density is higher.
    """
    area_m2 = plan.geometry.area
    if area_m2 <= 0 or plan.capacity is not None or plan.ends_us < now_us or not plan.outdoors:
        return None
    density = plan.high / area_m2
    if density <= WATCHED_PER_M2:
        return None
    return Finding(
        severity=5 if density > MOST_PER_M2 else 3,
        explanation={
            "fr": f"« {plan.title} » met jusqu'à {number(plan.high)} personnes sur"
            f" {number(area_m2)} m², soit {number(density, digits=1)} par m² (plafond"
            f" {number(MOST_PER_M2, digits=1)}).",
            "en": f'"{plan.title}" puts up to {number(plan.high, "en")} people on'
            f" {number(area_m2, 'en')} m²: {number(density, 'en', 1)} a m² (ceiling"
            f" {number(MOST_PER_M2, 'en', 1)}).",
        },
        from_us=plan.starts_us,
        to_us=plan.ends_us,
        subjects=(plan.plan_id,),
        numbers={"people": plan.high, "area_m2": round(area_m2), "per_m2": round(density, 2)},
        geometry=plan.geometry,
    )


RULE = Rule(
    name="density_too_high",
    kind="clash_single",
    title={"fr": "Densité trop forte", "en": "Crowd too dense"},
    why={
        "fr": "Au-delà de 5 personnes par m² une foule ne se conduit plus elle-même. La règle"
        " compte toute l'emprise comme libre et tout le public présent à la fois.",
        "en": "Beyond 5 persons a square metre a crowd no longer steers itself. The rule counts the"
        " whole footprint as free and everybody present at once.",
    },
    judge=judge,
    reference="Guide to Safety at Sports Grounds (Green Guide): 47 persons for 10 m² standing",
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
)
