"""Vehicles without plates, stops of the timetable, and clocks that differ."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.intake.connector import Context
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.transport import SKEW_S, Transport

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def transport(**options: object) -> tuple[Transport, Rows]:
    rows = Rows("means", "measures")
    context = Context(source="rtm", timezone="Europe/Paris", now=NOW, options=options)
    return Transport(rows, context), rows


@given(
    st.text(string.ascii_letters, min_size=2, max_size=2),
    st.integers(0, 999),
    st.text(string.ascii_letters, min_size=2, max_size=2),
    st.sampled_from(["", "-", " "]),
)
def test_a_plate_never_passes(left, number, right, between):
    plate = f"{left}{between}{number:03}{between}{right}"
    made, rows = transport()

    assert made.unit(plate, "VehicleRef") == record_id("rtm", plate)
    (parsed,) = rows.parsed()
    assert [notice.code for notice in parsed.notices] == ["dropped_personal"]


def test_a_fleet_number_is_kept():
    made, rows = transport()

    assert made.unit("RTM:VEH:12", "VehicleRef") == "RTM:VEH:12"
    (parsed,) = rows.parsed()
    assert parsed.notices == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("M1", "means.transport.tram"),
        ("M2", "means.transport.metro"),
        ("X1", "means.transport"),
        ("21", "means.transport.bus"),
        ("", "means.transport.bus"),
    ],
)
def test_the_longest_beginning_says_the_kind(line, kind):
    kinds = {"M": "means.transport.metro", "M1": "means.transport.tram", "X": "nonsense"}
    made, _ = transport(kinds=kinds)
    default = "means.transport" if line.startswith("X") else "means.transport.bus"

    assert made.kind(line, default) == kind


def test_a_stop_is_that_of_the_timetable():
    assert transport()[0].stop("P1") == record_id("gtfs", "P1")
    assert transport(static_source="rtm_gtfs")[0].stop("P1") == record_id("rtm_gtfs", "P1")


@pytest.mark.parametrize(
    ("skew", "codes"),
    [(0, []), (SKEW_S, []), (-SKEW_S - 1, ["clock_skew"]), (4_000, ["clock_skew"])],
)
def test_a_clock_that_differs_is_remarked_on(skew, codes):
    made, rows = transport()
    made.check_clock(to_us(NOW) + skew * 1_000_000)

    (parsed,) = rows.parsed()
    assert [notice.code for notice in parsed.notices] == codes


def test_a_measure_lasts_a_second_and_is_named_by_its_instant():
    made, rows = transport()
    with rows.row(b""):
        made.measure("transport.delay", "c1", to_us(NOW), {"lon": 5.0}, value=60.0, unit="s")

    (parsed,) = rows.parsed()
    (row,) = parsed.table.to_pylist()
    assert row["source_ref"] == f"transport.delay/c1@{to_us(NOW) // 1_000_000}"
    assert (row["to_at"] - row["from_at"]).total_seconds() == 1.0
    assert (row["value"], row["unit"], row["quality"], row["lon"]) == (60.0, "s", "good", 5.0)
