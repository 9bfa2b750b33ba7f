"""What goes wrong with the rows of a block: the first reason of each row, and remarks by code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.model.notices import Notice, Reject, Severity

Mask = npt.NDArray[np.bool_]


Params = Callable[[int], dict[str, Any]]


def naming(column: str) -> Params:
    """Return parameters that name a column."""
    return lambda _index: {"column": column}


def showing(said: pa.Array, column: str) -> Params:
    """Return parameters that show a row's value, short, and name its column."""
    return lambda index: {"value": str(said[index].as_py())[:80], "column": column}


@dataclass(slots=True)
class Problems:
    """Refusals and remarks about one block.

    Attributes:
        size: Rows in the block.
        file: Name, for notices.
        rows: Row number in the file of each row.
        raw: Gives a row as a mini-payload.
        good: Which rows still stand.
        rejects: Refused rows.
        notices: Remarks.
    """

    size: int
    file: str
    rows: npt.NDArray[np.int64]
    raw: Callable[[int], bytes]
    good: Mask = field(init=False)
    rejects: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.good = np.ones(self.size, np.bool_)

    def refuse(self, mask: Mask, code: str, params: Params) -> None:
        """Refuse the rows of a mask that no earlier reason refused."""
        if not mask.any():
            return
        for index in np.flatnonzero(mask & self.good).tolist():
            self.rejects.append(
                Reject(code, row=int(self.rows[index]), params=params(index), raw=self.raw(index))
            )
        self.good &= ~mask

    def remark(
        self,
        code: str,
        count: int,
        *,
        severity: Severity = "info",
        row: int | None = None,
        **params: Any,
    ) -> None:
        """Add a remark about so many rows; none when the count is 0."""
        if count:
            self.notices.append(
                Notice(
                    code,
                    severity=severity,
                    file=self.file,
                    row=row,
                    count=int(count),
                    params=params,
                )
            )

    def remark_mask(
        self, mask: Mask, code: str, *, severity: Severity = "info", **params: Any
    ) -> None:
        """Add a remark about the rows of a mask, pointing at the first."""
        hit = np.flatnonzero(mask)
        if len(hit):
            first = int(self.rows[hit[0]])
            self.remark(code, len(hit), severity=severity, row=first, **params)
