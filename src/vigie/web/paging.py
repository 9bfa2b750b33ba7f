"""Pages by opaque links: what follows is an address to open, not a number to count up."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from vigie.base.errors import WrongUsage

_LONGEST = 400


def pack(*values: Any) -> str:
    """Return values as an opaque cursor."""
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8")).decode("ascii").rstrip("=")


def unpack(cursor: str, *types: type) -> tuple[Any, ...]:
    """Return the values of a cursor.

    Raises:
        WrongUsage: When it is not one of ours.
    """
    try:
        if len(cursor) > _LONGEST:
            raise WrongUsage(reason="cursor", field="cursor")
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise WrongUsage(reason="cursor", field="cursor") from error
    well_formed = isinstance(values, list) and len(values) == len(types)
    if not well_formed or any(
        type(value) is not kind for value, kind in zip(values, types, strict=True)
    ):
        raise WrongUsage(reason="cursor", field="cursor")
    return tuple(values)


def next_address(request: Request, cursor: str | None, name: str = "cursor") -> str | None:
    """Return the address of the next page: the same question with another cursor."""
    if cursor is None:
        return None
    kept = [
        (key, value)
        for key, value in parse_qsl(request.url.query, keep_blank_values=True)
        if key != name
    ]
    return f"{request.url.path}?{urlencode([*kept, (name, cursor)])}"
