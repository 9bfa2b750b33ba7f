"""Two sources of one incident: linked, delay and shares by hand, apart where they are apart."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.analyses.facts_table import HOUR, at_metres, facts, frame

from vigie.analyses.same_incident import SameIncidentParameters, run

FRAME = frame(date(2026, 3, 2), date(2026, 5, 2))
PARAMS = SameIncidentParameters()
MINUTE = 60_000_000


def _told(x: np.ndarray, day: np.ndarray, source: str, minutes: float) -> pa.Table:
    """Return accidents told by a source some minutes after noon."""
    table = at_metres(x, np.full(len(x), 100.0), day)
    at = pa.compute.add(table["earliest_us"], int(minutes * MINUTE))
    columns = {
        "earliest_us": at,
        "latest_us": at,
        "reported_at": at.cast(pa.timestamp("us", "UTC")),
        "source": pa.array([source] * len(x), pa.string()),
        "kind": pa.array(["road.accident"] * len(x), pa.string()),
    }
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def _row(found, first: str, second: str) -> dict:
    rows = found.table.to_pylist()
    return next(row for row in rows if (row["first"], row["second"]) == (first, second))


def test_two_of_three_incidents_known_to_both_are_linked() -> None:
    """Thirty calls, twenty of them told by the police too, ten metres and four minutes off."""
    x, day = np.linspace(0, 1_500, 30), np.arange(30)
    rescue = _told(x, day, "rescue", 0)
    police = _told(x[:20] + 10, day[:20], "main_courante", 4)
    found = run(pa.concat_tables([rescue, police]), PARAMS, FRAME)
    row = _row(found, "main_courante", "rescue")

    assert row["links"] == 20
    assert row["share_first"] == 1.0
    assert row["share_second"] == pytest.approx(2 / 3)
    assert row["delay"] == pytest.approx(-4)
    assert row["distance"] == pytest.approx(10, rel=0.02)
    assert 10 < row["true_low"] <= row["true"] <= row["true_high"] <= 20
    assert row["precision"] == pytest.approx(row["true"] / 20)
    assert row["recall"] == pytest.approx(1.0)
    assert "40 reports tell 20 incidents, 20 of them" in found.notes[0]["en"]
    assert _row(found, "rescue", "rescue")["links"] == 0


def test_what_is_far_apart_in_place_or_time_is_not_linked() -> None:
    x, day = np.linspace(0, 1_500, 12), np.arange(12)
    far = _told(x + 380, day, "main_courante", 2)
    late = _told(x, day, "reports", 330)
    found = run(pa.concat_tables([_told(x, day, "rescue", 0), far, late]), PARAMS, FRAME)

    assert {row["links"] for row in found.table.to_pylist()} == {0}


def test_a_higher_probability_links_fewer() -> None:
    chance = np.random.default_rng(1)
    x, day = chance.uniform(0, 1_500, 60), np.arange(60) % 50
    police = _told(x + chance.normal(0, 60, 60), day, "main_courante", 12)
    table = pa.concat_tables([_told(x, day, "rescue", 0), police])
    rows = [
        _row(run(table, SameIncidentParameters(least=p), FRAME), "main_courante", "rescue")
        for p in (0.2, 0.9)
    ]

    assert rows[0]["links"] > rows[1]["links"]
    assert rows[0]["precision"] < rows[1]["precision"]
    assert rows[0]["recall"] > rows[1]["recall"]


def test_an_uncertain_hour_is_no_hour() -> None:
    """Between noon and eight hours later: fewer links, less sure, than at noon."""
    x, day = np.linspace(0, 1_500, 20), np.arange(20)
    rescue, police = _told(x, day, "rescue", 0), _told(x, day, "main_courante", 1)
    late = pa.compute.add(police["earliest_us"], 8 * HOUR)
    vague = police.set_column(police.schema.get_field_index("latest_us"), "latest_us", late)
    sure, unsure = (
        _row(run(pa.concat_tables([rescue, one]), PARAMS, FRAME), "main_courante", "rescue")
        for one in (police, vague)
    )

    assert (unsure["true"] or 0) < sure["true"]


def test_facts_without_a_place_are_told() -> None:
    table = facts([0, HOUR])
    nowhere = table.set_column(
        table.schema.get_field_index("lon"), "lon", pa.array([None, 5.36], pa.float64())
    )
    found = run(nowhere, PARAMS, FRAME)

    assert found.base == 1
    assert "1 facts without a place" in found.notes[1]["en"]
