"""Public transport is cut while a crowd leaves."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import NOT_CROWDS
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import HOUR_US, listed

MIN_CROWD = 5_000.0
BIG_CROWD = 30_000.0
WITHIN_M = 600.0
STOPPED = frozenset({"no_service", "cancelled", "closed", "stop_closed", "reduced"})
TRACKS = ("M", "T")
"""Metro and tram lines carry most of a crowd; their names begin so."""


def judge(crowd: PlanView, change: PlanView) -> Finding | None:
    """Find a change of service within 600 m of 5,000 people, in the hour after they leave.

    A bus that takes another street is not told unless a metro or a tram is with it.
    """
    from_us, to_us = crowd.ends_us, crowd.ends_us + HOUR_US
    apart_m = crowd.geometry.distance(change.geometry)
    if change.from_us >= to_us or change.to_us <= from_us or apart_m > WITHIN_M:
        return None
    lines = sorted(filter(None, change.attributes.get("lines", "").split(",")))
    effect = change.attributes.get("effect", "")
    stopped = effect in STOPPED
    if not stopped and not any(line.startswith(TRACKS) for line in lines):
        return None
    named = listed(lines) or change.title
    return Finding(
        severity=(4 if stopped else 3) + (crowd.high >= BIG_CROWD and stopped),
        explanation={
            "fr": f"« {change.title} » touche {named} à {number(apart_m)} m de « {crowd.title} »"
            f" quand {number(crowd.high)} personnes en sortent.",
            "en": f'"{change.title}" affects {listed(lines, "en") or change.title}'
            f' {number(apart_m, "en")} m from "{crowd.title}" as {number(crowd.high, "en")}'
            " people leave it.",
        },
        from_us=max(from_us, change.from_us),
        to_us=min(to_us, change.to_us),
        subjects=tuple(sorted((crowd.plan_id, change.plan_id))),
        numbers={
            "people": crowd.high,
            "apart_m": round(apart_m, 1),
            "lines": ",".join(lines),
            "effect": effect,
        },
        geometry=change.geometry,
    )


RULE = Rule(
    name="transport_cut",
    kind="clash_pair",
    title={"fr": "Transport coupé à la sortie", "en": "Transport cut as a crowd leaves"},
    why={
        "fr": "Une foule que le métro n'emporte pas reste sur place ou marche sur la chaussée. La"
        " règle ne sait pas combien viennent en transport, ni ce qui le remplace.",
        "en": "A crowd that the metro does not carry away stays, or walks on the road. The rule"
        " knows neither how many come by public transport nor what replaces it.",
    },
    judge=judge,
    reach_m=WITHIN_M,
    reach_s=3_600,
    first=Wanted(apart_from=NOT_CROWDS, crowd=MIN_CROWD),
    second=Wanted(kinds=("event.transport.service_change",)),
)
