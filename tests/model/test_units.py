from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import NotFound, WrongUsage
from vigie.model import units
from vigie.model.taxonomy import CODE
from vigie.model.units import METRICS, UNITS

PAIRS = [(a, b) for a, targets in units._CONVERSIONS.items() for b in targets]


def test_every_metric_has_a_known_unit_bounds_and_both_labels():
    for code, metric in METRICS.items():
        assert CODE.fullmatch(code)
        assert metric.unit in UNITS, code
        assert metric.low < metric.high
        assert metric.fr.strip()
        assert metric.en.strip()
        assert metric.sums in {"add", "mean", "energy", "last", "max"}


def test_no_alias_names_two_units():
    names = [n for code, row in units._DATA["units"].items() for n in (code, *row["aliases"])]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("°C", "degC"),
        ("celsius", "degC"),
        ("KMH", "km/h"),
        (" dB(A) ", "dB"),
        ("DBA", "dB"),
        ("µg/m³", "ug/m3"),
    ],
)
def test_units_are_found_by_the_names_of_other_people(text: str, code: str):
    unit = units.find_unit(text)
    assert unit is not None
    assert unit.code == code


def test_unknown_names_are_refused():
    assert units.find_unit("furlong") is None
    with pytest.raises(NotFound):
        units.conversion("furlong", "m")
    with pytest.raises(NotFound):
        units.get_metric("noise.colour")
    with pytest.raises(WrongUsage):
        units.conversion("degC", "km/h")


@pytest.mark.parametrize(
    ("value", "unit", "metric", "expected"),
    [
        (32.0, "°F", "weather.temperature", 0.0),
        (212.0, "°F", "weather.temperature", 100.0),
        (0.0, "K", "weather.temperature", -273.15),
        (36.0, "km/h", "weather.wind", 10.0),
        (10.0, "kn", "weather.wind", 5.144444444),
        (0.5, "ratio", "parking.occupancy", 50.0),
        (2.0, "min", "transport.delay", 120.0),
        (1.0, "in", "weather.rain", 25.4),
        (55.0, "dB", "noise.laeq", 55.0),
    ],
)
def test_values_arrive_in_the_metric_unit(value: float, unit: str, metric: str, expected: float):
    found = units.to_metric_unit(pa.array([value, None]), unit, metric).to_pylist()
    assert found[0] == pytest.approx(expected, abs=1e-8)
    assert found[1] is None


@given(st.sampled_from(PAIRS), st.floats(-1e6, 1e6))
def test_a_conversion_and_its_inverse_cancel(pair: tuple[str, str], value: float):
    factor, offset = units.conversion(*pair)
    back, back_offset = units.conversion(pair[1], pair[0])
    assert math.isclose(
        (value * factor + offset) * back + back_offset, value, rel_tol=1e-9, abs_tol=1e-6
    )


def test_implausible_values_are_masked():
    values = pa.array([50.0, 9.0, 151.0, None, math.nan, math.inf])
    assert units.plausible_mask(values, "noise.laeq").to_pylist() == [True] + [False] * 5
