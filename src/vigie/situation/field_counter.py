"""Counts which fields of records are told to anybody at all: days and fields, no person (MIN-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from vigie.desk.field_uses import FieldUses
from vigie.lake.emptying import has_values


class FieldCounter:
    """Sees what leaves, after what may not be seen was emptied."""

    def __init__(self, uses: FieldUses) -> None:
        self._uses = uses

    def see(self, dataset: str, table: pa.Table) -> None:
        """Count the fields of which a table tells a value."""
        wanted = self._uses.wanted(dataset).intersection(table.column_names)
        if wanted and table.num_rows:
            told = [name for name in sorted(wanted) if has_values(table[name]).any()]
            self._uses.note(dataset, told)

    def see_records(
        self, dataset: str, records: Sequence[Mapping[str, Any]], withheld: Collection[str]
    ) -> None:
        """Count the fields of which records tell a value, but for those that are withheld."""
        wanted = self._uses.wanted(dataset)
        if wanted:
            may = wanted.difference(withheld)
            said = {name for one in records for name in may if one.get(name) not in _NOTHING}
            self._uses.note(dataset, said)


_NOTHING: tuple[Any, ...] = (None, {}, [])
