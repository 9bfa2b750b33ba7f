"""An outdoor event falls under an orange or red weather warning."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS, WEATHER
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_CROWD = 300.0
COLOURS = {"orange": ("orange", "orange"), "red": ("rouge", "red")}
SEVERE, EXTREME = 4, 5


def judge(event: PlanView, warning: PlanView) -> Finding | None:
    """Find an event of 300 or more under the sky while a warning of severity 4 or 5 holds."""
    from_us, to_us = max(event.from_us, warning.starts_us), min(event.to_us, warning.ends_us)
    if from_us >= to_us or not event.outdoors:
        return None
    colour = warning.attributes.get("colour", "")
    said = warning.attributes.get("severity", "")
    level = int(said) if said.isascii() and said.isdigit() else 0
    if colour not in COLOURS and level < SEVERE:
        return None
    red = colour == "red" or level >= EXTREME
    length = to_us - from_us
    return Finding(
        severity=5 if red else 4,
        explanation={
            "fr": f"« {event.title} », {number(event.high)} personnes en plein air, est sous"
            f" « {warning.title} » pendant {duration(length)}, montage et démontage compris.",
            "en": f'"{event.title}", {number(event.high, "en")} people outdoors, is under'
            f' "{warning.title}" for {duration(length, "en")}, set-up and tear-down included.',
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((event.plan_id, warning.plan_id))),
        numbers={"people": event.high, "minutes": length // 60_000_000, "red": red},
        geometry=event.geometry,
    )


RULE = Rule(
    name="weather_outdoors",
    kind="clash_pair",
    title={"fr": "Plein air sous vigilance", "en": "Outdoors under a weather warning"},
    why={
        "fr": "Le vent couche les structures, la chaleur et l'orage blessent, et l'arrêté peut"
        " interdire l'événement. La vigilance couvre le département : elle ne dit pas le temps de"
        " la place même.",
        "en": "Wind fells structures, heat and storms hurt, and an order may forbid the event. A"
        " warning covers the département: it does not tell the weather of the very place.",
    },
    judge=judge,
    reach_m=0.0,
    reference="Météo-France, vigilance météorologique (orange : soyez très vigilant)",
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    second=Wanted(kinds=WEATHER),
)
