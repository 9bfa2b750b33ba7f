"""The ground of a risk terrain: kinds, exposure of cells, what is left out."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.analyse.test_exposure import measures
from tests.analyses.facts_table import METRE_LAT, METRE_LON, at_metres, facts, frame

from vigie.analyse.terrain_ground import TerrainParameters, survey
from vigie.base.errors import NotFound

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = TerrainParameters(zoning="halves", exposure="area", resolution=10, block_m=500)


def places(kinds: list[str], seed: int = 1) -> pa.Table:
    """Return places of these kinds, anywhere in the two zones."""
    chance = np.random.default_rng(seed)
    return pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "lon": pa.array(5.36 + chance.uniform(0, 1_600, len(kinds)) * METRE_LON),
            "lat": pa.array(43.28 + chance.uniform(0, 1_100, len(kinds)) * METRE_LAT),
        }
    )


def test_kinds_of_few_places_go_with_their_branch_and_cameras_stay_out() -> None:
    kinds = ["place.stop"] * 3 + ["place.venue.bar", "place.venue.hall", "place.venue"]
    known = replace(FRAME, places=places([*kinds, *["place.camera.dome"] * 9, "place.zoo"]))
    found = survey(facts([]), PARAMS, known)
    asked = survey(
        facts([]), PARAMS.model_copy(update={"kinds": "place.camera, place.venue"}), known
    )

    assert {kind for kind, _ in found.columns} == {"place.stop", "place.venue"}
    assert {kind for kind, _ in asked.columns} == {"place.camera", "place.venue"}
    assert dict(zip(asked.columns, asked.places.tolist(), strict=True))["place.camera", 300] == 9
    assert found.terrain is None
    assert "Too few" in found.notes[-1]["en"]


def test_cells_of_an_unmeasured_zone_are_left_out_with_their_facts() -> None:
    level = measures([(5.365, hour, 10.0) for hour in range(7 * 24)])
    known = replace(FRAME, places=places(["place.stop"] * 5), measures=level)
    asked = PARAMS.model_copy(update={"exposure": "presence.total", "measured_by": "halves"})
    table = at_metres([100, 200, 1_500], [500, 500, 500], [0, 1, 2])
    found = survey(table, asked, known)

    assert found.counts.sum() == 2
    assert (found.ground.lon < 5.37).all()
    assert "1 facts left out" in found.notes[0]["en"]


def test_without_places_nothing_is_judged() -> None:
    found = survey(at_metres([100], [100], [0]), PARAMS, FRAME)

    assert found.columns == ()
    assert found.terrain is None


def test_an_unknown_zoning_is_named() -> None:
    with pytest.raises(NotFound):
        survey(facts([]), PARAMS.model_copy(update={"zoning": "none"}), FRAME)
