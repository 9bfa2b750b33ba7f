"""HL7 v2 cut by position: of the whole message, a dozen fields outlive the first function."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.hospital.hl7v2 import (
    cut_message,
    decode,
    header_fields,
    read_hl7,
    read_message,
    split_messages,
)
from vigie.intake.hospital.passages import HospitalOptions
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows

OPTIONS = HospitalOptions("Europe/Paris")
NOW_US = to_us(datetime(2026, 11, 22, 11, 0, tzinfo=UTC))
KEPT = {"MSH": {2, 4, 7, 9, 10, 11, 12}, "EVN": {2}, "PV1": {2, 19, 36, 44}, "PV2": {38, 40}}
SEGMENTS = st.sampled_from(["PID", "PV1", "PV2", "EVN", "NK1", "OBX", "ZZZ", "MSH"])


def filled(name: str, fields: int = 50) -> str:
    """Return a segment whose every field says where it stands."""
    if name == "MSH":
        return "MSH|^~\\&|" + "|".join(f"<MSH-{n}>" for n in range(3, fields))
    return f"{name}|" + "|".join(f"<{name}-{n}>" for n in range(1, fields))


@given(st.lists(SEGMENTS, max_size=12))
def test_only_listed_positions_are_kept(names):
    cut = cut_message([filled("MSH"), *(filled(name) for name in names)])

    allowed = {f"<{name}-{n}>" for name, numbers in KEPT.items() for n in numbers}
    found = {
        f"<{name}-{n}>"
        for name in {*names, "MSH"}
        for n in range(1, 50)
        if f"<{name}-{n}>" in cut.text
    }
    assert found <= allowed
    assert {f"<MSH-{n}>" for n in KEPT["MSH"] - {2}} <= found


def test_the_whole_of_a_patient_is_one_date(said):
    (segments,), _ = split_messages(decode(said.adt(1))[0])
    cut = cut_message(segments)

    assert [value for value in said.PLANTED if value in cut.text] == []
    assert [value for value in said.PLANTED if value in repr(cut)] == []
    assert cut.age_at(date(2026, 11, 22)) == "age_18_64"


@pytest.mark.parametrize(
    ("shown", "at"),
    [
        ("2026112210", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("202611221015", datetime(2026, 11, 22, 9, 15, tzinfo=UTC)),
        ("20261122101530.1234", datetime(2026, 11, 22, 9, 15, 30, tzinfo=UTC)),
        ("202611221015+0000", datetime(2026, 11, 22, 10, 15, tzinfo=UTC)),
        ("202611220115-0730", datetime(2026, 11, 22, 8, 45, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_or_without_its_zone(said, shown, at):
    (passage,) = read_hl7(said.adt(1, at=shown), NOW_US, OPTIONS, Rows("measures")).passages

    assert passage.at_us == to_us(at)
    assert passage.dated


def test_a_day_without_hour_is_the_hour_of_the_event(said):
    (passage,) = read_hl7(said.adt(1, at="20261122"), NOW_US, OPTIONS, Rows("measures")).passages

    assert passage.at_us == to_us(datetime(2026, 11, 22, 9, 15, tzinfo=UTC))
    assert not passage.dated


@given(st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 21)), st.integers(-720, 840))
def test_any_moment_with_a_zone_is_that_moment(said, local, minutes):
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    shown = f"{local:%Y%m%d%H%M%S}{zone}"
    (passage,) = read_hl7(said.adt(1, at=shown), NOW_US, OPTIONS, Rows("measures")).passages

    whole = local.replace(microsecond=0, tzinfo=UTC)
    assert passage.at_us == to_us(whole) - minutes * 60_000_000


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_messages_are_cut_the_same_whatever_ends_their_segments(said, end):
    wire = (said.adt(1) + said.adt(2)).decode().replace("\r", end)
    messages, strays = split_messages(wire)

    assert strays == 0
    assert [len(segments) for segments in messages] == [7, 7]


def test_a_line_feed_within_a_segment_of_the_wire_is_content(said):
    wire = said.adt(1).decode().replace("plaie du poignet", "plaie\ndu\nMSH|poignet")
    ((segments), *others), _ = split_messages(wire)

    assert others == []
    assert len(segments) == 7


@given(
    st.text(max_size=200), st.sampled_from(["MSH|^~\\&|", "MSH#$~\\&#", "MSH|^~\\&|||||||ADT^A04|"])
)
def test_any_message_is_read_or_refused_by_name(body, start):
    for segments in split_messages(start + body)[0]:
        with suppress(RowRefused):
            assert read_message(segments, NOW_US, OPTIONS, Rows("measures")) is None


@pytest.mark.parametrize("head", ["MSH||||", "MSH|^^\\&|", "MSH|^~~&|", "MSH&^~\\&", "MSH|^~^~|"])
def test_separators_that_are_the_same_are_no_separators(head):
    with pytest.raises(RowRefused) as refusal:
        cut_message([head + "A|B|||||ADT^A04|1|P|2.5"])

    assert refusal.value.code == "unreadable"


@given(st.lists(st.sampled_from("|^~\\&#$"), min_size=4, max_size=7).map("".join))
def test_any_separators_are_honoured_or_refused(separators):
    between = separators[0]
    message = f"MSH{separators}{between}" + between.join(("A", "B", "", "", "", "", "ADT", "1"))
    with suppress(RowRefused):
        read_message([message], NOW_US, OPTIONS, Rows("measures"))


@given(st.binary(max_size=100))
def test_any_bytes_have_header_fields_or_none(content):
    for start in (b"", b"MSH|^~\\&|", b"MSH"):
        assert set(header_fields(start + content)) in (
            set(),
            {
                "between", "encoding", "component", "application", "facility", "event", "control",
                "processing", "version",
            },
        )  # fmt: skip
