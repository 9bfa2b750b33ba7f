"""An undeclared gathering stands on or beside a planned event."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_CROWD = 500.0
WITHIN_M = 200.0


def judge(wild: PlanView, planned: PlanView) -> Finding | None:
    """Find an undeclared gathering within 200 m of a declared event of 500 or more, at its hour."""
    from_us, to_us = max(wild.starts_us, planned.starts_us), min(wild.ends_us, planned.ends_us)
    apart_m = wild.geometry.distance(planned.geometry)
    if wild.declared or not planned.declared or from_us >= to_us or apart_m > WITHIN_M:
        return None
    size = number(wild.high) if wild.high else "?"
    return Finding(
        severity=4 if wild.high >= MIN_CROWD else 3,
        explanation={
            "fr": f"« {wild.title} » ({size} personnes, non déclaré) est à {number(apart_m)} m de"
            f" « {planned.title} » ({number(planned.high)} personnes) pendant"
            f" {duration(to_us - from_us)}.",
            "en": f'"{wild.title}" ({number(wild.high, "en") if wild.high else "?"} people,'
            f' undeclared) is {number(apart_m, "en")} m from "{planned.title}"'
            f" ({number(planned.high, 'en')} people) for {duration(to_us - from_us, 'en')}.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((wild.plan_id, planned.plan_id))),
        numbers={"wild": wild.high, "planned": planned.high, "apart_m": round(apart_m, 1)},
        geometry=wild.geometry,
    )


RULE = Rule(
    name="wild_on_planned",
    kind="clash_pair",
    title={
        "fr": "Rassemblement non déclaré près d'un événement",
        "en": "Wild gathering at an event",
    },
    why={
        "fr": "Les moyens de l'événement n'ont pas été comptés pour ce rassemblement. La règle ne"
        " dit rien de ses intentions.",
        "en": "The event's means were not counted for this gathering. The rule says nothing of its"
        " intentions.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=("event.gathering", "event.demonstration", "event.other")),
    second=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
)
