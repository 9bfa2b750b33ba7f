"""The ground: every fact of a zone has its cell, empty cells are there too."""

from datetime import date

import numpy as np
import pytest
from tests.analyses.facts_table import at_metres, frame

from vigie.analyse.ground import ground_of, ground_with
from vigie.analyse.points import read_points
from vigie.base.errors import NotFound

WEEK = frame(date(2026, 3, 2), date(2026, 3, 9))


@pytest.mark.parametrize("resolution", [9, 10, 11])
def test_nearly_every_place_of_a_zoning_has_its_cell(resolution: int) -> None:
    chance = np.random.default_rng(1)
    table = at_metres(chance.random(500) * 1_600, chance.random(500) * 1_100, [0] * 500)
    points = read_points(table, WEEK)
    ground = ground_of(WEEK, "halves", resolution)
    index = ground.index(points)

    assert (index < 0).mean() < 0.03
    assert len(ground) * ground.area_m2() == pytest.approx(1.8e6, rel=0.7)
    assert ground.share.sum() * ground.area_m2() == pytest.approx(1.8e6, rel=0.06)
    assert ground.share.min() > 0
    assert ground.share.max() == 1.0
    assert sorted(ground.cells.tolist()) == ground.cells.tolist()
    far = np.hypot(
        *(80_880 * (ground.lon[index] - points.lon), 111_100 * (ground.lat[index] - points.lat))
    )
    assert far[index >= 0].max() < {9: 230, 10: 90, 11: 35}[resolution]


def test_a_ground_of_facts_has_only_theirs() -> None:
    points = read_points(at_metres([10, 12, 1_000], [10, 11, 900], [0] * 3), WEEK)
    ground = ground_with(points, 10)

    assert len(ground) == 2
    assert sorted(set(ground.index(points).tolist())) == [0, 1]
    assert all(len(name) == 15 for name in ground.names().to_pylist())


def test_an_unknown_zoning_is_named() -> None:
    with pytest.raises(NotFound):
        ground_of(WEEK, "none", 9)
