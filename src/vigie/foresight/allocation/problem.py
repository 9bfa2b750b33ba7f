"""What is to be sited, under which conditions: the question that proposals answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.covering import Limit
from vigie.foresight.allocation.demand import Demand, Floats, Ints
from vigie.foresight.allocation.fairness import by_district, exposure_limits
from vigie.foresight.allocation.sites import Site

MOST_POSTS: Final = 40
MOST_BUSY: Final = 0.9
CONDITIONS: Final = ("district_floor", "exposure")


@dataclass(frozen=True, slots=True)
class Given:
    """The means, and how fast they are.

    Attributes:
        posts: Posts or patrols to site.
        per_post: People at each.
        reach_s: Response time wanted, seconds.
        speed_kmh: Speed on the way.
        on_scene_min: Minutes that an answered fact keeps a unit, the way there left aside.
        answered: Share of the facts expected that need a unit.
    """

    posts: int
    per_post: int = 2
    reach_s: float = 300.0
    speed_kmh: float = 4.5
    on_scene_min: float = 25.0
    answered: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.posts <= MOST_POSTS:
            raise WrongUsage(reason=f"posts: 1 to {MOST_POSTS}", field="posts")
        positive = (self.per_post, self.reach_s, self.speed_kmh, self.on_scene_min, self.answered)
        if min(positive) <= 0 or self.answered > 1.0:
            raise WrongUsage(reason="means are positive, answered at most 1", field="means")

    @property
    def speed_ms(self) -> float:
        """Metres per second."""
        return self.speed_kmh / 3.6

    @property
    def reach_m(self) -> float:
        """How far a unit comes in the time wanted, metres of way."""
        return self.reach_s * self.speed_ms


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a proposal must keep, beside the number of posts.

    Attributes:
        district_floor: Least share of each district's need in reach of a post, 0 to 1; where no
            choice of posts gives so much, as much as can be.
        exposure: Whether each district's exposure ratio stays within 0.8 to 1.25, to whole units.
    """

    district_floor: float = 0.3
    exposure: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.district_floor <= 1.0:
            raise WrongUsage(reason="district_floor: 0 to 1", field="district_floor")


@dataclass(frozen=True)
class Problem:
    """The question.

    Attributes:
        demand: What is expected.
        sites: Where posts may stand.
        ways_m: From each point to each site, metres, ``(n, m)``.
        given: The means.
        conditions: What must be kept.
        labels: Names of the districts.
        district: District of each point, -1 outside any, ``(n,)``.
        site_district: District of each site, ``(m,)``.
    """

    demand: Demand
    sites: Sequence[Site]
    ways_m: Floats
    given: Given
    conditions: Conditions = field(default_factory=Conditions)
    labels: Sequence[str] = ()
    district: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    site_district: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        n, m = len(self.demand.lon), len(self.sites)
        if self.ways_m.shape != (n, m) or len(self.district) != n or len(self.site_district) != m:
            raise WrongUsage(reason="points, sites, ways and districts differ", field="demand")
        if n == 0 or m == 0 or not self.demand.mid.sum() > 0.0:
            raise WrongUsage(reason="nothing is expected here, or no site is known", field="demand")

    @cached_property
    def near(self) -> npt.NDArray[np.bool_]:
        """Whether a site reaches a point in the time wanted."""
        return self.ways_m <= self.given.reach_m

    @property
    def posts(self) -> int:
        """Posts to site: no more than there are sites."""
        return min(self.given.posts, len(self.sites))

    @cached_property
    def weights(self) -> Floats:
        """Facts expected at each point, all hours together."""
        return np.asarray(self.demand.mid.sum(axis=1), np.float64)

    @cached_property
    def need(self) -> Floats:
        """Facts expected in each district."""
        return by_district(self.weights, self.district, len(self.labels))

    @property
    def busiest_hour(self) -> int:
        """The hour of which most is expected."""
        return int(self.demand.mid.sum(axis=0).argmax())

    @property
    def busy(self) -> float:
        """Share of the time a unit is busy in the busiest hour, at most 0.9."""
        calls = float(self.demand.mid.sum(axis=0).max()) * self.given.answered
        return min(MOST_BUSY, calls * self.given.on_scene_min / 60.0 / self.posts)

    def exposure(self) -> list[Limit]:
        """Return the conditions on exposure; none when it is not asked for."""
        if not self.conditions.exposure:
            return []
        return exposure_limits(self.need, self.site_district, self.posts)

    def floors(self, share: float) -> list[Limit]:
        """Return the conditions that each district has so much of its need in reach."""
        if share <= 0.0:
            return []
        return [
            Limit(
                cover=np.where(self.district == d, self.weights, 0.0),
                lower=share * float(self.need[d]) - 1e-9,
            )
            for d in range(len(self.labels))
            if self.need[d] > 0.0
        ]

    def worst_share(self, units: Ints) -> float:
        """Return the least share of a district's need that units reach; 1 without districts."""
        covered = np.where(self.near @ units > 0, self.weights, 0.0)
        inside = by_district(covered, self.district, len(self.labels))
        has = self.need > 0.0
        return float((inside[has] / self.need[has]).min()) if has.any() else 1.0
