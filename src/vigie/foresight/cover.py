"""What the planned means of a day cover of what is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vigie.foresight.plans import PlanRecord

SCARCE, SHORT = 0.5, 0.8
"""Share of the agents needed that are planned: below, the day is red; below, orange at least."""


class Ends(NamedTuple):
    """A value with its interval."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Cover:
    """What the planned means cover of what is needed.

    Attributes:
        planned: Means planned, by name, over the day's plans that are not cancelled.
        unstated: Plans among the estimated that do not say how many agents they have.
        needed: Agents needed, with the interval; None when no plan's need is estimated.
        share: Share of the need that is planned, 0 to 1; an agent too many at one event makes up
            for none missing at another.
        estimated: How many plans' needs are estimated.
    """

    planned: Mapping[str, int]
    unstated: int
    needed: Ends | None
    share: Ends | None
    estimated: int

    @property
    def colour(self) -> str | None:
        """Colour of the cover; None when it is not estimated."""
        if self.share is None:
            return None
        if self.share.mid < SCARCE:
            return "red"
        return "orange" if self.share.mid < SHORT else "green"


def counts(plan: PlanRecord) -> bool:
    """Say whether a plan counts: it is not cancelled."""
    return plan.state != "cancelled"


def planned_of(plan: PlanRecord, name: str) -> int | None:
    """Return how many of a means a plan says it has; None when it does not say."""
    said = (plan.means.get(name) or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None  # noqa: PLR2004 - a million agents


def cover_of(plans: Sequence[PlanRecord], needs: Mapping[str, tuple[float, float, float]]) -> Cover:
    """Return what the planned means of a day cover.

    Args:
        plans: Plans that touch the day.
        needs: Agents needed by plan, with the interval; plans not in it are not estimated.
    """
    standing = [one for one in plans if counts(one)]
    planned: dict[str, int] = {}
    for plan in standing:
        for name in plan.means:
            n = planned_of(plan, name)
            if n is not None:
                planned[name] = planned.get(name, 0) + n
    known = [one for one in standing if one.plan_id in needs]
    if not known:
        return Cover(planned, 0, None, None, 0)
    agents = [planned_of(one, "agents") for one in known]
    totals, shares = [], []
    for end in range(3):
        needed = [max(needs[one.plan_id][end], 0.0) for one in known]
        covered = [min(float(n or 0), need) for n, need in zip(agents, needed, strict=True)]
        totals.append(sum(needed))
        shares.append(sum(covered) / sum(needed) if sum(needed) > 0 else 1.0)
    return Cover(
        planned,
        agents.count(None),
        Ends(*totals),
        Ends(min(shares), shares[1], max(shares)),
        len(known),
    )
