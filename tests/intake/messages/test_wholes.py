"""Columns read by their distinct cells say what their rows say, or nothing at all."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.connector import CHUNK_ROWS, Context, Field, Payload
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.sheets import Headings, cell, figure, need_cell, read_sheet
from vigie.intake.messages.wholes import by_distinct, parsed_whole, read_whole

BOTH = {"fr": "x", "en": "x"}
FIELDS = (Field("zone", BOTH), Field("n", BOTH), Field("note", BOTH), Field("agent", BOTH, "agent"))
HEADINGS = Headings(FIELDS, {})
READERS = {
    "zone": (("zone",), lambda cells: need_cell(cells, "zone")),
    "n": (("n",), lambda cells: figure(cells, "n")),
    "both": (("zone", "n"), lambda cells: (cell(cells, "zone"), cell(cells, "n"))),
}
CELLS = st.one_of(st.none(), st.sampled_from("abcd"))


def blocks_of(content: bytes):
    context = Context("x", "Europe/Paris", datetime(2026, 11, 23, tzinfo=UTC))
    payload = Payload("x", io.BytesIO(content), size=len(content))
    return list(read_sheet(payload, context, HEADINGS.known({})))


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=40))
def test_each_row_gets_what_its_own_cells_say_and_each_combination_is_read_once(rows):
    asked = Counter()

    def read(cells):
        asked[tuple(sorted(cells.items()))] += 1
        return cells

    columns = {"a": [a for a, _ in rows], "b": [b for _, b in rows]}
    found = by_distinct(columns, ("a", "b", "absent"), read, len(rows))

    own = [{k: v for k, v in zip("ab", row, strict=True) if v is not None} for row in rows]
    assert found == own
    assert set(asked.values()) <= {1}


def test_fields_that_no_column_is_for_are_read_as_empty_cells():
    assert by_distinct({"a": ["x", "y"]}, ("b",), lambda cells: cells.get("b", "none"), 2) == [
        "none",
        "none",
    ]


def test_a_clean_table_is_read_column_by_column():
    said = read_whole(blocks_of(b"zone;n\na;1\nb;2,5\na;1\n"), HEADINGS, {}, READERS)

    assert said == {
        "zone": ["a", "b", "a"],
        "n": [1.0, 2.5, 1.0],
        "both": [("a", "1"), ("b", "2,5"), ("a", "1")],
    }


@pytest.mark.parametrize(
    "content",
    [
        b"zone;n\na;1\n;2\n",
        b"zone;n\na;1\nb;many\n",
        b"zone;n;agent\na;1;A17\n",
        b"zone;n;colour\na;1;red\n",
        b"zone;n;note\na;1;text\n",
        b"zone;n\na;1\nb;2;3;4\n",
        b"zone;n\n",
        b"n\n1\n",
    ],
    ids=["blank", "figure", "personal", "unknown", "no reader", "ragged", "no row", "no zone"],
)
def test_a_table_of_which_anything_is_to_be_said_is_left_alone(content):
    assert read_whole(blocks_of(content), HEADINGS, {}, READERS) is None


def test_a_reader_s_other_errors_are_not_swallowed():
    def read(_cells):
        raise KeyError("x")

    with pytest.raises(KeyError):
        read_whole(blocks_of(b"zone\na\n"), HEADINGS, {}, {"zone": (("zone",), read)})
    with pytest.raises(RowRefused):
        by_distinct({}, ("zone",), READERS["zone"][1], 1)


def test_chunks_keep_to_the_limit_and_their_rows_lead_back_to_the_file():
    count = CHUNK_ROWS + 3
    lines = [f"Z{number};{number}" for number in range(count)]
    blocks = blocks_of(("zone;n\n" + "\n".join(lines) + "\n").encode())
    columns = {
        "source_ref": [line.partition(";")[0] for line in lines],
        "from_at": [0] * count,
        "metric": ["presence.total"] * count,
        "value": [float(number) for number in range(count)],
        "unit": ["person"] * count,
        "revision": [0] * count,
    }
    chunks = list(parsed_whole("measures", columns, blocks, place_names=columns["source_ref"]))

    assert [chunk.table.num_rows for chunk in chunks] == [CHUNK_ROWS, 3]
    assert [chunk.read for chunk in chunks] == [count, 0]
    last = chunks[1]
    assert last.rows.to_pylist() == [CHUNK_ROWS + 1, CHUNK_ROWS + 2, CHUNK_ROWS + 3]
    assert last.place_name.to_pylist() == last.table["source_ref"].to_pylist()
    assert blocks_of(last.raw(2))[0].columns["zone"].to_pylist() == [f"Z{count - 1}"]
    assert blocks_of(chunks[0].raw(0))[0].columns["zone"].to_pylist() == ["Z0"]
