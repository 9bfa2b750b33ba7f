"""Who uses a server while its disk is in trouble: senders, a reader, who writes, signs in, listens.

Each asks one thing after the other in a thread of its own, and notes what it was answered.
"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from _pushing import HEADER, SOURCE, entry

from vigie.situation.home import open_home

LOGIN, PASSWORD = "room", "a-long-enough-word-7"
SENDERS = 3
LARGE_ROWS = 400
LARGE_EVERY, BAD_EVERY = 41, 17
NEAR = "lon=5.3698&lat=43.2965&radius_m=500"
READ = (
    "/api/summary",
    "/api/facts?limit=20",
    "/api/map?zoom=12&bbox=5.2,43.2,5.5,43.4",
    f"/api/near?{NEAR}",
    f"/api/situation?{NEAR}",
    "/api/sources",
    "/api/alerts",
    "/api/shift/log",
    "/healthz",
)
WELL = {"push": {202}, "read": {200}, "write": {200, 201}, "sign_in": {200}, "ready": {200}}
REFUSED = {"push": {429, 503}, "read": set(), "write": {503}, "sign_in": {503}, "ready": {503}}
UNAVAILABLE, AUDIT = 503, '"what":"audit"'
CUT = 0
"""The status of what was not answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: who asked, when it was answered, what, and the status and wait it was told."""

    who: str
    at: float
    what: str
    status: int
    retry_after: str
    said: str

    def wrong(self, *, failing: bool) -> str:
        """Return what is wrong with the answer; empty when it is one of those that are due.

        Where no line of the audit can be written, nothing may be read that asks for one: so it is
        on a disk that fails. On one that is full there is the room that the audit keeps.
        """
        if self.status in WELL[self.who]:
            return ""
        if failing and self.who == "read" and self.status == UNAVAILABLE and AUDIT in self.said:
            return ""
        told = f"{self.who} {self.what}: {self.status} {self.said}"
        if self.status not in REFUSED[self.who]:
            return told
        return "" if self.retry_after or self.who == "ready" else f"{told} (no Retry-After)"


class Users:
    """All of them, at work while it is entered.

    Attributes:
        acknowledged: References that were acknowledged.
        acknowledged_lines: Texts of lines of the shift that were.
    """

    names = ("push", "read", "write", "sign_in", "ready")

    def __init__(self, home: Path, port: int, token: str) -> None:
        with open_home(home) as opened:
            opened.desk.accounts.create(
                LOGIN, name="Salle", role="shift_head", password=PASSWORD,
                must_change_password=False,
            )  # fmt: skip
        self._port, self._token = port, token
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._asked: list[Asked] = []
        self._session: dict[str, str] = {}
        self.acknowledged: list[str] = []
        self.acknowledged_lines: list[str] = []
        self._heard: list[int] = []
        self._told = 0
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._session = self._sign_in()
        works: list[Callable[[], None]] = [
            *(lambda n=n: self._push(n) for n in range(SENDERS)),
            self._read, self._write, self._sign_in_again, self._ready, self._listen,
        ]  # fmt: skip
        self._threads = [threading.Thread(target=one, daemon=True) for one in works]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        time.sleep(2.0)  # what was acknowledged last is told
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def between(self, began: float, ended: float) -> Iterator[Asked]:
        """Yield what was answered between two instants."""
        with self._guard:
            asked = list(self._asked)
        return (one for one in asked if began <= one.at <= ended)

    def well_since(self, who: str, instant: float) -> bool:
        """Say whether all that is asked by some was answered as wished after an instant, at last.

        Senders: each of them; who reads: everything that is read.
        """
        with self._guard:
            last = {one.what: one for one in self._asked if one.who == who}
        if len(last) < {"push": SENDERS, "read": len(READ)}.get(who, 1):
            return False
        return all(one.at > instant and one.status in WELL[who] for one in last.values())

    def again_s(self, who: str, instant: float) -> float:
        """Return how long after an instant all that some ask had been answered as wished once.

        Senders: each of them; who reads: everything that is read, one thing after the other.
        """
        first: dict[str, float] = {}
        for one in self.between(instant, float("inf")):
            if one.who == who and one.status in WELL[who]:
                first.setdefault(one.what, one.at - instant)
        return round(max(first.values(), default=float("inf")), 2)

    def figures(self) -> dict[str, Any]:
        """Return what came by the stream, and how much was asked."""
        return {
            "asked": dict(Counter(one.who for one in self._asked)),
            "stream_events": len(self._heard),
            "stream_doubled": len(self._heard) - len(set(self._heard)),
            "stream_facts": self._told,
        }

    # --- Asking --------------------------------------------------------------------------------

    def _ask(
        self, who: str, what: str, method: str, path: str, body: bytes | None, **more: str
    ) -> Asked:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        status, retry, said = CUT, "", ""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            status, retry = answer.status, answer.headers.get("Retry-After", "")
            content = answer.read()
            said = "" if status < 300 else content.decode("utf-8", "replace")[:300]
        except (OSError, http.client.HTTPException) as error:
            said = type(error).__name__
        finally:
            connection.close()
        found = Asked(who, time.monotonic(), what, status, retry, said)
        with self._guard:
            self._asked.append(found)
        return found

    def _sign_in(self) -> dict[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        body = json.dumps({"login": LOGIN, "password": PASSWORD})
        connection.request("POST", "/api/session", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        cookie = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
        return {"Cookie": cookie, "X_CSRF_Token": told["csrf"]}

    def _push(self, sender: int) -> None:
        for number in itertools.count():
            if self._stop.wait(0.03):
                return
            ref = f"d{sender}-{number:06}"
            refs, body = [ref], entry(ref, number)
            if number % LARGE_EVERY == LARGE_EVERY - 1:
                refs = [f"{ref}-{row}" for row in range(LARGE_ROWS)]
                rows = (entry(one, number)[len(HEADER) :] for one in refs)
                body = HEADER.encode() + b"".join(rows)
            elif number % BAD_EVERY == BAD_EVERY - 1:
                refs, body = [], f"{HEADER}{ref};99/99/2026;25:61;;;;;;;;;;;;;;;;;;;;;;\n".encode()
            answer = self._ask(
                "push", f"sender {sender}", "POST", f"/api/ingest/{SOURCE}", body,
                Authorization=f"Bearer {self._token}", Content_Type="text/csv",
            )  # fmt: skip
            if answer.status in WELL["push"]:
                with self._guard:
                    self.acknowledged += refs

    def _read(self) -> None:
        for path in itertools.cycle(READ):
            if self._stop.wait(0.05):
                return
            self._ask("read", path.partition("?")[0], "GET", path, None, **self._session)

    def _write(self) -> None:
        for number in itertools.count():
            if self._stop.wait(0.2):
                return
            text = f"ronde {number:05} faite"
            body = json.dumps({"kind": "note", "text": text}).encode()
            answer = self._ask(
                "write", "line", "POST", "/api/shift/lines", body,
                Content_Type="application/json", **self._session,
            )  # fmt: skip
            if answer.status in WELL["write"]:
                self.acknowledged_lines.append(text)

    def _sign_in_again(self) -> None:
        body = json.dumps({"login": LOGIN, "password": PASSWORD}).encode()
        while not self._stop.wait(2.1):  # an address may try thirty times a minute
            self._ask(
                "sign_in", "password", "POST", "/api/session", body, Content_Type="application/json"
            )

    def _ready(self) -> None:
        while not self._stop.wait(0.5):
            self._ask("ready", "ready", "GET", "/readyz", None)

    def _listen(self) -> None:
        while not self._stop.is_set():
            with suppress(OSError, http.client.HTTPException, TimeoutError):
                self._hear()
            self._stop.wait(0.2)

    def _hear(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": self._session["Cookie"], "Accept": "text/event-stream"}
        if self._heard:
            headers["Last-Event-ID"] = str(self._heard[-1])
        connection.request("GET", "/api/stream", headers=headers)
        answer = connection.getresponse()
        while not self._stop.is_set():
            line = answer.readline()
            if not line:
                return
            if line.startswith(b"id: ") and line[4:].strip().isdigit():
                self._heard.append(int(line[4:]))
            elif line.startswith(b"data: "):
                self._told += len(json.loads(line[6:])["data"].get("facts") or ())
