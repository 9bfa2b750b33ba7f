"""Adequacy of many plans at once, for a day's list: the same question, fewer draws, kept."""

from __future__ import annotations

from threading import Lock

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.occasion import occasion_of
from vigie.foresight.plans import PlanRecord
from vigie.foresight.whatif.adequacy import Adequacy, adequacy
from vigie.foresight.whatif.around import outlook_of
from vigie.foresight.whatif.crowd import attendance_draws, peak_share
from vigie.foresight.whatif.load import standing
from vigie.foresight.whatif.outlook import agents_needed, draw_facts, loading
from vigie.foresight.whatif.scenario import attendance_of, number_of, streets_named
from vigie.foresight.whatif.side import Knowledge

DRAWS = 200
MOST_KEPT = 5_000


def brief(plan: PlanRecord, knowledge: Knowledge) -> Adequacy | None:
    """Return whether a plan's agents suffice, None where nothing can be told of it.

    With ``DRAWS`` draws a probability is known to about 3 points; the plan's own page draws more.
    """
    occasion, public = occasion_of(plan, knowledge.projection), attendance_of(plan)
    if occasion is None or public is None or public[1] <= 0:
        return None
    prediction = knowledge.model.expected(occasion)
    outlook = loading(outlook_of(prediction, occasion.starts_us))
    drawn = draw_facts(outlook, draws=DRAWS)
    people = attendance_draws(public, seed=0, draws=DRAWS)
    people = np.minimum(people, knowledge.surroundings.capacity.get(plan.place_id or "", np.inf))
    posts = standing(people * peak_share(plan.kind), streets_named(plan.closes))
    basis = prediction.basis
    return adequacy(
        agents_needed(outlook, drawn, occasion.starts_us, occasion.ends_us, posts),
        number_of(plan, "agents"),
        knowledge.calibrator,
        base=len(basis.plan_ids),
        basis=basis.plan_ids[:1],
        pool=basis.kind,
    )


class Briefs:
    """Answers of ``brief``, kept as long as the plan is the same and the knowledge stands."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._kept: dict[str, tuple[PlanRecord, Adequacy | None]] = {}
        self._lock = Lock()

    def of(self, plan: PlanRecord) -> Adequacy | None:
        """Return whether a plan's agents suffice."""
        with self._lock:
            held = self._kept.get(plan.plan_id)
        if held is not None and held[0] == plan:
            return held[1]
        look()
        found = brief(plan, self._knowledge)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[plan.plan_id] = (plan, found)
        return found
