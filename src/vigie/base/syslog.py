"""Log lines sent to another system as they happen: RFC 5424 over TLS (RFC 5425), or a local socket.

Nothing waits for the other system. Lines wait in memory while it is away, the oldest first; what
the memory cannot hold is counted, and the count is told once it is back. There is no way in clear:
the address is TLS with a judged certificate, or a socket of this machine (``/dev/log``, journald).
"""

from __future__ import annotations

import json
import os
import queue
import socket
import ssl
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, Self
from urllib.parse import urlsplit

from vigie.base.errors import SettingsInvalid
from vigie.base.settings_log import LogSettings

PORT = 6514
MOST_WAITING = 10_000
FACILITY_PROGRAM, FACILITY_AUDIT = 16, 13
SEVERITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
_LONGEST = 8_192
_TIMEOUT_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 30.0
_CLOSE_S = 3.0


def message(at: str, body: Mapping[str, Any], *, facility: int, severity: int) -> bytes:
    """Return one RFC 5424 message whose text is the JSON of ``body``; too long a text is cut.

    Args:
        at: RFC 3339 instant; empty when it is not known.
        body: What it says.
        facility: 16 for the program, 13 for the audit.
        severity: 0 to 7.
    """
    host = socket.gethostname()[:255] or "-"
    kind = "audit" if facility == FACILITY_AUDIT else "log"
    head = f"<{facility * 8 + severity}>1 {at or '-'} {host} vigie {os.getpid()} {kind} - "
    text = json.dumps(body, ensure_ascii=True, default=str, separators=(",", ":"))
    return (head + text[:_LONGEST]).encode("ascii", "replace")


class Syslog:
    """Sends messages to one place, in their order, by a thread of its own.

    Attributes:
        lost: How many messages could not wait and were not told yet.
    """

    def __init__(self, settings: LogSettings) -> None:
        """Start; nothing is connected before the first message.

        Raises:
            SettingsInvalid: The file of trusted certificates cannot be used.
        """
        self._address = settings.syslog
        self._trusted: ssl.SSLContext | None = None
        if self._address.startswith("tls:"):
            try:
                self._trusted = ssl.create_default_context(cafile=settings.syslog_ca_file or None)
            except OSError as error:
                raise SettingsInvalid(key="log.syslog_ca_file", reason=str(error)) from error
        self.lost = 0
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._socket: socket.socket | None = None
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="syslog", daemon=True)
        self._thread.start()

    @classmethod
    def of(cls, settings: LogSettings) -> Self | None:
        """Return the sender that the settings name; None where they name none."""
        return cls(settings) if settings.syslog else None

    def send(self, at: str, body: Mapping[str, Any], *, facility: int, severity: int) -> None:
        """Let a message go as soon as may be; never waits and never raises for the network."""
        try:
            self._waiting.put_nowait(message(at, body, facility=facility, severity=severity))
        except queue.Full:
            with self._guard:
                self.lost += 1

    def log(
        self, _logger: Any, _name: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Send an event of the program's log on its way to standard error (structlog)."""
        severity = SEVERITIES.get(str(event.get("level")), SEVERITIES["info"])
        at = str(event.get("timestamp", ""))
        self.send(at, event, facility=FACILITY_PROGRAM, severity=severity)
        return event

    def close(self) -> None:
        """Send what waits, within three seconds, then stop."""
        try:
            self._waiting.put(None, timeout=_CLOSE_S)
        except queue.Full:
            self._stopping.set()
        self._thread.join(_CLOSE_S)
        self._stopping.set()
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while (one := self._waiting.get()) is not None and not self._stopping.is_set():
            self._deliver(one)
        self._leave()

    def _deliver(self, one: bytes) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stopping.is_set():
            try:
                link = self._link()
                with self._guard:
                    lost = self.lost
                if lost:
                    body = {"event": "log lines lost while away", "n": lost}
                    self._put(link, message("", body, facility=FACILITY_PROGRAM, severity=4))
                    with self._guard:
                        self.lost -= lost
                self._put(link, one)
            except OSError:  # of which every failure of TLS is a kind
                self._leave()
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            else:
                return

    def _put(self, link: socket.socket, one: bytes) -> None:
        link.sendall(one if self._trusted is None else b"%d " % len(one) + one)

    def _link(self) -> socket.socket:
        if self._socket is not None and self._trusted is not None and _has_left(self._socket):
            self._leave()
        if self._socket is None:
            self._socket = self._connect()
        return self._socket

    def _connect(self) -> socket.socket:
        if self._trusted is None:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            link.settimeout(_TIMEOUT_S)
            try:
                link.connect(self._address.removeprefix("unix:"))
            except OSError:
                link.close()
                raise
            return link
        parts = urlsplit(self._address)
        host = parts.hostname or ""
        plain = socket.create_connection((host, parts.port or PORT), timeout=_TIMEOUT_S)
        try:
            return self._trusted.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    def _leave(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _has_left(link: socket.socket) -> bool:
    """Say whether the other side has closed, so that nothing is written to a dead connection."""
    link.settimeout(0)
    try:
        return link.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        link.settimeout(_TIMEOUT_S)
