"""What every reader of a table gives: blocks of columns, with the rows they came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.model.notices import Notice, Reject

Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Block:
    """Some consecutive rows of a table.

    Attributes:
        columns: Arrays by the source's column names, all as long as ``rows``. Text formats give
            strings with null for an empty cell; others give native types.
        rows: Row number in the file of each row, from 1, the header excluded.
        raw: Gives the i-th row of the block as a mini-payload that the same reader can read again.
        geometry: WKB of each row (GeoJSON), or None.
        notices: Remarks about the file or its rows.
        rejects: Rows that have no place in ``columns`` because they are malformed.
        read: Rows of the file this block covers: those in ``columns`` and the rejected ones.
    """

    columns: dict[str, pa.Array]
    rows: Rows
    raw: Callable[[int], bytes]
    geometry: pa.Array | None = None
    notices: list[Notice] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def __len__(self) -> int:
        return len(self.rows)


class FileRefused(Exception):
    """The file as a whole cannot be read: the connector turns this into one reject.

    Attributes:
        reject: The reason, for quarantine.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reject = Reject(code=code, params=params)


def no_rows(*, notices: list[Notice] | None = None, rejects: list[Reject] | None = None) -> Block:
    """Return a block without rows, to carry remarks about the file; each reject counts as read."""
    refused = rejects or []
    return Block(
        columns={},
        rows=np.empty(0, np.int64),
        raw=lambda _index: b"",
        notices=notices or [],
        rejects=refused,
        read=sum(reject.row is not None for reject in refused),
    )


def guarded(blocks: Iterator[Block]) -> Iterator[Block]:
    """Pass blocks on; when the file is refused on the way, end with a block that says so."""
    try:
        yield from blocks
    except FileRefused as refusal:
        yield no_rows(rejects=[refusal.reject])


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def json_line(values: Mapping[str, Any]) -> bytes:
    """Return one row as a line of JSON: the mini-payload of formats that have no small form."""
    return json.dumps(dict(values), ensure_ascii=False, default=_plain).encode("utf-8") + b"\n"
