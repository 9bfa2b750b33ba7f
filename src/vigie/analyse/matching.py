"""Which places are like one: controls weighed by characters, and characters by what they foretell.

Controls are weighed so that their mean character is that of the place, not negative and summing to
one. How much each character counts is chosen so that the controls so weighed follow the place
before the measure (Abadie, Diamond & Hainmueller, JASA 105 (2010) 493): a search around a search.
It goes in one direction after the other, on a logarithmic scale, from all characters alike. None
that tells places apart counts for nothing: left free, the best lies where most of them do, and
there the weights hang on the last digit (Malo, Eskelinen, Zhou & Kuosmanen, Comput. Econ. (2023)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.analyse.controls import simplex_weights
from vigie.analyse.days import Floats

SEARCHED = 1500
"""Most sets of importances that are tried."""
LEAST = 0.001
"""Least importance of a character, of one in all."""


@dataclass(frozen=True, slots=True)
class Match:
    """A place's controls.

    Attributes:
        weights: Weight of each control, summing to one.
        importance: How much each character counted, summing to one; 0 where all places share it.
        apart: What is left between the place and its controls, by character, in standard
            deviations between places.
    """

    weights: Floats
    importance: Floats
    apart: Floats


def matched(own: Floats, others: Floats, series: Floats, donors: Floats, ridge: float) -> Match:
    """Weigh controls by characters.

    Args:
        own: Characters of the place, shape (characters,).
        others: Characters of the controls, shape (controls, characters).
        series: What the place counted before the measure, shape (times,).
        donors: The same of the controls, shape (controls, times).
        ridge: How much an even spread over many controls is preferred; 0 for not at all.
    """
    every = np.vstack([own, others])
    deviation = every.std(axis=0, ddof=1)
    told = np.flatnonzero(deviation > 0)
    scaled = ((every - every.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0))[:, told]
    importance, apart = np.zeros(len(own)), np.zeros(len(own))
    if not len(told):
        return Match(np.full(len(others), 1.0 / len(others)), importance, apart)

    def weighed(counting: Floats) -> Floats:
        loads = np.sqrt(counting * len(counting))
        return simplex_weights(scaled[0] * loads, scaled[1:] * loads, ridge * len(counting))

    def missed(powers: Floats) -> float:
        return float(((series - weighed(_shares(powers)) @ donors) ** 2).mean())

    found = scipy.optimize.minimize(
        *(missed, np.zeros(len(told))),
        method="Powell",
        options={"maxfev": SEARCHED, "ftol": 1e-10},
    )
    importance[told] = _shares(found.x)
    weights = weighed(importance[told])
    apart[told] = scaled[0] - weights @ scaled[1:]
    return Match(weights, importance, apart)


def _shares(powers: Floats) -> Floats:
    raised = np.exp(powers - powers.max())
    free = 1.0 - LEAST * len(raised)
    return np.asarray(LEAST + free * raised / raised.sum(), np.float64)
