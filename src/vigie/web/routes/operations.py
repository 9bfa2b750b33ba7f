"""What those who run the server read: alive, ready, measured; and what an error code means."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from vigie.base.errors import NotFound, subclasses_of
from vigie.base.translations import translate
from vigie.privacy.purposes import Verb
from vigie.situation.pulse.readiness import PARTS
from vigie.situation.pulse.readiness import Readiness as Looking
from vigie.web.answers.base import Answer, Texts
from vigie.web.metrics import Metrics
from vigie.web.security import anyone, needs

router = APIRouter(tags=["operations"])


class Health(Answer):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Answer):
    """Every part answers."""

    status: Literal["ready"]
    parts: dict[str, Literal["ok"]]


class ErrorMeaning(Answer):
    """What an error code means."""

    code: str
    status: int
    title: Texts
    terminal: bool


@router.get("/healthz", operation_id="health", **anyone(Verb.CONSULT, "register"))
def health() -> Health:
    """Say that the process answers."""
    return Health(status="ok")


@router.get("/readyz", operation_id="ready", **anyone(Verb.CONSULT, "register"))
def ready(request: Request) -> Readiness:
    """Say that every part is ready, or 503 naming the one that is not."""
    look: Looking = request.app.state.readiness
    look.require()
    return Readiness(status="ready", parts=dict.fromkeys(PARTS, "ok"))


@router.get(
    "/metrics", operation_id="metrics", response_class=Response, **needs(Verb.CONSULT, "sources")
)
def metrics(request: Request) -> Response:
    """Return the metrics in Prometheus' text format (a read token lets Prometheus in)."""
    found: Metrics = request.app.state.metrics
    return Response(found.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{code}", operation_id="explainProblem", **anyone(Verb.CONSULT, "register"))
def explain_problem(code: str) -> ErrorMeaning:
    """Explain an error code: the address that problem documents name as their type."""
    for error in subclasses_of():
        if error.code == code:
            return ErrorMeaning(
                code=code,
                status=error.http_status,
                title=Texts(fr=translate(code, "fr"), en=translate(code, "en")),
                terminal=error.terminal,
            )
    raise NotFound(what="code", name=code[:80])


@router.get("/api/openapi.json", operation_id="describe", **anyone(Verb.CONSULT, "register"))
def describe(request: Request) -> dict[str, Any]:
    """Return the description of this interface (OpenAPI 3.1)."""
    found: dict[str, Any] = request.app.openapi()
    return found
