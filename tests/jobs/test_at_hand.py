"""What answers about events rest on is fitted before anybody asks, one fit at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from tests.web import sample_home

from vigie.base.clock import FixedClock
from vigie.base.stopping import look
from vigie.jobs import at_hand
from vigie.jobs.at_hand import AtHand
from vigie.situation.home import Home, init_home, open_home


@pytest.fixture
def empty(home: Path) -> Iterator[Home]:
    init_home(home)
    with open_home(home, clock=FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))) as found:
        yield found


def test_nothing_is_fitted_where_there_is_nothing_to_learn_from(empty: Home) -> None:
    worker = AtHand(empty)
    assert not worker.tick()
    worker.close()


def test_one_fit_at_a_time_and_closing_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = sample_home.build(tmp_path / "home")
    go, fitted = Event(), []

    def fit(of: Home) -> int:
        go.wait(10)
        fitted.append(of)
        return 0

    monkeypatch.setattr(at_hand, "keep_at_hand", fit)
    worker = AtHand(home)
    assert worker.tick()
    assert worker.busy
    assert not worker.tick()
    go.set()
    worker.close()
    assert fitted == [home]
    assert not worker.busy
    assert worker.tick()
    worker.close()
    home.close()


def test_closing_ends_a_fit_in_its_middle_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, _ = sample_home.build(tmp_path / "home")
    begun = Event()

    def fit(_: Home) -> int:
        while True:
            look()
            begun.set()

    monkeypatch.setattr(at_hand, "keep_at_hand", fit)
    worker = AtHand(home)
    assert worker.tick()
    assert begun.wait(60)
    worker.close()
    assert not worker.busy
    home.close()
    assert "Traceback" not in capsys.readouterr().err
