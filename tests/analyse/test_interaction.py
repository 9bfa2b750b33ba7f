"""Modified Knox and Jacquez: other people's numbers, and neighbours found one by one."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.other_people import burkitt

from vigie.analyse.interaction import jacquez, modified_knox, nearest

PLACES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=15)


def test_modified_knox_on_burkitt_is_that_of_pointpats() -> None:
    """T6: 2.81016043 at 20 and 5 (pointpats' docstring, with its p of .11)."""
    x, y, day = burkitt()
    found = modified_knox(x, y, day, (20.0, 5.0), draws=199, seed=1)

    assert found.value == pytest.approx(2.81016043, abs=1e-8)
    assert 0.05 < found.p < 0.2
    assert found.low < 0 < found.high


def test_jacquez_on_burkitt_without_ties_is_that_of_pointpats() -> None:
    """T6: 12 of three neighbours; with days that tie, pointpats takes some of those, ours shares.

    Its docstring says that other versions of SciPy took others, for 13. Shared evenly it is 12.33.
    Made different by a hair, no days tie and both are the same.
    """
    x, y, day = burkitt()
    hair = np.random.default_rng(4).permutation(len(day)) / 1_000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pointpats.spacetime import jacquez as theirs

        place, apart = np.column_stack([x + hair, y]), (day + hair).reshape(-1, 1)
        told = theirs(place, apart, 3, permutations=0)
    alone = jacquez(x + hair, y, day + hair, 3, draws=9, seed=1)
    found = jacquez(x, y, day, 3, draws=99, seed=1)

    assert alone.value == told
    assert found.value == pytest.approx(12 + 1 / 3)
    assert 0.05 < found.p < 0.4


def test_the_mean_of_the_permutations_is_exact() -> None:
    chance = np.random.default_rng(2)
    x, y, day = chance.random(60) * 100, chance.random(60) * 100, chance.integers(0, 30, 60)
    found = [jacquez(x, y, chance.permutation(day), 3, draws=1, seed=1) for _ in range(200)]
    own = [
        modified_knox(x, y, chance.permutation(day), (20, 4), draws=1, seed=1) for _ in range(200)
    ]

    assert np.mean([one.value for one in found]) == pytest.approx(found[0].expected, rel=0.05)
    assert abs(np.mean([one.value for one in own])) < 0.6


def test_facts_that_follow_each_other_are_told_by_both() -> None:
    chance = np.random.default_rng(3)
    x, y, day = (np.repeat(chance.random(40) * 1_000, 2) for _ in range(3))
    x = x + chance.random(80)
    both = (
        modified_knox(x, y, day, (5.0, 1.0), draws=99, seed=1),
        jacquez(x, y, day, 1, draws=99, seed=1),
    )

    assert [one.p for one in both] == [0.01, 0.01]
    assert all(one.value > one.high for one in both)


@given(PLACES, st.integers(1, 4))
def test_each_has_its_k_nearest_whatever_the_order(rows: list[tuple[int, int]], k: int) -> None:
    place = np.array(rows, float)
    found = nearest(place, k).toarray()
    far = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    np.fill_diagonal(far, np.inf)
    reach = np.sort(far, axis=1)[:, min(k, len(rows) - 1) - 1]

    assert found.sum(axis=1) == pytest.approx(np.full(len(rows), min(k, len(rows) - 1)))
    assert (found[far < reach[:, None] - 1e-9] == 1).all()
    assert (found[far > reach[:, None] + 1e-9] == 0).all()
    turned = nearest(place[::-1], k).toarray()[::-1, ::-1]
    assert turned == pytest.approx(found)
