"""What holds for every analysis of the registry."""

import importlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyses.facts_table import HOUR, facts, frame, us

import vigie.analyses
from vigie.analyse.analysis import Analysis, discover

SPANS = st.lists(st.tuples(st.integers(0, 7 * 24 - 1), st.integers(0, 50)), max_size=40)
ANALYSES = discover(vigie.analyses)
WEEK = frame(date(2026, 3, 2), date(2026, 3, 9))
START = us(2026, 3, 2)


SPANS = st.lists(st.tuples(st.integers(0, 7 * 24 - 1), st.integers(0, 50)), max_size=40)


def _parameters(analysis: Analysis) -> object:
    given = {"zoning": "halves", "draws": 99, "step_days": 1, "exposure": "area"}
    own = {name: given[name] for name in given if name in analysis.parameters.model_fields}
    return analysis.parameters.model_validate(own)


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_it_says_what_it_is(analysis: Analysis) -> None:
    assert importlib.import_module(f"vigie.analyses.{analysis.name}").ANALYSIS is analysis
    for text in (analysis.question, analysis.limits):
        assert set(text) == {"fr", "en"}
        assert all(text.values())
    assert all(column.fr and column.en for column in analysis.columns)
    assert all(f.description for f in analysis.parameters.model_fields.values())
    assert analysis.reference


@pytest.mark.parametrize("name", ANALYSES)
def test_it_has_a_known_answer(name: str) -> None:
    path = Path(__file__).parent / f"test_{name}.py"

    assert path.is_file(), f"write {path.name}: a known answer and where it comes from"


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_empty_in_empty_base(analysis: Analysis) -> None:
    found = analysis.run(facts([]).select(list(analysis.reads)), _parameters(analysis), WEEK)

    assert found.base == 0
    assert set(found.table.column_names) >= {column.name for column in analysis.columns}


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
@given(SPANS, st.integers(0, 9))
def test_row_order_does_not_matter(
    analysis: Analysis, spans: list[tuple[int, int]], seed: int
) -> None:
    early = [START + hour * HOUR for hour, _ in spans]
    late = [START + (hour + length) * HOUR for hour, length in spans]
    table = facts(early, late).select(list(analysis.reads))
    order = np.random.default_rng(seed).permutation(len(spans))
    first = analysis.run(table, _parameters(analysis), WEEK).table
    second = analysis.run(table.take(order), _parameters(analysis), WEEK).table

    for name in first.column_names:
        left, right = first[name].to_pylist(), second[name].to_pylist()
        number = first.schema.field(name).type == pa.float64()

        assert left == (pytest.approx(right) if number else right)
