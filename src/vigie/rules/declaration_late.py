"""A declaration comes, or would come, after its legal date."""

from __future__ import annotations

from datetime import datetime

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.base.translations import number
from vigie.judge.kinds import DEMONSTRATIONS, NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import DAY_US, duration
from vigie.model.dps import declaration_for

DELAY_DAYS = {"safety_sheet": 30, "safety_file": 60}
PAPERS = {
    "safety_sheet": {"fr": "avec fiche de sécurité", "en": "with a safety sheet"},
    "safety_file": {"fr": "avec dossier de sécurité", "en": "with a safety file"},
    "march": {"fr": "à la préfecture de police", "en": "to the prefecture of police"},
}
CLEAR_DAYS = 3
DECLARED_AT = "declared_at"


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event to come that was declared late, or is a draft when it is late already.

    Demonstrations are declared three clear days before at least; gatherings of 1,500 or more at
    once a month before with a safety sheet, of 5,000 or more two months before with a safety file.
    Markets are the city's own and are not declared. The day of declaration is the attribute
    ``declared_at``; without it, only drafts are judged.
    """
    need = _need(plan)
    if need is None or plan.starts_us < now_us or not plan.declared:
        return None
    paper, days = need
    draft = plan.state == "draft"
    told_us = now_us if draft else _declared_us(plan)
    if told_us is None or told_us <= plan.starts_us - days * DAY_US:
        return None
    ahead = max(0, plan.starts_us - told_us)
    fr = f"n'est encore qu'un projet à {duration(ahead)} du début"
    en = f"is still a draft {duration(ahead, 'en')} before it starts"
    if not draft:
        fr = f"a été déclaré {duration(ahead)} avant le début"
        en = f"was declared {duration(ahead, 'en')} before it starts"
    size = f", {number(plan.likely)} personnes," if plan.likely else ""
    size_en = f", {number(plan.likely, 'en')} people," if plan.likely else ""
    return Finding(
        severity=3 if draft else 2,
        explanation={
            "fr": f"« {plan.title} »{size} {fr} et se déclare au moins {days} jours avant,"
            f" {PAPERS[paper]['fr']}.",
            "en": f'"{plan.title}"{size_en} {en} and is to be declared at least {days} days before,'
            f" {PAPERS[paper]['en']}.",
        },
        from_us=plan.starts_us,
        to_us=max(plan.ends_us, plan.starts_us + 1),
        subjects=(plan.plan_id,),
        numbers={"people": plan.likely, "due_days": days, "ahead_days": round(ahead / DAY_US, 2)},
        geometry=plan.geometry,
    )


def _need(plan: PlanView) -> tuple[str, int] | None:
    """Return what is to be filed and how many days before; three clear days are four nights."""
    if plan.within(*DEMONSTRATIONS):
        return "march", CLEAR_DAYS + 1
    if plan.place_id is not None:
        return None
    code = declaration_for(int(plan.likely)).code
    return (code, DELAY_DAYS[code]) if code in DELAY_DAYS else None


def _declared_us(plan: PlanView) -> int | None:
    """Return when the plan was declared; None where nobody said, or not with its zone."""
    try:
        return to_us(datetime.fromisoformat(plan.attributes.get(DECLARED_AT, "")))
    except (ValueError, WrongUsage):
        return None


RULE = Rule(
    name="declaration_late",
    kind="clash_single",
    title={"fr": "Déclaration tardive", "en": "Declaration late"},
    why={
        "fr": "Les services n'ont plus le temps d'étudier la sécurité ni d'engager des moyens. Les"
        " délais varient selon les préfectures (deux mois dès 1 500 dans certaines) ; une salle"
        " autorisée n'est pas jugée, ni un événement dont on ignore le jour de déclaration.",
        "en": "Services no longer have time to study safety or engage means. Delays vary between"
        " prefectures (two months from 1,500 in some); an authorised venue is not judged, nor an"
        " event whose day of declaration is unknown.",
    },
    judge=judge,
    reference="Code de la sécurité intérieure, art. L211-2 ; arrêtés préfectoraux (Somme)",
    first=Wanted(apart_from=(*NOT_CROWDS, "event.market")),
)
