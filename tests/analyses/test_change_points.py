"""Changes of level: planted ones found where they are, none where there are none."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.change_points import ChangeParameters, run

EVE = date(2026, 1, 4)


def _series(means: np.ndarray, seed: int, scatter: float = 1.0):
    rng = np.random.default_rng(seed)
    drawn = means if scatter == 1 else rng.gamma(means / (scatter - 1), scatter - 1)
    at = []
    for step, many in enumerate(rng.poisson(drawn)):
        day = EVE + timedelta(days=step + 1)
        at += [us(day.year, day.month, day.day, 12)] * int(many)
    return facts(at), frame(EVE, EVE + timedelta(days=len(means) + 1))


def test_a_planted_change_is_found_where_it_is() -> None:
    table, when = _series(np.r_[np.full(90, 10.0), np.full(90, 16.0)], 1)
    found = run(table, ChangeParameters(), when)
    before, after = found.table.to_pylist()
    truth = EVE + timedelta(days=91)

    assert before["low"] < 10 < before["high"]
    assert after["low"] < 16 < after["high"]
    assert after["ratio_low"] < 1.6 < after["ratio_high"]
    assert after["earliest"] <= truth <= after["latest"]
    assert abs((after["first_day"] - truth).days) <= 5


def test_a_bump_has_two_edges() -> None:
    table, when = _series(np.r_[np.full(80, 8.0), np.full(30, 20.0), np.full(80, 8.0)], 2)

    assert run(table, ChangeParameters(), when).table.num_rows == 3


@pytest.mark.parametrize("scatter", [1.0, 2.5])
def test_none_is_found_in_series_without_one_but_at_the_rate_stated(scatter: float) -> None:
    """40 series of one level; at 5 %, more than 6 has probability 0.3 %."""
    alarms = 0
    for seed in range(40):
        table, when = _series(np.full(63, 6.0), seed, scatter)
        alarms += run(table, ChangeParameters(shortest=7), when).table.num_rows > 1

    assert alarms <= 6


def test_days_that_lean_on_their_neighbours_are_no_change() -> None:
    """30 series of 112 days whose scatter of 2.5 is shared by two days; 5 at most (P < 0.5 %)."""
    alarms = 0
    for seed in range(30):
        level = np.random.default_rng(seed).gamma(7 / 1.5, 1.5, 113)
        table, when = _series((level[1:] + level[:-1]) / 2, seed)
        alarms += run(table, ChangeParameters(), when).table.num_rows > 1

    assert alarms <= 5


def test_the_rhythm_of_the_week_is_no_change() -> None:
    table, when = _series(np.tile([4.0, 4, 4, 4, 6, 20, 20], 20), 4)

    assert run(table, ChangeParameters(shortest=2), when).table.num_rows == 1


def test_long_periods_are_counted_in_weeks() -> None:
    table, when = _series(np.r_[np.full(280, 3.0), np.full(280, 5.0)], 5)
    found = run(table, ChangeParameters(), when)

    assert found.table.num_rows == 2
    assert found.table["first_day"].to_pylist()[1].weekday() == 0
    assert "steps of 7" in found.notes[-1]["en"]


def test_an_uncertain_fact_counts_on_both_days() -> None:
    early = [us(2026, 1, 5, 21) + 24 * HOUR * step for step in range(40)]  # 22:00 to 02:00 local
    table = facts(early, [at + 4 * HOUR for at in early])
    (row,) = run(table, ChangeParameters(), frame(EVE, date(2026, 2, 13))).table.to_pylist()

    assert row["facts"] == pytest.approx(38.5)


def test_too_short_a_period_is_not_searched() -> None:
    found = run(facts([us(2026, 1, 6, 9)]), ChangeParameters(), frame(EVE, date(2026, 1, 12)))

    assert found.table.num_rows == 0
    assert "no change was looked for" in found.notes[0]["en"]
