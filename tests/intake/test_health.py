"""A feed that is silent is never shown as live (R-8); its figures add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.intake.events import SOURCE_STATE
from vigie.intake.service import Intake
from vigie.intake.sources import state_of

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
MINUTE = timedelta(minutes=1)


def states(intake: Intake, clock: FixedClock) -> list[str]:
    return [one.state for one in intake.health(now_us(clock))]


def test_live_then_late_then_stale(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    assert states(intake, clock) == ["never"]
    intake.accept("log", "m", lines(fact("1")))
    assert states(intake, clock) == ["live"]  # received, though not yet processed
    intake.drain()
    clock.advance(MINUTE)
    assert states(intake, clock) == ["live"]
    clock.advance(timedelta(seconds=1))
    assert states(intake, clock) == ["late"]
    clock.advance(MINUTE)
    assert states(intake, clock) == ["stale"]
    (health,) = intake.health(now_us(clock))
    assert health.age_s == 121.0
    assert [batch.messages for batch in health.last_batches] == [1]
    assert intake.health(now_us(clock), batches=0) == [replace(health, last_batches=())]
    intake.accept("log", "m", lines(fact("2")))
    assert states(intake, clock) == ["live"]


def test_a_message_that_brings_nothing_new_is_still_a_sign_of_life(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    clock.advance(3 * MINUTE)
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    assert states(intake, clock) == ["live"]


def test_a_change_of_state_is_told_once(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    def told() -> list[tuple[str, str]]:
        intake.housekeeping.tell_states()
        events = intake.events.since(0)
        return [(e.data["before"], e.data["state"]) for e in events if e.type == SOURCE_STATE]

    assert told() == []
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    assert told() == [("never", "live")]
    assert told() == [("never", "live")]
    clock.advance(3 * MINUTE)
    assert told() == [("never", "live"), ("live", "stale")]


def test_figures_survive_a_restart(
    open_intake: Callable[..., Intake], clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    first = open_intake()
    first.register("log", "probe", period_s=3600, title={"fr": "Journal", "en": "Log"})
    first.accept("log", "m", lines(fact("1"), fact("1"), fact("2", lon=0.0, lat=0.0)))
    first.drain()
    before = first.health(now_us(clock))
    first.close()
    second = open_intake()
    assert second.health(now_us(clock)) == before
    (health,) = before
    assert (health.read, health.records, health.duplicates, health.quarantined) == (3, 1, 1, 1)
    assert health.title == {"fr": "Journal", "en": "Log"}
    assert health.period_s == 3600
    assert health.last_fact_us == 1_780_135_200_000_000


def test_a_feed_is_renewed_by_registering_it_again(intake: Intake) -> None:
    intake.register("log", "probe", period_s=5, options={"a": 1})
    assert intake.source("log").period_s == 5
    intake.register("log", "probe", mapping={"period_s": 7, "title": "Journal"})
    info = intake.source("log")
    assert (info.period_s, info.title) == (7, {"fr": "Journal", "en": "Journal"})
    assert [one.source for one in intake.sources()] == ["log"]


@given(st.integers(1, 10**6), st.integers(0, 10**7))
def test_never_live_beyond_the_period(period_s: int, silent_s: int) -> None:
    state = state_of(0, period_s, silent_s * 1_000_000)
    assert (state == "live") == (silent_s <= period_s)
    assert (state == "stale") == (silent_s > 2 * period_s)


def test_what_is_forecast_is_no_news(intake: Intake, lines: Lines) -> None:
    measure = {
        "record": "measures", "source_ref": "1", "metric": "noise.laeq", "value": 60.0,
        "unit": "dB", "to_at": "2026-06-09T11:00:00+00:00",
    }  # fmt: skip
    past, future = "2026-05-30T10:00:00+00:00", "2026-06-09T10:00:00+00:00"
    intake.accept("log", "m", lines({**measure, "from_at": future}))
    intake.drain()
    assert intake.health(0)[0].last_fact_us is None
    intake.accept("log", "m", lines({**measure, "from_at": past, "source_ref": "2"}))
    intake.drain()
    assert intake.health(0)[0].last_fact_us == 1_780_135_200_000_000


def test_options_written_with_dates_are_kept_as_texts(intake: Intake) -> None:
    """A grant of a camera feed has dates, and TOML has a type for them."""
    grant = {"from": datetime(2026, 11, 20, 8, tzinfo=UTC)}
    intake.register("log", "probe", options={"grants": [grant]})

    assert intake.source("log").options == {"grants": [{"from": "2026-11-20 08:00:00+00:00"}]}
