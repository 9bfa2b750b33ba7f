"""The application factory: a home in, an ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from vigie.base.memory import giving_back
from vigie.civic.informing.board import Board
from vigie.situation.home import Home
from vigie.situation.pulse.readiness import Readiness
from vigie.web.at_once import AtOnce, Turns
from vigie.web.event_stream import DIRECT
from vigie.web.export import MEDIA
from vigie.web.headers import SecurityHeaders
from vigie.web.hearing import Hearings
from vigie.web.ingest import PREFIX, IngestDoor
from vigie.web.limits import Buckets
from vigie.web.metrics import Metrics, MetricsMiddleware
from vigie.web.openapi import describe
from vigie.web.problems import FailureMiddleware, install_problem_handlers
from vigie.web.readers import ByReader, Reader
from vigie.web.routers import ROUTERS
from vigie.web.security import Attempts, refuse_untagged
from vigie.web.standing import Standing
from vigie.web.static import console_application, console_folder
from vigie.web.streaming import Hub
from vigie.web.vitals import Vitals

if TYPE_CHECKING:
    from vigie.web.oidc import Provider

_SMALLEST_COMPRESSED = 1_024
_COMPRESSION = 4
_COMPRESSED_ALREADY = (MEDIA["parquet"],)
_BY_LINE = "application/x-ndjson"
"""Told line by line while it is found: a compressor would keep the lines back."""


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _lifespan(home: Home, hub: Hub, *, workers: bool) -> Lifespan:
    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        if workers:
            home.intake.start()
        try:
            with nullcontext() if workers else giving_back():  # the workers do so themselves
                yield
        finally:
            await hub.stop()
            if workers:
                home.intake.stop()

    return run


def _routers() -> tuple[APIRouter, ...]:
    for router in ROUTERS:
        refuse_untagged(router.routes)
    return ROUTERS


def _provider(home: Home) -> Provider | None:
    """Return who else may say who signs in; None where nobody may."""
    if not home.settings.oidc.issuer:
        return None
    from vigie.web.oidc import Provider  # noqa: PLC0415 - late: slow to load, few cities have one

    return Provider.of(home.settings.oidc, home.clock)


class Application(FastAPI):
    """FastAPI with one address beside it: pushes do not pass its layers."""

    door: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a push to its own door and everything else to the routes."""
        if self.door is not None and scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self.door(scope, receive, send)
        else:
            scope[DIRECT] = send
            await super().__call__(scope, receive, send)


def _turns(turns: int) -> list[Middleware]:
    return [Middleware(Turns, turns=turns)] if turns else []


def _layers(home: Home, metrics: Metrics, reader: Reader | None) -> list[Middleware]:
    """Return what every request passes before its route, the outermost first."""
    return [
        Middleware(MetricsMiddleware, metrics=metrics),
        Middleware(ByReader, reader=reader),
        Middleware(
            SecurityHeaders,
            style_url=home.settings.city.style_url,
            https=home.settings.server.public_url.startswith("https:"),
        ),
        Middleware(AtOnce, home=home),
        Middleware(FailureMiddleware),
        Middleware(
            GZipMiddleware,
            minimum_size=_SMALLEST_COMPRESSED,
            compresslevel=_COMPRESSION,
            exclude_content_types=(
                *DEFAULT_EXCLUDED_CONTENT_TYPES,
                *_COMPRESSED_ALREADY,
                _BY_LINE,
            ),
        ),
    ]


def create_app(
    home: Home,
    *,
    workers: bool = True,
    console: Path | None = None,
    reader: Reader | None = None,
    turns: int = 0,
) -> Application:
    """Return the application that serves a home.

    Args:
        home: The open home; the caller closes it after the application has stopped.
        workers: Whether the application runs intake's workers while it lives.
        console: Folder of the built console; by default where the package or the source has it.
        reader: Answers questions beside, if there is one.
        turns: Answers made at one time, the others wait; 0 for as many as are asked.

    Raises:
        RuntimeError: When a route does not say who may use it.
    """
    metrics = Metrics()
    hub = Hub(home.intake.events)
    app = Application(
        title="Vigie",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False},
        lifespan=_lifespan(home, hub, workers=workers),
        middleware=[*_turns(turns), *_layers(home, metrics, reader)],
    )
    app.door = IngestDoor(home=home, metrics=metrics)
    app.state.home = home
    app.state.hub = hub
    app.state.hearings = Hearings()
    app.state.standing = Standing(home.desk.credentials, home.clock)
    app.state.metrics = metrics
    metrics.registry.register(Vitals(home, hub))
    app.state.readiness = Readiness(home)
    app.state.attempts = Attempts(home.clock)
    app.state.board = Board(home)
    app.state.public_reads = Attempts(home.clock, most=home.settings.public.reads_per_minute)
    app.state.provider = _provider(home)
    app.state.buckets = Buckets(home.settings.limits, home.clock)
    install_problem_handlers(app)
    for router in _routers():  # each address is whole: including would make every route once more
        app.router.routes.extend(router.routes)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.router.default = console_application(console or console_folder())
    return app
