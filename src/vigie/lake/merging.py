"""One answer out of two: what lasting files give is read once, what is fed is read each time.

A commit changes some small files of the newest day, and nearly always all others stay. A question
of which the header says how answers over different rows make one (``-- merge:``) is asked of both
apart: over the files that last the same question, asked again within seconds, has been answered
already (``lake.answered``), however often commits came between; over those that lie wholly in the
window it is the same question whatever the window is (``lake.windows``).

    -- merge: sum(n), max(severity_max) by cell
    -- merge: first(limit_rows) by earliest_us DESC, fact_id DESC

The first form groups by all columns that it does not name; both sort, nulls last.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Self

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.lake.commit import MERGED_ROWS
from vigie.lake.layout import DataFile
from vigie.lake.making import lasts
from vigie.lake.sources import Source
from vigie.lake.windows import Bound, lies_within, unbounded

LEAST_ROWS = 30_000
"""With fewer rows in lasting files two questions cost more than one."""
SETTLED_ROWS = MERGED_ROWS
"""No commit merges a file of so many rows with others: it stands for minutes."""
STALE = "facts_stale"
FED = ("facts", STALE)
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over some files.

    Attributes:
        sources: The tables, each with some of its files.
        values: What to ask with.
        share: Which of them these are; each is answered apart.
        settled: Whether the same is asked for as long as these files stand.
    """

    sources: Mapping[str, Source]
    values: Mapping[str, Any]
    share: str
    settled: bool = False


def _sorted(table: pa.Table, order: Sequence[tuple[str, str]]) -> pa.Table:
    return table.sort_by(list(order)) if order else table


def apart(
    sources: Mapping[str, Source], bounds: Sequence[Bound], values: Mapping[str, Any]
) -> list[Asked]:
    """Return what is asked: of lasting files within the window, of other ones, of what is fed.

    Few rows are not worth a question of their own.

    Args:
        sources: What a statement reads.
        bounds: Its parameters that bound a column.
        values: Every parameter's.

    Returns:
        The same tables each time, with other files; nothing where there are none.
    """
    shares = _shares(sources, bounds, values)
    rows = Counter[_Share]()
    for name, one in sources.items():
        for file in one.files:
            rows[shares[name, file.path]] += file.rows
    joins = {share: share for share in _Share}
    for few, with_ in itertools.pairwise(_Share):
        if rows[few] < LEAST_ROWS:
            joins = {share: with_ if to is few else to for share, to in joins.items()}
            rows[with_] += rows.pop(few, 0)

    def only(share: _Share) -> dict[str, Source]:
        return {
            name: replace(
                one,
                files=tuple(f for f in one.files if joins[shares[name, f.path]] is share),
            )
            for name, one in sources.items()
        }

    free = {_Share.SETTLED, _Share.WITHIN}
    return [
        Asked(
            only(share),
            unbounded(bounds, values) if share in free else values,
            share.name,
            settled=share is _Share.SETTLED,
        )
        for share in _Share
        if rows[share]
    ]


class _Share(Enum):
    """What a file is asked with, in the order in which few rows join others."""

    SETTLED = auto()
    WITHIN = auto()
    CUT = auto()
    FED = auto()


def _shares(
    sources: Mapping[str, Source], bounds: Sequence[Bound], values: Mapping[str, Any]
) -> dict[tuple[str, str], _Share]:
    """Return what each file is asked with, by table and path.

    What is fed, and what may lie within, are files of the two newest parts: that of today, and
    midnight's other side. Of facts that a cube counts by whole hours, only those that it is made of
    when it is read are all told whatever hours a window cuts.
    """
    fed = {name: one for name, one in sources.items() if name in FED}
    newest = sorted({file.part for one in fed.values() for file in one.files})[-2:]
    stale = {file.path for file in sources[STALE].files} if STALE in sources else None
    within: dict[str, bool] = {}

    def share(name: str, one: Source, file: DataFile) -> _Share:
        if name not in FED or file.part not in newest:
            return _Share.CUT
        if not lasts(file):
            return _Share.FED
        if file.path not in within:
            whole = stale is None or file.path in stale
            within[file.path] = whole and lies_within(one, file, bounds, values)
        if not within[file.path]:
            return _Share.CUT
        return _Share.SETTLED if file.rows >= SETTLED_ROWS else _Share.WITHIN

    return {
        (name, file.path): share(name, one, file)
        for name, one in sources.items()
        for file in one.files
    }
