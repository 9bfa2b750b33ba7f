"""What adequacy would have said before each past event, and what became of it.

Time runs forward: in steps of four weeks the rates of kinds of events are fitted on the events that
were over, each event is foreseen from facts before it, and the calibrator is fitted on what was
told in earlier steps. Beside it stand the naive answers: the percentage planned / usual of past
plans read as a probability (the closed tools' way), and the share of past events that sufficed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.bins import DAY_US, HOUR_US
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.whatif.adequacy import sufficing
from vigie.foresight.whatif.around import outlook_of
from vigie.foresight.whatif.crowd import attendance_draws, peak_share
from vigie.foresight.whatif.load import FloatArray, IntArray, standing
from vigie.foresight.whatif.needs import PastMeans, rule_of_thumb
from vigie.foresight.whatif.outlook import agents_needed, draw_facts, loading
from vigie.foresight.whatif.reliability import Calibrator, fit_calibrator
from vigie.foresight.whatif.scenario import filled

STEP_DAYS = 28
WARM_UP_DAYS = 84
"""Before that much history nothing is told: rates and places are not known yet."""
DRAWS = 300
LEAST_PAST = 10

Outcome = Callable[[Occasion], int]


@dataclass(frozen=True)
class Told:
    """What was told before past events and what came of it, columns aligned, by start.

    Attributes:
        plan_ids: The events.
        starts_us: When they began.
        kinds: Their kinds.
        planned: Agents planned.
        needed: Agents that turned out to be needed.
        needed_low: Lower end of the 80 % interval told.
        needed_high: Upper end.
        raw: Probability of sufficing before calibration.
        probability: Calibrated on earlier events only.
        naive: Planned over usual, cut at 1.
        share: Share of earlier events that sufficed.
        sufficed: 1 where the planned agents sufficed.
        calibrator: Fitted on all of them, for the next event.
    """

    plan_ids: tuple[str, ...]
    starts_us: IntArray
    kinds: tuple[str, ...]
    planned: FloatArray
    needed: FloatArray
    needed_low: FloatArray
    needed_high: FloatArray
    raw: FloatArray
    probability: FloatArray
    naive: FloatArray
    share: FloatArray
    sufficed: FloatArray
    calibrator: Calibrator

    @property
    def covered(self) -> float:
        """Share of events whose need lay within the interval told."""
        inside = (self.needed >= self.needed_low) & (self.needed <= self.needed_high)
        return float(inside.mean()) if len(inside) else float("nan")


def _usual_ratio(past: Sequence[PastMeans], kind: str, public: float) -> float:
    """Return the agents that past plans of a kind had for this public: a plain mean ratio."""
    same = [one for one in past if one.kind == kind] or list(past)
    people = sum(one.public for one in same)
    if not people:
        return rule_of_thumb("agents", public).likely
    return sum(one.means["agents"] for one in same) / people * public


def backtest(
    model: EffectModel,
    means: Mapping[str, PastMeans],
    outcome: Outcome,
    *,
    draws: int = DRAWS,
) -> Told:
    """Return what adequacy would have said before each past event with agents planned.

    Args:
        model: Effect model of the whole history; it is refitted here on parts of its past.
        means: Means of past plans by plan id; those without ``agents`` are left out.
        outcome: Agents an event turned out to need.
        draws: Draws behind each probability.
    """
    walk = _Walk(model, means, outcome, draws)
    chosen = [
        row
        for row, event in enumerate(model.past)
        if "agents" in means.get(event.occasion.plan_id, _NOTHING).means
        and (event.occasion.likely or 0) > 0
    ]
    start = np.array([model.past[row].occasion.starts_us for row in chosen], np.int64)
    at = model.history.from_us + WARM_UP_DAYS * DAY_US
    while len(start) and at <= start.max():
        step = [r for r, s in zip(chosen, start, strict=True) if at <= s < at + STEP_DAYS * DAY_US]
        if step:
            walk.take(at, step)
        at += STEP_DAYS * DAY_US
    return walk.told()


_NOTHING = PastMeans("", "", 0.0, 0, {})


class _Walk:
    """The walk forward through past events."""

    def __init__(
        self, model: EffectModel, means: Mapping[str, PastMeans], outcome: Outcome, draws: int
    ) -> None:
        self.model = model
        self.means = means
        self.outcome = outcome
        self.draws = draws
        self.ends = np.array([e.occasion.ends_us for e in model.past], np.int64) + 2 * HOUR_US
        self.rows: list[tuple[float, ...]] = []
        self.events: list[Occasion] = []

    def take(self, at_us: int, step: Sequence[int]) -> None:
        """Tell and judge the events of one step, knowing only what was over at its beginning."""
        known = np.flatnonzero(self.ends <= at_us)
        earlier = np.array(self.rows)
        calibrator = fit_calibrator(earlier[:, 4], earlier[:, 7]) if len(earlier) else Calibrator()
        share = float((earlier[:, 7].sum() + 1.0) / (len(earlier) + 2.0)) if len(earlier) else 0.5
        if len(known) < LEAST_PAST:
            return
        model = self.model.fitted_on(known)
        past = [
            self.means[self.model.past[row].occasion.plan_id]
            for row in known.tolist()
            if "agents" in self.means.get(self.model.past[row].occasion.plan_id, _NOTHING).means
        ]
        for row in step:
            look()
            occasion = self.model.past[row].occasion
            planned = self.means[occasion.plan_id].means["agents"]
            outlook = loading(
                outlook_of(model.expected(occasion, occasion.starts_us), occasion.starts_us)
            )
            drawn = draw_facts(outlook, draws=self.draws)
            needed = agents_needed(
                outlook, drawn, occasion.starts_us, occasion.ends_us, self._posts(occasion)
            )
            raw = sufficing(needed, planned)
            turned_out = self.outcome(occasion)
            low, high = np.quantile(needed, [0.1, 0.9]).tolist()
            usual = _usual_ratio(past, occasion.kind, occasion.likely or 0.0)
            self.events.append(occasion)
            self.rows.append(
                (
                    planned,
                    turned_out,
                    low,
                    high,
                    raw,
                    float(calibrator(np.array([raw]))[0]),
                    min(1.0, planned / max(usual, 1e-9)),
                    float(turned_out <= planned),
                    share,
                )
            )

    def _posts(self, occasion: Occasion) -> FloatArray:
        low, likely, high = filled(occasion.attendance) or (0.0, 0.0, 0.0)
        people = attendance_draws((low, likely, high), seed=0, draws=self.draws)
        closed = self.means[occasion.plan_id].closed_streets
        return standing(people * peak_share(occasion.kind), closed)

    def told(self) -> Told:
        """Return everything that was told, by start."""
        table = np.array(self.rows, np.float64).reshape(-1, 9)
        order = np.argsort([one.starts_us for one in self.events], kind="stable")
        table, events = table[order], [self.events[i] for i in order.tolist()]
        return Told(
            plan_ids=tuple(one.plan_id for one in events),
            starts_us=np.array([one.starts_us for one in events], np.int64),
            kinds=tuple(one.kind for one in events),
            planned=table[:, 0],
            needed=table[:, 1],
            needed_low=table[:, 2],
            needed_high=table[:, 3],
            raw=table[:, 4],
            probability=table[:, 5],
            naive=table[:, 6],
            sufficed=table[:, 7],
            share=table[:, 8],
            calibrator=fit_calibrator(table[:, 4], table[:, 7]),
        )
