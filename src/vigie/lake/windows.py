"""Files that lie wholly in a window: which window it is does not tell in what they answer.

A window that ends now is another one every few seconds, and what lasting files answered would be
asked anew for each. A query says in its header which parameters bound which column, and nothing
else::

    -- window: earliest_us >= from_us, earliest_us < to_us

Over files of which every row is within, as their own footers say, the question is asked without
bounds: it is then the same one for as long as these files stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import pyarrow.parquet as pq

from vigie.base.errors import WrongUsage
from vigie.lake.layout import DataFile
from vigie.lake.sources import Source

LEAST_US, MOST_US = -(2**63), 2**63 - 1
_BOUND = re.compile(r"(\w+) (>=|<) (\w+)")
MOST_REMEMBERED = 2_000
"""Files of which the ranges are: the two newest days have some hundreds that last."""
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bound:
    """A parameter that bounds a column.

    Attributes:
        column: The column, microseconds.
        above: Whether rows are at least the parameter; otherwise they are below it.
        param: The parameter.
    """

    column: str
    above: bool
    param: str

    @classmethod
    def parse_all(cls, text: str) -> tuple[Self, ...]:
        """Return what a line of a header says.

        Raises:
            WrongUsage: When it says nothing that is known.
        """
        found = [_BOUND.fullmatch(piece.strip()) for piece in text.split(",")]
        if not all(found):
            raise WrongUsage(reason=f"window: {text!r}")
        return tuple(cls(one[1], one[2] == ">=", one[3]) for one in found if one is not None)

    @property
    def open(self) -> int:
        """What bounds nothing."""
        return LEAST_US if self.above else MOST_US

    def holds(self, range_: Range, value: int) -> bool:
        """Say whether every row of a file is on the right side of a value."""
        return value <= range_[0] if self.above else range_[1] < value


def unbounded(bounds: Iterable[Bound], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with every bound open."""
    return {**values, **{bound.param: bound.open for bound in bounds}}


def lies_within(
    source: Source, file: DataFile, bounds: Sequence[Bound], values: Mapping[str, Any]
) -> bool:
    """Say whether every row of a file lies in a window; not, where its footer does not tell."""
    if not bounds:
        return True
    try:
        ranges = _ranges(f"{source.folder}/{file.path}", tuple(bound.column for bound in bounds))
    except FileNotFoundError:  # who reads it has it fetched, or says that it is gone
        return False
    return ranges is not None and all(
        bound.holds(range_, values[bound.param])
        for bound, range_ in zip(bounds, ranges, strict=True)
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def _ranges(path: str, columns: tuple[str, ...]) -> tuple[Range, ...] | None:
    """Return the least and the greatest value of columns in a file, as its footer says.

    None where one is not known: a column without statistics, or with nulls.
    """
    footer = pq.read_metadata(path)
    at = {footer.schema.column(n).path: n for n in range(footer.num_columns)}
    found = []
    for column in columns:
        groups = (footer.row_group(n).column(at[column]) for n in range(footer.num_row_groups))
        known = [group.statistics for group in groups]
        if not all(one is not None and one.has_min_max and one.null_count == 0 for one in known):
            return None
        found.append((min(one.min for one in known), max(one.max for one in known)))
    return tuple(found)
