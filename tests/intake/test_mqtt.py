"""A real broker: what it was told is kept, however either side ends."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from vigie.base.errors import SettingsInvalid, TooManyRequests, Unavailable
from vigie.base.settings import BrokerFeed, Settings
from vigie.intake import mqtt
from vigie.intake.mqtt import Subscriber, check_feed, is_media
from vigie.intake.service import Intake
from vigie.intake.sources import SourceHealth
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
VERSIONS = ("3.1.1", "5")
TOPIC = "ville/bruit/b12"


class Broker:
    """A Mosquitto of our own, which a test stops and starts."""

    def __init__(self, program: Path, folder: Path, **settings: str) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        said = {
            "user": "root",
            "listener": f"{self.port} 127.0.0.1",
            "persistence": "true",
            "persistence_location": f"{folder}/",
            "allow_anonymous": "true",
            "max_queued_messages": "0",
            **settings,
        }
        self._file = folder / "mosquitto.conf"
        self._file.write_text("".join(f"{key} {value}\n" for key, value in said.items()))
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", self._file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.answers)

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def publish(self, *contents: bytes, topic: str = TOPIC, **more: Any) -> None:
        messages = [{"topic": topic, "payload": one, "qos": 1, **more} for one in contents]
        publish.multiple(messages, hostname="127.0.0.1", port=self.port)


def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "FIRST_PAUSE_S", 1)
    monkeypatch.setattr(mqtt, "LONGEST_PAUSE_S", 1)
    monkeypatch.setattr(mqtt, "RETRY_S", 0.05)


@pytest.fixture
def make_broker(needs_mosquitto: Path, tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    made: list[Broker] = []

    def make(**settings: str) -> Broker:
        folder = tmp_path / f"broker{len(made)}"
        folder.mkdir()
        made.append(Broker(needs_mosquitto, folder, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def broker(make_broker: Callable[..., Broker]) -> Broker:
    return make_broker()


def feed_of(broker: Broker, **more: Any) -> BrokerFeed:
    said = {
        "host": "127.0.0.1",
        "port": broker.port,
        "tls": False,
        "client_id": "vigie-test",
        "topics": ("ville/#",),
        "connector": "probe",
        "source": "sensors",
        **more,
    }
    return BrokerFeed.model_validate(said)


@pytest.fixture
def subscribe(intake: Intake) -> Iterator[Callable[..., Subscriber]]:
    """Makes a subscriber whose turns the test takes."""
    made: list[Subscriber] = []
    intake.register("sensors", "probe")

    def make(feed: BrokerFeed) -> Subscriber:
        made.append(Subscriber(feed, "sensors", intake._journal, intake._sources.note))
        return made[-1]

    yield make
    for one in made:
        one.close()


def take(subscriber: Subscriber, wanted: int, seconds: float = 20.0) -> int:
    """Take turns until as many messages as wanted are on disk."""
    found = 0
    end = time.monotonic() + seconds
    while found < wanted and time.monotonic() < end:
        found += subscriber.turn()
    return found


def health(intake: Intake) -> SourceHealth:
    (found,) = (one for one in intake.health(0) if one.source == "sensors")
    return found


def connect(subscriber: Subscriber) -> None:
    """Take turns until the session stands and has its subscription."""
    wait_for(lambda: (subscriber.turn(), subscriber._client.is_connected())[1])
    for _ in range(3):
        subscriber.turn()


def kept(broker: Broker, version: str = "5") -> list[bytes]:
    """Return what the broker still holds for the session: a client of the same name asks."""
    found: list[bytes] = []
    old = version == "3.1.1"
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id="vigie-test",
        clean_session=False if old else None,
        protocol=MQTTProtocolVersion.MQTTv311 if old else MQTTProtocolVersion.MQTTv5,
        manual_ack=True,
    )
    client.on_message = lambda _client, _data, message: found.append(message.payload)
    client.connect("127.0.0.1", broker.port, **({} if old else {"clean_start": False}))
    client.loop_start()
    time.sleep(0.5)
    client.loop_stop()
    client.disconnect()
    return found


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
from vigie.base.settings import BrokerFeed, IntakeSettings
from vigie.intake.database import Database
from vigie.intake.journal import Journal
from vigie.intake.mqtt import Subscriber

folder = Path(sys.argv[1])
database = Database(folder / "intake.db", create=True)
journal = Journal(folder, database, settings=IntakeSettings(), clock=SystemClock())
feed = BrokerFeed.model_validate_json(sys.argv[2])
subscriber = Subscriber(feed, "sensors", journal, lambda *_: None)
while True:
    subscriber.turn()
    print(journal.backlog(), subscriber._client.is_connected(), flush=True)
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kill_under_load_loses_nothing(version: str, broker: Broker, home: Path) -> None:
    """Three kills at arbitrary instants; what was published is in the journal in the end."""
    folder = home / "intake"
    folder.mkdir()
    feed = feed_of(broker, version=version).model_dump_json()
    sent = 0
    for kill in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", LISTENER, folder, feed], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        while not child.stdout.readline().endswith("True\n"):
            pass
        time.sleep(0.3)  # the subscription follows the connection
        last = kill == 3
        for _ in range(0 if last else 3):
            broker.publish(*(f"{n}".encode() for n in range(sent, sent + 100)))
            sent += 100
        wanted = sent if last else sent - 150
        while int(child.stdout.readline().split()[0]) < wanted:
            pass
        child.kill()
        child.communicate()

    with sqlite3.connect(folder / "intake.db") as found:
        held = {int(row[0]) for row in found.execute("SELECT payload FROM messages")}
    found.close()
    assert held == set(range(900))


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
    assert message.media.endswith(mqtt.RETAINED)


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

    wait_for(all_in, 40)


# The library lets the socket of a failed handshake go without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_of_another_certificate_is_not_spoken_to(
    make_broker: Callable[..., Broker],
    subscribe: Callable[..., Subscriber],
    tmp_path: Path,
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    broker = make_broker(certfile=str(certificate), keyfile=str(key))
    stranger = subscribe(feed_of(broker, tls=True))
    wait_for(lambda: (stranger.turn(), stranger.error == "broker_certificate")[1])
    stranger.close()
    known = subscribe(feed_of(broker, tls=True, ca_file=str(certificate)))
    connect(known)

    assert known.error == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": ""},
        {"topics": ()},
        {"topics": ("",)},
        {"topics": ("a/#/b",)},
        {"topics": ("a/b+",)},
        {"topics": ("a#",)},
        {"host": "broker.example", "username": "v", "password_file": "/run/secret"},
        {"tls": True, "ca_file": "/nowhere.pem"},
        {"username": "v", "password_file": "/nowhere"},
    ],
    ids=str,
)
def test_a_feed_that_cannot_be(
    wrong: dict[str, Any], intake: Intake, subscribe: Callable[..., Subscriber]
) -> None:
    said = {"host": "127.0.0.1", "tls": False, "client_id": "v", "topics": ("#",)}
    with pytest.raises(SettingsInvalid):
        subscribe(BrokerFeed.model_validate(said | {"connector": "probe"} | wrong))


def test_one_session_is_not_given_to_two_feeds(open_intake: Callable[..., Intake]) -> None:
    feed = BrokerFeed(host="h", client_id="v", topics=("a",), connector="probe", source="one")
    intake = open_intake(mqtt=(feed, feed.model_copy(update={"source": "two"})))

    with pytest.raises(SettingsInvalid, match="twice"):
        intake.start()


@given(st.text(alphabet="ab/+#é", max_size=12))
def test_a_topic_filter_is_taken_or_refused_as_the_library_does(topic: str) -> None:
    feed = BrokerFeed(host="h", client_id="v", topics=(topic,), connector="probe")
    client = Client(CallbackAPIVersion.VERSION2)
    try:
        client.subscribe(topic)
        taken = True
    except ValueError:
        taken = False
    try:
        check_feed(feed)
        ours = True
    except SettingsInvalid:
        ours = False

    assert ours == taken


@pytest.mark.parametrize("text", [b"{}", b"offline", b'{"a": "\xff\xd8\xff"}', b"", b"[1]"])
def test_a_text_is_no_medium(text: bytes) -> None:
    assert not is_media(text)


def test_no_broker_is_named_by_default() -> None:
    assert Settings().intake.mqtt == ()
