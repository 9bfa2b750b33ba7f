"""What is peculiar to works and orders: what is closed, to whom, when, where, by which version."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.checks import check
from vigie.model.taxonomy import TAXONOMY

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CITY = (5.2, 43.1, 5.6, 43.5)
PUBLIC = Path(__file__).parent / "public" / "roadworks.toml"


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "roadworks" / "cases.py"
    spec = importlib.util.spec_from_file_location("roadworks_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plan_of(outcome):
    (plan,) = outcome.records["plans"]
    return plan


def test_an_order_is_a_plan_with_its_number_time_and_ground(lab):
    plan = plan_of(lab.sample("roadworks", "valid/order.xml"))

    assert plan["kind"] == "event.decree.traffic"
    assert plan["title"] == "Arrêté T-2026-101"
    assert plan["starts_at"] == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert plan["ends_at"] == datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert plan["state"] == "authorised"
    assert plan["closes"] == "circulation"
    assert dict(plan["attributes"]) == {
        "authority": "Ville de Port-Salin",
        "reason": "roadworks",
        "status": "madeAndImplemented",
    }
    line = shapely.from_wkb(plan["geometry"])
    assert line.equals(shapely.LineString([(5.3699, 43.2961), (5.3781, 43.2972)]))


def test_parking_alone_is_a_parking_order_and_with_traffic_a_traffic_order(lab):
    parking, both = lab.sample("roadworks", "valid/parking.xml").records["plans"]

    assert (parking["kind"], parking["closes"]) == ("event.decree.parking", "stationnement")
    assert (both["kind"], both["closes"]) == ("event.decree.traffic", "stationnement,circulation")
    assert both["revision"] == 4


def test_what_is_closed_says_to_which_vehicles_and_who_is_spared(lab):
    plan = plan_of(lab.sample("roadworks", "valid/lorries.xml"))

    assert plan["closes"] == "circulation:lorry,circulation:sauf.emergencyServices"


def test_a_speed_limit_closes_nothing(lab, cases):
    types = '<typeOfRegulation xsi:type="SpeedLimit"><maxValue>30</maxValue></typeOfRegulation>'
    plan = plan_of(lab.run("roadworks", cases.orders(cases.order("T-1", cases.regulation(types)))))

    assert (plan["kind"], plan["closes"]) == ("event.decree.traffic", None)


def test_an_area_keeps_its_hole(lab):
    area = shapely.from_wkb(plan_of(lab.sample("roadworks", "valid/area.xml"))["geometry"])

    assert area.contains(shapely.Point(5.363, 43.292))
    assert not area.contains(shapely.Point(5.368, 43.295))


@pytest.mark.parametrize("system", ["CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_a_line_that_puts_the_longitude_first_says_so(lab, cases, system):
    shape = (
        f'<loc:gmlLineString srsName="{system}"><loc:posList>5.3699 43.2961 5.3781 43.2972'
        "</loc:posList></loc:gmlLineString>"
    )
    told = cases.regulation(cases.NO_ENTRY, cases.validity(), cases.location(shape))
    found = plan_of(lab.run("roadworks", cases.orders(cases.order("T-2026-101", told))))
    usual = plan_of(lab.sample("roadworks", "valid/order.xml"))

    assert found["geometry"] == usual["geometry"]


def test_a_line_whose_numbers_are_swapped_is_refused_by_the_kit(lab, cases):
    swapped = cases.LINE.replace("43.2961 5.3699 43.2972 5.3781", "5.3699 43.2961 5.3781 43.2972")
    told = cases.regulation(cases.NO_ENTRY, cases.validity(), cases.location(swapped))
    table = lab.run("roadworks", cases.orders(cases.order("T-1", told))).table("plans")
    verdicts = check("plans", table, np.array([1]), received_at=NOW, bbox=CITY)

    assert [refused.code for refused in verdicts.refused] == ["swapped_coordinates"]


def test_an_order_holds_from_its_first_start_to_its_last_end(lab, cases):
    later = cases.SPAN.replace("2026-11-24", "2026-11-26").replace("2026-11-27", "2026-12-02")
    told = [
        cases.regulation(cases.NO_ENTRY, cases.validity(span), cases.location())
        for span in (later, cases.SPAN)
    ]
    plan = plan_of(lab.run("roadworks", cases.orders(cases.order("T-1", *told))))

    assert plan["starts_at"] == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert plan["ends_at"] == datetime(2026, 12, 2, 17, 0, tzinfo=UTC)


def test_the_withdrawal_of_an_order_wins_in_any_order_of_arrival(lab):
    outcomes = [lab.sample("roadworks", f"valid/{name}.xml") for name in ("order", "withdrawn")]
    for arrival in itertools.permutations(outcomes):
        plans = [plan_of(one) for one in arrival]
        assert len({plan["source_ref"] for plan in plans}) == 1
        assert max(plans, key=lambda plan: plan["revision"])["state"] == "cancelled"


def test_a_persons_name_is_neither_authority_nor_title(lab):
    plan = plan_of(lab.sample("roadworks", "invalid/named_authority.xml"))

    assert plan["title"] == TAXONOMY.get("event.decree.traffic").fr
    assert "authority" not in dict(plan["attributes"])


@pytest.mark.parametrize(
    ("authority", "kept"),
    [
        ("Commune de Savenay", True),
        ("Métropole Aix-Marseille-Provence", True),
        ("Direction de la voirie", True),
        ("M. Dupont, adjoint au maire", False),
        ("Ville de Port-Salin, Mme Durand", False),
        ("Mairie Monsieur Martin", False),
        ("Jean Martin", False),
    ],
)
def test_an_authority_is_kept_where_it_is_a_service(lab, cases, authority, kept):
    plan = plan_of(lab.run("roadworks", cases.orders(cases.order(authority=authority))))

    assert dict(plan["attributes"]).get("authority") == (authority if kept else None)


def test_works_are_plans_and_a_closed_road_says_so(lab):
    plans = {
        p["source_ref"]: p for p in lab.sample("roadworks", "valid/works.xml").records["plans"]
    }

    assert [plan["kind"] for plan in plans.values()] == [
        "event.works",
        "event.works",
        "event.decree.traffic",
    ]
    assert plans["record/R3"]["closes"] == "circulation"
    assert (plans["record/R1"]["lon"], plans["record/R1"]["lat"]) == (5.3811, 43.2965)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "authorised"),
        ({"status": "suspended"}, "cancelled"),
        (
            {
                "more": "<sit:management><sit:lifeCycleManagement><sit:cancel>true</sit:cancel>"
                "</sit:lifeCycleManagement></sit:management>"
            },
            "cancelled",
        ),
    ],
)
def test_works_that_are_suspended_or_cancelled_are_cancelled(lab, cases, changes, state):
    assert (
        plan_of(lab.run("roadworks", cases.situations(cases.record(**changes))))["state"] == state
    )


def test_an_accident_is_a_fact_with_its_type(lab):
    (fact,) = lab.sample("roadworks", "valid/accident.xml").records["facts"]

    assert (fact["kind"], fact["severity"], fact["status"]) == ("road.accident", 4, "in_progress")
    assert fact["earliest_at"] == fact["latest_at"] == datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
    assert dict(fact["attributes"]) == {"type": "Accident", "accidentType": "multivehicleAccident"}


def test_a_comment_on_what_happened_is_a_narrative_and_nothing_else(lab, cases):
    said = "Deux voitures, la chaussée est encombrée"
    more = (
        "<sit:generalPublicComment><sit:comment><com:values><com:value>"
        f"{said}</com:value></com:values></sit:comment></sit:generalPublicComment>"
    )
    outcome = lab.run(
        "roadworks", cases.situations(cases.record("Accident", span=cases.HAPPENED, more=more))
    )

    assert outcome.texts == [said]
    assert said not in str(outcome.records)


def test_a_place_without_coordinates_is_left_to_the_geocoder(lab, cases):
    shape = (
        "<loc:supplementaryPositionalDescription><loc:roadInformation><loc:roadName><com:values>"
        "<com:value>Rue de la Grange</com:value></com:values></loc:roadName></loc:roadInformation>"
        "</loc:supplementaryPositionalDescription>"
    )
    outcome = lab.run("roadworks", cases.situations(cases.record(shape=shape)))
    (chunk,) = outcome.chunks

    assert plan_of(outcome)["geometry"] is None
    assert chunk.address.to_pylist() == ["Rue de la Grange"]


def test_a_closure_is_read_from_french_names(lab):
    first, second = lab.sample("roadworks", "valid/closures.geojson").records["plans"]

    assert (first["kind"], second["kind"]) == ("event.works", "event.works.network")
    assert first["state"] == "authorised"
    assert first["starts_at"] == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # midnight of the city
    assert first["ends_at"] == datetime(2026, 11, 27, 23, 0, tzinfo=UTC)  # the last day is whole


def test_a_closure_is_read_from_english_names(lab):
    plan = plan_of(lab.sample("roadworks", "valid/english.geojson"))

    assert plan["source_ref"] == "feature/17"
    assert plan["revision"] == 3
    assert (plan["kind"], plan["state"], plan["closes"]) == (
        "event.decree.traffic",
        "declared",
        "circulation",
    )


def test_a_feature_that_names_no_kind_takes_that_of_the_feed(lab, cases):
    content = cases.collection(cases.feature(Type=...))

    assert plan_of(lab.run("roadworks", content))["kind"] == "event.decree.traffic"
    assert plan_of(lab.run("roadworks", content, options={"kind": "event.works"}))["kind"] == (
        "event.works"
    )


@given(
    points=st.lists(
        st.tuples(st.integers(5_200, 5_600), st.integers(43_100, 43_500)), min_size=2, max_size=8
    )
)
def test_datex_and_geojson_of_the_same_line_have_the_same_footprint(lab, cases, points):
    pairs = [(lon / 1_000, lat / 1_000) for lon, lat in points]
    listed = " ".join(f"{lat} {lon}" for lon, lat in pairs)
    shape = f"<loc:gmlLineString><loc:posList>{listed}</loc:posList></loc:gmlLineString>"
    told = cases.regulation(cases.NO_ENTRY, cases.validity(), cases.location(shape))
    datex = plan_of(lab.run("roadworks", cases.orders(cases.order("T-1", told))))
    geometry = {"type": "LineString", "coordinates": pairs}
    geojson = plan_of(lab.run("roadworks", cases.collection(cases.feature(geometry=geometry))))
    left, right = (shapely.from_wkb(one["geometry"]) for one in (datex, geojson))

    assert left.hausdorff_distance(right) < 1e-9


@given(start=st.integers(0, 60 * 24 * 700), minutes=st.integers(0, 60 * 24 * 400))
def test_any_interval_is_kept_to_the_minute(lab, cases, start, minutes):
    starts = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    ends = starts + timedelta(minutes=minutes)
    span = (
        f"<com:overallStartTime>{starts.isoformat()}</com:overallStartTime>"
        f"<com:overallEndTime>{ends.isoformat()}</com:overallEndTime>"
    )
    plan = plan_of(lab.run("roadworks", cases.situations(cases.record(span=span))))

    assert (plan["starts_at"], plan["ends_at"]) == (starts, ends)


@pytest.mark.parametrize(
    "sample", ["valid/order.xml", "valid/works.xml", "valid/accident.xml", "valid/closures.geojson"]
)
def test_the_kit_takes_the_records(lab, sample):
    outcome = lab.sample("roadworks", sample)
    for kind in outcome.counts:
        table = outcome.table(kind)
        verdicts = check(kind, table, np.arange(table.num_rows), received_at=NOW, bbox=CITY)
        assert verdicts.good.all()
        assert verdicts.notices == []


def test_every_kind_of_the_tables_is_in_the_tree(lab):
    tables = importlib.import_module("vigie.connectors.roadworks")._TABLES
    kinds = {one["kind"] for name in ("regulations", "situations") for one in tables[name].values()}

    assert [kind for kind in kinds | set(tables["kind_words"]) if kind not in TAXONOMY] == []


def test_the_shared_publications_give_what_is_listed(lab, shared_dir):
    listed = tomllib.loads(PUBLIC.read_text("utf-8"))
    root = shared_dir / "data" / "messages"
    found = {}
    for path in sorted((root / "datex2").iterdir()):
        outcome = lab.run("roadworks", path.read_bytes())
        told = "records" if outcome.counts else "refused" if outcome.rejected else "not_used"
        found[path.relative_to(root).as_posix()] = (told, outcome.counts)

    assert found == {name: (one["outcome"], one.get("records", {})) for name, one in listed.items()}
    assert all(one["reason"] for one in listed.values())


def test_the_shared_order_is_read_to_the_letter(lab, shared_dir):
    path = shared_dir / "data" / "messages" / "datex2" / "example.xml"
    outcome = lab.run("roadworks", path.read_bytes())
    plan = plan_of(outcome)

    assert plan["closes"] == "circulation:cityLogistics,circulation:sauf.length.lessThan.12"
    assert shapely.from_wkb(plan["geometry"]).length > 0
    assert plan["ends_at"] - plan["starts_at"] == timedelta(days=31, hours=7, minutes=30)
    assert outcome.noticed == {"not_used": 1}  # weekends and public holidays are spared
