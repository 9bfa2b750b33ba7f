"""Where a given number of posts covers most: maximal cover, backup cover, p-median, even cover.

- Maximal cover: R. Church and C. ReVelle, "The maximal covering location problem", Papers of the
  Regional Science Association 32 (1974) 101-118.
- Backup cover (MEXCLP): M. S. Daskin, "A maximum expected covering location model", Transportation
  Science 17 (1983) 48-70: a unit is busy a share ``q`` of the time, so the k-th unit in reach adds
  ``(1 - q) q^(k-1)``.
- p-median: S. L. Hakimi, "Optimum locations of switching centers", Operations Research 12 (1964)
  450-459; as an integer program by C. ReVelle and R. Swain, Geographical Analysis 2 (1970) 30-42.

Every answer says whether it is proved best; otherwise it carries its gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.program import TIME_LIMIT_S, Floats, Ints, Program, Solved, Status

Bools = npt.NDArray[np.bool_]
SLACK: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition on a siting: ``lower <= sites.y + cover.z <= upper``.

    Attributes:
        sites: Weight of a unit at each site, ``(m,)``; None for none.
        cover: Weight of each demand being in reach of a post, ``(n,)``, none negative; None for
            none. Only a lower end makes sense with it.
        lower: Lower end.
        upper: Upper end.
    """

    sites: Floats | None = None
    cover: Floats | None = None
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, slots=True)
class Sited:
    """Where units stand.

    Attributes:
        status: ``optimal``, ``time_limit`` (see ``gap``) or ``infeasible``.
        units: Units at each site, ``(m,)``; all zero without an answer.
        objective: Demand covered (or its expectation), or demand x distance for the p-median.
        bound: No siting can do better than this.
        gap: Relative distance from the bound; 0 when optimal.
        seconds: Time the solver took.
    """

    status: Status
    units: Ints
    objective: float
    bound: float
    gap: float
    seconds: float

    @property
    def found(self) -> bool:
        """Whether there is an answer."""
        return bool(self.units.any())

    @property
    def sites(self) -> Ints:
        """Numbers of the sites that hold a unit."""
        return np.flatnonzero(self.units)


def _checked(weights: npt.ArrayLike, matrix: npt.NDArray[np.generic], posts: int) -> Floats:
    values = np.asarray(weights, np.float64)
    if matrix.ndim != 2 or len(values) != len(matrix):  # noqa: PLR2004 - a matrix has two sides
        raise WrongUsage(reason="one weight per row of the matrix", field="weights")
    if not (np.isfinite(values).all() and (values >= 0.0).all()):
        raise WrongUsage(reason="weights are finite and not negative", field="weights")
    if posts < 1:
        raise WrongUsage(reason="at least one post", field="posts")
    return values


def _limited(program: Program, limits: Sequence[Limit], y: Ints, covers: Sequence[Ints]) -> None:
    """Add the limits; a point is covered as far as the sum of its columns in ``covers`` is 1."""
    for limit in limits:
        columns: list[Ints] = []
        values: list[Floats] = []
        if limit.sites is not None:
            kept = np.flatnonzero(limit.sites)
            columns.append(y[kept])
            values.append(limit.sites[kept])
        if limit.cover is not None:
            for i in np.flatnonzero(limit.cover).tolist():
                columns.append(covers[i])
                values.append(np.full(len(covers[i]), limit.cover[i]))
        if columns:
            index, at = np.unique(np.concatenate(columns), return_inverse=True)
            program.row(
                index,
                np.bincount(at.reshape(-1), np.concatenate(values)),
                lower=limit.lower - SLACK,
                upper=limit.upper + SLACK,
            )


def _sited(solved: Solved, y: Ints) -> Sited:
    units = np.zeros(len(y), np.int64)
    if solved.found:
        units = np.rint(solved.values[y]).astype(np.int64)
    return Sited(solved.status, units, solved.objective, solved.bound, solved.gap, solved.seconds)


def maximal_cover(
    weights: npt.ArrayLike,
    near: Bools,
    posts: int,
    *,
    limits: Sequence[Limit] = (),
    time_limit_s: float = TIME_LIMIT_S,
) -> Sited:
    """Site posts so that as much demand as possible has one in reach.

    Args:
        weights: Demand of each point, ``(n,)``, not negative.
        near: Whether a site reaches a point, ``(n, m)``.
        posts: How many posts to site; more than there are sites fills every site.
        limits: Further conditions.
        time_limit_s: Bound of the solver's time.

    Raises:
        WrongUsage: When sizes or signs do not fit.
    """
    return backup_cover(weights, near, posts, busy=0.0, limits=limits, time_limit_s=time_limit_s)


def backup_cover(
    weights: npt.ArrayLike,
    near: Bools,
    posts: int,
    *,
    busy: float,
    most_per_site: int = 1,
    limits: Sequence[Limit] = (),
    time_limit_s: float = TIME_LIMIT_S,
) -> Sited:
    """Site posts so that the expected demand with a *free* unit in reach is greatest (MEXCLP).

    Args:
        weights: Demand of each point, ``(n,)``.
        near: Whether a site reaches a point, ``(n, m)``.
        posts: How many units to site.
        busy: Share of the time that a unit is busy, in [0, 1); independent between units, which
            the hypercube corrects afterwards.
        most_per_site: Most units at one site.
        limits: Further conditions.
        time_limit_s: Bound of the solver's time.

    Raises:
        WrongUsage: When sizes, signs or ``busy`` do not fit.
    """
    demand = _checked(weights, near, posts)
    if not 0.0 <= busy < 1.0:
        raise WrongUsage(reason="busy: 0 <= busy < 1", field="busy")
    total = float(demand.sum()) or 1.0
    program = Program(maximise=True)
    alike, member = np.unique(near, axis=0, return_inverse=True)  # reached by the same sites
    member = member.reshape(-1)
    shared = np.bincount(member, demand, minlength=len(alike)) / total
    m = near.shape[1]
    y = program.columns(np.zeros(m), upper=most_per_site, integer=True)
    program.row(y, upper=min(posts, m * most_per_site), lower=min(posts, m * most_per_site))
    reachable = alike.sum(axis=1) * most_per_site
    depth = 1 if busy == 0.0 else posts
    levels = []
    for k in range(depth):
        gain = shared * (1.0 - busy) * busy**k
        levels.append(program.columns(gain, upper=(reachable > k).astype(np.float64)))
    for g in np.flatnonzero(reachable):
        sites = y[np.flatnonzero(alike[g])]
        z = np.array([level[g] for level in levels[: reachable[g]]])
        signs = np.concatenate((np.ones(len(sites)), -np.ones(len(z))))
        program.row(np.concatenate((sites, z)), signs, lower=0.0)
    _limited(program, limits, y, list(levels[0][member][:, None]))
    found = _sited(program.solve(time_limit_s), y)
    return replace(found, objective=found.objective * total, bound=found.bound * total)


def p_median(
    weights: npt.ArrayLike,
    distances: Floats,
    posts: int,
    *,
    limits: Sequence[Limit] = (),
    reach: float = np.inf,
    time_limit_s: float = TIME_LIMIT_S,
) -> Sited:
    """Site posts so that demand x distance to the nearest post is least.

    Args:
        weights: Demand of each point, ``(n,)``.
        distances: From each point to each site, ``(n, m)``, finite.
        posts: How many posts.
        limits: Further conditions; ``cover`` in them is being within ``reach``.
        reach: Distance within which a point counts as covered.
        time_limit_s: Bound of the solver's time.

    Raises:
        WrongUsage: When sizes or signs do not fit.
    """
    demand = _checked(weights, distances, posts)
    if not np.isfinite(distances).all():
        raise WrongUsage(reason="distances are finite", field="distances")
    n, m = distances.shape
    posts = min(posts, m)
    total = float(demand.sum()) or 1.0
    program = Program()
    y = program.columns(np.zeros(m), upper=1.0, integer=True)
    program.row(y, lower=posts, upper=posts)
    base = float((demand * distances.min(axis=1)).sum())
    covers = []
    for i in range(n):
        # the nearest of ``posts`` posts is never beyond the site number m - posts + 1
        nearest = np.argsort(distances[i], kind="stable")[: m - posts + 1]
        ways = distances[i][nearest]
        x = program.columns(demand[i] / total * (ways - ways[0]), upper=1.0)
        program.row(x, lower=1.0, upper=1.0)
        for own, site in zip(x.tolist(), y[nearest].tolist(), strict=True):
            program.row([own, site], [-1.0, 1.0], lower=0.0)
        covers.append(x[ways <= reach])
    _limited(program, limits, y, covers)
    solved = _sited(program.solve(time_limit_s), y)
    if solved.status == "time_limit" and not limits:
        return _at_least(solved, demand, distances, posts, solved.bound * total + base)
    objective, bound = solved.objective * total + base, solved.bound * total + base
    gap = solved.gap
    if solved.status == "time_limit":
        gap = abs(objective - bound) / max(abs(objective), 1e-12)
    return replace(solved, objective=objective, bound=bound, gap=gap)


def _at_least(solved: Sited, demand: Floats, distances: Floats, posts: int, bound: float) -> Sited:
    """Return the better of what the solver had when time ran out and a plain greedy choice."""
    units = np.zeros(distances.shape[1], np.int64)
    nearest = np.full(len(demand), np.inf)
    for _ in range(posts):
        ways = np.minimum(nearest[:, None], distances)
        cost = np.where(units > 0, np.inf, demand @ ways)
        site = int(cost.argmin())
        units[site] = 1
        nearest = ways[:, site]
    objective = float(demand @ nearest)
    if solved.found:
        own = float(demand @ distances[:, solved.sites].min(axis=1))
        if own <= objective:
            units, objective = solved.units, own
    floor = max(bound, 0.0) if np.isfinite(bound) else 0.0
    gap = (objective - floor) / max(objective, 1e-12)
    return Sited("time_limit", units, objective, floor, gap, solved.seconds)


def even_cover(
    weights: npt.ArrayLike,
    near: Bools,
    posts: int,
    groups: npt.ArrayLike,
    *,
    limits: Sequence[Limit] = (),
    time_limit_s: float = TIME_LIMIT_S,
) -> Sited:
    """Site posts so that the worst covered group is covered best, and then as much as possible.

    Args:
        weights: Demand of each point, ``(n,)``.
        near: Whether a site reaches a point, ``(n, m)``.
        posts: How many posts.
        groups: Group of each point, ``(n,)``; groups without demand count for nothing.
        limits: Further conditions.
        time_limit_s: Bound of the time of each of the two solves.

    Returns:
        The siting; its objective is the demand covered.

    Raises:
        WrongUsage: When sizes or signs do not fit.
    """
    demand = _checked(weights, near, posts)
    member = np.asarray(groups)
    _, m = near.shape
    program = Program(maximise=True)
    y = program.columns(np.zeros(m), upper=1.0, integer=True)
    program.row(y, lower=min(posts, m), upper=min(posts, m))
    z = program.columns(np.zeros(len(demand)), upper=near.any(axis=1).astype(np.float64))
    worst = program.columns([1.0], upper=1.0)
    for i in np.flatnonzero(near.any(axis=1)):
        sites = y[np.flatnonzero(near[i])]
        signs = np.concatenate((np.ones(len(sites)), [-1.0]))
        program.row(np.concatenate((sites, [z[i]])), signs, lower=0.0)
    needs = []
    for group in np.unique(member):
        share = np.where(member == group, demand, 0.0)
        total = float(share.sum())
        if total > 0.0:
            needs.append((share, total))
            inside = np.flatnonzero(share)
            columns = np.concatenate((z[inside], worst))
            program.row(columns, np.concatenate((share[inside], [-total])), lower=0.0)
    _limited(program, limits, y, list(z[:, None]))
    first = program.solve(time_limit_s)
    if not first.found:
        return _sited(first, y)
    floor = max(0.0, float(first.values[worst[0]]) - 1e-6)
    floors = [Limit(cover=share, lower=floor * total) for share, total in needs]
    return maximal_cover(demand, near, posts, limits=[*limits, *floors], time_limit_s=time_limit_s)


def expected_cover(weights: npt.ArrayLike, near: Bools, units: npt.ArrayLike, busy: float) -> float:
    """Return the demand that finds a free unit in reach: ``sum w (1 - q^k)``, k units in reach."""
    demand = np.asarray(weights, np.float64)
    reaching = near @ np.asarray(units, np.int64)
    return float((demand * (1.0 - np.power(busy, reaching))).sum())


def mean_distance(weights: npt.ArrayLike, distances: Floats, units: npt.ArrayLike) -> float:
    """Return the mean distance of demand to its nearest post; NaN without demand or posts."""
    demand = np.asarray(weights, np.float64)
    sites = np.flatnonzero(np.asarray(units))
    if not len(sites) or not demand.sum() > 0.0:
        return float("nan")
    return float(np.average(distances[:, sites].min(axis=1), weights=demand))
