"""Withholding: small counts and the numbers beside them go, keys and zeros stay."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.test_exposure import measures
from tests.analyses.facts_table import frame

from vigie.analyse.running import kind_mask, with_beside, withhold
from vigie.analyses.exposure_rates import ANALYSIS as RATES
from vigie.analyses.exposure_rates import RateParameters


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


class _Kept:
    """A lake that holds measures, and notes what is read."""

    def __init__(self) -> None:
        table = pa.concat_tables(
            [measures([(5.365, 0, 1.0)]), measures([(5.365, 1, 2.0)], "noise")]
        )
        for name in ("source", "place_id", "quality"):
            table = table.append_column(name, pa.array(["good", None]))
        table = table.append_column("group_size", pa.array([None, 40], pa.int64()))
        self.table = table
        self.asked: list[tuple[object, ...]] = []

    def scan(
        self, kind: str, *, from_us: int, to_us: int, columns: list[str] | None = None
    ) -> pa.Table:
        """Return every measure, whatever is asked for."""
        self.asked.append((kind, from_us, to_us))
        return self.table if columns is None else self.table.select(columns)


def test_measures_are_read_of_the_metric_and_period_and_pass_the_rights() -> None:
    week, lake = frame(date(2026, 3, 2), date(2026, 3, 9)), _Kept()
    seen = with_beside(RATES, lake, RateParameters(), week, {"measures": lambda table: table})
    none = with_beside(RATES, lake, RateParameters(), week, {"measures": lambda table: table[:0]})

    assert seen.measures["metric"].to_pylist() == ["presence.total"]
    assert none.measures.num_rows == 0
    assert lake.asked[0] == ("measures", week.from_us, week.to_us)
    with pytest.raises(KeyError):
        with_beside(RATES, lake, RateParameters(), week, {})
    area = RateParameters(exposure="area")
    assert with_beside(RATES, lake, area, week, {"measures": lambda t: t}).measures.num_rows == 0
    assert with_beside(replace(RATES, beside=()), lake, area, week, {}) == week
    planned = replace(RATES, beside=("plans",))
    there = with_beside(planned, lake, area, week, {"plans": lambda table: table[:1]})
    assert there.plans.num_rows == 1
    assert lake.asked[-1] == ("plans", week.from_us, week.to_us)
