"""The forecast of the day: not at once, one process at a time, none where nothing is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.foresight.forecasting.town import town_home

from vigie.base.clock import FixedClock
from vigie.jobs import forecasting
from vigie.jobs.forecasting import Forecaster, command_for
from vigie.situation.home import Home


class Process:
    """Stands for a process under way until it is told to be over."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.over = False

    def poll(self) -> int | None:
        return 0 if self.over else None


@pytest.fixture
def opened(home: Path) -> Iterator[tuple[Home, FixedClock]]:
    found, clock = town_home(home, days=16, scale=0.02)
    with found:
        yield found, clock


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    made: list[Process] = []

    def start(command: list[str]) -> Process:
        made.append(Process(command))
        return made[-1]

    monkeypatch.setattr(forecasting, "start", start)
    monkeypatch.setattr(forecasting, "end", lambda process: setattr(process, "over", True))
    return made


def test_the_first_one_waits_and_only_one_is_made_at_a_time(
    opened: tuple[Home, FixedClock], started: list[Process]
) -> None:
    home, clock = opened
    forecaster = Forecaster(home)
    assert forecaster.tick() == ()
    clock.advance(timedelta(seconds=home.settings.forecast.first_after_s))
    command = forecaster.tick()
    (run,) = home.desk.forecasts.list_all()
    assert list(command) == command_for(home, run.forecast_id) == started[0].command
    assert forecaster.busy
    assert forecaster.tick() == ()
    started[0].over = True
    home.desk.forecasts.take(run.forecast_id)
    assert forecaster.tick() == ()
    assert len(started) == 1


def test_the_process_under_way_ends_with_the_server(
    opened: tuple[Home, FixedClock], started: list[Process]
) -> None:
    home, clock = opened
    forecaster = Forecaster(home)
    clock.advance(timedelta(hours=1))
    forecaster.tick()
    forecaster.close()
    assert started[0].over
    Forecaster(home).close()
