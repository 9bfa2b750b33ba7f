"""Works close a street on the diversion of a line that is already diverted."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import WORKS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration, listed

WITHIN_M = 150.0
DIVERTED = frozenset({"diverted", "detour"})


def judge(change: PlanView, works: PlanView) -> Finding | None:
    """Find works that let nothing through within 150 m of where a line is already diverted.

    A diversion that is caused by works is taken for theirs.
    """
    from_us, to_us = max(change.starts_us, works.from_us), min(change.ends_us, works.to_us)
    apart_m = change.geometry.distance(works.geometry)
    if from_us >= to_us or apart_m > WITHIN_M:
        return None
    if change.attributes.get("effect") not in DIVERTED:
        return None
    if change.attributes.get("cause") in {"construction", "maintenance", "works"}:
        return None
    lines = sorted(filter(None, change.attributes.get("lines", "").split(",")))
    return Finding(
        severity=3,
        explanation={
            "fr": f"« {works.title} » ferme la voie à {number(apart_m)} m du point où"
            f" {_lines(lines)} en déviation, pendant {duration(to_us - from_us)}.",
            "en": f'"{works.title}" closes the street {number(apart_m, "en")} m from where'
            f" {listed(lines, 'en') or 'a line'} already leaves its route, for"
            f" {duration(to_us - from_us, 'en')}.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((change.plan_id, works.plan_id))),
        numbers={"apart_m": round(apart_m, 1), "lines": ",".join(lines)},
        geometry=works.geometry,
    )


def _lines(lines: list[str]) -> str:
    if len(lines) > 1:
        return f"les lignes {listed(lines)} sont déjà"
    return f"la ligne {lines[0]} est déjà" if lines else "une ligne est déjà"


RULE = Rule(
    name="line_diverted_twice",
    kind="clash_pair",
    title={"fr": "Déviation coupée par des travaux", "en": "Diversion cut by works"},
    why={
        "fr": "Un bus dévié dans une rue barrée s'arrête et bloque les deux. La règle ne connaît"
        " pas le tracé de la déviation, seulement l'arrêt d'où elle part.",
        "en": "A bus diverted into a closed street stops and blocks both. The rule does not know"
        " the path of the diversion, only the stop it starts from.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    first=Wanted(kinds=("event.transport.service_change",)),
    second=Wanted(kinds=WORKS, blocks=True),
)
