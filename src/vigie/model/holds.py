"""Legal holds: what an act of the judicial authority freezes, and nothing beside it (REQ-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """What an act freezes.

    Attributes:
        hold_id: Its name.
        stores: Stores it is about, such as ``facts``.
        sources: Feeds; empty for all.
        from_us: Start of the window of events, epoch µs.
        to_us: End of it, exclusive.
        ring: Corners (lon, lat) of the zone; empty for everywhere.
        ids: Records; empty for all that fit.
        until_us: When it lapses by itself.
        released_us: When it was released; None while it stands.
    """

    hold_id: str
    stores: tuple[str, ...]
    sources: tuple[str, ...]
    from_us: int
    to_us: int
    ring: tuple[tuple[float, float], ...]
    ids: tuple[str, ...]
    until_us: int
    released_us: int | None = None

    def stands(self, now_us: int) -> bool:
        """Say whether it is in force."""
        return self.released_us is None and now_us < self.until_us

    def covers(
        self, source: str, id_: str, at_us: int, lon: float | None, lat: float | None
    ) -> bool:
        """Say whether a record is what the act names.

        A record without a place is in no zone: the act names it by its id, or it goes on time.
        """
        if not self.from_us <= at_us < self.to_us or (self.sources and source not in self.sources):
            return False
        if self.ids and id_ not in self.ids:
            return False
        if not self.ring:
            return True
        return lon is not None and lat is not None and inside(self.ring, lon, lat)


def inside(ring: Sequence[tuple[float, float]], lon: float, lat: float) -> bool:
    """Say whether a point lies in a polygon (even-odd rule, corners in order, lon and lat)."""
    found = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            found = not found
    return found
