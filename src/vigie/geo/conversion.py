"""Carrying counts from one zoning to another, with the error it costs.

Counts known by source zone (arrondissements) are wanted by target zone (police sectors). Each
source zone's count is shared among the targets it overlaps, in proportion to the overlap's area
(areal weighting: M. F. Goodchild and N. S.-N. Lam, "Areal interpolation: a variant of the
traditional spatial problem", Geo-Processing 1 (1980) 297-312) or to the population in it
(dasymetric).

Model and assumption, from which the standard error comes: every counted event of source zone *s*
lies in target *t* with probability p(s,t), the overlap's share, independently of the others. Then,
given the counts, a source zone's events are multinomial and

    E[y_t] = sum_s p(s,t) y_s        Var[y_t] = sum_s y_s p(s,t) (1 - p(s,t))

Real events cluster: they are not spread evenly over a zone, and this variance is then too small.
``concentration`` says how uneven zones are: shares are drawn from a Dirichlet distribution with
that concentration around p(s,t), and a source zone's variance grows by (y_s + c) / (1 + c)
(Dirichlet-multinomial). It can be measured with ``fit_concentration`` on events whose points are
known. A concentration of None means even spreading, the optimistic end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from vigie.base.errors import WrongUsage
from vigie.geo.zonings import OUTSIDE, Zoning

SLIVER = 0.02
"""Up to this share of a source zone outside every target is taken for imprecise drawing."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Population:
    """Where people are: points (cell centres, buildings) with how many people each.

    Attributes:
        lon: Longitudes.
        lat: Latitudes.
        persons: People at each point; not negative.
    """

    lon: npt.ArrayLike
    lat: npt.ArrayLike
    persons: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of each source zone lies in each target zone.

    Attributes:
        amounts: Square kilometres or persons, sources by targets.
        totals: The same of each whole source zone.
        unit: ``km2`` or ``persons``.
    """

    amounts: Floats
    totals: Floats
    unit: str

    def shares(self, sliver: float = SLIVER) -> Floats:
        """Return the share of each source zone in each target; a row sums to at most 1.

        Where a row lacks no more than ``sliver`` of its whole, it is drawn up to 1; where borders
        drawn twice overlap and it exceeds 1, it is drawn down to 1.
        """
        whole = np.where(self.totals > 0, self.totals, 1.0)
        shares = self.amounts / whole[:, None]
        sums = shares.sum(axis=1)
        covered = (sums >= 1.0 - sliver) & (sums > 0)
        shares[covered] /= sums[covered, None]
        return shares


@dataclass(frozen=True, slots=True)
class Conversion:
    """Counts by target zone.

    Attributes:
        values: Expected count of each target zone.
        standard_errors: Standard error of each, under the module's model.
        outside: Expected count that lies in no target zone.
        covered: Share of each target's area that the source zoning covers; below 1 its figure
            misses what lies beyond.
    """

    values: Floats
    standard_errors: Floats
    outside: float
    covered: Floats


def overlap_by_area(source: Zoning, target: Zoning) -> Overlap:
    """Return the overlap of two zonings in square kilometres (equal-area projection)."""
    plane = source.projection
    sources = shapely.make_valid(plane.geometries_to_metres(np.array(source.polygons, object)))
    targets = shapely.make_valid(plane.geometries_to_metres(np.array(target.polygons, object)))
    amounts = np.zeros((len(sources), len(targets)))
    rows, columns = shapely.STRtree(targets).query(sources, predicate="intersects")
    common = shapely.intersection(sources[rows], targets[columns])
    amounts[rows, columns] = shapely.area(common) / 1e6
    return Overlap(amounts, shapely.area(sources) / 1e6, "km2")


def overlap_by_population(source: Zoning, target: Zoning, population: Population) -> Overlap:
    """Return the overlap of two zonings in persons.

    Raises:
        WrongUsage: When a number of persons is negative or not finite.
    """
    persons = np.asarray(population.persons, np.float64)
    if not (np.isfinite(persons).all() and (persons >= 0).all()):
        raise WrongUsage("population: a number of persons is negative or not finite")
    row = source.assign(population.lon, population.lat)
    column = target.assign(population.lon, population.lat)
    amounts = np.zeros((len(source), len(target)))
    both = (row != OUTSIDE) & (column != OUTSIDE)
    np.add.at(amounts, (row[both], column[both]), persons[both])
    inside = row != OUTSIDE
    totals = np.bincount(row[inside], persons[inside], minlength=len(source))
    return Overlap(amounts, totals.astype(np.float64), "persons")


def convert(
    values: npt.ArrayLike,
    source: Zoning,
    target: Zoning,
    weights: Literal["area", "population"] = "area",
    *,
    population: Population | None = None,
    concentration: float | None = None,
) -> Conversion:
    """Return counts by target zone with their standard errors.

    Nothing is lost or made: values and ``outside`` sum to what came in.

    Args:
        values: Count of each source zone, in its order; not negative.
        source: Zoning the counts are known by.
        target: Zoning they are wanted by.
        weights: Share by ``area``, or by ``population``; a source zone where nobody lives is shared
            by area.
        population: Needed for ``population``.
        concentration: How evenly events are spread within a zone; see the module's text.

    Raises:
        WrongUsage: When counts do not fit the zoning, are negative or not finite, when a population
            is missing, or the concentration is not positive.
    """
    counts = np.asarray(values, np.float64)
    if counts.shape != (len(source),) or not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise WrongUsage("conversion: one count, not negative, for each source zone")
    if concentration is not None and not concentration > 0:
        raise WrongUsage("conversion: the concentration is positive")
    area = overlap_by_area(source, target)
    shares = area.shares()
    if weights == "population":
        if population is None:
            raise WrongUsage("conversion: weights by population need a population")
        people = overlap_by_population(source, target, population)
        shares = np.where(people.totals[:, None] > 0, people.shares(), shares)
    growth = np.ones_like(counts)
    if concentration is not None:
        growth = np.maximum((counts + concentration) / (1.0 + concentration), 1.0)
    variance = (counts * growth) @ (shares * (1.0 - shares))
    lost = np.maximum(1.0 - shares.sum(axis=1), 0.0)
    return Conversion(
        values=counts @ shares,
        standard_errors=np.sqrt(np.maximum(variance, 0.0)),
        outside=float(counts @ lost),
        covered=np.minimum(area.amounts.sum(axis=0) / target.areas_km2, 1.0),
    )


def fit_concentration(
    counts: npt.ArrayLike, shares: npt.ArrayLike, observed: npt.ArrayLike
) -> float | None:
    """Return how evenly events were spread, from events whose target zones are known.

    Moments: the squared deviations of the observed from the expected, set against those of even
    spreading. None when they deviate no more than even spreading would.

    Args:
        counts: Count of each source zone.
        shares: Share of each source zone in each target, as ``Overlap.shares`` gives it.
        observed: Events of each source zone found in each target, sources by targets.

    Raises:
        WrongUsage: When the shapes do not fit.
    """
    y, p = np.asarray(counts, np.float64), np.asarray(shares, np.float64)
    found = np.asarray(observed, np.float64)
    if p.shape != found.shape or y.shape != p.shape[:1]:
        raise WrongUsage("concentration: shapes do not fit")
    spread = p * (1.0 - p)
    even = float((y[:, None] * spread).sum())
    most = float((y[:, None] ** 2 * spread).sum())
    seen = float(((found - y[:, None] * p) ** 2).sum())
    if seen <= even:
        return None
    return max((most - seen) / (seen - even), math.ulp(1.0))
