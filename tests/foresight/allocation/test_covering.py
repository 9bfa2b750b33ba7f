"""Posts by covering models: the answers of spopt, of brute force, and known ones."""

from __future__ import annotations

import csv
from itertools import combinations, combinations_with_replacement
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.covering import (
    Limit,
    backup_cover,
    even_cover,
    expected_cover,
    maximal_cover,
    mean_distance,
    p_median,
)

REACH_M = 5_000.0
POSTS = 4


class Instance(NamedTuple):
    weights: Any
    distances: Any


def small() -> st.SearchStrategy[Instance]:
    shape = st.tuples(st.integers(1, 9), st.integers(1, 6))
    return shape.flatmap(
        lambda size: st.builds(
            Instance,
            arrays(np.float64, size[0], elements=st.integers(0, 20).map(float)),
            arrays(np.float64, size, elements=st.integers(0, 100).map(float)),
        )
    )


def units_of(sites: tuple[int, ...], m: int) -> Any:
    return np.bincount(np.array(sites, np.int64), minlength=m)


@given(small(), st.integers(1, 6), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_no_choice_of_sites_covers_more_than_the_maximal_cover(
    instance: Instance, posts: int, reach: int
) -> None:
    weights, distances = instance
    near, m = distances <= reach, distances.shape[1]
    found = maximal_cover(weights, near, posts)
    best = max(
        expected_cover(weights, near, units_of(sites, m), 0.0)
        for sites in combinations(range(m), min(posts, m))
    )
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert expected_cover(weights, near, found.units, 0.0) == pytest.approx(best, abs=1e-6)
    assert found.units.sum() == min(posts, m)


@given(small(), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_no_choice_of_sites_is_nearer_than_the_p_median(instance: Instance, posts: int) -> None:
    weights, distances = instance
    m = distances.shape[1]
    found = p_median(weights, distances, posts)
    best = min(
        float((weights * distances[:, list(sites)].min(axis=1)).sum())
        for sites in combinations(range(m), min(posts, m))
    )
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best, abs=1e-6)
    if weights.sum() > 0:
        mean = mean_distance(weights, distances, found.units)
        assert mean * weights.sum() == pytest.approx(best, abs=1e-6)


@given(small(), st.integers(1, 3), st.integers(0, 100), st.sampled_from([0.1, 0.4, 0.8]))
@settings(max_examples=20, deadline=None)
def test_no_choice_of_units_backs_up_better_than_the_backup_cover(
    instance: Instance, posts: int, reach: int, busy: float
) -> None:
    weights, distances = instance
    near, m = distances <= reach, distances.shape[1]
    found = backup_cover(weights, near, posts, busy=busy, most_per_site=posts)
    best = max(
        expected_cover(weights, near, units_of(sites, m), busy)
        for sites in combinations_with_replacement(range(m), posts)
    )
    assert found.objective == pytest.approx(best, abs=1e-6)


@given(small(), st.integers(1, 3), st.integers(0, 100), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_the_worst_group_is_covered_as_well_as_any_choice_covers_it(
    instance: Instance, posts: int, reach: int, cut: int
) -> None:
    weights, distances = instance
    near, m = distances <= reach, distances.shape[1]
    groups = np.arange(len(weights)) % (cut + 1)

    def worst(units: Any) -> float:
        covered = (near @ units > 0) * weights
        shares = [
            covered[groups == one].sum() / weights[groups == one].sum()
            for one in np.unique(groups)
            if weights[groups == one].sum() > 0
        ]
        return min(shares, default=1.0)

    found = even_cover(weights, near, posts, groups)
    sitings = [units_of(s, m) for s in combinations(range(m), min(posts, m))]
    best = max(worst(units) for units in sitings)
    assert worst(found.units) == pytest.approx(best, abs=1e-4)
    among = [u for u in sitings if worst(u) >= best - 1e-9]
    most = max(expected_cover(weights, near, units, 0.0) for units in among)
    assert found.objective == pytest.approx(most, abs=1e-4 * max(1.0, weights.sum()))


def test_a_condition_on_sites_and_one_on_cover_are_kept() -> None:
    weights = np.array([10.0, 1.0])
    near = np.eye(2, dtype=bool)
    assert maximal_cover(weights, near, 1).sites.tolist() == [0]
    second = Limit(cover=np.array([0.0, 1.0]), lower=1.0)
    assert maximal_cover(weights, near, 1, limits=[second]).sites.tolist() == [1]
    banned = Limit(sites=np.array([1.0, 0.0]), upper=0.0)
    assert maximal_cover(weights, near, 1, limits=[banned]).sites.tolist() == [1]
    distances = np.array([[0.0, 9.0], [9.0, 0.0]])
    held = p_median(weights, distances, 1, limits=[second], reach=5.0)
    assert held.sites.tolist() == [1]


def test_conditions_that_exclude_each_other_are_said_to_be_infeasible() -> None:
    near = np.eye(2, dtype=bool)
    both = Limit(cover=np.ones(2), lower=2.0)
    found = maximal_cover(np.ones(2), near, 1, limits=[both])
    assert found.status == "infeasible"
    assert not found.found


def test_an_answer_cut_short_tells_its_gap() -> None:
    rng = np.random.default_rng(7)
    distances = rng.random((60, 40))
    found = p_median(rng.random(60), distances, 8, time_limit_s=1e-3)
    assert found.status == "time_limit"
    assert found.units.sum() == 8
    assert found.gap > 0.0
    assert found.bound <= found.objective


@pytest.mark.parametrize(
    ("weights", "posts"), [([1.0, -1.0], 1), ([1.0], 1), ([1.0, float("nan")], 1), ([1.0, 1.0], 0)]
)
def test_sizes_and_signs_that_do_not_fit_are_refused(weights: list[float], posts: int) -> None:
    with pytest.raises(WrongUsage):
        maximal_cover(weights, np.ones((2, 2), bool), posts)


def san_francisco(shared: Path) -> Instance:
    """Read the network distances of 205 tracts to 16 stores, with their demand."""
    name = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    with (shared / "data" / "reference_allocation" / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    tracts = sorted({row["DestinationName"] for row in rows})
    stores = sorted({row["name"] for row in rows})
    distances = np.full((len(tracts), len(stores)), np.nan)
    weights = np.zeros(len(tracts))
    for row in rows:
        at = tracts.index(row["DestinationName"])
        distances[at, stores.index(row["name"])] = float(row["distance"])
        weights[at] = float(row["demand"])
    return Instance(weights, distances)


@pytest.mark.shared
def test_san_francisco_is_covered_as_spopts_own_tests_print_it(shared_dir: Path) -> None:
    """T12: spopt's tests print 89.75609756 % of tracts, 21 uncovered, mean 2982.1268579890657."""
    weights, distances = san_francisco(shared_dir)
    near = distances <= REACH_M
    cover = maximal_cover(weights, near, POSTS)
    covered = near[:, cover.sites].any(axis=1)
    assert cover.status == "optimal"
    assert 100.0 * covered.mean() == pytest.approx(89.75609756, abs=1e-8)
    assert int((~covered).sum()) == 21
    median = p_median(weights, distances, POSTS)
    assert median.status == "optimal"
    mean = mean_distance(weights, distances, median.units)
    assert mean == pytest.approx(2982.1268579890657, abs=1e-9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", [1, 2])
def test_spopt_finds_the_same_optimum_on_random_cities(seed: int) -> None:
    pulp = pytest.importorskip("pulp")
    locate = pytest.importorskip("spopt.locate")
    rng = np.random.default_rng(seed)
    distances = rng.random((40, 12)) * 100.0
    weights = rng.integers(1, 50, 40).astype(float)
    cbc = pulp.PULP_CBC_CMD(msg=False)
    theirs = locate.MCLP.from_cost_matrix(distances, weights, 15.0, p_facilities=3).solve(cbc)
    ours = maximal_cover(weights, distances <= 15.0, 3)
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective))
    theirs = locate.PMedian.from_cost_matrix(distances, weights, p_facilities=3).solve(cbc)
    assert p_median(weights, distances, 3).objective == pytest.approx(
        pulp.value(theirs.problem.objective)
    )
