"""Errors as ``application/problem+json`` (RFC 9457), in the reader's language.

A domain error carries a code and facts; its title is translated. An exception nobody foresaw
becomes a 500 with a reference that stands in the log too, and not one word of its text.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vigie.base.disk import refused_by_disk
from vigie.base.errors import (
    Forbidden,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyRequests,
    Unavailable,
    VigieError,
    WrongUsage,
)
from vigie.base.ids import new_id
from vigie.base.logging import get_logger
from vigie.base.translations import choose_language, translate
from vigie.desk.database import is_away

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/problems/"
RETRY_S = 5
_MOST_REASONS = 20
_LOG = get_logger(__name__)


class CsrfFailed(Forbidden):
    """A request that changes something came without the session's own token."""

    code = "csrf_failed"


class MethodNotAllowed(VigieError):
    """The address exists and does not take this method."""

    code = "method_not_allowed"
    http_status = 405


class InternalError(VigieError):
    """Something nobody foresaw; the log knows more under the reference."""

    code = "internal_error"
    http_status = 500


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Address that explains the code.")
    title: str = Field(description="What went wrong, in the language of Accept-Language.")
    status: int
    code: str = Field(description="Stable machine name.")
    detail: str | None = None
    params: dict[str, Any] = Field(default_factory=dict, description="Facts of this failure.")


_BY_STATUS: dict[int, type[VigieError]] = {
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    429: TooManyRequests,
    503: Unavailable,
}


def problem_of(error: VigieError, language: str) -> Problem:
    """Return the problem document of a domain error."""
    return Problem(
        type=TYPE_PREFIX + error.code,
        title=translate(error.code, language, **error.params),
        status=error.http_status,
        code=error.code,
        detail=error.detail or None,
        params=error.params,
    )


def problem_response(request: Request, error: VigieError) -> Response:
    """Return a domain error as an answer, with the headers that its status asks for."""
    language = choose_language(request.headers.get("accept-language"))
    headers = {"Content-Language": language, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if isinstance(error, NotSignedIn):
        scheme = 'Basic realm="vigie", charset="UTF-8"'
        headers["WWW-Authenticate"] = scheme if request.url.path.startswith("/ogc") else "Bearer"
    if isinstance(error, TooManyRequests | Unavailable):
        headers["Retry-After"] = str(error.params.get("retry_s", 5))
    problem = problem_of(error, language)
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True),
        status_code=error.http_status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


async def _on_domain_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, VigieError):
        raise error
    if error.http_status >= 500:  # noqa: PLR2004 - the class of server errors
        _LOG.warning("request failed", code=error.code, path=request.url.path, **_safe(error))
    return problem_response(request, error)


def _safe(error: VigieError) -> dict[str, str]:
    return {f"param_{key}": str(value)[:200] for key, value in error.params.items()}


async def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    reasons = [
        {"field": ".".join(str(part) for part in entry["loc"]), "reason": str(entry["msg"])}
        for entry in error.errors()[:_MOST_REASONS]
    ]
    first = reasons[0] if reasons else {"field": "", "reason": ""}
    return problem_response(
        request, WrongUsage(reason=f"{first['field']}: {first['reason']}", errors=reasons)
    )


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        kind = WrongUsage if error.status_code < 500 else InternalError  # noqa: PLR2004
    known = kind(**_facts(kind, request))
    answer = problem_response(request, known)
    answer.status_code = error.status_code
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _facts(kind: type[VigieError], request: Request) -> dict[str, Any]:
    if kind is NotFound:
        return {"what": "path", "name": request.url.path[:200]}
    if kind is TooLarge:
        return {"limit": "-"}
    if kind is Unavailable:
        return {"what": "server"}
    if kind is MethodNotAllowed:
        return {"method": request.method}
    return {"reason": "HTTP"} if kind is WrongUsage else {}


def install_problem_handlers(app: FastAPI) -> None:
    """Make the application answer every failure as a problem document."""
    app.add_exception_handler(VigieError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def foreseen(error: Exception, path: str) -> VigieError:
    """Return what an exception is for who asked: desk away, disk full, or nobody knows; logged."""
    if refused := refused_by_disk(error):
        _LOG.warning("the disk refuses", path=path, why=refused, reason=str(error)[:200])
        return Unavailable(what="disk", reason=refused, retry_s=RETRY_S)
    if is_away(error):
        _LOG.warning("the desk does not answer", path=path)
        return Unavailable(what="desk", retry_s=RETRY_S)
    reference = new_id("failure")
    _LOG.exception("unforeseen failure", reference=reference, path=path)
    return InternalError(reference=reference)


class FailureMiddleware:
    """Turn an exception nobody foresaw into a 500 with a reference and without its text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it when it fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            known = foreseen(error, scope["path"])
            if started:
                raise  # the connection is cut: a half answer must not look whole
            answer = problem_response(Request(scope, receive), known)
            await answer(scope, receive, send)
