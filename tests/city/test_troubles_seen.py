"""What a console shows of the planted troubles: the replay through a home's real intake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.city.built_city import BuiltCity

from vigie.base.clock import FixedClock, now_us, to_us
from vigie.city import live
from vigie.city.span import MINUTE_US
from vigie.city.troubles import (
    DRIFT_AFTER_US,
    DRIFTING,
    NEW_FIELD,
    SILENT,
    SILENT_MINUTES,
    is_silent,
)
from vigie.intake.service import Intake
from vigie.situation.freshness import freshness
from vigie.situation.home import Home, init_home, open_home


@pytest.fixture
def clock(autumn: BuiltCity) -> FixedClock:
    """The city's now; the tests move it."""
    return FixedClock(autumn.manifest.now)


@pytest.fixture
def home(tmp_path: Path, autumn: BuiltCity, clock: FixedClock) -> Iterator[Home]:
    """A home that has the past of the two feeds, as the demo has."""
    init_home(tmp_path / "home", {"demo": True})
    with open_home(tmp_path / "home", clock=clock) as opened:
        for source in (DRIFTING, SILENT):
            feed = autumn.manifest.feed(source)
            opened.intake.register(
                source, feed.connector, options=feed.options, period_s=feed.period_s or None
            )
            paths = [autumn.folder / path for path in feed.paths]
            opened.intake.ingest_paths(feed.connector, paths, source=source)
        yield opened


def replayed(city: BuiltCity, source: str, intake: Intake, clock: FixedClock) -> Iterator[None]:
    """Send a feed's messages at their instants, and stop after each minute of the clock."""
    sent = (message for message in live(city.folder, clock) if message.source == source)
    for message in sent:
        while message.at > clock.now() + timedelta(minutes=1):
            clock.advance(timedelta(minutes=1))
            yield
        clock.advance(message.at - clock.now())
        intake.accept(message.source, message.name, message.content)
        intake.drain()
        yield


def drift(home: Home, at_us: int) -> dict[str, str]:
    """Return the fields of the drifting feed that are said to drift."""
    fields = home.intake.contract(DRIFTING, at_us).fields
    return {one.name: one.drift for one in fields if one.drift}


def test_the_contract_view_says_which_field_is_new(
    autumn: BuiltCity, home: Home, clock: FixedClock
) -> None:
    start_us = now_us(clock)
    told = {False: 0, True: 0}
    for _ in replayed(autumn, DRIFTING, home.intake, clock):
        now = now_us(clock)
        late = now >= start_us + DRIFT_AFTER_US
        assert drift(home, now) == ({NEW_FIELD: "new"} if late else {})
        told[late] += 1
        if now > start_us + 2 * DRIFT_AFTER_US:
            break
    assert min(told.values()) >= 19
    (field,) = [f for f in home.intake.contract(DRIFTING, now).fields if f.name == NEW_FIELD]
    assert (field.expected, field.meaning) == (False, {})
    assert home.intake.quarantine_count() == {}


def test_a_silent_feed_is_marked_stale_and_alive_again_once_it_speaks(
    autumn: BuiltCity, home: Home, clock: FixedClock
) -> None:
    start, stale, alive = clock.now(), [], []
    period_s = next(one.period_s for one in home.intake.sources() if one.source == SILENT)
    soon = SILENT_MINUTES[2 * period_s // 60 :]
    for _ in replayed(autumn, SILENT, home.intake, clock):
        seen = freshness(home, [SILENT])
        assert seen.silent == ((SILENT,) if seen.stale else ())
        (stale if seen.stale else alive).append(to_us(clock.now()))
        if clock.now() > start + timedelta(minutes=100):
            break
    assert all(is_silent(at) for at in stale)
    assert {at // MINUTE_US % 60 for at in stale} >= set(soon)
    assert {at // MINUTE_US % 60 for at in alive} >= set(range(60)) - set(SILENT_MINUTES)
