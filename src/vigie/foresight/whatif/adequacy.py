"""Do the planned means suffice? A probability, a percentage, and what became of past ones.

*Sufficient* is defined so that it can be checked afterwards: the agents busy at once during an
event's service, by the facts that happened and the table of crews, never exceed those planned.
*Cover* is planned over needed. Both rest on draws of what may happen around the event; neither
supposes that agents prevent facts, which these data do not tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.whatif.estimates import Estimate, summed_up
from vigie.foresight.whatif.load import FloatArray
from vigie.foresight.whatif.reliability import Calibrator

TARGET = 0.8
"""Probability of sufficing that the agents advised are meant to reach."""


@dataclass(frozen=True, slots=True)
class Adequacy:
    """Whether the planned agents suffice.

    Attributes:
        planned: Agents planned; None when the plan does not tell.
        needed: Agents needed, with interval and base.
        cover: Planned over needed, per cent; None when nothing is planned.
        probability: That the planned suffice, borne out by past events; None likewise.
        raw: The same before calibration.
        advised: Fewest agents that suffice with ``TARGET`` probability, calibrated.
        calibrated_on: Past events the calibration rests on.
    """

    planned: int | None
    needed: Estimate
    cover: Estimate | None
    probability: float | None
    raw: float | None
    advised: int
    calibrated_on: int


def sufficing(needed: FloatArray, planned: float) -> float:
    """Return the share of draws in which the planned agents suffice, never quite 0 or 1."""
    return (float((needed <= planned).sum()) + 0.5) / (len(needed) + 1.0)


def adequacy(
    needed: FloatArray,
    planned: int | None,
    calibrator: Calibrator,
    *,
    base: int,
    basis: tuple[str, ...],
    pool: str = "",
) -> Adequacy:
    """Return whether planned agents suffice.

    Args:
        needed: Draws of the agents needed.
        planned: Agents planned, None when the plan does not tell.
        calibrator: Fitted on past events.
        base: Past events behind the draws.
        basis: Their plan ids.
        pool: Kind they share.
    """
    told = summed_up(needed, base=base, basis=basis, method="load", pool=pool)
    raw = None if planned is None else sufficing(needed, planned)
    return Adequacy(
        planned=planned,
        needed=told,
        cover=None
        if planned is None
        else summed_up(100.0 * planned / needed, base=base, basis=basis, method="load", pool=pool),
        probability=None if raw is None else float(calibrator(np.array([raw]))[0]),
        raw=raw,
        advised=advised(needed, calibrator),
        calibrated_on=calibrator.base,
    )


def advised(needed: FloatArray, calibrator: Calibrator) -> int:
    """Return the fewest agents whose calibrated probability of sufficing reaches the target."""
    for agents in np.unique(needed):
        told = float(calibrator(np.array([sufficing(needed, float(agents))]))[0])
        if told >= TARGET:
            return int(agents)
    return int(needed.max())
