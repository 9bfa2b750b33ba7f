"""What is peculiar to the police log: intervals, states, amendments, identities."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors import main_courante
from vigie.connectors.main_courante import KINDS, ORIGINS, STATES
from vigie.intake.connector import CHUNK_ROWS
from vigie.model.taxonomy import TAXONOMY

HEADER = [field.name for field in main_courante.FIELDS]


def entry(**values: str) -> bytes:
    row = {"NUMERO": "1", "DATE_DEBUT": "12/03/2026", "HEURE_DEBUT": "14:05", "CODE_NATURE": "TN"}
    row |= values
    return (";".join(HEADER) + "\n" + ";".join(row.get(n, "") for n in HEADER) + "\n").encode()


def fact(lab, **values: str):
    outcome = lab.run("main_courante", entry(**values))
    assert outcome.rejected == {}
    return outcome.records["facts"][0]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_code_is_a_kind_of_the_taxonomy(code):
    assert KINDS[code] in TAXONOMY


@pytest.mark.parametrize(("code", "kind"), sorted(KINDS.items()))
def test_a_code_becomes_its_kind_whatever_its_case(lab, code, kind):
    assert fact(lab, CODE_NATURE=code.lower())["kind"] == kind


def test_an_entry_with_an_hour_and_no_end_is_an_instant(lab):
    found = fact(lab)

    assert found["earliest_at"] == found["latest_at"] == datetime(2026, 3, 12, 13, 5, tzinfo=UTC)


def test_an_entry_without_an_hour_is_the_whole_local_day(lab):
    found = fact(lab, HEURE_DEBUT="")

    assert found["earliest_at"] == datetime(2026, 3, 11, 23, 0, tzinfo=UTC)
    assert found["latest_at"] == datetime(2026, 3, 12, 22, 59, 59, 999999, tzinfo=UTC)


def test_an_entry_with_an_end_is_an_interval(lab):
    found = fact(lab, DATE_FIN="13/03/2026", HEURE_FIN="07:30:15")

    assert found["latest_at"] == datetime(2026, 3, 13, 6, 30, 15, tzinfo=UTC)


def test_an_end_without_an_hour_is_the_end_of_that_day(lab):
    found = fact(lab, DATE_FIN="13/03/2026")

    assert found["latest_at"] == datetime(2026, 3, 13, 22, 59, 59, 999999, tzinfo=UTC)


def test_an_hour_of_end_without_a_day_is_of_the_same_day(lab):
    assert fact(lab, HEURE_FIN="15:00")["latest_at"] == datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


def test_an_ambiguous_hour_covers_both_readings(lab):
    outcome = lab.run("main_courante", entry(DATE_DEBUT="25/10/2026", HEURE_DEBUT="02:30"))
    found = outcome.records["facts"][0]

    assert found["earliest_at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found["latest_at"] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert outcome.noticed == {"ambiguous_time": 1}


def test_an_hour_that_does_not_exist_is_moved_forward_and_said(lab):
    outcome = lab.run("main_courante", entry(DATE_DEBUT="29/03/2026", HEURE_DEBUT="02:30"))

    assert outcome.records["facts"][0]["earliest_at"] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert outcome.noticed == {"nonexistent_time": 1}


@pytest.mark.parametrize(("state", "status"), [*STATES.items(), ("", None)])
def test_a_state_is_a_status(lab, state, status):
    assert fact(lab, ETAT=state)["status"] == status


@pytest.mark.parametrize(("origin", "discovered_by"), ORIGINS.items())
def test_an_origin_says_who_discovered_and_on_which_basis(lab, origin, discovered_by):
    found = fact(lab, ORIGINE=origin)

    assert found["discovered_by"] == discovered_by
    assert found["basis"] == ("reported" if discovered_by in {"public", "partner"} else "observed")


def test_a_later_change_has_a_higher_revision(lab):
    earlier, later = (
        fact(lab, MAJ=text)["revision"] for text in ("12/03/2026 14:31:00", "12/03/2026 14:31:01")
    )

    assert later - earlier == 1_000_000
    assert fact(lab)["revision"] == 0


def test_a_day_of_typing_without_an_hour_is_not_an_instant(lab):
    assert fact(lab, DATE_SAISIE="12/03/2026")["reported_at"] is None
    assert fact(lab, DATE_SAISIE="12/03/2026", HEURE_SAISIE="15:00")["reported_at"] is not None


@pytest.mark.parametrize("district", ["13006", "6", "6e", "06", "6ème"])
def test_the_address_bears_the_postcode_of_its_district(lab, district):
    outcome = lab.run("main_courante", entry(ADRESSE="12 rue de Rome", ARRONDISSEMENT=district))

    assert outcome.chunks[0].address.to_pylist() == ["12 rue de Rome, 13006"]


def test_a_district_alone_is_no_address(lab):
    outcome = lab.run("main_courante", entry(ARRONDISSEMENT="13006", LIEU="Vieux-Port"))

    assert outcome.chunks[0].address.to_pylist() == [None]
    assert outcome.chunks[0].place_name.to_pylist() == ["Vieux-Port"]


def test_free_text_goes_to_the_narratives_alone(lab):
    outcome = lab.run("main_courante", entry(OBSERVATIONS="Texte tout à fait libre"))

    assert outcome.texts == ["Texte tout à fait libre"]
    assert "libre" not in str(outcome.records)


def test_an_outcome_outside_the_list_does_not_pass(lab):
    """The column is typed by hand in some towns: names stand there."""
    outcome = lab.run("main_courante", entry(SUITE="remis à M. Untel"))

    assert "outcome" not in dict(outcome.records["facts"][0]["attributes"])
    assert outcome.noticed == {"unknown_code": 1}
    assert dict(fact(lab, SUITE="Mise en fuite")["attributes"])["outcome"] == "MISE EN FUITE"


def test_columns_may_come_in_another_order_and_case(lab):
    outcome = lab.run("main_courante", b"code_nature;date_debut;numero\nTN;12/03/2026;7\n")

    assert outcome.records["facts"][0]["source_ref"] == "7"


def test_a_large_export_comes_in_chunks_and_loses_nothing(lab):
    count = CHUNK_ROWS + 10
    header, line = entry().decode().splitlines()
    rows = [f"{number};{line.split(';', 1)[1]}" for number in range(count)]
    outcome = lab.run("main_courante", "\n".join([header, *rows]).encode())

    assert outcome.counts == {"facts": count}
    assert outcome.read == count
    assert [row for chunk in outcome.chunks for row in chunk.rows.to_pylist()] == list(
        range(1, count + 1)
    )


times = st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)


@given(start=times, length=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_interval_never_turns_round(lab, start, length):
    end = start + timedelta(seconds=length // timedelta(seconds=1))
    outcome = lab.run(
        "main_courante",
        entry(
            DATE_DEBUT=f"{start:%d/%m/%Y}",
            HEURE_DEBUT=f"{start:%H:%M:%S}",
            DATE_FIN=f"{end:%d/%m/%Y}",
            HEURE_FIN=f"{end:%H:%M:%S}",
        ),
    )
    found = outcome.records["facts"][0]

    assert found["earliest_at"] <= found["latest_at"] + timedelta(hours=1)
    if "nonexistent_time" not in outcome.noticed:
        assert found["earliest_at"] <= found["latest_at"]


@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip),
        max_size=40,
    )
)
def test_any_text_survives_the_trip_through_a_file(lab, texts):
    import csv

    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(["NUMERO", "DATE_DEBUT", "CODE_NATURE", "OBSERVATIONS"])
    for number, text in enumerate(texts, start=1):
        writer.writerow([number, "12/03/2026", "TN", text])

    outcome = lab.run("main_courante", file.getvalue().encode())

    assert outcome.rejected == {}
    assert [text or "" for text in outcome.texts] == texts
