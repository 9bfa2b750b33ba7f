"""Bulk export: whole, in every form, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import geopandas
import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vigie.base.errors import TooLarge
from vigie.base.spreadsheet import is_dangerous
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.web import export
from vigie.web.export import COLUMNS, open_export

AsRole = Callable[[str], httpx.Client]
ANALYST = Caller("analyst", "analyst")


@pytest.fixture(scope="session")
def expected(shared_home: Home) -> dict[str, dict]:
    """The facts as an analyst is told them: at the middle of a segment, or of a cell."""
    told = shared_home.frame.maskings["street"].tell(shared_home.lake.scan("facts"))
    return {row["fact_id"]: row for row in told.to_pylist()}


def get(as_role: AsRole, form: str, **params: str) -> httpx.Response:
    answer = as_role("analyst").get("/api/export", params={"format": form, **params})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="vigie-facts-2026-03-30.{form}"'
    )
    return answer


def test_csv_is_whole_and_harmless(as_role: AsRole, expected: dict[str, dict]) -> None:
    answer = get(as_role, "csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {row["fact_id"] for row in rows} == set(expected)
    for row in rows:
        known = expected[row["fact_id"]]
        assert row["kind"] == known["kind"]
        assert (float(row["lon"]) if row["lon"] else None) == known["lon"]
        assert not any(is_dangerous(cell) for cell in row.values())
        assert json.loads(row["attributes"]) == dict(known["attributes"] or ())


def test_a_cell_that_would_run_is_neutralised(shared_home: Home) -> None:
    """The cells of a row that begin like formulas are guarded, numbers are left alone."""
    row = dict.fromkeys(COLUMNS)
    row |= {"fact_id": "=cmd|' /C calc'!A0", "source": "+1+1", "kind": "@SUM(A1)", "lon": -5.25}
    table = pa.Table.from_pylist([row])
    text = b"".join(export._csv(iter([table]))).decode("utf-8")
    line = next(iter(list(csv.DictReader(io.StringIO(text, newline="")))))
    assert line["fact_id"] == "'=cmd|' /C calc'!A0"
    assert line["source"] == "'+1+1"
    assert line["kind"] == "'@SUM(A1)"
    assert line["lon"] == "-5.25"


def test_parquet_is_geoparquet(as_role: AsRole, expected: dict[str, dict]) -> None:
    answer = get(as_role, "parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(answer.content))
    assert set(table["fact_id"].to_pylist()) == set(expected)
    frame = geopandas.read_parquet(io.BytesIO(answer.content))
    assert frame.crs.to_epsg() in {4326, None} or "CRS84" in frame.crs.to_string()
    for fact_id, geometry in zip(frame["fact_id"], frame.geometry, strict=True):
        known = expected[fact_id]
        if known["lon"] is None:
            assert geometry is None
        else:
            assert (geometry.x, geometry.y) == (known["lon"], known["lat"])


def test_arrow_stream(as_role: AsRole, expected: dict[str, dict]) -> None:
    answer = get(as_role, "arrow")
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.column_names == list(COLUMNS)
    assert set(table["fact_id"].to_pylist()) == set(expected)


def test_geojson(as_role: AsRole, expected: dict[str, dict]) -> None:
    answer = get(as_role, "geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert {one["id"] for one in features} == set(expected)
    for one in features:
        known = expected[one["id"]]
        if known["lon"] is None:
            assert one["geometry"] is None
        else:
            assert one["geometry"]["coordinates"] == [known["lon"], known["lat"]]


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow", "geojson"])
def test_inner_references_stay_inside(as_role: AsRole, form: str) -> None:
    assert "source_ref" not in COLUMNS
    assert b"source_ref" not in get(as_role, form).content


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow", "geojson"])
def test_an_empty_choice_is_an_empty_file(as_role: AsRole, form: str) -> None:
    answer = get(as_role, form, to="1980-01-01T00:00:00Z")
    assert len(answer.content) > 0
    if form == "parquet":
        assert pq.read_table(io.BytesIO(answer.content)).num_rows == 0


def test_filters_are_those_of_the_map(as_role: AsRole, expected: dict[str, dict]) -> None:
    answer = get(as_role, "geojson", kind="offence", severity_min="3", source="police")
    wanted = {
        fact_id
        for fact_id, row in expected.items()
        if row["kind"].startswith("offence.")
        and row["source"] == "police"
        and (row["severity"] or 0) >= 3
    }
    assert {one["id"] for one in answer.json()["features"]} == wanted


def test_too_much_is_refused_before_it_begins(
    shared_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 10)
    with pytest.raises(TooLarge):
        open_export(shared_home, ANALYST, Filters(), "csv")


def test_windows_neither_lose_nor_double(
    shared_home: Home, expected: dict[str, dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "WINDOW_US", 37 * 3_600 * 1_000_000)
    view = shared_home.rights.ask(ANALYST, "facts", Verb.DISCLOSE)
    ids = [
        fact_id
        for table in export.tables(shared_home, view, Filters())
        for fact_id in table["fact_id"].to_pylist()
    ]
    assert len(ids) == len(set(ids)) == len(expected)


def test_one_caller_cannot_take_files_for_ever(own: tuple) -> None:
    _, _, client = own
    answer = client.post(
        "/api/session", json={"login": "planner", "password": "correct-horse-battery"}
    )
    assert answer.status_code == 200
    params = {"to": "1980-01-01T00:00:00Z"}
    statuses = [client.get("/api/export", params=params).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
