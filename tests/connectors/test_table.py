"""What is peculiar to mapped tables: references, wide rows, geometry, and two real cities."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import MappingInvalid
from vigie.base.ids import record_id
from vigie.intake.tabular.mapping import load_mapping

FACTS = {
    "source": "s",
    "kind": "facts",
    "timezone": "Europe/Paris",
    "columns": {"kind": {"value": "road"}, "earliest_at": "at", "lon": "x", "lat": "y"},
}


def with_(base, **parts):
    return {**base, **parts}


def csv(*rows: str) -> bytes:
    return "".join(row + "\n" for row in rows).encode()


def test_a_mapping_that_cannot_be_used_is_no_fault_of_the_data(lab):
    with pytest.raises(MappingInvalid):
        lab.run("table", b"a\n1\n", mapping={"source": "s"})


def test_equal_rows_have_one_reference_in_any_file(lab):
    row = "2026-03-12T14:05:00Z,5.37,43.29"
    first = lab.run("table", csv("at,x,y", row, row), mapping=FACTS).records["facts"]
    other = lab.run("table", csv("y,x,at", "43.29,5.37,2026-03-12T14:05:00Z"), mapping=FACTS)

    references = {fact["source_ref"] for fact in [*first, *other.records["facts"]]}
    assert len(references) == 1


@pytest.mark.parametrize(
    "changed", ["2026-03-12T14:05:01Z,5.37,43.29", "2026-03-12T14:05:00Z,5.37000001,43.29"]
)
def test_rows_that_differ_at_all_have_two(lab, changed):
    content = csv("at,x,y", "2026-03-12T14:05:00Z,5.37,43.29", changed)
    references = {
        f["source_ref"] for f in lab.run("table", content, mapping=FACTS).records["facts"]
    }

    assert len(references) == 2


def test_equal_rows_may_be_kept_apart_and_a_second_reading_agrees(lab):
    mapping = with_(FACTS, file={"duplicates": "keep"})
    content = csv("at,x,y", *["2026-03-12T14:05:00Z,5.37,43.29"] * 3)
    first, second = (lab.run("table", content, mapping=mapping).records["facts"] for _ in range(2))

    references = [fact["source_ref"] for fact in first]
    assert references == [references[0], f"{references[0]}#2", f"{references[0]}#3"]
    assert references == [fact["source_ref"] for fact in second]


@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30, unique=True
    )
)
def test_references_are_as_distinct_as_the_rows(lab, points):
    content = csv("at,x,y", *(f"2026-03-12T14:05:00Z,{x!r},{y!r}" for x, y in points))
    facts = lab.run("table", content, mapping=FACTS).records["facts"]

    assert len({fact["source_ref"] for fact in facts}) == len({(f["lon"], f["lat"]) for f in facts})


def test_a_measure_is_known_by_its_place_and_time_not_by_its_value(lab):
    mapping = {
        "source": "s",
        "kind": "measures",
        "columns": {
            "from_at": "at", "to_at": {"default": "from_at", "plus_s": 60}, "place_id": "c",
            "metric": {"value": "noise.laeq"}, "value": "v",
        },
    }  # fmt: skip
    found = lab.run(
        "table",
        csv(
            "at,c,v",
            "2026-01-01T00:00:00Z,A,50",
            "2026-01-01T00:00:00Z,A,60",
            "2026-01-01T00:00:00Z,B,50",
        ),
        mapping=mapping,
    ).records["measures"]

    assert found[0]["source_ref"] == found[1]["source_ref"] != found[2]["source_ref"]
    assert found[0]["unit"] == "dB"
    assert found[0]["place_id"] == record_id("s", "A")


def test_a_wide_row_is_a_measure_for_each_filled_cell(lab):
    outcome = lab.sample("table", "valid/noise.jsonl")

    assert [(m["metric"], m["value"]) for m in outcome.records["measures"]] == [
        ("noise.laeq", 61.5),
        ("noise.laeq", 61.5),
        ("noise.events", 3.0),
    ]
    assert {m["place_id"] for m in outcome.records["measures"]} == {record_id("sensors", "C1")}


def test_a_day_without_an_hour_is_an_interval(lab):
    mapping = with_(
        FACTS, columns=FACTS["columns"] | {"earliest_at": {"column": "at", "format": "%d/%m/%Y"}}
    )
    (found,) = lab.run("table", csv("at;x;y", "12/03/2026;5;43"), mapping=mapping).records["facts"]

    assert found["earliest_at"] == datetime(2026, 3, 11, 23, tzinfo=UTC)
    assert found["latest_at"] == datetime(2026, 3, 12, 22, 59, 59, 999999, tzinfo=UTC)


def test_an_ambiguous_hour_is_an_interval_of_an_hour(lab):
    (found,) = lab.run("table", csv("at,x,y", "2026-10-25T02:30:00,5,43"), mapping=FACTS).records[
        "facts"
    ]

    assert (found["latest_at"] - found["earliest_at"]).total_seconds() == 3600


def test_the_zone_of_the_mapping_counts_and_not_the_city_s(lab):
    mapping = with_(FACTS, timezone="America/Chicago")
    outcome = lab.run("table", csv("at,x,y", "2026-01-01T12:00:00,5,43"), mapping=mapping)

    assert outcome.records["facts"][0]["earliest_at"] == datetime(2026, 1, 1, 18, tzinfo=UTC)
    assert outcome.noticed == {}


def test_a_shape_keeps_its_form_and_gives_a_point_inside(lab):
    outcome = lab.sample("table", "valid/agenda.geojson")
    point, square = outcome.records["plans"]

    assert (point["lon"], point["lat"]) == (5.37, 43.29)
    shape = shapely.from_wkb(square["geometry"])
    assert shape.geom_type == "Polygon"
    assert shape.contains(shapely.Point(square["lon"], square["lat"]))
    assert dict(square["means"]) == {"agents": "12"}
    assert square["ends_at"] == datetime(2026, 6, 1, 21, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("wkt", "LINESTRING (5 43, 6 44)"),
        ("geojson", '{"type":"LineString","coordinates":[[5,43],[6,44]]}'),
    ],
)
def test_a_column_may_hold_a_shape(lab, form, text):
    mapping = {
        "source": "s", "kind": "plans",
        "columns": {"kind": {"value": "event.works"}, "starts_at": "a", "ends_at": "b",
                    "geometry": {"column": "g", "format": form}},
    }  # fmt: skip
    content = json.dumps({"a": "2026-01-01T00:00:00Z", "b": "2026-01-02T00:00:00Z", "g": text})
    outcome = lab.run("table", content.encode(), mapping=mapping | {"file": {"format": "jsonl"}})

    assert shapely.from_wkb(outcome.records["plans"][0]["geometry"]).geom_type == "LineString"
    bad = lab.run("table", content.replace("LINE", "LAIN").replace("Line", "Lain").encode(),
                  mapping=mapping | {"file": {"format": "jsonl"}})  # fmt: skip
    assert bad.rejected == {"bad_geometry": 1}


def test_numbers_are_scaled_and_shifted(lab):
    mapping = with_(
        FACTS, columns=FACTS["columns"] | {"quantity": {"column": "n", "scale": 0.5, "offset": 1}}
    )
    (found,) = lab.run(
        "table", csv("at,x,y,n", "2026-01-01T00:00:00Z,5,43,4"), mapping=mapping
    ).records["facts"]

    assert found["quantity"] == 3.0


@given(
    features=st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.text(max_size=5)), max_size=20
    ),
    indent=st.sampled_from([None, 1]),
)
def test_geojson_is_read_back_feature_by_feature(lab, features, indent):
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [x, y]},
                "properties": {"n": str(number), "t": text},
            }
            for number, (x, y, text) in enumerate(features)
        ],
    }
    mapping = {
        "source": "s", "kind": "places", "file": {"format": "geojson"},
        "columns": {"kind": {"value": "place.bar"}, "label": "n", "source_ref": "n"},
    }  # fmt: skip
    outcome = lab.run("table", json.dumps(collection, indent=indent).encode(), mapping=mapping)

    found = [(p["lon"], p["lat"]) for p in outcome.records.get("places", [])]
    assert found == [(x, y) for x, y, _ in features]
    assert outcome.rejected == {}


@pytest.mark.parametrize("kind", [{}, [], {"Feature": 1}, None, 3])
def test_a_type_that_is_no_text_makes_no_feature_of_a_document(lab, kind):
    mapping = {
        "source": "s", "kind": "places", "file": {"format": "geojson"},
        "columns": {"kind": {"value": "place.bar"}, "label": "n", "source_ref": "n"},
    }  # fmt: skip
    outcome = lab.run("table", json.dumps({"type": kind, "n": 1}).encode(), mapping=mapping)

    assert outcome.counts == {}
    assert outcome.rejected


# --- Real files: the mappings under examples/ ---------------------------------------------------


@pytest.fixture(scope="session")
def chicago(lab, shared_dir, repo_root):
    path = shared_dir / "data" / "chicago" / "crime_points_2016_2017.parquet"
    mapping = load_mapping(repo_root / "examples" / "chicago_crimes.toml")
    return lab.run("table", path.read_bytes(), path.name, mapping=mapping, rows=False)


@pytest.fixture(scope="session")
def montgomery(lab, shared_dir, repo_root):
    path = shared_dir / "data" / "montgomery_911" / "calls_2015-12_2016-06.parquet"
    mapping = load_mapping(repo_root / "examples" / "montgomery_911.toml")
    return lab.run("table", path.read_bytes(), path.name, mapping=mapping, rows=False)


def counts_of(values: pa.ChunkedArray) -> dict[str, int]:
    return {item["values"]: item["counts"] for item in pc.value_counts(values).to_pylist()}


def test_chicago_loses_nothing_and_its_916_duplicates_show(chicago):
    facts = chicago.table("facts")

    assert chicago.read == facts.num_rows == 321_877
    assert chicago.rejected == {}
    assert facts.num_rows - pc.count_distinct(facts["source_ref"]).as_py() == 916
    assert chicago.noticed == {"ambiguous_time": 70, "nonexistent_time": 17}


def test_chicago_s_kinds_are_those_of_its_readme(chicago):
    assert counts_of(chicago.table("facts")["kind"]) == {
        "offence.property.theft": 124_630,
        "offence.person.assault.battery": 99_389,
        "offence.property.damage": 59_886,
        "offence.person.assault.threat": 37_972,
    }


def test_chicago_s_hours_are_chicago_s(chicago, shared_dir):
    path = shared_dir / "data" / "chicago" / "crime_points_2016_2017.parquet"
    local = pc.min(pq.read_table(path, columns=["time"])["time"]).as_py()
    first = pc.min(chicago.table("facts")["earliest_at"]).as_py()

    assert (first.replace(tzinfo=None) - local).total_seconds() == 6 * 3600  # winter, UTC-6


def test_montgomery_loses_nothing(montgomery):
    facts = montgomery.table("facts")

    assert montgomery.read == facts.num_rows == 78_277
    assert montgomery.rejected == {}
    assert pc.count_distinct(facts["source_ref"]).as_py() == 78_277
    assert montgomery.noticed == {}


def test_montgomery_s_services_are_those_of_its_readme(montgomery):
    services = pc.map_lookup(
        montgomery.table("facts")["attributes"].combine_chunks(), "service", "first"
    )

    assert counts_of(services) == {"ems": 38_340, "traffic": 28_391, "fire": 11_546}


def test_titles_that_end_in_a_dash_have_the_kind_of_those_that_do_not(montgomery, shared_dir):
    path = shared_dir / "data" / "montgomery_911" / "calls_2015-12_2016-06.parquet"
    titles = pq.read_table(path, columns=["title"])["title"].to_pylist()
    kinds = dict(zip(titles, montgomery.table("facts")["kind"].to_pylist(), strict=True))

    assert len(kinds) == 109
    assert kinds["Traffic: VEHICLE FIRE -"] == kinds["Fire: VEHICLE FIRE"] == "rescue.fire.vehicle"


def test_points_outside_the_county_are_left_to_the_kit(montgomery):
    """The county's extent widened by 4 km, as ``examples/README.md`` proposes."""
    west, south, east, north = -75.78, 39.90, -74.96, 40.51
    facts = montgomery.table("facts")
    lon, lat = (facts[name].to_numpy() for name in ("lon", "lat"))

    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    assert int((~inside).sum()) == 18


def test_the_description_goes_to_the_narratives_alone(montgomery):
    assert len(montgomery.texts) == 78_277
    assert "Station" not in str(montgomery.table("facts").slice(0, 2_000).to_pylist())
