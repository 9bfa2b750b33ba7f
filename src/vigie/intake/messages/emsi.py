"""EMSI, the emergency management message (ISO/TR 22351): its purpose, and where things are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vigie.geo.distance import haversine_m
from vigie.intake.messages.codes import shown
from vigie.intake.messages.inbox import Inbox
from vigie.intake.messages.reading import RowRefused, first, many, need_text, text
from vigie.intake.messages.tree import Tree

MODES = ("EXERCS", "SYSTEM", "TEST")
"""Values of ``CONTEXT.MODE`` beside ``ACTUAL``."""

PURPOSES = ("ACK", "ALERT", "CANCEL", "ERROR", "UPDATE")
"""Values of ``CONTEXT.MSGTYPE``."""

WGS84 = "EPSG-4326"
_TRIAGE = ("TRIAGERED", "TRIAGEYELLOW", "TRIAGEGREEN", "TRIAGEBLACK")
_ALWAYS = frozenset({"attributes", "basis", "quantity", "severity", "status"})
_CIRCLES = ("CERCLE", "CIRCLE")
Point = tuple[float, float]


def purpose(body: Tree) -> str:
    """Return what a message is sent for.

    Raises:
        RowRefused: ``missing_required``, ``unknown_code``; ``not_actual`` for an exercise.
    """
    mode, found = need_text(body, "CONTEXT.MODE", 20), need_text(body, "CONTEXT.MSGTYPE", 20)
    if mode != "ACTUAL":
        raise RowRefused("not_actual", mode=mode if mode in MODES else "?")
    if found not in PURPOSES:
        raise RowRefused("unknown_code", value=shown(found), column="CONTEXT.MSGTYPE")
    return found


def casualties(inbox: Inbox, counts: Sequence[Tree]) -> float | None:
    """Return the largest number of casualties told (``CASUALTIES``), whatever their triage."""
    told = (sum(inbox.number(one, name, 0, 1e6) or 0.0 for name in _TRIAGE) for one in counts)
    return max(told, default=None)


def said(found_for: str, optional: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the columns of a fact that an event says; None for all of them.

    An ALERT tells an event whole. An UPDATE or a CANCEL may hold no more than its number and a
    state: what it leaves out is not taken back (ISO/TR 22351 asks for ``EVENT.ID`` alone).

    Args:
        found_for: The message's purpose.
        optional: Columns that are said only where this holds something.
    """
    if found_for == "ALERT":
        return None
    return _ALWAYS | {name for name, value in optional.items() if value is not None}


def latest(inbox: Inbox, areas: Sequence[Tree]) -> Tree:
    """Return the latest of some areas (``EGEO``, ``RGEO``) that have a position, or None."""
    known = [
        (inbox.instant(one, "DATIME") or 0, index)
        for index, one in enumerate(areas)
        if isinstance(first(one, "POSITION"), dict)
    ]
    return areas[max(known)[1]] if known else None


def stated(area: Tree, name: str) -> str | None:
    """Return a text of an area's position; some senders write ``None`` for nothing."""
    found = text(area, f"POSITION.{name}", 200)
    return None if found == "None" else found


def point(inbox: Inbox, area: Tree) -> dict[str, Any]:
    """Return ``lon``, ``lat`` and ``accuracy_m`` of an area; nothing where it has none in WGS 84.

    Raises:
        RowRefused: ``missing_required``, ``bad_number``.
    """
    position = first(area, "POSITION")
    points = many(position, "COORD")
    system = text(position, "COORDSYS", 20) or WGS84
    if points and system != WGS84:
        inbox.rows.remark("unknown_code", value=shown(system), column="POSITION.COORDSYS")
    if not points or system != WGS84:
        return {}
    pairs = [(inbox.need_number(one, "LONG"), inbox.need_number(one, "LAT")) for one in points]
    lon, lat, radius = centre(pairs, of_first=text(position, "TYPE", 20) in _CIRCLES)
    return {"lon": lon, "lat": lat, "accuracy_m": radius}


def centre(points: Sequence[Point], *, of_first: bool = False) -> tuple[float, float, float | None]:
    """Return longitude, latitude and radius in metres of some points (lon, lat), at least one.

    Args:
        points: Degrees, WGS 84; not across the 180th meridian.
        of_first: The first point is the centre (a circle: its centre and a point of its edge).

    Returns:
        The centre, and the distance of the farthest point; None for a point alone.
    """
    count = 1 if of_first else len(points)
    lon = sum(one[0] for one in points[:count]) / count
    lat = sum(one[1] for one in points[:count]) / count
    if len(points) == 1:
        return lon, lat, None
    away = haversine_m(lon, lat, [one[0] for one in points], [one[1] for one in points])
    return lon, lat, float(away.max())
