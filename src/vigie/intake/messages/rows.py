"""Records of one payload, collected row by row, with what was refused and remarked on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pyarrow as pa

from vigie.intake.connector import CHUNK_ROWS, Parsed
from vigie.intake.messages.reading import RowRefused
from vigie.intake.tabular.block import FileRefused, no_rows
from vigie.intake.tabular.records import empty_parsed
from vigie.model.contracts import ATTRIBUTES, CONTRACTS, TIMESTAMP, RecordKind
from vigie.model.notices import Notice, Reject, Severity

Raw = bytes | Callable[[], bytes]
_DEFAULTS: dict[str, Mapping[str, Any]] = {
    "facts": {"basis": "reported"},
    "plans": {"state": "declared", "declared": True},
}


class _Record(NamedTuple):
    """One record: its values by column, its row of the source, the texts beside it, what it says.

    ``said`` is None where the record is told whole.
    """

    values: Mapping[str, Any]
    number: int
    raw: Raw
    texts: tuple[str | None, str | None, str | None]
    said: frozenset[str] | None = None


class Rows:
    """What one payload gives.

    Args:
        kinds: Record kinds in the order in which they are given out; the first carries remarks
            when there is no record.

    Attributes:
        read: Rows of the source begun so far.
    """

    def __init__(self, *kinds: RecordKind) -> None:
        self.read = 0
        self._kinds = kinds
        self._rows: dict[RecordKind, list[_Record]] = {kind: [] for kind in kinds}
        self._raw: Raw = b""
        self._rejects: list[Reject] = []
        self._notices: list[Notice] = []
        self._counts: Counter[tuple[str, Severity, tuple[tuple[str, Any], ...]]] = Counter()

    @contextmanager
    def row(self, raw: Raw) -> Iterator[None]:
        """Read one row of the source: all of its records get in, or none and it is refused.

        Args:
            raw: The row as a payload of the same format, or what makes it when asked.
        """
        self.read += 1
        self._raw = raw
        before = {kind: len(rows) for kind, rows in self._rows.items()}
        try:
            yield
        except RowRefused as refusal:
            for kind, length in before.items():
                del self._rows[kind][length:]
            self.refuse(refusal.code, **refusal.params)

    def add(
        self,
        kind: RecordKind,
        values: Mapping[str, Any],
        *,
        narrative: str | None = None,
        address: str | None = None,
        place_name: str | None = None,
        said: frozenset[str] | None = None,
    ) -> None:
        """Add a record of the present row.

        Args:
            kind: Its kind.
            values: By column; instants in epoch µs, attributes and means as a dict of texts.
            narrative: Raw free text; the kit scrubs it.
            address: Located by the kit where there are no coordinates.
            place_name: The same, of a well-known place.
            said: The columns that it says, where it tells only part of its record.
        """
        texts = (narrative, address, place_name)
        self._rows[kind].append(_Record(values, self.read, self._raw, texts, said))

    def add_of_all(self, kind: RecordKind, values: Mapping[str, Any], raw: Raw) -> None:
        """Add a record that rests on the whole payload, not on one of its rows.

        Args:
            kind: Its kind.
            values: By column, as in ``add``.
            raw: What says it alone, as a payload of the same format.
        """
        self._rows[kind].append(_Record(values, 1, raw, (None, None, None)))

    def refuse(self, code: str, **params: Any) -> None:
        """Send the present row to quarantine."""
        self._rejects.append(Reject(code, self.read, params, _bytes(self._raw)))

    def remark(
        self, code: str, *, severity: Severity = "info", count: int = 1, **params: Any
    ) -> None:
        """Count a remark; the same code with the same facts becomes one notice."""
        self._counts[code, severity, tuple(sorted(params.items()))] += count

    def remarks(self, notices: Sequence[Notice]) -> None:
        """Count notices made elsewhere."""
        for one in notices:
            self.remark(one.code, severity=one.severity, count=one.count, **one.params)

    def parsed(self) -> Iterator[Parsed]:
        """Yield everything, kind by kind, in chunks."""
        notices = [
            Notice(code, severity=severity, count=count, params=dict(params))
            for (code, severity, params), count in self._counts.items()
        ]
        block = no_rows(notices=notices, rejects=self._rejects)
        block.read = self.read
        if not any(self._rows.values()):
            yield empty_parsed(self._kinds[0], block)
            return
        for kind in self._kinds:
            rows = self._rows[kind]
            for start in range(0, len(rows), CHUNK_ROWS):
                chunk = _table_of(kind, rows[start : start + CHUNK_ROWS])
                chunk.notices, chunk.rejects, chunk.read = block.notices, block.rejects, block.read
                block = no_rows()
                yield chunk


def refused_file(kind: RecordKind, refusal: FileRefused) -> Parsed:
    """Return the one chunk of a payload that cannot be read at all."""
    return empty_parsed(kind, no_rows(rejects=[refusal.reject]))


def _bytes(raw: Raw) -> bytes:
    return raw if isinstance(raw, bytes) else raw()


def _table_of(kind: RecordKind, rows: Sequence[_Record]) -> Parsed:
    """Return records as a chunk of their contract's columns."""
    contract = CONTRACTS[kind]
    defaults = {"revision": 0, **_DEFAULTS.get(kind, {})}
    said = set().union(*(row.values for row in rows), defaults)
    columns: dict[str, pa.Array] = {}
    for name in contract.names("given"):
        if name not in said:
            continue
        column, default = contract.column(name), defaults.get(name)
        values = [row.values.get(name) for row in rows]
        if default is not None:
            values = [default if value is None else value for value in values]
        columns[name] = array_of(column.type, values)
    texts = [
        None if not any(values) else pa.array(values, pa.string())
        for values in zip(*(row.texts for row in rows), strict=True)
    ]
    return Parsed(
        kind=kind,
        table=contract.conform(pa.table(columns), only=contract.names("given")),
        rows=pa.array([row.number for row in rows], pa.int64()),
        narratives=texts[0],
        address=texts[1],
        place_name=texts[2],
        raw=lambda index: _bytes(rows[index].raw),
        said=_said(rows),
    )


def _said(rows: Sequence[_Record]) -> pa.ListArray | None:
    if all(row.said is None for row in rows):
        return None
    names = [None if row.said is None else sorted(row.said) for row in rows]
    return pa.array(names, pa.list_(pa.string()))


def array_of(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    """Return the column of a contract: instants come in epoch µs, attributes as dicts of texts."""
    if kind == TIMESTAMP:
        return pa.array(values, pa.int64()).cast(TIMESTAMP)
    if kind == ATTRIBUTES:
        return pa.array([_pairs(value) for value in values], ATTRIBUTES)
    return pa.array(values, kind)


def _pairs(value: Mapping[str, Any] | None) -> list[tuple[str, str]] | None:
    pairs = [(key, str(one)) for key, one in (value or {}).items() if one not in (None, "")]
    return pairs or None
