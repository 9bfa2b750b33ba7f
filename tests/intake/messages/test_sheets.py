"""Tables under the headings of their senders: one name a field, nothing unlisted."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest

from vigie.intake.connector import Context, Field, Payload
from vigie.intake.messages.allowed import OTHER
from vigie.intake.messages.keywords import Keywords
from vigie.intake.messages.options import positive, texts
from vigie.intake.messages.sheets import (
    Headings,
    SheetFormat,
    as_json_rows,
    heading_key,
    read_sheet,
    shown_heading,
)
from vigie.intake.messages.zipped import Members, is_zip
from vigie.intake.tabular.block import FileRefused

BOTH = {"fr": "x", "en": "x"}
FIELDS = (Field("zone", BOTH), Field("n", BOTH), Field("agent", BOTH, "agent"))
HEADINGS = Headings(FIELDS, {"zone": ("Zone name",), "agent": ("Matricule",)}, ("nom",))
FORMAT = SheetFormat("facts", HEADINGS, (("zone",),))


def payload(content: bytes) -> Payload:
    return Payload("x", io.BytesIO(content), size=len(content))


def context(**options) -> Context:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Context(source="x", timezone="Europe/Paris", now=now, options=options)


def cut(content: bytes, **given: str):
    (block,) = [b for b in read_sheet(payload(content), context(), ()) if len(b)]
    return HEADINGS.cut(block, given)


def packed(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "heading",
    ["Début du créneau", "debut_du_creneau", "DebutDuCreneau", "properties.debut du créneau"],
)
def test_a_heading_is_compared_without_accents_case_and_wrapper(heading):
    assert heading_key(heading) == "debut du creneau"


def test_a_heading_that_could_be_somebody_is_not_shown():
    assert shown_heading("surface_m2") == "surface_m2"
    assert shown_heading("0699001122") == OTHER
    assert shown_heading("x@example.org") == OTHER


@pytest.mark.parametrize(
    "content",
    [
        b"Zone name;n;Matricule;Nom;z\nA;1;M7;Y;q\n",
        b"zone,n,agent,Nom du chef,z\nA,1,M7,Y,q\n",
        b'[{"zone": "A", "n": 1, "agent": "M7", "nom": "Y", "z": "q"}]',
        b'{"t": 1, "rows": [{"fields": {"zone": "A", "n":1, "agent": "M7", "nom": "Y", "z":"q"}}]}',
    ],
)
def test_only_listed_fields_are_left_and_the_rest_is_counted(content):
    sheet = cut(content)

    assert [cells for _, _, cells in sheet.rows] == [{"zone": "A", "n": "1"}]
    codes = sorted((one.code, one.count) for one in sheet.notices)
    assert codes == [("dropped_personal", 1), ("dropped_personal", 1), ("unmapped_column", 1)]
    assert "M7" not in str(sheet)


def test_a_feed_names_its_own_headings():
    assert cut(b"bloc;n\nA;1\n", zone="Bloc").rows[0][2] == {"zone": "A", "n": "1"}


def test_a_delimited_file_without_a_needed_column_is_refused_and_json_row_by_row():
    def take(rows, cells):
        rows.refuse("missing_required", column="zone")

    (refused,) = FORMAT.records(read_sheet(payload(b"n;m\n1;2\n"), context(), ()), context(), take)

    assert [(one.row, one.code) for one in refused.rejects] == [(None, "missing_column")]


def test_rows_written_again_are_read_again():
    rows = [{"zone": "A", "n": "1"}, {"zone": "É", "n": None}]
    sheet = cut(as_json_rows(rows))

    assert [cells for _, _, cells in sheet.rows] == [{"zone": "A", "n": "1"}, {"zone": "É"}]


def test_the_longest_words_decide_a_kind_and_only_from_the_beginning_of_a_word():
    words = Keywords({"a": ["stop"], "b": ["stop gen"], "c": ["été"]})

    labels = ("STOP !", "Stop-gênant", "nonstop", "ÉTÉ", "", None)

    assert [words.find(label) for label in labels] == ["a", "b", None, "c", None, None]


@pytest.mark.parametrize("value", [None, True, "5", 0, -1, float("nan"), float("inf"), [], {}])
def test_an_option_that_is_no_number_counts_as_not_given(value):
    assert positive({"x": value}, "x") is None
    assert texts({"x": value}, "x") == {}


def test_options_are_read():
    assert positive({"x": 5}, "x") == 5.0
    assert texts({"x": {1: 2}}, "x") == {"1": "2"}


def test_members_of_an_archive_are_streams_and_a_broken_one_is_refused_by_name():
    good = packed("a/b.csv", b"zone;n\nA;1\n")
    members = Members(payload(good), context())

    assert is_zip(payload(good))
    assert members.names == ["a/b.csv"]
    assert members.payload("a/b.csv").content.read() == b"zone;n\nA;1\n"
    with pytest.raises(FileRefused) as refused:
        Members(payload(good[:30]), context())
    assert refused.value.reject.code == "unreadable"
