"""What events bring: one event, past events alike, and the rates of every kind of event.

Asked of ``figures`` with the verb ``combine``, for the answer is a table of counts, and of
``plans`` for the events themselves. Counts under ``view.least`` are withheld, with others beside
them and everything reckoned from them (``foresight.effects.telling``). The events that are summed
are the same whatever number is listed: two lists of different length differ by no single event.
Scores of a kind of event are told from ``LEAST_EVENTS`` on: a mean over fewer would tell of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.foresight.effects.bins import Estimate, Floats
from vigie.foresight.effects.checks import Placebo, Score, people_hours, placebo, raw_transfer
from vigie.foresight.effects.effect import Expected, Foreseen
from vigie.foresight.effects.history import Reach, Standing
from vigie.foresight.effects.model import Prediction
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.rates import PEOPLE, nearest
from vigie.foresight.effects.similar import Likeness
from vigie.foresight.effects.telling import Teller, Told, together
from vigie.foresight.plans import PlanRecord, get_plan
from vigie.privacy.purposes import Verb
from vigie.situation.assessed_use import require_assessed
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import holds_plan
from vigie.situation.rights import View
from vigie.situation.tomorrow.crossed import crossed_json

POOL = 10
"""Past events that are summed, those alike at most."""
CLOSE = 0.35
"""Distance from which a past event is listed but no longer summed with those alike."""
MOST = 30
KINDS_TOLD = 8
LEAST_EVENTS = 5
RATE_KINDS = 6
BASIS_TOLD = 50

LIMITS = {
    "fr": (
        "Faits enregistrés, non tout ce qui s’est passé. Les faits constatés par une patrouille ou "
        "une caméra ne comptent pas : les agents se tiennent là où est l’événement. L’attendu sans "
        "événement suppose qu’à ces heures le lieu vit comme les autres jours ; une association "
        "n’est pas une cause."
    ),
    "en": (
        "Recorded facts, not everything that happened. Facts found by a patrol or a camera do not "
        "count: officers stand where the event is. What is expected without the event supposes "
        "that the place lives at these hours as on other days; an association is not a cause."
    ),
}
WHY_NOT = {
    "no_place": {
        "fr": "Sans emprise, rien ne peut être compté autour de cet événement.",
        "en": "Without a footprint nothing can be counted around this event.",
    },
    "cancelled": {
        "fr": "L’événement est annulé : il n’apporte rien.",
        "en": "The event is cancelled: it brings nothing.",
    },
    "too_long": {
        "fr": "L’usage dure plus d’un jour : un effet heure par heure ne s’y mesure pas.",
        "en": "The use lasts longer than a day: no effect hour by hour can be measured.",
    },
}


def standing_model(home: Home, view: View | None = None) -> Standing:
    """Return the effect model of a home as a view may see it, fitted at most once a day.

    Args:
        home: The home.
        view: View of ``figures``; None for the house's own reckoning, of which nothing leaves.
    """
    reach = Reach() if view is None else Reach(view.sources(), view.area)
    return home.reckoned.standing(now_us(home.clock), reach)


def estimate_json(estimate: Estimate) -> dict[str, float]:
    """Return an estimate as the interface answers it."""
    return {name: round(value, 2) for name, value in asdict(estimate).items()}


def _foreseen_json(foreseen: Foreseen) -> dict[str, Any]:
    return {
        "without": estimate_json(foreseen.without),
        "effect": estimate_json(foreseen.effect),
        "total": estimate_json(foreseen.total),
    }


def _told_json(told: Told) -> dict[str, Any]:
    return {
        "observed": told.observed,
        "withheld": told.withheld,
        **_foreseen_json(told.foreseen),
        "excess": None if told.excess is None else estimate_json(told.excess),
        "leaning": None if told.leaning is None else estimate_json(told.leaning),
    }


def _lines(standing: Standing, kinds: Sequence[int]) -> dict[str, list[list[int]]]:
    """Return the lines of the three tables: each ring, each hour, some kinds and the others."""
    model = standing.model
    rest = [k for k in range(len(model.kinds)) if k not in set(kinds)]
    return {
        "rings": [[ring] for ring in range(len(model.bins.rings_m))],
        "hours": [[hour] for hour in range(len(model.bins.hours))],
        "kinds": [[k] for k in kinds] + ([rest] if rest else []),
    }


def _tables(
    teller: Teller, standing: Standing, hours: int, kinds: Sequence[int]
) -> dict[str, list[dict[str, Any]]]:
    """Return the three tables: by ring, by hour, by kind of fact."""
    model = standing.model
    rings = model.bins.rings_m
    by_kind = teller.table("kinds")
    names = [model.kinds[k] for k in kinds] + [None] * (len(by_kind) - len(kinds))
    return {
        "by_ring": [
            {"from_m": low, "to_m": high, **_told_json(told)}
            for low, high, told in zip(
                (0.0, *rings[:-1]), rings, teller.table("rings"), strict=True
            )
        ],
        "by_hour": [
            {"hour": hour, **_told_json(told)}
            for hour, told in zip(model.bins.hours, teller.table("hours"), strict=True)
        ][:hours],
        "by_kind": [
            {"kind": name, **_told_json(told)} for name, told in zip(names, by_kind, strict=True)
        ],
    }


def _kinds_told(standing: Standing, kind: str) -> list[int]:
    """Return the kinds of facts that events of a kind bring most, the most first."""
    model = standing.model
    if not model.rates:
        return []
    mean = model.rates[nearest(model.rates, kind)].mean
    return [int(k) for k in np.argsort(-mean, kind="stable")[:KINDS_TOLD] if mean[k] > 0]


def teller(
    standing: Standing, view: View, kind: str, expected: Expected, observed: Floats | None
) -> Teller:
    """Return what tells of one event of a kind: all its tables are settled together."""
    return Teller(expected, observed, view.least, _lines(standing, _kinds_told(standing, kind)))


def no_effect(plan: PlanRecord) -> str:
    """Return why no effect can be told of a plan: a key of ``WHY_NOT``."""
    if plan.state == "cancelled":
        return "cancelled"
    if plan.geometry is None or plan.geometry.is_empty:
        return "no_place"
    return "too_long"


def _asked(
    home: Home, caller: Caller, plan_id: str, what: str
) -> tuple[View, View, PlanRecord, Standing]:
    """Return the views of figures and plans, the plan and the model, after asking for both."""
    subject = {"plan": plan_id, "ask": what}
    figures = home.rights.ask(caller, "figures", Verb.COMBINE, subject=subject)
    plans = home.rights.ask(caller, "plans", subject={"plan": plan_id})
    plan = get_plan(home.plans, plan_id)
    if not holds_plan(plans)(plan):
        raise NotFound(what="plan", name=plan_id)
    return figures, plans, plan, standing_model(home, figures)


def _about(standing: Standing) -> dict[str, Any]:
    """Return what the model knows: when it was fitted, on what, to when."""
    history = standing.model.history
    return {
        "fitted_at": to_rfc3339(standing.fitted_us),
        "known_from": to_rfc3339(history.from_us),
        "known_until": to_rfc3339(history.until_us),
        "facts": history.facts.counted,
        "left_out": standing.left_out,
        "unsure": history.facts.unsure,
        "events": len(standing.model.past),
        "limits": LIMITS,
    }


def _basis_json(found: Prediction) -> dict[str, Any]:
    basis = found.basis
    return {
        "kind": basis.kind,
        "events": len(basis.plan_ids),
        "plan_ids": list(basis.plan_ids[:BASIS_TOLD]),
        "people_low": basis.people[0],
        "people_high": basis.people[1],
        "beyond": basis.beyond,
        "supposed": basis.supposed,
        "controls": round(basis.controls, 1),
        "relaxed": basis.relaxed,
    }


def read_effect(home: Home, caller: Caller, plan_id: str) -> dict[str, Any]:
    """Return what an event is expected to bring and, once it has been, what it brought.

    Raises:
        AssessmentMissing: Of an event to come, when forecasts wait for the signed assessment.
        Forbidden: When the role may not combine figures or see plans.
        NotFound: When there is no such plan.
    """
    view, _, plan, standing = _asked(home, caller, plan_id, "effect")
    if plan.ends_us > now_us(home.clock):
        require_assessed(home, caller, "forecasts", Verb.COMBINE)
    answer: dict[str, Any] = {"plan_id": plan_id, "about": _about(standing)}
    occasion = standing.occasion(plan)
    if occasion is None:
        return {**answer, "why_not": WHY_NOT[no_effect(plan)], "figures": None}
    return {**answer, "why_not": None, "figures": _figures(standing, view, occasion)}


def _figures(standing: Standing, view: View, occasion: Occasion) -> dict[str, Any]:
    model = standing.model
    found = model.expected(occasion)
    row = model.rows.get(occasion.plan_id)
    observed = None if row is None else model.past[row].observed
    kinds = _kinds_told(standing, occasion.kind)
    settled = teller(standing, view, occasion.kind, found.expected, observed)
    rate = model.rate(occasion.kind)
    exposure = people_hours(model, occasion) * PEOPLE / max(1.0, found.people)
    tested = placebo(model, occasion)
    whole = settled.whole()
    return {
        "past": row is not None,
        "people": round(found.people),
        "whole": _told_json(whole),
        **_tables(settled, standing, found.hours, kinds),
        "per_10k": estimate_json(rate),
        "per_10k_hours": estimate_json(rate.scaled(1.0 / max(1e-6, exposure))),
        "basis": _basis_json(found),
        "placebo": None if tested is None else _placebo_json(tested, tell_p=not whole.withheld),
        "raw": _raw_json(standing, view, occasion),
    }


def _placebo_json(found: Placebo, *, tell_p: bool) -> dict[str, Any]:
    """Return the placebo dates' estimate together; single dates would tell single counts."""
    return {
        "dates": len(found.starts_us),
        "mean": round(found.mean, 2),
        "low95": round(found.low, 2),
        "high95": round(found.high, 2),
        "inside80": round(found.inside, 3),
        "p": round(found.p, 4) if found.p is not None and tell_p else None,
    }


def _pooled(standing: Standing, occasion: Occasion) -> list[Likeness]:
    return [one for one in standing.alike(occasion, POOL) if one.distance < CLOSE]


def _raw_json(standing: Standing, view: View, occasion: Occasion) -> dict[str, Any] | None:
    found = raw_transfer(standing.model, [one.plan_id for one in _pooled(standing, occasion)])
    if found is None or 0 < found.claimed * found.events < view.least:
        return None
    return {
        "events": found.events,
        "claimed": round(found.claimed, 2),
        "effect": round(found.effect, 2),
        "bias": round(found.usual, 2),
    }


def read_similar(home: Home, caller: Caller, plan_id: str, k: int) -> dict[str, Any]:
    """Return the past events most like one, why, and what happened around them.

    Raises:
        Forbidden: When the role may not combine figures or see plans.
        NotFound: When there is no such plan.
    """
    view, plans, plan, standing = _asked(home, caller, plan_id, "similar")
    answer: dict[str, Any] = {"plan_id": plan_id, "about": _about(standing)}
    occasion = standing.occasion(plan)
    if occasion is None:
        why_not = WHY_NOT[no_effect(plan)]
        return {**answer, "why_not": why_not, "items": [], "pooled": None}
    listed = standing.alike(occasion, max(1, min(k, MOST)))
    items = [_item(standing, view, one) for one in listed if _may_see(home, plans, one)]
    pooled = [one.plan_id for one in _pooled(standing, occasion)]
    return {
        **answer,
        "why_not": None,
        "items": items,
        "pooled": _pool_json(standing, view, pooled, occasion.kind) if pooled else None,
    }


def _may_see(home: Home, plans: View, one: Likeness) -> bool:
    if plans.everywhere:
        return True
    return holds_plan(plans)(get_plan(home.plans, one.plan_id))


def _item(standing: Standing, view: View, one: Likeness) -> dict[str, Any]:
    model = standing.model
    event = model.past[model.rows[one.plan_id]]
    occasion = event.occasion
    teller = Teller(model.surroundings(event, occasion), event.observed, view.least)
    return {
        "plan_id": occasion.plan_id,
        "title": occasion.title,
        "kind": occasion.kind,
        "starts_at": to_rfc3339(occasion.starts_us),
        "people": occasion.likely,
        "distance": round(one.distance, 4),
        "close": one.distance < CLOSE,
        "parts": [
            {
                "name": part.name,
                "distance": round(part.distance, 4),
                "weight": round(part.weight, 4),
                "value": part.value if isinstance(part.value, float | int) else None,
                "text": part.value if isinstance(part.value, str) else None,
            }
            for part in one.parts
        ],
        "whole": _told_json(teller.whole()),
    }


def _pool_json(
    standing: Standing, view: View, plan_ids: Sequence[str], kind: str
) -> dict[str, Any]:
    """Return what happened around several past events, summed."""
    model = standing.model
    events = [model.past[model.rows[one]] for one in plan_ids]
    expected = together([model.surroundings(one, one.occasion) for one in events])
    observed = np.sum([one.observed for one in events], axis=0)
    kinds = _kinds_told(standing, kind)
    teller = Teller(expected, observed, view.least, _lines(standing, kinds))
    hours = max(one.bins for one in events)
    return {
        "plan_ids": list(plan_ids),
        "events": len(events),
        "people": round(sum(model.people(one.occasion) for one in events)),
        "whole": _told_json(teller.whole()),
        **_tables(teller, standing, hours, kinds),
        "crossed": crossed_json(teller, model, hours, kinds),
    }


def read_effects(home: Home, caller: Caller) -> dict[str, Any]:
    """Return the rates of every kind of event with how well past events were foreseen.

    Raises:
        Forbidden: When the role may not combine figures.
    """
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject={"ask": "effects"})
    standing = standing_model(home, view)
    told = [_score_json(standing, one) for one in standing.scores() if one.events >= LEAST_EVENTS]
    return {"about": _about(standing), "items": told}


def _score_json(standing: Standing, score: Score) -> dict[str, Any]:
    model = standing.model
    rates = model.rates[nearest(model.rates, score.kind)]
    top = np.argsort(-rates.mean, kind="stable")[:RATE_KINDS]
    mean, low, high = score.per_10k
    return {
        "kind": score.kind,
        "events": score.events,
        "per_10k": {"mean": round(mean, 2), "low80": round(low, 2), "high80": round(high, 2)},
        "kinds": [
            {"kind": model.kinds[k], **estimate_json(model.rate(score.kind, [int(k)]))}
            for k in top
            if rates.mean[k] > 0
        ],
        "inside50": round(score.inside50, 3),
        "inside80": round(score.inside80, 3),
        "inside95": round(score.inside95, 3),
        "bias": round(score.bias, 2),
        "error": round(score.error, 2),
        "raw_bias": round(score.raw_bias, 2),
        "raw_error": round(score.raw_error, 2),
        "usual_error": round(score.usual_error, 2),
    }
