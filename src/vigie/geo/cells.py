"""H3 cells as signed 64-bit integers (Brodsky, 2018; h3geo.org): the grid everything stands on.

An H3 index has its highest bit clear, so the signed and the unsigned integer are the same number.
Indexes of one resolution sort so that every parent's children are contiguous: that is what makes a
``BETWEEN`` on the cell column a cheap filter by place.

``cell`` (resolution 10, about 0.015 km2) and ``cell8`` (about 0.74 km2) are each the cell in which
the point lies. A child is not wholly inside its parent in H3, so ``cell8`` is near a border
sometimes a neighbour of the parent of ``cell``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

import h3ronpy
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from h3ronpy import vector as h3vector

from vigie.base.errors import WrongUsage
from vigie.geo.distance import EARTH_RADIUS_M, haversine_m

RESOLUTION = 10
COARSE_RESOLUTION = 8
MAX_LON, MAX_LAT = 180.0, 90.0
MAX_CELLS = 500_000
"""Covers above this many cells are refused: ask at a coarser resolution."""

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_EDGE_M = (
    1_281_256.0, 483_057.0, 182_513.0, 68_979.0, 26_072.0, 9_854.0, 3_725.0, 1_406.0,
    531.4, 200.8, 75.86, 28.66, 10.83, 4.092, 1.546, 0.5843,
)  # fmt: skip
"""Mean edge length by resolution, metres (H3 documentation, table of statistics)."""

_SAMPLES_PER_EDGE = 0.4
"""Sampling step of a box, in edges: well under the width of the narrowest cell."""
_CELLS_PER_SAMPLE = _SAMPLES_PER_EDGE**2 / 2.598
_EDGES_ACROSS = 40.0
_MARGIN = 1.01


class CellColumns(NamedTuple):
    """The two cell columns every record carries."""

    cell: pa.Int64Array
    cell8: pa.Int64Array


def cells_of(lon: npt.ArrayLike, lat: npt.ArrayLike, resolution: int = RESOLUTION) -> pa.Int64Array:
    """Return the cell of each point.

    Args:
        lon: Longitudes, degrees: Arrow or NumPy array. Null, NaN and values outside
            [-180, 180] give null.
        lat: Latitudes, degrees; outside [-90, 90] gives null.
        resolution: H3 resolution, 0 to 15.

    Returns:
        An int64 array of the same length.
    """
    x, y = _floats(lon), _floats(lat)
    good = (np.abs(x) <= MAX_LON) & (np.abs(y) <= MAX_LAT)  # NaN compares false
    if good.all():
        return _signed(h3vector.coordinates_to_cells(y, x, resolution))
    indexes = np.zeros(len(x), np.int64)
    if good.any():
        found = _signed(h3vector.coordinates_to_cells(y[good], x[good], resolution))
        indexes[good] = found.to_numpy()
    return pa.array(indexes, mask=~good)


def cell_columns(lon: npt.ArrayLike, lat: npt.ArrayLike) -> CellColumns:
    """Return ``cell`` (resolution 10) and ``cell8`` of each point; see ``cells_of``."""
    return CellColumns(cells_of(lon, lat, RESOLUTION), cells_of(lon, lat, COARSE_RESOLUTION))


def cell_centers(cells: pa.Array | Int64s) -> tuple[Floats, Floats]:
    """Return the centres of cells as ``(lon, lat)`` in degrees; null gives NaN.

    Raises:
        WrongUsage: When a value is no cell.
    """
    array = _int64(cells)
    given = array.is_valid().to_numpy(zero_copy_only=False)
    lon, lat = np.full(len(array), np.nan), np.full(len(array), np.nan)
    if given.any():
        batch = pa.record_batch(h3vector.cells_to_coordinates(_unsigned(array.drop_null())))
        lon[given], lat[given] = batch["lng"].to_numpy(), batch["lat"].to_numpy()
    return lon, lat


def cell_center(cell: int) -> tuple[float, float]:
    """Return the centre of one cell as ``(lon, lat)`` in degrees.

    Raises:
        WrongUsage: When the value is no cell.
    """
    lon, lat = cell_centers(np.array([cell], np.int64))
    return float(lon[0]), float(lat[0])


def cell_areas_m2(cells: pa.Array | Int64s) -> Floats:
    """Return the area of each cell, square metres.

    Raises:
        WrongUsage: When a value is no cell.
    """
    return _floats(pa.array(h3ronpy.cells_area_m2(_unsigned(_int64(cells)))))


def cell_shapes(cells: pa.Array | Int64s) -> list[shapely.Polygon]:
    """Return the outline of each cell, WGS 84.

    Raises:
        WrongUsage: When a value is no cell.
    """
    outlines = pa.array(h3vector.cells_to_wkb_polygons(_unsigned(_int64(cells))))
    return list(shapely.from_wkb(outlines.to_numpy(zero_copy_only=False)))


def cell_text(cell: int) -> str:
    """Return the H3 address as people and other tools write it, ``8a3968153b9ffff``."""
    return format(cell, "x")


def cell_to_text(cells: pa.Array | Int64s) -> pa.StringArray:
    """Return the H3 addresses of cells; null stays null.

    Raises:
        WrongUsage: When a value is no cell.
    """
    array = _int64(cells)
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.string())
    filled = pc.fill_null(array, array.drop_null()[0])
    texts = pa.array(h3ronpy.cells_to_string(_unsigned(filled))).cast(pa.string())
    return pc.if_else(array.is_valid(), texts, pa.scalar(None, pa.string()))


def parse_cell(text: str) -> int:
    """Return the cell of an H3 address.

    Raises:
        WrongUsage: When the text is no address of a cell.
    """
    try:
        cell = int(text, 16)
    except ValueError:
        cell = -1
    if not 0 < cell < 2**63 or not is_cell(cell):
        raise WrongUsage(f"not an H3 cell: {text[:32]}", cell=text[:32])
    return cell


def is_cell(cell: int) -> bool:
    """Say whether an integer is an H3 cell."""
    if not 0 < cell < 2**63:
        return False
    valid = pa.array(h3ronpy.cells_valid(pa.array([cell], pa.uint64())))
    return bool(valid.null_count == 0)


def resolution_of(cell: int) -> int:
    """Return the resolution of a cell (bits 52 to 55)."""
    return (cell >> 52) & 0xF


def to_parents(cells: pa.Array | Int64s, resolution: int) -> pa.Int64Array:
    """Return each cell's ancestor at a coarser (or the same) resolution; null stays null.

    Bit arithmetic on the index: write the resolution, fill the finer digits with ones.
    """
    array = _int64(cells)
    tail = (1 << (3 * (15 - resolution))) - 1
    cleared = pc.bit_wise_and(array, ~(0xF << 52))
    return pc.bit_wise_or(pc.bit_wise_or(cleared, resolution << 52), tail)


def children_range(cell: int, resolution: int = RESOLUTION) -> tuple[int, int]:
    """Return the least and greatest possible index among a cell's children at a resolution.

    Raises:
        WrongUsage: When the resolution is coarser than the cell's own.
    """
    own = resolution_of(cell)
    if resolution < own:
        raise WrongUsage(f"cell of resolution {own} has no children at {resolution}")
    base = cell & ~(0xF << 52) | (resolution << 52)
    digits = (1 << (3 * (15 - own))) - 1
    tail = (1 << (3 * (15 - resolution))) - 1
    sixes = sum(6 << (3 * (15 - level)) for level in range(own + 1, resolution + 1))
    return (base & ~digits) | tail, (base & ~digits) | sixes | tail


def cell_span(cells: pa.Array | Int64s) -> tuple[int, int] | None:
    """Return the least and the greatest index of a set of cells; ``None`` when it is empty."""
    bounds = pc.min_max(_int64(cells)).as_py()
    return None if bounds["min"] is None else (bounds["min"], bounds["max"])


def cell_ranges(cells: pa.Array | Int64s, limit: int = 32) -> list[tuple[int, int]]:
    """Return at most ``limit`` inclusive index ranges that hold all these cells (for ``BETWEEN``).

    The widest gaps between consecutive indexes separate the ranges, so they are as tight as that
    many ranges can be.
    """
    ordered = np.unique(_int64(cells).drop_null().to_numpy())
    if len(ordered) == 0:
        return []
    gaps = np.diff(ordered)
    cuts = np.sort(np.argsort(-gaps, kind="stable")[: max(limit, 1) - 1])
    starts = ordered[np.concatenate([[0], cuts + 1]).astype(np.int64)]
    ends = ordered[np.concatenate([cuts, [len(ordered) - 1]]).astype(np.int64)]
    return [(int(low), int(high)) for low, high in zip(starts, ends, strict=True)]


def disk_cells(lon: float, lat: float, radius_m: float, resolution: int = RESOLUTION) -> Int64s:
    """Return, sorted, cells that together hold every point within a distance of a point.

    Complete by construction: rings of cells are added around the centre until one whole ring lies
    farther than the radius; a ring encloses, so nothing beyond it can be near. Then the cells too
    far to hold a near point are left out. Distances are great-circle (``haversine_m``).

    Raises:
        WrongUsage: When the point is not on Earth, the radius is negative or not finite, or the
            cover would pass ``MAX_CELLS``.
    """
    center = cells_of([lon], [lat], resolution)[0].as_py()
    if center is None or not 0.0 <= radius_m < math.inf:
        raise WrongUsage("disk: bad centre or radius", lon=lon, lat=lat, radius_m=radius_m)
    spacing = _EDGE_M[resolution] * math.sqrt(3.0)
    reach = math.ceil(radius_m / (spacing * 0.75)) + 2
    while 3 * reach * (reach + 1) + 1 <= MAX_CELLS:
        batch = pa.record_batch(h3ronpy.grid_disk_distances(pa.array([center], pa.uint64()), reach))
        cells = batch["cell"].flatten().to_numpy().astype(np.int64)
        rings = batch["k"].flatten().to_numpy()
        nearest = _nearest_m(cells, lon, lat)
        if (nearest[rings == reach] > radius_m).all():
            return np.sort(cells[nearest <= radius_m])
        reach += max(1, reach // 8)
    raise WrongUsage("disk: too many cells", radius_m=radius_m, resolution=resolution)


def bbox_cells(
    west: float, south: float, east: float, north: float, resolution: int = RESOLUTION
) -> Int64s:
    """Return, sorted, cells that together hold every point of a box in degrees.

    The box is sampled more finely than a cell is wide; the samples' cells and their neighbours hold
    everything; those whose surroundings do not reach the box are left out. A box with
    ``west > east`` crosses the 180th meridian.

    Raises:
        WrongUsage: When the box is not on Earth, stands on its head, or would pass ``MAX_CELLS``.
    """
    boxes = _boxes(west, south, east, north)
    step_deg = math.degrees(_SAMPLES_PER_EDGE * _EDGE_M[resolution] / EARTH_RADIUS_M)
    sampled: list[Int64s] = []
    for left, low, right, high in boxes:
        rows = math.ceil((high - low) / step_deg) + 1
        columns = math.ceil((right - left) * _widest_cosine(low, high) / step_deg) + 1
        if rows * columns * _CELLS_PER_SAMPLE > MAX_CELLS:
            raise WrongUsage("box: too many cells", resolution=resolution)
        lon, lat = np.meshgrid(np.linspace(left, right, columns), np.linspace(low, high, rows))
        sampled.append(np.unique(cells_of(lon.ravel(), lat.ravel(), resolution).to_numpy()))
    cells = ring_around(np.concatenate(sampled))
    return cells[_touches(cells, boxes)]


def ring_around(cells: Int64s) -> Int64s:
    """Return, sorted, the cells and all their neighbours."""
    ringed = h3ronpy.grid_disk(pa.array(cells.astype(np.uint64)), 1, flatten=True)
    return np.unique(_signed(ringed).to_numpy())


def bbox_ranges(
    west: float, south: float, east: float, north: float, *, limit: int = 32
) -> list[tuple[int, int]]:
    """Return inclusive ranges of ``cell`` (resolution 10) that hold every point of a box.

    Cheap for a box of any size: it is covered at the coarsest resolution at which it is some twenty
    cells wide, grown by one ring because children stand out of their parents, and each cell is
    turned into the range of its children.

    Raises:
        WrongUsage: When the box is not on Earth or stands on its head.
    """
    boxes = _boxes(west, south, east, north)
    widest = max(max(right - left, high - low, 1e-6) for left, low, right, high in boxes)
    width_m = math.radians(widest) * EARTH_RADIUS_M
    fitting = (level for level, edge in enumerate(_EDGE_M) if width_m / edge > _EDGES_ACROSS)
    resolution = min(max(next(fitting, RESOLUTION), 0), RESOLUTION)
    cells = bbox_cells(west, south, east, north, resolution)
    if resolution < RESOLUTION:
        cells = ring_around(cells)
    return merge_ranges((children_range(int(cell)) for cell in cells), limit)


def merge_ranges(ranges: Iterable[tuple[int, int]], limit: int = 32) -> list[tuple[int, int]]:
    """Return at most ``limit`` ranges that hold all the given ones, joined over the least gaps."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    if len(merged) <= limit:
        return merged
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(merged)]
    widest = sorted(range(len(gaps)), key=lambda index: (-gaps[index], index))[: limit - 1]
    cuts = sorted(index + 1 for index in widest)
    pieces = zip([0, *cuts], [*cuts, len(merged)], strict=True)
    return [(merged[start][0], merged[stop - 1][1]) for start, stop in pieces]


def _boxes(
    west: float, south: float, east: float, north: float
) -> list[tuple[float, float, float, float]]:
    on_earth = max(abs(west), abs(east)) <= MAX_LON and max(abs(south), abs(north)) <= MAX_LAT
    if not on_earth or not all(map(math.isfinite, (west, south, east, north))) or south > north:
        raise WrongUsage("bad box", west=west, south=south, east=east, north=north)
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _widest_cosine(south: float, north: float) -> float:
    """Return the length of a degree of longitude over one of latitude, where it is longest."""
    nearest = 0.0 if south <= 0.0 <= north else min(abs(south), abs(north))
    return math.cos(math.radians(nearest))


def _touches(
    cells: Int64s, boxes: list[tuple[float, float, float, float]]
) -> npt.NDArray[np.bool_]:
    """Say which cells may hold a point of a box (centre within a circumradius of it)."""
    lon, lat = cell_centers(cells)
    reach = _circumradii_m(cells, lon, lat) * _MARGIN
    touched = np.zeros(len(cells), np.bool_)
    for west, south, east, north in boxes:
        margin_lat = np.degrees(reach / EARTH_RADIUS_M)
        highest = np.minimum(np.abs(lat) + margin_lat, 89.999)
        margin_lon = margin_lat / np.cos(np.radians(highest))
        near_lat = (lat >= south - margin_lat) & (lat <= north + margin_lat)
        shifted = (lon - west + margin_lon) % 360.0
        touched |= near_lat & (shifted <= (east - west) + 2.0 * margin_lon)
    return touched


def _nearest_m(cells: Int64s, lon: float, lat: float) -> Floats:
    """Return a lower bound of each cell's distance to a point."""
    center_lon, center_lat = cell_centers(cells)
    radii = _circumradii_m(cells, center_lon, center_lat)
    away = haversine_m(lon, lat, center_lon, center_lat)
    return np.asarray(away - radii * _MARGIN, np.float64)


def _circumradii_m(cells: Int64s, lon: Floats, lat: Floats) -> Floats:
    """Return each cell's greatest distance from its centre to a vertex."""
    points, owner = shapely.get_coordinates(cell_shapes(cells), return_index=True)
    away = haversine_m(lon[owner], lat[owner], points[:, 0], points[:, 1])
    radii = np.zeros(len(cells))
    np.maximum.at(radii, owner, away)
    return radii


def _floats(values: npt.ArrayLike) -> Floats:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return np.asarray(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    return np.ascontiguousarray(values, np.float64)


def _int64(cells: pa.Array | pa.ChunkedArray | Int64s) -> pa.Int64Array:
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    return cells.cast(pa.int64()) if isinstance(cells, pa.Array) else pa.array(cells, pa.int64())


def _unsigned(cells: pa.Int64Array) -> pa.UInt64Array:
    unsigned = cells.cast(pa.uint64(), safe=False)
    if pa.array(h3ronpy.cells_valid(unsigned)).null_count:
        raise WrongUsage("not an H3 cell")
    return unsigned


def _signed(cells: object) -> pa.Int64Array:
    return pa.array(cells).cast(pa.int64())
