"""Streets as lixels: cut where they meet, distances as somebody else's, points at the nearest."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.geo.lixels import LixelNetwork
from vigie.geo.projection import local_projection

PLANE = local_projection(5.4, 43.3)


def street(name: str, *points: tuple[float, float]):
    """Return a street by metres from a place."""
    lon, lat = PLANE.to_degrees(*np.array(points, float).T)
    return name, shapely.LineString(np.column_stack([lon, lat]))


CROSS = (
    street("Est-Ouest", (-200, 0), (200, 0)),
    street("Nord-Sud", (0, -300), (0, 100)),
)


def grid(chance: np.random.Generator, size: int = 3):
    """Return streets of a crooked grid, some of them missing."""
    x, y = np.meshgrid(np.arange(size) * 130.0, np.arange(size) * 110.0, indexing="ij")
    x, y = x + chance.uniform(-30, 30, x.shape), y + chance.uniform(-30, 30, y.shape)
    found = []
    for i in range(size):
        for j in range(size):
            for k, m in ((i + 1, j), (i, j + 1)):
                if k < size and m < size and chance.random() < 0.85:
                    ends = (x[i, j], y[i, j]), (x[k, m], y[k, m])
                    found.append(street(f"{i}{j}-{k}{m}", *ends))
    return found or [CROSS[0]]


def test_two_streets_that_cross_are_four_edges_at_one_junction() -> None:
    found = LixelNetwork(CROSS, lixel_m=50)

    assert sorted(np.round(found.metres)) == [100, 200, 200, 300]
    assert sorted(found.degree) == [1, 1, 1, 1, 4]
    assert len(found) == 2 + 4 + 4 + 6
    assert found.streets_at(int(found.junctions[0])) == ("Est-Ouest", "Nord-Sud")
    assert found.parts() == 1
    assert np.allclose(found.lixel_m, 50, atol=0.1)


def test_an_end_close_to_another_street_meets_it_and_one_further_does_not() -> None:
    near, far = (
        LixelNetwork([CROSS[0], street("Impasse", (50, gap), (50, 150))]) for gap in (15, 25)
    )

    assert (near.parts(), far.parts()) == (1, 2)
    assert sorted(near.degree) == [1, 1, 1, 3]
    assert near.metres.sum() == pytest.approx(400 + 135, abs=0.1)


def test_a_street_beyond_its_crossing_by_a_few_metres_has_no_stub() -> None:
    found = LixelNetwork([CROSS[0], street("Nord", (0, -8), (0, 120))])

    assert len(found.metres) == 3
    beyond = found.snap(*PLANE.to_degrees([0.0], [-6.0]), 10)
    assert found.names[found.street[beyond.edge[0]]] == "Nord"


def test_points_are_at_the_nearest_street_or_nowhere() -> None:
    found = LixelNetwork(CROSS)
    snapped = found.snap(*PLANE.to_degrees([120.0, 3.0, 100.0], [7.0, -260.0, 80.0]), 50)

    assert snapped.away == pytest.approx([7, 3, 80], abs=0.1)
    assert (snapped.edge >= 0).tolist() == [True, True, False]
    assert (snapped.lixel >= 0).tolist() == [True, True, False]
    lon, lat = found.lixel_places()
    at = snapped.lixel[:2]
    away = haversine_m(lon[at], lat[at], *PLANE.to_degrees([120.0, 0.0], [0.0, -260.0]))
    assert (away <= 26).all()


def test_the_nearest_junction_is_that_along_the_street() -> None:
    found = LixelNetwork(CROSS)
    snapped = found.snap(*PLANE.to_degrees([20.0, -150.0], [0.0, 0.0]), 5)

    near = found.nearest_junction(snapped.edge, snapped.along, 30)

    assert near.tolist() == [int(found.junctions[0]), -1]


def test_no_streets_are_no_lixels() -> None:
    found = LixelNetwork([])

    assert len(found) == 0
    assert found.snap([5.4], [43.3], 50).edge.tolist() == [-1]
    assert found.parts() == 0
    assert found.nearest_junction(np.empty(0, int), np.empty(0), 9).tolist() == []


@given(st.integers(0, 10_000))
def test_lixels_cover_the_streets_and_their_distances_are_those_of_networkx(seed: int) -> None:
    """networkx's Dijkstra on the graph of lixels' middles and nodes, another way to the same."""
    chance = np.random.default_rng(seed)
    found = LixelNetwork(grid(chance), lixel_m=40, join_m=0)
    graph = nx.Graph()
    middle = (found.lixel_from + found.lixel_to) / 2
    for edge in range(len(found.metres)):
        mine = np.flatnonzero(found.lixel_edge == edge)
        steps = [("n", int(found.start[edge])), *mine.tolist(), ("n", int(found.end[edge]))]
        at = [0.0, *middle[mine], found.metres[edge]]
        for one, other, low, high in zip(steps, steps[1:], at, at[1:], strict=False):
            graph.add_edge(one, other, weight=high - low)
    source = int(chance.integers(len(found)))
    theirs = nx.single_source_dijkstra_path_length(graph, source, cutoff=250)
    ours = found.lixel_distances(source, 250)

    assert found.lixel_m.sum() == pytest.approx(found.metres.sum())
    assert (found.lixel_m <= 40 * 1.01).all()
    for lixel in range(len(found)):
        assert ours[lixel] == pytest.approx(theirs.get(lixel, np.inf), abs=1e-6)
