"""Hexagons, squares and zones: every fact in one place, neighbours both ways."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import NotFound, WrongUsage
from vigie.foresight.forecasting.grids import Grid, check_grid, keys_of, lay_grid, places_in
from vigie.geo.zonings import Zoning

CENTRE = (5.37, 43.2965)
HALVES = Zoning(
    "half",
    {"fr": "Moitiés", "en": "Halves"},
    ("west", "east", "far"),
    ("West", "East", "Far"),
    (
        shapely.box(5.2, 43.1, 5.37, 43.5),
        shapely.box(5.37, 43.1, 5.6, 43.5),
        shapely.box(6.0, 43.1, 6.1, 43.5),
    ),
)
GRIDS = ("h3:8", "square:500", "zoning:half")
points = st.lists(
    st.tuples(st.floats(5.25, 5.55), st.floats(43.15, 43.45)), min_size=1, max_size=40
)


def laid(name: str, where: list[tuple[float, float]]) -> tuple[Grid, np.ndarray]:
    lon, lat = np.array(where, np.float64).T
    keys = keys_of(name, lon, lat, CENTRE, {"half": HALVES})
    grid = lay_grid(name, keys, CENTRE, {"half": HALVES})
    return grid, places_in(grid, keys)


@pytest.mark.parametrize("name", GRIDS)
@given(where=points)
def test_every_fact_lies_in_the_outline_of_its_place_and_neighbours_are_mutual(
    name: str, where: list[tuple[float, float]]
) -> None:
    grid, place = laid(name, where)

    for (x, y), at in zip(where, place.tolist(), strict=True):
        assert at >= 0
        outline = shapely.buffer(grid.shapes[at], 1e-6)
        assert shapely.contains_xy(outline, x, y)
    both = grid.neighbours - grid.neighbours.T
    assert abs(both).sum() == 0
    assert grid.neighbours.diagonal().sum() == 0
    assert len(set(grid.cells)) == len(grid.cells) == grid.centres.shape[0]


def test_a_fact_without_a_place_lies_outside_of_all() -> None:
    for name in GRIDS:
        grid, place = laid(name, [(5.3, 43.3), (np.nan, np.nan)])
        assert place.tolist()[1] == -1
        assert place.tolist()[0] >= 0
        assert grid.cells


def test_hexagons_around_one_are_its_six_neighbours() -> None:
    steps = [(n * 0.004, m * 0.004) for n in range(-8, 9) for m in range(-8, 9)]
    grid, place = laid("h3:8", [(5.37 + x, 43.30 + y) for x, y in steps])
    middle = int(place[len(steps) // 2])
    assert grid.neighbours[[middle]].sum() == 6
    near = np.flatnonzero(grid.neighbours[[middle]].toarray()[0])
    metres = np.hypot(*(grid.centres[near] - grid.centres[middle]).T)
    assert metres.max() < 1.3 * metres.min()


def test_zones_that_touch_are_neighbours_and_a_far_one_is_alone() -> None:
    grid, _ = laid("zoning:half", [(5.3, 43.3)])
    assert grid.neighbours.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert grid.geometry(0)["type"] == "Polygon"


def test_a_bare_number_is_the_side_of_squares() -> None:
    assert check_grid("500", {}) == "square:500"
    assert check_grid("h3:8", {}) == "h3:8"
    assert check_grid("zoning:half", {"half": HALVES}) == "zoning:half"


@pytest.mark.parametrize("name", ["", "h3:12", "50", "99999", "square:abc", "zoning:", "x" * 200])
def test_a_name_of_no_grid_is_refused(name: str) -> None:
    with pytest.raises(WrongUsage):
        check_grid(name, {})


def test_an_unknown_zoning_is_not_found() -> None:
    with pytest.raises(NotFound):
        check_grid("zoning:nowhere", {"half": HALVES})


def test_too_many_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.foresight.forecasting.grids.MOST_CELLS", 1)
    with pytest.raises(WrongUsage):
        laid("square:100", [(5.3, 43.3), (5.4, 43.4)])
