"""What those who run the server read: alive, ready, measured; and what an error code means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from vigie.base.clock import now_us
from vigie.base.errors import NotFound, Unavailable, subclasses_of
from vigie.base.translations import translate
from vigie.model.contracts import CONTRACTS
from vigie.privacy.purposes import Verb
from vigie.situation.home import Home
from vigie.web.answers.base import Answer, Texts
from vigie.web.metrics import Metrics
from vigie.web.security import HomeDep, anyone, needs
from vigie.web.streaming import Hub

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
def ready(home: HomeDep) -> Readiness:
    """Say that desk, lake and journal answer, or 503 naming the one that does not."""
    parts: dict[str, Callable[[], object]] = {
        "desk": home.desk.alerts.count,
        "lake": lambda: home.lake.count("facts"),
        "journal": lambda: home.intake.events.latest_id,
    }
    for name, ask in parts.items():
        try:
            ask()
        except Exception as error:
            raise Unavailable(what=name) from error
    return Readiness(status="ready", parts=dict.fromkeys(parts, "ok"))


@router.get(
    "/metrics", operation_id="metrics", response_class=Response, **needs(Verb.CONSULT, "sources")
)
def metrics(home: HomeDep, request: Request) -> Response:
    """Return the metrics in Prometheus' text format (a read token lets Prometheus in)."""
    found: Metrics = request.app.state.metrics
    hub: Hub = request.app.state.hub
    found.subscribers.set(hub.subscribers)
    _note_sources(found, home)
    return Response(found.text(), media_type=CONTENT_TYPE_LATEST)


def _note_sources(found: Metrics, home: Home) -> None:
    at = now_us(home.clock)
    for one in home.intake.health(at):
        if one.age_s is not None:
            found.source_age.labels(one.source).set(one.age_s)
        found.source_records.labels(one.source).set(one.records)
        found.source_quarantined.labels(one.source).set(one.quarantined)
    for kind in CONTRACTS:
        found.records.labels(kind).set(home.lake.count(kind))


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
