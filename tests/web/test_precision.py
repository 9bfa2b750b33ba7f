"""The exact point of a fact or a patrol never leaves for planning or analysis, in any form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from vigie.situation.home import Home

AsRole = Callable[[str], httpx.Client]
BOX = "5.30,43.24,5.44,43.36"
MANY = re.compile(rb"-?\d+\.\d{4,}")
Places = set[tuple[float, float]]


@pytest.fixture(scope="module")
def exact(shared_home: Home) -> tuple[Places, list[str]]:
    """Where facts and means are: rounded to 5 decimals, and the longer numbers as written."""
    tables = [shared_home.lake.scan(kind) for kind in ("facts", "means")]
    rows = [
        (row["lon"], row["lat"])
        for table in tables
        for row in table.select(["lon", "lat"]).to_pylist()
        if row["lon"] is not None
    ]
    written = [repr(one) for row in rows for one in row if len(repr(one)) > 10]
    return {(round(lon, 5), round(lat, 5)) for lon, lat in rows}, written


def told_in(body: bytes, exact: tuple[Places, list[str]]) -> int:
    """Return how many exact places a body holds: as pairs of numbers, or as written."""
    places, written = exact
    numbers = [float(one) for one in MANY.findall(body)]
    pairs = {(round(a, 5), round(b, 5)) for a, b in pairwise(numbers)}
    text = set(MANY.findall(body))
    return len(places & (pairs | {(b, a) for a, b in pairs})) + sum(
        one.encode() in text for one in written
    )


def bodies(client: httpx.Client, fact_id: str) -> Iterator[tuple[str, bytes]]:
    """Yield every answer that may hold positions of facts or means."""
    near = "lon=5.3712345&lat=43.3012345"
    asked = [
        "/api/facts?limit=1000",
        f"/api/facts?limit=1000&bbox={BOX}",
        f"/api/facts/{fact_id}",
        *(f"/api/map?bbox={BOX}&zoom={zoom}" for zoom in (5, 11, 12.2, 13, 14.5, 18)),
        "/api/map?bbox=5.36,43.29,5.38,43.31&zoom=18&from=2026-03-01T00:00:00Z",
        f"/api/near?{near}&radius_m=20000&from=2026-03-01T00:00:00Z",
        "/api/means",
        "/api/alerts",
        "/ogc/collections/facts/items?limit=1000",
        f"/ogc/collections/facts/items?limit=1000&bbox={BOX}",
        f"/ogc/collections/facts/items/{fact_id}",
        "/ogc/collections/means/items",
        *(f"/api/export?format={form}" for form in ("csv", "geojson", "arrow", "parquet")),
    ]
    for address in asked:
        answer = client.get(address, headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, (address, answer.text)
        body = answer.content
        if "parquet" in address:  # compressed inside
            table = pq.read_table(io.BytesIO(body))
            shapes = shapely.from_wkb(table["geometry"].drop_null().to_pylist())
            body = json.dumps(shapely.get_coordinates(shapes).tolist()).encode()
            body += json.dumps(table.select(["lon", "lat"]).to_pylist()).encode()
        elif "arrow" in address:
            table = pa.ipc.open_stream(body).read_all()
            body = json.dumps(table.select(["lon", "lat"]).to_pylist()).encode()
        yield address, body


def events(client: httpx.Client, wanted: int) -> list[dict]:
    found: list[dict] = []
    with client.stream("GET", "/api/stream?after=0") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if event["type"].startswith("org.vigie.fact."):
                    found.append(event["data"])
            if len(found) == wanted:
                return found
    return found


@pytest.mark.parametrize("role", ["planner", "analyst"])
def test_the_exact_point_is_in_no_answer(
    as_role: AsRole, shared_home: Home, exact: tuple[Places, list[str]], role: str
) -> None:
    """Requirement: MIN-1."""
    fact_id = shared_home.lake.scan("facts", columns=["fact_id", "lon"])["fact_id"][0].as_py()
    for address, body in bodies(as_role(role), fact_id):
        assert told_in(body, exact) == 0, address


def test_the_scan_finds_what_the_control_room_is_told(
    as_role: AsRole, exact: tuple[Places, list[str]]
) -> None:
    client = as_role("operator")
    for address in (
        "/api/facts?limit=1000",
        "/api/near?lon=5.37&lat=43.30&radius_m=5000&from=2026-03-01T00:00:00Z",
        "/ogc/collections/facts/items",
    ):
        assert told_in(client.get(address).content, exact) > 50, address


def test_who_is_told_figures_only_is_told_no_place(
    as_role: AsRole, exact: tuple[Places, list[str]]
) -> None:
    """Requirement: MIN-1."""
    client = as_role("elected")
    for address in (f"/api/map?bbox={BOX}&zoom=18", "/api/histogram", "/api/summary"):
        assert told_in(client.get(address).content, exact) == 0
    assert client.get("/api/facts").status_code == 403


def test_the_stream_tells_the_same_point_as_the_lists(as_role: AsRole, shared_home: Home) -> None:
    """Requirement: MIN-1."""
    true = events(as_role("operator"), 2)
    told = events(as_role("analyst"), 2)
    assert [one["fact_id"] for one in true] == [one["fact_id"] for one in told]
    masking = shared_home.frame.maskings["street"]
    for one, other in zip(true, told, strict=True):
        assert (one["lon"], one["lat"]) != (other["lon"], other["lat"])
        assert other == masking.tell_record(one)
        row = as_role("analyst").get(f"/api/facts/{one['fact_id']}").json()
        assert (row["lon"], row["lat"]) == (other["lon"], other["lat"])
