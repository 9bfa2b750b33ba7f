"""A real MQTT broker for the tests, and a subscriber whose turns a test takes."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt import publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from vigie.base.clock import SystemClock
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
            self._process.wait(60)
            self._process = None

    def publish(self, *contents: bytes, topic: str = TOPIC, **more: Any) -> None:
        messages = [{"topic": topic, "payload": one, "qos": 1, **more} for one in contents]
        publish.multiple(messages, hostname="127.0.0.1", port=self.port)


def wait_for(condition: Callable[[], Any], seconds: float = 60.0) -> None:
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


def take(subscriber: Subscriber, wanted: int, seconds: float = 60.0) -> int:
    """Take turns until as many messages as wanted are on disk."""
    found = 0
    end = time.monotonic() + seconds
    while found < wanted and time.monotonic() < end:
        found += subscriber.turn()
    return found


def health(intake: Intake) -> SourceHealth:
    (found,) = (one for one in intake.health(0) if one.source == "sensors")
    return found


def hear_of_subscription(subscriber: Subscriber) -> threading.Event:
    """Return what is set once the broker has taken the subscription; before the first turn."""
    taken, told = threading.Event(), subscriber._on_subscribe

    def hear(*given: Any) -> None:
        told(*given)
        taken.set()

    subscriber._on_subscribe = hear
    return taken


def connect(subscriber: Subscriber) -> None:
    """Take first turns until the session stands and has its subscription."""
    taken = hear_of_subscription(subscriber)
    wait_for(lambda: (subscriber.turn(), taken.is_set())[1])


def kept(broker: Broker, version: str = "5") -> list[bytes]:
    """Return what the broker still holds for the session: a client of the same name asks.

    What it holds comes in order, so a last message of our own ends it.
    """
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
    wait_for(client.is_connected)
    broker.publish(b"the end")
    wait_for(lambda: b"the end" in found)
    client.loop_stop()
    client.disconnect()
    return found[:-1]


def self_signed(key_file: Path, certificate_file: Path) -> None:
    """Write a key and a certificate of this machine that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    shape, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(pem, shape, plain))
    certificate_file.write_bytes(certificate.public_bytes(pem))
