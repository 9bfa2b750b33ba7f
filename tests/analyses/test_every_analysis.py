"""What holds for every analysis of the registry."""

import importlib
import inspect
import re
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
from vigie.cli.analyse import SELECTION_KEYS
from vigie.door import Door

UNITS = {"m", "km", "h", "min", "d", "day", "weeks", "facts", "veh", "°", "log-odds"}
"""Parts of units as English writes them."""
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
    for column in analysis.columns:
        assert column.unit_in("fr") == column.unit
        assert set(re.findall("[^ /²]+", column.unit_in("en"))) <= UNITS
    assert analysis.reference


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_its_form_is_told_in_both_languages(analysis: Analysis) -> None:
    """Titles and helps of parameters are "French / English"; every choice has its words."""
    for name, told in analysis.parameters.model_json_schema()["properties"].items():
        for text in (told.get("title", ""), told.get("description", "")):
            halves = text.split(" / ")
            assert len(halves) == 2, f"{name}: {text}"
            assert all(half.strip() == half != "" for half in halves), f"{name}: {text}"
        words = told.get("words", {})
        assert set(words) == set(told.get("enum", ())), name
        assert all(len(pair) == 2 and all(pair) for pair in words.values()), name


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_its_parameters_bear_no_name_of_the_selection(analysis: Analysis) -> None:
    """``-p kind=`` and ``v.analyse(..., kind=...)`` choose facts: none could be given it."""
    of_facts = SELECTION_KEYS | set(inspect.signature(Door.analyse).parameters)

    assert not of_facts & set(analysis.parameters.model_fields)


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_codes_of_its_columns_have_words_in_both_languages(analysis: Analysis) -> None:
    for column in analysis.columns:
        assert all(fr and en for fr, en in column.words.values()), column.name
    if analysis.map_column is not None:
        assert analysis.geo_column is not None
        assert analysis.map_column in {column.name for column in analysis.columns}


@pytest.mark.parametrize("name", ANALYSES)
def test_it_has_a_known_answer(name: str) -> None:
    path = Path(__file__).parent / f"test_{name}.py"

    assert path.is_file(), f"write {path.name}: a known answer and where it comes from"


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_empty_in_empty_base(analysis: Analysis) -> None:
    found = analysis.run(facts([]).select(list(analysis.reads)), _parameters(analysis), WEEK)

    assert found.base == 0
    assert found.table.num_rows or found.notes, "an answer without rows says why"
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
