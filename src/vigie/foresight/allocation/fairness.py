"""Who gets what: exposure against need, district by district, and how unequal both are.

Need is what people reported; what patrols or cameras found does not count. Exposure of a district
is unit-minutes posted there per fact expected there; its ratio to the city's should lie within 0.8
to 1.25. No attribute of the people who live there is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vigie.analyse.intervals import poisson_interval
from vigie.foresight.allocation.covering import Limit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LOWEST: Final = 0.8
HIGHEST: Final = 1.25
"""Bounds of the exposure ratio, outside of which it is flagged."""


@dataclass(frozen=True, slots=True)
class Share:
    """One district's part.

    Attributes:
        district: Number of the district.
        need: Facts expected there.
        counted: Facts that this rests on.
        units: Units posted there.
        covered: Share of its need that has a unit in reach; NaN without need.
        ratio: Exposure against the city's; NaN without need.
        low: Lower end of its 95 % interval, from the count behind the need.
        high: Upper end.
        alarm: ``over`` or ``under`` when the ratio lies outside the bounds; ``none`` within, and
            where whole units cannot come nearer (``coarse``).
    """

    district: int
    need: float
    counted: int
    units: int
    covered: float
    ratio: float
    low: float
    high: float
    alarm: str


def shares(need: Floats, counted: Ints, covered: Floats, units: Ints) -> tuple[Share, ...]:
    """Return each district's share.

    Args:
        need: Facts expected in each district, ``(d,)``.
        counted: Facts behind, ``(d,)``.
        covered: Facts expected with a unit in reach, ``(d,)``.
        units: Units posted, ``(d,)``.
    """
    total, posted = float(need.sum()), int(units.sum())
    result = []
    for d in range(len(need)):
        if not need[d] > 0.0 or posted == 0:
            nan = float("nan")
            known = (float(need[d]), int(counted[d]), int(units[d]))
            result.append(Share(d, *known, nan, nan, nan, nan, "none"))
            continue
        ratio = float(units[d] / posted * total / need[d])
        least, most = poisson_interval(int(counted[d]))
        low, high = (ratio * counted[d] / end if end > 0 else np.inf for end in (most, least))
        fair = posted * need[d] / total
        result.append(
            Share(
                district=d,
                need=float(need[d]),
                counted=int(counted[d]),
                units=int(units[d]),
                covered=float(covered[d] / need[d]),
                ratio=ratio,
                low=float(low),
                high=float(high),
                alarm=_alarm(ratio, float(units[d]), fair),
            )
        )
    return tuple(result)


def _alarm(ratio: float, units: float, fair: float) -> str:
    if LOWEST <= ratio <= HIGHEST:
        return "none"
    if abs(units - fair) < 1.0:  # one whole unit more or less would be no nearer
        return "coarse"
    return "over" if ratio > HIGHEST else "under"


def exposure_limits(need: Floats, district_of_site: Ints, posts: int) -> list[Limit]:
    """Return conditions that keep each district's exposure ratio in bounds, to whole units.

    A district has at least ``floor(0.8 s)`` and at most ``ceil(1.25 s)`` units, ``s`` its fair
    share; no more is asked of a district than it has sites.
    """
    total = float(need.sum())
    limits = []
    for d in range(len(need)):
        inside = (district_of_site == d).astype(np.float64)
        if not inside.any() or not total > 0.0:
            continue
        fair = posts * need[d] / total
        lower = min(np.floor(LOWEST * fair), inside.sum())
        limits.append(Limit(sites=inside, lower=float(lower), upper=float(np.ceil(HIGHEST * fair))))
    return limits


def gini(values: npt.ArrayLike) -> float:
    """Return the Gini coefficient of values that are not negative; NaN when all are zero.

    C. Gini, "Variabilita e mutabilita" (1912): 0 when all are equal, (n - 1) / n when one has all.
    """
    x = np.sort(np.asarray(values, np.float64))
    if not len(x) or not x[-1] > 0.0:
        return float("nan")
    x = x / x[-1]  # the unit does not matter, and what is tiny is not lost
    ranks = np.arange(1, len(x) + 1)
    return float(((2 * ranks - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def by_district(values: npt.ArrayLike, district: Ints, size: int) -> Floats:
    """Return the sum of values in each district; those outside any count nowhere."""
    kept = np.asarray(district) >= 0
    weights = np.asarray(values, np.float64)[kept]
    sums = np.zeros(size)
    np.add.at(sums, np.asarray(district)[kept], weights)
    return sums


def names(labels: Sequence[str], district: Ints) -> list[str]:
    """Return the label of each district number; empty outside any."""
    return [labels[one] if one >= 0 else "" for one in district.tolist()]
