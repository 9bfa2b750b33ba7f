"""Push: ``POST /api/ingest/{source}`` with a token; 202 once the message is durable.

This is the busiest address by far, so it stands before the application's layers and answers by
itself: token from a short-lived memory, body bounded while it is read, one await on the journal.
"""

from __future__ import annotations

import json
import re
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import unquote

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vigie.base.errors import NotFound, NotSignedIn, TooLarge, VigieError, WrongUsage
from vigie.base.ids import new_id
from vigie.base.logging import get_logger
from vigie.situation.home import Home
from vigie.web.metrics import Metrics
from vigie.web.problems import InternalError, MethodNotAllowed, problem_response

PREFIX = "/api/ingest/"
TEMPLATE = "/api/ingest/{source}"
REMEMBER_S = 2.0
_MOST_REMEMBERED = 1_000
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_LOG = get_logger(__name__)


class Doorkeeper:
    """Checks ingest tokens; a verdict is remembered for two seconds, so revoking acts in two."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known: dict[tuple[str, str], float] = {}

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
        now = monotonic()
        if self._known.get(key, 0.0) > now:
            return
        await anyio.to_thread.run_sync(
            lambda: self._home.desk.tokens.check(secret, "ingest", source=source)
        )
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = now + REMEMBER_S


class IngestDoor:
    """Answers pushes itself and hands everything else on."""

    def __init__(self, app: ASGIApp, *, home: Home, metrics: Metrics) -> None:
        self._app = app
        self._home = home
        self._doorkeeper = Doorkeeper(home)
        self._limit = home.settings.server.max_body_bytes
        self._seconds = metrics.seconds.labels("POST", TEMPLATE)
        self._requests = metrics.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a push, or pass the request on."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        request = Request(scope, receive)
        try:
            answer = await self._take(request)
        except ClientDisconnect:
            return
        except VigieError as error:
            answer = problem_response(request, error)
        except Exception:  # noqa: BLE001 - the last line before the wire: answered, logged
            reference = new_id("failure")
            _LOG.exception("unforeseen failure", reference=reference, path=TEMPLATE)
            answer = problem_response(request, InternalError(reference=reference))
        for name, value in _HEADERS.items():
            answer.headers[name] = value
        self._requests.labels(scope["method"], TEMPLATE, str(answer.status_code)).inc()
        self._seconds.observe(perf_counter() - began)
        await answer(scope, receive, send)

    async def _take(self, request: Request) -> Response:
        source = unquote(request.url.path.removeprefix(PREFIX))
        if request.method != "POST":
            raise MethodNotAllowed(method=request.method)
        if _SOURCE.fullmatch(source) is None:
            raise NotFound(what="source", name=source[:80])
        await self._doorkeeper.check(request.headers.get("authorization"), source)
        content = await self._body(request)
        name = request.headers.get("x-message-name", "") or f"push-{source}"
        message_id = await self._home.intake.accept_async(
            source, name[:200], content, request.headers.get("content-type", "")
        )
        body = json.dumps({"message_id": message_id}).encode("ascii")
        return Response(body, status_code=202, media_type="application/json")

    async def _body(self, request: Request) -> bytes:
        declared = request.headers.get("content-length", "")
        if declared and not declared.isdigit():
            raise WrongUsage(reason="Content-Length")
        if declared and int(declared) > self._limit:
            raise TooLarge(limit=self._limit)
        pieces: list[bytes] = []
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > self._limit:
                raise TooLarge(limit=self._limit)
            pieces.append(piece)
        if size == 0:
            raise WrongUsage(reason="empty body")
        return b"".join(pieces)


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
            "x-roles": ["ingest-token"],
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
