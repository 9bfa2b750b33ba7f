"""What a forecast is made for: hexagons, squares or zones, and which are neighbours.

A grid is named by a text: ``h3:8`` (hexagons of that H3 resolution, 7 to 9), ``square:500``
(squares of that many metres, aligned on the city's centre), ``zoning:NAME``. Cells of a regular
grid are those where any fact was ever on record; a place without any has no forecast, and is told
apart from a place where none is expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h3ronpy
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.cells import cell_centers, cell_shapes, cell_to_text, cells_of
from vigie.geo.projection import Projection, local_projection
from vigie.geo.zonings import Zoning

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

OUTSIDE = -1
USUAL = "h3:8"
FINEST_M, COARSEST_M = 100, 10_000
MOST_CELLS = 20_000
_HALF = 2**30
"""Squares lie at most so many from the city's centre, in either direction."""
_NAME = re.compile(r"h3:(?P<h3>[789])|square:(?P<square>\d{3,5})|zoning:(?P<zoning>[\w-]{1,60})")


@dataclass(frozen=True)
class Grid:
    """The places of a forecast.

    Attributes:
        name: As ``h3:8``.
        cells: Name of each place, as the interface tells it.
        keys: Number of each place (``keys_of``), rising.
        lon: Longitude of each place's centre.
        lat: Latitude.
        centres: ``(cells, 2)`` metres in the city's projection.
        neighbours: Adjacency without diagonal.
        shapes: Outline of each place, WGS 84.
        projection: From degrees to the metres of ``centres``.
    """

    name: str
    cells: tuple[str, ...]
    keys: Integers
    lon: Floats
    lat: Floats
    centres: Floats
    neighbours: scipy.sparse.csr_array
    shapes: tuple[BaseGeometry, ...]
    projection: Projection

    def geometry(self, index: int) -> dict[str, Any]:
        """Return the outline of a place as GeoJSON."""
        return dict(mapping(self.shapes[index]))


def check_grid(name: str, zonings: Mapping[str, Zoning]) -> str:
    """Return the full name of a grid; a bare number is the side of squares in metres.

    Raises:
        WrongUsage: When it names none.
        NotFound: An unknown zoning.
    """
    full = f"square:{name}" if name.isdigit() else name
    found = _NAME.fullmatch(full)
    if found is None:
        raise WrongUsage(reason=f"grid {name[:40]}: h3:8, 500, zoning:NAME", field="grid")
    if found["square"] and not FINEST_M <= int(found["square"]) <= COARSEST_M:
        raise WrongUsage(reason=f"grid: {FINEST_M}-{COARSEST_M} m", field="grid")
    if found["zoning"] and found["zoning"] not in zonings:
        raise NotFound(what="zoning", name=found["zoning"])
    return full


def keys_of(
    name: str,
    lon: Floats,
    lat: Floats,
    centre: tuple[float, float],
    zonings: Mapping[str, Zoning],
) -> Integers:
    """Return a number for the place of a grid that each fact lies in, ``OUTSIDE`` for none.

    The number is the place's own, whatever other facts there are.

    Args:
        name: A name that ``check_grid`` has passed.
        lon: Longitude of each fact; NaN without a place.
        lat: Latitude.
        centre: The city's centre, lon lat.
        zonings: The city's zonings.
    """
    kind, _, rest = name.partition(":")
    if kind == "zoning":
        return np.asarray(zonings[rest].assign(lon, lat), np.int64)
    placed = np.isfinite(lon) & np.isfinite(lat)
    keys = np.full(lon.size, OUTSIDE, np.int64)
    if kind == "square":
        x, y = _projection(centre).to_metres(lon[placed], lat[placed])
        right, up = (np.floor(one / int(rest)).astype(np.int64) + _HALF for one in (x, y))
        keys[placed] = right * (2 * _HALF) + up
    else:
        cells = cells_of(lon[placed], lat[placed], int(rest))
        keys[placed] = cells.to_numpy(zero_copy_only=False)
    return keys


def lay_grid(
    name: str, keys: Integers, centre: tuple[float, float], zonings: Mapping[str, Zoning]
) -> Grid:
    """Return a grid of the places that some facts lie in; a zoning has all of its zones.

    Args:
        name: A name that ``check_grid`` has passed.
        keys: As ``keys_of`` gives them, several times or once.
        centre: The city's centre, lon lat.
        zonings: The city's zonings.

    Raises:
        WrongUsage: When the grid has more than ``MOST_CELLS`` places.
    """
    projection = _projection(centre)
    kind, _, rest = name.partition(":")
    if kind == "zoning":
        return _zones(name, zonings[rest], projection)
    found = np.unique(keys[keys != OUTSIDE])
    _checked(found.size)
    if kind == "square":
        return _squares(name, int(rest), found, projection)
    return _hexagons(name, found, projection)


def places_in(grid: Grid, keys: Integers) -> Integers:
    """Return in which place of a grid each fact lies, ``OUTSIDE`` for none."""
    return np.where(keys == OUTSIDE, OUTSIDE, np.searchsorted(grid.keys, keys)).astype(np.int64)


def _projection(centre: tuple[float, float]) -> Projection:
    return local_projection(round(centre[0], 2), round(centre[1], 2))


def _checked(count: int) -> None:
    if count > MOST_CELLS:
        raise WrongUsage(reason=f"grid: {count} > {MOST_CELLS}", field="grid")


def _hexagons(name: str, cells: Integers, projection: Projection) -> Grid:
    x, y = cell_centers(cells)
    unsigned = pa.array(cells.astype(np.uint64))
    rings = pa.record_batch(h3ronpy.grid_disk_distances(unsigned, 1))["cell"]
    one = np.repeat(np.arange(cells.size), np.diff(rings.offsets.to_numpy()))
    ringed = rings.flatten().to_numpy().astype(np.int64)
    other = np.minimum(np.searchsorted(cells, ringed), max(cells.size - 1, 0))
    known = (cells[other] == ringed) & (one != other) if cells.size else np.zeros(0, np.bool_)
    shapes = cell_shapes(cells)
    texts = tuple(cell_to_text(cells).to_pylist())
    neighbours = _adjacency(one[known], other[known], cells.size)
    return _grid(
        *(name, texts, cells, (x, y)),
        projection=projection,
        neighbours=neighbours,
        shapes=tuple(shapes),
    )


def _squares(name: str, side: int, keys: Integers, projection: Projection) -> Grid:
    cells = np.stack(np.divmod(keys, 2 * _HALF), axis=1) - _HALF
    number = {(int(a), int(b)): at for at, (a, b) in enumerate(cells)}
    pairs = [
        (at, number[a + right, b + up])
        for (a, b), at in number.items()
        for right in (-1, 0, 1)
        for up in (-1, 0, 1)
        if (right or up) and (a + right, b + up) in number
    ]
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    low = cells * side
    squares = shapely.box(low[:, 0], low[:, 1], low[:, 0] + side, low[:, 1] + side)
    shapes = projection.geometries_to_degrees(squares)
    middle = low + side / 2.0
    degrees = projection.to_degrees(middle[:, 0], middle[:, 1])
    texts = tuple(f"{int(a)}:{int(b)}" for a, b in cells)
    neighbours = _adjacency(one, other, len(cells))
    return _grid(
        *(name, texts, keys, degrees),
        projection=projection,
        neighbours=neighbours,
        shapes=tuple(shapes),
    )


def _zones(name: str, zoning: Zoning, projection: Projection) -> Grid:
    tree = shapely.STRtree(zoning.polygons)
    one, other = tree.query(zoning.polygons, predicate="intersects")
    apart = one != other
    points = [polygon.representative_point() for polygon in zoning.polygons]
    x = np.array([point.x for point in points], np.float64)
    y = np.array([point.y for point in points], np.float64)
    neighbours = _adjacency(one[apart], other[apart], len(zoning.ids))
    return _grid(
        *(name, zoning.ids, np.arange(len(zoning.ids)), (x, y)),
        projection=projection,
        neighbours=neighbours,
        shapes=zoning.polygons,
    )


def _adjacency(one: npt.NDArray[Any], other: npt.NDArray[Any], size: int) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array((np.ones(one.size), (one, other)), shape=(size, size))


def _grid(
    name: str,
    cells: tuple[str, ...],
    keys: Integers,
    degrees: tuple[Floats, Floats],
    *,
    projection: Projection,
    neighbours: scipy.sparse.csr_array,
    shapes: tuple[BaseGeometry, ...],
) -> Grid:
    lon, lat = degrees
    centres = np.stack(projection.to_metres(lon, lat), axis=1)
    return Grid(name, cells, keys, lon, lat, centres, neighbours, shapes, projection)
