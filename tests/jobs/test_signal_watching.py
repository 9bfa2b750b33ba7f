"""Each full hour is judged once, and a judgement under way ends with the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from vigie.base.clock import FixedClock
from vigie.base.stopping import look
from vigie.jobs import signal_watching
from vigie.jobs.signal_watching import FIRST_HOURS, SignalWatch
from vigie.situation.home import Home, init_home, open_home


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 6, 1, 12, 30, tzinfo=UTC))


@pytest.fixture
def own(home: Path, clock: FixedClock) -> Iterator[Home]:
    init_home(home)
    with open_home(home, clock=clock) as found:
        yield found


def test_an_hour_is_judged_once_and_those_missed_with_the_next(
    own: Home, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    monkeypatch.setattr(
        signal_watching, "watch_signals", lambda _home, *, hours: judged.append(hours) or []
    )
    watch = SignalWatch(own)
    for later in (timedelta(0), timedelta(minutes=20), timedelta(hours=3)):
        clock.advance(later)
        watch.tick()
        if watch._thread is not None:
            watch._thread.join()
    watch.close()
    assert judged == [FIRST_HOURS, 4]


def test_closing_ends_a_judgement_in_its_middle_without_a_word(
    own: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = Event()

    def judge(_: Home, *, hours: int) -> list[object]:
        while hours:
            look()
            begun.set()
        return []

    monkeypatch.setattr(signal_watching, "watch_signals", judge)
    watch = SignalWatch(own)
    assert watch.tick()
    assert begun.wait(60)
    watch.close()
    assert not watch.tick()
    assert "Traceback" not in capsys.readouterr().err


def test_a_home_without_a_record_is_judged_without_a_word(own: Home) -> None:
    watch = SignalWatch(own)
    assert watch.tick()
    watch.close()
    assert own.desk.alerts.count() == 0
