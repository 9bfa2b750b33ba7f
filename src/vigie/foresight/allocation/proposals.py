"""Two or three proposals with different aims, what each condition costs, and how firm they are.

A proposal decides nothing and sends nobody: a person chooses, or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from vigie.foresight.allocation.covering import (
    Limit,
    Sited,
    backup_cover,
    even_cover,
    expected_cover,
    p_median,
)
from vigie.foresight.allocation.demand import Floats, Ints
from vigie.foresight.allocation.problem import Problem

Aim = Literal["cover", "near", "even"]
AIMS: Final[tuple[Aim, ...]] = ("cover", "near", "even")
MEDIAN_S: Final = 1.5
SOLVE_S: Final = 0.7
"""Bound of the time of one solve: a whole answer takes some ten."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one condition costs, or what ignoring the evidence rule would do.

    Attributes:
        condition: ``district_floor``, ``exposure``, ``all`` of them, or ``evidence``.
        kept: Facts expected that find a free unit in reach, with it.
        without: The same with it dropped; for ``evidence``, with posts set by what patrols and
            cameras found as well, still counting only what was reported.
        moved: Posts that would stand elsewhere.
        proved: Whether both answers are proved best.
    """

    condition: str
    kept: float
    without: float
    moved: int
    proved: bool

    @property
    def cost(self) -> float:
        """Facts expected that no longer find a free unit because of it; below 0 when it gains."""
        return self.without - self.kept


@dataclass(frozen=True, slots=True)
class Firmness:
    """How a proposal stands if less or more happens than expected.

    Attributes:
        demand: ``low`` or ``high``.
        served: Share of that demand that finds a free unit in reach of the proposal's posts.
        best: Share that posts chosen for that demand would serve.
        same: Posts that would stand where they stand.
    """

    demand: str
    served: float
    best: float
    same: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where posts would stand for one aim.

    Attributes:
        aim: ``cover``: most facts with a free unit in reach; ``near``: shortest way on average;
            ``even``: the worst served district served best.
        sited: The posts and how far they are proved best.
        floor: Share of each district's need that the conditions ask for in fact.
        firm: How it stands under low and high demand.
    """

    aim: Aim
    sited: Sited
    floor: float
    firm: tuple[Firmness, ...]


def propose(problem: Problem, *, patience: float = 1.0) -> tuple[Proposal, ...]:
    """Return a proposal for each aim that the conditions leave room for.

    The floor of districts is lowered to what some choice of posts can give to the worst served one,
    so that conditions never exclude each other; the proposal says which floor was kept.

    Args:
        problem: The question.
        patience: Times the usual bounds of the solver's time (for who need not answer in seconds).
    """
    even = _even(problem, problem.exposure(), patience)
    floor = min(problem.conditions.district_floor, problem.worst_share(even.units))
    limits = [*problem.exposure(), *problem.floors(floor)]
    found: dict[Aim, Sited] = {
        "cover": _cover(problem, problem.weights, limits, patience),
        "near": p_median(
            problem.weights,
            problem.ways_m,
            problem.posts,
            limits=limits,
            reach=problem.given.reach_m,
            time_limit_s=MEDIAN_S * patience,
        ),
        "even": even,
    }
    best = {
        name: _cover(problem, weights, limits, patience)
        for name, weights in _scenarios(problem).items()
    }
    return tuple(
        Proposal(aim, found[aim], floor, _firmness(problem, found[aim], best))
        for aim in AIMS
        if found[aim].found
    )


def _even(problem: Problem, limits: Sequence[Limit], patience: float) -> Sited:
    return even_cover(
        problem.weights,
        problem.near,
        problem.posts,
        problem.district,
        limits=limits,
        time_limit_s=SOLVE_S * patience,
    )


def _cover(
    problem: Problem, weights: Floats, limits: Sequence[Limit], patience: float = 1.0
) -> Sited:
    return backup_cover(
        weights,
        problem.near,
        problem.posts,
        busy=problem.busy,
        limits=limits,
        time_limit_s=SOLVE_S * patience,
    )


def _scenarios(problem: Problem) -> dict[str, Floats]:
    demand = problem.demand
    return {"low": demand.low.sum(axis=1), "high": demand.high.sum(axis=1)}


def _firmness(problem: Problem, sited: Sited, best: dict[str, Sited]) -> tuple[Firmness, ...]:
    result = []
    for name, weights in _scenarios(problem).items():
        total = float(weights.sum())
        if total > 0.0 and best[name].found:
            result.append(
                Firmness(
                    demand=name,
                    served=served(problem, weights, sited.units) / total,
                    best=served(problem, weights, best[name].units) / total,
                    same=int(np.minimum(sited.units, best[name].units).sum()),
                )
            )
    return tuple(result)


def served(problem: Problem, weights: Floats, units: Ints) -> float:
    """Return the facts expected that find a free unit in reach, units being busy at times."""
    return expected_cover(weights, problem.near, units, problem.busy)


def prices(problem: Problem, floor: float) -> tuple[Price, ...]:
    """Return what each condition costs the proposal ``cover``, and what the evidence rule changes.

    Args:
        problem: The question.
        floor: The floor kept, see ``Proposal``.
    """
    exposure, floors = problem.exposure(), problem.floors(floor)
    kept = _cover(problem, problem.weights, [*exposure, *floors])
    result = []
    dropped = {"district_floor": exposure, "exposure": floors, "all": []}
    asked = {"district_floor": bool(floors), "exposure": bool(exposure)}
    asked["all"] = all(asked.values())
    for name, limits in dropped.items():
        if asked[name]:
            result.append(_price(problem, name, kept, _cover(problem, problem.weights, limits)))
    if problem.demand.found.any():
        told = problem.weights + problem.demand.found.sum(axis=1)
        follows = _cover(problem, told, [*exposure, *floors])
        result.append(_price(problem, "evidence", kept, follows))
    return tuple(result)


def _price(problem: Problem, name: str, kept: Sited, other: Sited) -> Price:
    return Price(
        condition=name,
        kept=served(problem, problem.weights, kept.units),
        without=served(problem, problem.weights, other.units),
        moved=int(np.maximum(other.units - kept.units, 0).sum()),
        proved=kept.status == other.status == "optimal",
    )
