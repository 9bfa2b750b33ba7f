"""The demo as it is served: its city sends over real transports, and everything arrives."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from vigie.base.clock import SystemClock, now_us
from vigie.base.settings import load_settings
from vigie.city import live
from vigie.city.manifest import read_manifest
from vigie.city.people import SURNAMES
from vigie.jobs.broker import free_port
from vigie.jobs.demo import FEEDS, make_demo
from vigie.situation.home import open_home

PAUSE = timedelta(hours=3)
PATIENCE_S = 240


class Earlier:
    """The clock of three hours ago: the demo is made then, and served now."""

    def now(self):
        return SystemClock().now() - PAUSE


@pytest.fixture(scope="module")
def paused_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("alive") / "home"
    make_demo(home, clock=Earlier(), seed=7, days=3, scale=0.3)
    return home


def _messages(path: Path) -> dict[str, int]:
    with open_home(path) as home:
        return {one.source: one.messages for one in home.intake.health(now_us(home.clock))}


def _said_by_edge(path: Path) -> str:
    """What the hospital's edge has logged; it tells no day in its first seconds."""
    log = path / "hospital" / "edge.log"
    return log.read_text("utf-8", "replace") if log.exists() else ""


def test_what_the_city_sent_meanwhile_comes_by_its_own_ways(paused_home: Path) -> None:
    before = _messages(paused_home)
    feeds = {feed.source: feed for feed in read_manifest(paused_home / FEEDS).feeds}
    now = SystemClock().now()
    said_by = takewhile(lambda m: m.at < now, live(paused_home / FEEDS, SystemClock()))
    sent = {message.source for message in said_by}
    command = [sys.executable, "-m", "vigie", "demo", "--home", str(paused_home)]
    log = (paused_home.parent / "log.txt").open("wb")
    with (
        log,
        subprocess.Popen([*command, "--port", str(free_port())], stdout=log, stderr=log) as it,
    ):
        until, after = time.monotonic() + PATIENCE_S, before
        wanted = {"main_courante", "rescue", "reports", "bikes", "emergency"}
        wanted |= sent & {"traffic_parking"}  # few are fined at night
        try:
            while time.monotonic() < until and it.poll() is None:
                time.sleep(3)
                after = _messages(paused_home)
                told = '"day told"' in _said_by_edge(paused_home)
                if told and all(after[source] > before[source] for source in wanted):
                    break
        finally:
            it.send_signal(signal.SIGINT)
            it.wait(timeout=60)

    said = (paused_home.parent / "log.txt").read_text("utf-8", "replace")
    arrived = {source for source in after if after[source] > before[source]}
    assert wanted <= arrived, said[-2_000:]
    assert {feeds[source].via for source in arrived} >= {feeds[one].via for one in wanted}
    edge = _said_by_edge(paused_home)
    assert '"day told"' in edge
    assert not [name for name in SURNAMES if name in edge + said]
    settings = load_settings(paused_home)
    assert [Path(one.path).name for one in settings.intake.watch] == ["main_courante"]
    assert "Traceback" not in said
    with open_home(paused_home) as home:
        assert all(token.revoked for token in home.desk.tokens.list_all())
