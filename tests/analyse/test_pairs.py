"""Knox and Mantel: other people's numbers, and pairs counted one by one."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from tests.analyse.other_people import burkitt

from vigie.analyse import pairs as pairs_module
from vigie.analyse.pairs import close_pairs, knox, mantel, tabulate, time_pairs
from vigie.base.errors import WrongUsage

POINTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 12)), max_size=25
)


def test_knox_and_mantel_on_burkitt_are_those_of_pointpats() -> None:
    """T6: 13 pairs, 10.1438161 expected, P(X > 13) = 0.14624558, r = 0.048368.

    pointpats' docstrings (Knox, ``mantel``); P is there the Poisson tail above the count seen.
    """
    x, y, day = burkitt()
    close = close_pairs(x, y, [20.0])
    found = knox(close, day, [5], draws=99, seed=1)
    r, p = mantel(x, y, day, draws=99, seed=1)

    assert found.observed.item() == 13
    assert found.expected.item() == pytest.approx(10.1438161, abs=1e-6)
    assert poisson.sf(13, found.expected.item()) == pytest.approx(0.14624558197, abs=1e-9)
    assert 0.1 < found.p.item() < 0.45
    assert r == pytest.approx(0.048368, abs=1e-6)
    assert p < 0.05


@pytest.mark.shared
def test_arson_in_chicago_as_the_near_repeat_calculator_counts_it(shared_dir) -> None:
    """T5b: the counts of NRC 1.3 in every band, and its ratios within its own 99 draws.

    Its distances are those around blocks; in a straight line it would be 11, 7 and 1 pairs.
    NRC's "0 to 1, 2 to 2, 3 to 3" are differences of 0, 1 and 2 days. Its ratio in the first band
    (74.25) rests on a mean of 99 shuffles, 0.121; the exact mean of all shuffles is 0.170.
    """
    with (shared_dir / "data/reference_space_time/chicago_arson.csv").open() as file:
        rows = list(csv.reader(file))
    x, y = (np.array([float(row[n]) for row in rows]) for n in (0, 1))
    day = np.array([row[2] for row in rows], "datetime64[D]").astype(np.int64)
    found = knox(
        close_pairs(x, y, [0.01, 200, 400, 600], blocks=True), day, [0, 1, 2], draws=99, seed=1
    )
    theirs = np.array([[0, 2, 0], [9, 1, 1], [4, 0, 0], [6, 0, 0]])
    ratios = {(1, 0): 74.25, (2, 0): 11.647, (3, 0): 7.714, (1, 1): 3.667, (1, 2): 3.96}

    assert len(rows) == 522
    assert found.observed.tolist() == theirs.tolist()
    for band, ratio in ratios.items():
        mean = theirs[band] / ratio
        assert abs(mean - found.expected[band]) < 3.5 * np.sqrt(found.expected[band] / 99)
    assert [found.p[band] for band in ((1, 0), (2, 0), (3, 0))] == [0.01] * 3
    assert found.p[1, 1] > 0.05


@given(POINTS, st.integers(1, 30), st.sampled_from([1, 3, 4_000]))
def test_pairs_are_those_counted_one_by_one(
    rows: list[tuple[int, int, int]], step: int, strip: int
) -> None:
    x, y, day = (np.array([row[n] for row in rows], float) for n in range(3))
    metres, days = [0.5, float(step), 2.0 * step], [0, 3, 6]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs_module, "_AT_ONCE", strip)
        close = close_pairs(x, y, metres)
    expected = np.zeros((3, 3), int)
    for one in range(len(rows)):
        for other in range(one):
            band = np.searchsorted(metres, np.hypot(x[one] - x[other], y[one] - y[other]))
            gap = np.searchsorted(days, abs(day[one] - day[other]))
            if band < 3 and gap < 3:
                expected[band, gap] += 1

    assert tabulate(close, day.astype(np.int16)[:, None], days)[0].tolist() == expected.tolist()
    gaps = np.abs(day[:, None] - day[None])[np.triu_indices(len(rows), 1)]
    assert time_pairs(day.astype(np.int64), days).sum() == (gaps <= 6).sum()


def test_the_exact_mean_is_where_the_draws_go() -> None:
    chance = np.random.default_rng(3)
    x, y, day = chance.random(200) * 900, chance.random(200) * 900, chance.integers(0, 40, 200)
    close = close_pairs(x, y, [100.0, 200.0])
    shuffled = np.stack([chance.permutation(day) for _ in range(400)], axis=1)
    drawn = tabulate(close, shuffled, [2, 5])
    found = knox(close, day, [2, 5], draws=99, seed=1)

    assert np.mean(drawn, axis=0) == pytest.approx(found.expected, rel=0.05)


@pytest.mark.parametrize("factor", [1, 4_000], ids=["narrow", "beyond_16_bits"])
def test_draws_told_together_are_those_told_one_by_one(monkeypatch, factor: int) -> None:
    """99 draws in parts of 50, 1,900 pairs in blocks that a group does not divide."""
    monkeypatch.setattr(pairs_module, "_BLOCK", 1_000)
    chance = np.random.default_rng(5)
    x, y, day = chance.random(150) * 900, chance.random(150) * 900, chance.integers(0, 40, 150)
    close, edges = close_pairs(x, y, [150.0, 300.0]), [2 * factor, 9 * factor]
    found = knox(close, day * factor, edges, draws=99, seed=4)
    alone = []
    for one in range(99):
        days = np.random.default_rng([4, one]).permutation(day * factor)
        apart = np.abs(days[close.first] - days[close.second])
        band = np.repeat([0, 1], close.counts())
        alone.append(
            [[np.sum((band == row) & (apart <= edges[0])),
              np.sum((band == row) & (apart > edges[0]) & (apart <= edges[1]))] for row in (0, 1)]
        )  # fmt: skip

    assert close.counts().min() > 256
    assert close.edges[-1] % 128 != 0
    assert found.low.tolist() == np.quantile(alone, 0.025, axis=0).tolist()
    assert found.high.tolist() == np.quantile(alone, 0.975, axis=0).tolist()
    assert found.p == pytest.approx((1 + (alone >= found.observed).sum(axis=0)) / 100)


def test_the_same_seed_gives_the_same_answer_and_more_draws_begin_alike() -> None:
    x, y, day = burkitt()
    close = close_pairs(x, y, [20.0])
    first = knox(close, day, [5], draws=99, seed=4)

    assert knox(close, day, [5], draws=99, seed=4).p == first.p


@pytest.mark.parametrize("strip", [1, 4, 4_000])
def test_too_many_pairs_are_refused_before_they_are_held(monkeypatch, strip: int) -> None:
    monkeypatch.setattr(pairs_module, "_AT_ONCE", strip)
    monkeypatch.setattr(pairs_module, "MOST_PAIRS", 14)
    with pytest.raises(WrongUsage, match="pairs"):
        close_pairs(np.zeros(6), np.zeros(6), [5.0])
    monkeypatch.setattr(pairs_module, "MOST_PAIRS", 15)
    assert close_pairs(np.zeros(6), np.zeros(6), [5.0]).counts().tolist() == [15]


def test_without_two_times_there_is_no_correlation() -> None:
    r, p = mantel(np.arange(4.0), np.arange(4.0), np.zeros(4, np.int64), draws=99, seed=1)

    assert np.isnan(r)
    assert p == 1.0
