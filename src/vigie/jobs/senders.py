"""The synthetic city's ways to Vigie: the transports that a real source would use.

A sender hands one message over and says whether it was taken; it waits where Vigie asks to wait
(429, 503, not yet there) and stops waiting when told to. It is the other side of the transports of
``vigie.intake``: nothing here is a short cut.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

import httpx

from vigie.base.clock import Clock, now_us
from vigie.base.errors import TooManyRequests, Unavailable
from vigie.base.logging import get_logger
from vigie.intake.service import Intake

AGAIN_S = 1.0
TIMEOUT_S = 30.0
KEPT_US = 3_600_000_000
ACCEPTED = 202
WAIT = frozenset({429, 500, 502, 503, 504})
log = get_logger(__name__)


class Sender(Protocol):
    """One way of handing messages over."""

    def send(self, source: str, name: str, content: bytes) -> bool:
        """Hand a message over; False when it was refused or waiting was ended."""
        ...

    def close(self) -> None:
        """Let go of connections and processes."""
        ...


class HandSender:
    """Hands over in the same process, where a source's own transport is not there."""

    def __init__(self, intake: Intake, stop: threading.Event) -> None:
        self._intake = intake
        self._stop = stop

    def send(self, source: str, name: str, content: bytes) -> bool:
        """Hand a message to the journal."""
        while True:
            try:
                self._intake.accept(source, name, content)
            except (TooManyRequests, Unavailable):
                if self._stop.wait(AGAIN_S):
                    return False
            else:
                return True

    def close(self) -> None:
        """Nothing to let go of."""


class PushSender:
    """Pushes over HTTP with a token, as a partner's gateway does."""

    def __init__(self, address: str, token: str, stop: threading.Event) -> None:
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        self._stop = stop

    def send(self, source: str, name: str, content: bytes) -> bool:
        """Push a message until it is durable at Vigie's (202)."""
        while True:
            status = self._post(source, name, content)
            if status == ACCEPTED:
                return True
            if status not in WAIT and status:
                log.warning("push refused", source=source, status=status)
                return False
            if self._stop.wait(AGAIN_S):
                return False

    def _post(self, source: str, name: str, content: bytes) -> int:
        """Return the status of one attempt; 0 when nobody answered."""
        headers = {"X-Message-Name": name}
        try:
            answer = self._client.post(f"/api/ingest/{source}", content=content, headers=headers)
        except httpx.TransportError:
            return 0
        return answer.status_code

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class FolderSender:
    """Puts files into a folder that Vigie watches, whole at once, and clears old ones away."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._cleared_us: dict[str, int] = {}

    def send(self, source: str, name: str, content: bytes) -> bool:
        """Write a file beside and move it in, so that no half of it is ever seen."""
        folder = self._folder / source
        folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f".{name}.part"
        beside.write_bytes(content)
        beside.replace(folder / name)
        self._clear(folder)
        return True

    def _clear(self, folder: Path) -> None:
        """Remove, now and then, the files that Vigie has long taken."""
        at_us = now_us(self._clock)
        if at_us - self._cleared_us.get(folder.name, 0) < KEPT_US:
            return
        self._cleared_us[folder.name] = at_us
        for entry in folder.iterdir():
            if at_us - entry.stat().st_mtime_ns // 1_000 > KEPT_US:
                entry.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing to let go of."""
