"""What is peculiar to agendas: series and their exceptions, clock changes, states, persons."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import EPOCH, MICROSECOND
from vigie.connectors.agenda import CODES
from vigie.model.contracts import PLAN_STATES
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import resolve_local

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "agenda" / "cases.py"
    spec = importlib.util.spec_from_file_location("agenda_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plans(lab, content, name="sample.ics", **context):
    return lab.run("agenda", content, name, **context).records.get("plans", [])


def latest(rows):
    """Return what the lake keeps of rows: the highest revision of each reference."""
    kept = {}
    for row in rows:
        known = kept.get(row["source_ref"])
        if known is None or row["revision"] > known["revision"]:
            kept[row["source_ref"]] = row
    return {ref: (row["starts_at"], row["state"], row["title"]) for ref, row in kept.items()}


def at(*parts):
    return datetime(*parts, tzinfo=PARIS)


def test_an_event_becomes_a_plan(lab, cases):
    (found,) = plans(lab, cases.calendar(*cases.event()))

    assert found["source_ref"] == "concert-1"
    assert (found["kind"], found["title"]) == ("event.culture.concert", "Concert au Dôme")
    assert (found["starts_at"], found["ends_at"]) == (at(2026, 12, 4, 21), at(2026, 12, 4, 23, 30))
    assert (found["state"], found["declared"]) == ("declared", True)
    assert found["attendance_high"] is None


def test_the_place_is_left_to_the_house_and_a_known_venue_gives_its_capacity(lab, cases):
    content = cases.calendar(*cases.event())
    (chunk,) = lab.run("agenda", content, "a.ics").chunks
    assert chunk.place_name.to_pylist() == ["Le Dôme"]
    assert chunk.address.to_pylist() == ["Le Dôme, 48 avenue de Saint-Just, 13004"]

    venue = {"capacity": 8500, "lon": 5.4056, "lat": 43.3104, "place_id": "dome"}
    (found,) = plans(lab, content, options={"venues": {"le dome": venue}})

    assert (found["lon"], found["lat"], found["place_id"]) == (5.4056, 43.3104, "dome")
    assert (found["attendance_likely"], found["attendance_high"]) == (None, 8500.0)


def test_a_weekly_evening_stays_at_nine_through_the_clock_change(lab):
    found = lab.sample("agenda", "valid/weekly_over_the_clock_change.ics").records["plans"]

    assert [row["starts_at"] for row in found] == [
        at(2026, 10, 25, 21),
        at(2026, 11, 1, 21),
        at(2026, 11, 8, 21),
        at(2026, 11, 15, 21),
    ]
    assert {row["starts_at"].astimezone(PARIS).hour for row in found} == {21}
    assert found[0]["source_ref"] == "dimanches/20261025T200000Z"


@given(
    year=st.integers(2026, 2027),
    change=st.sampled_from(((3, 20), (10, 16))),
    shift=st.integers(0, 6),
    minutes=st.integers(0, 1439),
    weeks=st.integers(1, 6),
    hours=st.integers(1, 12),
)
def test_a_series_over_a_clock_change_is_what_local_arithmetic_gives(
    lab, year, change, shift, minutes, weeks, hours
):
    """Independent of the connector: dates are added, then read by ``vigie.model.times``."""
    first = datetime(year, *change) + timedelta(days=shift, minutes=minutes)
    content = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n"
        f"DTSTART;TZID=Europe/Paris:{first:%Y%m%dT%H%M%S}\r\nDURATION:PT{hours}H\r\n"
        f"RRULE:FREQ=WEEKLY;COUNT={weeks}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()
    now = datetime(year, change[0], 1, tzinfo=UTC)

    found = plans(lab, content, now=now)

    walls = [first + timedelta(weeks=week) for week in range(weeks)]
    naive = np.array([(w - EPOCH.replace(tzinfo=None)) // MICROSECOND for w in walls], np.int64)
    expected = resolve_local(naive, "Europe/Paris").at_us.to_pylist()
    got = [(row["starts_at"] - EPOCH) // MICROSECOND for row in found]
    assert got == sorted(expected)
    assert {row["ends_at"] - row["starts_at"] for row in found} == {timedelta(hours=hours)}


def test_a_whole_day_is_that_of_the_city_however_long(lab, cases):
    lines = cases.event(
        DTSTART=";VALUE=DATE:20261025", DTEND=";VALUE=DATE:20261026", SUMMARY=":Vide-grenier"
    )
    (found,) = plans(lab, cases.calendar(*lines))

    assert found["starts_at"] == at(2026, 10, 25)
    assert found["ends_at"] - found["starts_at"] == timedelta(hours=25)


def test_floating_time_is_city_time(lab, cases):
    lines = cases.event(DTSTART=":20261220T180000", DTEND=":20261220T190000")

    (here,) = plans(lab, cases.calendar(*lines))
    (there,) = plans(lab, cases.calendar(*lines), timezone="Indian/Reunion")

    assert here["starts_at"] == at(2026, 12, 20, 18)
    assert here["starts_at"] - there["starts_at"] == timedelta(hours=3)


def test_an_occurrence_keeps_its_reference_when_it_moves_or_is_called_off(lab):
    found = lab.sample("agenda", "valid/series_with_exceptions.ics").records["plans"]
    by_ref = {row["source_ref"]: row for row in found}

    moved = by_ref["serie/20261115T200000Z"]
    assert (moved["starts_at"], moved["title"]) == (at(2026, 11, 16, 20), "Concert déplacé")
    assert by_ref["serie/20261108T200000Z"]["state"] == "cancelled"  # an EXDATE
    assert by_ref["serie/20261122T200000Z"]["state"] == "cancelled"
    assert by_ref["serie/20261025T200000Z"]["state"] == "declared"


def test_amendments_give_the_same_state_in_any_order(lab, cases):
    series = cases.event("s", **cases.SUNDAYS, RRULE=":FREQ=WEEKLY;COUNT=8")
    moved = cases.event(
        "s",
        DTSTART=":20261117T190000Z",
        DTEND=":20261117T200000Z",
        RECURRENCE__ID=":20261115T200000Z",
        DTSTAMP=":20261102T080000Z",
    )
    gone = cases.event(
        "s",
        **cases.SUNDAYS,
        RRULE=":FREQ=WEEKLY;COUNT=8",
        EXDATE=":20261108T200000Z",
        SEQUENCE=":1",
    )
    messages = [
        plans(lab, cases.calendar(*series)),
        plans(lab, cases.calendar(*moved)),
        plans(lab, cases.calendar(*gone, *moved)),
        plans(lab, cases.calendar(*series)),
    ]
    states = {
        tuple(sorted(latest(itertools.chain(*order)).items()))
        for order in itertools.permutations(messages)
    }

    assert len(states) == 1
    final = dict(states.pop())
    assert final["s/20261108T200000Z"][1] == "cancelled"
    assert final["s/20261115T200000Z"][0] == at(2026, 11, 17, 20)
    assert len(final) == 5


def test_a_sequence_outdoes_a_later_date_and_a_date_an_earlier_one(lab, cases):
    def revision(**changes):
        (row,) = plans(lab, cases.calendar(*cases.event(**changes)))
        return row["revision"]

    older = revision(LAST__MODIFIED=":20261101T080000Z")
    newer = revision(LAST__MODIFIED=":20261101T080001Z")
    assert older < newer < revision(SEQUENCE=":1", LAST__MODIFIED=":20261001T000000Z")
    assert revision(LAST__MODIFIED=":20991231T000000Z") == revision(
        LAST__MODIFIED=f":{lab.now:%Y%m%dT%H%M%SZ}"
    )


def test_a_date_without_hour_excludes_the_occurrence_of_that_day(lab, cases):
    lines = cases.event(
        "s", **cases.SUNDAYS, RRULE=":FREQ=WEEKLY;COUNT=8", EXDATE=";VALUE=DATE:20261108"
    )
    found = plans(lab, cases.calendar(*lines))

    gone = [row["starts_at"] for row in found if row["state"] == "cancelled"]
    assert gone == [at(2026, 11, 8, 21)]


def test_an_exclusion_rule_calls_off_what_it_meets(lab, cases):
    lines = cases.event(
        "s",
        **cases.SUNDAYS,
        RRULE=":FREQ=WEEKLY;COUNT=8",
        EXRULE=":FREQ=WEEKLY;INTERVAL=2;COUNT=8",
    )
    found = plans(lab, cases.calendar(*lines))

    assert [row["state"] for row in found] == [
        "declared",
        "cancelled",
        "declared",
        "cancelled",
        "declared",
    ]


def test_the_horizon_is_an_option_and_counted_from_receipt(lab, cases):
    content = cases.calendar(
        *cases.event("d", DTSTART=":20200101T080000Z", DTEND=None, RRULE=":FREQ=DAILY")
    )

    assert len(plans(lab, content)) == 30 + 400
    near = plans(lab, content, options={"horizon_days": 2, "past_days": 1})
    assert [row["starts_at"].astimezone(UTC).date() for row in near] == [
        date(2026, 11, 23),
        date(2026, 11, 24),
        date(2026, 11, 25),
    ]


def test_a_calendar_that_cancels_cancels_all_of_it(lab):
    (found,) = lab.sample("agenda", "valid/cancelled_calendar.ics").records["plans"]

    assert found["state"] == "cancelled"


def test_zones_by_windows_name_by_definition_and_by_path(lab):
    rows = lab.sample("agenda", "valid/zones.ics").records["plans"]
    found = {row["source_ref"]: row["starts_at"] for row in rows}

    assert found == {
        "windows": at(2026, 12, 4, 21),
        "propre": at(2026, 7, 4, 21),
        "chemin": at(2026, 12, 4, 21),
        "utc": at(2026, 12, 4, 21),
    }


def test_an_unknown_zone_is_read_once_the_options_say_what_it_is(lab, cases):
    lines = cases.event(DTSTART=";TZID=Heure de Lune:20261204T210000", DTEND=None)
    content = cases.calendar(*lines)

    (reject,) = lab.run("agenda", content).rejects
    (found,) = plans(lab, reject.raw, options={"timezones": {"Heure de Lune": "Indian/Reunion"}})

    assert reject.code == "unknown_code"
    assert found["starts_at"] == datetime(2026, 12, 4, 17, tzinfo=UTC)


def test_openagenda_gives_a_plan_for_each_timing(lab):
    outcome = lab.sample("agenda", "valid/openagenda.json")
    first, second = outcome.records["plans"]

    assert first["source_ref"] == "41258963/20261205T193000Z"
    assert (first["kind"], first["title"]) == ("event.culture.show", "Le cirque des marées")
    assert (first["starts_at"], second["starts_at"]) == (
        at(2026, 12, 5, 20, 30),
        at(2026, 12, 6, 16),
    )
    assert (first["lon"], first["lat"]) == (5.3925, 43.2716)
    assert dict(first["attributes"]) == {
        "status": "scheduled",
        "insee": "13208",
        "venue_ref": "7755",
    }
    (chunk,) = outcome.chunks
    assert chunk.place_name.to_pylist() == ["Chapiteau du Prado"] * 2
    assert chunk.address.to_pylist() == ["Rond-point du Prado, 13008, Marseille"] * 2


def test_openagenda_says_what_becomes_of_an_event(lab):
    found = lab.sample("agenda", "valid/openagenda_states.json").records["plans"]
    states = {
        row["source_ref"].partition("/")[0]: (row["state"], dict(row["attributes"])["status"])
        for row in found
    }

    assert states == {
        "1": ("declared", "full"),
        "2": ("cancelled", "cancelled"),
        "3": ("cancelled", "cancelled"),
        "4": ("cancelled", "postponed"),
        "5": ("draft", "scheduled"),
        "6": ("cancelled", "scheduled"),
        "7": ("declared", "rescheduled"),
        "8": ("cancelled", "moved_online"),
    }


def test_openagenda_takes_a_title_in_another_language(lab):
    found = lab.sample("agenda", "valid/openagenda_list.json").records["plans"]

    assert {(row["title"], row["kind"]) for row in found} == {("Night market", "event.market")}


def test_a_later_answer_of_openagenda_amends_an_earlier_one(lab, cases):
    def told(**changes):
        return plans(lab, cases.agenda(cases.circus(**changes)), "a.json")

    first, second = told(), told(status=6, updatedAt="2026-11-11T00:00:00Z")

    for rows in (first + second, second + first, second + first + second):
        assert {state for _, state, _ in latest(rows).values()} == {"cancelled"}


@given(
    who=st.from_regex(r"[A-Z][a-z]{5,9} [A-Z][a-z]{5,9}", fullmatch=True),
    phone=st.from_regex(r"0[1-9]( [0-9]{2}){4}", fullmatch=True),
    name=st.sampled_from(("ORGANIZER", "ATTENDEE", "CONTACT", "COMMENT", "DESCRIPTION")),
    parameter=st.booleans(),
)
def test_no_person_of_an_event_is_ever_kept(lab, cases, who, phone, name, parameter):
    value = (
        f';CN="{who}":mailto:{who.replace(" ", ".")}@exemple.invalid'
        if parameter
        else f":{who} {phone}"
    )
    outcome = lab.run("agenda", cases.calendar(*cases.event(**{name: value})))

    said = str(outcome.records) + str(outcome.notices) + str(outcome.rejects)
    said += str([chunk.raw(0) for chunk in outcome.chunks if chunk.table.num_rows])
    assert who not in said
    assert phone not in said
    assert outcome.noticed == {"dropped_personal": 1}


def test_every_code_of_the_table_exists():
    states = {*CODES["ical_status"].values(), *CODES["openagenda_state"].values()} - {""}
    states |= {one["state"] for one in CODES["openagenda_status"].values()}

    assert states <= set(PLAN_STATES)
    assert set(CODES["openagenda_words"].values()) <= CODES["openagenda_status"].keys()
    assert [kind for kind in CODES["words"] if kind not in TAXONOMY] == []
    assert all(kind.startswith("event.") for kind in CODES["words"])
    text = files("vigie.connectors").joinpath("agenda.toml").read_text("utf-8")
    assert tomllib.loads(text) == CODES


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("OM - PSG, match de Ligue 1", "event.sport.match"),
        ("Semi-marathon de la ville", "event.sport.race"),
        ("Marché de Noël", "event.market.christmas"),
        ("Grande brocante", "event.market.flea"),
        ("Marché des producteurs", "event.market"),
        ("Feu d'artifice du 14 juillet", "event.culture.fireworks"),
        ("Fête de quartier", "event.festivity.neighbourhood"),
        ("Street party", "event.festivity.neighbourhood"),
        ("Exhibition opening", "event.culture.exhibition"),
        ("Réunion", "event.other"),
    ],
)
def test_words_of_titles_tell_kinds(lab, cases, title, kind):
    (found,) = plans(lab, cases.calendar(*cases.event(SUMMARY=f":{title}")))

    assert found["kind"] == kind


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Manif du collectif des Marronniers", "Manifestation déclarée"),
        ("Marche pour le climat", "Manifestation déclarée"),
        ("Grève des éboueurs", "Grève"),
        ("Visite officielle de Son Excellence", "Visite officielle"),
    ],
)
def test_an_agenda_tells_no_cause_and_no_guest_either(lab, cases, title, shown):
    (found,) = plans(lab, cases.calendar(*cases.event(SUMMARY=f":{title}")))

    assert found["title"] == shown
