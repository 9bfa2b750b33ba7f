"""One answer out of two: what lasting files give is read once, what is fed is read each time.

A commit changes some small files of the newest day, and nearly always all others stay. A question
of which the header says how answers over different rows make one (``-- merge:``) is asked of both
apart: over the files that last the same question, asked again within seconds, has been answered
already (``lake.answered``), however often commits came between.

    -- merge: sum(n), max(severity_max) by cell
    -- merge: first(limit_rows) by earliest_us DESC, fact_id DESC

The first form groups by all columns that it does not name; both sort, nulls last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.lake.layout import DataFile
from vigie.lake.making import lasts
from vigie.lake.sources import Source

LEAST_ROWS = 30_000
"""With fewer rows in lasting files two questions cost more than one."""
FED = ("facts", "facts_stale")
"""What commits change; all else is made of lasting files."""
_WHAT = re.compile(r"(sum|max|min|first)\((\w+)\)")
_ORDER = re.compile(r"(\w+)(?: (ASC|DESC))?")


@dataclass(frozen=True, slots=True)
class Merge:
    """How answers over different rows make one.

    Attributes:
        figures: Columns with how they add up: ``sum``, ``min`` or ``max``; empty to take rows.
        limit: The parameter that tells how many rows are taken, in order; empty to add up.
        order: Columns that the answer is sorted by, with ``ascending`` or ``descending``.
    """

    figures: tuple[tuple[str, str], ...]
    limit: str
    order: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a line of a header says.

        Raises:
            WrongUsage: When it says nothing that is known.
        """
        told, _, by = text.partition(" by ")
        what = [match.groups() for match in _WHAT.finditer(told)]
        if (
            not what
            or _WHAT.sub("", told).strip(", ")
            or (told.startswith("first") and len(what) > 1)
        ):
            raise WrongUsage(reason=f"merge: {text!r}")
        order = tuple(
            (match[1], "descending" if match[2] == "DESC" else "ascending")
            for match in _ORDER.finditer(by)
        )
        if what[0][0] == "first":
            return cls((), what[0][1], order)
        return cls(tuple((name, how) for how, name in what), "", order)

    def join(self, answers: Sequence[pa.Table], values: Mapping[str, Any]) -> pa.Table:
        """Return the answer over all rows.

        Args:
            answers: Those over some of them each.
            values: Every parameter's.
        """
        every = pa.concat_tables(answers)
        if self.limit:
            return _sorted(every, self.order).slice(0, values[self.limit])
        named = {name for name, _ in self.figures}
        keys = [name for name in every.column_names if name not in named]
        grouped = every.group_by(keys).aggregate(list(self.figures))
        columns = {name: grouped[f"{name}_{how}"] for name, how in self.figures}
        columns |= {key: grouped[key] for key in keys}
        table = pa.table({name: columns[name] for name in every.column_names})
        return _sorted(table, self.order)


def _sorted(table: pa.Table, order: Sequence[tuple[str, str]]) -> pa.Table:
    return table.sort_by(list(order)) if order else table


def apart(sources: Mapping[str, Source]) -> list[Mapping[str, Source]]:
    """Return the lasting files and those that are fed, where both are worth a question.

    Fed are the smaller files of the two newest parts: that of today, and midnight's other side.

    Args:
        sources: What a statement reads.

    Returns:
        Two times the same tables, or one.
    """
    parts = {file.part for name in FED if name in sources for file in sources[name].files}
    newest = sorted(parts)[-2:]

    def is_fed(name: str, file: DataFile) -> bool:
        return name in FED and file.part in newest and not lasts(file)

    def only(*, fed: bool) -> dict[str, Source]:
        return {
            name: replace(one, files=tuple(f for f in one.files if is_fed(name, f) == fed))
            for name, one in sources.items()
        }

    lasting, left = only(fed=False), only(fed=True)
    if _rows(lasting) < LEAST_ROWS or not _rows(left):
        return [sources]
    return [lasting, left]


def _rows(sources: Mapping[str, Source]) -> int:
    return sum(file.rows for one in sources.values() for file in one.files)
