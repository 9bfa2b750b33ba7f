"""The process beside the server: what it processed is heard at once, its death loses nothing."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from vigie.base.timing import Timing
from vigie.intake.apart import AWAY, Processed
from vigie.intake.events import FACT_RECORDED
from vigie.jobs.processing import Processing
from vigie.jobs.serving import beside
from vigie.situation.home import Home, init_home, open_home

pytestmark = pytest.mark.usefixtures("forked_programs")
LONG_S = 120.0
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"


def row(number: int) -> bytes:
    line = f"2026-9{number:04d};30/03/2026;09:{number % 60:02d};TN;Tapage;5,37;43,29;2;VERT\r\n"
    return (HEAD + line).encode("utf-8")


def wait_for(true: Callable[[], object]) -> None:
    until = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("beside") / "home"
    init_home(folder, {"log_level": "ERROR"})
    with open_home(folder) as home:
        home.intake.register("log", "main_courante")
        yield home


def push(home: Home, first: int, n: int) -> None:
    for number in range(first, first + n):
        home.intake.accept("log", "push", row(number), "text/csv")


def test_what_is_acknowledged_survives_the_death_of_who_processes_it(opened: Home) -> None:
    intake = opened.intake
    with Processing(opened) as beside_it:
        intake.start()
        try:
            push(opened, 0, 5)
            wait_for(lambda: opened.lake.count("facts") == 5)
            wait_for(lambda: intake.pressure.now.waiting == 0)
            assert beside_it.alive
            assert not intake.processing.done, "processed here, too"
            first = beside_it.pid
            os.kill(first, signal.SIGKILL)
            push(opened, 5, 20)
            wait_for(lambda: beside_it.restarts == 1)
            assert {one.last_error for one in intake.health(0)} <= {AWAY, ""}
            wait_for(lambda: opened.lake.count("facts") == 25)
            wait_for(lambda: intake.pressure.now.waiting == 0)
            assert beside_it.pid != first
            told = [e.data["fact_id"] for e in intake.events.since(0) if e.type == FACT_RECORDED]
            assert len(told) == len(set(told)) == 25
            last = beside_it.pid
        finally:
            intake.stop()
    assert intake.apart is None
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


def test_while_it_is_away_each_feed_says_so(opened: Home, tmp_path: Path) -> None:
    beside_it = Processing(opened)
    beside_it.restarts = 1
    opened.intake.apart = beside_it
    try:
        (one,) = opened.intake.health(0)
        assert one.last_error == AWAY
    finally:
        opened.intake.apart = None
    (one,) = opened.intake.health(0)
    assert one.last_error == ""


def test_a_small_machine_does_it_all_in_one_process(opened: Home) -> None:
    one_process = opened.settings.intake.model_copy(update={"apart": False})
    settings, opened.settings = (
        opened.settings,
        opened.settings.model_copy(update={"intake": one_process}),
    )
    try:
        with beside(opened):
            assert opened.intake.apart is None
            assert opened.intake.drain() == 0
    finally:
        opened.settings = settings


@pytest.mark.parametrize("line", [b"{", b"[]", b"{}", b'{"n": "x", "errors": {}}', b'{"n": 1}'])
def test_what_is_no_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Processed.read(line)
    told = Processed(3, {"log": "unavailable"}, ((1, 0), 2.5))
    assert Processed.read(told.line()) == told


def test_how_long_alerts_took_beside_is_counted_here_once(opened: Home) -> None:
    beside_it, before = Processing(opened), opened.alert_timing.counts()
    there = Timing()
    for seconds in (0.3, 0.3, 70.0):
        there.note(seconds)
        line = Processed(0, {}, there.counts()).line()
        beside_it._hear(BytesIO(line + line))
    counts, sum_s = opened.alert_timing.counts()
    assert sum(counts) - sum(before[0]) == 3
    assert sum_s - before[1] == pytest.approx(70.6)
