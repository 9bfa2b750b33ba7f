"""Carrying messages of counts out of the hospital: to a folder, or to a source over HTTP."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import httpx
import stamina

from vigie.base.errors import SettingsInvalid
from vigie.base.logging import get_logger
from vigie.intake.hospital.state import write_durably

TIMEOUT_S = 30.0
ATTEMPTS = 4
_ACCEPTED = 202
_BUSY = 429
_SERVER_ERRORS = 500
_LOG = get_logger(__name__)

Message = dict[str, Any]


class Courier(Protocol):
    """Somewhere to carry messages to."""

    def deliver(self, messages: Sequence[Message]) -> list[Message]:
        """Carry messages; return those that arrived. The others are carried again."""
        ...


def name_of(message: Message) -> str:
    """Return the file name of a message: its site and its day."""
    return f"counts-{message['site']}-{message['days'][0]['day']}.json"


class FolderCourier:
    """Writes each message as a file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, messages: Sequence[Message]) -> list[Message]:
        """Write messages; return those that were written."""
        done: list[Message] = []
        for message in messages:
            try:
                write_durably(self._folder / name_of(message), json.dumps(message).encode())
            except OSError as error:
                _LOG.warning("counts not written", reason=type(error).__name__)
                break
            done.append(message)
        return done


class _BusyError(Exception):
    """The server is busy or broken for now."""


def check_address(url: str) -> str:
    """Return an address that counts may be pushed to: HTTPS, or this machine.

    Raises:
        SettingsInvalid: When it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise SettingsInvalid(key="--push", reason="https address without password")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise SettingsInvalid(key="--push", reason="https, unless on this machine")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class HttpCourier:
    """Pushes each message to ``POST /api/ingest/{source}`` with a token.

    Whatever the answer, a message that was not taken (202) stays and is pushed again later.
    """

    def __init__(self, url: str, source: str, token: str) -> None:
        self._url = f"{check_address(url)}/api/ingest/{source}"
        self._client = httpx.Client(
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "Vigie edge"},
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connection."""
        self._client.close()

    def deliver(self, messages: Sequence[Message]) -> list[Message]:
        """Push messages, with retries for what may pass; return those that are durable there."""
        done: list[Message] = []
        for message in messages:
            try:
                status = self._push(message)
            except (httpx.HTTPError, _BusyError) as error:
                _LOG.warning("counts wait", waiting=len(messages), reason=type(error).__name__)
                return done
            if status == _ACCEPTED:
                done.append(message)
            else:
                _LOG.error("counts refused", status=status)
        return done

    def _push(self, message: Message) -> int:
        for attempt in stamina.retry_context(
            on=(httpx.TransportError, _BusyError),
            attempts=ATTEMPTS,
            wait_initial=0.5,
            wait_max=10.0,
        ):
            with attempt:
                answer = self._client.post(
                    self._url,
                    content=json.dumps(message).encode(),
                    headers={
                        "Content-Type": "application/json",
                        "X-Message-Name": name_of(message),
                    },
                )
                if answer.status_code == _BUSY or answer.status_code >= _SERVER_ERRORS:
                    raise _BusyError
                return answer.status_code
        raise _BusyError
