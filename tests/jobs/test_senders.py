"""The city's messages travel as those of a partner: refused, delayed and lost as they would be."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from vigie.base.clock import to_us
from vigie.base.errors import TooManyRequests
from vigie.jobs import broker as broker_job
from vigie.jobs import senders
from vigie.jobs.broker import Broker, MqttSender, free_port
from vigie.jobs.senders import FolderSender, HandSender, PushSender

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "AGAIN_S", 0.01)
    monkeypatch.setattr(broker_job, "AGAIN_S", 0.05)


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[int], list[tuple[str, str, str, bytes]]]]:
    """A server that answers the statuses it is given, then 202, and what it was sent."""
    statuses: list[int] = []
    seen: list[tuple[str, str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = self.headers["Authorization"], self.headers["X-Message-Name"]
            seen.append((self.path, *told, body))
            self.send_response(statuses.pop(0) if statuses else 202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", statuses, seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_push_waits_where_it_is_asked_to_wait(gateway: Any) -> None:
    address, statuses, seen = gateway
    statuses += [503, 429]
    sender = PushSender(address, "secret", threading.Event())

    assert sender.send("rescue", "m1", b"{}")
    assert seen == [("/api/ingest/rescue", "Bearer secret", "m1", b"{}")] * 3
    sender.close()


def test_a_push_that_is_refused_is_not_tried_for_ever(gateway: Any) -> None:
    address, statuses, seen = gateway
    statuses += [403]
    sender = PushSender(address, "wrong", threading.Event())

    assert not sender.send("rescue", "m1", b"{}")
    assert len(seen) == 1
    sender.close()


def test_a_push_to_nobody_ends_when_it_is_told_to() -> None:
    stop = threading.Event()
    sender = PushSender(f"http://127.0.0.1:{free_port()}", "secret", stop)
    threading.Timer(0.2, stop.set).start()

    assert not sender.send("rescue", "m1", b"{}")
    sender.close()


def test_a_file_appears_whole_and_leaves_when_it_is_old(tmp_path: Path) -> None:
    clock = Clock()
    sender = FolderSender(tmp_path, clock)

    assert sender.send("log", "a.csv", b"1")
    old = to_us(NOW - timedelta(hours=2)) / 1e6
    os.utime(tmp_path / "log" / "a.csv", (old, old))
    assert sender.send("log", "b.csv", b"2")
    assert sorted(p.name for p in (tmp_path / "log").iterdir()) == ["a.csv", "b.csv"]
    clock.at = NOW + timedelta(hours=2)
    assert sender.send("log", "c.csv", b"3")

    left = {p.name: p.read_bytes() for p in (tmp_path / "log").iterdir()}
    assert "a.csv" not in left
    assert left["c.csv"] == b"3"
    assert [p.name for p in tmp_path.iterdir()] == ["log"]


def test_what_is_handed_over_waits_for_the_journal() -> None:
    class Intake:
        refusals = 2

        def accept(self, *message: Any) -> str:
            self.refusals -= 1
            if self.refusals >= 0:
                raise TooManyRequests(retry_s=1)
            return str(message)

    stop = threading.Event()
    assert HandSender(Intake(), stop).send("log", "m", b"")
    stop.set()
    assert not HandSender(Intake(), stop).send("log", "m", b"")


def test_what_is_published_is_with_the_broker(needs_mosquitto: Path, tmp_path: Path) -> None:
    port, got, came = free_port(), [], threading.Event()
    with Broker(needs_mosquitto, tmp_path / "broker", port):
        sender = MqttSender(port, threading.Event())
        reader = Client(
            CallbackAPIVersion.VERSION2, client_id="test", protocol=MQTTProtocolVersion.MQTTv5
        )
        reader.on_message = lambda _c, _u, m: (got.append((m.topic, m.payload)), came.set())
        assert sender.send("before", "m0", b"0")  # the broker answers from here on
        reader.on_connect = lambda c, *_: c.subscribe("ville/#", qos=1)
        subscribed = threading.Event()
        reader.on_subscribe = lambda *_: subscribed.set()
        reader.connect("127.0.0.1", port)
        reader.loop_start()
        assert subscribed.wait(60)

        assert sender.send("sensors_noise", "m1", b"61 dB")
        assert came.wait(60)
        assert got == [("ville/sensors_noise", b"61 dB")]
        reader.disconnect()
        reader.loop_stop()
        sender.close()


def test_publishing_to_no_broker_ends_when_it_is_told_to() -> None:
    stop = threading.Event()
    sender = MqttSender(free_port(), stop)
    threading.Timer(0.2, stop.set).start()

    assert not sender.send("sensors_noise", "m1", b"")
    sender.close()
