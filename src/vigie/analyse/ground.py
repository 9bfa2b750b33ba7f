"""The ground an analysis looks at: hexagonal cells (H3), all of a zoning or those with facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.analyse.points import Points, to_metres
from vigie.base.errors import NotFound
from vigie.geo.cells import (
    bbox_cells,
    cell_areas_m2,
    cell_centers,
    cell_to_text,
    cells_of,
    to_parents,
)
from vigie.geo.zonings import Zoning

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FINEST = 11
"""H3 resolution of the parts of cells, 50 m wide; finer ones would be too many for a city."""

STRIPS = 12
"""Strips a zoning's box is cut into: each may hold as many parts as one listing allows."""

PARTS = 7
"""Cells one step finer in a cell (H3 has an aperture of seven)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Cells, sorted, with their centres.

    Attributes:
        cells: H3 indexes.
        resolution: Theirs.
        lon: Degrees.
        lat: Degrees.
        x: Metres east, in an equal-area projection centred on the cells.
        y: Metres north.
        share: Part of each cell that lies in the zoning, above 0 and at most 1.
    """

    cells: Ints
    resolution: int
    lon: Floats
    lat: Floats
    x: Floats
    y: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.cells)

    def index(self, points: Points) -> Ints:
        """Return the position of each point's cell, -1 for a cell that is not of this ground."""
        wanted = cells_of(points.lon, points.lat, self.resolution).to_numpy()
        if not len(self.cells):
            return np.full(len(wanted), -1, np.int64)
        place = np.minimum(np.searchsorted(self.cells, wanted), len(self.cells) - 1)
        return np.where(self.cells[place] == wanted, place, -1).astype(np.int64)

    def area_m2(self) -> float:
        """Return the mean area of a cell, square metres, from at most 50 of them."""
        some = self.cells[:: max(1, len(self.cells) // 50)]
        return float(cell_areas_m2(some).mean()) if len(some) else float("nan")

    def names(self) -> pa.StringArray:
        """Return the cells as people write them."""
        return cell_to_text(pa.array(self.cells, pa.int64()))


def make_ground(cells: Ints, resolution: int) -> Ground:
    """Return the ground made of these cells, sorted, each of them whole."""
    ordered = np.unique(cells)
    lon, lat = cell_centers(ordered)
    return Ground(ordered, resolution, lon, lat, *to_metres(lon, lat), np.ones(len(ordered)))


def ground_with(points: Points, resolution: int) -> Ground:
    """Return the cells in which there is a point."""
    return make_ground(cells_of(points.lon, points.lat, resolution).to_numpy(), resolution)


def _strips(bounds: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """Return a box in strips from west to east, so that the parts of a whole city can be listed."""
    west, south, east, north = bounds
    edges = np.linspace(west, east, STRIPS + 1)
    return [(float(left), south, float(right), north) for left, right in pairwise(edges)]


def _inside(zoning: Zoning, box: tuple[float, float, float, float], resolution: int) -> Ints:
    """Return the cells of a box whose centre lies in a zone."""
    cells = np.asarray(bbox_cells(*box, resolution))
    return cells[np.asarray(zoning.assign(*cell_centers(cells))) >= 0]


def ground_of(frame: Frame, zoning: str, resolution: int) -> Ground:
    """Return the cells of which a part lies in a zone: the centre of a cell one step finer.

    How large that part is, is told by how many of those centres do (H3 has seven in a cell).

    Raises:
        NotFound: When there is no such zoning.
        WrongUsage: When there would be too many cells.
    """
    found = frame.zonings.get(zoning)
    if found is None:
        raise NotFound(what="zoning", name=zoning)
    fine = min(max(resolution, FINEST), resolution + 1)
    inside = np.concatenate([_inside(found, box, fine) for box in _strips(found.bounds)])
    parents = np.asarray(to_parents(np.unique(inside), resolution))
    cells, parts_in = np.unique(parents, return_counts=True)
    whole = PARTS if fine > resolution else 1
    return replace(make_ground(cells, resolution), share=np.minimum(parts_in / whole, 1.0))
