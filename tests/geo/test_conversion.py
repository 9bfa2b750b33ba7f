from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.geo.conversion import (
    Conversion,
    Overlap,
    Population,
    convert,
    fit_concentration,
    overlap_by_area,
    overlap_by_population,
)
from vigie.geo.zonings import Zoning

WEST, SOUTH, SIZE = 5.2, 43.2, 0.3


def strips(count: int, *, across: bool = False, name: str = "strips") -> Zoning:
    """The square cut into equal strips, upright or lying."""
    edges = np.linspace(0.0, SIZE, count + 1)
    boxes = [
        shapely.box(WEST, SOUTH + low, WEST + SIZE, SOUTH + high)
        if across
        else shapely.box(WEST + low, SOUTH, WEST + high, SOUTH + SIZE)
        for low, high in pairwise(edges)
    ]
    ids = tuple(f"{name}{n}" for n in range(count))
    return Zoning(name, {"fr": name, "en": name}, ids, ids, tuple(boxes))


COUNTS = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.integers(0, 5_000), min_size=n, max_size=n)
)


@settings(max_examples=40)
@given(COUNTS, st.integers(1, 7), st.booleans(), st.one_of(st.none(), st.floats(0.5, 50)))
def test_nothing_is_lost_or_made(
    counts: list[int], targets: int, across: bool, concentration: float | None
):
    source, target = strips(len(counts)), strips(targets, across=across, name="t")
    done = convert(counts, source, target, concentration=concentration)
    assert done.values.sum() + done.outside == pytest.approx(sum(counts), rel=1e-9, abs=1e-9)
    assert done.outside == pytest.approx(0.0, abs=1e-6)
    assert (done.values >= 0).all()
    assert (done.standard_errors >= 0).all()
    assert done.covered == pytest.approx(np.ones(targets), rel=2e-3)


@given(COUNTS)
def test_a_zoning_onto_itself_changes_nothing_and_costs_nothing(counts: list[int]):
    source = strips(len(counts))
    done = convert(counts, source, source)
    assert done.values == pytest.approx(counts)
    assert done.standard_errors == pytest.approx(
        np.zeros(len(counts)), abs=1e-3 * (sum(counts) + 1)
    )


def test_a_known_case():
    """Two halves onto three thirds: the middle third takes a third of each half.

    To a few parts in a hundred thousand: a parallel is no straight line in the projection.
    """
    done = convert([90, 30], strips(2), strips(3, name="t"))
    assert done.values == pytest.approx([60, 40, 20], rel=1e-4)
    variance = [90 * (2 / 9), 90 * (2 / 9) + 30 * (2 / 9), 30 * (2 / 9)]
    assert done.standard_errors == pytest.approx(np.sqrt(variance), rel=1e-4)


def test_what_lies_outside_is_told():
    half = Zoning(
        "h", {}, ("h",), ("h",), (shapely.box(WEST, SOUTH, WEST + SIZE / 2, SOUTH + SIZE),)
    )
    done = convert([100], strips(1), half)
    assert done.values == pytest.approx([50], rel=1e-3)
    assert done.outside == pytest.approx(50, rel=1e-3)
    back = convert([100], half, strips(1))
    assert back.values == pytest.approx([100])
    assert back.covered == pytest.approx([0.5], rel=1e-3)


def test_a_sliver_of_imprecise_drawing_is_not_outside():
    nearly = Zoning(
        "n", {}, ("n",), ("n",), (shapely.box(WEST, SOUTH, WEST + SIZE * 0.99, SOUTH + SIZE),)
    )
    done = convert([100], strips(1), nearly)
    assert done.values == pytest.approx([100])
    assert done.outside == pytest.approx(0.0, abs=1e-9)


def test_people_move_the_shares():
    """Everybody lives in the east: so do the events, where they are shared by population."""
    rng = np.random.default_rng(1)
    east = Population(
        rng.uniform(WEST + SIZE / 2, WEST + SIZE, 500), rng.uniform(SOUTH, SOUTH + SIZE, 500),
        np.ones(500),
    )  # fmt: skip
    done = convert([100], strips(1), strips(2, name="t"), "population", population=east)
    assert done.values == pytest.approx([0, 100])
    overlap = overlap_by_population(strips(1), strips(2, name="t"), east)
    assert overlap.unit == "persons"
    assert overlap.totals.tolist() == [500]
    nobody = Population([WEST + 0.01], [SOUTH + 0.01], [0])
    by_area = convert([100], strips(1), strips(2, name="t"), "population", population=nobody)
    assert by_area.values == pytest.approx([50, 50], rel=1e-3)


def points(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(WEST, WEST + SIZE, n), rng.uniform(SOUTH, SOUTH + SIZE, n)


def clustered(rng: np.random.Generator, n: int, clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Points around a few centres: what events do."""
    x, y = points(rng, clusters)
    own = rng.integers(0, clusters, n)
    lon = np.clip(x[own] + rng.normal(0, 0.012, n), WEST + 1e-6, WEST + SIZE - 1e-6)
    lat = np.clip(y[own] + rng.normal(0, 0.012, n), SOUTH + 1e-6, SOUTH + SIZE - 1e-6)
    return lon, lat


def coverage(done: list[Conversion], truth: list[np.ndarray]) -> float:
    """Share of target zones whose true count lies within 1.96 standard errors."""
    inside = [
        np.abs(true - one.values) <= 1.96 * one.standard_errors + 0.5
        for one, true in zip(done, truth, strict=True)
    ]
    return float(np.concatenate(inside).mean())


def simulate(
    draw: Any, source: Zoning, target: Zoning, concentration: float | None
) -> tuple[list[Conversion], list[np.ndarray]]:
    rng = np.random.default_rng(11)
    done, truth = [], []
    for _ in range(150):
        lon, lat = draw(rng)
        counts = np.bincount(source.assign(lon, lat), minlength=len(source))
        truth.append(np.bincount(target.assign(lon, lat), minlength=len(target)))
        done.append(convert(counts, source, target, concentration=concentration))
    return done, truth


def test_the_error_is_honest_where_the_assumption_holds():
    """Events spread evenly: 95 % intervals hold the truth in about 95 % of cases."""
    source, target = strips(4), strips(5, name="t")
    done, truth = simulate(lambda rng: points(rng, 800), source, target, None)
    assert 0.93 <= coverage(done, truth) <= 0.985


def test_the_error_is_too_small_for_clusters_unless_concentration_is_measured():
    source, target = strips(4), strips(5, name="t")

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return clustered(rng, 800, 25)

    done, truth = simulate(draw, source, target, None)
    assert coverage(done, truth) < 0.75
    rng = np.random.default_rng(12)
    shares = overlap_by_area(source, target).shares()
    seen, counts = [], []
    for _ in range(40):
        lon, lat = draw(rng)
        row, column = source.assign(lon, lat), target.assign(lon, lat)
        table = np.zeros((len(source), len(target)))
        np.add.at(table, (row, column), 1)
        seen.append(table)
        counts.append(table.sum(axis=1))
    measured = fit_concentration(
        np.concatenate(counts), np.tile(shares, (40, 1)), np.concatenate(seen)
    )
    assert measured is not None
    done, truth = simulate(draw, source, target, measured)
    assert 0.90 <= coverage(done, truth) <= 0.99


@given(st.floats(1.0, 60.0))
@settings(max_examples=15)
def test_a_known_concentration_is_found_again(true: float):
    rng = np.random.default_rng(4)
    shares = np.tile([0.2, 0.3, 0.5], (4_000, 1))
    counts = np.full(4_000, 200)
    drawn = rng.dirichlet(true * shares[0], 4_000)
    observed = np.array([rng.multinomial(200, one) for one in drawn])
    found = fit_concentration(counts, shares, observed)
    assert found is not None
    assert found == pytest.approx(true, rel=0.15)


def test_even_spreading_has_no_concentration():
    shares = np.tile([0.5, 0.5], (10, 1))
    assert fit_concentration(np.full(10, 100), shares, np.full((10, 2), 50)) is None
    all_in_one = np.tile([100, 0], (10, 1))
    tiny = fit_concentration(np.full(10, 100), shares, all_in_one)
    assert tiny == pytest.approx(math.ulp(1.0))


def test_overlapping_sources_are_drawn_down_to_one():
    shares = Overlap(np.array([[6.0, 6.0]]), np.array([10.0]), "km2").shares()
    assert shares.tolist() == [[0.5, 0.5]]
    empty = Overlap(np.array([[0.0, 0.0]]), np.array([0.0]), "persons").shares()
    assert empty.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("counts", "more"),
    [
        ([1], {}), ([1, -1], {}), ([1, math.nan], {}), ([1, 1], {"weights": "population"}),
        ([1, 1], {"concentration": 0.0}), ([1, 1], {"concentration": math.nan}),
        ([1, 1], {"weights": "population", "population": Population([5.3], [43.3], [-1])}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(counts: list[float], more: dict[str, Any]):
    with pytest.raises(WrongUsage):
        convert(counts, strips(2), strips(3, name="t"), **more)
    with pytest.raises(WrongUsage):
        fit_concentration([1], [[0.5, 0.5]], [[1]])


@pytest.mark.shared
def test_quarters_of_a_real_city_sum_to_its_arrondissements(shared_dir: Path):
    """The arrondissements were dissolved from the quarters: nearly every share is 0 or 1."""
    folder = shared_dir / "data" / "marseille_geo"
    quarters, districts = (
        Zoning.from_geojson(file, json.loads((folder / f"{file}.geojson").read_text("utf-8")))
        for file in ("quartiers_111", "arrondissements_16")
    )
    shares = overlap_by_area(quarters, districts).shares()
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(quarters)), abs=1e-6)
    assert np.minimum(shares, 1 - shares).max() < 1e-3
    done = convert(np.full(len(quarters), 10.0), quarters, districts)
    assert done.values.sum() == pytest.approx(10.0 * len(quarters))
    assert done.values == pytest.approx(np.rint(done.values), abs=0.05)
