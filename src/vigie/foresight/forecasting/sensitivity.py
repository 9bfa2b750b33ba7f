"""What if some areas call less than others? How many flagged places stay flagged.

Even facts told by the public depend on who tells: where half is told, half is counted, and places
that call more look worse (Akpinar, De-Arteaga & Chouldechova, FAccT 2021). How much is told where
is not known. So each area's rate is drawn evenly from [0.5, 1], what is expected is divided by it,
and the places of the highest number are flagged anew. A place that is flagged in fewer than 80 % of
the draws is shown grey: it would not stand there under another, equally possible, rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.foresight.forecasting.tensor import Floats, Integers

LOWEST, HIGHEST = 0.5, 1.0
FLAGGED = 0.10
STABLE = 0.80
DRAWS = 500


@dataclass(frozen=True, slots=True)
class Stability:
    """Which places stay flagged.

    Attributes:
        flagged: ``(cells,)`` among the highest as the numbers stand.
        stays: ``(cells,)`` share of the draws in which the place is among the highest.
        share: Mean share of the flagged places that stay flagged.
    """

    flagged: npt.NDArray[np.bool_]
    stays: Floats
    share: float

    @property
    def stable(self) -> bool:
        """Return whether at least 80 % of the flagged places stay so, over the draws."""
        return self.share >= STABLE

    @property
    def grey(self) -> npt.NDArray[np.bool_]:
        """Return which flagged places are shown grey."""
        return self.flagged & (self.stays < STABLE)


def stability(
    expected: Floats, area: Integers, *, flagged: float = FLAGGED, draws: int = DRAWS, seed: int = 0
) -> Stability:
    """Return which places stay among the highest when reporting rates differ by area.

    Args:
        expected: ``(cells,)`` what is expected at each place.
        area: ``(cells,)`` the number of the area of each place; -1: an area of its own.
        flagged: Share of the places that are flagged.
        draws: How many sets of rates.
        seed: Of the draws: the same numbers give the same answer.
    """
    size = max(1, int(np.ceil(flagged * expected.size)))
    alone = np.flatnonzero(area < 0)
    areas = np.array(area, np.int64)
    areas[alone] = max(int(area.max(initial=-1)), -1) + 1 + np.arange(alone.size)
    chance = np.random.default_rng(seed)
    rates = chance.uniform(LOWEST, HIGHEST, (draws, int(areas.max(initial=0)) + 1))
    base = _highest(expected[None, :], size)[0]
    again = _highest(expected[None, :] / rates[:, areas], size)
    return Stability(base, again.mean(axis=0), float(again[:, base].mean()))


def _highest(values: Floats, size: int) -> npt.NDArray[np.bool_]:
    chosen = np.zeros(values.shape, np.bool_)
    order = np.argsort(-values, axis=1, kind="stable")[:, :size]
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen
