"""A duration is its seconds, or none at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.durations import duration, seconds_of
from vigie.intake.messages.reading import RowRefused


@pytest.mark.parametrize(
    ("shown", "seconds"),
    [
        ("PT2M30S", 150.0),
        ("-PT40S", -40.0),
        ("+PT1H", 3_600.0),
        ("PT0S", 0.0),
        ("P1DT1S", 86_401.0),
        ("P2W", 1_209_600.0),
        ("PT1.5S", 1.5),
        ("PT0,25S", 0.25),
        ("P0Y0M0DT5M0S", 300.0),
    ],
)
def test_a_duration_is_its_seconds(shown, seconds):
    assert seconds_of(shown) == seconds


@pytest.mark.parametrize(
    "shown",
    ["", "P", "PT", "P1DT", "2M30S", "PT2", "PT1M1H", "P1Y", "P1M", "PT\u0661S", "--PT1S", "PT1S "],
)
def test_what_is_none_or_has_no_fixed_length_is_none(shown):
    assert seconds_of(shown) is None


@given(
    st.booleans(), *(st.integers(0, 999) for _ in range(4)), st.integers(0, 999_999)
)  # fmt: skip
def test_every_part_counts(negative, days, hours, minutes, seconds, micro):
    shown = f"{'-' if negative else ''}P{days}DT{hours}H{minutes}M{seconds}.{micro:06}S"
    expected = days * 86_400 + hours * 3_600 + minutes * 60 + seconds + micro / 1e6

    assert seconds_of(shown) == pytest.approx(-expected if negative else expected)


@given(st.text(max_size=20))
def test_no_text_escapes(shown):
    found = seconds_of(shown)

    assert found is None or abs(found) < 1e16


def test_in_a_tree_it_is_read_refused_or_absent():
    assert duration({"Delay": " PT1M "}, "Delay") == 60.0
    assert duration({"Delay": ""}, "Delay") is None
    assert duration({}, "Delay") is None
    with pytest.raises(RowRefused) as refusal:
        duration({"Delay": "two minutes"}, "Delay")
    assert refusal.value.code == "bad_number"
    assert refusal.value.params == {"value": "two minutes", "column": "Delay"}
