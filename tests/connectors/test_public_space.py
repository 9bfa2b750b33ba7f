"""What is peculiar to uses of public space: what a demonstration may tell, markets, footprints."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import EPOCH, MICROSECOND
from vigie.base.ids import record_id
from vigie.connectors.public_space import COLUMNS, DEMONSTRATION, TABLE
from vigie.model.contracts import PLAN_STATES
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import resolve_local

PARIS = ZoneInfo("Europe/Paris")
MARCH = {
    "reference": "M-1",
    "debut": "2026-12-05T14:00:00+01:00",
    "fin": "2026-12-05T17:00:00+01:00",
    "itineraire": "rue de Rome > place Castellane",
    "jauge": "800",
    "service": "Bureau de l'ordre public",
}
ALONE = {"options": {"nature": "manifestation"}}


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "public_space" / "cases.py"
    spec = importlib.util.spec_from_file_location("space_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(lab, *rows, **context):
    return lab.run("public_space", json.dumps(rows).encode(), "a.json", **context)


def plans(lab, *rows, **context):
    return told(lab, *rows, **context).records.get("plans", [])


def everything(outcome):
    """Return all that is kept or said of a payload, quarantine included, as one text."""
    said = str(outcome.records) + str(outcome.notices) + str(outcome.texts)
    said += str(
        [(reject.params, reject.raw.decode("utf-8", "replace")) for reject in outcome.rejects]
    )
    for chunk in outcome.chunks:
        said += str([chunk.raw(index) for index in range(chunk.table.num_rows)])
        said += str((chunk.address, chunk.place_name))
    return said


def at(*parts):
    return datetime(*parts, tzinfo=PARIS)


def test_a_demonstration_has_its_hours_its_size_its_route_and_a_title_of_ours(lab):
    (found,) = lab.sample("public_space", "valid/demonstrations.csv").records["plans"]

    assert (found["kind"], found["title"]) == ("event.demonstration", "Manifestation déclarée")
    assert (found["starts_at"], found["ends_at"]) == (at(2026, 12, 5, 14), at(2026, 12, 5, 17, 30))
    sizes = [found[f"attendance_{name}"] for name in ("low", "likely", "high")]
    assert sizes == [500.0, 800.0, 1200.0]
    assert dict(found["attributes"]) == {
        "service": "Bureau de l'ordre public",
        "route": "Vieux-Port > La Canebière > Place Castellane",
    }
    assert shapely.from_wkb(found["geometry"]).geom_type == "LineString"
    assert len(shapely.from_wkb(found["geometry"]).coords) == 3
    assert (found["means"], found["closes"], found["state"]) == (None, None, "declared")


def test_the_reference_of_a_demonstration_may_name_somebody_and_is_not_kept(lab):
    (found,) = plans(lab, MARCH | {"reference": "CGT-2026-3"}, **ALONE)

    assert found["source_ref"] == record_id("public_space", "CGT-2026-3")
    assert "CGT" not in str(found)


def test_what_was_never_declared_is_a_gathering(lab):
    found = lab.sample("public_space", "valid/demonstrations.geojson").records["plans"]

    assert [(row["kind"], row["state"], row["declared"]) for row in found] == [
        ("event.demonstration", "declared", True),
        ("event.demonstration", "cancelled", True),
        ("event.gathering", "declared", False),
    ]
    assert found[2]["title"] == "Rassemblement non déclaré"


def test_one_column_too_many_refuses_every_row_of_a_file_of_demonstrations(lab):
    outcome = lab.sample("public_space", "invalid/organiser_column.csv")

    assert [(reject.row, reject.code) for reject in outcome.rejects] == [
        (1, "forbidden_column"),
        (2, "forbidden_column"),
    ]
    assert {reject.params["column"] for reject in outcome.rejects} == {"organisateur"}
    assert "organisateur" in outcome.rejects[0].text("fr")


def test_the_reason_names_the_columns_but_not_one_that_is_a_name(lab):
    many = lab.sample("public_space", "invalid/many_columns.csv").rejects[0]
    named = lab.sample("public_space", "invalid/column_named_after_somebody.csv").rejects[0]

    assert many.params == {"column": "association, courriel, declarant, slogan, telephone"}
    assert named.params == {"column": "…"}


@pytest.mark.parametrize("name", sorted(COLUMNS.keys() - DEMONSTRATION))
def test_not_even_what_other_files_may_have_stands_beside_a_demonstration(lab, name):
    outcome = told(lab, MARCH | {name: "12"}, **ALONE)

    assert outcome.rejected == {"forbidden_column": 1}


def test_an_empty_column_without_name_forbids_nothing(lab, cases):
    outcome = lab.run(
        "public_space",
        cases.csv(cases.MARCH_HEAD + ";", cases.MARCH + ";"),
        **cases.MARCHES["context"],
    )

    assert outcome.counts == {"plans": 1}


names = st.one_of(
    st.sampled_from(sorted(TABLE["refused"]["personal"] + TABLE["refused"]["free_text"])),
    st.sampled_from(("Nom de l'organisateur", "n° tél", "Mot d'ordre", "organisation_syndicale")),
    st.from_regex(r"[a-z]{4,9}_[a-z]{4,9}", fullmatch=True),
)
secrets = st.from_regex(r"[A-Z][a-z]{6,9}zq [A-Z][a-z]{6,9}qz 06( [0-9]{2}){4}", fullmatch=True)


@given(name=names, secret=secrets, data=st.data())
def test_no_value_of_a_forbidden_column_is_ever_anywhere(lab, cases, name, secret, data):
    """Not in a record, a remark, a reason, nor in quarantine, whatever the form of the file.

    Requirement: DEM-1.
    """
    form = data.draw(st.sampled_from(("json", "csv", "geojson", "xlsx", "mixed")))
    row = {**MARCH, "nature": "manifestation", name: secret}
    if form == "json":
        content = json.dumps([MARCH | {"nature": "cortège"}, row]).encode()
    elif form == "mixed":
        order = {"reference": "AR-1", "nature": "arrêté", "debut": "2026-12-01"}
        content = json.dumps([order, row]).encode()
    elif form == "geojson":
        content = cases.features(cases.feature(cases.LINE, **row))
    elif form == "xlsx":
        content = cases.workbook(tuple(row), tuple(row.values()))
    else:
        content = cases.csv(";".join(row), ";".join(row.values()))

    outcome = lab.run("public_space", content)

    assert secret not in everything(outcome)
    assert "forbidden_column" in outcome.rejected
    refs = [plan["source_ref"] for plan in outcome.records.get("plans", [])]
    assert record_id("public_space", "M-1") not in refs or form == "json"


@given(column=st.sampled_from(sorted(DEMONSTRATION - {"geometrie"})), secret=secrets)
def test_what_is_hidden_in_a_permitted_column_reaches_no_record_and_no_reason(lab, column, secret):
    outcome = told(lab, MARCH | {column: f"M. {secret}"}, **ALONE)

    said = str(outcome.records) + str(outcome.notices)
    said += str([reject.params for reject in outcome.rejects])
    assert secret not in said
    assert secret.split()[0] not in said


def test_a_refused_demonstration_stays_refused_until_it_is_sent_again(lab):
    for sample in (
        "organiser_column.csv",
        "person_in_the_route.csv",
        "organiser_in_the_nature.csv",
    ):
        name = f"invalid/{sample}"
        for reject in lab.sample("public_space", name).rejects:
            again = lab.run("public_space", reject.raw, **lab.context("public_space", name))
            assert again.counts == {}


def test_a_visit_names_nobody(lab):
    (found,) = lab.sample("public_space", "invalid/visitor.csv").records["plans"]

    assert (found["kind"], found["title"]) == ("event.visit", "Visite officielle")


def test_an_order_works_and_a_shoot(lab):
    orders = lab.sample("public_space", "valid/orders.csv").records["plans"]
    assert [(row["kind"], row["state"]) for row in orders] == [
        ("event.decree.parking", "authorised"),
        ("event.decree.traffic", "authorised"),
        ("event.decree.prohibition", "cancelled"),
    ]
    assert orders[1]["starts_at"] == at(2026, 12, 5)
    assert orders[1]["ends_at"] == at(2026, 12, 7)  # both days whole
    assert orders[2]["ends_at"] == at(2026, 12, 7)
    visit, shoot = lab.sample("public_space", "valid/visits_and_shoots.json").records["plans"]
    assert (shoot["kind"], shoot["title"], shoot["lon"]) == ("event.film", "Tournage", 5.37)
    assert visit["state"] == "declared"


def test_buffers_closures_and_means_are_kept(lab):
    first, second = lab.sample("public_space", "valid/works_with_means.csv").records["plans"]

    assert (first["setup_s"], first["teardown_s"]) == (3_600, 1_800)
    assert first["closes"] == "voie:rue de Rome,stationnement,voie:cours Lieutaud"
    assert dict(first["means"]) == {"agents": "2", "barriers": "40", "diversions": "1"}
    assert shapely.from_wkb(first["geometry"]).geom_type == "LineString"
    assert second["setup_s"] == 18 * 3_600
    assert 5.38 <= second["lon"] <= 5.381


EVENT = {
    "reference": "EV-1",
    "nature": "Événement",
    "type": "Feu d'artifice",
    "nom": "Feu du Vieux-Port",
    "debut": "2026-12-31T22:00:00+01:00",
    "fin": "2026-12-31T23:00:00+01:00",
    "etat": "autorisé",
    "lieu": "Vieux-Port",
    "jauge_basse": 30_000,
    "jauge": 45_000,
    "jauge_haute": 60_000,
    "montage": 480,
    "fermetures": "quais",
    "agents": 100,
    "contact": "Ildefonse Brouillard",
}


def test_an_event_keeps_its_name_its_size_its_buffers_and_its_means(lab):
    venues = {"Vieux-Port": {"lon": 5.37, "lat": 43.295, "place_id": "p1", "capacity": 9}}
    outcome = told(lab, EVENT, options={"venues": venues})
    (plan,) = outcome.records["plans"]

    assert (plan["kind"], plan["title"]) == ("event.culture.fireworks", "Feu du Vieux-Port")
    sizes = [plan[f"attendance_{name}"] for name in ("low", "likely", "high")]
    assert sizes == [30_000, 45_000, 60_000]
    assert (plan["setup_s"], plan["closes"], plan["place_id"]) == (28_800, "quais", "p1")
    assert dict(plan["means"]) == {"agents": "100"}
    assert "Ildefonse" not in everything(outcome)


@pytest.mark.parametrize("sort", ["", "manifestation", "soutien"])
def test_an_event_that_does_not_say_which_is_refused(lab, sort):
    """It could be a demonstration under another name."""
    (reject,) = told(lab, EVENT | {"type": sort}).rejects

    assert (reject.code, reject.params["column"]) == ("unknown_code", "type")


def test_where_there_is_no_point_the_house_is_told_address_and_place(lab):
    outcome = told(lab, MARCH | {"lieu": "Préfecture"}, **ALONE)
    (chunk,) = outcome.chunks

    assert chunk.address.to_pylist() == ["rue de Rome"]
    assert chunk.place_name.to_pylist() == ["Préfecture"]


def test_a_regular_market_keeps_its_hours_and_knows_its_days_off(lab):
    found = lab.sample("public_space", "valid/markets.csv").records["plans"]

    assert {row["title"] for row in found} == {"Marché de la Plaine"}
    assert {row["starts_at"].astimezone(PARIS).strftime("%H:%M") for row in found} == {"07:00"}
    assert {row["ends_at"].astimezone(PARIS).strftime("%H:%M") for row in found} == {"13:30"}
    gone = [row["source_ref"] for row in found if row["state"] == "cancelled"]
    assert gone == ["MA-1/2026-11-10", "MA-1/2026-12-12"]
    assert found[-1]["source_ref"] == "MA-1/2026-12-31"


@given(
    year=st.integers(2025, 2027),
    month=st.sampled_from((3, 10)),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 1439),
    length=st.integers(1, 1439),
)
def test_a_market_over_both_clock_changes_is_what_counting_days_gives(
    lab, year, month, weekdays, opens, length
):
    """Independent of the connector: days are counted, hours read by ``vigie.model.times``."""
    french = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    shuts = (opens + length) % 1440
    row = {
        "reference": "MA-9",
        "nature": "marché",
        "jours": ", ".join(french[day] for day in weekdays),
        "heure_debut": f"{opens // 60}h{opens % 60:02}",
        "heure_fin": f"{shuts // 60:02}:{shuts % 60:02}",
        "periode_debut": f"15/{month:02}/{year}",
        "periode_fin": f"{year}-{month + 1:02}-10",
    }

    found = plans(lab, row, now=datetime(year, month, 10, tzinfo=UTC))

    day, expected = date(year, month, 15), []
    while day <= date(year, month + 1, 10):
        if day.weekday() in weekdays:
            start = datetime(day.year, day.month, day.day) + timedelta(minutes=opens)
            walls = [start, start + timedelta(minutes=length)]
            naive = [(wall - EPOCH.replace(tzinfo=None)) // MICROSECOND for wall in walls]
            us = resolve_local(np.array(naive, np.int64), "Europe/Paris").at_us.to_pylist()
            expected.append((f"MA-9/{day}", *us))
        day += timedelta(days=1)
    got = [
        (
            plan["source_ref"],
            (plan["starts_at"] - EPOCH) // MICROSECOND,
            (plan["ends_at"] - EPOCH) // MICROSECOND,
        )
        for plan in found
    ]
    assert got == expected


def test_a_later_state_wins_in_either_order(lab):
    found = lab.sample("public_space", "valid/amended_order.csv").records["plans"]

    assert {row["source_ref"] for row in found} == {"AR-12"}
    latest = max(found, key=lambda row: row["revision"])
    assert latest["state"] == "cancelled"


def test_a_row_that_could_not_be_cut_is_hidden_unless_the_feed_holds_no_demonstration(lab, cases):
    ragged = cases.csv(cases.HEAD, cases.GOOD_ORDER + ";Ildefonse;x")

    (hidden,) = lab.run("public_space", ragged).rejects
    (shown,) = lab.run("public_space", ragged, options={"nature": "arrêté"}).rejects

    assert b"Ildefonse" not in hidden.raw
    assert b"Ildefonse" in shown.raw


def test_every_word_of_the_table_means_something_that_exists():
    kinds = {kind for words in TABLE["kinds"].values() for kind in words.values()}
    assert [kind for kind in sorted(kinds) if kind not in TAXONOMY] == []
    assert TABLE["kinds"].keys() == TABLE["natures"].keys() == TABLE["default_state"].keys()
    states = {*TABLE["states"].values(), *TABLE["default_state"].values()}
    assert states <= {*PLAN_STATES, "undeclared"}
    assert {nature for one in COLUMNS.values() for nature in one.get("of", ())} <= set(
        TABLE["natures"]
    )
    refused = {*TABLE["refused"]["personal"], *TABLE["refused"]["free_text"]}
    aliases = {alias for name, one in COLUMNS.items() for alias in (name, *one.get("aliases", ()))}
    assert refused & aliases == set()


def test_the_law_lets_a_demonstration_have_hours_route_size_and_service_only():
    """Requirement: DEM-1."""

    record = {"reference", "nature", "etat", "maj"}
    hours, service = {"debut", "fin"}, {"service"}
    route = {"lieu", "adresse", "itineraire", "geometrie", "lon", "lat"}
    size = {"jauge_basse", "jauge", "jauge_haute"}

    assert record | hours | service | route | size == DEMONSTRATION
