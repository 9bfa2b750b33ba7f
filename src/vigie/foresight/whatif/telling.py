"""Answers as plain values: numbers rounded as they are known, texts in both languages."""

from __future__ import annotations

import math
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.foresight.whatif.adequacy import TARGET, Adequacy
from vigie.foresight.whatif.backtest import Told
from vigie.foresight.whatif.crowd import Crowd
from vigie.foresight.whatif.egress import DENSITY_CEILING, walkway_level
from vigie.foresight.whatif.estimates import Estimate
from vigie.foresight.whatif.knowledge import Known
from vigie.foresight.whatif.reliability import Reliability
from vigie.foresight.whatif.scenario import Scenario, number_of
from vigie.foresight.whatif.side import Side
from vigie.foresight.whatif.whatif import Answer, Figure
from vigie.model.dps import FirstAidCover, declaration_for, grid, label, reference

FIGURES = 3
LANGUAGES = ("fr", "en")
MEANS_TOLD = ("agents", "barriers", "first_aid_posts", "diversions")

LIMITS = {
    "fr": (
        "Seuls comptent les faits que d’autres signalent : ce que trouvent les patrouilles dépend "
        "du nombre de patrouilles. L’effet des agents sur les faits ne se lit pas dans ces "
        "données : ajouter des agents change la suffisance des moyens, jamais les faits attendus."
    ),
    "en": (
        "Only facts that others report count: what patrols find depends on how many patrols there "
        "are. The effect of agents on facts cannot be read from these data: more agents change "
        "whether the means suffice, never the facts expected."
    ),
}


def _number(value: float) -> float:
    """Return a number with three figures that count, at most two decimals."""
    if not math.isfinite(value):
        return 0.0
    digits = FIGURES if value == 0 else FIGURES - 1 - math.floor(math.log10(abs(value)))
    return round(value, max(0, min(FIGURES - 1, digits)))


def estimate_json(estimate: Estimate | None) -> dict[str, Any] | None:
    """Return an estimate with its interval, base and method."""
    if estimate is None:
        return None
    return {
        "low": _number(estimate.low),
        "likely": _number(estimate.likely),
        "high": _number(estimate.high),
        "base": estimate.base,
        "basis": list(estimate.basis),
        "method": estimate.method,
        "pool": estimate.pool,
        "small": estimate.small,
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """Return one figure before and after."""
    return {
        "code": figure.code,
        "before": estimate_json(figure.before),
        "after": estimate_json(figure.after),
        "change": estimate_json(figure.change),
    }


def adequacy_json(adequacy: Adequacy) -> dict[str, Any]:
    """Return whether planned agents suffice."""
    return {
        "planned": adequacy.planned,
        "needed": estimate_json(adequacy.needed),
        "cover": estimate_json(adequacy.cover),
        "probability": None if adequacy.probability is None else round(adequacy.probability, 3),
        "raw": None if adequacy.raw is None else round(adequacy.raw, 3),
        "advised": adequacy.advised,
        "target": TARGET,
        "calibrated_on": adequacy.calibrated_on,
    }


def cover_json(cover: FirstAidCover) -> dict[str, Any]:
    """Return a first-aid cover with its computation line by line, in both languages."""
    due = declaration_for(cover.public)
    return {
        "public": cover.public,
        "ris": float(cover.ris),
        "index": float(cover.index),
        "level": cover.level.value,
        "level_text": {lang: label("level", cover.level, lang) for lang in LANGUAGES},
        "responders": cover.responders,
        "posts": cover.posts,
        "sectors": cover.sectors,
        "steps": [
            {"symbol": one.symbol, "formula": one.formula, "value": float(one.value)}
            for one in cover.steps
        ],
        "warnings": [
            {lang: label("warning", code, lang) for lang in LANGUAGES} for code in cover.warnings
        ],
        "declaration": {"fr": due.fr, "en": due.en},
        "reference": {lang: reference(lang) for lang in LANGUAGES},
    }


def grid_json() -> list[dict[str, Any]]:
    """Return the twelve cells of the first-aid grid."""
    return [
        {
            "column": cell.column.value,
            "symbol": cell.column.symbol,
            "degree": cell.degree.value,
            "value": float(cell.value),
            "text": {"fr": cell.fr, "en": cell.en},
            "unverified": cell.unverified,
        }
        for cell in grid()
    ]


def crowd_json(crowd: Crowd | None) -> dict[str, Any] | None:
    """Return a public in its place: exits, curves, density, stations."""
    if crowd is None:
        return None
    return {
        "peak": round(crowd.peak),
        "exits": crowd.exits,
        "width_m": _number(crowd.width_m),
        "width_supposed": crowd.width_supposed,
        "width_needed_m": _number(crowd.width_needed_m),
        "curves": [
            {
                "rate": one.rate,
                "level": walkway_level(one.rate),
                "last_min": _number(one.last),
                "longest_queue": round(one.longest_queue),
                "minutes": [round(t, 2) for t in one.minutes.tolist()],
                "left": [round(n) for n in one.left.tolist()],
            }
            for one in crowd.curves
        ],
        "density": _number(crowd.density.density),
        "density_ceiling": DENSITY_CEILING,
        "area_m2": round(crowd.density.area_m2),
        "over_ceiling": crowd.density.over_ceiling,
        "stations": [one.label for one in crowd.stations],
        "per_hour": round(crowd.per_hour),
    }


def side_json(side: Side) -> dict[str, Any]:
    """Return one version of a plan."""
    plan = side.plan
    point = None if plan.geometry is None else plan.geometry.representative_point()
    return {
        "starts_at": to_rfc3339(plan.starts_us),
        "ends_at": to_rfc3339(plan.ends_us),
        "lon": None if point is None else round(point.x, 6),
        "lat": None if point is None else round(point.y, 6),
        "attendance": plan.attendance[1],
        "means": {name: number_of(plan, name) for name in MEANS_TOLD},
        "adequacy": adequacy_json(side.adequacy),
        "first_aid": None if side.first_aid is None else cover_json(side.first_aid),
        "crowd": crowd_json(side.crowd),
        "closed": [
            {"name": one.name, "length_m": round(one.length_m), "named": one.named}
            for one in side.closed
        ],
        "controls": round(side.basis.controls, 1),
        "beyond": side.basis.beyond,
        "supposed": side.basis.supposed,
        "folded": side.folded,
    }


def scenario_json(scenario: Scenario, kind: str) -> dict[str, Any]:
    """Return what was asked, with the grid's degrees that were taken."""
    activity, site, rescue = scenario.degrees(kind)
    return {
        "shift_min": scenario.shift_min,
        "place": None if scenario.place is None else list(scenario.place),
        "attendance": scenario.attendance,
        "means": dict(scenario.means),
        "closes": None if scenario.closes is None else list(scenario.closes),
        "weather": scenario.weather,
        "exit_width_m": scenario.exit_width_m,
        "transit_share": scenario.transit_share,
        "activity": activity.value,
        "site": site.value,
        "rescue": rescue.value,
    }


def answer_json(answer: Answer, known: Known) -> dict[str, Any]:
    """Return a plan before and after a change."""
    plan, history = answer.before.plan, known.knowledge.model.history
    rain = known.knowledge.rain
    return {
        "plan_id": plan.plan_id,
        "title": plan.title,
        "kind": plan.kind,
        "scenario": scenario_json(answer.scenario, plan.kind),
        "before": side_json(answer.before),
        "after": side_json(answer.after),
        "figures": [figure_json(one) for one in answer.figures],
        "about": {
            "fitted_at": to_rfc3339(known.standing.fitted_us),
            "known_from": to_rfc3339(history.from_us),
            "known_until": to_rfc3339(history.until_us),
            "radius_m": known.knowledge.model.bins.rings_m[0],
            "rain_hours": None if rain is None else rain.wet_hours,
            "ready": known.told is not None,
            "limits": LIMITS,
        },
    }


def reliability_json(found: Reliability) -> dict[str, Any]:
    """Return a reliability diagram with its scores; scores are null without events."""

    def score(value: float) -> float | None:
        return round(value, 4) if math.isfinite(value) else None

    return {
        "bins": [
            {
                "low": one.low,
                "high": one.high,
                "events": one.events,
                "told": round(one.told, 4),
                "happened": round(one.happened, 4),
                "happened_low": round(one.happened_low, 4),
                "happened_high": round(one.happened_high, 4),
            }
            for one in found.bins
        ],
        "events": found.events,
        "ece": score(found.ece),
        "ece_by_chance": score(found.ece_by_chance),
        "brier": score(found.brier),
        "happened": score(found.happened),
        "said_enough": found.said_enough,
        "wrongly_enough": found.wrongly_enough,
        "said_short": found.said_short,
        "wrongly_short": found.wrongly_short,
    }


def told_json(told: Told) -> list[dict[str, Any]]:
    """Return what was told before each past event and what came of it, by start."""
    return [
        {
            "plan_id": plan_id,
            "kind": kind,
            "starts_at": to_rfc3339(int(starts_us)),
            "planned": int(told.planned[row]),
            "needed": int(told.needed[row]),
            "needed_low": _number(float(told.needed_low[row])),
            "needed_high": _number(float(told.needed_high[row])),
            "probability": round(float(told.probability[row]), 3),
            "sufficed": bool(told.sufficed[row]),
        }
        for row, (plan_id, kind, starts_us) in enumerate(
            zip(told.plan_ids, told.kinds, told.starts_us.tolist(), strict=True)
        )
    ]
