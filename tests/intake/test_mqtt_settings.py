"""Which brokers may be listened to, and which are not spoken to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from tests.intake.brokers import (
    Broker,
    connect,
    feed_of,
    hear_of_subscription,
    self_signed,
    take,
    wait_for,
)

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import BrokerFeed, Settings
from vigie.intake import mqtt
from vigie.intake.mqtt import Subscriber, check_feed, is_media
from vigie.intake.service import Intake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
VERSIONS = ("3.1.1", "5")


# The library lets the socket of a failed handshake go without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_of_another_certificate_is_not_spoken_to(
    make_broker: Callable[..., Broker],
    subscribe: Callable[..., Subscriber],
    tmp_path: Path,
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    self_signed(key, certificate)
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


@pytest.mark.parametrize(("codes", "state"), [((1, 135), "broker_topic_refused"), ((1, 0), "")])
def test_a_topic_that_the_broker_refuses_is_a_state(
    codes: tuple[int, ...], state: str, subscribe: Callable[..., Subscriber]
) -> None:
    subscriber = subscribe(BrokerFeed(host="h", client_id="v", topics=("a",), connector="probe"))
    reasons = [ReasonCode(PacketTypes.SUBACK, identifier=code) for code in codes]
    subscriber._on_subscribe(subscriber._make(), None, 1, reasons, None)

    assert subscriber.error == state


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_of_two_servers_of_a_home_one_listens_and_the_other_takes_over(
    version: str,
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    monkeypatch: pytest.MonkeyPatch,
    fact: Callable[..., dict[str, Any]],
    lines: Callable[..., bytes],
) -> None:
    """They would throw each other off the broker; what waits for the session waits for the next."""
    monkeypatch.setattr(mqtt, "STAND_BY_S", 0.01)
    first, second = (subscribe(feed_of(broker, version=version)) for _ in range(2))
    connect(first)
    session = first._session
    assert [second.turn() for _ in range(3)] == [0, 0, 0]
    assert second._client is None
    broker.publish(lines(fact("1")))

    assert take(first, 1) == 1
    assert first._session == session, "it was thrown off"
    assert (first.error, second.error) == ("", "")
    first.close()
    broker.publish(lines(fact("2")))
    assert take(second, 1) == 1


def test_who_is_thrown_off_by_one_of_the_same_name_says_so_and_comes_back_ever_later(
    broker: Broker,
    subscribe: Callable[..., Subscriber],
    monkeypatch: pytest.MonkeyPatch,
    fact: Fact,
    lines: Lines,
) -> None:
    """A copy of the home is served beside it: coming back at once would throw both off for ever."""
    monkeypatch.setattr(mqtt, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(mqtt, "LONGEST_PAUSE_S", 60)
    subscriber = subscribe(feed_of(broker))
    taken = hear_of_subscription(subscriber)
    wait_for(lambda: (subscriber.turn(), taken.is_set())[1])
    other = Client(
        CallbackAPIVersion.VERSION2, client_id="vigie-test", protocol=MQTTProtocolVersion.MQTTv5
    )
    other.reconnect_delay_set(0.05, 0.05)
    other.connect("127.0.0.1", broker.port, clean_start=False)
    other.loop_start()
    wait_for(lambda: (subscriber.turn(), subscriber.error == "broker_cuts_off")[1])
    pauses = [subscriber._client._reconnect_min_delay]
    wait_for(lambda: (subscriber.turn(), subscriber._client._reconnect_min_delay > pauses[0])[1])
    assert pauses[0] >= 0.05 * 2**mqtt.CUT_TIMES
    taken.clear()
    other.disconnect()
    other.loop_stop()
    wait_for(lambda: (subscriber.turn(), taken.is_set())[1])
    broker.publish(lines(fact("1")))

    assert take(subscriber, 1) == 1
    assert subscriber.error == ""
