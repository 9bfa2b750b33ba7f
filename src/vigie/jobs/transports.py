"""Which way each feed of the demo's city comes, written into the demo's own settings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from vigie.base.logging import get_logger
from vigie.base.settings import SETTINGS_FILE
from vigie.city.ledger import Feed
from vigie.city.manifest import read_manifest
from vigie.jobs.broker import LOOPBACK, TOPIC, find_broker, free_port
from vigie.jobs.demo import FEEDS, INBOX
from vigie.jobs.served import USER, has_sftp, make_keys

LOOK_S = 2
"""How often the folders that the city writes to are looked into."""
POLL_S = 20
SFTP_S = 10
OUTBOX = "sftp"
KEYS = "sftp-keys"
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ways:
    """How the city's messages travel.

    Attributes:
        inbox: Folder whose folders are watched.
        broker_port: Port of the broker on the loopback; 0 where there is none.
        poll_port: Port of the city's HTTP server.
        sftp_port: Port of its SFTP server; 0 where the part for it is missing.
        edge_port: Port that its hospital's edge listens on; 0 for none.
    """

    inbox: Path
    broker_port: int
    poll_port: int = 0
    sftp_port: int = 0
    edge_port: int = 0

    def via(self, feed: Feed) -> str:
        """Return the transport a feed has here, which may not be its own."""
        if feed.via == "mqtt" and not self.broker_port:
            return "hand"
        if feed.via == "poll" and not self.poll_port:
            return "hand"
        return "folder" if feed.via == "sftp" and not self.sftp_port else feed.via


def prepare(path: Path) -> Ways:
    """Write the transports of a demo home into its settings, before it is opened.

    Watched folders for the feeds that come as files, an address on the loopback for those that are
    polled, and, where the parts are installed, an SFTP server and one session at an MQTT broker.
    """
    feeds = read_manifest(path / FEEDS).feeds
    ports = {via: free_port() for via in ("mqtt", "poll", "sftp", "edge")}
    ways = Ways(
        inbox=path / INBOX,
        broker_port=ports["mqtt"] if find_broker() else 0,
        poll_port=ports["poll"],
        sftp_port=ports["sftp"] if has_sftp() else 0,
        edge_port=ports["edge"],
    )
    for feed in feeds:
        if ways.via(feed) != feed.via:
            log.info("another way", source=feed.source, missing=feed.via, instead=ways.via(feed))
    file = path / SETTINGS_FILE
    said: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    intake = said.setdefault("intake", {})
    intake["watch"] = [_watched(ways, feed) for feed in feeds if ways.via(feed) == "folder"]
    intake["mqtt"] = [_heard(ways, feed) for feed in feeds if ways.via(feed) == "mqtt"]
    intake["poll"] = [_polled(ways, feed) for feed in feeds if ways.via(feed) == "poll"]
    fetched = [feed for feed in feeds if ways.via(feed) == "sftp"]
    intake["sftp"] = _fetched(path, ways, fetched) if fetched else []
    for entry in intake["watch"]:
        Path(entry["path"]).mkdir(parents=True, exist_ok=True)
    file.write_text(tomli_w.dumps(said), encoding="utf-8")
    return ways


def _watched(ways: Ways, feed: Feed) -> dict[str, Any]:
    folder = str(ways.inbox / feed.source)
    return {
        "path": folder,
        "connector": feed.connector,
        "source": feed.source,
        "period_s": LOOK_S,
    }


def _polled(ways: Ways, feed: Feed) -> dict[str, Any]:
    return {
        "url": f"http://{LOOPBACK}:{ways.poll_port}/{feed.source}",
        "connector": feed.connector,
        "source": feed.source,
        "period_s": POLL_S,
        "private": True,
    }


def _fetched(path: Path, ways: Ways, feeds: list[Feed]) -> list[dict[str, Any]]:
    user_key, host_key = make_keys(path / KEYS)
    for feed in feeds:
        (path / OUTBOX / feed.source).mkdir(parents=True, exist_ok=True)
    shared = {
        "host": LOOPBACK,
        "port": ways.sftp_port,
        "username": USER,
        "key_file": str(user_key),
        "host_key": host_key,
        "settle_s": 1.0,
        "period_s": SFTP_S,
        "private": True,
    }
    return [
        {**shared, "folder": feed.source, "connector": feed.connector, "source": feed.source}
        for feed in feeds
    ]


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
