"""Travel times: a metric where streets run both ways, longer round what is closed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.geo.network import DETOUR, LINK_KMH, Line, StreetNetwork, Travel

WEST, SOUTH, STEP = 5.36, 43.28, 0.004


def grid(*, one_way: bool = False) -> list[Line]:
    """Five streets each way."""
    lines = []
    for n in range(5):
        y, x = SOUTH + n * STEP, WEST + n * STEP
        lines.append(Line(shapely.LineString([(WEST, y), (WEST + 4 * STEP, y)]), 40.0, one_way))
        lines.append(Line(shapely.LineString([(x, SOUTH), (x, SOUTH + 4 * STEP)]), 30.0, one_way))
    return lines


NETWORK = StreetNetwork(grid())
TIMES = np.array([NETWORK.nodes_to(node) for node in range(len(NETWORK))])
points = st.tuples(st.floats(WEST - 0.002, WEST + 0.018), st.floats(SOUTH - 0.002, SOUTH + 0.018))
nodes = st.integers(0, len(NETWORK) - 1)


@given(nodes, nodes, nodes)
def test_no_way_is_longer_than_one_over_a_third_place(a: int, b: int, c: int) -> None:
    assert TIMES[a, c] <= TIMES[a, b] + TIMES[b, c] + 1e-6
    assert TIMES[a, b] == pytest.approx(TIMES[b, a], abs=1e-6)
    assert (TIMES[a, b] > 0) == (a != b)


@given(points, points)
@settings(deadline=None, max_examples=60)
def test_there_and_back_take_the_same_where_streets_run_both_ways(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = NETWORK.travel(one, [other[0]], [other[1]])
    back = NETWORK.travel(other, [one[0]], [one[1]])
    straight = float(haversine_m(*one, *other))
    assert there.seconds[0] == pytest.approx(back.seconds[0], rel=1e-6, abs=1e-6)
    assert there.metres[0] >= straight * 0.99 - 1
    assert there.seconds[0] <= straight * DETOUR / (LINK_KMH / 3.6) * 1.01 + 1
    assert there.seconds[0] >= straight * 0.99 / (40 / 3.6) - 1
    assert 0 <= there.guessed[0] <= 1


@given(points, points)
@settings(deadline=None, max_examples=60)
def test_the_course_of_a_way_is_as_long_as_it_says_and_joins_start_and_goal(
    start: tuple[float, float], goal: tuple[float, float]
) -> None:
    found = NETWORK.travel(goal, [start[0]], [start[1]])
    (way,) = found.ways
    assert way[0].line[0] == pytest.approx(start, abs=2e-6)
    assert way[-1].line[-1] == pytest.approx(goal, abs=2e-6)
    lengths = {True: 0.0, False: 0.0}
    for leg, after in itertools.zip_longest(way, way[1:]):
        course = np.array(leg.line)
        lengths[leg.guessed] += haversine_m(
            course[:-1, 0], course[:-1, 1], course[1:, 0], course[1:, 1]
        ).sum()
        if after is not None:
            assert leg.line[-1] == after.line[0]
            assert leg.guessed != after.guessed
    told = lengths[False] + lengths[True] * DETOUR
    assert told == pytest.approx(found.metres[0], rel=0.005, abs=1)
    assert lengths[True] * DETOUR == pytest.approx(
        found.guessed[0] * found.metres[0], rel=0.005, abs=1
    )


def test_a_way_goes_round_what_is_closed_and_there_is_none_over_water() -> None:
    ground = shapely.box(WEST + 0.005, SOUTH - 0.001, WEST + 0.007, SOUTH + 0.001)
    goal = (WEST + 4 * STEP, SOUTH)
    straight = NETWORK.travel(goal, [WEST], [SOUTH])
    round_it = NETWORK.travel(goal, [WEST], [SOUTH], closed=[ground])

    def crosses(found: Travel) -> bool:
        return any(shapely.LineString(leg.line).intersects(ground) for leg in found.ways[0])

    assert crosses(straight)
    assert not crosses(round_it)
    water = shapely.box(5.365, 43.0, 5.375, 43.6)
    shore = Line(shapely.LineString([(5.36, 43.28), (5.36, 43.29)]), 50.0)
    parted = StreetNetwork([shore], barriers=[water]).travel((5.38, 43.28), [5.36], [43.28])
    assert (parted.ways, np.isinf(parted.seconds[0])) == (((),), True)


def test_a_one_way_street_is_longer_against_its_direction() -> None:
    street = Line(shapely.LineString([(5.36, 43.28), (5.38, 43.28)]), 50.0, one_way=True)
    network = StreetNetwork([street])
    along = network.travel((5.38, 43.28), [5.36], [43.28])
    against = network.travel((5.36, 43.28), [5.38], [43.28])
    assert along.guessed[0] < 0.1
    assert against.seconds[0] > 2 * along.seconds[0]


def test_ways_go_round_what_is_closed_and_never_get_shorter() -> None:
    start, goal = (WEST, SOUTH + 2 * STEP), (WEST + 4 * STEP, SOUTH + 2 * STEP)
    block = shapely.box(WEST + 0.006, SOUTH + 1.5 * STEP, WEST + 0.010, SOUTH + 2.5 * STEP)
    free = NETWORK.travel(goal, [start[0]], [start[1]])
    round_it = NETWORK.travel(goal, [start[0]], [start[1]], closed=[block])
    assert round_it.seconds[0] > free.seconds[0]
    assert round_it.metres[0] > free.metres[0]


def test_nobody_drives_across_water() -> None:
    water = shapely.box(5.375, 43.2, 5.385, 43.4)
    sides = [shapely.LineString([(x, 43.28), (x, 43.30)]) for x in (5.36, 5.40)]
    network = StreetNetwork([Line(side, 30.0) for side in sides], barriers=[water])
    way = network.travel((5.36, 43.29), [5.40, 5.361], [43.29, 43.291])
    assert np.isinf(way.seconds[0])
    assert np.isfinite(way.seconds[1])


def test_where_the_map_shows_no_street_the_whole_way_is_a_guess() -> None:
    way = StreetNetwork([]).travel((5.37, 43.29), [5.38], [43.29])
    straight = float(haversine_m(5.37, 43.29, 5.38, 43.29))
    assert way.guessed[0] == 1
    assert way.metres[0] == pytest.approx(straight * DETOUR, rel=0.01)
