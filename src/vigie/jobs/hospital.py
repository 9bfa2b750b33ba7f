"""The demo's hospital: its edge as a process of its own, and its wards' messages over MLLP.

The edge is the very command that runs at a hospital. Patients' messages go to it and to nobody
else; its counts come to Vigie by HTTP push with a token, as a partner's do.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from vigie import city
from vigie.base.clock import FixedClock, from_us, to_us
from vigie.base.logging import get_logger
from vigie.city.feeds.emergency import EMERGENCY
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.mllp import Deframer
from vigie.intake.hospital.passages import HospitalOptions, hour_start_us, local_day
from vigie.intake.hospital.state import write_durably
from vigie.jobs.broker import LOOPBACK
from vigie.jobs.children import end, start
from vigie.jobs.demo import FEEDS, issue_anew
from vigie.situation.home import Home

FOLDER = "hospital"
TOKEN = "hospital of the demo"  # noqa: S105 -- its name, not its secret
AT_ONCE = 50
"""Most messages on the way before an answer is awaited."""
AGAIN_S = 1.0
ANSWER_S = 30.0
WAIT_S = 20
"""What the wards kept while the demo was off is sent before a day is told."""
log = get_logger(__name__)


class MllpSender:
    """Sends HL7 messages over MLLP and reads the acknowledgement of each."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        self._port = port
        self._stop = stop
        self._socket: socket.socket | None = None

    def send(self, messages: Iterable[bytes]) -> bool:
        """Send messages until each is acknowledged; False when waiting was ended.

        A message that is refused (AE, AR) is logged by its code and not sent again.
        """
        waiting = list(messages)
        while waiting:
            try:
                del waiting[: self._exchange(waiting[:AT_ONCE])]
            except OSError:
                self.close()
                if self._stop.wait(AGAIN_S):
                    return False
        return True

    def _exchange(self, messages: list[bytes]) -> int:
        """Send some messages and return how many were answered: all, or the connection broke."""
        if self._socket is None:
            self._socket = socket.create_connection((LOOPBACK, self._port), timeout=ANSWER_S)
        self._socket.sendall(b"".join(b"\x0b" + message + b"\x1c\r" for message in messages))
        deframer, answered = Deframer(), 0
        while answered < len(messages):
            data = self._socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError
            for frame in deframer.feed(data):
                answered += 1
                if b"MSA|AA|" not in frame.content:
                    log.warning("admission refused", answer=frame.content[-200:].decode("latin-1"))
        return answered

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Hospital:
    """Runs the edge and its wards while it is entered.

    Args:
        home: The demo's home.
        address: Where its server answers.
        port: Port of the loopback that the edge listens on.
        since: What the city sent up to this instant was sent by an earlier demo. Two whole days
            before it are sent again: the edge knows what it has counted, or told.
    """

    def __init__(self, home: Home, address: str, port: int, since: datetime) -> None:
        self._home = home
        self._address = address
        self._port = port
        self._folder = home.path / FOLDER
        zone = home.settings.city.timezone
        day = local_day(to_us(since), zone) - timedelta(days=2)
        self._since = from_us(hour_start_us(day, 0, zone))
        self._stop = threading.Event()
        self._sender = MllpSender(port, self._stop)
        self._thread = threading.Thread(target=self._admit, name="hospital", daemon=True)
        self._token_id = ""
        self._edge: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the edge and the wards; waits for neither."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        state, token = self._folder / "state.json", self._folder / "token"
        zone = self._home.settings.city.timezone
        # The hospital's edge is older than the demo: it knows what its own weeks were (HEA-3).
        begun = FixedClock(self._since) if not state.exists() else self._home.clock
        edge = Edge(HospitalOptions.of({}, zone), state, begun)
        if not edge.knows_the_past:
            until = local_day(to_us(self._since), zone)
            edge.remember(city.hospital_past(self._home.path / FEEDS, until=until))
        secret, self._token_id = issue_anew(self._home, TOKEN, [EMERGENCY])
        write_durably(token, secret.encode())
        command: list[str | Path] = [
            *(sys.executable, "-m", "vigie", "edge", "hospital", "--state", state),
            *("--listen", f"{LOOPBACK}:{self._port}", "--timezone", zone),
            *("--push", self._address, "--source", EMERGENCY, "--token-file", token),
            *("--every-s", "5", "--wait-s", str(WAIT_S)),
        ]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with (self._folder / "edge.log").open("wb") as said:
            self._edge = start(command, environment=environment, log=said)
        self._thread.start()
        return self

    def _admit(self) -> None:
        """Send each arrival at its instant; those of before at once, many on the way."""
        clock = self._home.clock
        held: list[bytes] = []
        for message in city.live_admissions(self._home.path / FEEDS, since=self._since):
            while (wait_s := (message.at - clock.now()).total_seconds()) > 0:
                if held and not self._sender.send(held):
                    return
                held = []
                if self._stop.wait(min(wait_s, 1.0)):
                    return
            held.append(message.content)
            if len(held) == AT_ONCE:
                if not self._sender.send(held):
                    return
                held = []

    def __exit__(self, *_: object) -> None:
        """End the wards, then the edge; take the token back."""
        self._stop.set()
        self._thread.join(timeout=30)
        self._sender.close()
        if self._edge is not None:
            end(self._edge)
        self._home.desk.tokens.revoke(self._token_id)
        (self._folder / "token").unlink(missing_ok=True)
