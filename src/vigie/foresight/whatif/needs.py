"""Means that an event usually takes: learnt from past plans, beside a stated rule of thumb.

For each means, ``log(number + 1/2)`` is a line in ``log(public / 1,000)`` with normal noise, fitted
by Bayes with the rule of thumb as a weak prior (Gelman et al., *Bayesian Data Analysis*, 3rd ed.,
14.2; conjugate, exact). With no past event the answer is the rule within a factor of three or so;
each event narrows it. That is what was **planned**, by people who knew their trade; what events
really took is in ``load``. The effect of agents on facts is not in these data, and nothing here
pretends that it is: agents change whether they suffice, not what is expected to happen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vigie.base.errors import WrongUsage
from vigie.foresight.whatif.estimates import Estimate, FloatArray, certain, summed_up

DRAWS = 2_000
ENOUGH = 5
"""Past events of the same kind from which on no others are taken."""
BASIS_SHOWN = 20

BARRIER_M = 2.0
"""Length of a crowd barrier, metres (proposal; makers sell 2 to 2.5 m)."""
STREET_M = 8.0
"""Width closed at one end of a street, metres (proposal)."""
ENDS = 2
PUBLIC_PER_STEWARD = 100.0
"""Spectators per steward at enclosed events (proposal; usual in French practice)."""

_PRIOR_SLOPE = (1.0, 0.25)
_PRIOR_LEVEL_SD = math.log(3.0)
_PRIOR_NOISE = (2.0, 2.0 * 0.35**2)


@dataclass(frozen=True, slots=True)
class PastMeans:
    """A past event with what was planned for it.

    Attributes:
        plan_id: Id.
        kind: Kind of plan.
        public: Public expected, people.
        starts_us: When it began, epoch µs.
        means: Number by name of the means (``agents``, ``barriers``, ``diversions`` …).
        closed_streets: Streets it closed.
    """

    plan_id: str
    kind: str
    public: float
    starts_us: int
    means: Mapping[str, float]
    closed_streets: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The fitted line of one means: draws of its two numbers and of the noise.

    Attributes:
        level: Draws of log(number + 1/2) at a public of 1,000.
        slope: Draws of the exponent of the public.
        noise: Draws of one event's departure from the line.
        past: Past events it rests on, newest first.
        pool: Kind they share; empty when all kinds are taken together.
    """

    level: FloatArray
    slope: FloatArray
    noise: FloatArray
    past: tuple[str, ...]
    pool: str

    def numbers(self, public: float) -> FloatArray:
        """Return draws of the number for one event of this public, not rounded."""
        x = math.log(max(public, 1.0) / 1_000.0)
        draws: FloatArray = np.maximum(np.exp(self.level + self.slope * x + self.noise) - 0.5, 0.0)
        return draws

    def estimate(self, public: float) -> Estimate:
        """Return the number with its interval and base."""
        return summed_up(
            self.numbers(public),
            base=len(self.past),
            basis=self.past[:BASIS_SHOWN],
            method="history" if self.past else "rule",
            pool=self.pool,
        )


def _agents(public: float) -> float:
    return max(2.0, public / 500.0)


def _barriers(public: float) -> float:
    return public / 200.0


def _first_aid_posts(public: float) -> float:
    return public / 10_000.0


def _diversions(public: float) -> float:
    return public / 10_000.0


RULES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "agents": _agents,
        "barriers": _barriers,
        "first_aid_posts": _first_aid_posts,
        "diversions": _diversions,
    }
)
"""Rules of thumb by means, a proposal of Vigie's: what it answers before it has seen one event."""


def pool_of(past: Sequence[PastMeans], kind: str) -> tuple[str, list[PastMeans]]:
    """Return the past events to learn from: the same kind, else the nearest kind above with enough.

    Returns:
        The kind they share (empty: all kinds), and the events, newest first.
    """
    newest = sorted(past, key=lambda one: (-one.starts_us, one.plan_id))
    code = kind
    while code:
        same = [one for one in newest if f"{one.kind}.".startswith(f"{code}.")]
        if len(same) >= ENOUGH and code.count("."):
            return code, same
        code = code.rpartition(".")[0]
    own = [one for one in newest if one.kind == kind]
    return ("", newest) if len(newest) >= ENOUGH else (kind if own else "", own)


def learn(past: Sequence[PastMeans], kind: str, name: str, *, seed: int = 0) -> Line:
    """Fit the line of one means for a kind of plan.

    The same seed gives the same draws, so that two answers can be subtracted draw by draw.

    Args:
        past: Past events that were held.
        kind: Kind of the plan asked about.
        name: Means: one of ``RULES``.
        seed: Of the draws.

    Raises:
        WrongUsage: When there is no rule for that means.
    """
    if name not in RULES:
        raise WrongUsage(reason=f"means: {', '.join(RULES)}", field="means")
    told = [one for one in past if name in one.means and one.public > 0]
    pool, used = pool_of(told, kind)
    x = np.array([math.log(one.public / 1_000.0) for one in used])
    y = np.array([math.log(one.means[name] + 0.5) for one in used])
    prior_mean = np.array([math.log(RULES[name](1_000.0) + 0.5), _PRIOR_SLOPE[0]])
    shape, scale = _PRIOR_NOISE
    unit = scale / shape
    precision = np.diag([unit / _PRIOR_LEVEL_SD**2, unit / _PRIOR_SLOPE[1] ** 2])
    design = np.column_stack([np.ones(len(x)), x])
    posterior = precision + design.T @ design
    mean = np.linalg.solve(posterior, precision @ prior_mean + design.T @ y)
    shape += len(x) / 2
    scale += 0.5 * float(y @ y + prior_mean @ precision @ prior_mean - mean @ posterior @ mean)
    chance = np.random.default_rng([seed, sorted(RULES).index(name)])
    variance = max(scale, 1e-9) / chance.gamma(shape, 1.0, DRAWS)
    spread = np.linalg.cholesky(np.linalg.inv(posterior))
    both = mean + (np.sqrt(variance)[:, None] * chance.normal(size=(DRAWS, 2))) @ spread.T
    noise = np.sqrt(variance) * chance.normal(size=DRAWS)
    return Line(both[:, 0], both[:, 1], noise, tuple(one.plan_id for one in used), pool)


def usual(past: Sequence[PastMeans], kind: str, name: str, public: float) -> Estimate:
    """Return how many of a means an event of this kind and public usually takes."""
    return learn(past, kind, name).estimate(public)


def rule_of_thumb(name: str, public: float) -> Estimate:
    """Return the stated rule's number, the baseline beside which what is learnt stands.

    Raises:
        WrongUsage: When there is no rule for that means.
    """
    if name not in RULES:
        raise WrongUsage(reason=f"means: {', '.join(RULES)}", field="means")
    return certain(RULES[name](max(0.0, public)), "rule")


def barriers_by_length(perimeter_m: float, closed_streets: int, *, share: float = 1.0) -> Estimate:
    """Return the barriers that a fenced perimeter and closed streets take, by their lengths.

    Args:
        perimeter_m: Length of the perimeter, metres.
        closed_streets: Streets closed at both ends.
        share: Part of the perimeter that is fenced, 0 to 1.

    Raises:
        WrongUsage: When a length, a number or the share cannot be.
    """
    if not (0 <= share <= 1 and perimeter_m >= 0 and closed_streets >= 0):
        raise WrongUsage(reason="perimeter and streets: 0 or more; share: 0 to 1", field="share")
    fence = math.ceil(perimeter_m * share / BARRIER_M)
    ends = closed_streets * ENDS * math.ceil(STREET_M / BARRIER_M)
    return certain(float(fence + ends), "geometry")


def stewards(public: float) -> Estimate:
    """Return the stewards of an enclosed event by the usual rule, at least two."""
    return certain(float(max(2, math.ceil(max(0.0, public) / PUBLIC_PER_STEWARD))), "rule")
