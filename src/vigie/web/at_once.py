"""How many answers are made at one time: above the bound who asks waits, or is told to come back.

Streams last for hours and are counted elsewhere; signing in, signs of life and the console's own
files are never refused here.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from vigie.base.errors import TooManyRequests
from vigie.situation.home import Home
from vigie.web.problems import problem_response

COUNTED = ("/api/", "/ogc/")
EXCEPT = ("/api/stream", "/api/session")
RETRY_S = 1


class Turns:
    """Answers so many at one time, the others wait, first come, first served.

    A turn is all that an answer takes: work that goes through a pool of threads piece by piece
    would wait behind others at each piece.
    """

    def __init__(self, app: ASGIApp, *, turns: int) -> None:
        self._app = app
        self._turns = asyncio.Semaphore(turns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn and answer; the application's own beginning and end wait for none."""
        if scope["type"] == "http":
            async with self._turns:
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class AtOnce:
    """Refuses answers above ``limits.answers_at_once``, and counts them."""

    def __init__(self, app: ASGIApp, *, home: Home) -> None:
        self._app = app
        self._home = home
        self._most = home.settings.limits.answers_at_once
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if not self._most or scope["type"] != "http" or not _is_counted(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            self._home.intake.pressure.refusals.note("answers")
            error = TooManyRequests(retry_s=RETRY_S, what="answers")
            await problem_response(Request(scope), error)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1


def _is_counted(path: str) -> bool:
    return path.startswith(COUNTED) and not path.startswith(EXCEPT)
