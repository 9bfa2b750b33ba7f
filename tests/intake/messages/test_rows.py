"""Rows collect records; a row that is refused takes all of its records with it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from vigie.intake.connector import CHUNK_ROWS
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.tabular.block import FileRefused
from vigie.model.contracts import CONTRACTS


def fact(ref: str, us: int = 0) -> dict[str, object]:
    return {"source_ref": ref, "kind": "rescue.fire", "earliest_at": us, "latest_at": us}


def test_a_refused_row_leaves_nothing_and_its_neighbours_stay():
    rows = Rows("facts", "means")
    for number in range(3):
        with rows.row(f"raw{number}".encode()):
            rows.add("facts", fact(str(number)))
            rows.add("means", {"source_ref": "m", "unit_ref": "u", "kind": "means", "at": number})
            if number == 1:
                raise RowRefused("missing_required", column="x")

    facts, means = rows.parsed()

    assert facts.table["source_ref"].to_pylist() == ["0", "2"]
    assert facts.rows.to_pylist() == [1, 3]
    assert [(one.row, one.code, one.raw) for one in facts.rejects] == [
        (2, "missing_required", b"raw1")
    ]
    assert facts.read == 3
    assert means.rejects == []
    assert means.read == 0
    assert facts.raw(1) == b"raw2"


def test_defaults_and_types_are_those_of_the_contract():
    rows = Rows("facts")
    with rows.row(lambda: b"later"):
        values = fact("a", 1_000_001) | {"attributes": {"k": 1, "none": None, "blank": ""}}
        rows.add("facts", values, narrative="text", address="rue", place_name=None)
    (chunk,) = rows.parsed()

    assert chunk.table.schema.names == CONTRACTS["facts"].names("given")
    row = chunk.table.to_pylist()[0]
    assert (row["basis"], row["revision"], row["attributes"]) == ("reported", 0, [("k", "1")])
    assert row["earliest_at"].microsecond == 1
    assert chunk.narratives.to_pylist() == ["text"]
    assert chunk.address.to_pylist() == ["rue"]
    assert chunk.place_name is None
    assert chunk.raw(0) == b"later"


def test_remarks_are_counted_once_by_their_facts():
    rows = Rows("facts")
    rows.remark("not_used", what="a")
    rows.remark("not_used", what="a", count=2)
    rows.remark("not_used", what="b", severity="warning")
    (chunk,) = rows.parsed()

    assert {(n.params["what"], n.count, n.severity) for n in chunk.notices} == {
        ("a", 3, "info"),
        ("b", 1, "warning"),
    }
    assert chunk.table.num_rows == 0


def test_many_rows_come_in_chunks_and_say_their_remarks_once():
    rows = Rows("facts")
    for number in range(CHUNK_ROWS + 5):
        with rows.row(b""):
            rows.add("facts", fact(str(number)))
    rows.remark("not_used", what="a")
    one, two = rows.parsed()

    assert (one.table.num_rows, two.table.num_rows) == (CHUNK_ROWS, 5)
    assert (one.read, two.read) == (CHUNK_ROWS + 5, 0)
    assert (len(one.notices), len(two.notices)) == (1, 0)


def test_a_file_refused_is_one_reject():
    chunk = refused_file("plans", FileRefused("too_large", limit=1))

    assert chunk.kind == "plans"
    assert [one.code for one in chunk.rejects] == ["too_large"]
    assert isinstance(chunk.table, pa.Table)


def test_a_failure_that_is_ours_is_not_hidden():
    rows = Rows("facts")
    with pytest.raises(ZeroDivisionError), rows.row(b""):
        1 / 0  # noqa: B018
