"""What a proposal would do: post by post with its reason, response times, who gets what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.allocation.covering import expected_cover, mean_distance
from vigie.foresight.allocation.demand import Floats, Ints
from vigie.foresight.allocation.fairness import Share, by_district, gini, shares
from vigie.foresight.allocation.hypercube import Hypercube, hypercube
from vigie.foresight.allocation.problem import Problem
from vigie.foresight.allocation.sites import Site


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a post stands where it stands.

    Attributes:
        site: The site.
        district: Number of its district, -1 outside any.
        covers: Facts expected in its reach: low, mid, high (80 %).
        alone: Those that no other post reaches: what would be lost without it.
        gain: Facts expected that find a free unit because of it, units being busy at times.
        mean_s: Mean time from it to what it covers, seconds; NaN when it covers nothing.
        peak_hour: Hour of the occasion at which it covers most.
        base: Past facts behind what it covers.
    """

    site: Site
    district: int
    covers: tuple[float, float, float]
    alone: tuple[float, float, float]
    gain: float
    mean_s: float
    peak_hour: int
    base: int


@dataclass(frozen=True, slots=True)
class Response:
    """How units fare in the busiest hour, by the hypercube queue.

    Attributes:
        hour: That hour of the occasion.
        calls: Calls expected in it.
        overloaded: Whether more is asked than the units can serve; no time is told then.
        least_units: Fewest units that could serve that many.
        exact: Whether solved exactly (12 units at most).
        workloads: Share of the time each unit is busy, in the order of the posts.
        travel_s: Mean time on the way, seconds.
        wait_s: Mean time in the queue, seconds.
        waits: Probability that a call finds every unit busy.
        in_time: Share of calls whose way is within the time wanted.
    """

    hour: int
    calls: float
    overloaded: bool
    least_units: int
    exact: bool
    workloads: tuple[float, ...]
    travel_s: float
    wait_s: float
    waits: float
    in_time: float


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Everything told of a proposal.

    Attributes:
        posts: The posts and their reasons.
        total: Facts expected in all: low, mid, high.
        reached: Those with a post in reach.
        mean_m: Mean way to the nearest post, metres.
        response: The busiest hour.
        districts: Each district's part.
        gini_units: Gini coefficient of units over the districts that have need or units.
        gini_need: The same of need.
    """

    posts: tuple[Reason, ...]
    total: tuple[float, float, float]
    reached: tuple[float, float, float]
    mean_m: float
    response: Response
    districts: tuple[Share, ...]
    gini_units: float
    gini_need: float


def appraise(problem: Problem, units: Ints) -> Appraisal:
    """Return what units at these sites would do.

    Args:
        problem: The question.
        units: Units at each site, ``(m,)``.
    """
    sites = np.repeat(np.arange(len(units)), units)
    covered = problem.near @ units > 0
    size = len(problem.labels)
    posted = by_district(units, problem.site_district, size).astype(np.int64)
    inside = by_district(np.where(covered, problem.weights, 0.0), problem.district, size)
    counted = np.rint(by_district(problem.demand.counted, problem.district, size)).astype(np.int64)
    told = (problem.need > 0.0) | (posted > 0)
    return Appraisal(
        posts=tuple(_reason(problem, units, int(site)) for site in sites),
        total=problem.demand.total(),
        reached=problem.demand.over(covered),
        mean_m=mean_distance(problem.weights, problem.ways_m, units),
        response=respond(problem, sites),
        districts=shares(problem.need, counted, inside, posted),
        gini_units=gini(posted[told]),
        gini_need=gini(problem.need[told]),
    )


def _reason(problem: Problem, units: Ints, site: int) -> Reason:
    near = problem.near[:, site]
    without = units.copy()
    without[site] -= 1
    alone = near & ~(problem.near @ without > 0)
    by_hour = problem.demand.mid[near].sum(axis=0)
    weights = problem.weights * near
    ways = problem.ways_m[:, site]
    mean_m = float((weights * ways).sum() / weights.sum()) if weights.any() else float("nan")
    value = [
        expected_cover(problem.weights, problem.near, one, problem.busy) for one in (units, without)
    ]
    return Reason(
        site=problem.sites[site],
        district=int(problem.site_district[site]),
        covers=problem.demand.over(near),
        alone=problem.demand.over(alone),
        gain=value[0] - value[1],
        mean_s=mean_m / problem.given.speed_ms,
        peak_hour=int(by_hour.argmax()),
        base=round(float(problem.demand.counted[near].sum())),
    )


def respond(problem: Problem, sites: Ints) -> Response:
    """Return how units at these sites fare in the busiest hour (one entry per unit).

    A call goes to the nearest free unit; a unit is taken for the way there and the time on scene.
    """
    hour, given = problem.busiest_hour, problem.given
    calls = problem.demand.mid[:, hour] * given.answered
    asking = calls > 0.0
    times = problem.ways_m[np.ix_(np.flatnonzero(asking), sites)] / given.speed_ms
    order = np.argsort(times, axis=1, kind="stable")
    rates = calls[asking]
    total = float(rates.sum())
    way = float(np.average(times.min(axis=1), weights=rates))
    found, service = None, 0.0
    for _ in range(3):  # the way depends on who is free, and who is free on the way
        service = 3600.0 / (given.on_scene_min * 60.0 + way)
        if total >= service * len(sites) * 0.999:
            found = None
            break
        found = hypercube(rates, order, service)
        way = found.travel(times)
    least = int(total // service) + 1
    return _response(found, times, (hour, total, least), given.reach_s)


def _response(
    found: Hypercube | None, times: Floats, asked: tuple[int, float, int], reach_s: float
) -> Response:
    hour, calls, least = asked
    if found is None:
        nan = float("nan")
        return Response(hour, calls, True, least, False, (), nan, nan, nan, nan)
    return Response(
        hour=hour,
        calls=calls,
        overloaded=False,
        least_units=least,
        exact=found.exact,
        workloads=tuple(float(one) for one in found.workloads),
        travel_s=found.travel(times),
        wait_s=found.wait * 3600.0,
        waits=found.all_busy,
        in_time=found.within(times, reach_s),
    )
