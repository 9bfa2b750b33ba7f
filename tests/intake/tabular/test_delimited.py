"""Delimited text: as the standard library reads it, and one row at a time where it is not clean."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.connector import CHUNK_ROWS
from vigie.intake.tabular import delimited, encoding
from vigie.intake.tabular.block import Block, FileRefused
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited

words = st.text(
    st.one_of(st.sampled_from("\";,\t\n 'é€œ"), st.characters(exclude_categories=("Cs", "Cc"))),
    max_size=12,
).map(lambda text: text.strip(" \r"))


def blocks(content: bytes, **form) -> list[Block]:
    return list(read_delimited(io.BytesIO(content), "f", DelimitedFormat(**form)))


def rows_of(found: list[Block]) -> list[tuple[str | None, ...]]:
    return [
        row
        for block in found
        if len(block)
        for row in zip(*(column.to_pylist() for column in block.columns.values()), strict=True)
    ]


def numbers_of(found: list[Block]) -> list[int]:
    return [number for block in found for number in block.rows.tolist()]


def rejects_of(found: list[Block]) -> list[tuple[str, int | None]]:
    return [(reject.code, reject.row) for block in found for reject in block.rejects]


def notices_of(found: list[Block]) -> list[str]:
    return [notice.code for block in found for notice in block.notices]


def write(rows: list[list[str]], separator: str = ";", end: str = "\n") -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("piece", [1 << 22, 64])
@given(
    rows=st.lists(st.lists(words, min_size=3, max_size=3), max_size=80),
    separator=st.sampled_from(";,\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_standard_library_writes_is_read_back(piece, rows, separator, end):
    """By Arrow or leniently, in one piece or in many: the same cells and the same row numbers."""
    kept = [row for row in rows if any(cell.strip() for cell in row)]  # a blank row is no row
    before = encoding.BLOCK_BYTES
    encoding.BLOCK_BYTES = piece
    try:
        found = blocks(write(kept, separator, end).encode(), separator=separator)
    finally:
        encoding.BLOCK_BYTES = before

    assert rows_of(found) == [tuple(cell or None for cell in row) for row in kept]
    assert numbers_of(found) == list(range(1, len(kept) + 1))
    assert rejects_of(found) == []


@pytest.mark.parametrize("value", ["0\n", "\n", "a\n\n", "\n;", '"\n'])
def test_a_last_field_that_ends_with_a_line_end_is_closed_all_the_same(value):
    found = blocks(write([["x", "y", value], ["q", "r", "s"]]).encode(), separator=";")
    assert rows_of(found) == [("x", "y", value), ("q", "r", "s")]
    assert rejects_of(found) == []


def test_the_fast_and_the_lenient_way_agree(monkeypatch):
    rows = [[f"{n}", f'text "{n}"; and\nmore', ""] for n in range(500)]
    fast = blocks(write(rows).encode())
    monkeypatch.setattr(delimited._Body, "_by_arrow", lambda *_: None)
    lenient = blocks(write(rows).encode())

    assert rows_of(fast) == rows_of(lenient)
    assert numbers_of(fast) == numbers_of(lenient)
    raws = [[block.raw(i) for i in range(len(block))] for block in (fast[-1], lenient[-1])]
    assert raws[0][-1] == raws[1][-1]


@pytest.mark.parametrize("rows", [3, 100])
def test_a_bad_row_costs_only_itself(rows):
    lines = [f"{n};x;y" for n in range(rows)]
    lines[rows // 2] = "only;two"
    found = blocks(("a;b;c\n" + "\n".join(lines) + "\n").encode())

    assert len(rows_of(found)) == rows - 1
    assert rejects_of(found) == [("ragged_row", rows // 2 + 1)]
    assert rows // 2 + 1 not in numbers_of(found)


@pytest.mark.parametrize("rows", [3, 100])
def test_a_stray_quote_does_not_swallow_what_follows(rows):
    lines = [f"{n};x;y" for n in range(rows)]
    lines[1] = '1;"never closed;y'
    found = blocks(("a;b;c\n" + "\n".join(lines) + "\n").encode())

    assert len(rows_of(found)) == rows - 1
    assert rejects_of(found) == [("unclosed_quote", 2)]


def test_a_quote_inside_a_word_is_a_quote():
    assert rows_of(blocks(b'a;b\n5" pipe;x\n"y";"z"\n')) == [('5" pipe', "x"), ("y", "z")]


def test_empty_cells_at_the_end_are_no_other_columns():
    assert rows_of(blocks(b"a;b\n1;2;;\n")) == [("1", "2")]


def test_a_short_row_is_taken_only_where_the_rest_is_not_needed():
    content = b"a;b;c\n1;2\n1\n"

    assert rejects_of(blocks(content)) == [("ragged_row", 1), ("ragged_row", 2)]
    found = blocks(content, needed=("a", "b"))
    assert rows_of(found) == [("1", "2", None)]
    assert rejects_of(found) == [("ragged_row", 2)]
    assert "ragged_row" in notices_of(found)


@pytest.mark.parametrize("rows", [1, 50])
def test_a_file_that_ends_in_the_middle_of_a_row_says_so(rows):
    whole = "a;b;c\n" + "1;2;3\n" * rows
    found = blocks((whole + "4;5").encode())

    assert len(rows_of(found)) == rows
    assert rejects_of(found) == [("truncated_file", rows + 1)]


def test_a_whole_last_row_without_a_line_end_is_a_row():
    assert len(rows_of(blocks(b"a;b\n1;2\n3;4"))) == 2


@pytest.mark.parametrize("length", [3_000, 300_000, 20_000_000])
def test_a_huge_line_is_refused_and_the_next_one_read(length):
    content = b"a;b\n1;2\n" + b"x" * length + b"\n3;4\n"
    found = blocks(content, max_line_bytes=1_000)

    assert rows_of(found) == [("1", "2"), ("3", "4")]
    assert rejects_of(found) == [("line_too_long", 2)]
    assert numbers_of(found) == [1, 3]
    assert max(len(r.raw) for block in found for r in block.rejects) < 10_000


def test_a_file_without_any_line_end_is_refused_by_name():
    with pytest.raises(FileRefused) as refused:
        blocks(b"x;" * 1_000_000, max_line_bytes=1_000)

    assert refused.value.reject.code == "line_too_long"


def test_old_line_ends_are_line_ends():
    assert rows_of(blocks(b"a;b\r1;2\r3;4\r")) == [("1", "2"), ("3", "4")]


def test_blank_lines_count_as_lines_and_not_as_rows():
    found = blocks(b"\n\na;b\n1;2\n\n\n3;4\n" + b"5;6\n" * 40)

    assert numbers_of(found)[:3] == [1, 4, 5]


def test_lines_before_the_header_are_skipped_and_a_raw_row_is_read_the_same_way():
    form = {"skip": 2, "separator": ";"}
    found = blocks(b"Export du 12/03\nVille\na;b\n1;2\n", **form)

    assert rows_of(found) == [("1", "2")]
    assert rows_of(blocks(found[-1].raw(0), **form)) == [("1", "2")]


def test_a_file_without_a_header_names_its_columns_by_number():
    found = blocks(b"1;2\n3;4\n", header=False)

    assert list(found[-1].columns) == ["column_1", "column_2"]
    assert rows_of(found) == [("1", "2"), ("3", "4")]


def test_names_of_columns_are_made_distinct():
    found = blocks(b" a ;a;;a_2\n1;2;3;4\n")

    assert list(found[-1].columns) == ["a", "a_2", "column_3", "a_2_2"]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_separator_is_found(separator):
    text = "id;name;when\n1;x, y;12:00\n2;z;13:00\n".replace(";", separator)
    if separator == ",":
        text = text.replace("x, y", '"x, y"')

    assert rows_of(blocks(text.encode()))[0] == ("1", "x, y", "12:00")


def test_a_stated_separator_gives_way_only_to_plain_evidence():
    assert notices_of(blocks(b"a,b\n1,2\n", separator=";")) == ["wrong_separator"]
    assert notices_of(blocks(b"a\n1\n", separator=";")) == []
    assert notices_of(blocks(b"a;b\n1,2;3\n", separator=";")) == []


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", None),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "windows-1252"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
def test_an_encoding_is_recognised(codec, found):
    content = "nom;lieu\nÉlodie;Allée Léon Gambetta\nœuvre;à côté\n".encode(codec)
    result = blocks(content)

    assert rows_of(result)[1] == ("œuvre", "à côté")
    named = [n.params["found"] for block in result for n in block.notices]
    assert named == ([found] if found else [])


@given(st.lists(st.tuples(words, words), min_size=1, max_size=30), st.data())
def test_each_line_may_have_its_own_encoding(rows, data):
    rows = [("é" + first.replace("\n", ""), second.replace("\n", "")) for first, second in rows]
    lines = []
    for row in rows:
        text = write([[*row, "x"]]).split("\n", 1)[1]
        codec = data.draw(st.sampled_from(["utf-8", "cp1252"]))
        try:
            lines.append(text.encode(codec))
        except UnicodeEncodeError:
            lines.append(text.encode("utf-8"))
    found = blocks(b"a;b;c\n" + b"".join(lines), separator=";")

    assert [row[2] for row in rows_of(found)] == ["x"] * len(rows)


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_rejects_or_a_refusal(content):
    found, refused = [], None
    try:
        found = blocks(content, max_line_bytes=200)
    except FileRefused as refusal:
        refused = refusal.reject.code
    assert refused in {None, "empty_file", "unreadable", "line_too_long"}
    for block in found:
        assert {len(column) for column in block.columns.values()} <= {len(block)}
        assert block.read == len(block) + len(block.rejects)


def test_blocks_are_no_longer_than_a_chunk():
    found = blocks(b"a\n" + b"1\n" * (CHUNK_ROWS * 2 + 5))

    assert [len(block) for block in found if len(block)] == [CHUNK_ROWS, CHUNK_ROWS, 5]


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\t\n"])
def test_nothing_is_an_empty_file(content):
    with pytest.raises(FileRefused) as refused:
        blocks(content)

    assert refused.value.reject.code == "empty_file"
