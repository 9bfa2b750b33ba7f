"""Vigilance: two bulletins a day that say of today what the weather of the truth will be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from tests.city.built_city import BuiltCity

import vigie.connectors
from vigie.base.clock import FixedClock, from_us, to_us
from vigie.city import live
from vigie.city.feeds import vigilance
from vigie.city.span import DAY_US, HOUR_US, local
from vigie.city.truth import Truth, make_truth
from vigie.intake.connector import Context, Payload, discover

CONNECTOR = discover(vigie.connectors)["vigilance"]
KINDS = {
    vigilance.WIND: "environment.weather.wind",
    vigilance.RAIN: "environment.weather.rain",
    vigilance.HEAT: "environment.weather.heat",
}
SIX_HOURS = timedelta(hours=6)


@pytest.fixture(scope="module")
def truth() -> Truth:
    """Eight months over both changes of clocks, hardly any incident."""
    now = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    return make_truth(seed=7, days=240, scale=0.005, now=now)


@pytest.fixture(scope="module")
def told(truth: Truth) -> list[tuple[int, list[dict[str, Any]], list[str]]]:
    """Every bulletin: when, its plans, the references foreseen."""
    bulletins = vigilance.Bulletins(truth)
    return [
        (at_us, read(bulletins.content(at_us), at_us), bulletins.refs(at_us))
        for at_us in bulletins.times(truth.span.start_us, truth.span.end_us - 2 * DAY_US)
    ]


def read(content: bytes, at_us: int) -> list[dict[str, Any]]:
    options = {"domains": ["13"]}
    context = Context("vigilance", "Europe/Paris", from_us(at_us), options=options)
    payload = Payload("b.json", BytesIO(content), size=len(content))
    parsed = list(CONNECTOR.parse(payload, context))
    assert not [one for chunk in parsed for one in chunk.rejects]
    assert not [one for chunk in parsed for one in chunk.notices]
    return [row for chunk in parsed for row in chunk.table.to_pylist()]


def test_there_are_two_bulletins_a_day_at_hours_of_the_local_clock(told: list[Any]) -> None:
    at = [local(at_us) for at_us, _, _ in told]
    assert {(one.hour, one.minute) for one in at} == {(6, 0), (16, 0)}
    assert len({one.date() for one in at}) * 2 - len(at) in {0, 1}


def test_each_bulletin_gives_the_parts_foreseen(told: list[Any]) -> None:
    for _, plans, refs in told:
        assert [plan["source_ref"] for plan in plans] == refs


def test_there_are_quiet_days_and_warnings_of_each_sort(told: list[Any]) -> None:
    warned = [p for _, plans, _ in told for p in plans if p["state"] == "authorised"]
    assert {plan["kind"] for plan in warned} == set(KINDS.values())
    assert sum(not plans for _, plans, _ in told) > len(told) / 3
    colours = {dict(plan["attributes"])["colour"] for plan in warned}
    assert colours >= {"yellow", "orange"}


def test_what_was_last_said_of_mornings_and_evenings_is_what_the_weather_was(
    truth: Truth, told: list[Any]
) -> None:
    """Counted here hour by hour from the truth, not by blocks as the feed does."""
    last: dict[str, tuple[int, dict[str, Any]]] = {}
    for at_us, plans, _ in told:
        last |= {plan["source_ref"]: (at_us, plan) for plan in plans}
    checked = 0
    for phenomenon, kind in KINDS.items():
        value = vigilance.strength(truth, phenomenon)
        for at_us, plan in last.values():
            begin_us = int(plan["source_ref"].rpartition("/")[2]) * 1_000_000
            if plan["kind"] != kind or begin_us < at_us or begin_us >= at_us + 8 * HOUR_US:
                continue
            first = (begin_us - truth.span.start_us) // HOUR_US
            strongest = float(np.max(value[first : first + 6]))
            above = strongest >= phenomenon.thresholds[0]
            assert (plan["state"] == "authorised") is above
            checked += 1
    assert checked > 50


def test_a_later_bulletin_amends_or_calls_off_what_was_foreseen(told: list[Any]) -> None:
    said: dict[str, list[tuple[int, str]]] = {}
    for _, plans, _ in told:
        for plan in plans:
            said.setdefault(plan["source_ref"], []).append((plan["revision"], plan["state"]))
    assert all(states == sorted(states) for states in said.values())
    ends = [(states[0][1], states[-1][1]) for states in said.values()]
    assert ("authorised", "cancelled") in ends
    assert ("cancelled", "authorised") in ends


def test_the_files_hold_a_few_days_and_what_the_manifest_says(city: BuiltCity) -> None:
    feed = city.manifest.feed("vigilance")
    found = city.read(feed)
    assert len(feed.paths) == 2 * vigilance.HISTORY_DAYS
    assert len(found.refs) == feed.records
    assert sum(found.refs.values()) == feed.records + feed.repeats
    assert found.rejected == []
    assert not found.notices


def test_the_replay_goes_on_with_the_next_bulletin(autumn: BuiltCity) -> None:
    """Built at 10:30, the next comes at 16:00 of the same day."""
    since = autumn.manifest.now + timedelta(hours=5)
    clock = FixedClock(since + SIX_HOURS)
    message = next(m for m in live(autumn.folder, clock, since=since) if m.source == "vigilance")
    assert local(to_us(message.at)).hour == 16
    assert message.name not in {
        p.rpartition("/")[2] for p in autumn.manifest.feed("vigilance").paths
    }
    feed = autumn.manifest.feed("vigilance")
    chunks = list(autumn.chunks(feed, message.name, message.content))
    assert not [one for chunk in chunks for one in chunk.rejects]
