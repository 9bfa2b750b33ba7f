"""The parameters of ``/items``, read as OGC API Features 1.0 (17-069r4) says: strictly.

A parameter that is unknown or cannot be read is refused with status 400 (requirements 8 and 9).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from starlette.datastructures import QueryParams

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.web.filters import Bbox, parse_bbox

DEFAULT_LIMIT = 1_000
MAX_LIMIT = 1_000
KNOWN = ("bbox", "bbox-crs", "datetime", "limit", "cursor", "f")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_OPEN = {"", ".."}
_WITH_HEIGHT = 6
_JSON_FORMS = {"", "json", "geojson"}
_MICROSECOND = 1


class BadParameter(WrongUsage):
    """A parameter of an OGC address is unknown or cannot be read."""

    code = "bad_parameter"
    http_status = 400


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a collection.

    Attributes:
        bbox: West, south, east, north.
        from_us: Start of the interval, inclusive.
        to_us: End, exclusive.
        limit: Most features in the page.
        cursor: Where the page begins.
        kept: Parameters as given, for links.
    """

    bbox: Bbox | None = None
    from_us: int | None = None
    to_us: int | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    kept: tuple[tuple[str, str], ...] = field(default=())


def refuse_unknown(params: QueryParams, known: Collection[str]) -> None:
    """Raise for a parameter that the address does not define.

    Raises:
        BadParameter: Naming it.
    """
    for name in params:
        if name not in known:
            raise BadParameter(reason=f"parameter {name[:80]}", field=name[:80])
    if params.get("f", "") not in _JSON_FORMS:
        raise BadParameter(reason="f: json", field="f")


def _bbox(text: str | None) -> Bbox | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) == _WITH_HEIGHT:
        parts = [parts[0], parts[1], parts[3], parts[4]]
    try:
        found = parse_bbox(",".join(parts))
    except WrongUsage as error:
        raise BadParameter(**error.params) from error
    if found is None:
        raise BadParameter(reason="bbox: w,s,e,n", field="bbox")
    return found


def _instant(text: str) -> int:
    try:
        return to_us(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise BadParameter(reason="datetime: RFC 3339", field="datetime") from error


def _interval(text: str | None) -> tuple[int | None, int | None]:
    """Return from (inclusive) and to (exclusive) of an instant or of an interval ``a/b``."""
    if text is None:
        return None, None
    first, slash, last = text.partition("/")
    if not slash:
        at = _instant(first)
        return at, at + _MICROSECOND
    low = None if first in _OPEN else _instant(first)
    high = None if last in _OPEN else _instant(last) + _MICROSECOND
    if low is None and high is None and first == last == "":
        raise BadParameter(reason="datetime: a/b", field="datetime")
    if low is not None and high is not None and low >= high:
        raise BadParameter(reason="datetime: a <= b", field="datetime")
    return low, high


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
        raise BadParameter(reason="limit: 1 or more", field="limit")
    return min(int(text[:9]), MAX_LIMIT)


def read_query(params: QueryParams) -> Query:
    """Return the parameters of ``/items``.

    Raises:
        BadParameter: One is unknown or cannot be read.
    """
    refuse_unknown(params, KNOWN)
    if params.get("bbox-crs", CRS84) != CRS84:
        raise BadParameter(reason="bbox-crs: CRS84", field="bbox-crs")
    from_us, to_us_ = _interval(params.get("datetime"))
    return Query(
        bbox=_bbox(params.get("bbox")),
        from_us=from_us,
        to_us=to_us_,
        limit=_limit(params.get("limit")),
        cursor=params.get("cursor"),
        kept=tuple((name, value) for name, value in params.multi_items() if name != "cursor"),
    )
