"""What each collection holds: facts, plans, places, means, zonings as GeoJSON features in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from vigie.base.clock import now_us
from vigie.base.errors import NotFound
from vigie.foresight.plans import DAY_US
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact, list_facts
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.means import list_means
from vigie.situation.places import place_json, select_places, shape_of
from vigie.situation.plans import list_plans, plan_json, plan_seen
from vigie.web.ogc.parameters import Query
from vigie.web.paging import pack, unpack
from vigie.web.routes.city import rounded

Feature = dict[str, Any]
YEARS_US = 50 * 366 * DAY_US


@dataclass(frozen=True, slots=True)
class Found:
    """A page of features.

    Attributes:
        features: GeoJSON features.
        cursor: Where the next page begins; None on the last one.
        matched: How many there are in all, where that is known.
    """

    features: list[Feature]
    cursor: str | None
    matched: int | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection.

    Attributes:
        name: Its id.
        title: French and English.
        description: French and English.
        dataset: Dataset it shows.
        find: Returns a page.
        get: Returns one feature.
    """

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    dataset: str
    find: Callable[[Home, Caller, Query], Found]
    get: Callable[[Home, Caller, str], Feature]


def _feature(id_: str, geometry: Any, properties: dict[str, Any]) -> Feature:
    return {
        "type": "Feature",
        "id": id_,
        "geometry": None if geometry is None else rounded(geometry),
        "properties": properties,
    }


def _point(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["lon"] is None or row["lat"] is None:
        return None
    return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}


def _fact(row: dict[str, Any]) -> Feature:
    properties = {key: value for key, value in row.items() if key not in {"lon", "lat"}}
    return _feature(row["fact_id"], _point(row), properties)


def _find_facts(home: Home, caller: Caller, query: Query) -> Found:
    before: Any = None if query.cursor is None else unpack(query.cursor, int, str)
    filters = Filters(from_us=query.from_us, to_us=query.to_us, bbox=query.bbox)
    page = list_facts(home, caller, filters, limit=query.limit, before=before)
    cursor = None if page.after is None else pack(*page.after)
    return Found([_fact(row) for row in page.items], cursor)


def _get_fact(home: Home, caller: Caller, id_: str) -> Feature:
    return _fact(get_fact(home, caller, id_).fact)


def _page(features: list[Feature], query: Query) -> Found:
    """Return a page of a list that is whole in memory, after its filter by box."""
    if query.bbox is not None:
        box = shapely.box(*query.bbox)
        features = [
            one
            for one in features
            if one["geometry"] is not None and shape(one["geometry"]).intersects(box)
        ]
    start = 0 if query.cursor is None else abs(unpack(query.cursor, int)[0])
    page = features[start : start + query.limit]
    end = start + len(page)
    return Found(page, pack(end) if end < len(features) else None, len(features))


_NOT_TOLD = {"geometry", "lon", "lat", "version", "service", "disputed"}


def _plan(row: dict[str, Any]) -> Feature:
    flat = {
        **{key: value for key, value in row.items() if key not in _NOT_TOLD},
        "closes": ",".join(row["closes"]),
    }
    return _feature(row["plan_id"], row["geometry"], flat)


def _find_plans(home: Home, caller: Caller, query: Query) -> Found:
    at = now_us(home.clock)
    from_us = at - YEARS_US if query.from_us is None else query.from_us
    to_us = at + YEARS_US if query.to_us is None else query.to_us
    view, plans = list_plans(home, caller, from_us, to_us)
    return _page([_plan(view.blank(plan_json(plan))) for plan in plans], query)


def _get_plan(home: Home, caller: Caller, id_: str) -> Feature:
    return _plan(plan_seen(home, caller, id_))


def _place(row: dict[str, Any]) -> Feature:
    properties = place_json(row)
    del properties["lon"], properties["lat"]
    return _feature(row["place_id"], shape_of(row), properties)


def _find_places(home: Home, caller: Caller, query: Query) -> Found:
    view = home.rights.ask(caller, "places")
    return _page([_place(row) for row in view.rows(select_places(home)).to_pylist()], query)


def _get_place(home: Home, caller: Caller, id_: str) -> Feature:
    view = home.rights.ask(caller, "places", subject={"place": id_})
    rows = view.rows(home.lake.scan("places", ids=[id_])).to_pylist()
    if not rows:
        raise NotFound(what="place", name=id_)
    return _place(rows[0])


def _means(row: dict[str, Any]) -> Feature:
    properties = {key: value for key, value in row.items() if key not in {"lon", "lat"}}
    return _feature(row["means_id"], _point(row), properties)


def _find_means(home: Home, caller: Caller, query: Query) -> Found:
    at = None if query.to_us is None else query.to_us - 1
    return _page([_means(row) for row in list_means(home, caller, at)], query)


def _get_means(home: Home, caller: Caller, id_: str) -> Feature:
    for row in list_means(home, caller):
        if row["means_id"] == id_:
            return _means(row)
    raise NotFound(what="means", name=id_)


def _zones(home: Home) -> list[Feature]:
    return [
        _feature(
            f"{zoning.name}:{zone_id}",
            mapping(polygon),
            {"zoning": zoning.name, "zone_id": zone_id, "label": label},
        )
        for zoning in home.frame.zonings.values()
        for zone_id, label, polygon in zip(zoning.ids, zoning.labels, zoning.polygons, strict=True)
    ]


def _find_zones(home: Home, caller: Caller, query: Query) -> Found:
    home.rights.ask(caller, "places")
    return _page(_zones(home), query)


def _get_zone(home: Home, caller: Caller, id_: str) -> Feature:
    home.rights.ask(caller, "places")
    for one in _zones(home):
        if one["id"] == id_:
            return one
    raise NotFound(what="zone", name=id_)


COLLECTIONS: dict[str, Collection] = {
    one.name: one
    for one in (
        Collection(
            "facts",
            {"fr": "Faits", "en": "Facts"},
            {
                "fr": "Ce qui s'est passé ou a été signalé ; filtré sur l'instant le plus tôt.",
                "en": "What happened or was reported; filtered on its earliest instant.",
            },
            "facts",
            _find_facts,
            _get_fact,
        ),
        Collection(
            "plans",
            {"fr": "Événements prévus", "en": "Plans"},
            {
                "fr": "Ce qui occupera l'espace public, montage et démontage compris.",
                "en": "What will occupy public space, set-up and tear-down included.",
            },
            "plans",
            _find_plans,
            _get_plan,
        ),
        Collection(
            "places",
            {"fr": "Lieux", "en": "Places"},
            {"fr": "Ce qui ne bouge pas.", "en": "What does not move."},
            "places",
            _find_places,
            _get_place,
        ),
        Collection(
            "means",
            {"fr": "Moyens", "en": "Means"},
            {
                "fr": "Dernier état de ce qui bouge, à la fin de l'intervalle demandé.",
                "en": "Latest state of what moves, at the end of the interval asked for.",
            },
            "means",
            _find_means,
            _get_means,
        ),
        Collection(
            "zonings",
            {"fr": "Découpages", "en": "Zonings"},
            {"fr": "Zones de chaque découpage.", "en": "Zones of each zoning."},
            "places",
            _find_zones,
            _get_zone,
        ),
    )
}
