"""The live replay: the synthetic city's messages reach Vigie when their time has come.

Each feed comes by the transport that the city names for it, through the same door as a real source.
After a pause of the demo, what the city would have sent meanwhile is sent at once, up to seven
days; beyond that the gap stays and the sources say so.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Self

from vigie import city
from vigie.base.clock import from_us, require_aware, to_us
from vigie.base.logging import get_logger
from vigie.city.feeds.admissions import told_by_edge
from vigie.city.manifest import read_manifest
from vigie.jobs.broker import MqttSender
from vigie.jobs.demo import FEEDS, MARK, issue_anew, read_mark
from vigie.jobs.senders import FolderSender, HandSender, PushSender, Sender
from vigie.jobs.served import PollSender, SftpSender
from vigie.jobs.transports import KEYS, OUTBOX, Ways
from vigie.situation.home import Home

CATCH_UP = timedelta(days=7)
TOKEN = "replay of the demo"  # noqa: S105 -- its name, not its secret
log = get_logger(__name__)


class Replay:
    """Keeps the demo city alive while it is entered.

    Args:
        home: The demo's home.
        address: Where its server answers (``http://127.0.0.1:8000``).
        ways: Which transports its settings know; a feed whose own is not there is handed over in
            this process.
    """

    def __init__(self, home: Home, address: str, ways: Ways) -> None:
        self._home = home
        self._address = address
        self._ways = ways
        self._mark = read_mark(home.path)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._token_id = ""
        self._senders: dict[str, Sender] = {}
        self._by_source: Mapping[str, Sender] = {}

    @property
    def since(self) -> datetime:
        """What the city sent up to this instant was sent by an earlier replay."""
        last = int(self._mark.get("replayed_us", self._mark["now_us"]))
        return max(from_us(last), self._home.clock.now() - CATCH_UP)

    def _open(self) -> Mapping[str, Sender]:
        """Return the sender of each feed that the city sends live."""
        makers: dict[str, Callable[[], Sender]] = {
            "push": self._push,
            "folder": lambda: FolderSender(self._ways.inbox, self._home.clock),
            "poll": self._served,
            "sftp": lambda: SftpSender(
                self._ways.sftp_port,
                self._home.path / KEYS,
                self._home.path / OUTBOX,
                self._home.clock,
            ),
            "mqtt": lambda: MqttSender(self._ways.broker_port, self._stop),
            "hand": lambda: HandSender(self._home.intake, self._stop),
        }
        found = {}
        for feed in read_manifest(self._home.path / FEEDS).feeds:
            via = self._ways.via(feed)
            if via not in self._senders:
                self._senders[via] = makers[via]()
            found[feed.source] = self._senders[via]
        return found

    def _served(self) -> Sender:
        folder = self._home.path / FEEDS
        polled = [feed for feed in read_manifest(folder).feeds if feed.via == "poll"]
        latest = {feed.source: (folder / feed.paths[-1]).read_bytes() for feed in polled}
        return PollSender(self._ways.poll_port, latest, self._home.clock)

    def _push(self) -> Sender:
        sources = tuple(f.source for f in read_manifest(self._home.path / FEEDS).feeds)
        secret, self._token_id = issue_anew(self._home, TOKEN, sources)
        return PushSender(self._address, secret, self._stop)

    def _run(self) -> None:
        folder = self._home.path / FEEDS
        for message in city.live(folder, self._home.clock, since=self.since):
            at = require_aware(message.at)
            while (wait_s := (at - self._home.clock.now()).total_seconds()) > 0:
                if self._stop.wait(min(wait_s, 1.0)):
                    return
            if self._stop.is_set():
                return
            if self._ways.edge_port and told_by_edge(message.source, message.name):
                continue
            if not self._by_source[message.source].send(
                message.source, message.name, message.content
            ):
                log.warning("message not taken", source=message.source, name=message.name)
                continue
            self._mark["replayed_us"] = to_us(at)
        log.info("replay over")

    def __enter__(self) -> Self:
        """Open the ways, so that what is fetched finds them open, and start."""
        self._by_source = self._open()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, take the token back, and remember how far it came."""
        self._stop.set()
        self._thread.join(timeout=30)
        for sender in self._senders.values():
            sender.close()
        if self._token_id:
            self._home.desk.tokens.revoke(self._token_id)
        (self._home.path / MARK).write_text(json.dumps(self._mark), encoding="utf-8")
