"""The city, its vocabulary, its zonings and its outline."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from shapely.geometry import mapping

from vigie.base.clock import now_us, to_rfc3339
from vigie.geo.zonings import Zoning
from vigie.model.taxonomy import TAXONOMY, THEMES
from vigie.model.units import METRICS, UNITS
from vigie.privacy.purposes import Verb
from vigie.web.answers.base import FeatureCollection, Texts
from vigie.web.answers.city import CityAnswer, Extent, KindAnswer, MetricAnswer, ZoningAnswer
from vigie.web.etags import conditional, to_json
from vigie.web.security import CallerDep, HomeDep, needs, signed_in

router = APIRouter(prefix="/api", tags=["city"])
GEOJSON = "application/geo+json"
GEOJSON_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "GeoJSON",
        "model": FeatureCollection,
        "content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}},
    },
    304: {"description": "Not changed"},
}
_DIGITS = 6


@router.get("/city", operation_id="getCity", **signed_in(Verb.CONSULT, "register"))
def get_city(home: HomeDep, caller: CallerDep) -> CityAnswer:
    """Return the city that this home is about; the interval of its facts to who reads figures."""
    city = home.settings.city
    told = home.rights.may(caller, "figures", Verb.CONSULT)
    extent = home.lake.extent("facts") if told else None
    span = {
        "from": None if extent is None else to_rfc3339(extent[0]),
        "to": None if extent is None else to_rfc3339(extent[1]),
    }
    return CityAnswer(
        name=city.name,
        timezone=city.timezone,
        bbox=city.bbox,
        center=city.center,
        languages=list(city.languages),
        style_url=city.style_url,
        now=to_rfc3339(now_us(home.clock)),
        demo=home.settings.demo,
        extent=Extent.model_validate(span),
        partners={name: Texts(**title) for name, title in home.rights.charter.titles.items()},
        version=version("vigie"),
    )


@router.get(
    "/taxonomy",
    operation_id="getTaxonomy",
    response_model=list[KindAnswer],
    **signed_in(Verb.CONSULT, "register"),
)
def get_taxonomy(request: Request) -> Response:
    """Return the tree of kinds, parents before children, in the order shown to people."""
    leaves = {kind.code for kind in TAXONOMY.leaves}
    kinds = [
        KindAnswer(
            code=kind.code,
            parent=kind.parent,
            theme=kind.theme,
            fr=kind.fr,
            en=kind.en,
            colour_index=THEMES.index(kind.theme),
            leaf=kind.code in leaves,
        ).model_dump()
        for kind in TAXONOMY
    ]
    return conditional(request, to_json(kinds))


@router.get("/metrics", operation_id="getMetrics", **signed_in(Verb.CONSULT, "register"))
def get_metrics() -> list[MetricAnswer]:
    """Return what can be measured."""
    return [
        MetricAnswer(
            code=metric.code,
            unit=metric.unit,
            symbol=UNITS[metric.unit].symbol,
            fr=metric.fr,
            en=metric.en,
        )
        for metric in METRICS.values()
    ]


@router.get("/zonings", operation_id="listZonings", **needs(Verb.CONSULT, "figures"))
def list_zonings(home: HomeDep) -> list[ZoningAnswer]:
    """Return the ways the city is divided."""
    return [
        ZoningAnswer(name=one.name, title=Texts(**dict(one.title)), zones=len(one.ids))
        for one in home.frame.zonings.values()
    ]


def zoning_geojson(zoning: Zoning) -> dict[str, Any]:
    """Return a zoning as a GeoJSON collection, one feature for each zone."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": zone_id,
                "geometry": rounded(mapping(polygon)),
                "properties": {"zoning": zoning.name, "zone_id": zone_id, "label": label},
            }
            for zone_id, label, polygon in zip(
                zoning.ids, zoning.labels, zoning.polygons, strict=True
            )
        ],
    }


def rounded(value: Any) -> Any:
    """Return a GeoJSON geometry with coordinates of six decimals (a tenth of a metre)."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


@router.get(
    "/zonings/{name}",
    operation_id="getZoning",
    response_class=Response,
    responses=GEOJSON_ANSWER,
    **needs(Verb.CONSULT, "figures"),
)
def get_zoning(home: HomeDep, request: Request, name: str) -> Response:
    """Return a zoning as GeoJSON."""
    content = to_json(zoning_geojson(home.frame.zoning(name)))
    return conditional(request, content, media=GEOJSON)


@router.get("/basemap", operation_id="listBasemap", **signed_in(Verb.CONSULT, "register"))
def list_basemap(home: HomeDep) -> list[str]:
    """Return the names of the outline layers."""
    return sorted(home.frame.layers)


@router.get(
    "/basemap/{layer}",
    operation_id="getBasemap",
    response_class=Response,
    responses=GEOJSON_ANSWER,
    **signed_in(Verb.CONSULT, "register"),
)
def get_basemap(home: HomeDep, request: Request, layer: str) -> Response:
    """Return a layer of the offline outline as GeoJSON."""
    content = home.frame.layer(layer)
    json.loads(content)  # a damaged file must not reach the console as a map
    return conditional(request, content, media=GEOJSON)
