"""OGC API Features: what QGIS and GDAL read, proved with GDAL's own driver."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import httpx
import pytest

from vigie.situation.home import Home
from vigie.web.answers.base import FeatureCollection

AsRole = Callable[[str], httpx.Client]
NAMES = ["facts", "plans", "places", "means", "zonings"]


def follow(client: httpx.Client, href: str) -> httpx.Response:
    parts = urlsplit(href)
    return client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def link(document: dict, rel: str) -> str | None:
    return next((one["href"] for one in document["links"] if one["rel"] == rel), None)


def test_the_landing_page_leads_everywhere(as_role: AsRole) -> None:
    client = as_role("operator")
    landing = client.get("/ogc").json()
    for rel, media in (
        ("self", "application/json"),
        ("service-desc", "application/vnd.oai.openapi+json;version=3.0"),
        ("conformance", "application/json"),
        ("data", "application/json"),
    ):
        answer = follow(client, link(landing, rel))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media


def test_conformance_and_description(as_role: AsRole) -> None:
    client = as_role("operator")
    classes = client.get("/ogc/conformance").json()["conformsTo"]
    assert [one.rpartition("/")[2] for one in classes] == ["core", "oas30", "geojson"]
    described = client.get("/ogc/api").json()
    assert described["openapi"].startswith("3.0.")
    for name in NAMES:
        assert f"/collections/{name}/items" in described["paths"]


def test_collections_are_those_of_the_role(as_role: AsRole) -> None:
    names = {
        role: [one["id"] for one in as_role(role).get("/ogc/collections").json()["collections"]]
        for role in ("operator", "elected")
    }
    assert names == {"operator": NAMES, "elected": ["plans", "places", "zonings"]}
    assert as_role("elected").get("/ogc/collections/facts/items").status_code == 403
    assert as_role("elected").get("/ogc/collections/means/items/x").status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_each_collection_pages_and_gives_each_feature_once(as_role: AsRole, name: str) -> None:
    client = as_role("operator")
    described = client.get(f"/ogc/collections/{name}").json()
    answer = follow(client, link(described, "items") + "?limit=900")
    ids: list[str] = []
    while True:
        assert answer.headers["content-type"] == "application/geo+json"
        page = FeatureCollection.model_validate_json(answer.content).model_dump()
        assert page["numberReturned"] == len(page["features"])
        ids += [one["id"] for one in page["features"]]
        following = link(page, "next")
        if following is None:
            break
        answer = follow(client, following)
    assert len(ids) == len(set(ids)) > 0
    one = client.get(f"/ogc/collections/{name}/items/{ids[0]}")
    assert one.status_code == 200
    assert one.json()["id"] == ids[0]
    assert one.headers["content-type"] == "application/geo+json"
    assert client.get(f"/ogc/collections/{name}/items/none").status_code == 404


def test_box_and_time_select(as_role: AsRole, shared_home: Home) -> None:
    client = as_role("operator")
    box = (5.36, 43.28, 5.38, 43.31)
    day = "2026-03-28T00:00:00Z/2026-03-29T00:00:00Z"
    found = client.get(
        "/ogc/collections/facts/items",
        params={"bbox": ",".join(map(str, box)), "datetime": day, "limit": "1000"},
    ).json()
    expected = [
        row["fact_id"]
        for row in shared_home.lake.scan("facts").to_pylist()
        if row["lon"] is not None
        and box[0] <= row["lon"] <= box[2]
        and box[1] <= row["lat"] <= box[3]
        and 1_774_656_000_000_000 <= row["earliest_us"] <= 1_774_742_400_000_000
    ]
    assert expected
    assert sorted(one["id"] for one in found["features"]) == sorted(expected)


def test_zones_are_selected_by_their_shape(as_role: AsRole) -> None:
    client = as_role("elected")
    path = "/ogc/collections/zonings/items"
    west = client.get(path, params={"bbox": "5.25,43.2,5.3,43.3"}).json()
    assert [one["id"] for one in west["features"]] == ["arrondissement:west"]
    assert client.get(path, params={"bbox": "0,0,1,1"}).json()["numberMatched"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=",
        "bbox=170,0,-170,10",
        "bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154",
        "datetime=yesterday",
        "datetime=2026-01-01T00:00:00",
        "datetime=2026-02-01T00:00:00Z/2026-01-01T00:00:00Z",
        "datetime=/",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=%C2%B2",
        "f=html",
    ],
)
def test_a_wrong_parameter_is_a_bad_request(as_role: AsRole, query: str) -> None:
    answer = as_role("operator").get(f"/ogc/collections/facts/items?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_parameter"


@pytest.mark.parametrize(
    "query",
    [
        "datetime=..%2F2026-03-29T00:00:00Z",
        "datetime=2026-03-29T00:00:00Z%2F..",
        "datetime=2026-03-29T00:00:00%2B02:00%2F",
        "datetime=2026-03-29T00:00:00Z",
        "bbox=5,43,0,6,44,100",
        "limit=999999",
        "f=json",
    ],
)
def test_every_legal_form_is_taken(as_role: AsRole, query: str) -> None:
    answer = as_role("operator").get(f"/ogc/collections/facts/items?{query}")
    assert answer.status_code == 200, answer.text


def test_a_program_without_a_token_is_asked_for_one(as_role: AsRole) -> None:
    answer = as_role("anonymous").get("/ogc")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.fixture(scope="session")
def reader(shared_home: Home) -> str:
    account = shared_home.desk.accounts.get("operator")
    secret, _ = shared_home.desk.tokens.issue("gdal", "read", account_id=account.account_id)
    return secret


def run_gdal(program: Path, *arguments: str) -> str:
    environment = {**os.environ, "GDAL_HTTP_TIMEOUT": "20", "CPL_DEBUG": "OFF"}
    done = subprocess.run(
        [str(program), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_lists_the_collections(needs_gdal: Path, base_url: str, reader: str) -> None:
    listed = run_gdal(needs_gdal, "-ro", f"OAPIF:{base_url}/ogc", "-oo", f"USERPWD=token:{reader}")
    for name in NAMES:
        assert f": {name}" in listed


@pytest.mark.parametrize("name", NAMES)
def test_gdal_reads_every_feature(
    needs_gdal: Path, base_url: str, reader: str, tmp_path: Path, shared_home: Home, name: str
) -> None:
    """GDAL converts a whole collection, over its pages, to a file with every feature in it."""
    out = tmp_path / "out.geojson"
    run_gdal(
        needs_gdal.parent / "ogr2ogr",
        "-f",
        "GeoJSON",
        str(out),
        f"OAPIF:{base_url}/ogc",
        name,
        "-oo",
        f"USERPWD=token:{reader}",
        "-oo",
        "PAGE_SIZE=500",
    )
    read = json.loads(out.read_text(encoding="utf-8"))["features"]
    expected = {
        "facts": shared_home.lake.count("facts"),
        "plans": shared_home.lake.count("plans"),
        "places": shared_home.lake.count("places"),
        "means": 4,
        "zonings": 2,
    }
    assert len(read) == expected[name]


def test_gdal_pushes_its_filter_to_the_server(
    needs_gdal: Path, base_url: str, reader: str, sample: ModuleType
) -> None:
    told = run_gdal(
        needs_gdal,
        "-ro",
        "-so",
        "-spat",
        "5.36",
        "43.28",
        "5.38",
        "43.31",
        f"OAPIF:{base_url}/ogc",
        "facts",
        "-oo",
        f"USERPWD=token:{reader}",
    )
    count = next(
        int(line.partition(":")[2])
        for line in told.splitlines()
        if line.startswith("Feature Count")
    )
    table = sample.facts()
    inside = [
        1
        for lon, lat in zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)
        if lon is not None and 5.36 <= lon <= 5.38 and 43.28 <= lat <= 43.31
    ]
    assert len(inside) <= count <= len(inside) + 2  # the two facts of the log stand there or near
