"""Every query against the same question answered by hand, row by row."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lake.sample_lake import fill
from tests.lake.samples import DAY_US, START_US

from vigie.base.errors import WrongUsage
from vigie.base.settings import LakeSettings
from vigie.lake.store import Lake

HOUR_US = 3_600_000_000
Row = dict[str, Any]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake with some of everything; nobody writes to it."""
    folder = tmp_path_factory.mktemp("queries") / "lake"
    with Lake.open(folder, LakeSettings(threads=2), create=True) as lake:
        fill(lake, facts=1_500, days=9)
        yield lake


FILTERS: list[dict[str, Any]] = [
    {},
    {"from_us": START_US + DAY_US + 3, "to_us": START_US + 4 * DAY_US + 5_000_001},
    {"west": 5.33, "south": 43.28, "east": 5.40, "north": 43.31},
    {"kinds": ["offence"]},
    {"kinds": ["offence.property", "rescue"], "sources": ["log", "reports"]},
    {"severity_min": 3, "status": ["open", "closed"]},
    {"status": "in_progress", "from_us": START_US + 2 * DAY_US},
    {"kinds": ["off"]},
]


def passes(row: Row, wanted: dict[str, Any]) -> bool:
    kinds, status = wanted.get("kinds", []), wanted.get("status", [])
    status = [status] if isinstance(status, str) else status
    placed = row["lon"] is not None
    return (
        wanted.get("from_us", 0) <= row["earliest_us"] < wanted.get("to_us", 1 << 62)
        and (
            "west" not in wanted
            or (
                placed
                and wanted["west"] <= row["lon"] <= wanted["east"]
                and wanted["south"] <= row["lat"] <= wanted["north"]
            )
        )
        and (not kinds or any((row["kind"] + ".").startswith(k + ".") for k in kinds))
        and row["source"] in wanted.get("sources", [row["source"]])
        and (not wanted.get("severity_min") or (row["severity"] or 0) >= wanted["severity_min"])
        and (not status or row["status"] in status)
        and str(row["cell"]) in wanted.get("cells", [str(row["cell"])])
    )


def chosen(lake: Lake, wanted: dict[str, Any]) -> list[Row]:
    return [row for row in lake.scan("facts").to_pylist() if passes(row, wanted)]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("resolution", [6, 8, 9, 10])
def test_map_cells(full: Lake, wanted: dict[str, Any], resolution: int) -> None:
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in chosen(full, wanted):
        if row["cell"] is not None:
            finest = row["cell8"] if resolution <= 8 else row["cell"]
            groups[int(h3.cell_to_parent(f"{finest:x}", resolution), 16)].append(row)
    expected = [
        {"cell": cell, "n": len(rows), "severity_max": highest(rows)}
        for cell, rows in sorted(groups.items())
    ]
    assert full.query("map_cells", resolution=resolution, **wanted).to_pylist() == expected
    clusters = full.query("map_clusters", resolution=resolution, **wanted).to_pylist()
    assert [(c["cell"], c["n"]) for c in clusters] == [(e["cell"], e["n"]) for e in expected]
    for cluster in clusters:
        rows = groups[cluster["cell"]]
        assert cluster["lon"] == pytest.approx(sum(r["lon"] for r in rows) / len(rows), abs=1e-6)
        assert cluster["lat"] == pytest.approx(sum(r["lat"] for r in rows) / len(rows), abs=1e-6)


def highest(rows: list[Row]) -> int | None:
    return max((r["severity"] for r in rows if r["severity"] is not None), default=None)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_points_pages_counts_and_histograms(full: Lake, wanted: dict[str, Any]) -> None:
    rows = chosen(full, wanted)
    newest = sorted(rows, key=lambda r: (r["earliest_us"], r["fact_id"]), reverse=True)
    placed = [r["fact_id"] for r in newest if r["lon"] is not None]
    points = full.query("map_points", limit_rows=40, **wanted)
    assert points["fact_id"].to_pylist() == placed[:40]

    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = full.query("facts_page", limit_rows=400, **after, **wanted).to_pylist()
        if not page:
            break
        seen += [r["fact_id"] for r in page]
        after = {"before_us": page[-1]["earliest_us"], "before_id": page[-1]["fact_id"]}
    assert seen == [r["fact_id"] for r in newest]

    summary = full.query("summary_counts", **wanted).to_pylist()
    keys = ("kind", "source", "severity", "status")
    assert {tuple(s[k] for k in keys): s["n"] for s in summary} == Counter(
        tuple(r[k] for k in keys) for r in rows
    )
    origin = START_US - 17
    histogram = full.query("histogram", bucket_us=7 * HOUR_US, origin_us=origin, **wanted)
    assert histogram.to_pylist() == [
        {"bucket_us": us, "n": n}
        for us, n in sorted(
            Counter(
                r["earliest_us"] - (r["earliest_us"] - origin) % (7 * HOUR_US) for r in rows
            ).items()
        )
    ]
    themes = full.query("theme_cells", bucket_us=HOUR_US, origin_us=origin, **wanted)
    keys = ("theme", "cell8", "bucket_us")
    assert {tuple(t[k] for k in keys): t["n"] for t in themes.to_pylist()} == Counter(
        (r["kind"].partition(".")[0], r["cell8"], us - (us - origin) % HOUR_US)
        for r in rows
        if r["cell8"] is not None
        for us in (r["earliest_us"],)
    )
    days = full.query("day_counts", **wanted).to_pylist()
    assert {d["local_day"]: d["n"] for d in days} == Counter(r["local_day"] for r in rows)
    hours = full.query("hour_weekday", **wanted).to_pylist()
    assert {(h["weekday"], h["local_hour"]): (h["n"], h["days"]) for h in hours} == {
        key: (len(same), len({r["local_day"] for r in same}))
        for key, same in grouped(rows, "weekday", "local_hour").items()
    }


def grouped(rows: list[Row], *keys: str) -> dict[tuple[Any, ...], list[Row]]:
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[key] for key in keys)].append(row)
    return dict(found)


def test_facts_are_chosen_by_a_list_of_cells(full: Lake) -> None:
    cells = sorted({str(r["cell"]) for r in full.scan("facts").to_pylist() if r["cell"]})[::3]
    expected = chosen(full, {"cells": cells})
    assert len(expected) > 100
    found = full.query("facts_page", cells=cells, limit_rows=10_000)
    assert sorted(found["fact_id"].to_pylist()) == sorted(r["fact_id"] for r in expected)


def distance_m(lon: float, lat: float, row: Row) -> float:
    """Great-circle distance by the spherical law of cosines: not the formula under test."""
    a, b = math.radians(lat), math.radians(row["lat"])
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(
        math.radians(lon - row["lon"])
    )
    return 6_371_008.8 * math.acos(min(1.0, cosine))


@given(
    lon=st.floats(5.30, 5.44), lat=st.floats(43.25, 43.35), radius_m=st.floats(5, 6_000),
    hours=st.integers(1, 200),
)  # fmt: skip
@settings(max_examples=20)
def test_near(full: Lake, lon: float, lat: float, radius_m: float, hours: int) -> None:
    window = {"from_us": START_US, "to_us": START_US + hours * HOUR_US}
    near = full.query("near_facts", lon=lon, lat=lat, radius_m=radius_m, **window).to_pylist()
    by_hand = {
        r["fact_id"]: distance_m(lon, lat, r) for r in chosen(full, window) if r["lon"] is not None
    }
    assert [n["distance_m"] for n in near] == sorted(n["distance_m"] for n in near)
    assert {n["fact_id"] for n in near} >= {i for i, d in by_hand.items() if d < radius_m - 0.05}
    for row in near:
        assert row["distance_m"] <= radius_m
        assert row["distance_m"] == pytest.approx(by_hand[row["fact_id"]], abs=0.05)
    found = full.query("near_measures", lon=lon, lat=lat, radius_m=radius_m, **window)
    table = full.scan("measures", **window).to_pylist()
    inside = {r["measure_id"] for r in table if distance_m(lon, lat, r) < radius_m - 0.05}
    assert inside <= set(found["measure_id"].to_pylist())
    assert found.num_rows <= len(inside) + 1


def test_one_fact_by_its_id(full: Lake) -> None:
    for row in full.scan("facts").to_pylist()[::400]:
        assert full.query("fact_by_id", fact_id=row["fact_id"]).to_pylist() == [row]
    assert full.query("fact_by_id", fact_id="nobody").num_rows == 0


def test_measure_series_leave_bad_values_out(full: Lake) -> None:
    rows = [
        r
        for r in full.scan("measures").to_pylist()
        if r["metric"] == "noise.laeq" and r["quality"] != "bad" and r["place_id"] in {"P0", "P2"}
    ]
    series = full.query(
        "measure_series", from_us=0, to_us=START_US + 9 * DAY_US, metric="noise.laeq",
        bucket_us=HOUR_US, place_ids=["P0", "P2"],
    ).to_pylist()  # fmt: skip
    for row in rows:
        row["bucket_us"] = row["from_us"] - row["from_us"] % HOUR_US
    expected = grouped(rows, "bucket_us", "place_id")
    assert {(s["bucket_us"], s["place_id"]) for s in series} == set(expected)
    for point in series:
        values = [r["value"] for r in expected[point["bucket_us"], point["place_id"]]]
        assert point["n"] == len(values)
        assert point["mean"] == pytest.approx(sum(values) / len(values), abs=1e-6)
        assert (point["low"], point["high"]) == (min(values), max(values))


def test_plans_with_their_buffers(full: Lake) -> None:
    rows = full.scan("plans").to_pylist()
    for first in range(START_US - 12 * DAY_US, START_US + 32 * DAY_US, 23 * HOUR_US):
        last = first + 2 * HOUR_US
        expected = {
            r["plan_id"]
            for r in rows
            if r["starts_us"] - (r["setup_s"] or 0) * 1_000_000 < last
            and r["ends_us"] + r["teardown_s"] * 1_000_000 > first
            and r["state"] != "cancelled"
        }
        found = full.query("plans_between", from_us=first, to_us=last)
        assert set(found["plan_id"].to_pylist()) == expected
    bare = full.query("plans_between", from_us=0, to_us=1 << 60, kinds=["works"], cancelled=True)
    assert set(bare["plan_id"].to_pylist()) == {r["plan_id"] for r in rows if "works" in r["kind"]}


def test_places_means_extent_and_freshness(full: Lake) -> None:
    assert full.query("places_all").num_rows == 12
    schools = full.query(
        "places_all", kinds=["place.school"], west=5.3, south=43, east=5.35, north=44
    )
    assert schools["place_id"].to_pylist() == ["place-0", "place-2", "place-4"]
    latest = full.query("latest_means", from_us=START_US).to_pylist()
    rows = full.scan("means").to_pylist()
    assert {(r["source"], r["unit_ref"]): r["at_us"] for r in latest} == {
        key: max(r["at_us"] for r in same)
        for key, same in grouped(rows, "source", "unit_ref").items()
    }
    low, high = full.extent("facts") or (0, 0)
    assert full.query("extent").to_pylist() == [{"first_us": low, "last_us": high, "n": 1_500}]
    fresh = full.query("source_freshness").to_pylist()
    assert {(f["source"], f["record"]): f["n"] for f in fresh}["sensors", "measures"] == 300
    assert {f["record"] for f in fresh} == {"facts", "measures", "plans", "means"}


def test_zone_counts_are_weighted(full: Lake) -> None:
    placed = [r for r in full.scan("facts").to_pylist() if r["cell"] is not None]
    cells = sorted({r["cell"] for r in placed})
    table = pa.table({
        "zone": ["north"] * len(cells) + ["south"] * len(cells),
        "cell": cells * 2,
        "weight": [0.25] * len(cells) + [0.75] * len(cells),
    })  # fmt: skip
    found = full.query("zone_counts", zone_cells=table, kinds=["rescue"]).to_pylist()
    rescue = [r for r in placed if r["kind"].startswith("rescue")]
    assert [(f["zone"], f["facts"]) for f in found] == [
        ("north", len(rescue)), ("south", len(rescue)),
    ]  # fmt: skip
    assert [f["n"] for f in found] == [0.25 * len(rescue), 0.75 * len(rescue)]


def test_year_features(full: Lake) -> None:
    found = full.query("kind_cell_year").to_pylist()
    rows = [r for r in full.scan("facts").to_pylist() if r["cell"] is not None]
    by_hand = grouped(rows, "kind", "cell")
    assert len(found) == len(by_hand)
    for line in found:
        same = by_hand[line["kind"], line["cell"]]
        assert line["n"] == len(same)
        assert line["days"] == len({r["local_day"] for r in same})
        assert line["night"] == sum(r["local_hour"] >= 22 or r["local_hour"] < 6 for r in same)
        lengths = [r["latest_us"] - r["earliest_us"] for r in same]
        assert line["latest_us_p90"] == pytest.approx(np.percentile(lengths, 90), abs=0.01)


@pytest.mark.parametrize("wanted", FILTERS[:2] + FILTERS[3:5], ids=str)
@pytest.mark.parametrize("renewed", [False, True])
def test_the_cube_answers_as_the_facts_do(
    full: Lake, wanted: dict[str, Any], renewed: bool
) -> None:
    if renewed:
        full.refresh_cubes()
        assert full.refresh_cubes() == 0
    assert full.query("map_cube", **wanted).equals(full.query("map_cells", resolution=8, **wanted))
    for bucket in (HOUR_US, DAY_US):
        assert full.query("histogram_cube", bucket_us=bucket, **wanted).equals(
            full.query("histogram", bucket_us=bucket, **wanted)
        )


def test_the_cube_is_cut_exactly_at_any_microsecond(full: Lake) -> None:
    times = sorted(full.scan("facts", columns=["earliest_us"])["earliest_us"].to_pylist())[::97]
    for first, last in pairwise(times):
        for shift in (-1, 0, 1):
            wanted = {"from_us": first + shift, "to_us": last + shift}
            assert full.query("map_cube", **wanted).equals(
                full.query("map_cells", resolution=8, **wanted)
            )


def test_the_cube_refuses_buckets_it_does_not_know(full: Lake) -> None:
    with pytest.raises(WrongUsage):
        full.query("histogram_cube", bucket_us=HOUR_US // 2)
