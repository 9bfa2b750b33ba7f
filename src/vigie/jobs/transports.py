"""Which way each feed of the demo's city comes, written into the demo's own settings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from vigie.base.settings import SETTINGS_FILE
from vigie.city.ledger import Feed
from vigie.city.manifest import read_manifest
from vigie.jobs.broker import LOOPBACK, TOPIC, find_broker, free_port
from vigie.jobs.demo import FEEDS, INBOX

LOOK_S = 2
"""How often the folders that the city writes to are looked into."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How the city's messages travel.

    Attributes:
        inbox: Folder whose folders are watched.
        broker_port: Port of the broker on the loopback; 0 where there is none.
    """

    inbox: Path
    broker_port: int


def prepare(path: Path) -> Ways:
    """Write the transports of a demo home into its settings, before it is opened.

    Watched folders for the feeds that come as files, and, where Mosquitto is installed, one
    session at a broker of the demo's own for those that come over MQTT.
    """
    feeds = read_manifest(path / FEEDS).feeds
    port = free_port() if any(f.via == "mqtt" for f in feeds) and find_broker() else 0
    ways = Ways(path / INBOX, port)
    file = path / SETTINGS_FILE
    said: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    intake = said.setdefault("intake", {})
    intake["watch"] = [_watched(ways, feed) for feed in feeds if feed.via == "folder"]
    intake["mqtt"] = [_heard(ways, feed) for feed in feeds if feed.via == "mqtt" and port]
    for entry in intake["watch"]:
        Path(entry["path"]).mkdir(parents=True, exist_ok=True)
    file.write_text(tomli_w.dumps(said), encoding="utf-8")
    return ways


def _watched(ways: Ways, feed: Feed) -> dict[str, Any]:
    folder = str(ways.inbox / feed.source)
    return {"path": folder, "connector": feed.connector, "period_s": LOOK_S}


def _heard(ways: Ways, feed: Feed) -> dict[str, Any]:
    return {
        "host": LOOPBACK,
        "port": ways.broker_port,
        "tls": False,
        "client_id": f"vigie-{feed.source}",
        "topics": [f"{TOPIC}/{feed.source}"],
        "connector": feed.connector,
        "source": feed.source,
    }
