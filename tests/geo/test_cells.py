from __future__ import annotations

import itertools
import math

import h3
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.geo import cells
from vigie.geo.distance import haversine_m, offset_point

LON = st.floats(-180.0, 180.0)
LAT = st.floats(-90.0, 90.0)
CITY_LON = st.floats(5.2, 5.6)
CITY_LAT = st.floats(43.1, 43.5)


def h3_cell(lon: float, lat: float, resolution: int) -> int:
    return int(h3.latlng_to_cell(lat, lon, resolution), 16)


@given(st.lists(st.tuples(LON, LAT), min_size=1, max_size=30), st.integers(0, 15))
def test_cells_are_those_of_the_reference_library(points: list[tuple[float, float]], res: int):
    lon, lat = zip(*points, strict=True)
    expected = [h3_cell(x, y, res) for x, y in points]
    assert cells.cells_of(list(lon), list(lat), res).to_pylist() == expected


def test_longitude_comes_first():
    marseille = cells.cells_of([5.37], [43.30])[0].as_py()
    assert cells.cell_text(marseille) == h3.latlng_to_cell(43.30, 5.37, 10)
    lon, lat = cells.cell_center(marseille)
    assert haversine_m(lon, lat, 5.37, 43.30) < 80


BAD = [(None, 43.0), (5.0, None), (math.nan, 43.0), (5.0, math.inf), (181.0, 0.0), (0.0, -90.1)]


@given(st.lists(st.one_of(st.sampled_from(BAD), st.tuples(LON, LAT)), max_size=30))
def test_a_point_that_is_not_on_earth_has_no_cell(points: list[tuple[float | None, float | None]]):
    lon = pa.array([p[0] for p in points], pa.float64())
    lat = pa.array([p[1] for p in points], pa.float64())
    columns = cells.cell_columns(lon, lat)
    for column, resolution in ((columns.cell, 10), (columns.cell8, 8)):
        assert column.type == pa.int64()
        expected = [None if p in BAD else h3_cell(p[0], p[1], resolution) for p in points]
        assert column.to_pylist() == expected


@given(LON, LAT, st.integers(0, 15))
def test_text_and_integer_say_the_same(lon: float, lat: float, resolution: int):
    cell = h3_cell(lon, lat, resolution)
    assert cell < 2**63
    assert cells.parse_cell(cells.cell_text(cell)) == cell
    assert cells.resolution_of(cell) == resolution
    texts = cells.cell_to_text(pa.array([None, cell, None]))
    assert texts.to_pylist() == [None, h3.latlng_to_cell(lat, lon, resolution), None]


def test_columns_without_a_place_and_in_chunks():
    nothing = pa.array([None, None], pa.float64())
    assert cells.cells_of(nothing, nothing).to_pylist() == [None, None]
    empty = pa.nulls(2, pa.int64())
    assert cells.cell_to_text(empty).to_pylist() == [None, None]
    assert np.isnan(cells.cell_centers(empty)).all()
    cell = h3_cell(5.4, 43.3, 10)
    chunks = pa.chunked_array([[cell], [None]], pa.int64())
    assert cells.cell_to_text(chunks).to_pylist() == [cells.cell_text(cell), None]
    assert cells.cell_span(chunks) == (cell, cell)
    assert not cells.is_cell(-1)
    assert cells.merge_ranges([(1, 3), (4, 6), (10, 12)], 5) == [(1, 6), (10, 12)]


@pytest.mark.parametrize("text", ["", "zz", "0", "8a3968153b9fff", "-1", "f" * 16, "8a" * 40])
def test_what_is_no_cell_is_refused(text: str):
    with pytest.raises(WrongUsage):
        cells.parse_cell(text)


def test_centres_keep_nulls_and_refuse_nonsense():
    lon, lat = cells.cell_centers(pa.array([None, h3_cell(5.4, 43.3, 10)]))
    assert math.isnan(lon[0])
    assert lat[1] == pytest.approx(h3.cell_to_latlng(h3.latlng_to_cell(43.3, 5.4, 10))[0])
    with pytest.raises(WrongUsage):
        cells.cell_centers(pa.array([12345]))


@given(LON, LAT, st.integers(0, 10), st.integers(0, 10))
def test_children_lie_in_the_range_of_their_parent_and_others_do_not(
    lon: float, lat: float, parent: int, child: int
):
    parent, child = sorted((parent, child))
    inner = h3_cell(lon, lat, child)
    outer = int(h3.cell_to_parent(h3.int_to_str(inner), parent), 16)
    assert cells.to_parents(np.array([inner]), parent).to_pylist() == [outer]
    low, high = cells.children_range(outer, child)
    assert low <= inner <= high
    for neighbour in h3.grid_disk(h3.int_to_str(outer), 1):
        other = int(neighbour, 16)
        if other != outer:
            other_low, other_high = cells.children_range(other, child)
            assert other_high < low or high < other_low


def test_a_cell_has_no_coarser_children():
    with pytest.raises(WrongUsage):
        cells.children_range(h3_cell(5.4, 43.3, 10), 9)


@settings(max_examples=60)
@given(
    LON,
    st.floats(-89.0, 89.0),
    st.floats(0.0, 3_000.0),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 360.0)), min_size=20, max_size=40),
    st.sampled_from([8, 9, 10]),
)
@example(5.3698, 43.2965, 0.0, [(0.0, 0.0)], 10)
@example(179.9999, 0.0, 900.0, [(1.0, 90.0), (1.0, 270.0)], 10)
@example(-31.7, 2.3, 2_000.0, [(1.0, angle) for angle in range(0, 360, 15)], 9)
def test_a_disk_holds_every_point_within_its_radius(
    lon: float, lat: float, radius_m: float, polar: list[tuple[float, float]], resolution: int
):
    found = set(cells.disk_cells(lon, lat, radius_m, resolution).tolist())
    share, bearing = np.array(polar).T
    x, y = offset_point(lon, lat, radius_m * share, bearing)
    near = haversine_m(lon, lat, x, y) <= radius_m
    inside = cells.cells_of(x[near], y[near], resolution).to_pylist()
    assert set(inside) <= found
    assert h3_cell(lon, lat, resolution) in found


def test_a_disk_is_complete_on_a_dense_sample_and_not_bloated():
    rng = np.random.default_rng(20)
    for radius_m in (120.0, 500.0, 2_500.0):
        found = set(cells.disk_cells(5.3698, 43.2965, radius_m).tolist())
        x, y = offset_point(
            5.3698, 43.2965, radius_m * np.sqrt(rng.uniform(size=40_000)),
            rng.uniform(0, 360, 40_000),
        )  # fmt: skip
        hit = set(cells.cells_of(x, y).to_pylist())
        assert hit <= found
        centers = cells.cell_centers(np.array(sorted(found)))
        assert haversine_m(5.3698, 43.2965, *centers).max() < radius_m + 2 * 80
        assert len(found) < 1.15 * len(hit) + 12


def test_a_disk_around_a_pentagon_is_complete():
    pentagon = next(iter(h3.get_pentagons(9)))
    lat, lon = h3.cell_to_latlng(pentagon)
    found = set(cells.disk_cells(lon, lat, 1_500.0, 9).tolist())
    rng = np.random.default_rng(3)
    x, y = offset_point(lon, lat, rng.uniform(0, 1_500, 5_000), rng.uniform(0, 360, 5_000))
    assert set(cells.cells_of(x, y, 9).to_pylist()) <= found


@pytest.mark.parametrize(
    "disk", [(5.0, 43.0, -1.0), (5.0, 43.0, math.nan), (5.0, 95.0, 10.0), (5.0, 43.0, 200_000.0)]
)
def test_a_bad_or_huge_disk_is_refused(disk: tuple[float, float, float]):
    with pytest.raises(WrongUsage):
        cells.disk_cells(*disk)


@settings(max_examples=60)
@given(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-80.0, 80.0)),
    st.tuples(st.floats(0.0, 0.05), st.floats(0.0, 0.05)),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=20, max_size=40),
    st.sampled_from([7, 9, 10]),
)
@example((1e-9, 0.0), (180.0, 0.0), [(0.0, 0.0), (1.0, 0.0), (0.5, 0.5)], 7)
@example((180.0, 10.0), (0.05, 0.05), [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5)], 10)
def test_a_box_holds_every_point_in_it(
    corner: tuple[float, float],
    size: tuple[float, float],
    inner: list[tuple[float, float]],
    resolution: int,
):
    (west, south), (width, height) = corner, size
    east = west + width if west + width <= 180.0 else west + width - 360.0
    north = south + height
    u, v = np.array(inner).T
    lon = (west + width * u + 180.0) % 360.0 - 180.0
    lat = south + height * v
    found = set(cells.bbox_cells(west, south, east, north, resolution).tolist())
    assert set(cells.cells_of(lon, lat, resolution).to_pylist()) <= found
    ranges = cells.bbox_ranges(west, south, east, north)
    for cell in cells.cells_of(lon, lat).to_pylist():
        assert any(low <= cell <= high for low, high in ranges)


@settings(max_examples=30)
@given(
    st.floats(-170.0, 120.0), st.floats(-80.0, 40.0), st.floats(0.1, 40.0), st.floats(0.1, 40.0),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_ranges_of_a_large_box_hold_every_point_in_it(
    west: float, south: float, width: float, height: float, seed: int
):
    rng = np.random.default_rng(seed)
    lon = west + width * rng.uniform(size=500)
    lat = south + height * rng.uniform(size=500)
    ranges = cells.bbox_ranges(west, south, west + width, south + height, limit=16)
    assert len(ranges) <= 16
    assert all(low <= high for low, high in ranges)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ranges))
    index = cells.cells_of(lon, lat).to_numpy()
    inside = np.zeros(len(index), bool)
    for low, high in ranges:
        inside |= (index >= low) & (index <= high)
    assert inside.all()


def test_a_city_box_is_not_bloated():
    box = (5.22, 43.19, 5.54, 43.40)
    found = cells.bbox_cells(*box)
    rng = np.random.default_rng(5)
    hit = np.unique(
        cells.cells_of(rng.uniform(5.22, 5.54, 400_000), rng.uniform(43.19, 43.40, 400_000))
    )
    assert set(hit.tolist()) <= set(found.tolist())
    assert len(found) < 1.05 * len(hit)


@pytest.mark.parametrize(
    "box",
    [
        (0.0, 2.0, 1.0, 1.0),
        (0.0, 0.0, 181.0, 1.0),
        (math.nan, 0.0, 1.0, 1.0),
        (-180, -90, 180, 90),
        (0.0, 0.0, math.inf, 1.0),
    ],
)
def test_a_bad_or_huge_box_is_refused(box: tuple[float, float, float, float]):
    with pytest.raises(WrongUsage):
        cells.bbox_cells(*box)


def test_the_whole_earth_has_ranges():
    ranges = cells.bbox_ranges(-180, -90, 180, 90)
    low, high = ranges[0][0], ranges[-1][1]
    for lon, lat in ((0.0, 0.0), (-179.9, 89.9), (120.0, -89.0)):
        assert low <= h3_cell(lon, lat, 10) <= high


@given(st.lists(st.tuples(CITY_LON, CITY_LAT), max_size=60), st.integers(1, 8))
def test_ranges_of_cells_hold_them_and_keep_to_the_limit(
    points: list[tuple[float, float]], limit: int
):
    index = [h3_cell(x, y, 10) for x, y in points]
    ranges = cells.cell_ranges(pa.array(index, pa.int64()), limit)
    assert len(ranges) <= min(limit, max(len(set(index)), 0))
    assert all(any(low <= cell <= high for low, high in ranges) for cell in index)
    ends = {bound for pair in ranges for bound in pair}
    assert ends <= set(index)
    span = cells.cell_span(pa.array(index, pa.int64()))
    assert span == ((min(index), max(index)) if index else None)
