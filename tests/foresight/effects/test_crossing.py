"""Kind x ring x hours: small counts cannot be solved for, and effects stand where they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.foresight.effects.small_city import PEOPLE, PER_10K, SPREAD_M, City

from vigie.foresight.effects.crossing import withheld_cells
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.telling import Teller, together

SHAPE = (2, 3, 3)
LEAST = 5
SOLVED = 4
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
COUNTS = st.lists(st.integers(0, 14), min_size=18, max_size=18)
NONE = [np.zeros(size, bool) for size in SHAPE]


def _widths(counts: Ints, hidden: Bools, closed: list[Bools]) -> list[int]:
    """What one who solves the table is left with of the smallest counts: most less least.

    Whole numbers, by integer programming.
    """
    index = np.arange(counts.size).reshape(counts.shape)
    sums = [np.ones(counts.size)]
    for axis, lines in enumerate(closed):
        for line in np.flatnonzero(~lines):
            row = np.zeros(counts.size)
            row[index.take(line, axis).ravel()] = 1.0
            sums.append(row)
    rows, values = np.array(sums), counts.ravel()
    told = LinearConstraint(rows, rows @ values, rows @ values)
    flat = hidden.ravel()
    least = np.where(flat, 0, values)
    most = np.where(flat, values.sum(), values)
    found = []
    whole = np.ones(counts.size, np.int64)
    cells = np.flatnonzero(flat & (values > 0) & (values < LEAST))
    for cell in cells[np.argsort(values[cells], kind="stable")][:SOLVED]:
        aim = np.zeros(counts.size)
        aim[cell] = 1.0
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim, constraints=told, bounds=Bounds(least, most), integrality=whole
            ).x
            assert solved is not None
            ends.append(float(solved[cell]))
        found.append(round(ends[1] - ends[0]))
    return found


@settings(max_examples=12)
@given(COUNTS, st.booleans())
def test_no_withheld_count_can_be_solved_for(values: list[int], two_shut: bool) -> None:
    counts = np.array(values, np.int64).reshape(SHAPE)
    closed = [lines.copy() for lines in NONE]
    closed[1][1:] = two_shut
    hidden = withheld_cells(counts, LEAST, closed)
    assume(hidden is not None)
    assert hidden is not None
    assert hidden[counts < LEAST].all()
    assert hidden[:, closed[1]].all()
    assert all(width >= LEAST for width in _widths(counts, hidden, closed))


def test_small_counts_alone_could_be_solved_for() -> None:
    counts = np.full(SHAPE, 20, np.int64)
    counts[0, 0, 0] = 2
    small = counts < LEAST
    assert _widths(counts, small, NONE) == [0]
    hidden = withheld_cells(counts, LEAST, NONE)
    assert hidden is not None
    assert hidden.sum() == 4
    assert min(_widths(counts, hidden, NONE)) >= LEAST


def test_rare_kinds_beside_a_frequent_one_leave_it_told() -> None:
    chance = np.random.default_rng(3)
    counts = chance.poisson(0.8, (8, 3, 5))
    counts[0] = chance.poisson(15.0, (3, 5))
    hidden = withheld_cells(counts, LEAST, [np.zeros(size, bool) for size in counts.shape])
    assert hidden is not None
    assert (~hidden[0]).sum() >= 10
    assert hidden[1:].all()


def test_where_nothing_can_hide_a_small_count_no_cell_is_told() -> None:
    counts = np.zeros(SHAPE, np.int64)
    counts[0, 0, 0], counts[1, 1, 1] = 3, 40
    assert withheld_cells(counts, LEAST, NONE) is None


def test_who_may_see_all_sees_all_and_large_counts_hide_nothing() -> None:
    few = np.ones(SHAPE, np.int64)
    for counts, least in ((few, 0), (few * 9, LEAST)):
        hidden = withheld_cells(counts, least, NONE)
        assert hidden is not None
        assert not hidden.any()


@pytest.fixture(scope="module")
def matches(fitted: tuple[City, EffectModel]) -> tuple[Teller, int]:
    """What tells of all matches of the small city to who may see all, and how many there are."""
    model = fitted[1]
    events = [one for one in model.past if one.occasion.kind.endswith("match")]
    expected = together([model.surroundings(one, one.occasion) for one in events])
    observed = np.sum([one.observed for one in events], axis=0)
    lines = {
        name: [[one] for one in range(size)]
        for name, size in zip(("kinds", "rings", "hours"), observed.shape, strict=True)
    }
    return Teller(expected, observed, 0, lines), len(events)


def test_the_crossed_table_finds_the_planted_effect_in_its_kind_ring_and_hours(
    matches: tuple[Teller, int],
) -> None:
    teller, events = matches
    crossed = teller.crossed([[at, at + 1] for at in range(0, 10, 2)], 3)
    assert crossed is not None
    table = crossed.cells
    within = 1.0 - np.exp(-0.5 * (np.array([0.0, 500.0, 1_000.0, 2_000.0]) / SPREAD_M) ** 2)
    when = np.array([0.0, 0.4, 0.4, 0.2, 0.0])  # two hours before the start to three after it
    far, none = [], []
    for rate, rows in zip(PER_10K["event.sport.match"], table, strict=True):
        truth = events * rate * PEOPLE / 10_000 * np.diff(within)[:, None] * when[None]
        for row, brought in zip(rows, truth, strict=True):
            for cell, true in zip(row, brought, strict=True):
                assert cell.excess is not None
                off = cell.excess.mean - true
                far.append(abs(off) / np.sqrt(cell.without.mean + true + 1.0))
                if true < 0.5:
                    none.append(cell.excess.low80 <= 0.0 <= cell.excess.high80)
    assert max(far) < 4.0
    assert np.mean(np.array(far) < 1.28) > 0.7
    assert np.mean(none) > 0.7
    first = table[0][0][2]
    assert first.excess is not None
    assert first.excess.low80 > 100


def test_crossed_counts_sum_to_the_total(matches: tuple[Teller, int]) -> None:
    teller = matches[0]
    crossed = teller.crossed([list(range(20))], 1)
    assert crossed is not None
    table = crossed.cells
    assert (crossed.apart, len(table)) == ((0,), 2)
    counts = [cell.observed or 0 for rows in table for row in rows for cell in row]
    assert sum(counts) == teller.whole().observed
    means = [cell.without.mean for rows in table for row in rows for cell in row]
    assert sum(means) == pytest.approx(teller.whole().foreseen.without.mean, rel=1e-6)
