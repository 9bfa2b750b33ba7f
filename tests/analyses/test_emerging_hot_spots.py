"""Emerging hot spots: each class by hand, a planted new spot and a lasting one told apart."""

from datetime import date

import numpy as np
import pytest
from tests.analyses.facts_table import at_metres, frame

from vigie.analyses.emerging_hot_spots import EmergingParameters, describe, run
from vigie.base.errors import WrongUsage
from vigie.geo.cells import cell_center
from vigie.geo.distance import haversine_m

FRAME = frame(date(2026, 3, 2), date(2026, 7, 1))
PARAMS = EmergingParameters(zoning="halves", resolution=10, band_m=150, step_days=15)
_ = False
X = True


@pytest.mark.parametrize(
    ("hot", "cold", "rising", "name"),
    [
        ([_, _, _, _, X], [_] * 5, 0, "new_hot"),
        ([_, _, X, X, X], [_] * 5, 0, "consecutive_hot"),
        ([X, _, X, _, X], [_] * 5, 0, "sporadic_hot"),
        ([X, _, X, _, X], [_, X, _, _, _], 0, "oscillating_hot"),
        ([X] * 5, [_] * 5, 0, "persistent_hot"),
        ([X] * 5, [_] * 5, 1, "intensifying_hot"),
        ([X] * 5, [_] * 5, -1, "diminishing_hot"),
        ([X] * 19 + [_], [_] * 20, 0, "historical_hot"),
        ([X, X, _, _, _], [_] * 5, 0, "none"),
        ([_] * 5, [X] * 5, -1, "intensifying_cold"),
        ([X, _, _, _, _], [_, _, _, _, X], 0, "new_cold"),
        ([_] * 5, [_] * 5, 1, "none"),
    ],
)
def test_each_class_by_hand(hot: list, cold: list, rising: int, name: str) -> None:
    """The definitions of Esri's Emerging Hot Spot Analysis."""
    assert describe(np.array(hot), np.array(cold), float(rising)) == name


def _near(row: dict, x: float, y: float) -> bool:
    lon, lat = cell_center(int(row["cell"], 16))
    return bool(haversine_m(lon, lat, 5.36 + x / 80_880, 43.28 + y / 111_100) < 120)


def test_a_new_spot_and_a_lasting_one_are_told_apart() -> None:
    chance = np.random.default_rng(1)
    x = np.concatenate([chance.random(800) * 1_600, chance.normal(300, 40, 320),
                        chance.normal(1_300, 40, 60)])  # fmt: skip
    y = np.concatenate([chance.random(800) * 1_100, chance.normal(300, 40, 320),
                        chance.normal(800, 40, 60)])  # fmt: skip
    day = np.concatenate([chance.integers(0, 121, 1_120), chance.integers(108, 121, 60)])
    found = run(at_metres(x, y, day), PARAMS, FRAME)
    rows = found.table.to_pylist()
    lasting = {row["kind_of_spot"] for row in rows if _near(row, 300, 300)}
    new = {row["kind_of_spot"] for row in rows if _near(row, 1_300, 800)}
    elsewhere = [
        row["kind_of_spot"]
        for row in rows
        if "hot" in row["kind_of_spot"]
        and not any(_near(row, *at) for at in ((300, 300), (1_300, 800)))
    ]

    assert "persistent_hot" in lasting
    assert "new_hot" in new
    assert len(elsewhere) < 25
    assert "8 steps of 15 days" in found.notes[-1]["en"]


def test_too_short_a_period_is_refused() -> None:
    with pytest.raises(WrongUsage, match="steps"):
        run(at_metres([1], [1], [1]), PARAMS.model_copy(update={"step_days": 60}), FRAME)
