"""What rules look at: plans, places and sources as values in metres and microseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from vigie.model.taxonomy import TAXONOMY

ROUTE_HALF_WIDTH_M = 5.0
"""A line (procession, works on a street) occupies five metres on each side of itself."""

PARTIAL = frozenset({"", "stationnement", "sens", "voie"})
"""Closures that leave a way through: parking, one direction, one lane."""

INDOORS = ("place.venue.hall", "place.venue.theatre", "place.venue.museum")


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as a rule sees it: footprint, occupied time with its buffers, size, means.

    Attributes:
        plan_id: Id of the plan.
        kind: Taxonomy code.
        title: Title.
        geometry: Footprint in metres (local projection), valid, never empty.
        from_us: Start of the occupation, set-up included, epoch µs.
        to_us: End of the occupation, tear-down included, epoch µs.
        starts_us: Start for the public, epoch µs.
        ends_us: End for the public, epoch µs.
        attendance: Low, likely, high; None where unknown.
        state: draft, declared, authorised or cancelled.
        declared: False for a wild event.
        means: Means engaged, name to number as text.
        closes: Codes of what it closes.
        attributes: Further values of the source.
        place_id: Venue, when known.
        venue_kind: Taxonomy code of the venue; empty without one.
        capacity: How many people the venue holds; None where unknown.
        source: Feed it came by.
        day: Local date of its start for the public; None where nobody said.
        start_h: Local clock at the start for the public, in hours.
        end_h: Local clock at the end, in hours from midnight of the day of the start: 25.5 is half
            past one in the night.
        setup_h: Local clock at the start of the set-up, from the same midnight (negative before).
        holiday: Whether that day is a public holiday.
    """

    plan_id: str
    kind: str
    title: str
    geometry: BaseGeometry
    from_us: int
    to_us: int
    starts_us: int
    ends_us: int
    attendance: tuple[float | None, float | None, float | None] = (None, None, None)
    state: str = "declared"
    declared: bool = True
    means: Mapping[str, str] = field(default_factory=dict)
    closes: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    place_id: str | None = None
    venue_kind: str = ""
    capacity: float | None = None
    source: str = ""
    day: date | None = None
    start_h: float = 12.0
    end_h: float = 14.0
    setup_h: float = 11.0
    holiday: bool = False

    def within(self, *kinds: str) -> bool:
        """Whether the plan is of one of these kinds or below."""
        return any(TAXONOMY.is_within(self.kind, kind) for kind in kinds)

    @property
    def likely(self) -> float:
        """The likely attendance; 0 where unknown."""
        return self.attendance[1] or 0.0

    @property
    def high(self) -> float:
        """The high attendance, else the likely one; 0 where unknown."""
        return self.attendance[2] or self.likely

    @property
    def blocks(self) -> bool:
        """Whether it lets no traffic through where it stands, from set-up to tear-down."""
        return any(code not in PARTIAL for code in self.closes)

    @property
    def outdoors(self) -> bool:
        """Whether people stand under the sky; a venue of an unknown sort is taken for a roof."""
        said = self.attributes.get("outdoors", "")
        if said:
            return said.lower() in {"yes", "true", "1", "oui"}
        if self.place_id is None:
            return True
        return bool(self.venue_kind) and not (
            self.venue_kind == "place.venue" or self.venue_kind.startswith(INDOORS)
        )

    @property
    def ground(self) -> BaseGeometry:
        """The ground it takes: its area, or its line ten metres wide."""
        if self.geometry.area > 0:
            return self.geometry
        return self.geometry.buffer(ROUTE_HALF_WIDTH_M)

    @property
    def is_route(self) -> bool:
        """Whether its footprint is a line."""
        return self.geometry.geom_type in {"LineString", "MultiLineString"}

    @property
    def units(self) -> frozenset[str]:
        """Teams and vehicles engaged by name: the attribute ``units``, separated by commas."""
        named = self.attributes.get("units", "").split(",")
        return frozenset(" ".join(one.split()) for one in named if one.strip())

    def engaged(self, name: str) -> float:
        """How many of a means it engages; 0 where nothing readable is said."""
        try:
            found = float(self.means.get(name, ""))
        except ValueError:
            return 0.0
        return found if 0.0 <= found < float("inf") else 0.0


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place as a rule sees it.

    Attributes:
        place_id: Id of the place.
        kind: Taxonomy code.
        label: Name.
        geometry: Shape in metres, never empty.
        capacity: Capacity; None where unknown.
        attributes: Further values, as ``routes`` of a stop.
    """

    place_id: str
    kind: str
    label: str
    geometry: BaseGeometry
    capacity: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> frozenset[str]:
        """Lines of public transport that stop here."""
        return frozenset(filter(None, self.attributes.get("routes", "").split(",")))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands or happens around one plan.

    Attributes:
        places: Places of the rule's kinds within its reach, by id.
        plans: Plans that its ``second`` wants, within its reach in place and time, by id.
        now_us: Instant of judging, epoch µs.
    """

    places: tuple[PlaceView, ...] = ()
    plans: tuple[PlanView, ...] = ()
    now_us: int = 0


@dataclass(frozen=True, slots=True)
class DayView:
    """One local day over the whole city.

    Attributes:
        day: Local date.
        from_us: Its first instant, epoch µs.
        to_us: First instant of the next day.
        plans: Plans that occupy some of it and that the rule's ``first`` wants, by id.
        places: Places of the rule's kinds, by id.
        stock: What the city owns of each means (``agents``, ``barriers``); empty where unknown.
    """

    day: date
    from_us: int
    to_us: int
    plans: Sequence[PlanView]
    places: Sequence[PlaceView] = ()
    stock: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as a rule sees it.

    Attributes:
        source: Name of the feed.
        period_s: Expected period.
        last_received_us: Last receipt, None if never.
        state: live, late, stale or never.
    """

    source: str
    period_s: int
    last_received_us: int | None
    state: str
