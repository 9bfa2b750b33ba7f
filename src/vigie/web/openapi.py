"""The description of the interface (OpenAPI 3.1), made from the routes themselves.

``python -m vigie.web.openapi > docs/reference/openapi.json`` writes the committed copy; a test
compares them.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vigie.web.answers.sources import Acknowledged
from vigie.web.cookies import SESSION
from vigie.web.ingest import TEMPLATE, describe_ingest
from vigie.web.problems import MEDIA_TYPE, Problem
from vigie.web.routers import ROUTERS
from vigie.web.security import ANONYMOUS, CSRF_HEADER

VERSION = "1"
_SUMMARY = "The observatory of public tranquillity: one map, one calendar, answers to be checked."
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_UNSAFE = frozenset({"post", "put", "patch", "delete"})


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _complete(
            get_openapi(
                title="Vigie",
                version=VERSION,
                openapi_version="3.1.0",
                summary=_SUMMARY,
                routes=app.routes,
            )
        )
    return app.openapi_schema


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, Acknowledged):
        schemas[model.__name__] = model.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
        "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
        "readToken": {"type": "http", "scheme": "bearer", "description": "Token made for reading."},
        "basicToken": {"type": "http", "scheme": "basic", "description": "Token as password."},
        "ingestToken": {"type": "http", "scheme": "bearer", "description": "Token of feeds."},
    }
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                _complete_operation(method, operation)
    document["paths"][TEMPLATE] = describe_ingest()
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["paths"] = dict(sorted(document["paths"].items()))
    return document


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    public = operation.get("x-roles") == [ANONYMOUS]
    responses = operation["responses"]
    responses.pop("422", None)
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses["default"] = {"description": "A problem (RFC 9457).", "content": problem}
    if not public:
        session: dict[str, list[str]] = {"session": []}
        if method in _UNSAFE:
            session["csrf"] = []
        operation["security"] = [session, {"readToken": []}, {"basicToken": []}]


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the routes, without a home."""
    described: dict[str, Any] = json.loads(render())
    return described


@cache
def render() -> str:
    """Return the document as it is committed; made once."""
    app = FastAPI(title="Vigie", docs_url=None, redoc_url=None, openapi_url=None)
    for router in ROUTERS:
        app.include_router(router)
    return json.dumps(describe(app), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
