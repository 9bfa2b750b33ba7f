"""The ground an analysis looks at: hexagonal cells (H3), all of a zoning or those with facts."""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.analyse.points import Points, to_metres
from vigie.base.errors import NotFound
from vigie.geo.cells import bbox_cells, cell_centers, cell_to_text, cells_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
    """

    cells: Ints
    resolution: int
    lon: Floats
    lat: Floats
    x: Floats
    y: Floats

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
        some = self.cells[:: max(1, len(self.cells) // 50)].tolist()
        areas = [h3.cell_area(h3.int_to_str(cell), unit="m^2") for cell in some]
        return float(np.mean(areas)) if areas else float("nan")

    def names(self) -> pa.StringArray:
        """Return the cells as people write them."""
        return cell_to_text(pa.array(self.cells, pa.int64()))


def make_ground(cells: Ints, resolution: int) -> Ground:
    """Return the ground made of these cells, sorted."""
    ordered = np.unique(cells)
    lon, lat = cell_centers(ordered)
    return Ground(ordered, resolution, lon, lat, *to_metres(lon, lat))


def ground_with(points: Points, resolution: int) -> Ground:
    """Return the cells in which there is a point."""
    return make_ground(cells_of(points.lon, points.lat, resolution).to_numpy(), resolution)


def ground_of(frame: Frame, zoning: str, resolution: int) -> Ground:
    """Return the cells whose centre lies in a zone.

    Raises:
        NotFound: When there is no such zoning.
        WrongUsage: When there would be too many cells.
    """
    found = frame.zonings.get(zoning)
    if found is None:
        raise NotFound(what="zoning", name=zoning)
    cells = bbox_cells(*found.bounds, resolution)
    lon, lat = cell_centers(cells)
    return make_ground(cells[np.asarray(found.assign(lon, lat)) >= 0], resolution)
