"""What the OGC addresses conform to, and their own description in OpenAPI 3.0 (class ``oas30``)."""

from __future__ import annotations

from typing import Any

from vigie.web.ogc.features import COLLECTIONS
from vigie.web.ogc.parameters import CRS84, DEFAULT_LIMIT, MAX_LIMIT

_SPECIFICATION = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMANCE = tuple(f"{_SPECIFICATION}/{name}" for name in ("core", "oas30", "geojson"))
_ITEM_ID = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
_LIMIT: dict[str, Any] = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    "style": "form",
    "explode": False,
}
_BBOX: dict[str, Any] = {
    "name": "bbox",
    "in": "query",
    "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    "style": "form",
    "explode": False,
}
_DATETIME: dict[str, Any] = {
    "name": "datetime",
    "in": "query",
    "description": "RFC 3339 instant, or interval a/b; .. for an open end.",
    "schema": {"type": "string"},
    "style": "form",
    "explode": False,
}
_PARAMETERS: list[dict[str, Any]] = [
    _LIMIT,
    _BBOX,
    {"name": "bbox-crs", "in": "query", "schema": {"type": "string", "enum": [CRS84]}},
    _DATETIME,
    {"name": "cursor", "in": "query", "schema": {"type": "string"}},
]


def _get(id_: str, media: str, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    return {
        "get": {
            "operationId": id_,
            "parameters": parameters or [],
            "responses": {
                "200": {"description": "OK", "content": {media: {"schema": {"type": "object"}}}},
                "400": {"description": "Unknown or unreadable parameter", "content": problem},
                "401": {"description": "No session and no token", "content": problem},
                "404": {"description": "Not found", "content": problem},
            },
        }
    }


def describe_ogc(base: str) -> dict[str, Any]:
    """Return the OpenAPI 3.0 document of the OGC addresses under ``base``."""
    paths: dict[str, Any] = {
        "/": _get("landing", "application/json"),
        "/conformance": _get("conformance", "application/json"),
        "/collections": _get("collections", "application/json"),
    }
    for name in COLLECTIONS:
        path = f"/collections/{name}"
        paths[path] = _get(f"describe_{name}", "application/json")
        paths[f"{path}/items"] = _get(f"find_{name}", "application/geo+json", _PARAMETERS)
        paths[f"{path}/items/{{featureId}}"] = _get(
            f"get_{name}", "application/geo+json", [_ITEM_ID]
        )
    return {
        "openapi": "3.0.3",
        "info": {"title": "Vigie, OGC API Features", "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        },
        "security": [{"token": []}, {"bearer": []}],
    }
