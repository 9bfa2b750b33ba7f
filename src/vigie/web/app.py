"""The application factory: a home in, an ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from vigie.situation.home import Home
from vigie.web.headers import SecurityHeaders
from vigie.web.ingest import IngestDoor
from vigie.web.metrics import Metrics, MetricsMiddleware
from vigie.web.openapi import describe
from vigie.web.problems import FailureMiddleware, install_problem_handlers
from vigie.web.routers import ROUTERS
from vigie.web.security import Attempts, refuse_untagged
from vigie.web.static import console_application, console_folder
from vigie.web.streaming import Hub

_SMALLEST_COMPRESSED = 1_024
_COMPRESSION = 4


def _lifespan(home: Home, hub: Hub, *, workers: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202
    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        hub.start()
        if workers:
            home.intake.start()
        try:
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


def create_app(home: Home, *, workers: bool = True, console: Path | None = None) -> FastAPI:
    """Return the application that serves a home.

    Args:
        home: The open home; the caller closes it after the application has stopped.
        workers: Whether the application runs intake's workers while it lives.
        console: Folder of the built console; by default where the package or the source has it.

    Raises:
        RuntimeError: When a route does not say who may use it.
    """
    metrics = Metrics()
    hub = Hub(home.intake.events)
    app = FastAPI(
        title="Vigie",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False},
        lifespan=_lifespan(home, hub, workers=workers),
        middleware=[
            Middleware(IngestDoor, home=home, metrics=metrics),
            Middleware(MetricsMiddleware, metrics=metrics),
            Middleware(SecurityHeaders, style_url=home.settings.city.style_url),
            Middleware(FailureMiddleware),
            Middleware(
                GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION
            ),
        ],
    )
    app.state.home = home
    app.state.hub = hub
    app.state.metrics = metrics
    app.state.attempts = Attempts(home.clock)
    app.state.exports = Attempts(home.clock, most=30, window_s=600)
    install_problem_handlers(app)
    for router in _routers():
        app.include_router(router)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.router.default = console_application(console or console_folder())
    return app
