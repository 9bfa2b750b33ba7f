"""Slots of time: what a row says of a start and an end, whatever the way it says it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.slots import LONGEST_MIN, SHORTEST_MIN, read_slot

ZONE = "Europe/Paris"
EIGHT = datetime(2026, 3, 2, 7, tzinfo=UTC)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(("2026-03-02T08:00", "02/03/2026", "08:00", "22h-0h", "90", "2h", "0", "-1")),
)


@pytest.mark.parametrize(
    "cells",
    [
        {"debut": "2026-03-02T08:00", "fin": "2026-03-02T10:00"},
        {"debut": "2026-03-02T08:00:00+01:00", "fin": "10:00"},
        {"debut": "02/03/2026", "heure": "8h", "fin": "10h00"},
        {"debut": "02/03/2026", "tranche": "08:00-10:00"},
        {"debut": "02/03/2026", "tranche": "8-10"},
        {"debut": "2026-03-02T08:00", "duree": "2h"},
        {"debut": "2026-03-02T08:00", "duree": "120"},
        {"debut": "2026-03-02T08:00"},
    ],
)
def test_eight_to_ten_is_the_same_slot_however_it_is_written(cells):
    slot = read_slot(cells, ZONE, 120)

    assert (from_us(slot.from_us), slot.seconds, slot.remark) == (EIGHT, 7_200, "")


def test_an_hour_that_is_no_later_than_the_start_is_of_the_next_day():
    slot = read_slot({"debut": "02/03/2026", "heure": "22:00", "fin": "00:00"}, ZONE, None)

    assert from_us(slot.to_us) == datetime(2026, 3, 2, 23, tzinfo=UTC)


def test_the_hour_that_autumn_plays_twice_is_remarked_on():
    slot = read_slot({"debut": "2026-10-25T02:00", "duree": "60"}, ZONE, None)

    assert slot.remark == "ambiguous_time"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({}, "missing_required"),
        ({"debut": "02/03/2026"}, "missing_required"),
        ({"debut": "2026-03-02T08:00"}, "missing_required"),
        ({"debut": "soon", "fin": "10:00"}, "bad_time"),
        ({"debut": "02/03/2026", "tranche": "morning"}, "bad_time"),
        ({"debut": "2026-03-02T08:00", "duree": "long"}, "bad_number"),
        ({"debut": "2026-03-02T08:00", "fin": "2026-03-02T07:00"}, "time_reversed"),
        ({"debut": "2026-03-02T08:00", "duree": "14"}, "out_of_range"),
        ({"debut": "2026-03-02T08:00", "duree": "1501"}, "out_of_range"),
    ],
)
def test_what_is_no_slot_is_refused_for_its_own_reason(cells, code):
    with pytest.raises(RowRefused) as refused:
        read_slot(cells, ZONE, None)

    assert refused.value.code == code


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), minutes=st.integers(0, 2_000))
def test_a_length_is_kept_to_the_minute_within_the_bounds(at, minutes):
    start = at.replace(microsecond=0, tzinfo=UTC)
    cells = {"debut": start.isoformat(), "duree": str(minutes)}
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        with pytest.raises(RowRefused):
            read_slot(cells, ZONE, None)
        return
    slot = read_slot(cells, ZONE, None)

    assert slot.from_us == to_us(start)
    assert slot.to_us == to_us(start + timedelta(minutes=minutes))


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("debut", "heure", "tranche", "fin", "duree"), TEXTS)
    )
)
def test_any_cells_give_a_slot_within_bounds_or_a_refusal(cells):
    said = {name: value.strip() for name, value in cells.items() if value and value.strip()}
    slot = None
    with suppress(RowRefused):
        slot = read_slot(said, ZONE, None)

    assert slot is None or SHORTEST_MIN * 60 <= slot.seconds <= LONGEST_MIN * 60
