"""What a feed should bring beside what it brought: counted from its remarks, judged robustly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.errors import NotFound
from vigie.connectors.table import CONNECTOR as TABLE
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import OTHER
from vigie.intake.observed import (
    BAND,
    LEAST_WEEKS,
    MOST_FIELDS,
    QUARTER_US,
    Remarked,
    Window,
    count_field,
    drift_of,
    expected_fields,
    judge_day,
    judge_days,
    local_days,
    view_fields,
    window_of,
)
from vigie.intake.service import Intake
from vigie.model.notices import Notice

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
DAY_US = 86_400_000_000
TODAY = date(2026, 6, 1)
T0 = 1_780_000_000_000_000
FIELDS = (
    Field("ref", {"fr": "Numéro", "en": "Number"}, required=True),
    Field("place", {"fr": "Lieu", "en": "Place"}, "place"),
    Field("agent", {"fr": "Agent", "en": "Officer"}, "agent"),
)


# --- Volume ------------------------------------------------------------------------------------

counts = st.integers(0, 5_000)


@given(counts, st.lists(counts, max_size=8), st.booleans())
def test_a_verdict_needs_history_and_stands_outside_the_band(
    records: int, history: list[int], goes_on: bool
) -> None:
    day = judge_day(TODAY, records, history, goes_on=goes_on)
    if len(history) < LEAST_WEEKS:
        assert (day.verdict, day.typical, day.low, day.high) == ("unknown", None, None, None)
        return
    assert day.low is not None
    assert day.high is not None
    assert day.typical == median(history)
    assert 0 <= day.low <= day.typical <= day.high
    assert (day.verdict == "high") == (records > day.high)
    assert (day.verdict == "low") == (records < day.low and not goes_on)
    assert judge_day(TODAY, round(median(history)), history).verdict == "normal"


@given(st.integers(0, 9), st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_small_counts_are_never_called_low(records: int, history: list[int]) -> None:
    assert judge_day(TODAY, records, history).verdict != "low"


@given(st.integers(100, 1_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_odd_weeks_of_eight_do_not_move_the_band(usual: int, odd: int, other: int) -> None:
    day = judge_day(TODAY, 0, [usual] * 6 + [odd, other])
    assert day.typical == usual
    assert day.high == usual + BAND * usual**0.5
    assert day.verdict == "low"


def test_a_day_is_held_against_the_same_weekday_and_the_first_day_counts_for_nothing() -> None:
    by_day = {}
    first = TODAY - timedelta(weeks=6)  # a Monday, as today
    for back in range(1, 43):
        day = TODAY - timedelta(days=back)
        by_day[day] = 400 if day.weekday() == 0 else 100
    by_day[TODAY] = 90
    by_day[TODAY - timedelta(days=1)] = 0
    by_day[TODAY - timedelta(days=2)] = 300
    days = judge_days(by_day, first, TODAY)
    assert [one.day for one in days] == [TODAY - timedelta(days=n) for n in range(14)]
    today, yesterday, before = days[:3]
    assert (today.weeks, today.typical, today.verdict) == (5, 400, "normal")  # it goes on
    assert (yesterday.typical, yesterday.verdict) == (100, "low")
    assert (before.typical, before.verdict) == (100, "high")
    assert {one.verdict for one in days[3:]} == {"normal"}


def test_a_monthly_feed_has_no_usual_weekday() -> None:
    by_day = {TODAY - timedelta(days=61): 900, TODAY - timedelta(days=30): 900, TODAY: 900}
    days = judge_days(by_day, TODAY - timedelta(days=61), TODAY, weekly=False)
    assert {(one.weeks, one.verdict) for one in days} == {(0, "unknown")}
    assert judge_days(by_day, TODAY - timedelta(days=61), TODAY)[0].verdict == "high"


def test_a_young_feed_has_no_verdict_and_one_without_records_no_days() -> None:
    young = judge_days({TODAY: 5}, TODAY - timedelta(days=3), TODAY)
    assert [(one.weeks, one.verdict) for one in young] == [(0, "unknown")] * 4
    assert judge_days({}, None, TODAY) == ()


@given(
    st.dictionaries(st.integers(1_900_000, 2_000_000), st.integers(1, 9), max_size=30),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC"]),
)
def test_every_record_falls_on_the_local_day_it_came(
    quarters: dict[int, int], timezone: str
) -> None:
    days = local_days(quarters, timezone)
    told: Counter[date] = Counter()
    for quarter, n in quarters.items():
        at = datetime.fromtimestamp(quarter * QUARTER_US / 1e6, ZoneInfo(timezone))
        told[at.date()] += n
    assert days == dict(told)


# --- Drift -------------------------------------------------------------------------------------


ages = st.integers(0, 100 * DAY_US) | st.integers(0, DAY_US)


@given(st.lists(ages, max_size=40))
def test_the_window_is_ten_batches_or_a_day_and_needs_a_past(ago: list[int]) -> None:
    batches = [T0 - one for one in sorted(ago)]
    window = window_of(batches[:10], batches[::-1][:10])
    if window.since_us is None:
        return
    assert window.newest_us == batches[0] >= window.since_us
    assert batches[-1] < window.since_us
    of_a_day = [at for at in batches if at >= batches[0] - DAY_US]
    if len(of_a_day) < 10:
        assert window.since_us == batches[9]
    else:
        assert window.since_us >= batches[0] - DAY_US
        assert len([at for at in batches if at < window.since_us]) >= 10 or (
            window.since_us == batches[0] - DAY_US
        )


def test_a_feed_by_the_minute_has_a_past_after_ten_of_them_and_a_day_at_most() -> None:
    def since(batches: int) -> int | None:
        told = [T0 + 60_000_000 * n for n in range(batches)]
        return window_of(told[::-1][:10], told[:10]).since_us

    assert since(10) is None
    assert since(11) == since(1_000) == T0 + 9 * 60_000_000 + 1
    assert since(3_000) == T0 + 2_999 * 60_000_000 - DAY_US


def remarked(state: str, first: float, last: float, batches: int = 10) -> Remarked:
    """Make a remark seen from so many to so many days before the newest batch."""
    return Remarked("f", state, 1, batches, T0 - round(first * DAY_US), T0 - round(last * DAY_US))


@pytest.mark.parametrize(
    ("one", "drift"),
    [
        (remarked("unmapped", 1, 0), "new"),
        (remarked("dropped", 1, 0), "new"),
        (remarked("unmapped", 50, 0), ""),
        (remarked("unmapped", 50, 30, batches=20), "gone"),
        (remarked("unmapped", 50, 30, batches=2), ""),  # too rarely seen to be missed
        (remarked("unmapped", 50, 12, batches=5), ""),  # came every ten days: 12 is not long
        (remarked("unmapped", 200, 100, batches=90), ""),  # gone so long that it is no news
        (remarked("absent", 1, 0), "gone"),
        (remarked("absent", 50, 0), ""),
        (remarked("missing", 1, 0), ""),  # some rows without it: no drift
    ],
)
def test_new_and_gone(one: Remarked, drift: str) -> None:
    assert drift_of(one, Window(T0 - 5 * DAY_US, T0)) == drift
    assert drift_of(one, Window(None, T0)) == ""


# --- Fields ------------------------------------------------------------------------------------


def test_expected_fields_come_first_with_what_is_known_of_each() -> None:
    remarks = [
        Remarked("agent", "dropped", 7, 2, 1, 2),
        Remarked("extra", "unmapped", 3, 1, 1, 3),
        Remarked("place", "missing", 2, 1, 1, 4),
        Remarked("place", "absent", 1, 1, 1, 3),
    ]
    views = view_fields(FIELDS, remarks, Window(None, 0), accepted=40)
    told = [(v.name, v.expected, v.seen, v.missing, v.last_us) for v in views]
    assert told == [
        ("ref", True, 40, 0, None),
        ("place", True, None, 3, 4),
        ("agent", True, 7, 0, 2),
        ("extra", False, 3, 0, 3),
    ]


def test_a_name_that_could_be_somebody_is_not_kept() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for name in ("Jeanne Dupont", "0612345678", "x" * 200, "né le 01/02/1980", "rue"):
        count_field(found, "unmapped_column", {"column": name}, 1)
    count_field(found, "dropped_personal", {"column": "NOM AGENT"}, 2)  # our own list's word
    count_field(found, "redacted_text", {"column": "x"}, 1)
    count_field(found, "unmapped_column", {"column": 3}, 1)
    assert found == {
        (OTHER, "unmapped"): 4, ("rue", "unmapped"): 1, ("NOM AGENT", "dropped"): 2,
    }  # fmt: skip


def test_a_mapping_says_what_a_table_should_bring() -> None:
    mapping = {
        "source": "s", "kind": "facts", "timezone": "UTC",
        "columns": {
            "source_ref": "id", "kind": {"value": "road"}, "earliest_at": "at", "lon": "x",
            "lat": "y",
        },
        "free_text": {"columns": ["note"]}, "drop": {"columns": ["name"]},
    }  # fmt: skip
    fields = {one.name: (one.privacy, one.required) for one in expected_fields(TABLE, mapping)}
    assert fields == {
        "at": ("none", True), "id": ("none", True), "x": ("none", False), "y": ("none", False),
        "note": ("free_text", False), "name": ("personal", False),
    }  # fmt: skip
    assert expected_fields(TABLE, {"columns": 3}) == ()


# --- Through intake ----------------------------------------------------------------------------


@pytest.fixture
def connectors(connectors: Mapping[str, Connector]) -> Mapping[str, Connector]:
    """The probe, telling the allow-list above and remarking on every other key."""
    probe = connectors["probe"]

    def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
        for parsed in probe.parse(payload, context):
            extra = int(context.options.get("extra", 0))
            names = [f"extra_{n}" for n in range(extra)] or ["extra"]
            parsed.notices = [
                Notice("unmapped_column", count=2, params={"column": name}) for name in names
            ]
            parsed.notices.append(Notice("dropped_personal", params={"column": "agent"}))
            yield parsed

    return {**connectors, "probe": replace(probe, parse=parse, fields=FIELDS)}


def test_the_contract_of_a_feed_is_counted_as_it_comes(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    empty = intake.contract("log", now_us(clock))
    assert [one.name for one in empty.fields] == ["ref", "place", "agent"]
    assert (empty.days, empty.since_us) == ((), None)
    intake.accept("log", "m", lines(fact("1"), fact("2"), fact("3", earliest_at="absent")))
    intake.drain()
    contract = intake.contract("log", now_us(clock))
    told = {one.name: (one.seen, one.missing) for one in contract.fields}
    assert told == {
        "ref": (2, 0), "place": (None, 0), "agent": (1, 0), "earliest_at": (None, 1),
        "extra": (2, 0),
    }  # fmt: skip
    assert [(one.day, one.records) for one in contract.days] == [(TODAY, 2)]
    with pytest.raises(NotFound):
        intake.contract("nobody", now_us(clock))


def test_neither_replay_nor_retry_counts_a_field_again(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "m", lines(fact("1"), fact("2", kind="nonsense")))
    intake.drain()
    before = intake.contract("log", now_us(clock))
    intake.replay()
    intake.quarantine_retry(source="log")
    assert intake.contract("log", now_us(clock)) == before


def test_a_field_that_appears_is_new_and_a_day_like_no_other_is_flagged(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    number = 0
    for _ in range(43):
        rows = [fact(str(number + n)) for n in range(12)]
        number += 12
        intake.accept("log", "m", lines(*rows))
        intake.drain()
        clock.advance(timedelta(days=1))
    intake.register("log", "probe", options={"extra": 1})
    intake.accept("log", "m", lines(*[fact(str(number + n)) for n in range(300)]))
    intake.drain()
    contract = intake.contract("log", now_us(clock))
    assert contract.since_us is not None
    assert contract.since_us < now_us(clock) - DAY_US
    drift = {one.name: one.drift for one in contract.fields}
    assert drift == {"ref": "", "place": "", "agent": "", "extra": "", "extra_0": "new"}
    today, yesterday = contract.days[:2]
    assert (today.records, today.typical, today.verdict) == (300, 12, "high")
    assert (yesterday.records, yesterday.verdict) == (12, "normal")


def test_fields_without_end_do_not_fill_the_journal(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    intake.register("log", "probe", options={"extra": MOST_FIELDS + 50})
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    fields = intake.contract("log", now_us(clock)).fields
    assert len(fields) <= MOST_FIELDS + 1 + len(FIELDS)
    (other,) = [one for one in fields if one.name == OTHER]
    assert other.seen is not None
    assert other.seen >= 100


def test_volumes_go_with_their_loads(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    intake._sources.prune_batches(before_us=to_us(clock.now()) + DAY_US)
    assert intake.contract("log", now_us(clock)).days == ()
