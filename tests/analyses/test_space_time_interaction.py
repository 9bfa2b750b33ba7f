"""Four tests of interaction side by side: told when planted, quiet when not.

The numbers of pointpats are in ``tests/analyse/test_interaction.py`` and ``test_pairs.py``.
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.analyses.facts_table import HOUR, at_metres, facts, frame, us

from vigie.analyse.points import READS
from vigie.analyses import space_time_interaction
from vigie.analyses.space_time_interaction import InteractionParameters, run

FRAME = frame(date(2026, 3, 2), date(2026, 6, 2))
PARAMS = InteractionParameters(near_m=100, near_days=2, draws=199)


def _pairs(seed: int, apart_days: int) -> pa.Table:
    chance = np.random.default_rng(seed)
    x, y = (np.repeat(chance.random(60) * 1_500, 2) + chance.random(120) * 20 for _ in range(2))
    day = np.repeat(chance.integers(0, 60, 60), 2)
    day[1::2] += chance.integers(0, apart_days, 60)
    return at_metres(x, y, day)


def test_what_repeats_is_told_by_all_four() -> None:
    rows = {row["test"]: row for row in run(_pairs(1, 2), PARAMS, FRAME).table.to_pylist()}

    assert list(rows) == ["knox", "modified_knox", "jacquez", "mantel"]
    assert all(row["q"] <= 0.05 for row in rows.values())
    assert rows["knox"]["value"] == rows["knox"]["pairs"] > rows["knox"]["high"]


def test_days_dealt_out_anew_are_seldom_told() -> None:
    """20 cities at 5 %: more than 4 with any test told has probability under 1 %."""
    told = 0
    for seed in range(20):
        rows = run(_pairs(seed, 90), PARAMS, FRAME).table["q"].to_pylist()
        told += any(q <= 0.05 for q in rows)

    assert told <= 4


def test_of_too_many_facts_nothing_is_told_and_mantel_wants_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(space_time_interaction, "MANTEL_AT_MOST", 100)
    few = run(_pairs(1, 2), PARAMS, FRAME)
    monkeypatch.setattr(space_time_interaction, "MOST_FACTS", 100)

    assert few.table.num_rows == 3
    assert "Mantel" in few.notes[-1]["en"]
    many = run(_pairs(1, 2), PARAMS, FRAME)
    assert many.table.num_rows == 0
    assert many.base == few.base
    assert "Too many facts: 100 at most" in many.notes[-1]["en"]


def test_a_fact_of_uncertain_day_is_left_out() -> None:
    at = us(2026, 3, 2, 17)
    found = run(facts([at] * 5, [at] * 4 + [at + 40 * HOUR]).select(list(READS)), PARAMS, FRAME)

    assert found.base == 4
    assert "1 facts of too uncertain" in found.notes[0]["en"]
