"""Clusters: planted ones found where and when they are, none made up, each model its own question.

SaTScan's numbers are in ``tests/analyse/test_scan.py``.
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError
from tests.analyses.facts_table import at_metres, frame

from vigie.analyse.analysis import Outcome
from vigie.analyses.space_time_scan import ScanParameters, run
from vigie.base.errors import WrongUsage
from vigie.geo.cells import cells_of
from vigie.geo.distance import haversine_m

FIRST = date(2026, 3, 2)
FRAME = frame(FIRST, date(2026, 5, 1))
DAYS = 60


def _facts(seed: int, planted: int, days: tuple[int, int]) -> pa.Table:
    """Return 300 facts anywhere and some within 100 m of (400 m, 600 m) in these days."""
    chance = np.random.default_rng(seed)
    x = np.concatenate([chance.random(300) * 1_600, chance.normal(400, 60, planted)])
    y = np.concatenate([chance.random(300) * 1_100, chance.normal(600, 60, planted)])
    day = np.concatenate([chance.integers(0, DAYS, 300), chance.integers(*days, planted)])
    table = at_metres(x, y, day)
    kind = np.where(np.arange(len(x)) < 300, "offence.disorder", "offence.property.theft")
    return table.set_column(table.schema.get_field_index("kind"), "kind", pa.array(kind))


def _run(table: pa.Table, **params: object) -> Outcome:
    own = {"draws": 199, "zoning": "halves", "radius_m": 400, "resolution": 10, **params}
    return run(table, ScanParameters.model_validate(own), FRAME)


def test_a_cluster_that_goes_on_is_found_where_and_since_when_it_is() -> None:
    found = _run(_facts(1, 25, (53, DAYS)))
    top = found.table.to_pylist()[0]

    assert found.base == 325
    assert top["p"] == 1 / 200
    assert top["recurrence_days"] == 200
    assert haversine_m(top["lon"], top["lat"], 5.36494, 43.2854) < 350
    assert (top["to_day"], top["from_day"].month) == (date(2026, 5, 1), 4)
    assert abs((top["from_day"] - date(2026, 4, 24)).days) <= 2
    assert top["ratio_low"] < top["ratio"] < top["ratio_high"]
    assert top["facts"] >= 20


def test_a_cluster_that_is_over_is_found_only_when_looked_for() -> None:
    table = _facts(7, 25, (20, 27))
    now, ever = (
        _run(table, look=look, longest=10, draws=99).table.to_pylist() for look in ("now", "ever")
    )

    assert all(row["p"] > 0.05 for row in now)
    assert ever[0]["p"] < 0.05
    assert ever[0]["recurrence_days"] is None
    assert date(2026, 3, 20) <= ever[0]["from_day"] <= ever[0]["to_day"] <= date(2026, 3, 31)


def test_a_place_that_is_always_busy_is_a_cluster_for_poisson_alone() -> None:
    table = _facts(3, 80, (0, DAYS))
    by_model = {
        model: _run(table, model=model, look="ever", step_days=5).table.to_pylist()
        for model in ("permutation", "poisson")
    }

    assert by_model["permutation"][0]["p"] > 0.05
    assert by_model["poisson"][0]["p"] < 0.05


def test_a_question_kept_by_an_older_version_says_kind_for_cases() -> None:
    kept = {"model": "bernoulli", "kind": "offence.property"}

    assert ScanParameters.model_validate(kept).cases == "offence.property"
    with pytest.raises(ValidationError):
        ScanParameters.model_validate(kept | {"cases": "road"})


def test_bernoulli_judges_the_share_of_a_kind() -> None:
    found = _run(
        _facts(4, 40, (0, DAYS)), model="bernoulli", cases="offence.property", look="ever",
        step_days=5,
    )  # fmt: skip
    top = found.table.to_pylist()[0]

    assert top["p"] < 0.05
    assert haversine_m(top["lon"], top["lat"], 5.36494, 43.2854) < 400
    assert any("40 facts of this kind among 340" in note["en"] for note in found.notes)
    with pytest.raises(WrongUsage):
        _run(_facts(4, 5, (0, 9)), model="bernoulli")


@pytest.mark.parametrize("model", ["permutation", "poisson"])
def test_nothing_planted_is_found_as_often_as_said(model: str) -> None:
    """Of 40 cities without a cluster at most 6 have one at 5 % (P < 0.014); the bench has 200."""
    low = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        table = at_metres(chance.random(120) * 1_600, chance.random(120) * 1_100,
                          chance.integers(0, DAYS, 120))  # fmt: skip
        rows = _run(
            table, draws=99, model=model, most=1, step_days=5, resolution=9
        ).table.to_pylist()
        low += bool(rows) and rows[0]["p"] <= 0.05

    assert low <= 6


def test_cells_are_cells_and_too_long_a_search_is_refused() -> None:
    table = _facts(1, 25, (53, DAYS))
    rows = _run(table).table.to_pylist()
    own = cells_of(
        pa.array([row["lon"] for row in rows]), pa.array([row["lat"] for row in rows]), 10
    )

    assert [format(cell, "x") for cell in own.to_pylist()] == [row["cell"] for row in rows]
    with pytest.raises(WrongUsage, match="cylinders"):
        _run(table, resolution=10, radius_m=5_000, look="ever", draws=9_999)
