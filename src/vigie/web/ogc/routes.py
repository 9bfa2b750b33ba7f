"""The addresses of OGC API Features 1.0 (17-069r4): core, GeoJSON, OpenAPI 3.0."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.base.translations import choose_language
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.web.etags import JSON, to_json
from vigie.web.ogc.description import CONFORMANCE, describe_ogc
from vigie.web.ogc.features import COLLECTIONS, Collection
from vigie.web.ogc.parameters import CRS84, read_query, refuse_unknown
from vigie.web.security import CallerDep, HomeDep, needs

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_OPEN_ANSWER: dict[str, Any] = {"response_class": Response}
router = APIRouter(prefix="/ogc", tags=["ogc"])

CollectionName = Annotated[str, Path(max_length=80)]


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/") + "/ogc"


def _link(href: str, rel: str, media: str, title: str = "") -> dict[str, str]:
    link = {"href": href, "rel": rel, "type": media}
    return {**link, "title": title} if title else link


def _answer(value: Any, media: str = JSON) -> Response:
    return Response(to_json(value), media_type=media)


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language"))


@router.get("", operation_id="ogcLanding", **_OPEN_ANSWER, **needs(Verb.CONSULT, "figures"))
def landing(home: HomeDep, request: Request) -> Response:
    """Return the landing page: where everything else is."""
    refuse_unknown(request.query_params, ("f",))
    base = _base(request)
    return _answer(
        {
            "title": f"Vigie, {home.settings.city.name}",
            "description": "OGC API Features",
            "links": [
                _link(base, "self", JSON),
                _link(f"{base}/api", "service-desc", OPENAPI),
                _link(f"{base}/conformance", "conformance", JSON),
                _link(f"{base}/collections", "data", JSON),
            ],
        }
    )


@router.get(
    "/conformance", operation_id="ogcConformance", **_OPEN_ANSWER, **needs(Verb.CONSULT, "figures")
)
def conformance(request: Request) -> Response:
    """Return the conformance classes."""
    refuse_unknown(request.query_params, ("f",))
    return _answer({"conformsTo": list(CONFORMANCE)})


@router.get("/api", operation_id="ogcApi", **_OPEN_ANSWER, **needs(Verb.CONSULT, "figures"))
def api(request: Request) -> Response:
    """Return the description of these addresses (OpenAPI 3.0)."""
    refuse_unknown(request.query_params, ("f",))
    return _answer(describe_ogc(_base(request)), OPENAPI)


def _describe(home: Home, request: Request, one: Collection) -> dict[str, Any]:
    base, language = _base(request), _language(request)
    city = home.settings.city
    extent: dict[str, Any] = {"spatial": {"bbox": [list(city.bbox)], "crs": CRS84}}
    kind = one.name if one.name in {"facts", "plans", "means"} else None
    span = home.lake.extent(kind) if kind else None
    if span is not None:
        extent["temporal"] = {
            "interval": [[to_rfc3339(span[0]), to_rfc3339(span[1])]],
            "trs": _GREGORIAN,
        }
    return {
        "id": one.name,
        "title": one.title[language],
        "description": one.description[language],
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": [
            _link(f"{base}/collections/{one.name}", "self", JSON),
            _link(f"{base}/collections/{one.name}/items", "items", GEOJSON, one.title[language]),
        ],
    }


@router.get(
    "/collections", operation_id="ogcCollections", **_OPEN_ANSWER, **needs(Verb.CONSULT, "figures")
)
def collections(home: HomeDep, caller: CallerDep, request: Request) -> Response:
    """Return the collections that the role may read."""
    refuse_unknown(request.query_params, ("f",))
    return _answer(
        {
            "links": [_link(f"{_base(request)}/collections", "self", JSON)],
            "collections": [
                _describe(home, request, one)
                for one in COLLECTIONS.values()
                if home.rights.may(caller, one.dataset)
            ],
        }
    )


def _collection(home: Home, caller: Caller, name: str) -> Collection:
    if name not in COLLECTIONS:
        raise NotFound(what="collection", name=name)
    found = COLLECTIONS[name]
    if not home.rights.may(caller, found.dataset):
        home.rights.ask(caller, found.dataset, subject={"collection": name})
    return found


@router.get(
    "/collections/{collection_id}",
    operation_id="ogcCollection",
    **_OPEN_ANSWER,
    **needs(Verb.CONSULT, "figures"),
)
def collection(
    home: HomeDep, caller: CallerDep, request: Request, collection_id: CollectionName
) -> Response:
    """Return one collection."""
    refuse_unknown(request.query_params, ("f",))
    return _answer(_describe(home, request, _collection(home, caller, collection_id)))


@router.get(
    "/collections/{collection_id}/items",
    operation_id="ogcItems",
    **_OPEN_ANSWER,
    **needs(Verb.CONSULT, "figures"),
)
def items(
    home: HomeDep, caller: CallerDep, request: Request, collection_id: CollectionName
) -> Response:
    """Return a page of features; parameters ``bbox``, ``datetime``, ``limit``."""
    one = _collection(home, caller, collection_id)
    query = read_query(request.query_params)
    found = one.find(home, caller, query)
    address = f"{_base(request)}/collections/{collection_id}/items"
    own = [*query.kept, *([("cursor", query.cursor)] if query.cursor is not None else [])]
    links = [
        _link(f"{address}?{urlencode(own)}" if own else address, "self", GEOJSON),
        _link(f"{_base(request)}/collections/{collection_id}", "collection", JSON),
    ]
    if found.cursor is not None:
        following = urlencode([*query.kept, ("cursor", found.cursor)])
        links.append(_link(f"{address}?{following}", "next", GEOJSON))
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": to_rfc3339(now_us(home.clock)),
        "numberReturned": len(found.features),
        "links": links,
        "features": found.features,
    }
    if found.matched is not None:
        body["numberMatched"] = found.matched
    return _answer(body, GEOJSON)


@router.get(
    "/collections/{collection_id}/items/{feature_id}",
    operation_id="ogcItem",
    **_OPEN_ANSWER,
    **needs(Verb.CONSULT, "figures"),
)
def item(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    collection_id: CollectionName,
    feature_id: Annotated[str, Path(max_length=200)],
) -> Response:
    """Return one feature."""
    one = _collection(home, caller, collection_id)
    refuse_unknown(request.query_params, ("f",))
    base = f"{_base(request)}/collections/{collection_id}"
    feature = {
        **one.get(home, caller, feature_id),
        "links": [
            _link(f"{base}/items/{feature_id}", "self", GEOJSON),
            _link(base, "collection", JSON),
        ],
    }
    return _answer(feature, GEOJSON)
