"""Zones: counted, ranked, with their area; what is outside is told."""

from datetime import date

import pyarrow as pa
import pytest
from tests.analyses.facts_table import facts, frame, us

from vigie.analyses.zone_ranking import RankingParameters, run
from vigie.base.errors import NotFound

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))


def test_zones_are_ranked_and_the_rest_is_told() -> None:
    at = us(2026, 3, 2)
    table = pa.concat_tables([facts([at] * 4, lon=5.375), facts([at]), facts([at] * 2, lon=6.0)])
    found = run(table, RankingParameters(zoning="halves"), FRAME)
    rows = found.table.to_pylist()

    assert [(r["zone"], r["facts"]) for r in rows] == [("E", 4), ("W", 1)]
    assert rows[0]["area_km2"] == pytest.approx(0.9, rel=0.02)
    assert rows[0]["density"] == pytest.approx(4 / rows[0]["area_km2"])
    assert found.base == 5
    assert found.notes[0]["en"].startswith("2 facts")


def test_an_unknown_zoning_is_named() -> None:
    with pytest.raises(NotFound):
        run(facts([]), RankingParameters(zoning="none"), FRAME)
