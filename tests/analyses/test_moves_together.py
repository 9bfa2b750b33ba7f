"""What moves together: a planted lag is found, a common week or season alone is not."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.moves_together import TogetherParameters, run

EVE, DAYS = date(2025, 1, 5), 240
CITY = frame(EVE, EVE + timedelta(days=DAYS + 1))
RHYTHM = np.array([1, 1, 1, 1, 1.3, 2, 1.6])


def _table(counts: dict[str, np.ndarray]) -> pa.Table:
    early, source = [], []
    for name, many in counts.items():
        day = np.repeat(np.arange(DAYS), many)
        early += (us(2025, 1, 6, 12) + 24 * HOUR * day).tolist()
        source += [name] * len(day)
    table = facts(early)
    place = table.schema.get_field_index("source")
    return table.set_column(place, "source", pa.array(source, pa.string()))


def _means(rng: np.random.Generator, memory: float = 0.7) -> np.ndarray:
    """A level with a season, a week and a memory of its own."""
    state, steps = np.zeros(DAYS), rng.normal(0, 0.25, DAYS)
    for day in range(1, DAYS):
        state[day] = memory * state[day - 1] + steps[day]
    season = 0.3 * np.sin(np.arange(DAYS) * 2 * np.pi / 365)
    return 12 * np.resize(RHYTHM, DAYS) * np.exp(season + state)


def test_a_series_that_follows_another_by_two_days_is_found_with_its_order() -> None:
    rng = np.random.default_rng(2)
    lead, alone = _means(rng), _means(rng)
    counts = {
        "lead": rng.poisson(lead),
        "tail": rng.poisson(np.resize(RHYTHM, DAYS) * np.roll(lead / np.resize(RHYTHM, DAYS), 2)),
        "alone": rng.poisson(alone),
    }
    found = run(_table(counts), TogetherParameters(permutations=199), CITY)
    rows = found.table.to_pylist()

    assert [(row["first"], row["second"], row["lag"]) for row in rows] == [
        ("lead", "tail", 2),
        ("tail", "lead", -2),
    ]
    assert 0.2 < rows[0]["low"] < rows[0]["r"] < rows[0]["high"]
    assert "3 pairs tried" in found.notes[-1]["en"]


def test_series_with_one_week_one_season_and_memory_of_their_own_are_not_bound() -> None:
    """60 cities of three such series; at 5 %, more than 8 with any pair has probability 0.2 %."""
    false = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        counts = {name: rng.poisson(_means(rng)) for name in ("a", "b", "c")}
        params = TogetherParameters(permutations=199, most_lag=3)
        false += run(_table(counts), params, CITY).table.num_rows > 0

    assert false <= 8


def test_what_only_a_busy_city_binds_falls_apart_relative_to_activity() -> None:
    rng = np.random.default_rng(5)
    busy = _means(rng, 0.2)
    counts = {name: rng.poisson(busy) for name in ("a", "b", "c", "d")}
    together, apart = (
        run(_table(counts), TogetherParameters(permutations=999, per_total=own), CITY)
        for own in (False, True)
    )

    assert together.table.num_rows == 12
    assert max(apart.table["r"].to_pylist()) < 0.5 * min(together.table["r"].to_pylist())


def test_an_uncertain_fact_counts_on_the_days_it_may_have_happened() -> None:
    """Both series lose the ends of the period alike: no bond is made of that."""
    rng = np.random.default_rng(8)
    table = _table({"a": rng.poisson(4, DAYS), "b": rng.poisson(4, DAYS)})
    late = pa.array([at + 24 * HOUR for at in table["earliest_us"].to_pylist()])
    spread = table.set_column(table.schema.get_field_index("latest_us"), "latest_us", late)
    found = run(spread, TogetherParameters(permutations=199), CITY)

    assert found.base == table.num_rows
    assert found.table.num_rows == 0


def test_too_short_a_period_says_so() -> None:
    found = run(
        _table({"a": np.ones(DAYS, int)}), TogetherParameters(), frame(EVE, date(2025, 2, 1))
    )

    assert found.table.num_rows == 0
    assert "112 whole days" in found.notes[-1]["en"]
