"""``vigie event whatif``: how a shift is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.cli.whatif import minutes_of


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2h", 120), ("-2h", -120), ("+1h30", 90), ("-90min", -90), ("15m", 15), ("0min", 0)],
)
def test_a_shift_is_read_as_it_is_said(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "two", "2", "h", "2h3d", "--2h", "999999h"])
def test_what_says_no_time_is_refused(text):
    with pytest.raises(WrongUsage):
        minutes_of(text)


@given(st.integers(-99_999, 99_999))
def test_minutes_come_back_as_they_were_written(minutes):
    assert minutes_of(f"{minutes}min") == minutes
