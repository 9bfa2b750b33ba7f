"""What a table contract is: columns with type, meaning, unit, sensitivity; and what it checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
ATTRIBUTES = pa.map_(pa.string(), pa.string())

Sensitivity = Literal["open", "internal", "restricted"]
Filled = Literal["given", "derived"]
RecordKind = Literal["facts", "measures", "plans", "places", "means"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Attributes:
        name: Column name.
        type: Arrow type.
        meaning: One sentence, English.
        unit: Unit or format; empty when the type says it all.
        sensitivity: ``open`` may be published in aggregates, ``internal`` is for services,
            ``restricted`` only for the purposes that a charter names.
        filled: ``given`` by the connector or ``derived`` by intake.
        nullable: Whether null is a legal value.
    """

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    sensitivity: Sensitivity = "internal"
    filled: Filled = "given"
    nullable: bool = True


@dataclass(frozen=True)
class Contract:
    """The columns of a record kind, the name of its id, and how it is laid out in the lake.

    Attributes:
        name: Record kind, also the table's name.
        id_column: Deterministic id; the unit of "exactly once".
        time_column: Integer microseconds that place a record in time.
        thin: Whether a part is a month (few rows a day) instead of a day.
        sort: Columns files are sorted by.
        columns: All columns, in order.
    """

    name: RecordKind
    id_column: str
    time_column: str
    thin: bool
    sort: tuple[str, ...]
    columns: tuple[Column, ...]
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of a complete table of this kind."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    def column(self, name: str) -> Column:
        """Return a column by name; ``KeyError`` if the contract has none of that name."""
        return self._by_name[name]

    def names(self, filled: Filled | None = None) -> list[str]:
        """Return the column names, all or only those filled by one side."""
        return [c.name for c in self.columns if filled is None or c.filled == filled]

    def empty(self) -> pa.Table:
        """Return a table of this kind with no rows."""
        return self.schema.empty_table()

    def conform(self, table: pa.Table, *, only: Iterable[str] | None = None) -> pa.Table:
        """Return ``table`` with exactly the contract's columns, in order and type.

        Missing columns are filled with null, extra ones are dropped. No row is dropped and no
        value invented.

        Args:
            table: Any table whose columns carry contract names.
            only: Restrict to these columns (in contract order).

        Raises:
            pyarrow.ArrowInvalid: When a column cannot be cast to the contract's type.
        """
        wanted = [c for c in self.columns if only is None or c.name in set(only)]
        present = set(table.column_names)
        arrays = [
            table[c.name].cast(c.type)
            if c.name in present
            else pa.nulls(table.num_rows, type=c.type)
            for c in wanted
        ]
        return pa.table(arrays, schema=pa.schema([pa.field(c.name, c.type) for c in wanted]))
