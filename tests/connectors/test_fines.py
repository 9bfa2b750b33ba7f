"""What is peculiar to fines: offences by number and by words, no plate, no owner, no agent."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors import fines
from vigie.connectors.fines import FIELDS, KEYWORDS, MODES, NATINF, STATES, TYPES
from vigie.intake.messages.sheets import data_of
from vigie.model.contracts import DISCOVERERS, STATUSES
from vigie.model.taxonomy import TAXONOMY

NAME = "fines"
NAMES = data_of(NAME)["names"]
REFUSED = [field.name for field in FIELDS if field.privacy in {"personal", "agent"}]
LETTERS = st.sampled_from("ABCDEFGHJKLMNPQRSTVWXYZ")


def fine(lab, **values):
    row = {"numero": "PV-1", "date": "12/03/2026", "heure": "14:05", "infraction": "Feu rouge"}
    content = json.dumps([{k: v for k, v in (row | values).items() if v is not None}]).encode()
    return lab.run(NAME, content)


def fact(lab, **values):
    outcome = fine(lab, **values)
    assert outcome.rejected == {}
    return outcome.records["facts"][0]


def test_every_kind_state_and_mode_exists():
    kinds = {*NATINF.values(), *KEYWORDS.kinds, *TYPES.values()}

    assert [kind for kind in kinds if kind not in TAXONOMY] == []
    assert all(kind.startswith(("road.parking.", "road.offence.")) for kind in kinds)
    assert set(STATES.values()) <= set(STATUSES)
    assert set(MODES.values()) <= set(DISCOVERERS)


def test_no_heading_stands_for_two_fields():
    said = [
        fines._FORMAT.headings.field_of(other, {}) for names in NAMES.values() for other in names
    ]

    assert said == [name for name, names in NAMES.items() for _ in names]


@pytest.mark.parametrize(("number", "kind"), sorted(NATINF.items()))
def test_a_number_of_the_national_table_goes_before_the_words(lab, number, kind):
    assert fact(lab, natinf=f"NATINF {number.zfill(5)}")["kind"] == kind


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("STATIONNEMENT TRES GENANT D'UN VEHICULE SUR UN TROTTOIR", "road.parking.obstructive"),
        ("Arrêt ou stationnement dangereux", "road.parking.dangerous"),
        ("Stationnement abusif de plus de 7 jours", "road.parking.abusive"),
        ("Forfait post-stationnement", "road.parking.unpaid"),
        ("Excès de vitesse d'au moins 20 km/h", "road.offence.speeding"),
        ("Inobservation de l'arrêt imposé par un feu rouge", "road.offence.red_light"),
        ("Circulation de véhicule en sens interdit", "road.offence.wrong_way"),
        ("Usage d'un téléphone tenu en main", "road.offence.phone"),
        ("Circulation sur voie réservée aux bus", "road.offence.bus_lane"),
        ("Circulation d'EDPM sur le trottoir (trottinette)", "road.offence.micromobility"),
        ("Non port de la ceinture de sécurité", "road.offence.other"),
        ("Conduite sous l'empire d'un état alcoolique", "road.offence.impaired"),
    ],
)
def test_a_label_becomes_a_kind_by_its_words(lab, label, kind):
    assert fact(lab, infraction=label)["kind"] == kind


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"numero": None, "numero_fps": "1", "infraction": None}, "road.parking.unpaid"),
        ({"numero": None, "numero_fourriere": "1"}, "road.parking.impound"),
        ({"type": "FPS", "infraction": None}, "road.parking.unpaid"),
    ],
)
def test_a_document_that_names_no_offence_is_of_its_sort(lab, values, kind):
    assert fact(lab, **values)["kind"] == kind


def test_numbers_of_different_series_are_kept_apart(lab):
    references = {
        fact(lab, **({"numero": None} | {name: "1"}))["source_ref"]
        for name in ("numero", "numero_fps", "numero_fourriere")
    }

    assert len(references) == 3


def test_a_fine_is_an_instant_and_a_day_without_an_hour_is_the_whole_day(lab):
    assert fact(lab)["earliest_at"] == datetime(2026, 3, 12, 13, 5, tzinfo=UTC)
    assert fact(lab)["latest_at"] == datetime(2026, 3, 12, 13, 5, tzinfo=UTC)
    assert fact(lab, heure=None)["latest_at"] == datetime(2026, 3, 12, 22, 59, 59, 999999, UTC)


def test_what_is_kept_of_a_fine_is_its_place_its_offence_and_its_amount(lab):
    found = fact(lab, natinf="256", montant="1 135,50 €", zone="Centre", mode="Vidéoverbalisation")

    assert dict(found["attributes"]) == {"natinf": "256", "amount_eur": "1135.50", "zone": "Centre"}
    assert (found["discovered_by"], found["basis"]) == ("camera", "observed")


@pytest.mark.parametrize("heading", [other for name in REFUSED for other in (name, *NAMES[name])])
def test_whatever_names_a_person_or_a_vehicle_is_dropped(lab, heading):
    outcome = fine(lab, **{heading: "¤secret"})

    assert outcome.noticed == {"dropped_personal": 1}
    assert "¤secret" not in str(outcome.records) + str(outcome.notices)


@pytest.mark.parametrize("heading", ["Nom de jeune fille", "id_agent_2", "plaque_arriere", "Tel."])
def test_a_heading_that_nobody_listed_is_personal_by_its_words(lab, heading):
    assert fine(lab, **{heading: "x"}).noticed == {"dropped_personal": 1}


@given(
    letters=st.lists(LETTERS, min_size=4, max_size=4),
    digits=st.integers(0, 999),
    mark=st.sampled_from(("", "-", " ")),
    field=st.sampled_from(("numero", "voie", "zone", "infraction", "etat", "mode")),
    around=st.sampled_from(("{}", "devant {}", "({})")),
)
def test_a_plate_in_another_column_goes_nowhere(lab, letters, digits, mark, field, around):
    first, second = "".join(letters[:2]), "".join(letters[2:])
    plate = mark.join((first, f"{digits:03d}", second))
    outcome = fine(lab, **{field: around.format(plate)})

    said = f"{outcome.records}{outcome.notices}"
    said += str([reject.params for reject in outcome.rejects])
    said += str([chunk.address for chunk in outcome.chunks])
    assert plate not in said


@given(order=st.permutations((0, 1, 2)))
def test_the_last_change_wins_in_any_order(lab, order):
    told = [("émis", None), ("contesté", "2026-03-14"), ("payé", "2026-03-20 08:00")]
    found = [fact(lab, etat=told[i][0], maj=told[i][1]) for i in order]

    assert max(found, key=lambda one: one["revision"])["status"] == "closed"
    assert len({one["source_ref"] for one in found}) == 1


def test_no_feed_makes_a_plate_pass_under_another_name(lab):
    row = {"numero": "PV-1", "date": "2026-03-12", "infraction": "Feu rouge", "plaque": "¤secret"}
    options = {"columns": {"zone": "plaque", "numero": "plaque"}}
    outcome = lab.run(NAME, json.dumps([row]).encode(), options=options)

    assert outcome.noticed == {"dropped_personal": 1}
    assert "¤secret" not in str(outcome.records)
