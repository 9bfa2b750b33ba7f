"""A real broker: what it was told is kept, however either side ends."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from tests.intake.brokers import Broker, connect, feed_of, health, kept, take, wait_for

import vigie.connectors
from vigie.base.clock import FixedClock, SystemClock
from vigie.base.errors import TooManyRequests, Unavailable
from vigie.base.settings import IntakeSettings, Settings
from vigie.intake import mqtt
from vigie.intake.connector import discover
from vigie.intake.database import Database
from vigie.intake.journal import Journal
from vigie.intake.messages.topics import RETAINED
from vigie.intake.mqtt import Subscriber
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
VERSIONS = ("3.1.1", "5")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_message_is_in_the_lake_and_no_longer_at_the_broker(
    version: str,
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    intake: Intake,
    lake: Lake,
    fact: Fact,
    lines: Lines,
) -> None:
    subscriber = subscribe(feed_of(broker, version=version))
    connect(subscriber)
    broker.publish(lines(fact("1")), lines(fact("2")))

    assert take(subscriber, 2) == 2
    intake.drain()
    assert lake.count("facts") == 2
    subscriber.turn()
    subscriber.close()
    assert kept(broker, version) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_published_while_vigie_was_away_arrives_after(
    version: str,
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    fact: Fact,
    lines: Lines,
) -> None:
    first = subscribe(feed_of(broker, version=version))
    connect(first)
    first.close()
    broker.publish(*(lines(fact(str(n))) for n in range(30)))
    second = subscribe(feed_of(broker, version=version))

    assert take(second, 30) == 30


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_acknowledged_before_it_is_on_disk(
    version: str,
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    fact: Fact,
    lines: Lines,
) -> None:
    """The process ends between the arrival and the flush: the broker has the message still."""
    subscriber = subscribe(feed_of(broker, version=version))
    connect(subscriber)

    def refuse(*_: Any, **__: Any) -> None:
        raise Unavailable(what="disk", retry_s=5)

    monkeypatch.setattr(intake._journal, "submit", refuse)
    broker.publish(lines(fact("1")))
    wait_for(lambda: (subscriber.turn(), subscriber.error == "unavailable")[1])
    subscriber.close()

    assert kept(broker, version) == [lines(fact("1"))]


def test_a_full_journal_holds_the_broker_back_and_loses_nothing(
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    lake: Lake,
    fact: Fact,
    lines: Lines,
) -> None:
    real = intake._journal.submit
    full = threading.Event()
    full.set()

    def submit(*given: Any, **more: Any) -> Any:
        if full.is_set():
            raise TooManyRequests(retry_s=5, what="backlog")
        return real(*given, **more)

    monkeypatch.setattr(intake._journal, "submit", submit)
    subscriber = subscribe(feed_of(broker))
    connect(subscriber)
    broker.publish(*(lines(fact(str(n))) for n in range(60)))
    wait_for(lambda: (subscriber.turn(), subscriber.error == "too_many_requests")[1])
    full.clear()

    assert take(subscriber, 60) == 60
    assert subscriber.error == ""
    intake.drain()
    assert lake.count("facts") == 60


@pytest.mark.parametrize("version", VERSIONS)
def test_a_broker_that_restarts_is_found_again(
    version: str,
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    fact: Fact,
    lines: Lines,
) -> None:
    subscriber = subscribe(feed_of(broker, version=version))
    connect(subscriber)
    broker.stop()
    wait_for(lambda: (subscriber.turn(), subscriber.error == "broker_unreachable")[1])
    broker.start()
    broker.publish(lines(fact("1")))

    assert take(subscriber, 1) == 1
    assert subscriber.error == ""


def test_a_message_that_comes_twice_is_one_fact(
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    lake: Lake,
    fact: Fact,
    lines: Lines,
) -> None:
    """On disk, but the acknowledgement is lost with the connection: the broker sends it again."""
    first = subscribe(feed_of(broker))
    connect(first)
    monkeypatch.setattr(first, "_acknowledge", lambda _one: None)
    broker.publish(lines(fact("1")))
    assert take(first, 1) == 1
    first.close()
    second = subscribe(feed_of(broker))
    assert take(second, 1) == 1
    intake.drain()

    assert lake.count("facts") == 1
    assert health(intake).duplicates == 1


LISTENER = """
import sys
from pathlib import Path
from vigie.base.clock import SystemClock
from vigie.base.clock import FixedClock
from vigie.base.settings import IntakeSettings, BrokerFeed, IntakeSettings
from vigie.intake.database import Database
from vigie.intake.journal import Journal
from vigie.intake.mqtt import Subscriber
from vigie.keys.keeper import Keeper

folder = Path(sys.argv[1])
database = Database(folder / "intake.db", create=True)
keys = Keeper(folder / "keys", SystemClock())
journal = Journal(folder, database, settings=IntakeSettings(), clock=SystemClock(), keys=keys)
feed = BrokerFeed.model_validate_json(sys.argv[2])
subscriber = Subscriber(feed, "sensors", journal, lambda *_: None)
told, taken = subscriber._on_subscribe, []
subscriber._on_subscribe = lambda *given: (told(*given), taken.append(True))
while True:
    subscriber.turn()
    different = database.row("SELECT count(DISTINCT sha256) AS n FROM messages")["n"]
    print("turn", different, bool(taken), flush=True)  # what is told again comes twice
"""


def turns_until(child: subprocess.Popen[str], enough: Callable[[list[str]], bool]) -> None:
    """Follow what a listener says of its turns, for about a minute."""
    assert child.stdout is not None
    said = itertools.islice(child.stdout, 300)
    turns = (line.split() for line in said if line.startswith("turn "))
    assert any(enough(turn) for turn in turns), "waited in vain"


def _held(folder: Path) -> list[bytes]:
    """Return what stands in a journal, unsealed."""
    database = Database(folder / "intake.db")
    keys = Keeper(folder / "keys", SystemClock())
    journal = Journal(folder, database, settings=IntakeSettings(), clock=SystemClock(), keys=keys)
    messages = journal.claim("sensors", limit=100_000, limit_bytes=10_000_000)
    try:
        return list(journal.payloads(messages).values())
    finally:
        journal.close()
        database.close()
        keys.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kill_under_load_loses_nothing(version: str, broker: Broker, home: Path) -> None:
    """Three kills at arbitrary instants; what was published is in the journal in the end."""
    folder = home / "intake"
    folder.mkdir()
    feed = feed_of(broker, version=version).model_dump_json()
    sent = 0
    for kill in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", LISTENER, folder, feed], stdout=subprocess.PIPE, text=True
        ) as child:
            try:
                turns_until(child, lambda turn: turn[2] == "True")
                last = kill == 3
                for _ in range(0 if last else 3):
                    broker.publish(*(f"{n}".encode() for n in range(sent, sent + 100)))
                    sent += 100
                wanted = sent if last else sent - 150
                turns_until(child, lambda turn, n=wanted: int(turn[1]) >= n)
            finally:
                child.kill()

    assert {int(content) for content in _held(folder)} == set(range(900))


def test_the_last_will_of_a_sensor_arrives_with_its_topic(
    broker: Broker, subscribe: Callable[..., Subscriber], intake: Intake
) -> None:
    subscriber = subscribe(feed_of(broker))
    connect(subscriber)
    sensor = Client(CallbackAPIVersion.VERSION2, client_id="b12")
    sensor.will_set("ville/bruit/b12/status", b"offline", qos=1, retain=True)
    sensor.connect("127.0.0.1", broker.port)
    sensor.loop_start()
    wait_for(sensor.is_connected)
    sensor.socket().shutdown(socket.SHUT_RDWR)  # it dies: no goodbye
    sensor.loop_stop()

    assert take(subscriber, 1) == 1
    (message,) = intake._journal.claim("sensors", limit=9, limit_bytes=1_000)
    assert message.name == "ville%2Fbruit%2Fb12%2Fstatus"
    assert intake._journal.open(message).read() == b"offline"


def test_a_message_that_the_broker_had_kept_says_so(
    broker: Broker, subscribe: Callable[..., Subscriber], intake: Intake
) -> None:
    broker.publish(b"{}", retain=True)
    assert take(subscribe(feed_of(broker)), 1) == 1

    (message,) = intake._journal.claim("sensors", limit=9, limit_bytes=1_000)
    assert message.media.endswith(RETAINED)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_password_is_a_state_of_the_feed_and_not_a_crash(
    version: str,
    make_broker: Callable[..., Broker],
    open_intake: Callable[..., Intake],
    needs_mosquitto: Path,
    tmp_path: Path,
) -> None:
    accounts = tmp_path / "accounts"
    subprocess.run(["mosquitto_passwd", "-b", "-c", accounts, "vigie", "right"], check=True)
    broker = make_broker(allow_anonymous="false", password_file=str(accounts))
    password = tmp_path / "password"
    password.write_text("wrong\n")
    feed = feed_of(broker, version=version, username="vigie", password_file=str(password))
    intake = open_intake(mqtt=(feed,))
    intake.start()
    try:
        wait_for(lambda: intake.health(0)[0].last_error == "broker_not_authorised")
    finally:
        intake.stop()
    password.write_text("right\n")
    intake.start()
    try:
        (subscriber,) = intake._transports._subscribers["sensors"]
        wait_for(lambda: subscriber._client and subscriber._client.is_connected())
        assert intake.health(0)[0].last_error == ""
    finally:
        intake.stop()


def test_the_running_intake_hears_the_brokers_of_its_settings(
    broker: Broker,
    open_intake: Callable[..., Intake],
    lake: Lake,
    fact: Fact,
    lines: Lines,
) -> None:
    broker.publish(lines(fact("1")), retain=True)
    intake = open_intake(mqtt=(feed_of(broker),), linger_ms=10)
    intake.start()
    try:
        wait_for(lambda: lake.count("facts") == 1)
    finally:
        intake.stop()
    assert intake.source("sensors").connector == "probe"


def test_an_image_and_a_giant_are_dropped_counted_and_never_on_disk(
    broker: Broker, subscribe: Callable[..., Subscriber], intake: Intake, fact: Fact, lines: Lines
) -> None:
    subscriber = subscribe(feed_of(broker, max_message_bytes=2_000))
    connect(subscriber)
    broker.publish(b"\xff\xd8\xff\xe0 a face", b"x" * 2_001, lines(fact("1")))

    assert take(subscriber, 1) == 1
    wait_for(lambda: len(health(intake).notices) == 2)
    assert health(intake).notices == {"media_refused": 1, "too_large": 1}
    assert health(intake).backlog == 1
    subscriber.turn()
    subscriber.close()
    assert kept(broker) == []


def test_more_than_there_is_room_for_is_asked_for_again(
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    lake: Lake,
    fact: Fact,
    lines: Lines,
) -> None:
    monkeypatch.setattr(mqtt, "MOST_WAITING", 5)
    subscriber = subscribe(feed_of(broker, version="3.1.1"))
    connect(subscriber)
    broker.publish(*(lines(fact(str(n))) for n in range(40)))
    wait_for(lambda: subscriber._missed)

    def all_in() -> bool:
        subscriber.turn()
        intake.drain()
        return lake.count("facts") == 40

    wait_for(all_in)


def test_a_city_sensor_speaks_through_a_broker_and_falls_silent(
    broker: Broker,
    home: Path,
    lake: Lake,
    clock: FixedClock,
    short_pauses: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole way with the real connector: levels in the lake, its last will in the health."""
    taken, told = threading.Event(), Subscriber._on_subscribe
    monkeypatch.setattr(Subscriber, "_on_subscribe", lambda *of: (told(*of), taken.set()))
    feed = feed_of(broker, connector="sensors_mqtt")
    with Intake.open(
        home / "intake",
        settings=Settings(intake=IntakeSettings(mqtt=(feed,), linger_ms=10)),
        lake=lake,
        connectors=discover(vigie.connectors),
        clock=clock,
        create=True,
    ) as intake:
        intake.start()
        wait_for(taken.is_set)
        level = b'{"id": "b12", "dateObserved": "2026-06-01T11:59:00Z", "LAeq": 61.4}'
        broker.publish(level, level)
        broker.publish(b"offline", topic="ville/bruit/b12/status")
        wait_for(lambda: health(intake).notices.get("sensor_offline"))
        wait_for(lambda: health(intake).duplicates == 1)

    assert lake.count("measures") == 1
