"""Addresses fetched regularly over HTTP: conditional requests, retries, one allowed host."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

import httpx
import stamina

from vigie.base.clock import Clock, now_us
from vigie.base.errors import SettingsInvalid, TooLarge, Unavailable
from vigie.base.logging import get_logger
from vigie.intake.files import safe_name
from vigie.intake.journal import INLINE_BYTES, Journal
from vigie.intake.outbound import AddressRefused, check_host, checked_client, scopes

TIMEOUT_S = 30.0
LONGEST_FETCH_S = 900.0
ATTEMPTS = 3
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
MOST_REDIRECTS = 3
SERVER_ERRORS = 500
TOO_MANY = 429
NOT_MODIFIED = 304
OK = 200
log = get_logger(__name__)


class _BusyError(Exception):
    """The server is busy or broken for now: another attempt makes sense."""


class _TooSlowError(Exception):
    """The answer does not end in time: a feed must not hold its thread for ever."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll gave.

    Attributes:
        status: HTTP status; 0 when there was no answer.
        taken: Whether a new content was journalled.
        reason: Why it failed, a code with a text in ``base/messages.toml``; empty when it did not.
        remark: What to know although it did not fail, such a code, or empty.
    """

    status: int
    taken: bool
    reason: str = ""
    remark: str = ""


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def check_url(url: str, *, private: bool = False) -> str:
    """Return the address if it may be polled.

    Raises:
        SettingsInvalid: When it is not plain HTTP(S), carries a password, or names an address of
            this machine or of a private network without ``private``.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsInvalid(key="intake.poll.url", reason="http or https address")
    if parts.username or parts.password:
        raise SettingsInvalid(key="intake.poll.url", reason="no password in an address")
    check_host(parts.hostname, scopes(private=private), key="intake.poll.url")
    return url


class Poller:
    """Fetches one address; journals an answer that is new.

    Only the host that the settings name is ever spoken to: a redirect elsewhere is an error, so
    that a source cannot make this server call another (server-side request forgery), and where
    the name leads is judged at every connection. The last
    ``ETag`` and ``Last-Modified`` are sent back, and an answer equal to the last is left out.
    """

    def __init__(
        self, url: str, source: str, journal: Journal, clock: Clock, *, private: bool = False
    ) -> None:
        self._url = check_url(url, private=private)
        self._source = source
        self._journal = journal
        self._clock = clock
        self._stopping = False
        self._client = checked_client(url, scopes(private=private), timeout_s=TIMEOUT_S)

    def interrupt(self) -> None:
        """End the fetch under way at its next block."""
        self._stopping = True

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def poll(self) -> Fetched:
        """Fetch once, with retries for what may pass; a failure is logged, not raised.

        Raises:
            Unavailable: When the journal cannot be written, or the fetch was cut short: the same
                content is fetched again.
        """
        try:
            for attempt in stamina.retry_context(
                on=(httpx.TransportError, _BusyError),
                attempts=ATTEMPTS,
                wait_initial=FIRST_WAIT_S,
                wait_max=LONGEST_WAIT_S,
            ):
                with attempt:
                    return self._fetch()
        except _TooSlowError:
            return self._failed(0, "feed_unreachable", "too slow")
        except _BusyError:
            return self._failed(0, "feed_busy", "asked to wait")
        except httpx.HTTPError as error:
            return self._failed(0, "feed_unreachable", type(error).__name__)
        except (TooLarge, AddressRefused) as error:
            return self._failed(0, error.code, str(error))
        return Fetched(0, taken=False)

    def _failed(self, status: int, reason: str, detail: str) -> Fetched:
        log.warning("poll failed", source=self._source, reason=reason, detail=detail)
        return Fetched(status, taken=False, reason=reason)

    def _fetch(self) -> Fetched:
        row = self._journal.database.row("SELECT * FROM polled WHERE url = ?", self._url)
        headers = {"Accept-Encoding": "gzip", "User-Agent": "Vigie"}
        if row is not None and row["etag"]:
            headers["If-None-Match"] = row["etag"]
        if row is not None and row["last_modified"]:
            headers["If-Modified-Since"] = row["last_modified"]
        url = self._url
        status = 0
        for _ in range(MOST_REDIRECTS + 1):
            with self._client.stream("GET", url, headers=headers) as answer:
                if answer.next_request is None:
                    return self._take(answer)
                url, status = str(answer.next_request.url), answer.status_code
            if _origin(url) != _origin(self._url):
                return self._failed(status, "feed_redirected", "to another host")
        return self._failed(status, "feed_redirected", "too often")

    def _take(self, answer: httpx.Response) -> Fetched:
        status = answer.status_code
        if status == TOO_MANY or status >= SERVER_ERRORS:
            raise _BusyError
        if status == NOT_MODIFIED:
            self._journal.database.write(self._note_fetch)
            return Fetched(status, taken=False)
        if status != OK:
            return self._failed(status, "feed_refused", f"status {status}")
        limit = self._journal.settings.max_file_bytes
        until_s = time.monotonic() + LONGEST_FETCH_S
        with SpooledTemporaryFile(INLINE_BYTES * 32, dir=str(self._journal.spool.folder)) as body:
            size = 0
            for block in answer.iter_bytes():
                size += len(block)
                if size > limit:
                    raise TooLarge(limit=limit)
                if self._stopping:
                    raise Unavailable(what="poll")
                if time.monotonic() > until_s:
                    raise _TooSlowError
                body.write(block)
            body.seek(0)
            return Fetched(status, taken=self._journal_body(answer, cast("BinaryIO", body)))

    def _journal_body(self, answer: httpx.Response, body: BinaryIO) -> bool:
        etag = answer.headers.get("etag", "")
        modified = answer.headers.get("last-modified", "")
        at = now_us(self._clock)

        def remember(connection: sqlite3.Connection, _message_id: str, sha256: str) -> bool:
            held = connection.execute(
                "SELECT sha256 FROM polled WHERE url = ?", (self._url,)
            ).fetchone()
            connection.execute(
                "INSERT INTO polled VALUES (?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
                " etag = excluded.etag, last_modified = excluded.last_modified,"
                " sha256 = excluded.sha256, fetched_us = excluded.fetched_us",
                (self._url, etag, modified, sha256, at),
            )
            if held is not None and held["sha256"] == sha256:
                self._note_receipt(connection, at)
                return False
            return True

        label, _ = safe_name(unquote(PurePosixPath(urlsplit(self._url).path).name) or "poll")
        return self._journal.submit_if(self._source, label, body, remember).result()

    def _note_fetch(self, connection: sqlite3.Connection) -> None:
        at = now_us(self._clock)
        connection.execute("UPDATE polled SET fetched_us = ? WHERE url = ?", (at, self._url))
        self._note_receipt(connection, at)

    def _note_receipt(self, connection: sqlite3.Connection, at: int) -> None:
        """An unchanged answer is still a sign of life: the feed is not silent."""
        connection.execute(
            "UPDATE sources SET last_received_us = max(coalesce(last_received_us, 0), ?)"
            " WHERE source = ?",
            (at, self._source),
        )
