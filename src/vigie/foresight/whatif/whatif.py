"""A plan before and after a change, side by side, each figure with its interval and its base.

Both versions are drawn with the same random numbers (``outlook``), so that the difference has an
interval of its own. What the data cannot tell is not told: how many facts more agents would
prevent. Agents change whether the means suffice, not what is expected to happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vigie.foresight.plans import PlanRecord
from vigie.foresight.whatif.estimates import Estimate, FloatArray, certain, expected, summed_up
from vigie.foresight.whatif.scenario import Scenario, attendance_of, changed
from vigie.foresight.whatif.side import Knowledge, Quantity, Side, work_out

BASIS_SHOWN = 20
LEAST_SHOWN = 0.1
"""A kind of which fewer are expected in both versions is not told apart."""
MOST_KINDS = 12
KIND = "facts.kind."


@dataclass(frozen=True)
class Figure:
    """One figure before and after, and what changes.

    Attributes:
        code: What it is: ``facts.total``, ``facts.kind.CODE``, ``agents.needed`` …
        before: As planned; None when it cannot be told of that version.
        after: As changed; None likewise.
        change: After less before, with the interval of the difference.
    """

    code: str
    before: Estimate | None
    after: Estimate | None
    change: Estimate | None


@dataclass(frozen=True)
class Answer:
    """A plan before and after a change.

    Attributes:
        before: As planned.
        after: As changed.
        figures: Side by side.
        scenario: What was asked.
    """

    before: Side
    after: Side
    figures: tuple[Figure, ...]
    scenario: Scenario


def what_if(plan: PlanRecord, scenario: Scenario, knowledge: Knowledge) -> Answer:
    """Return a plan before and after a change.

    Raises:
        WrongUsage: When nothing can be told of the plan: no place, longer than a day, cancelled.
    """
    seed = seed_of(plan)
    before = work_out(plan, scenario.common(), knowledge, seed=seed)
    public = attendance_of(plan)
    after = work_out(
        changed(plan, scenario, knowledge.projection),
        scenario,
        knowledge,
        seed=seed,
        built_for=public[2] if public is not None and scenario.place is None else None,
    )
    return Answer(before, after, tuple(figures(before, after)), scenario)


def seed_of(plan: PlanRecord) -> int:
    """Return the seed of a plan's draws: the same plan always gives the same answer."""
    return int.from_bytes(plan.plan_id.encode()[:6].ljust(6, b"0"), "big")


def figures(before: Side, after: Side) -> Iterator[Figure]:
    """Yield the figures of two versions side by side: kinds of facts by size, then the others."""
    codes = list(dict.fromkeys([*before.quantities, *after.quantities]))
    kinds = [code for code in codes if code.startswith(KIND)]
    size = {code: max(_mean(before, code), _mean(after, code)) for code in kinds}
    told = sorted((c for c in kinds if size[c] >= LEAST_SHOWN), key=lambda c: (-size[c], c))
    for code in [*(c for c in codes if c not in size), *told[:MOST_KINDS]]:
        yield _figure(code, before.quantities.get(code), after.quantities.get(code))


def _mean(side: Side, code: str) -> float:
    found = side.quantities.get(code)
    return 0.0 if found is None else float(found.draws.mean())


def _estimate(quantity: Quantity, draws: FloatArray) -> Estimate:
    if len(draws) == 1:
        return certain(float(draws[0]), quantity.method)
    told = summed_up(
        draws,
        base=quantity.base,
        basis=quantity.basis[:BASIS_SHOWN],
        method=quantity.method,
        pool=quantity.pool,
    )
    return expected(told, draws) if quantity.method == "effects" else told


def _figure(code: str, before: Quantity | None, after: Quantity | None) -> Figure:
    change = None
    if before is not None and after is not None:
        change = _estimate(after, np.asarray(after.draws - before.draws, np.float64))
    return Figure(
        code=code,
        before=None if before is None else _estimate(before, before.draws),
        after=None if after is None else _estimate(after, after.draws),
        change=change,
    )
