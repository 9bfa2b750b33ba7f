"""Gi, Gi* and Moran: the numbers of PySAL, and p-values that hold on few and uneven counts."""

import warnings
from itertools import permutations

import numpy as np
import pytest
from scipy import sparse, stats

from vigie.analyse.association import general_g, getis_ord, local_moran, moran
from vigie.analyse.pearson import MANY, pearson_tails, tails_of_one
from vigie.analyse.weights import row_standardised, within

X = np.array([10.0, 20, 40, 15, 30, 30])
Y = np.array([10.0, 10, 10, 20, 20, 30])
VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def _pysal(weights: str, table: str, column: str) -> tuple[np.ndarray, sparse.csr_array]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal import examples, io

        found = io.open(examples.get_path(weights))
        w = found.read()
        found.close()
        rows = io.open(examples.get_path(table))
        values = np.array(rows.by_col(column), float)
        rows.close()
    return values, row_standardised(sparse.csr_array(w.sparse))


def test_gi_and_gi_star_are_those_of_esda() -> None:
    """T7: esda's ``test_getisord.py``: six points, band 15.

    For rows that sum to 1 esda has -0.62074534: it keeps the variance of weights 0 and 1. A z must
    not move when all weights of a row are divided by one number (Getis and Ord 1995).
    """
    near, with_itself = within(X, Y, 15.0), within(X, Y, 15.0, itself=True)

    assert getis_ord(VALUES, near, star=False).z[0] == pytest.approx(-1.0136729, abs=1e-7)
    rows = getis_ord(VALUES, row_standardised(near), star=False)
    assert rows.z[0] == pytest.approx(-1.0136729, abs=1e-7)
    assert getis_ord(VALUES, with_itself).z[0] == pytest.approx(-1.39727626, abs=1e-7)


@pytest.mark.parametrize("whole", [True, False], ids=["counts", "amounts"])
def test_gi_star_of_many_places_is_that_of_esda(whole: bool) -> None:
    """To 1e-9, on scattered places with 1 to some 20 neighbours; counts are reckoned once each."""
    from esda import G_Local
    from libpysal.graph import Graph

    chance = np.random.default_rng(5)
    x, y = chance.random((2, 900)) * 30
    values = chance.poisson(1.5, 900) * 1.0 if whole else chance.gamma(0.7, 2.0, 900)
    near = within(x, y, 1.8, itself=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = G_Local(
            values, Graph.from_sparse(near), transform="B", star=None, permutations=0
        ).Zs
    ours = getis_ord(values, near)

    assert ours.z == pytest.approx(np.asarray(theirs), abs=1e-9)
    assert len(np.unique(np.diff(near.indptr))) > 10


def test_places_alike_are_told_as_each_place_alone() -> None:
    """What whole numbers let reckon once is the same as with weights that do not let it."""
    chance = np.random.default_rng(6)
    x, y = chance.random((2, 400)) * 20
    values = np.floor(chance.gamma(0.3, 4.0, 400)) - 2.0
    near = within(x, y, 2.0, itself=True)
    once, each = getis_ord(values, near), getis_ord(values, near * 2.0)

    assert once.z == pytest.approx(each.z, abs=1e-12)
    assert once.p == pytest.approx(each.p, abs=1e-12)


@pytest.mark.parametrize("skewness", [-1.2, -0.2, 0.0, 0.2, 1.2])
def test_both_tails_are_those_of_scipy(skewness: float) -> None:
    z = np.linspace(-6.0, 6.0, 41)
    upper, lower = pearson_tails(z, np.full(41, skewness))

    assert upper == pytest.approx(stats.pearson3.sf(z, skewness), rel=1e-9, abs=1e-15)
    assert lower == pytest.approx(stats.pearson3.cdf(z, skewness), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("skewness", [-1.2, -0.02, 0.0, 0.3, 0.8, 2.5])
def test_a_table_of_tails_tells_what_each_alone_tells(skewness: float) -> None:
    """To 1e-10 of each, for as many as make a table; the lowest sum there can be is among them."""
    chance = np.random.default_rng(4)
    z = np.concatenate([chance.normal(0, 2, MANY), chance.gamma(2.0, 6.0, 500)])
    if skewness:
        z = np.append(z * np.sign(skewness), -2.0 / skewness * np.array([1.0, 0.999]))
    once = tails_of_one(z, skewness)
    for of_table, alone in zip(once, pearson_tails(z, np.full(len(z), skewness)), strict=True):
        assert of_table == pytest.approx(alone, rel=1e-10, abs=1e-15)


def test_amounts_on_many_cells_are_told_as_each_alone() -> None:
    """Cells with as many neighbours share one table; weights of 2 do not let it."""
    side = 160
    x, y = (axis.ravel() * 1.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    values = np.random.default_rng(7).gamma(0.7, 2.0, side * side)
    near = within(x, y, 1.5, itself=True)
    once, each = getis_ord(values, near), getis_ord(values, near * 2.0)

    assert once.z == pytest.approx(each.z, abs=1e-11)
    assert once.p == pytest.approx(each.p, rel=1e-9)


def test_the_g_of_the_whole_is_that_of_esda() -> None:
    """T7: esda's ``test_getisord.py``: G 0.55709779, p 0.1729; without values there is none."""
    found = general_g(VALUES, within(X, Y, 15.0))

    assert found.value == pytest.approx(0.55709779, abs=1e-8)
    assert found.p == pytest.approx(0.172936, abs=1e-6)
    assert np.isnan(general_g(np.zeros(6), within(X, Y, 15.0)).value)


def test_the_g_of_the_whole_has_the_moments_of_all_dealings() -> None:
    """Mean and deviation over all 720 dealings of six values."""
    near = within(X, Y, 15.0)
    dealt = [general_g(VALUES[list(one)], near).value for one in permutations(range(6))]
    found = general_g(VALUES, near)

    assert (found.value - np.mean(dealt)) / np.std(dealt) == pytest.approx(found.z)


@pytest.mark.parametrize(
    ("files", "value", "p"),
    [
        (("stl.gal", "stl_hom.txt", "HR8893"), 0.243655826, 0.000135739),
        (("sids2.gal", "sids2.dbf", "SIDR74"), 0.247725193, 5.7917e-05),
    ],
)
def test_moran_is_that_of_esda(files: tuple[str, str, str], value: float, p: float) -> None:
    """T8: esda's ``test_moran.py``, one-sided under normality."""
    found = moran(*_pysal(*files))

    assert found.value == pytest.approx(value, abs=1e-8)
    assert found.p == pytest.approx(p, rel=1e-4)


def test_local_values_are_those_of_esda() -> None:
    from esda import Moran_Local
    from libpysal.weights import WSP

    values, weights = _pysal("sids2.gal", "sids2.dbf", "SIDR74")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Moran_Local(
            values, WSP(sparse.csr_matrix(weights)).to_W(), permutations=9_999, seed=1, n_jobs=1
        )
    ours = local_moran(values, weights)
    one_sided = ours.p / 2

    assert ours.value == pytest.approx(theirs.Is, abs=1e-9)
    assert np.abs(one_sided - theirs.p_sim).max() < 0.03


def test_p_holds_on_few_and_uneven_counts() -> None:
    """Against 20,000 dealings of counts of which most are 0: the normal tail is far too small."""
    chance = np.random.default_rng(4)
    x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
    values = chance.poisson(chance.gamma(0.15, 4.0, 400)).astype(float)
    near = within(x.ravel(), y.ravel(), 1.5, itself=True)
    found = getis_ord(values, near)
    high = int(np.argsort(-found.z)[4])
    count = int(near.indptr[high + 1] - near.indptr[high])
    dealt = np.array([chance.permutation(values)[:count].sum() for _ in range(20_000)])
    exact = (dealt >= (near @ values)[high]).mean()

    assert found.p[high] / 2 == pytest.approx(exact, rel=0.35)


def test_nothing_where_nothing_differs_or_nobody_is_near() -> None:
    same = getis_ord(np.ones(6), within(X, Y, 15.0, itself=True))
    alone = local_moran(VALUES, row_standardised(within(X, Y, 1.0)))

    assert np.isnan(same.p).all()
    assert np.isnan(alone.value).all()
    assert np.isnan(moran(np.ones(6), within(X, Y, 15.0)).value)
    assert len(getis_ord(np.empty(0), within(X[:0], Y[:0], 1.0)).z) == 0


@pytest.mark.parametrize("star", [True, False])
def test_five_in_a_hundred_places_are_below_five_in_a_hundred(star: bool) -> None:
    chance = np.random.default_rng(9)
    x, y = np.meshgrid(np.arange(25.0), np.arange(25.0))
    near = within(x.ravel(), y.ravel(), 1.5, itself=star)
    low = [
        (getis_ord(chance.poisson(2.0, 625).astype(float), near, star=star).p < 0.05).mean()
        for _ in range(40)
    ]

    assert 0.035 < np.mean(low) < 0.06


def test_a_surrounding_of_zeros_is_not_below_the_chance_of_dealing_zeros() -> None:
    """Most counts are 0, a few are high: seven zeros together are common, whatever z says."""
    x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
    values = np.zeros(400)
    values[::8] = 40.0
    near = within(x.ravel(), y.ravel(), 1.0, itself=True)
    found = getis_ord(values, near)
    empty = np.asarray(near @ values) == 0
    inner = empty & (np.diff(near.indptr) == 5)
    dealt = np.prod([(350 - n) / (400 - n) for n in range(5)])

    assert inner.any()
    assert found.p[inner].min() >= 2 * dealt - 1e-9 or found.p[inner].min() == 1.0
