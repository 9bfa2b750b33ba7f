"""Days, hours and weekdays as people type them in French."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.messages.french import (
    WEEKDAYS,
    end_of,
    on_day,
    read_clock,
    read_day,
    read_days,
    read_weekdays,
    read_when,
)
from vigie.intake.messages.reading import RowRefused

TZ = "Europe/Paris"
NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def local(*parts: int) -> int:
    return to_us(datetime(*parts, tzinfo=ZoneInfo(TZ)))


@given(day=days)
def test_a_day_is_read_in_both_orders(day):
    assert read_day(f"{day:%d/%m/%Y}", "c") == read_day(f"{day:%Y-%m-%d}", "c") == day
    assert read_day(f"{day.day}.{day.month}.{day.year}", "c") == day


@given(minutes=st.integers(0, 1439))
def test_a_time_of_day_is_read_in_its_forms(minutes):
    hour, minute = divmod(minutes, 60)
    wanted = timedelta(minutes=minutes)

    for text in (f"{hour}h{minute:02}", f"{hour:02}:{minute:02}", f"{hour} H {minute:02}"):
        assert read_clock(text, "c") == wanted
    assert read_clock(f"{hour:02}:{minute:02}:00", "c") == wanted
    assert read_clock(f"{hour}h", "c") == timedelta(hours=hour)


@given(day=days, minutes=st.integers(0, 1439))
def test_a_day_and_an_hour_are_an_instant_of_the_city(day, minutes):
    hour, minute = divmod(minutes, 60)
    wanted = local(day.year, day.month, day.day, hour, minute)

    for text in (f"{day:%d/%m/%Y} {hour}h{minute:02}", f"{day:%d/%m/%Y} à {hour:02}:{minute:02}"):
        assert read_when(text, "c", TZ) == (wanted, None)
    assert read_when(f"{day:%Y-%m-%d}T{hour:02}:{minute:02}:00", "c", TZ) == (wanted, None)


def test_a_day_alone_says_so_and_an_offset_is_honoured():
    assert read_when("29/03/2026", "c", TZ) == (local(2026, 3, 29), date(2026, 3, 29))
    assert read_when("2026-12-05T14:00:00Z", "c", TZ) == (
        to_us(datetime(2026, 12, 5, 14, tzinfo=UTC)),
        None,
    )
    assert end_of(date(2026, 3, 29), TZ) - local(2026, 3, 29) == 23 * 3_600_000_000


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026",
        "bientôt",
        "2026",
        "01/12/2026 25:00",
        "01/12/2026 12:60",
        "1/1/26",
        "00/00/0000",
        "01/12/2026 24:01",
        "0" * 500,
        "٣/١٢/٢٠٢٦",
    ],
)
def test_what_is_no_time_refuses_its_row(text):
    with pytest.raises(RowRefused) as refused:
        read_when(text, "debut", TZ)

    assert (refused.value.code, refused.value.params["column"]) == ("bad_time", "debut")


@given(text=st.text(max_size=30))
def test_no_text_escapes(text):
    for read in (read_day, read_clock, read_days, read_weekdays):
        try:
            read(text, "c")
        except RowRefused as refused:
            assert refused.code in {"bad_time", "unknown_code"}  # noqa: PT017


@given(told=st.sets(st.integers(0, 6), min_size=1), short=st.booleans())
def test_weekdays_are_read_by_name_and_by_their_first_letters(told, short):
    names = [NAMES[day][:3] + "." if short else NAMES[day] for day in sorted(told)]
    wanted = [WEEKDAYS[day] for day in sorted(told)]

    assert read_weekdays(", ".join(names), "c") == wanted
    assert read_weekdays(" et ".join(names), "c") == wanted
    assert read_weekdays(";".join(reversed(names)).upper(), "c") == wanted


def test_a_stretch_of_weekdays_goes_round_the_week():
    for first, last in combinations(range(7), 2):
        wanted = [WEEKDAYS[day] for day in range(first, last + 1)]
        assert read_weekdays(f"du {NAMES[first]} au {NAMES[last]}", "c") == wanted
        assert read_weekdays(f"{NAMES[first]}-{NAMES[last]}", "c") == wanted
    assert read_weekdays("samedi au lundi", "c") == ["MO", "SA", "SU"]
    assert read_weekdays("Tous les jours", "c") == list(WEEKDAYS)
    assert read_weekdays("les mardis", "c") == ["TU"]


@pytest.mark.parametrize("text", ["", ",", "lundredi", "monday", "lundi-mardi-jeudi", "1", "le"])
def test_what_is_no_weekday_refuses_its_row(text):
    with pytest.raises(RowRefused) as refused:
        read_weekdays(text, "jours")

    assert refused.value.code == "unknown_code"


def test_lists_of_days_and_their_limit():
    wanted = {date(2026, 5, 1), date(2026, 12, 25)}

    assert read_days("01/05/2026, 2026-12-25;", "c") == wanted
    with pytest.raises(RowRefused):
        read_days(" ".join(["01/05/2026"] * 500), "c")


def test_closing_before_opening_is_the_next_day_and_the_clock_is_local():
    opens, shuts = timedelta(hours=22), timedelta(hours=2)
    day = datetime(2026, 10, 24)

    assert on_day(day, opens, TZ) == local(2026, 10, 24, 22)
    assert on_day(day, shuts, TZ, after=opens) == local(2026, 10, 25, 2)
    assert on_day(day, opens, TZ, after=opens) == local(2026, 10, 25, 22)
