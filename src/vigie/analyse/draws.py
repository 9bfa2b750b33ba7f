"""Draws under "nothing is going on": seeds, p-values that are never zero, false discoveries.

A p-value of draws counts the observation among them, ``(1 + at least as far) / (1 + draws)``
(Davison and Hinkley 1997), so it is valid whatever the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from vigie.analyse.points import TimedParameters
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]


class DrawnParameters(TimedParameters):
    """How many draws, and from which seed: the same question twice has the same answer."""

    draws: int = Field(
        999,
        ge=99,
        le=9_999,
        title="Tirages / Draws",
        description="Tirages sous « il ne se passe rien » ; la plus petite valeur p est"
        " 1/(tirages + 1). / Draws under 'nothing is going on'; the least p-value is"
        " 1/(draws + 1).",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**32 - 1,
        title="Graine / Seed",
        description="Des tirages ; une autre graine déplace les valeurs p de leur propre"
        " incertitude. / Of the draws; another seed moves p-values by their own"
        " uncertainty.",
    )


def draw(statistic: Callable[[np.random.Generator], Floats], draws: int, seed: int) -> Floats:
    """Return the statistic of each draw, draws along the first axis.

    Each draw has its own stream, so the first hundred of a thousand are those of a hundred.

    Args:
        statistic: From a source of chance to an array, always of the same shape.
        draws: How many, 1 or more.
        seed: Of all of them.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    found = []
    for one in range(draws):
        look()
        found.append(statistic(np.random.default_rng([seed, one])))
    return np.stack(found)


def draw_together(
    statistic: Callable[[list[np.random.Generator]], Floats], draws: int, seed: int, most: int
) -> Floats:
    """Return what ``draw`` does, for a statistic that reckons several draws cheaper at once.

    Args:
        statistic: From a source of chance for each draw to an array with draws along the first
            axis.
        draws: How many, 1 or more.
        seed: Of all of them; the streams are those of ``draw``.
        most: How many at once.

    Raises:
        Stopping: Before some of them, when the process is told to stop.
    """
    found = []
    for first in range(0, draws, most):
        look()
        some = range(first, min(first + most, draws))
        found.append(statistic([np.random.default_rng([seed, one]) for one in some]))
    return np.concatenate(found)


def p_at_least(observed: Floats, drawn: Floats) -> Floats:
    """Return the share of draws, the observation among them, at least as high as observed.

    Args:
        observed: Any shape.
        drawn: The same, draws first.
    """
    as_high = (drawn >= observed).sum(axis=0)
    return np.asarray((1.0 + as_high) / (1.0 + len(drawn)), np.float64)


STEPS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
"""What small probabilities about single places are told as."""


def at_most(p: Floats) -> Floats:
    """Return for each probability the step it is not above; NaN stays.

    An exact one, about a place and its neighbours, would give counts away that are withheld.
    """
    steps = np.asarray(STEPS)
    told = steps[np.minimum(np.searchsorted(steps, np.nan_to_num(p, nan=1.0)), len(steps) - 1)]
    return np.where(np.isfinite(p), told, np.nan)


def false_discovery(p: Floats) -> Floats:
    """Return q-values: the least share of false discoveries at which each p would be kept.

    The step-up procedure holds for independent tests and for those that move together, as
    neighbouring cells do (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001). NaN stays.
    """
    given = np.flatnonzero(np.isfinite(p))
    q = np.full(len(p), np.nan)
    if not len(given):
        return q
    order = given[np.argsort(p[given], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
