"""The filters that map, histogram, lists, summary and export share, from the address."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.situation.filters import Filters, make_filters
from vigie.web.security import HomeDep

Bbox = tuple[float, float, float, float]
_MAX_LON, _MAX_LAT = 180.0, 90.0


def parse_bbox(text: str | None) -> Bbox | None:
    """Return west, south, east, north of a ``w,s,e,n`` text.

    Raises:
        WrongUsage: When it is not four numbers of WGS 84 in order.
    """
    if text is None or not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongUsage(reason="bbox: w,s,e,n", field="bbox") from error
    if not all(math.isfinite(one) for one in (west, south, east, north)):
        raise WrongUsage(reason="bbox: w,s,e,n", field="bbox")
    in_range = abs(west) <= _MAX_LON >= abs(east) and abs(south) <= _MAX_LAT >= abs(north)
    if not in_range or west > east or south > north:
        raise WrongUsage(reason="bbox: w <= e, s <= n, WGS 84", field="bbox")
    return west, south, east, north


def parse_zone(text: str | None) -> tuple[str, str] | None:
    """Return zoning and zone of a ``zoning:zone_id`` text.

    Raises:
        WrongUsage: When one of the two is missing.
    """
    if text is None or not text.strip():
        return None
    zoning, colon, zone_id = text.partition(":")
    if not colon or not zoning or not zone_id:
        raise WrongUsage(reason="zone: zoning:zone_id", field="zone")
    return zoning, zone_id


def epoch_us(at: datetime | None) -> int | None:
    """Return epoch microseconds of an aware datetime.

    Raises:
        WrongUsage: When the instant is beyond the years 1 to 9999 in UTC.
    """
    try:
        return None if at is None else to_us(at)
    except OverflowError as error:
        raise WrongUsage(reason="time out of range") from error


def read_filters(
    *,
    home: HomeDep,
    from_: Annotated[
        AwareDatetime | None, Query(alias="from", description="Earliest instant, RFC 3339.")
    ] = None,
    to: Annotated[AwareDatetime | None, Query(description="End, exclusive, RFC 3339.")] = None,
    bbox: Annotated[
        str | None, Query(description="w,s,e,n in degrees (WGS 84).", max_length=200)
    ] = None,
    kind: Annotated[
        list[str] | None,
        Query(description="Kinds; each takes its whole branch of the tree.", max_length=50),
    ] = None,
    source: Annotated[list[str] | None, Query(description="Sources.", max_length=50)] = None,
    severity_min: Annotated[int | None, Query(ge=1, le=5)] = None,
    status: Annotated[list[str] | None, Query(description="Statuses.", max_length=5)] = None,
    zone: Annotated[str | None, Query(description="zoning:zone_id", max_length=200)] = None,
) -> Filters:
    """Return the filters of a request, checked.

    Raises:
        WrongUsage: A value that cannot be used.
        NotFound: A kind, zoning or zone that does not exist.
    """
    return make_filters(
        home.frame,
        from_us=epoch_us(from_),
        to_us=epoch_us(to),
        bbox=parse_bbox(bbox),
        kinds=tuple(kind or ()),
        sources=tuple(source or ()),
        severity_min=severity_min,
        statuses=tuple(status or ()),
        zone=parse_zone(zone),
    )


FiltersDep = Annotated[Filters, Depends(read_filters)]
