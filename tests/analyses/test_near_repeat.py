"""Near repeats: planted ones found, none where there are none, uncertain times left out.

The numbers of pointpats and of the Near Repeat Calculator are in ``tests/analyse/test_pairs.py``.
"""

from datetime import date

import numpy as np
import pyarrow as pa
from tests.analyses.facts_table import at_metres, facts, frame, us

from vigie.analyses.near_repeat import NearRepeatParameters, run

FRAME = frame(date(2026, 3, 2), date(2026, 8, 30))
PARAMS = NearRepeatParameters()


def _null(chance: np.random.Generator, count: int = 300) -> tuple[np.ndarray, ...]:
    return (
        chance.random(count) * 1_600,
        chance.random(count) * 1_100,
        chance.integers(0, 180, count),
    )


def test_two_facts_by_hand() -> None:
    """150 m and 3 days apart: one pair, in the second band of distance and the first of time."""
    rows = run(at_metres([0, 150], [0, 0], [0, 3]), PARAMS, FRAME).table.to_pylist()
    found = [row for row in rows if row["pairs"]]

    assert [(r["from_m"], r["to_m"], r["from_days"], r["to_days"]) for r in found] == [
        (100.0, 200.0, 0, 6)
    ]
    assert found[0]["expected"] == 1.0
    assert found[0]["p"] == 1.0


def test_planted_repeats_are_found_and_where_they_end_too() -> None:
    chance = np.random.default_rng(8)
    x, y, day = _null(chance)
    x2, y2 = x[:90] + chance.normal(0, 30, 90), y[:90] + chance.normal(0, 30, 90)
    table = at_metres(
        np.concatenate([x, x2]),
        np.concatenate([y, y2]),
        np.concatenate([day, day[:90] + chance.integers(0, 5, 90)]),
    )
    rows = run(table, PARAMS, FRAME).table.to_pylist()
    bands = {(row["to_m"], row["to_days"]): row for row in rows}

    assert bands[100.0, 6]["q"] < 0.05
    assert bands[100.0, 6]["ratio"] > 1.5
    assert bands[100.0, 6]["pairs"] > bands[100.0, 6]["high"]
    assert all(bands[400.0, days]["q"] > 0.05 for days in (6, 13, 20, 27))


def test_without_repeats_bands_stay_within_their_draws() -> None:
    chance = np.random.default_rng(21)
    p = [
        row["p"]
        for _ in range(6)
        for row in run(
            at_metres(*_null(chance, 150)), NearRepeatParameters(draws=99), FRAME
        ).table.to_pylist()
        if row["to_m"] > 0
    ]

    assert 0.3 < np.mean(p) < 0.8
    assert np.mean(np.array(p) <= 0.05) < 0.15


def test_too_uncertain_facts_are_told() -> None:
    at = us(2026, 3, 3)
    table = pa.concat_tables([facts([at] * 2), facts([at], [at + 100 * 3_600_000_000])])
    found = run(table, PARAMS, FRAME)

    assert found.base == 2
    assert any("1 facts of too uncertain" in note["en"] for note in found.notes)
