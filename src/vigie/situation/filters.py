"""Which facts a view is about: the filters that map, histogram, lists and export share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.running import kind_mask
from vigie.audit.line import Scalar
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.zonings import Zoning
from vigie.lake.snapshot import Snapshot
from vigie.lake.store import Lake
from vigie.model.contracts import STATUSES
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.frame import CityFrame
from vigie.situation.precision import Masking

Bbox = tuple[float, float, float, float]
FILTER_COLUMNS = ("kind", "source", "severity", "status", "lon", "lat", "earliest_us")


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters over facts; an absent one lets everything through.

    Attributes:
        from_us: Earliest ``earliest_us``, inclusive.
        to_us: End, exclusive.
        bbox: West, south, east, north, degrees; facts without a place are outside.
        kinds: Taxonomy codes, each with its whole branch.
        sources: Feeds.
        severity_min: Least severity; facts without one are outside.
        statuses: open, in_progress, closed.
        zoning: Zoning of ``zone_index``, or None.
        zone_index: Place of the zone in its zoning; -1 without a zone.
        area: Where the caller's rights end; None for everywhere.
        masking: How the caller is told places; the box then holds those *shown* in it. None:
            exactly. Zone and area hold places where they are.
    """

    from_us: int | None = None
    to_us: int | None = None
    bbox: Bbox | None = None
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    severity_min: int | None = None
    statuses: tuple[str, ...] = ()
    zoning: Zoning | None = None
    zone_index: int = -1
    area: BaseGeometry | None = None
    masking: Masking | None = None

    @property
    def drawn(self) -> bool:
        """Whether more bounds the facts than queries know: a polygon, or a box of shown places."""
        shown = self.masking is not None and self.bbox is not None
        return shown or self.zoning is not None or self.area is not None

    def subject(self) -> dict[str, Scalar | list[Scalar]]:
        """Return the filters as the subject of a line of the audit."""
        zone = None
        if self.zoning is not None:
            zone = f"{self.zoning.name}:{self.zoning.ids[self.zone_index]}"
        told: dict[str, Scalar | list[Scalar]] = {
            "from_us": self.from_us,
            "to_us": self.to_us,
            "bbox": None if self.bbox is None else list(self.bbox),
            "kinds": list(self.kinds),
            "sources": list(self.sources),
            "severity_min": self.severity_min,
            "statuses": list(self.statuses),
            "zone": zone,
        }
        return {name: value for name, value in told.items() if value not in (None, [])}

    def within(self, from_us: int | None, to_us: int | None) -> Self:
        """Return the same filters over another window."""
        return replace(self, from_us=from_us, to_us=to_us)

    def over(self, bbox: Bbox | None) -> Self:
        """Return the same filters over another box."""
        return replace(self, bbox=bbox)


def make_filters(
    frame: CityFrame,
    *,
    from_us: int | None = None,
    to_us: int | None = None,
    bbox: Bbox | None = None,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    severity_min: int | None = None,
    statuses: Sequence[str] = (),
    zone: tuple[str, str] | None = None,
) -> Filters:
    """Return checked filters.

    Raises:
        WrongUsage: An unknown kind or status, an empty window.
        NotFound: An unknown zoning or zone.
    """
    for code in kinds:
        if code not in TAXONOMY:
            raise WrongUsage(reason=f"kind {code[:80]}", field="kind")
    for status in statuses:
        if status not in STATUSES:
            raise WrongUsage(reason=f"status {status[:80]}", field="status")
    if from_us is not None and to_us is not None and to_us <= from_us:
        raise WrongUsage(reason="from >= to", field="to")
    zoning, index = None, -1
    if zone is not None:
        zoning = frame.zoning(zone[0])
        if zone[1] not in zoning.ids:
            raise NotFound(what="zone", name=f"{zone[0]}:{zone[1]}")
        index = list(zoning.ids).index(zone[1])
    return Filters(
        from_us=from_us,
        to_us=to_us,
        bbox=bbox,
        kinds=tuple(kinds),
        sources=tuple(sources),
        severity_min=severity_min,
        statuses=tuple(statuses),
        zoning=zoning,
        zone_index=index,
    )


def query_params(filters: Filters) -> dict[str, Any]:
    """Return the filters as the parameters that every query over facts takes.

    A zone is not among them: queries know cells, a zone is a polygon (``filter_facts``). A box of
    shown places becomes one that holds all that may be shown in it.
    """
    params: dict[str, Any] = {
        "kinds": filters.kinds,
        "sources": filters.sources,
        "status": filters.statuses,
        "severity_min": filters.severity_min or 0,
    }
    if filters.from_us is not None:
        params["from_us"] = filters.from_us
    if filters.to_us is not None:
        params["to_us"] = filters.to_us
    if filters.bbox is not None:
        box = filters.bbox if filters.masking is None else filters.masking.around(filters.bbox)
        params |= dict(zip(("west", "south", "east", "north"), box, strict=True))
    return params


def zone_box(filters: Filters) -> Bbox | None:
    """Return the box that facts must stand in: the view's, cut by the zone's; None for no bound."""
    boxes = []
    if filters.bbox is not None:
        masking = filters.masking
        boxes.append(filters.bbox if masking is None else masking.around(filters.bbox))
    if filters.zoning is not None:
        boxes.append(filters.zoning.polygons[filters.zone_index].bounds)
    if filters.area is not None and not filters.area.is_empty:
        boxes.append(filters.area.bounds)
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return max(west), max(south), min(east), min(north)


def zone_mask(filters: Filters, lon: pa.ChunkedArray, lat: pa.ChunkedArray) -> pa.Array:
    """Return which points stand in the filters' zone and area and are shown in their box.

    Without any of them, all. A point on a border belongs to the zone that the zoning assigns it to,
    and to no other; one on the border of the area stands within it.
    """
    x = np.asarray(lon.to_numpy(), dtype=np.float64)
    y = np.asarray(lat.to_numpy(), dtype=np.float64)
    allowed = np.ones(len(x), dtype=bool)
    if filters.area is not None:
        shapely.prepare(filters.area)
        allowed = shapely.intersects_xy(filters.area, x, y)
    if filters.masking is not None and filters.bbox is not None:
        allowed = allowed & filters.masking.within(filters.bbox, x, y)
    if filters.zoning is None:
        return pa.array(allowed)
    polygon = filters.zoning.polygons[filters.zone_index]
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, x, y)
    border = np.flatnonzero(shapely.intersects_xy(polygon, x, y) & ~inside)
    if len(border):
        inside[border] = filters.zoning.assign(x[border], y[border]) == filters.zone_index
    return pa.array(inside & allowed)


def _masks(table: pa.Table, filters: Filters, box: Bbox | None) -> list[pa.ChunkedArray | pa.Array]:
    masks: list[pa.ChunkedArray | pa.Array] = []
    if filters.from_us is not None:
        masks.append(pc.greater_equal(table["earliest_us"], filters.from_us))
    if filters.to_us is not None:
        masks.append(pc.less(table["earliest_us"], filters.to_us))
    if filters.kinds:
        masks.append(kind_mask(table["kind"], filters.kinds))
    if filters.sources:
        masks.append(pc.is_in(table["source"], pa.array(filters.sources, pa.string())))
    if filters.statuses:
        masks.append(pc.is_in(table["status"], pa.array(filters.statuses, pa.string())))
    if filters.severity_min is not None:
        masks.append(pc.greater_equal(table["severity"], filters.severity_min))
    if box is not None:
        west, south, east, north = box
        masks.append(_between(table["lon"], west, east))
        masks.append(_between(table["lat"], south, north))
    return masks


def _between(values: pa.ChunkedArray, low: float, high: float) -> pa.ChunkedArray:
    return pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))


def filter_facts(table: pa.Table, filters: Filters) -> pa.Table:
    """Return the facts of a table that pass the filters; it must hold ``FILTER_COLUMNS``."""
    keep: pa.ChunkedArray | pa.Array | None = None
    for mask in _masks(table, filters, zone_box(filters)):
        keep = mask if keep is None else pc.and_kleene(keep, mask)
    found = table if keep is None else table.filter(keep, null_selection_behavior="drop")
    if not filters.drawn:
        return found
    return found.filter(zone_mask(filters, found["lon"], found["lat"]))


def select_facts(lake: Lake | Snapshot, filters: Filters, columns: Sequence[str]) -> pa.Table:
    """Return columns of the facts that pass the filters, exactly (zones by their polygons)."""
    wanted = list(dict.fromkeys([*columns, *FILTER_COLUMNS]))
    table = lake.scan("facts", from_us=filters.from_us, to_us=filters.to_us, columns=wanted)
    return filter_facts(table, filters).select(list(columns))
