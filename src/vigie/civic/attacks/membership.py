"""Was one fact counted? The odds that a noised figure gives away, measured from outside.

Two data sets differ by one fact. Half of the draws choose the figure from which on the attacker
cries "it was"; the other half measure how much more often he is right than wrong. The lower end of
that ratio (Clopper-Pearson) is a loss that the noise really causes: it must not exceed the stated
one. The law reference asks for 95 % confidence, which would cry wolf in one run of twenty; the
bound is judged at 99.9 %, and the value at 95 % printed beside it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from vigie.civic.attacking import Attack, Draw, Methods, Outcome, scipy_part

COST = 250
JUDGED, USUAL = 0.999, 0.95
"""The figure to cry at is chosen by the confidence it is judged by: chosen by the usual one, a rare
figure that was lucky in the first half wins, and the second half shows too little of it."""
Ints = npt.NDArray[np.int64]


def _lower_loss(right: int, wrong: int, runs: int, confidence: float) -> float:
    """Return the lower end of ln(P(right) / P(wrong)), each end at half of the allowed error."""
    beta = scipy_part("stats").beta
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, right, runs - right + 1) if right else 0.0
    high = beta.ppf(1 - tail, wrong + 1, runs - wrong) if wrong < runs else 1.0
    return math.log(low / high) if low > 0 else -math.inf


def _cry(without: Ints, with_one: Ints, at: int) -> tuple[int, int]:
    """Return how often a figure of at least ``at`` stands there with the fact and without it."""
    return int((with_one >= at).sum()), int((without >= at).sum())


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Return the loss shown by ``runs`` draws on each of the two data sets."""
    base = int(draw.integers(20, 200))
    without = np.array(methods.noise([base] * runs, COST), np.int64)
    with_one = np.array(methods.noise([base + 1] * runs, COST), np.int64)
    half = runs // 2
    levels = range(int(with_one.min()), int(with_one.max()) + 1)
    at = max(
        levels,
        key=lambda at: _lower_loss(*_cry(without[:half], with_one[:half], at), half, JUDGED),
    )
    seen = _cry(without[half:], with_one[half:], at)
    judged, usual = (_lower_loss(*seen, runs - half, one) for one in (JUDGED, USUAL))
    return Outcome(runs, judged, COST / 1000, {"at_95_percent": usual})


ATTACK = Attack(
    name="membership",
    title={
        "fr": "Deviner si un fait a été compté",
        "en": "Guess whether one fact was counted",
    },
    measure={"fr": "epsilon empirique (borne basse)", "en": "empirical epsilon (lower bound)"},
    runs=100_000,
    run=run,
)
