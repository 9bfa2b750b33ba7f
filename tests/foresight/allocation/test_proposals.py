"""Proposals of a small city: conditions kept, prices told, reasons true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.appraisal import appraise
from vigie.foresight.allocation.covering import expected_cover
from vigie.foresight.allocation.demand import from_history
from vigie.foresight.allocation.first_aid import first_aid_posts
from vigie.foresight.allocation.problem import Conditions, Given, Problem
from vigie.foresight.allocation.proposals import prices, propose
from vigie.foresight.allocation.shifts import plan_shifts
from vigie.foresight.allocation.sites import Ground, Landmark, find_sites, ways_m
from vigie.foresight.allocation.words import missing_words, reason_words
from vigie.geo.cells import cells_of
from vigie.geo.distance import haversine_m
from vigie.geo.projection import local_projection

PLANE = local_projection(5.37, 43.3)
SPACING_M = 150.0


def city(given: Given, conditions: Conditions | None = None, *, facts: int = 900) -> Problem:
    """A centre of many facts in the west and a suburb of few in the east."""
    rng = np.random.default_rng(5)
    east = rng.random(facts) < 0.15
    lon = np.where(east, 5.395, 5.37) + rng.normal(0, 0.003, facts)
    lat = 43.3 + rng.normal(0, 0.003, facts)
    cells = np.asarray(cells_of(lon, lat), np.int64)
    hours = rng.choice(4, facts, p=[0.1, 0.2, 0.3, 0.4])
    evidence = rng.random(facts) < 0.7
    demand = from_history(cells, hours, evidence, size=4, occasions=26, least=5)
    ground = Ground(None, None, [Landmark(5.37, 43.3, "Gare")], [])
    weights = demand.mid.sum(axis=1)
    sites = find_sites(ground, (demand.lon, demand.lat, weights), PLANE, spacing_m=SPACING_M)
    return Problem(
        demand=demand,
        sites=sites,
        ways_m=ways_m((demand.lon, demand.lat, demand.radius_m), sites, PLANE),
        given=given,
        conditions=conditions or Conditions(),
        labels=("ouest", "est"),
        district=(demand.lon > 5.383).astype(np.int64),
        site_district=np.array([int(one.lon > 5.383) for one in sites]),
    )


@pytest.fixture(scope="module")
def problem() -> Problem:
    return city(Given(posts=5, reach_s=300.0, answered=0.3))


@pytest.fixture(scope="module")
def found(problem: Problem) -> Any:
    return propose(problem, patience=100.0)


def test_there_is_a_proposal_for_each_aim_with_the_posts_asked_for(found: Any) -> None:
    assert [one.aim for one in found] == ["cover", "near", "even"]
    assert all(one.sited.units.sum() == 5 for one in found)
    assert all(one.sited.status == "optimal" for one in found)


def test_each_proposal_keeps_the_floor_and_the_bounds_on_exposure(
    problem: Problem, found: Any
) -> None:
    for one in found:
        assert problem.worst_share(one.sited.units) >= one.floor - 1e-6
        units = np.bincount(problem.site_district, one.sited.units, minlength=2)
        for limit, inside in zip(problem.exposure(), units, strict=True):
            assert limit.lower - 1e-6 <= inside <= limit.upper + 1e-6


def test_each_proposal_is_the_best_of_the_three_at_its_own_aim(
    problem: Problem, found: Any
) -> None:
    cover, near, even = (one.sited.units for one in found)

    def served(units: Any) -> float:
        return expected_cover(problem.weights, problem.near, units, problem.busy)

    assert served(cover) >= max(served(near), served(even)) - 1e-6
    means = [appraise(problem, units).mean_m for units in (near, cover, even)]
    assert means[0] <= min(means) + 1e-6
    worst = [problem.worst_share(units) for units in (even, cover, near)]
    assert worst[0] >= max(worst) - 1e-4


def test_a_floor_that_no_posts_can_give_is_lowered_and_said() -> None:
    far = city(Given(posts=1, reach_s=120.0), Conditions(district_floor=1.0))
    for one in propose(far, patience=100.0):
        assert one.floor < 1.0


def test_dropping_a_condition_never_serves_less(problem: Problem, found: Any) -> None:
    told = {one.condition: one for one in prices(problem, found[0].floor)}
    for name in ("district_floor", "exposure", "all"):
        if name in told:
            assert told[name].cost >= -1e-6
    assert told["evidence"].cost <= 1e-6


def test_without_exposure_posts_leave_the_suburb_and_the_price_tells_it() -> None:
    problem = city(Given(posts=7, reach_s=200.0), Conditions(district_floor=0.0))
    price = {one.condition: one for one in prices(problem, 0.0)}["exposure"]
    assert price.kept <= price.without + 1e-9
    assert price.moved >= 0
    assert price.proved


def test_the_reason_of_a_post_is_what_would_be_lost_without_it(
    problem: Problem, found: Any
) -> None:
    units = found[0].sited.units
    told = appraise(problem, units)
    assert len(told.posts) == 5
    for site, reason in zip(np.flatnonzero(units), told.posts, strict=True):
        fewer = units.copy()
        fewer[site] = 0
        covered = problem.near @ units > 0
        left = problem.near @ fewer > 0
        lost = problem.weights[covered & ~left].sum()
        assert reason.alone[1] == pytest.approx(lost)
        assert reason.covers[0] <= reason.covers[1] <= reason.covers[2]
        assert reason.alone[1] <= reason.covers[1] + 1e-9
        assert reason.base >= 5
    assert told.reached[1] <= told.total[1] + 1e-9


def test_more_calls_than_units_can_serve_are_said_and_no_time_is_told() -> None:
    problem = city(Given(posts=2, on_scene_min=240.0), facts=4_000)
    response = appraise(problem, propose(problem)[0].sited.units).response
    assert response.overloaded
    assert np.isnan(response.wait_s)
    assert response.least_units > 2


def test_times_are_those_of_the_nearest_free_unit(problem: Problem, found: Any) -> None:
    response = appraise(problem, found[0].sited.units).response
    assert not response.overloaded
    assert response.exact
    assert 0.0 < response.travel_s < 3_600.0
    assert 0.0 <= response.waits <= 1.0
    assert response.hour == 3


def test_a_problem_without_anything_expected_is_refused() -> None:
    with pytest.raises(WrongUsage):
        city(Given(posts=1), facts=3)


@pytest.mark.parametrize(
    "given", [{"posts": 0}, {"posts": 41}, {"posts": 1, "reach_s": 0}, {"posts": 1, "answered": 2}]
)
def test_means_that_are_none_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage):
        Given(**given)


def test_sites_stand_apart_and_the_perimeter_comes_first() -> None:
    ring = shapely.Point(5.37, 43.3).buffer(0.004)
    lon, lat = np.array([5.37, 5.371]), np.array([43.3, 43.3])
    street = shapely.LineString([(5.365, 43.305), (5.375, 43.305)])
    ground = Ground(ring.buffer(0.004), ring, [Landmark(5.37, 43.303, "Halle")], [street])
    sites = find_sites(ground, (lon, lat, np.array([1.0, 2.0])), PLANE, spacing_m=100.0)
    assert sites[0].kind == "perimeter"
    assert {one.kind for one in sites} == {"perimeter", "point", "place", "street"}
    for i, one in enumerate(sites):
        assert one.near == "Halle"
        for other in sites[:i]:
            assert float(haversine_m(one.lon, one.lat, other.lon, other.lat)) > 99.0


def test_first_aid_posts_share_the_public_between_them() -> None:
    ground = shapely.box(5.37, 43.3, 5.374, 43.302)
    posts = first_aid_posts(ground, 3, PLANE)
    assert len(posts) == 3
    assert sum(one.share for one in posts) == pytest.approx(1.0)
    assert all(ground.contains(shapely.Point(one.lon, one.lat)) for one in posts)
    alone = first_aid_posts(ground, 1, PLANE)[0]
    assert max(one.farthest_m for one in posts) < alone.farthest_m


@pytest.mark.parametrize(
    "ground", [shapely.Point(5.37, 43.3), shapely.LineString([(5.37, 43.3), (5.38, 43.3)])]
)
def test_first_aid_posts_stand_on_a_point_and_along_a_line(ground: Any) -> None:
    (post,) = first_aid_posts(ground, 1, PLANE)
    assert ground.distance(shapely.Point(post.lon, post.lat)) < 1e-5


def test_hours_that_lack_people_are_named_together() -> None:
    rota = plan_shifts([3] * 8, available=2)
    clocks = [f"{hour:02d}:00" for hour in range(14, 23)]
    told = missing_words(rota, clocks)
    assert told
    assert all("il manque" in one["fr"] and "lacking" in one["en"] for one in told)
    assert not missing_words(plan_shifts([3] * 8), clocks)


def test_a_reason_speaks_both_languages_with_its_numbers(problem: Problem, found: Any) -> None:
    reason = appraise(problem, found[0].sited.units).posts[0]
    words = reason_words(reason, 300.0, "18:00")
    assert "18:00" in words["fr"]
    assert "5 min" in words["fr"]
    assert "within 5 min" in words["en"]
