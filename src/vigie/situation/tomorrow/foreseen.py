"""What was foreseen of a past event beside what happened around it.

The forecast is reckoned as it stood when the hours that count began: the effect model is fitted on
the facts before them and nothing else. Nothing of the event, nor of what came later, is in it. With
a short history it leans on fewer events and fewer ordinary days, and its interval is as wide.

Rights and withheld counts are those of the effect of one event (``effects``): the total told here
is the total told there, withheld by the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.foresight.effects.bins import HOUR_US
from vigie.foresight.effects.history import SETTLE_DAYS, Standing
from vigie.foresight.effects.model import EffectModel, Prediction
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.plans import DAY_US, PlanRecord
from vigie.situation.home import Home
from vigie.situation.rights import View
from vigie.situation.tomorrow.effects import (
    WHY_NOT,
    estimate_json,
    no_effect,
    standing_model,
    teller,
)

LEVEL = 80
LEAST_DAYS = 3
LEAST_EVENTS = 3
"""Days of facts and past events below which nothing was learnt of what events bring."""
TOO_LITTLE = {
    "fr": "Trop peu de passé avant cet événement pour avoir prévu quoi que ce soit.",
    "en": "Too little past before this event to have foreseen anything.",
}


@dataclass(frozen=True)
class Then:
    """A forecast as it stood before an event, and how many events had taught it."""

    found: Prediction
    events: int


def foreseen_and_happened(home: Home, view: View, plan: PlanRecord) -> dict[str, Any]:
    """Return the forecast of an event that is over beside the facts that came.

    Args:
        home: The home.
        view: View of ``figures`` with the verb *combine*.
        plan: The event.
    """
    standing = standing_model(home, view)
    occasion = standing.occasion(plan)
    if occasion is None:
        return {"why_not": WHY_NOT[no_effect(plan)], "figures": None}
    found = standing.once(f"then {plan.plan_id}", lambda: then(standing, occasion))
    if found is None:
        return {"why_not": TOO_LITTLE, "figures": None}
    return {"why_not": None, "figures": _figures(standing, view, occasion, found)}


def _begins(standing: Standing, occasion: Occasion) -> int:
    """Return when the hours that count begin."""
    return occasion.starts_us - standing.model.bins.before_h * HOUR_US


def then(standing: Standing, occasion: Occasion) -> Then | None:
    """Return the forecast as it stood before the event, None without a past before it."""
    history, until_us = standing.model.history, _begins(standing, occasion)
    if until_us < history.from_us + LEAST_DAYS * DAY_US:
        return None
    model = EffectModel(history.before(until_us), standing.model.bins)
    if len(model.past) < LEAST_EVENTS:
        return None
    found = model.expected(occasion)
    return Then(found, len(model.past)) if found.basis.controls > 0 else None


def _figures(standing: Standing, view: View, occasion: Occasion, known: Then) -> dict[str, Any]:
    model, found = standing.model, known.found
    row = model.rows.get(occasion.plan_id)
    observed = None if row is None else model.past[row].observed
    told = teller(standing, view, occasion.kind, found.expected, observed).whole()
    total, begins = told.foreseen.total, _begins(standing, occasion)
    ends = begins + found.hours * HOUR_US
    return {
        "from": to_rfc3339(begins),
        "to": to_rfc3339(ends),
        "reach_m": model.bins.reach_m,
        "events": known.events,
        "controls": round(found.basis.controls, 1),
        "level": LEVEL,
        "without": estimate_json(told.foreseen.without),
        "effect": estimate_json(told.foreseen.effect),
        "total": estimate_json(total),
        "observed": told.observed,
        "withheld": told.withheld,
        "settles_at": to_rfc3339(ends + SETTLE_DAYS * DAY_US) if row is None else None,
        "beyond": _beyond(told.observed, total.low80, total.high80),
    }


def _beyond(observed: int | None, low: float, high: float) -> str | None:
    """Say where a count lies beside the interval of its forecast; None where it is not told."""
    if observed is None:
        return None
    return "above" if observed > high else "below" if observed < low else "inside"
