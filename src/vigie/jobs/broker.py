"""The demo's own MQTT broker: Debian's Mosquitto on the loopback, where it is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Self

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from vigie.base.logging import get_logger
from vigie.jobs.children import end, start

LOOPBACK = "127.0.0.1"
TOPIC = "ville"
AGAIN_S = 1.0
CONFIGURATION = """\
listener {port} {host}
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 100000
log_dest none
"""
log = get_logger(__name__)


def find_broker() -> Path | None:
    """Return Mosquitto's program, or None where it is not installed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    return Path(found) if found else None


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with closing(socket.socket()) as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port


class Broker:
    """Runs Mosquitto on one port of the loopback while it is entered."""

    def __init__(self, program: Path, folder: Path, port: int) -> None:
        self._program = program
        self._folder = folder
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it; as root, Mosquitto would become another user, so its folder is opened to it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / "mosquitto.conf"
        text = CONFIGURATION.format(port=self._port, host=LOOPBACK, folder=self._folder)
        file.write_text(text + "user root\n", encoding="utf-8")
        self._process = start([self._program, "-c", file])
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process is not None:
            end(self._process)


class MqttSender:
    """Publishes each message at least once (QoS 1) and waits for the broker's word."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        self._stop = stop
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id="city", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.connect_async(LOOPBACK, port)
        self._client.loop_start()

    def send(self, source: str, _name: str, content: bytes) -> bool:
        """Publish a message under the feed's topic; False when waiting was ended."""
        while not self._client.is_connected():
            if self._stop.wait(AGAIN_S):
                return False
        told: MQTTMessageInfo = self._client.publish(f"{TOPIC}/{source}", content, qos=1)
        if told.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        while not told.is_published():
            told.wait_for_publish(AGAIN_S)
            if self._stop.is_set():
                return told.is_published()
        return True

    def close(self) -> None:
        """Say good-bye to the broker."""
        self._client.disconnect()
        self._client.loop_stop()
