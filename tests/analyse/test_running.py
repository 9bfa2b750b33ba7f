"""Withholding: small counts and the numbers beside them go, keys and zeros stay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.analyses.facts_table import frame
from tests.lake.samples import DAY_US, START_US, complete

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.running import Selection, kind_mask, run_analysis, withhold
from vigie.base.clock import from_us
from vigie.situation.home import Home, init_home, open_home


@given(st.lists(st.integers(0, 12), max_size=30), st.integers(1, 11))
def test_no_small_count_remains_and_nothing_else_goes(counts: list[int], below: int) -> None:
    rows = range(len(counts))
    table = pa.table(
        {
            "hour": pa.array(rows, pa.int8()),
            "n": pa.array(counts, pa.int64()),
            "share": pa.array([n / 7 for n in counts], pa.float64()),
        }
    )
    found, withheld = withhold(table, "n", below, keep=["hour"])
    small = [0 < n < below for n in counts]

    assert found["hour"].to_pylist() == list(rows)
    assert found["withheld"].to_pylist() == small
    assert withheld == sum(small)
    assert found["n"].to_pylist() == [None if s else n for n, s in zip(counts, small, strict=True)]
    assert [v is None for v in found["share"].to_pylist()] == small


@given(st.permutations(range(8)), st.lists(st.integers(0, 12), min_size=8, max_size=8), st.data())
def test_the_order_of_withheld_rows_tells_nothing_of_their_counts(
    names: list[int], counts: list[int], data: st.DataObject
) -> None:
    """Two cities that differ in small counts alone, each ranked, are answered alike."""
    below = 11
    small = [n for n, count in enumerate(counts) if 0 < count < below]
    other = list(counts)
    for n in small:
        other[n] = data.draw(st.integers(1, below - 1))

    def ranked(of: list[int]) -> list[dict[str, object]]:
        rows = sorted(range(8), key=lambda n: (-of[n], names[n]))
        table = pa.table({"zone": [str(names[n]) for n in rows], "n": [of[n] for n in rows]})
        found, _ = withhold(table, "n", below, keep=["zone"])
        return list(found.to_pylist())

    assert ranked(counts) == ranked(other)


def test_a_kind_takes_its_branch_and_no_namesake() -> None:
    kinds = pa.chunked_array([["road", "road.parking", "roadshow", "space.road"]])

    assert kind_mask(kinds, ["road"]).to_pylist() == [True, True, False, False]
    assert kind_mask(kinds, ["road.parking", "space"]).to_pylist() == [False, True, False, True]


def _told(facts: pa.Table, params: Parameters, frame: Frame) -> Outcome:
    """Return the measures handed over, as the answer."""
    measures = frame.measures
    assert measures is not None
    return Outcome(measures.select(["metric", "value"]), facts.num_rows)


MEASURED = Analysis(
    name="measured",
    question={"fr": "?", "en": "?"},
    limits={"fr": "-", "en": "-"},
    reads=("lon",),
    parameters=Parameters,
    columns=(OutputColumn("metric", "m", "m"), OutputColumn("value", "v", "v")),
    run=_told,
    metrics=("traffic.flow",),
)


def _measure(metric: str, us: int, lon: float, value: float) -> dict[str, object]:
    return {
        "metric": metric,
        "place_id": "s",
        "from_at": from_us(us),
        "to_at": from_us(us + DAY_US // 24),
        "from_us": us,
        "to_us": us + DAY_US // 24,
        "lon": lon,
        "lat": 43.3,
        "value": value,
        "unit": "veh",
        "quality": "good",
        "source_ref": f"{metric}-{us}-{lon}",
        "measure_id": f"{metric}-{us}-{lon}",
    }


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[Home]:
    init_home(tmp_path / "home")
    rows = [
        _measure("traffic.flow", START_US, 5.37, 1.0),
        _measure("traffic.flow", START_US, 5.9, 2.0),
        _measure("traffic.flow", START_US + 9 * DAY_US, 5.37, 3.0),
        _measure("noise.laeq", START_US, 5.37, 4.0),
    ]
    with open_home(tmp_path / "home") as home:
        home.lake.commit("measures", complete("measures", rows))
        yield home


def test_an_analysis_receives_the_measures_it_declares_of_its_period_and_area(
    measured: Home,
) -> None:
    asked = Selection(START_US, START_US + DAY_US)
    here = replace(asked, area=shapely.box(5.3, 43.2, 5.5, 43.4))
    around = frame(date(2026, 3, 2), date(2026, 3, 3))
    found = [run_analysis(MEASURED, measured.lake, one, {}, around) for one in (asked, here)]

    assert found[0].table.sort_by("value").to_pylist() == [
        {"metric": "traffic.flow", "value": 1.0},
        {"metric": "traffic.flow", "value": 2.0},
    ]
    assert found[1].table["value"].to_pylist() == [1.0]
