"""Travel times on a city's streets as far as its map knows them: axes, joined by guesses.

The network is drawn from street lines. Between them, where the map shows no street, *links* stand
in: the triangulation of the streets' points, never across water, 1.3 times as long as they look
(the mean detour of European street networks: Boscoe, Henry and Zdeb, The Professional Geographer
64 (2012) 188) and driven slowly. Travel time is the shortest path (Dijkstra). A link is a guess and
is told as one: ``Travel.guessed`` says which part of a way stands on links.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.geo.distance import haversine_m
from vigie.geo.projection import Projection, local_projection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Course = tuple[list[int], list[bool]]
"""Nodes from one to the goal, and which of the edges between them are guessed."""
Step = Callable[[int, int], tuple[float, float]]
"""From a node to the next towards the start of a way: length, and how much of it is guessed."""

SPACING_M = 150.0
"""Streets are cut so that no point of them is further than half of it from a node."""
DETOUR = 1.3
LINK_KMH = 20.0
LONGEST_LINK_M = 3_000.0
ACCESS = 6
"""Nodes by which a point off the network reaches it."""
TOGETHER_M = 1.0
KMH: Mapping[str, float] = {"axis": 40.0, "main": 32.0, "street": 25.0}
"""Mean speed with lights and crossings by a street's rank; not that of a siren."""


@dataclass(frozen=True, slots=True)
class Line:
    """A street's course.

    Attributes:
        course: WGS 84.
        kmh: Mean speed.
        one_way: Whether it is driven in its direction only.
    """

    course: shapely.LineString
    kmh: float
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a way: on streets that the map shows, or guessed.

    Attributes:
        guessed: Whether the map shows no street there; the true course is not known.
        line: Longitude and latitude, from the start on.
    """

    guessed: bool
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Travel:
    """Ways from several starts to one goal.

    Attributes:
        seconds: Travel times; infinite where there is no way.
        metres: Lengths of those ways; infinite likewise.
        guessed: Share of each length where the map shows no street, 0 to 1.
        ways: The course of each, part after part; empty where there is no way.
    """

    seconds: Floats
    metres: Floats
    guessed: Floats
    ways: tuple[tuple[Leg, ...], ...]


class StreetNetwork:
    """Streets as a graph.

    Attributes:
        x: East of every node, metres.
        y: North of every node.
        street_m: Total length of the streets it knows.
    """

    def __init__(self, lines: Iterable[Line], *, barriers: Sequence[BaseGeometry] = ()) -> None:
        """Make the network.

        Args:
            lines: Streets.
            barriers: What no link crosses (water), WGS 84.
        """
        known = [one for one in lines if one.course.length > 0]
        self._plane = _plane(known)
        courses = self._plane.geometries_to_metres(
            np.array([one.course for one in known], dtype=object)
        )
        self._barriers = list(self._plane.geometries_to_metres(np.array(barriers, dtype=object)))
        shapely.prepare(np.array(self._barriers, dtype=object))
        nodes, edges = _streets(courses, known)
        self.x, self.y = nodes[:, 0], nodes[:, 1]
        self.street_m = float(sum(course.length for course in courses))
        self._tree = scipy.spatial.cKDTree(nodes) if len(nodes) else None
        links = _links(nodes, self._barriers)
        self._from = np.concatenate([edges[0], links[0]]).astype(np.int64)
        self._to = np.concatenate([edges[1], links[1]]).astype(np.int64)
        self._metres = np.concatenate([edges[2], links[2]])
        self._seconds = np.concatenate([edges[3], links[3]])
        self._guess = np.concatenate([np.zeros(len(edges[0])), links[2]])
        ends = np.column_stack([nodes[self._from], nodes[self._to]]).reshape(-1, 2, 2)
        self._edges: Mapping[tuple[int, int], tuple[int, ...]] | None = None
        drawn: Any = shapely.linestrings(ends) if len(ends) else np.empty(0, dtype=object)
        self._drawn = shapely.STRtree(drawn)

    def __len__(self) -> int:
        return len(self.x)

    def nodes_to(self, node: int) -> Floats:
        """Return the travel times from every node to one, seconds."""
        keep = np.ones(len(self._from), dtype=np.bool_)
        graph = _graph(len(self), self._to, self._from, self._seconds, keep)
        return np.asarray(scipy.sparse.csgraph.dijkstra(graph, indices=[node])[0], np.float64)

    def closed_by(self, shapes: Sequence[BaseGeometry]) -> npt.NDArray[np.bool_]:
        """Return which edges run through closed ground (WGS 84)."""
        found = np.zeros(len(self._from), dtype=np.bool_)
        if not shapes or not len(self._from):
            return found
        for shape in self._plane.geometries_to_metres(np.array(shapes, dtype=object)):
            ground = shape if shape.area > 0 else shapely.buffer(shape, TOGETHER_M)
            found[self._drawn.query(ground, predicate="intersects")] = True
        return found

    def travel(
        self,
        goal: tuple[float, float],
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        *,
        closed: Sequence[BaseGeometry] = (),
    ) -> Travel:
        """Return the ways from several starts to a goal.

        Args:
            goal: Longitude, latitude.
            lon: Of the starts.
            lat: Of the starts.
            closed: Ground that is not driven through; a start or a goal inside it is reached on
                foot from its border, as a link.
        """
        goal_xy = np.array([self._plane.to_metres(*goal)], dtype=np.float64).reshape(1, 2)
        starts = np.column_stack(self._plane.to_metres(np.ravel(lon), np.ravel(lat)))
        many, size = len(starts), len(self)
        direct = haversine_m(np.ravel(lon), np.ravel(lat), *goal) * DETOUR
        best, metres = direct / _speed(LINK_KMH), direct.copy()
        apart = self._parted(starts, goal_xy[0])
        best[apart], metres[apart] = np.inf, np.inf
        guessed = np.ones(many)
        if self._tree is None or not many:
            return Travel(best, metres, guessed, self._ways(starts, goal_xy, best, {}))
        # Seen backwards, from the goal: one shortest-path tree answers every start.
        node, length = self._access(goal_xy)
        keep = ~self.closed_by(closed)
        graph = _graph(
            size + 1,
            np.concatenate([self._to[keep], np.full(len(node[0]), size)]),
            np.concatenate([self._from[keep], node[0]]),
            np.concatenate([self._seconds[keep], length[0] / _speed(LINK_KMH)]),
            np.ones(int(keep.sum()) + len(node[0]), dtype=np.bool_),
        )
        tree, parents = scipy.sparse.csgraph.dijkstra(
            graph, indices=[size], return_predecessors=True
        )
        seconds, before = tree[0], parents[0].astype(np.int64)
        near, legs = self._access(starts)
        through = seconds[near] + legs / _speed(LINK_KMH)
        chosen = np.argmin(through, axis=1)
        rows = np.arange(many)
        quickest = through[rows, chosen]
        legs_to = dict(zip(node[0].tolist(), length[0].tolist(), strict=True))
        step = self._steps(keep, legs_to)
        courses: dict[int, Course] = {}
        for row in map(int, np.flatnonzero(quickest < best)):
            leg = float(legs[row, chosen[row]])
            long_m, guess, courses[row] = _walk(before, int(near[row, chosen[row]]), step)
            best[row], metres[row] = quickest[row], long_m + leg
            guessed[row] = (guess + leg) / (long_m + leg) if long_m + leg > 0 else 0.0
        guessed = np.where(np.isfinite(best) & (metres > 0), guessed, 0.0)
        return Travel(best, metres, guessed, self._ways(starts, goal_xy, best, courses))

    def _ways(
        self, starts: Floats, goal: Floats, seconds: Floats, courses: Mapping[int, Course]
    ) -> tuple[tuple[Leg, ...], ...]:
        """Return how ways run; one without a course over nodes is guessed as a straight line."""
        nodes = np.concatenate([np.column_stack([self.x, self.y]), goal])
        told: list[tuple[Leg, ...]] = []
        for row, start in enumerate(starts):
            if not np.isfinite(seconds[row]):
                told.append(())
                continue
            met, flags = courses.get(row, ([len(self)], []))
            points = np.concatenate([start.reshape(1, 2), nodes[met]])
            lon, lat = self._plane.to_degrees(points[:, 0], points[:, 1])
            line = [(round(float(x), 6), round(float(y), 6)) for x, y in zip(lon, lat, strict=True)]
            told.append(_legs(line, [True, *flags]))
        return tuple(told)

    def _access(self, points: Floats) -> tuple[Ints, Floats]:
        """Return the nodes nearest to points and the length of the legs to them; inf over water."""
        assert self._tree is not None  # noqa: S101 -- asked before
        many = min(ACCESS, len(self))
        apart, node = self._tree.query(points, k=many)
        apart, node = np.reshape(apart, (-1, many)), np.reshape(node, (-1, many))
        legs = apart * DETOUR
        if self._barriers:
            ends = np.stack(
                [np.repeat(points, many, axis=0), np.column_stack([self.x, self.y])[node.ravel()]],
                axis=1,
            )
            over = _crosses(shapely.linestrings(ends), self._barriers).reshape(-1, many)
            legs = np.where(over & (apart > SPACING_M), np.inf, legs)
        return node.astype(np.int64), legs

    def _parted(self, starts: Floats, goal: Floats) -> npt.NDArray[np.bool_]:
        if not self._barriers or not len(starts):
            return np.zeros(len(starts), dtype=np.bool_)
        ends = np.stack([starts, np.broadcast_to(goal, starts.shape)], axis=1)
        return _crosses(shapely.linestrings(ends), self._barriers)

    def _quickest(self) -> Mapping[tuple[int, int], tuple[int, ...]]:
        """Return the edges between two nodes, the quickest first, by their ends backwards."""
        if self._edges is None:
            found: dict[tuple[int, int], list[int]] = {}
            order = np.argsort(self._seconds, kind="stable")
            for to, start, n in zip(
                self._to[order].tolist(), self._from[order].tolist(), order.tolist(), strict=True
            ):
                found.setdefault((to, start), []).append(n)
            self._edges = {ends: tuple(edges) for ends, edges in found.items()}
        return self._edges

    def _steps(self, keep: npt.NDArray[np.bool_], legs: Mapping[int, float]) -> Step:
        """Return what tells a step on the quickest open edge, or on a leg off the network."""
        edges, goal = self._quickest(), len(self)

        def step(to: int, start: int) -> tuple[float, float]:
            if to == goal:
                return legs[start], legs[start]
            n = next(n for n in edges[to, start] if keep[n])
            return float(self._metres[n]), float(self._guess[n])

        return step


def _walk(before: Ints, node: int, step: Step) -> tuple[float, float, Course]:
    """Return the length of the way from a node to the goal, how much is guessed, its course."""
    metres = guess = 0.0
    met, flags = [node], []
    while before[node] >= 0:
        long_m, guessed = step(int(before[node]), node)
        metres, guess, node = metres + long_m, guess + guessed, int(before[node])
        met.append(node)
        flags.append(guessed > 0)
    return metres, guess, (met, flags)


def _legs(line: Sequence[tuple[float, float]], flags: Sequence[bool]) -> tuple[Leg, ...]:
    """Return a course cut where it turns from street to guess or back."""
    found, start = [], 0
    for guessed, run in itertools.groupby(flags):
        end = start + len(list(run))
        found.append(Leg(guessed, tuple(line[start : end + 1])))
        start = end
    return tuple(found)


def _plane(lines: Sequence[Line]) -> Projection:
    if not lines:
        return local_projection(0.0, 0.0)
    west, south, east, north = shapely.MultiLineString([one.course for one in lines]).bounds
    return local_projection((west + east) / 2, (south + north) / 2)


def _speed(kmh: float) -> float:
    return kmh / 3.6


def _graph(
    size: int, rows: Ints, columns: Ints, seconds: Floats, keep: npt.NDArray[np.bool_]
) -> Any:
    """Return a graph; of parallel edges the quickest stays."""
    rows, columns, seconds = rows[keep], columns[keep], seconds[keep]
    ways = np.isfinite(seconds)
    rows, columns, seconds = rows[ways], columns[ways], np.maximum(seconds[ways], 1e-6)
    order = np.lexsort((seconds, columns, rows))
    rows, columns, seconds = rows[order], columns[order], seconds[order]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    return scipy.sparse.csr_array(
        scipy.sparse.coo_array((seconds[first], (rows[first], columns[first])), (size, size))
    )


def _streets(
    courses: npt.NDArray[np.object_], lines: Sequence[Line]
) -> tuple[Floats, tuple[Ints, Ints, Floats, Floats]]:
    """Return nodes and the edges between them: streets cut where they cross and every 150 m."""
    at: dict[tuple[int, int], int] = {}
    edges: list[tuple[int, int, float, float]] = []

    def node(x: float, y: float) -> int:
        return at.setdefault((round(x / TOGETHER_M), round(y / TOGETHER_M)), len(at))

    tree = shapely.STRtree(courses) if len(courses) else None
    for course, line in zip(courses, lines, strict=True):
        assert tree is not None  # noqa: S101 -- there is a course
        others = courses[tree.query(course, predicate="intersects")]
        crossing = shapely.get_coordinates(shapely.intersection(others, course))
        cuts = shapely.line_locate_point(course, shapely.points(crossing))
        corners = shapely.line_locate_point(course, shapely.points(shapely.get_coordinates(course)))
        stops = np.unique(np.round(np.concatenate([cuts, corners, [0.0, course.length]]), 3))
        pieces = [
            np.linspace(a, b, int(np.ceil((b - a) / SPACING_M)) + 1)
            for a, b in itertools.pairwise(stops)
        ]
        along = np.unique(np.concatenate(pieces))
        points = shapely.get_coordinates(shapely.line_interpolate_point(course, along))
        met = [node(float(x), float(y)) for x, y in points]
        for a, b, low, high in zip(met, met[1:], along, along[1:], strict=False):
            if a == b:
                continue
            length = float(high - low)
            edges.append((a, b, length, length / _speed(line.kmh)))
            if not line.one_way:
                edges.append((b, a, length, length / _speed(line.kmh)))
    nodes = np.array(list(at), dtype=np.float64).reshape(-1, 2) * TOGETHER_M
    table = np.array(edges, dtype=np.float64).reshape(-1, 4)
    return nodes, (
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2],
        table[:, 3],
    )


def _links(nodes: Floats, barriers: Sequence[BaseGeometry]) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the edges that stand for streets the map does not show, both ways."""
    none = np.empty(0, np.int64)
    if len(nodes) < 2:  # noqa: PLR2004 -- an edge
        return none, none, np.empty(0), np.empty(0)
    try:
        corners = scipy.spatial.Delaunay(nodes).simplices
        sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    except scipy.spatial.QhullError:  # all on one line, or fewer than three
        order = np.lexsort((nodes[:, 1], nodes[:, 0]))
        sides = np.column_stack([order[:-1], order[1:]])
    pairs = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    apart = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    over = _crosses(shapely.linestrings(nodes[pairs]), barriers)
    kept = (apart <= LONGEST_LINK_M) & ~over
    pairs, length = pairs[kept], apart[kept] * DETOUR
    seconds = length / _speed(LINK_KMH)
    return (
        np.concatenate([pairs[:, 0], pairs[:, 1]]),
        np.concatenate([pairs[:, 1], pairs[:, 0]]),
        np.tile(length, 2),
        np.tile(seconds, 2),
    )


def _crosses(lines: Any, barriers: Sequence[BaseGeometry]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(lines), dtype=np.bool_)
    for barrier in barriers:
        found |= shapely.intersects(barrier, lines)
    return found
