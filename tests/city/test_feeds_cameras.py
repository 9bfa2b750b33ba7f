"""The register of cameras: by whose leave each films, what it sees, and nobody's name."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from tests.city.built_city import BuiltCity

from vigie.base.clock import to_us
from vigie.city.feeds import cameras


def test_cameras_say_by_whose_leave_they_film_and_what_they_see(city: BuiltCity) -> None:
    rows = city.read(city.manifest.feed("cameras")).table.to_pylist()
    assert Counter(row["kind"] for row in rows) == {
        "place.camera.dome": 75,
        "place.camera.fixed": 25,
    }
    for row in rows:
        assert row["valid_from_at"] < city.manifest.now < row["valid_to_at"]
        said = dict(row["attributes"])
        assert {"authorisation", "purposes", "retention_days", "masks"} <= set(said)
        assert row["geometry"] is not None
    assert any("mask_polygons" in dict(row["attributes"]) for row in rows)


def test_the_camera_whose_authorisation_is_over_is_refused_and_no_other(city: BuiltCity) -> None:
    read = city.read(city.manifest.feed("cameras"))
    (defect,) = [d for d in city.parquet("defects").to_pylist() if d["source"] == "cameras"]
    assert read.rejected == [(defect["file"], defect["row"], "authorisation_expired")]
    assert defect["source_ref"] not in read.refs


def test_no_person_of_the_register_stands_in_a_record(city: BuiltCity) -> None:
    """In the file all of them; in a record none, not even within a longer value."""
    feed = city.manifest.feed("cameras")
    planted = [p for p in city.parquet("planted").to_pylist() if p["source"] == "cameras"]
    text = (city.folder / feed.paths[0]).read_text("utf-8")
    read = city.read(feed)
    held = str(read.table.to_pylist())
    assert {p["field"] for p in planted} == set(cameras.PERSONAL)
    assert all(p["text"] in text for p in planted)
    assert not [p["text"] for p in planted if p["text"] in held]
    assert read.notices["dropped_personal"] >= len(planted) - len(cameras.PERSONAL)


def test_the_cameras_of_a_seed_stand_where_they_stood_whatever_the_day() -> None:
    now_us = to_us(datetime(2026, 11, 3, tzinfo=UTC))
    where = [(r["longitude"], r["latitude"]) for r in cameras.rows(7, now_us)]
    assert where == [(r["longitude"], r["latitude"]) for r in cameras.rows(7, now_us + 10**12)]
    assert where != [(r["longitude"], r["latitude"]) for r in cameras.rows(8, now_us)]
