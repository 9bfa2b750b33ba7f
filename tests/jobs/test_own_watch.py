"""Vigie's own silence: an alert within twice the period, its end, and signs of life for others."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.nats_servers import NatsServer, free_ports

from vigie.base.clock import FixedClock, SystemClock, now_us
from vigie.base.errors import NotFound, SettingsInvalid, StoreBroken
from vigie.base.settings_pulse import PulseSettings
from vigie.cli.main import run
from vigie.jobs.copies.taking import take_copy
from vigie.jobs.heartbeat import FILE, beat, last_beat
from vigie.jobs.own_watch import RULE, OwnWatch
from vigie.jobs.schedule import Schedule, Task
from vigie.situation.home import Home, init_home, open_home

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    init_home(tmp_path / "home", {"pulse": {"copy_hours": 24}})
    with open_home(tmp_path / "home", clock=clock) as opened:
        yield opened


def told(home: Home) -> list[tuple[str, str, str]]:
    alerts = home.desk.alerts.list_all(state="raised", only=RULE)
    return sorted((a.numbers["code"], a.numbers["name"], a.explanation["en"]) for a in alerts)


def test_a_task_that_fails_for_twice_its_period_is_an_alert_until_it_succeeds(
    home: Home, clock: FixedClock
) -> None:
    schedule, watch, broken = Schedule(home), OwnWatch(home), False

    def work() -> None:
        if broken:
            msg = "no such luck"
            raise RuntimeError(msg)

    schedule.tasks = [Task("reports", 600, work)]
    schedule.run_due()
    broken = True
    for _ in range(2):
        clock.advance(timedelta(minutes=10))
        schedule.run_due()
        assert watch.look() == []
    clock.advance(timedelta(seconds=1))
    (silent,) = watch.look()
    assert (silent.code, silent.name) == ("silent_job", "reports")
    ((_, _, text),) = told(home)
    assert text.startswith('Task "reports" has not succeeded for 20 min')
    assert len(watch.look()) == len(told(home)) == 1, "told once"
    broken = False
    clock.advance(timedelta(minutes=10))
    schedule.run_due()
    assert watch.look() == []
    assert told(home) == []


def test_a_server_that_was_off_is_no_silence(home: Home, clock: FixedClock) -> None:
    schedule = Schedule(home)
    schedule.tasks = [Task("reports", 600, lambda: None)]
    schedule.run_due()
    clock.advance(timedelta(days=2))
    assert OwnWatch(home).look() == []
    clock.advance(timedelta(minutes=20, seconds=1))
    assert OwnWatch(home).look() == [], "this one has begun now"


def test_what_waits_and_is_not_processed_is_an_alert(home: Home, clock: FixedClock) -> None:
    watch = OwnWatch(home)
    home.intake.register("log", "main_courante")
    home.intake.accept("log", "a.csv", b"\x00", "text/csv")
    clock.advance(timedelta(seconds=121))
    assert [one.code for one in watch.look()] == ["silent_draining"]
    home.intake.drain()
    assert watch.look() == []
    assert told(home) == []


def test_a_nats_that_falls_silent_is_an_alert_until_it_answers(
    tmp_path: Path, clock: FixedClock, needs_nats: Path
) -> None:
    server = NatsServer(needs_nats, tmp_path / "nats", free_ports(1)[0]).start()
    init_home(tmp_path / "home", {"nats": {"servers": [server.address]}})
    try:
        with open_home(tmp_path / "home", clock=clock) as home:
            home.intake.reach.connect()
            watch = OwnWatch(home)
            assert watch.look() == []
            server.kill()
            until(lambda: home.intake.reach.lost_us is not None)
            clock.advance(timedelta(seconds=61))
            assert [one.code for one in watch.look()] == ["silent_nats"]
            server.start()
            until(lambda: home.intake.reach.lost_us is None)
            assert watch.look() == []
            assert told(home) == []
    finally:
        server.kill()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_copies_that_stop_are_an_alert_until_one_is_taken(
    home: Home, clock: FixedClock, tmp_path: Path
) -> None:
    home.intake.register("log", "main_courante")
    take_copy(home, tmp_path / "copies", who="os:test")
    clock.advance(timedelta(hours=48, seconds=1))
    watch = OwnWatch(home)
    assert [(one.code, one.params["hours"]) for one in watch.look()] == [("silent_copies", 24)]
    take_copy(home, tmp_path / "copies", who="os:test")
    assert watch.look() == []


def test_a_home_that_never_was_copied_says_so(home: Home, clock: FixedClock) -> None:
    home.intake.register("log", "main_courante")
    home.intake.accept("log", "a.csv", b"\x00", "text/csv")
    home.intake.drain()
    assert home.audit.segments(), "its first line tells how old the home is"
    assert OwnWatch(home).look() == []
    clock.advance(timedelta(days=3))
    assert [one.code for one in OwnWatch(home).look()] == ["silent_no_copy"]


def test_a_disk_that_is_nearly_full_is_an_alert_until_there_is_room(
    home: Home, clock: FixedClock
) -> None:
    usual, watch = home.settings, OwnWatch(home)
    assert watch.look() == []
    full = usual.intake.model_copy(update={"min_free_bytes": 2**62})
    home.settings = usual.model_copy(update={"intake": full})
    for _ in range(3):
        assert [one.code for one in watch.look()] == ["silent_disk"]
        clock.advance(timedelta(minutes=1))
    ((code, name, text),) = told(home)
    assert (code, name) == ("silent_disk", "disk")
    assert "no message is taken" in text
    home.settings = usual
    assert watch.look() == []
    assert told(home) == []
    home.settings = usual.model_copy(update={"intake": full})
    watch.look()
    assert len(told(home)) == 1, "another time is another alert"


def test_what_the_disk_refused_is_tried_again_within_a_minute(
    home: Home, clock: FixedClock
) -> None:
    schedule, full, ran = Schedule(home), True, 0

    def work() -> None:
        nonlocal ran
        ran += 1
        if full:
            Path("/dev/full").write_bytes(b"x")

    schedule.tasks = [Task("pairs", 86_400, work)]
    assert schedule.run_due() == []
    clock.advance(timedelta(seconds=59))
    assert schedule.run_due() == []
    assert ran == 1
    full = False
    clock.advance(timedelta(seconds=1))
    assert schedule.run_due() == ["pairs"]
    clock.advance(timedelta(hours=23))
    assert schedule.run_due() == []


# --- Signs of life ------------------------------------------------------------------------------


def test_signs_of_life_go_to_a_folder_and_an_address_and_name_nobody(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/ping"
    pulse = PulseSettings(url=url, folder=str(tmp_path), private=True)
    monkeypatch.setattr(home, "settings", home.settings.model_copy(update={"pulse": pulse}))
    try:
        assert beat(home, 2) == []
    finally:
        server.shutdown()
        server.server_close()
    assert json.loads(got[0]) == {
        "origin": home.audit.public_key.name,
        "at": "2026-06-01T12:00:00Z",
        "every_s": 60,
        "silent": 2,
    }
    assert last_beat(tmp_path).silent == 2
    (tmp_path / FILE).unlink()
    pulse = pulse.model_copy(update={"folder": str(tmp_path / "away")})
    monkeypatch.setattr(home, "settings", home.settings.model_copy(update={"pulse": pulse}))
    assert beat(home, 0) == ["folder", "url"], "nobody there: logged, and it goes on"


def test_another_machine_hears_that_a_vigie_is_silent(
    home: Home, tmp_path: Path, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotFound):
        last_beat(tmp_path)
    pulse = PulseSettings(folder=str(tmp_path))
    home.settings = home.settings.model_copy(update={"pulse": pulse})
    clock.advance(timedelta(microseconds=now_us(SystemClock()) - now_us(clock)))
    beat(home, 0)
    assert run(["heartbeat", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["alive"] is True
    clock.advance(timedelta(minutes=-4))
    beat(home, 0)
    assert run(["heartbeat", str(tmp_path)]) == 1
    (tmp_path / FILE).write_text("{", "utf-8")
    with pytest.raises(StoreBroken):
        last_beat(tmp_path)


def test_a_sign_of_life_does_not_cross_a_network_in_clear(tmp_path: Path) -> None:
    init_home(tmp_path / "clear", {"pulse": {"url": "http://watch.example/ping"}})
    with pytest.raises(SettingsInvalid, match=r"pulse\.url"):
        open_home(tmp_path / "clear")


def test_the_watch_runs_beside_the_schedule_and_shows_life(home: Home, tmp_path: Path) -> None:
    home.settings = home.settings.model_copy(
        update={"pulse": PulseSettings(folder=str(tmp_path), every_s=10)}
    )
    with OwnWatch(home):
        for _ in range(600):
            if (tmp_path / FILE).exists():
                break
            threading.Event().wait(0.05)
    assert last_beat(tmp_path).origin == home.audit.public_key.name
