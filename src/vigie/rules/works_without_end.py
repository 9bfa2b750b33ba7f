"""Works without an end stand near a large event."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS, WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import DAY_US

WITHIN_M = 150.0
MIN_CROWD = 3_000.0
ENDLESS_US = 3 * 365 * DAY_US


def judge(event: PlanView, works: PlanView) -> Finding | None:
    """Find works that last three years or more (a placeholder for no end) by an event of 3,000."""
    apart_m = event.geometry.distance(works.geometry)
    from_us, to_us = max(event.from_us, works.from_us), min(event.to_us, works.to_us)
    if works.ends_us - works.starts_us < ENDLESS_US or apart_m > WITHIN_M or from_us >= to_us:
        return None
    return Finding(
        severity=2,
        explanation={
            "fr": f"« {works.title} », à {number(apart_m)} m de « {event.title} »"
            f" ({number(event.high)} personnes), n'a pas de date de fin.",
            "en": f'"{works.title}", {number(apart_m, "en")} m from "{event.title}"'
            f" ({number(event.high, 'en')} people), has no end date.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((event.plan_id, works.plan_id))),
        numbers={"apart_m": round(apart_m, 1), "people": event.high},
        geometry=works.geometry,
    )


RULE = Rule(
    name="works_without_end",
    kind="clash_pair",
    title={"fr": "Travaux sans fin près d'un événement", "en": "Endless works near an event"},
    why={
        "fr": "Personne ne sait si le chantier sera rangé le jour de l'événement. L'absence de date"
        " vient souvent de la saisie : il suffit de la demander.",
        "en": "Nobody knows whether the site will be tidied on the day. The date often lacks only"
        " in the data: ask for it.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    second=Wanted(kinds=WORKS),
)
