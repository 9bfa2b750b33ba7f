"""Joined messages give the rows of each, and every row finds its message again."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.joining import Origin, join

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=4)


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    return out.getvalue().encode()


@given(st.lists(ROWS, min_size=2, max_size=6))
def test_joined_tables_are_read_as_the_tables_one_by_one(tables: list[list[list[str]]]) -> None:
    joined = join([written(rows) for rows in tables], "headed")
    assert joined is not None
    read = list(csv.reader(io.StringIO(joined.content.decode(), newline="")))
    assert read[0] == ["a", "b"]
    assert read[1:] == [row for rows in tables for row in rows]
    index, within = Origin.joined(joined.starts).split(np.arange(1, len(read)))
    assert list(zip(index.tolist(), within.tolist(), strict=True)) == [
        (t, r + 1) for t, rows in enumerate(tables) for r in range(len(rows))
    ]


@given(st.lists(st.lists(st.dictionaries(CELLS, CELLS), min_size=1), min_size=2, max_size=5))
def test_joined_lines(messages: list[list[dict[str, str]]]) -> None:
    texts = ["\n".join(map(json.dumps, rows)).encode() for rows in messages]
    joined = join(texts, "lines")
    assert joined is not None
    read = [json.loads(line) for line in joined.content.splitlines()]
    assert read == [row for rows in messages for row in rows]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"a;b\n",
        b"b;a\n1;2\n",
        b'a;b\n"1\n2";3\n',
        b"a;b\n\xff;2\n",
        b"a;b\n1;\x002\n",
        b"a;b\r1;2\r",
    ],
    ids=["empty", "header only", "other header", "line break", "encoding", "NUL", "lone CR"],
)
def test_what_could_be_misread_is_not_joined(odd: bytes) -> None:
    plain = b"a;b\n1;2\n"
    assert join([plain, plain], "headed") is not None
    assert join([plain, odd], "headed") is None


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    joined = join([b"a;b\n1;2\n", b"\xef\xbb\xbfa;b\r\n3;4\r\n"], "headed")
    assert joined is not None
    assert joined.content == b"a;b\n1;2\n3;4\n"


def test_one_message_or_an_unsuited_format_is_not_joined() -> None:
    assert join([b"{}\n"], "lines") is None
    assert join([b"{}\n", b"{}\n"], "") is None


def test_pieces_keep_the_row_numbers_of_their_files() -> None:
    origin = Origin.joined(np.array([1, 2, 3]), first=[40, 7, 1000])
    index, rows = origin.split(np.array([1, 2, 3]))
    assert index.tolist() == [0, 1, 2]
    assert rows.tolist() == [40, 7, 1000]
    assert Origin.single(12).split(np.array([1]))[1].tolist() == [12]
