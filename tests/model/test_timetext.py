from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.model.times import AMBIGUOUS, EXACT, NONEXISTENT, UNREADABLE, resolve_local
from vigie.model.timetext import parse_iso8601, parse_local, parse_times

PARIS = "Europe/Paris"
FRENCH = "%d/%m/%Y %H:%M"
NAIVE = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


def wall_us(at: datetime) -> int:
    return to_us(at.replace(tzinfo=UTC))


@given(st.lists(st.one_of(st.none(), NAIVE), max_size=20), st.sampled_from(["earliest", "latest"]))
@example([datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)], "latest")
def test_a_written_time_is_read_as_the_clock_reading_it_is(moments: list, prefer: str):
    form = "%d/%m/%Y %H:%M:%S"
    texts = pa.array([at and at.strftime(form) for at in moments], pa.string())
    found = parse_local(texts, form, PARIS, prefer)
    walls = pa.array([at and wall_us(at.replace(microsecond=0)) for at in moments], pa.int64())
    wanted = resolve_local(walls, PARIS, prefer)
    assert found.at_us.equals(wanted.at_us)
    assert found.flags.tolist() == wanted.flags.tolist()


@pytest.mark.parametrize(
    "text",
    ["31/02/2026 10:00", "29/02/2025 10:00", "31/04/2026 00:00", "01/02/2026 24:00",
     "00/01/2026 10:00",
     "01/13/2026 10:00", "01/02/26 10:00", "01/02/2026 10:00 x", "01/02/2026", "hier", "1" * 200],
)  # fmt: skip
def test_a_time_that_is_none_is_unreadable_not_bent(text: str):
    found = parse_local(pa.array([text, "01/02/2026 10:00"]), FRENCH, PARIS)
    assert found.at_us[0].as_py() is None
    assert found.flags.tolist() == [UNREADABLE, EXACT]
    assert found.at_us[1].as_py() == to_us(datetime(2026, 2, 1, 9, tzinfo=UTC))


@given(st.lists(st.text(st.sampled_from("0123456789/: x"), max_size=18), max_size=15))
def test_arrow_and_python_agree_on_what_is_a_time(texts: list[str]):
    found = parse_local(pa.array(texts, pa.string()), FRENCH, "UTC")
    for text, us in zip(texts, found.at_us.to_pylist(), strict=True):
        try:
            at = datetime.strptime(text.strip(), FRENCH).replace(tzinfo=UTC)
        except ValueError:
            at = None
        if us is None:
            assert at is None
        else:
            assert at is not None
            assert us == to_us(at)


def test_blank_is_nothing_and_blanks_around_do_not_matter():
    texts = pa.chunked_array([[" 1/2/2026 7:05 ", ""], ["   ", None]], pa.string())
    found = parse_local(texts, FRENCH, PARIS)
    assert found.at_us.to_pylist() == [
        to_us(datetime(2026, 2, 1, 6, 5, tzinfo=UTC)),
        None,
        None,
        None,
    ]
    assert found.flags.tolist() == [EXACT] * 4


def test_formats_that_arrow_does_not_know():
    found = parse_local(pa.array(["2026-02-01 10:00:00.25", "x"]), "%Y-%m-%d %H:%M:%S.%f", PARIS)
    assert found.at_us[0].as_py() == to_us(datetime(2026, 2, 1, 9, 0, 0, 250_000, tzinfo=UTC))
    assert found.flags.tolist() == [EXACT, UNREADABLE]
    zoned = parse_local(pa.array(["01/02/2026 10:00 +0300"]), "%d/%m/%Y %H:%M %z", PARIS)
    assert zoned.at_us[0].as_py() == to_us(datetime(2026, 2, 1, 7, tzinfo=UTC))


@given(st.lists(st.one_of(NAIVE, st.builds(datetime.replace, NAIVE, tzinfo=OFFSETS)), max_size=20))
def test_iso_times_with_and_without_offset_in_one_column(moments: list[datetime]):
    texts = [at.isoformat() for at in moments]
    found = parse_iso8601(pa.array(texts, pa.string()), PARIS)
    for at, us, flag in zip(moments, found.at_us.to_pylist(), found.flags, strict=True):
        if at.tzinfo is not None:
            assert (us, flag) == (to_us(at), EXACT)
        else:
            alone = resolve_local(pa.array([wall_us(at)]), PARIS)
            assert (us, flag) == (alone.at_us[0].as_py(), alone.flags[0])


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-01T10:00:00Z", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("2026-01-01 10:00", datetime(2026, 1, 1, 9, tzinfo=UTC)),
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("20260101T100000Z", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("2026-01-01T10:00:00+02", datetime(2026, 1, 1, 8, tzinfo=UTC)),
        ("2026-01-01T10:00:00,5+00:00", datetime(2026, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-01T10:00:00.1234567Z", datetime(2026, 1, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_iso_forms(text: str, at: datetime):
    assert parse_times(pa.array([text]), "iso8601", PARIS).at_us.to_pylist() == [to_us(at)]


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2025-02-29", "2026-01-01T24:00:00", "20260101T240000", "2026-13-01", "x"],
)
def test_iso_texts_that_are_no_time(text: str):
    found = parse_iso8601(pa.array([text, None]), PARIS)
    assert found.at_us.to_pylist() == [None, None]
    assert found.flags.tolist() == [UNREADABLE, EXACT]


def test_iso_flags_both_changes_of_the_clock():
    found = parse_iso8601(
        pa.array(["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T02:30Z"]), PARIS
    )
    assert found.flags.tolist() == [NONEXISTENT, AMBIGUOUS, EXACT]


@given(st.integers(-(2**33), 2**33), st.integers(0, 999))
@example(seconds=8589934592, millis=1)
def test_epoch_numbers_and_texts(seconds: int, millis: int):
    for values, form, us in (
        ([seconds], "epoch_s", seconds * 1_000_000),
        ([str(seconds)], "epoch_s", seconds * 1_000_000),
        ([f"{abs(seconds)}.{millis:03d}"], "epoch_s", (abs(seconds) * 1_000 + millis) * 1_000),
        ([seconds], "epoch_ms", seconds * 1_000),
        ([float(seconds)], "epoch_ms", seconds * 1_000),
        ([str(seconds)], "epoch_us", seconds),
    ):
        found = parse_times(pa.array(values), form, PARIS)
        assert found.at_us.to_pylist() == [us]
        assert found.flags.tolist() == [EXACT]


def test_any_form_by_one_door():
    found = parse_times(pa.array(["01/02/2026 10:00"]), FRENCH, PARIS)
    assert found.at_us.to_pylist() == [to_us(datetime(2026, 2, 1, 9, tzinfo=UTC))]
    assert parse_times(pa.array(["9" * 100]), "%Y", PARIS).flags.tolist() == [UNREADABLE]


def test_epoch_values_that_are_no_time():
    texts = pa.array(["x", "nan", "inf", "99999999999999999", "", None, "1e9", "+5"])
    found = parse_times(texts, "epoch_s", PARIS)
    assert found.at_us.to_pylist() == [None] * 7 + [5_000_000]
    assert found.flags.tolist() == [UNREADABLE] * 4 + [EXACT, EXACT, UNREADABLE, EXACT]
    numbers = parse_times(pa.array([float("nan"), 1e300, None]), "epoch_ms", PARIS)
    assert numbers.at_us.to_pylist() == [None, None, None]
    assert numbers.flags.tolist() == [UNREADABLE, UNREADABLE, EXACT]
