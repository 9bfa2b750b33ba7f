"""A proposed mapping: it can be used, it guesses no kind, it keeps personal columns out."""

from __future__ import annotations

import sys
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.intake.tabular import columns
from vigie.intake.tabular.guessing import guess_mapping
from vigie.intake.tabular.mapping import parse_mapping

HEADER = (
    "ID_SIGNALEMENT;DATE_SAISIE;HEURE_SAISIE;Nature;Latitude;Longitude;Adresse;Observations;Nom;Tel;"
    "Canal;MAJ;Jeton"
)
KINDS = ("Tapage nocturne", "Graffiti", "Machin")
ROWS = [
    f"S{n};{13 + n % 15}/03/2026;14:{n % 60:02};{KINDS[n % 3]};43,29{n:02};5,37{n:02};"
    f"{n} rue de Rome;Un texte assez long pour que l'on voie qu'il est libre, numéro {n};"
    f"Untel{n};06 99 00 11 {n:02};{('web', 'appli')[n % 2]};2026-03-{13 + n % 15}T10:00:00+01:00;"
    f"{n * 7919:x}q{n}"
    for n in range(40)
]


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "Signalements 2026.csv"
    path.write_bytes("\n".join([HEADER, *ROWS, ""]).encode("cp1252"))
    return path


def proposed(path, **options):
    text = guess_mapping(path, **options)
    parse_mapping(text.encode())
    return text, tomllib.loads(text)


def test_a_french_export_is_understood(export):
    _, found = proposed(export)

    assert found["source"] == "signalements_2026"
    assert found["kind"] == "facts"
    assert found["file"] == {
        "format": "csv", "separator": ";", "encoding": "cp1252", "decimal": ",",
    }  # fmt: skip
    target = found["columns"]
    assert target["source_ref"] == "ID_SIGNALEMENT"
    assert target["earliest_at"]["join"] == ["DATE_SAISIE", "HEURE_SAISIE"]
    assert target["earliest_at"]["format"][0] == "%d/%m/%Y %H:%M"
    assert (target["lon"], target["lat"]) == ("Longitude", "Latitude")
    assert target["address"] == "Adresse"
    assert target["revision"] == {"column": "MAJ", "format": "iso8601"}
    assert found["free_text"]["columns"] == ["Observations"]
    assert found["attributes"] == {"canal": "Canal"}


def test_no_kind_is_guessed_but_values_are_shown(export):
    text, found = proposed(export)

    assert found["columns"]["kind"] == {"column": "Nature", "default": "unknown", "map": {}}
    assert '# "Tapage nocturne" = ""' in text
    assert "offence.disorder.noise.night" in text
    assert '# "Machin" = ""' in text


def test_personal_and_unrecognised_columns_are_refused_at_the_door(export):
    text, found = proposed(export)

    assert {"Tel", "Nom", "Jeton"} <= set(found["drop"]["columns"])
    assert "Untel" not in text
    assert "06 99" not in text


def test_every_column_is_said_somewhere(export):
    text, _ = proposed(export)

    for name in HEADER.split(";"):
        assert f'"{name}"' in text


def test_the_comments_are_in_the_language_asked_for(export):
    french, english = (guess_mapping(export, language=language) for language in ("fr", "en"))

    assert "peut-être" in french
    assert "maybe" in english
    assert tomllib.loads(french) == tomllib.loads(english)


def test_day_and_month_that_could_be_either_are_said(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("id,date\n1,03/04/2026\n2,05/06/2026\n", "utf-8")

    text, found = proposed_unfinished(path)

    assert found["columns"]["earliest_at"]["format"] == "%d/%m/%Y"
    assert "vérifiez" in text


def proposed_unfinished(path):
    text = guess_mapping(path)
    return text, tomllib.loads(text)


def test_a_proposal_that_is_not_edited_quarantines_and_loses_nothing(export):
    from vigie.base.clock import from_us
    from vigie.connectors import table
    from vigie.intake.connector import Context, Payload

    _, mapping = proposed(export)
    with export.open("rb") as content:
        context = Context("s", "Europe/Paris", from_us(1_795_424_400_000_000), mapping=mapping)
        chunks = list(table.parse(Payload("f", content), context))

    assert sum(chunk.table.num_rows for chunk in chunks) == 0
    codes = [reject.code for chunk in chunks for reject in chunk.rejects]
    assert codes == ["unknown_kind"] * len(ROWS)


def test_a_file_without_rows_is_refused(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a;b\n")

    with pytest.raises(WrongUsage):
        guess_mapping(path)


def test_it_works_where_libmagic_is_missing(export, monkeypatch):
    """csv-detective imports python-magic, which needs a system library that it is not asked for."""
    for name in [n for n in sys.modules if n.split(".")[0] in {"csv_detective", "magic"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "magic", None)  # importing it raises ImportError
    columns._detective.cache_clear()
    try:
        _, found = proposed(export)
    finally:
        columns._detective.cache_clear()

    assert found["columns"]["lon"] == "Longitude"


def test_real_files_are_understood(shared_dir):
    _, found = proposed(shared_dir / "data" / "chicago" / "crime_points_2016_2017.parquet")

    assert found["columns"]["earliest_at"]["column"] == "time"
    assert (found["columns"]["lon"], found["columns"]["lat"]) == ("lon", "lat")
    assert found["columns"]["kind"]["column"] == "category"


@settings(max_examples=20)
@given(
    names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True),
    rows=st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), min_size=1, max_size=8),
)
def test_any_table_gives_readable_toml(tmp_path_factory, names, rows):
    import json

    path = tmp_path_factory.mktemp("guess") / "f.jsonl"
    lines = [json.dumps(dict(zip(names, row, strict=False))) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")

    tomllib.loads(guess_mapping(path))
