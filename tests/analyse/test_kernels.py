"""Kernel densities: a rate that is even is told even, also at the edge, and widths that fit."""

import numpy as np
import pytest
from sklearn.neighbors import KernelDensity

from vigie.analyse import kernels
from vigie.analyse.kernels import choose_bandwidth, kernel_matrix, left_out_score, smooth
from vigie.base.errors import WrongUsage

X, Y = (axis.ravel() for axis in np.meshgrid(np.arange(40) * 100.0, np.arange(40) * 100.0))
AREA = 10_000.0


def test_in_the_middle_it_is_the_density_of_scikit_learn() -> None:
    """Facts at the centres of cells, four bandwidths from the edge; theirs is not cut at three."""
    chance = np.random.default_rng(1)
    counts = np.zeros(1600)
    middle = np.flatnonzero((np.abs(X - 2_000) < 700) & (np.abs(Y - 2_000) < 700))
    np.add.at(counts, chance.choice(middle, 50), 1)
    found = smooth(counts, kernel_matrix(X, Y, 300.0), AREA)
    theirs = KernelDensity(bandwidth=300.0).fit(
        np.repeat(np.column_stack([X, Y]), counts.astype(int), axis=0)
    )
    near = np.flatnonzero((np.abs(X - 2_000) < 300) & (np.abs(Y - 2_000) < 300))
    density = 50 * np.exp(theirs.score_samples(np.column_stack([X, Y])[near]))

    assert found.value[near] == pytest.approx(density, rel=0.03)


def test_an_even_rate_is_told_even_to_the_edge() -> None:
    found = smooth(np.full(1600, 3.0), kernel_matrix(X, Y, 250.0), AREA)

    assert found.value == pytest.approx(3.0 / AREA)


def test_the_interval_of_an_even_rate_holds_it_as_often_as_said() -> None:
    chance = np.random.default_rng(2)
    kernel = kernel_matrix(X, Y, 250.0)
    inside = []
    for _ in range(60):
        found = smooth(chance.poisson(2.0, 1600).astype(float), kernel, AREA)
        inside.append(np.abs(found.value - 2.0 / AREA) < 1.96 * found.error)

    assert 0.92 < np.mean(inside) < 0.97


def test_one_fact_rests_on_one_fact() -> None:
    counts = np.zeros(1600)
    counts[820] = 1
    found = smooth(counts, kernel_matrix(X, Y, 250.0), AREA)

    assert found.facts[820] == pytest.approx(1)
    assert found.facts[0] == 0


@pytest.mark.parametrize(("spread", "chosen"), [(150.0, {200.0, 300.0}), (800.0, {450.0, 700.0})])
def test_the_width_chosen_follows_the_ground(spread: float, chosen: set[float]) -> None:
    chance = np.random.default_rng(3)
    x, y = chance.normal(2_000, spread, 400), chance.normal(2_000, spread, 400)
    counts = np.zeros(1600)
    index = np.clip(np.rint(y / 100), 0, 39) * 40 + np.clip(np.rint(x / 100), 0, 39)
    np.add.at(counts, index.astype(int), 1)
    best, scores = choose_bandwidth(X, Y, counts, AREA, [200, 300, 450, 700, 1_000])

    assert best in chosen
    assert scores[best] == max(scores.values())


def test_one_fact_judges_no_width_and_too_many_cells_are_refused(monkeypatch) -> None:
    counts = np.zeros(1600)
    counts[3] = 1

    assert np.isnan(left_out_score(counts, kernel_matrix(X, Y, 200.0), AREA))
    assert choose_bandwidth(X, Y, counts, AREA, [200, 300]) == (300, {})
    monkeypatch.setattr(kernels, "MOST_PAIRS", 10)
    with pytest.raises(WrongUsage):
        kernel_matrix(X, Y, 200.0)
