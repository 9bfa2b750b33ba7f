"""Fewer first-aid posts are planned than the national grid asks for."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import DAY_US
from vigie.model.dps import MOST_PUBLIC, CoverLevel, first_aid_cover, label, usual_degrees

HORIZON_US = 30 * DAY_US
MIN_CROWD = 300.0


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event of the next 30 days with fewer first-aid posts than the grid of the DPS.

    Everybody likely is taken as present at once, and the lines of the grid are those usual for the
    kind. A point of first aid (PAPS) is asked for as one post, and outdoors only: a hall has its
    own safety service.
    """
    if not now_us <= plan.starts_us <= now_us + HORIZON_US or plan.likely <= 0:
        return None
    cover = first_aid_cover(int(min(plan.likely, MOST_PUBLIC)), *usual_degrees(plan.kind))
    planned = plan.engaged("first_aid_posts")
    point = cover.level is CoverLevel.PAPS
    if cover.level is CoverLevel.NONE or planned >= cover.posts or (point and not plan.outdoors):
        return None
    grave = planned == 0 and cover.level not in {CoverLevel.PAPS, CoverLevel.PE}
    return Finding(
        severity=4 if grave else 2 if point else 3,
        explanation={
            "fr": f"« {plan.title} », {number(plan.likely)} personnes : la grille demande"
            f" {cover.responders} secouristes et {_posts_fr(cover.posts)}"
            f" ({label('level', cover.level)}), {_planned_fr(planned)}.",
            "en": f'"{plan.title}", {number(plan.likely, "en")} people: the grid asks for'
            f" {cover.responders} first-aiders and {_posts_en(cover.posts)}"
            f" ({label('level', cover.level, 'en')}), {number(planned, 'en')} planned.",
        },
        from_us=plan.starts_us,
        to_us=max(plan.ends_us, plan.starts_us + 1),
        subjects=(plan.plan_id,),
        numbers={
            "people": plan.likely,
            "ris": float(cover.ris),
            "posts_needed": cover.posts,
            "responders_needed": cover.responders,
            "posts_planned": planned,
        },
        geometry=plan.geometry,
    )


def _posts_fr(posts: int) -> str:
    return f"{posts} poste{'s' if posts > 1 else ''} de secours"


def _planned_fr(planned: float) -> str:
    if planned == 0:
        return "aucun n'est prévu"
    return f"{number(planned)} {'sont prévus' if planned > 1 else 'est prévu'}"


def _posts_en(posts: int) -> str:
    return f"{posts} first-aid post{'s' if posts > 1 else ''}"


RULE = Rule(
    name="first_aid_missing",
    kind="clash_single",
    title={"fr": "Postes de secours manquants", "en": "First-aid posts missing"},
    why={
        "fr": "Le dispositif prévisionnel de secours est dû par l'organisateur selon une grille"
        " nationale. La règle prend tout le public présent à la fois et les lignes usuelles de la"
        " grille ; le dossier de l'organisateur fait foi.",
        "en": "The organiser owes first-aid cover by a national grid. The rule takes everybody as"
        " present at once and the usual lines of the grid; the organiser's file prevails.",
    },
    judge=judge,
    reference="Référentiel national DPS, arrêté du 7 novembre 2006",
    fields=("means",),
    first=Wanted(
        kinds=("event.sport", "event.culture", "event.festivity", "event.market"), crowd=MIN_CROWD
    ),
)
