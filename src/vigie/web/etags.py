"""Validators of answers: what has not changed is not sent again (RFC 9110, 13.1)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"
REVALIDATE = "private, no-cache"
"""Kept by this browser alone, and asked about each time."""


def etag_of(content: bytes) -> str:
    """Return the entity tag of a content; weak, because compression changes the bytes sent."""
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def to_json(value: Any) -> bytes:
    """Return a value or a model as compact JSON in UTF-8; NaN is refused, it is not JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump_json(by_alias=True).encode("utf-8")
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def conditional(
    request: Request, content: bytes, *, media: str = JSON, cache: str = REVALIDATE
) -> Response:
    """Return the content with its tag, or 304 when the reader has it already."""
    tag = etag_of(content)
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Cookie, Authorization"}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or tag.removeprefix("W/") in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media, headers=headers)
