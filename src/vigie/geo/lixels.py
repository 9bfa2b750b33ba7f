"""A city's streets as a graph of edges between junctions and ends, cut into lixels.

A lixel is to a network what a pixel is to a plane (Xie and Yan, Computers, Environment and Urban
Systems 32 (2008) 396). Streets meet where their courses cross, and where an end of one comes close
to another: maps are drawn with small gaps. Nothing is guessed between streets that do not meet; for
travel times with such guesses see ``vigie.geo.network``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy
import shapely
import shapely.ops

from vigie.geo.projection import Projection, local_projection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Course = tuple[str, shapely.LineString]
"""A street's name and its course, WGS 84."""

LIXEL_M = 50.0
JOIN_M = 20.0
"""An end this close to another street meets it."""
TOGETHER_M = 1.0
JUNCTION = 3
"""Ways that part at a junction, at least."""


@dataclass(frozen=True, slots=True)
class Snapped:
    """Points on the network, each at the nearest place of a street.

    Attributes:
        edge: -1 where no street is near enough.
        along: Metres from the edge's start.
        lixel: -1 likewise.
        away: Metres from the point to the street; infinite without any street.
    """

    edge: Ints
    along: Floats
    lixel: Ints
    away: Floats


class LixelNetwork:
    """Streets cut at their junctions, and again into lixels.

    Attributes:
        names: Streets, in the order given.
        street: Street of every edge.
        start: Node at which every edge starts.
        end: Node at which it ends.
        metres: Length of every edge.
        offset: Where on its street every edge starts, metres.
        degree: How many ends of edges meet at every node.
        lixel_edge: Edge of every lixel, rising.
        lixel_from: Where every lixel starts on its edge, metres.
        lixel_to: Where it ends.
        first: First lixel of every edge, and after the last edge how many lixels there are.
    """

    def __init__(
        self, courses: Sequence[Course], *, lixel_m: float = LIXEL_M, join_m: float = JOIN_M
    ) -> None:
        """Make the network.

        Args:
            courses: Streets.
            lixel_m: Length of a lixel, at most (to 1 %); the lixels of an edge are of one length.
            join_m: An end this close to another street meets it.
        """
        known = [(name, line) for name, line in courses if line.length > 0]
        self.names = tuple(name for name, _ in known)
        self._plane = _plane([line for _, line in known])
        lines = self._plane.geometries_to_metres(np.array([one for _, one in known], object))
        self.street, self.start, self.end, self.offset, self.metres, self._nodes = _edges(
            lines, join_m
        )
        self.degree = np.bincount(
            np.concatenate([self.start, self.end]), minlength=len(self._nodes)
        ).astype(np.int64)
        self._lines = lines
        many = np.maximum(1, np.ceil(self.metres / lixel_m - 0.01)).astype(np.int64)
        self.first = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
        self.lixel_edge = np.repeat(np.arange(len(many)), many)
        number = np.arange(len(self.lixel_edge)) - self.first[self.lixel_edge]
        each = (self.metres / many)[self.lixel_edge]
        self.lixel_from, self.lixel_to = number * each, (number + 1) * each

    def __len__(self) -> int:
        """Return how many lixels there are."""
        return len(self.lixel_edge)

    @property
    def lixel_m(self) -> Floats:
        """Length of every lixel, metres."""
        return self.lixel_to - self.lixel_from

    @cached_property
    def junctions(self) -> Ints:
        """Nodes at which three ways or more part."""
        return np.flatnonzero(self.degree >= JUNCTION)

    def snap(self, lon: npt.ArrayLike, lat: npt.ArrayLike, within_m: float) -> Snapped:
        """Return where on the network points are.

        Args:
            lon: Degrees, finite.
            lat: Degrees, finite.
            within_m: Points further from every street are nowhere.
        """
        x, y = self._plane.to_metres(np.ravel(lon), np.ravel(lat))
        many = len(x)
        edge, lixel = np.full(many, -1, np.int64), np.full(many, -1, np.int64)
        along, away = np.zeros(many), np.full(many, np.inf)
        if not len(self) or not many:
            return Snapped(edge, along, lixel, away)
        points = np.atleast_1d(np.asarray(shapely.points(x, y), object))
        tree = shapely.STRtree(self._lines)
        found, distance = tree.query_nearest(points, return_distance=True)
        first = np.unique(found[0], return_index=True)[1]  # of streets as near, the first given
        point, line, distance = found[0][first], found[1][first], distance[first]
        away[point] = distance
        near = distance <= within_m
        point, line = point[near], line[near]
        at = np.asarray(shapely.line_locate_point(self._lines[line], points[point]), np.float64)
        place = np.searchsorted(self._position, line * self._longest + at, side="right") - 1
        chosen = self._by_position[np.maximum(place, 0)]
        after = self._by_position[np.minimum(place + 1, len(self.metres) - 1)]
        chosen = np.where(self.street[chosen] == line, chosen, after)  # before its first edge
        known = self.street[chosen] == line
        point, at, chosen = point[known], at[known], chosen[known]
        edge[point] = chosen
        along[point] = np.clip(at - self.offset[chosen], 0.0, self.metres[chosen])
        lixel[point] = self.lixel_at(chosen, along[point])
        return Snapped(edge, along, lixel, away)

    def lixel_at(self, edge: Ints, along: Floats) -> Ints:
        """Return the lixel at so many metres from the start of edges."""
        many = self.first[edge + 1] - self.first[edge]
        number = np.floor(along / self.metres[edge] * many).astype(np.int64)
        return self.first[edge] + np.clip(number, 0, many - 1)

    @cached_property
    def _longest(self) -> float:
        return float(shapely.length(self._lines).max()) + 1.0

    @cached_property
    def _by_position(self) -> Ints:
        return np.lexsort((self.offset, self.street))

    @cached_property
    def _position(self) -> Floats:
        order = self._by_position
        return np.asarray(self.street[order] * self._longest + self.offset[order], np.float64)

    @cached_property
    def graph(self) -> scipy.sparse.csr_array:
        """Shortest edge between every two nodes that one joins, metres, both ways."""
        rows = np.concatenate([self.start, self.end])
        columns = np.concatenate([self.end, self.start])
        metres = np.tile(self.metres, 2)
        order = np.lexsort((metres, columns, rows))
        rows, columns, metres = rows[order], columns[order], metres[order]
        new = np.ones(len(rows), bool)
        new[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
        new &= rows != columns
        size = (len(self._nodes), len(self._nodes))
        return scipy.sparse.csr_array(
            scipy.sparse.coo_array((metres[new], (rows[new], columns[new])), size)
        )

    def parts(self) -> int:
        """Return in how many parts that do not meet the streets lie."""
        return (
            int(scipy.sparse.csgraph.connected_components(self.graph, directed=False)[0])
            if len(self)
            else 0
        )

    def lixel_distances(self, lixel: int, within_m: float) -> Floats:
        """Return the way from the middle of a lixel to that of every other; inf beyond a reach."""
        edge = int(self.lixel_edge[lixel])
        middle = (self.lixel_from + self.lixel_to) / 2
        ends = [int(self.start[edge]), int(self.end[edge])]
        legs = [float(middle[lixel]), float(self.metres[edge] - middle[lixel])]
        reach = scipy.sparse.csgraph.dijkstra(
            self.graph, directed=False, indices=ends, limit=within_m
        )
        node = np.minimum(reach[0] + legs[0], reach[1] + legs[1])
        mine = self.lixel_edge
        ways = np.minimum(
            node[self.start[mine]] + middle, node[self.end[mine]] + self.metres[mine] - middle
        )
        same = mine == edge
        ways[same] = np.minimum(ways[same], np.abs(middle[same] - middle[lixel]))
        return np.where(ways <= within_m, ways, np.inf)

    def nearest_junction(self, edge: Ints, along: Floats, within_m: float) -> Ints:
        """Return the junction nearest to places by the way to it, -1 beyond a reach."""
        none = np.full(len(edge), -1, np.int64)
        if not len(self.junctions) or not len(edge):
            return none
        way, _, source = scipy.sparse.csgraph.dijkstra(
            self.graph,
            directed=False,
            indices=self.junctions,
            limit=within_m,
            min_only=True,
            return_predecessors=True,
        )
        legs = np.stack([along, self.metres[edge] - along])
        ends = np.stack([self.start[edge], self.end[edge]])
        total = way[ends] + legs
        nearer = np.argmin(total, axis=0)
        rows = np.arange(len(edge))
        near = total[nearer, rows] <= within_m
        return np.where(near, source[ends[nearer, rows]], -1).astype(np.int64)

    def node_places(self) -> tuple[Floats, Floats]:
        """Return longitude and latitude of every node, degrees."""
        return self._plane.to_degrees(self._nodes[:, 0], self._nodes[:, 1])

    def lixel_places(self) -> tuple[Floats, Floats]:
        """Return longitude and latitude of the middle of every lixel, degrees."""
        if not len(self):
            return np.empty(0), np.empty(0)
        at = self.offset[self.lixel_edge] + (self.lixel_from + self.lixel_to) / 2
        points = shapely.line_interpolate_point(self._lines[self.street[self.lixel_edge]], at)
        return self._plane.to_degrees(shapely.get_x(points), shapely.get_y(points))

    def course(self, street: int, from_m: float, to_m: float) -> shapely.LineString:
        """Return a stretch of a street, WGS 84."""
        cut = shapely.ops.substring(self._lines[street], from_m, to_m)
        found: shapely.LineString = self._plane.geometries_to_degrees(np.array([cut], object))[0]
        return found

    def streets_at(self, node: int) -> tuple[str, ...]:
        """Return the names of the streets that meet at a node, in the order of the alphabet."""
        met = self.street[(self.start == node) | (self.end == node)]
        return tuple(sorted({self.names[one] for one in met}))


def _plane(lines: Sequence[shapely.LineString]) -> Projection:
    if not lines:
        return local_projection(0.0, 0.0)
    west, south, east, north = shapely.MultiLineString(list(lines)).bounds
    return local_projection(round((west + east) / 2, 3), round((south + north) / 2, 3))


def _meetings(lines: npt.NDArray[np.object_], join_m: float) -> tuple[Ints, Floats, Ints]:
    """Return the cuts of streets: their street, where on it, and which two of them are one."""
    tree = shapely.STRtree(lines)
    street, at, same = [], [], []

    def cut(number: int, where: float) -> int:
        street.append(number)
        at.append(where)
        return len(street) - 1

    ends = [(cut(n, 0.0), cut(n, float(line.length))) for n, line in enumerate(lines)]
    for one, other in tree.query(lines, predicate="intersects").T:
        if one < other:
            for x, y in shapely.get_coordinates(shapely.intersection(lines[one], lines[other])):
                point = shapely.Point(x, y)
                pair = [cut(n, float(lines[n].project(point))) for n in (int(one), int(other))]
                same.append((pair[0], pair[1]))
    for n, line in enumerate(lines):
        for end, where in zip(ends[n], (0, -1), strict=True):
            point = shapely.Point(line.coords[where])
            for other in sorted(tree.query(point, predicate="dwithin", distance=join_m).tolist()):
                if other == n:
                    continue
                same.append((end, cut(other, float(lines[other].project(point)))))
    return np.array(street, np.int64), np.array(at), np.array(same, np.int64).reshape(-1, 2)


def _edges(
    lines: npt.NDArray[np.object_], join_m: float
) -> tuple[Ints, Ints, Ints, Floats, Floats, Floats]:
    """Return street, nodes, where they start and length of the edges, and places of the nodes."""
    none = np.empty(0, np.int64)
    if not len(lines):
        return none, none, none, np.empty(0), np.empty(0), np.empty((0, 2))
    street, at, same = _meetings(lines, join_m)
    places = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], at))
    close = (
        scipy.spatial.cKDTree(places)
        .query_pairs(TOGETHER_M, output_type="ndarray")
        .astype(np.int64)
    )
    joined = np.concatenate([same, close])
    size = (len(street), len(street))
    _, node = scipy.sparse.csgraph.connected_components(
        scipy.sparse.coo_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), size),
        directed=False,
    )
    rows: list[tuple[int, int, int, float, float]] = []
    order = np.lexsort((at, street))
    for a, b in pairwise(order.tolist()):
        length = float(at[b] - at[a])
        if street[a] != street[b] or length <= 0.0:
            continue
        if node[a] == node[b] and length <= max(join_m, TOGETHER_M):  # the same meeting, twice
            continue
        rows.append((int(street[a]), int(node[a]), int(node[b]), float(at[a]), length))
    many = np.maximum(np.bincount(node), 1)
    middle = np.column_stack([np.bincount(node, places[:, k]) / many for k in (0, 1)])
    table = np.array(rows, np.float64).reshape(-1, 5)
    used, ends = np.unique(table[:, 1:3].astype(np.int64), return_inverse=True)
    ends = ends.reshape(-1, 2).astype(np.int64)
    return (
        table[:, 0].astype(np.int64),
        *(ends[:, 0], ends[:, 1]),
        *(table[:, 3], table[:, 4], middle[used]),
    )
