"""A real MQTT broker for the tests, and a subscriber whose turns a test takes."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paho.mqtt import publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from vigie.base.settings import BrokerFeed
from vigie.intake.mqtt import Subscriber
from vigie.intake.service import Intake
from vigie.intake.sources import SourceHealth

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
