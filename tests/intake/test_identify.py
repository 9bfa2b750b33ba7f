"""Ids of columns are the ids of the references, one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.intake.identify import record_id_column


@given(st.text(min_size=1, max_size=70), st.lists(st.text(max_size=30), max_size=20))
def test_a_column_of_ids_equals_the_ids_one_by_one(source: str, refs: list[str]) -> None:
    column = record_id_column(source, refs)
    column.validate(full=True)
    assert column.to_pylist() == [record_id(source, ref) for ref in refs]
