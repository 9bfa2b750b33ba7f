"""The exact query that a requisition is bound to: canonical, hashed, never cut to fit (REQ-1).

A query names a window, a polygon, stores and feeds, and nothing else: there is no field for a name,
a plate, a face or an appearance, so none can be asked for (REQ-3).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely.geometry import Polygon

from vigie.base.clock import to_rfc3339
from vigie.base.errors import QueryTooWide, WrongUsage

DAY_US = 86_400_000_000
LONGEST_US: Final = 30 * DAY_US
"""Longest window of a requisition (REQ-1)."""

STORES: Final = ("facts", "narratives", "originals", "measures", "plans", "video")
"""What a query may ask for; a closed list."""

UNIT: Final = 10_000_000
"""Corners are whole numbers of 1e-7 degrees (a centimetre): one polygon has one text."""

_CORNERS = 3
_MOST_CORNERS = 500

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A window, a polygon, stores, feeds.

    Attributes:
        from_us: Start of the window of events, epoch µs.
        to_us: End of it, exclusive.
        ring: Corners (lon, lat), rounded to 1e-7 degrees, not closed.
        stores: Some of ``STORES``, in their order.
        sources: Feeds, sorted; empty for all.
    """

    from_us: int
    to_us: int
    ring: Ring
    stores: tuple[str, ...] = STORES
    sources: tuple[str, ...] = ()

    @property
    def polygon(self) -> Polygon:
        """The area."""
        return Polygon(self.ring)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is hashed: whole numbers and texts only."""
        return {
            "from_us": self.from_us,
            "to_us": self.to_us,
            "ring_e7": [[round(x * UNIT), round(y * UNIT)] for x, y in self.ring],
            "stores": list(self.stores),
            "sources": list(self.sources),
        }

    def canonical(self, requisition_id: str) -> str:
        """Return the one text of this query under a requisition."""
        told = {**self.to_json(), "requisition": requisition_id}
        return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def sha256(self, requisition_id: str) -> str:
        """Return the hash that approvals are bound to (REQ-2)."""
        return hashlib.sha256(self.canonical(requisition_id).encode("ascii")).hexdigest()

    def subject(self) -> dict[str, Any]:
        """Return it as a line of the audit tells it."""
        return {
            "from": to_rfc3339(self.from_us),
            "to": to_rfc3339(self.to_us),
            "stores": list(self.stores),
            "sources": list(self.sources),
            "corners": len(self.ring),
        }

    def refuse_wider_than(self, act: Query) -> None:
        """Raise unless this query lies within an act's; it is never cut to it.

        Raises:
            QueryTooWide: ``what`` says in what: window, area, stores or sources.
        """
        for what, fits in (
            ("window", act.from_us <= self.from_us and self.to_us <= act.to_us),
            ("area", bool(act.polygon.covers(self.polygon))),
            ("stores", set(self.stores) <= set(act.stores)),
            ("sources", not act.sources or bool(self.sources)),
            ("sources", not act.sources or set(self.sources) <= set(act.sources)),
        ):
            if not fits:
                raise QueryTooWide(what=what)


def make_query(
    from_us: int,
    to_us: int,
    ring: Sequence[Sequence[float]],
    *,
    stores: Sequence[str] = STORES,
    sources: Sequence[str] = (),
) -> Query:
    """Return a query that is whole.

    Raises:
        QueryTooWide: The window is longer than 30 days.
        WrongUsage: Window, polygon or stores are unusable; ``field`` says which.
    """
    if not from_us < to_us:
        raise WrongUsage(reason="from >= to", field="to")
    if to_us - from_us > LONGEST_US:
        raise QueryTooWide(what="window")
    unknown = sorted(set(stores) - set(STORES))
    if unknown or not stores:
        raise WrongUsage(reason=f"stores: {', '.join(STORES)}", field="stores")
    if "video" in stores and sources:
        raise WrongUsage(reason="sources name feeds; ask for video without them", field="sources")
    kept = tuple(one for one in STORES if one in stores)
    return Query(from_us, to_us, _ring(ring), kept, tuple(sorted(set(sources))))


def _ring(corners: Sequence[Sequence[float]]) -> Ring:
    try:
        found = [(round(float(x) * UNIT) / UNIT, round(float(y) * UNIT) / UNIT) for x, y in corners]
    except (TypeError, ValueError, OverflowError) as error:
        raise WrongUsage(reason="area: [[lon, lat], …]", field="area") from error
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    usable = _CORNERS <= len(found) <= _MOST_CORNERS and all(
        -180 <= x <= 180 and -90 <= y <= 90  # noqa: PLR2004 - degrees
        for x, y in found
    )
    if not usable or not Polygon(found).is_valid or Polygon(found).area == 0:
        raise WrongUsage(reason="area: a polygon of 3 to 500 corners", field="area")
    return tuple(found)


def query_of(told: Mapping[str, Any]) -> Query:
    """Return the query that ``Query.to_json`` told."""
    ring = tuple((x / UNIT, y / UNIT) for x, y in told["ring_e7"])
    stores, sources = tuple(told["stores"]), tuple(told["sources"])
    return Query(told["from_us"], told["to_us"], ring, stores, sources)
