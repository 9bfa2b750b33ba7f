"""MQTT brokers: a persistent session whose messages are acknowledged once they are on disk.

MQTT 3.1.1 and 5 (OASIS). The broker keeps for this client what arrives while it is away, and keeps
it until it is acknowledged; Vigie acknowledges after the journal's flush, never before
(``docs/decisions/0008``). A kill at any instant therefore loses nothing, and at worst a message
comes twice: its records are known by their ids.

A broker gives a session to one connection at a time: two servers of one home would throw each other
off. One of them listens, whoever holds the session's lock; the others stand by, and the next one
takes the very session up when that one ends, however it ends.
"""

from __future__ import annotations

import hashlib
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from vigie.base.errors import SettingsInvalid, VigieError
from vigie.base.logging import get_logger
from vigie.base.settings import BrokerFeed
from vigie.intake.files import MAX_NAME, printable
from vigie.intake.journal import Journal
from vigie.intake.messages.topics import RETAINED, label_of

FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 60
WINDOW = 100
"""Most messages that an MQTT 5 broker may send before one is acknowledged."""
MOST_WAITING = 500
"""Most messages held here: brokers overrun the window when they resume a session."""
BATCH = 200
WAIT_S = 0.2
RETRY_S = 0.5
STAND_BY_S = 1.0
"""How often who stands by looks whether the session is free."""
MAX_TOPIC = 1_000

CUT_TIMES = 3
"""Connections in a row that were cut short, when it is said that they are."""

_NOT_AUTHORISED = frozenset({134, 135})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MEDIA = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"OggS", b"fLaC", b"ID3", b"\x1a\x45\xdf\xa3",
    b"\x00\x00\x00\x01", b"BM",
)  # fmt: skip
log = get_logger(__name__)

Note = Callable[[str, str], None]
"""Counts a remark about a feed: its name, the code."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message received and not yet on disk.

    Attributes:
        session: Connection it came by: its number means nothing on another one.
        number: Packet identifier to acknowledge.
        qos: 0 is never acknowledged.
        label: Topic, percent-encoded so that it is one name.
        media: Media type, ended by ``RETAINED`` where the broker had kept it.
        content: Payload.
    """

    session: int
    number: int
    qos: int
    label: str
    media: str
    content: bytes


def is_media(content: bytes) -> bool:
    """Say whether bytes begin like an image, a sound or a film: none may be kept (law, VID-7)."""
    return content.startswith(_MEDIA) or content[4:8] == b"ftyp"


def check_feed(feed: BrokerFeed) -> None:
    """Check what the types of the settings cannot.

    Raises:
        SettingsInvalid: When the session could not last, a topic is no filter, or a password would
            cross a network in clear.
    """
    if not feed.client_id:
        raise SettingsInvalid(key="intake.mqtt.client_id", reason="a lasting session needs one")
    if not feed.topics:
        raise SettingsInvalid(key="intake.mqtt.topics", reason="at least one topic")
    for topic in feed.topics:
        levels = topic.split("/")
        wild = any(("#" in one or "+" in one) and len(one) > 1 for one in levels)
        if not topic or "\x00" in topic or wild or "#" in levels[:-1] or len(topic) > MAX_TOPIC:
            raise SettingsInvalid(key="intake.mqtt.topics", reason=f"no topic filter: {topic!r}")
    if feed.password_file and not feed.tls and feed.host not in _LOOPBACK:
        raise SettingsInvalid(key="intake.mqtt.tls", reason="no password without TLS")


def _password(feed: BrokerFeed) -> str | None:
    if not feed.password_file:
        return None
    try:
        return Path(feed.password_file).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        reason = type(error).__name__
        raise SettingsInvalid(key="intake.mqtt.password_file", reason=reason) from error


def _lock_of(feed: BrokerFeed, folder: Path) -> BaseFileLock:
    """Return the lock of a session among the servers of a home; a dead one's is free."""
    name = hashlib.sha256(f"{feed.host}:{feed.port} {feed.client_id}".encode()).hexdigest()[:16]
    locks = folder / "listening"
    locks.mkdir(exist_ok=True)
    return FileLock(locks / name, mode=0o600, thread_local=False)


class Subscriber:
    """One session with a broker, feeding one source.

    The library's thread only queues what arrives; ``turn`` writes and acknowledges. Where the
    journal refuses, nothing is acknowledged and the same messages are tried again: the broker's
    window fills and it holds back the rest. The network thread never waits for a disk, so that the
    broker is always answered in time.
    """

    def __init__(self, feed: BrokerFeed, source: str, journal: Journal, note: Note) -> None:
        check_feed(feed)
        self._link = ""
        self._disk = ""
        self._feed = feed
        self._source = source
        self._journal = journal
        self._note = note
        self._client: Client | None = None
        self._waiting: deque[_Arrived] = deque()
        self._arrival = threading.Condition()
        self._session = 0
        self._missed = False
        self._closing = threading.Event()
        self._alone = _lock_of(feed, journal.folder)
        self._stands_by = False
        self._since_s: float | None = None
        self._cut = 0
        self._make()

    @property
    def error(self) -> str:
        """Why nothing can be received now, as a code, or empty."""
        return self._link or self._disk

    # --- Working -------------------------------------------------------------------------------

    def turn(self) -> int:
        """Write and acknowledge what has arrived; returns how many messages. Waits a moment.

        Nothing is done while another server of this home has the session.
        """
        if not self._alone.is_locked and not self._take():
            return 0
        if self._client is None:
            self._begin()
        batch = self._next_batch()
        if not batch:
            if self._missed:
                self._end()
                self._missed = False
            return 0
        done = 0
        try:
            for one, written in self._written(batch):
                written.result()
                self._acknowledge(one)
                done += 1
        except VigieError as error:
            self._disk = error.code
            log.warning("messages not written yet", source=self._source, reason=error.code)
            self._closing.wait(RETRY_S)
        else:
            self._disk = ""
        finally:
            self._give_back(batch[done:])
        return done

    def close(self) -> None:
        """End the connection; the broker keeps the session and what was not acknowledged."""
        self._closing.set()
        self._end()
        self._alone.release()

    def _take(self) -> bool:
        """Take the session for this process; waits a moment where another has it."""
        try:
            self._alone.acquire(timeout=0)
        except Timeout:
            if not self._stands_by:
                log.info("another server of this home listens", source=self._source)
            self._stands_by = True
            self._closing.wait(STAND_BY_S)
            return False
        self._stands_by = False
        return True

    def _next_batch(self) -> list[_Arrived]:
        with self._arrival:
            if not self._waiting:
                self._arrival.wait(WAIT_S)
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _written(self, batch: Sequence[_Arrived]) -> list[tuple[_Arrived, Future[str]]]:
        """Hand messages to the journal, which flushes them together; what is refused fails alone.

        The broker must be answered in the order in which it sent (MQTT 4.6), so the first refusal
        ends the batch.
        """
        made: list[tuple[_Arrived, Future[str]]] = []
        for one in batch:
            try:
                written = self._journal.submit(self._source, one.label, one.content, one.media)
            except VigieError as error:
                written = Future()
                written.set_exception(error)
                made.append((one, written))
                break
            made.append((one, written))
        return made

    def _acknowledge(self, one: _Arrived) -> None:
        """Answer the broker, on the connection by which the message came and on no other.

        After a reconnection the broker sends again what was not acknowledged, and may use the
        number of an acknowledged message for another one.
        """
        with self._arrival:
            if one.qos and one.session == self._session and self._client is not None:
                self._client.ack(one.number, one.qos)

    def _give_back(self, batch: Sequence[_Arrived]) -> None:
        with self._arrival:
            held = [one for one in batch if not one.qos or one.session == self._session]
            self._waiting.extendleft(reversed(held))

    def _say(self, error: str) -> None:
        if error != self._link:
            self._link = error
            log.warning("broker feed", source=self._source, state=error or "connected")

    # --- Connecting ----------------------------------------------------------------------------

    def _make(self) -> Client:
        feed = self._feed
        old = feed.version == "3.1.1"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=feed.client_id,
            clean_session=False if old else None,
            protocol=MQTTProtocolVersion.MQTTv311 if old else MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        if feed.username:
            client.username_pw_set(feed.username, _password(feed))
        if feed.tls:
            try:
                client.tls_set_context(ssl.create_default_context(cafile=feed.ca_file or None))
            except (OSError, ssl.SSLError) as error:
                reason = type(error).__name__
                raise SettingsInvalid(key="intake.mqtt.ca_file", reason=reason) from error
        client.reconnect_delay_set(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _begin(self) -> None:
        client = self._client = self._make()
        feed = self._feed
        more: dict[str, Any] = {}
        if feed.version == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # the library's own
            properties.SessionExpiryInterval = feed.session_expiry_s
            properties.ReceiveMaximum = WINDOW
            more = {"clean_start": False, "properties": properties}
        client.connect_async(feed.host, feed.port, keepalive=feed.keepalive_s, **more)
        client.loop_start()

    def _end(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
            self._forget()

    def _forget(self) -> None:
        """Drop what the broker will send again; what it will not is kept."""
        with self._arrival:
            self._session += 1
            self._waiting = deque(one for one in self._waiting if not one.qos)

    # --- Called by the library's thread --------------------------------------------------------

    def _on_connect(
        self, client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            refused = reason.value in _NOT_AUTHORISED
            self._say("broker_not_authorised" if refused else "broker_refused")
            return
        self._say("")
        self._since_s = time.monotonic()
        if self._feed.version == "5":
            once = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
            options = SubscribeOptions(qos=self._feed.qos, retainHandling=once)
            client.subscribe([(topic, options) for topic in self._feed.topics])
        else:
            client.subscribe([(topic, int(self._feed.qos)) for topic in self._feed.topics])

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        # The library calls this from its ``except``: what happened is the error being handled.
        wrong = isinstance(sys.exc_info()[1], ssl.SSLError)
        self._say("broker_certificate" if wrong else "broker_unreachable")

    def _on_disconnect(
        self, client: Client, _data: Any, _flags: Any, _reason: Any, _properties: Any
    ) -> None:
        self._forget()
        if client is not self._client:
            return
        since_s, self._since_s = self._since_s, None
        if since_s is not None:  # it stood; otherwise the library's own pauses go on growing
            lasted = time.monotonic() - since_s >= LONGEST_PAUSE_S
            self._cut = 0 if lasted else self._cut + 1
            pause_s = min(FIRST_PAUSE_S * 2**self._cut, LONGEST_PAUSE_S)
            client.reconnect_delay_set(pause_s, LONGEST_PAUSE_S)
        if since_s is not None and self._cut >= CUT_TIMES:
            self._say("broker_cuts_off")
        elif not self._link:
            self._say("broker_unreachable")

    def _on_subscribe(
        self, _client: Client, _data: Any, _number: int, reasons: Any, _properties: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._say("broker_topic_refused")

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        content = bytes(message.payload)
        refused = ""
        if len(content) > self._feed.max_message_bytes:
            refused = "too_large"
        elif is_media(content):
            refused = "media_refused"
        media = str(getattr(message.properties, "ContentType", "") or "")[:MAX_NAME]
        if message.retain:
            media += RETAINED
        label = label_of(printable(message.topic), MAX_NAME)
        if refused:
            self._note(self._source, refused)
            label, media, content = "", "", b""
        with self._arrival:
            one = _Arrived(self._session, message.mid, message.qos, label, media, content)
            if refused:
                client.ack(one.number, one.qos)
            elif len(self._waiting) < MOST_WAITING:
                self._waiting.append(one)
                self._arrival.notify()
            elif one.qos:
                self._missed = True  # asked for again once there is room
            else:
                self._note(self._source, "too_many_requests")
