"""Push: ``POST /api/ingest/{source}`` with a token; 202 once the message is durable.

This is the busiest address by far, so it stands beside the application's layers and answers by
itself: token from a short-lived memory, body bounded while it is read, one await on the journal.
"""

from __future__ import annotations

import asyncio
import re
from time import monotonic, perf_counter
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from vigie.base.errors import (
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyRequests,
    VigieError,
    WrongUsage,
)
from vigie.situation.home import Home
from vigie.web.metrics import Metrics
from vigie.web.problems import (
    MEDIA_TYPE,
    MethodNotAllowed,
    foreseen,
    problem_of,
    problem_response,
)

PREFIX = "/api/ingest/"
TEMPLATE = "/api/ingest/{source}"
REMEMBER_S = 2.0
_MOST_REMEMBERED = 1_000
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
_HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_WANTED = frozenset({b"authorization", b"content-length", b"content-type", b"x-message-name"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Gone(Exception):
    """The sender hung up before its message was whole."""


class Doorkeeper:
    """Checks ingest tokens; a verdict is remembered for two seconds, so revoking acts in two.

    In its second half the desk is asked again beside, so that of a steady sender nobody waits.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known: dict[tuple[str, str], float] = {}
        self._asked: dict[tuple[str, str], asyncio.Future[None]] = {}

    async def check(self, header: str | None, source: str) -> None:
        """Raise unless the header holds a token that may push to this source.

        Raises:
            NotSignedIn: No token, or an unknown or withdrawn one.
            Forbidden: A token for something else.
        """
        scheme, _, secret = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise NotSignedIn
        key = (secret, source)
        left_s = self._known.get(key, 0.0) - monotonic()
        if left_s > REMEMBER_S / 2:
            return
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.ensure_future(self._ask(key))
            asked.add_done_callback(lambda done: self._answered(key, done))
        if left_s <= 0:  # else what is remembered still holds: nobody waits for the next
            await asyncio.shield(asked)

    async def _ask(self, key: tuple[str, str]) -> None:
        """Ask the desk, once for all who push with the same token at this instant."""
        until = monotonic() + REMEMBER_S
        secret, source = key
        await asyncio.to_thread(self._home.desk.tokens.check, secret, "ingest", source=source)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = until

    def _answered(self, key: tuple[str, str], done: asyncio.Future[None]) -> None:
        """Forget a verdict that no longer holds: the next push hears why."""
        del self._asked[key]
        if done.cancelled() or done.exception() is not None:
            self._known.pop(key, None)


class IngestDoor:
    """Answers pushes: an ASGI application of one address, with nothing before it."""

    def __init__(self, *, home: Home, metrics: Metrics) -> None:
        self._home = home
        self._doorkeeper = Doorkeeper(home)
        self._limit = home.settings.server.max_body_bytes
        self._seconds = metrics.seconds.labels("POST", TEMPLATE)
        self._taken = metrics.requests.labels("POST", TEMPLATE, "202")
        self._requests = metrics.requests
        self._turned_away: dict[tuple[int, str], tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a push: 202 once it is durable, else a problem that says why not."""
        began = perf_counter()
        try:
            message_id = await self._take(scope, receive)
        except _Gone:
            return
        except TooManyRequests as error:
            await self._turn_away(send, error)
        except VigieError as error:
            await self._refuse(scope, receive, send, error)
        except Exception as error:  # noqa: BLE001 - the last line before the wire: answered, logged
            await self._refuse(scope, receive, send, foreseen(error, TEMPLATE))
        else:
            body = b'{"message_id":"%s"}' % message_id.encode("ascii")
            headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 202, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            self._taken.inc()
        self._seconds.observe(perf_counter() - began)

    async def _turn_away(self, send: Send, error: TooManyRequests) -> None:
        """Answer 429: of all refusals the one that comes by the thousand, when there is no time."""
        retry = int(error.params.get("retry_s", 0))
        which = retry, str(error.params.get("what", ""))
        known = self._turned_away.get(which)
        if known is None:
            body = problem_of(error, "fr").model_dump_json(exclude_none=True).encode()
            headers = [
                (b"content-type", MEDIA_TYPE.encode()),
                (b"content-language", b"fr"),
                *_HEADERS[1:],
                (b"retry-after", b"%d" % retry),
                (b"content-length", b"%d" % len(body)),
            ]
            known = self._turned_away[which] = (headers, body)
        headers, body = known
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._requests.labels("POST", TEMPLATE, "429").inc()

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: VigieError) -> None:
        answer = problem_response(Request(scope, receive), error)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        self._requests.labels(_method(scope), TEMPLATE, str(answer.status_code)).inc()
        await answer(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive) -> str:
        if scope["method"] != "POST":
            raise MethodNotAllowed(method=_method(scope))
        source = scope["path"][len(PREFIX) :]
        if _SOURCE.fullmatch(source) is None:
            raise NotFound(what="source", name=source[:80])
        told = {
            name: value.decode("latin-1") for name, value in scope["headers"] if name in _WANTED
        }
        await self._doorkeeper.check(told.get(b"authorization"), source)
        content = await self._body(receive, told.get(b"content-length", ""))
        name = told.get(b"x-message-name") or f"push-{source}"
        media = told.get(b"content-type", "")
        began = perf_counter()
        message_id = await self._home.intake.accept_async(source, name[:200], content, media)
        self._home.intake.pressure.note_answer(perf_counter() - began)
        return message_id

    async def _body(self, receive: Receive, declared: str) -> bytes:
        if declared and not (declared.isascii() and declared.isdigit()):
            raise WrongUsage(reason="Content-Length", field="Content-Length")
        if declared and int(declared) > self._limit:
            raise TooLarge(limit=self._limit)
        pieces: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._limit:
                raise TooLarge(limit=self._limit)
            pieces.append(piece)
            more = message.get("more_body", False)
        if size == 0:
            raise WrongUsage(reason="empty body", field="body")
        return b"".join(pieces)


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in _METHODS else "OTHER"


_TAGS = {
    "x-verb": "collect",
    "x-dataset": "journal",
    "x-roles": ["ingest-token"],
    "x-purposes": ["live_response"],
}


def describe_ingest() -> dict[str, Any]:
    """Return the OpenAPI path item of the push address, which is no FastAPI route."""
    problems = {
        status: {
            "description": meaning,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, meaning in (
            ("401", "No token, or an unknown one"),
            ("403", "A token for another source"),
            ("404", "No such source"),
            ("413", "Body above the limit"),
            ("422", "Empty body"),
            ("429", "Backlog above its limit: retry later"),
            ("503", "The journal cannot be written: nothing was taken, retry later"),
        )
    }
    return {
        "post": {
            "operationId": "pushMessage",
            "tags": ["sources"],
            "summary": "Push a message of a source; 202 once it is durable.",
            **_TAGS,
            "security": [{"ingestToken": []}],
            "parameters": [
                {
                    "name": "source",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "pattern": f"^{_SOURCE.pattern}$"},
                },
                {
                    "name": "X-Message-Name",
                    "in": "header",
                    "required": False,
                    "schema": {"type": "string", "maxLength": 200},
                },
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
                },
            },
            "responses": {
                "202": {
                    "description": "Durable",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Acknowledged"}
                        }
                    },
                },
                **problems,
            },
        }
    }
