"""Slots: every day in one, the last ends with the period."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.analyses.facts_table import frame

from vigie.analyse.slots import Slots, make_slots


@given(st.integers(-40, 40), st.integers(0, 90), st.integers(1, 30))
def test_every_day_is_in_one_slot_and_slots_say_their_days(
    first: int, length: int, step: int
) -> None:
    slots = Slots(first, first + length, step)
    days = np.arange(first - 2, first + length + 3)
    index = slots.index(days)

    assert index[:2].tolist() == index[-2:].tolist() == [-1, -1]
    assert index[2] == 0
    assert index[-3] == len(slots) - 1
    for day, one in zip(days[2:-2].tolist(), index[2:-2].tolist(), strict=True):
        low, high = slots.days(one, one + 1)
        assert low <= day <= high
    assert slots.days(0, len(slots)) == (first, first + length)


def test_the_period_is_told_in_local_days() -> None:
    """The frame's days are UTC days: its last hour is the first local hour of another day."""
    slots = make_slots(frame(date(2026, 3, 2), date(2026, 3, 9)), 1)

    assert (slots.first_day, len(slots)) == ((date(2026, 3, 2) - date(1970, 1, 1)).days, 8)
