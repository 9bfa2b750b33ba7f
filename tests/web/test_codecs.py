"""What is read from addresses and written into them: cursors, boxes, zones, tags, roots."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from vigie.base.errors import WrongUsage
from vigie.web.etags import conditional, etag_of, to_json
from vigie.web.filters import epoch_us, parse_bbox, parse_zone
from vigie.web.headers import SecurityHeaders
from vigie.web.metrics import Metrics, MetricsMiddleware, route_template
from vigie.web.ogc.parameters import BadParameter, read_query
from vigie.web.origin import is_loopback
from vigie.web.paging import next_address, pack, unpack
from vigie.web.problems import install_problem_handlers
from vigie.web.static import console_application


def request(address: str, **headers: str) -> Request:
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("x", 80),
        "path": path,
        "query_string": query.encode("ascii"),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    return Request(scope)


@given(st.integers(-(2**63), 2**63 - 1), st.text(max_size=60))
def test_a_cursor_comes_back_as_it_went(number: int, text: str) -> None:
    cursor = pack(number, text)
    assert cursor.isascii()
    if len(cursor) <= 400:
        assert unpack(cursor, int, str) == (number, text)


@given(st.text(max_size=500))
def test_any_other_cursor_is_refused(text: str) -> None:
    try:
        values = unpack(text, int, str)
    except WrongUsage:
        return
    assert isinstance(values[0], int)
    assert isinstance(values[1], str)


def test_a_cursor_of_other_types_is_refused() -> None:
    for wrong in (pack("1", "a"), pack(True, "a"), pack(1), pack(1, "a", 2), pack(1.5, "a")):
        with pytest.raises(WrongUsage):
            unpack(wrong, int, str)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=4))
def test_the_next_address_asks_the_same_question(params: dict[str, str]) -> None:
    params = {
        k.encode("utf-8", "replace").decode(): v.encode("utf-8", "replace").decode()
        for k, v in params.items()
        if k != "cursor"
    }
    query = httpx.QueryParams(params)
    address = next_address(request(f"/api/facts?{query}"), "abc")
    assert address is not None
    told = dict(httpx.URL(address).params)
    assert told.pop("cursor") == "abc"
    assert told == params
    again = next_address(request(address), "def")
    assert again is not None
    assert dict(httpx.URL(again).params)["cursor"] == "def"
    assert next_address(request(address), None) is None


@given(st.text(max_size=40))
def test_a_box_is_on_earth_or_refused(text: str) -> None:
    try:
        box = parse_bbox(text)
    except WrongUsage:
        return
    if box is not None:
        west, south, east, north = box
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


@given(
    st.tuples(*[st.floats(-200, 200, allow_nan=False)] * 4).map(lambda b: ",".join(map(repr, b)))
)
def test_a_box_of_numbers(text: str) -> None:
    west, south, east, north = map(float, text.split(","))
    legal = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    try:
        assert parse_bbox(text) == (west, south, east, north)
        assert legal
    except WrongUsage:
        assert not legal


@given(st.text(max_size=30))
def test_a_zone_has_two_names_or_is_refused(text: str) -> None:
    try:
        zone = parse_zone(text)
    except WrongUsage:
        return
    if zone is not None:
        assert ":".join(zone) == text
        assert all(zone)


def test_times_beyond_the_calendar_are_refused() -> None:
    assert epoch_us(None) is None
    assert epoch_us(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    with pytest.raises(WrongUsage):
        epoch_us(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))


@given(st.dictionaries(st.sampled_from(["bbox", "datetime", "limit", "cursor", "f"]), st.text()))
def test_ogc_parameters_are_read_or_refused(params: dict[str, str]) -> None:
    try:
        query = read_query(QueryParams(params))
    except BadParameter:
        return
    assert 1 <= query.limit <= 1_000
    if query.from_us is not None and query.to_us is not None:
        assert query.from_us < query.to_us


def test_the_tag_follows_the_content() -> None:
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
    tag = etag_of(b"{}")
    assert conditional(request("/x", if_none_match=tag), b"{}").status_code == 304
    assert (
        conditional(request("/x", if_none_match=tag.removeprefix("W/")), b"{}").status_code == 304
    )
    assert conditional(request("/x", if_none_match='"z"'), b"{}").status_code == 200
    assert conditional(request("/x"), b"{}").status_code == 200


def test_what_is_no_number_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"value": float("nan")})


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("::", False),
        ("vigie.example.org", False),
    ],
)
def test_which_addresses_are_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


# --- The console's files ------------------------------------------------------------------------


def get(app: object, path: str, method: str = "GET") -> httpx.Response:
    whole = FastAPI()
    install_problem_handlers(whole)
    whole.router.default = app

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=SecurityHeaders(whole))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<html>console</html>", encoding="utf-8")
    (folder / "assets" / "app-1a2b.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("hidden words", encoding="utf-8")
    return folder


def test_the_page_stands_at_every_address_of_the_console(built: Path) -> None:
    app = console_application(built)
    for path in ("/", "/hier", "/sources/police", "/index.html"):
        answer = get(app, path)
        assert answer.status_code == 200
        assert "console" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_the_agents_page_stands_at_its_own_address_and_at_no_other(built: Path) -> None:
    assert "console" in get(console_application(built), "/terrain").text
    (built / "terrain.html").write_text("<html>agents</html>", encoding="utf-8")
    app = console_application(built)
    answer = get(app, "/terrain")
    assert "agents" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    for path in ("/terrain/x", "/hier"):
        assert "console" in get(app, path).text


def test_built_files_are_kept_for_ever(built: Path) -> None:
    answer = get(console_application(built), "/assets/app-1a2b.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith(("text/javascript", "application/javascript"))


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt",
        "/api/x",
    ],
)
def test_what_is_not_there_is_not_found(built: Path, path: str) -> None:
    answer = get(console_application(built), path)
    assert answer.status_code == 404
    assert "hidden words" not in answer.text


def test_without_a_build_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    app = console_application(tmp_path / "nothing")
    answer = get(app, "/hier")
    assert answer.status_code == 200
    assert "n'est pas construite" in " ".join(answer.text.split())
    assert "is not built" in " ".join(answer.text.split())
    assert get(app, "/assets/x.js").status_code == 404
    assert get(app, "/hier", "POST").status_code == 404


# --- Metrics ------------------------------------------------------------------------------------


def test_labels_never_hold_an_address() -> None:
    assert route_template({"path": "/api/facts/secret-id"}) == "unmatched"
    metrics = Metrics()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def nothing(*_args: object) -> None:
        return None

    scope = {"type": "http", "method": "BREW", "path": "/secret"}
    asyncio.run(MetricsMiddleware(app, metrics=metrics)(scope, nothing, nothing))
    text = metrics.text().decode("utf-8")
    assert 'vigie_http_requests_total{method="OTHER",route="unmatched",status="418"} 1.0' in text
    assert "secret" not in text
