"""What a map draws of the facts of closed months, sorted by cell: the points of years in a street.

A day's file holds a street in one of its groups of rows, and four years are fourteen hundred files.
A month of spots holds it in one of some tens of files, each of a stretch of the city, of which the
log tells the cells: the others are not even opened. As with cube and sums, a file carries the
fingerprint of the fact files it was made from, and is read for no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vigie.geo.cells import RESOLUTION, bbox_ranges
from vigie.geo.distance import Box
from vigie.lake.layout import DataFile, write_sorted
from vigie.lake.sources import Source, part_range
from vigie.lake.statements import get_statement
from vigie.lake.sums import GROUP_ROWS, spans_of
from vigie.lake.table import LakeTable, Version

if TYPE_CHECKING:
    from vigie.lake.engine import Engine

SPOTS = "spots"
FILE_ROWS = 131_072
"""A thirtieth of the largest city's month: few are opened for a street, and not too many stand."""
STRETCH_ROWS = 1_000_000
"""Facts that are sorted at once."""
LEAST_SHARE = 0.25
"""Of the days of a month: with fewer of them in a window their own files are read."""
_MOST_RANGES = 12


def spots_schema() -> pa.Schema:
    """Return the schema of the stored spots."""
    return get_statement("spots_made").returns


def true_spots(facts: Version, spots: Version) -> dict[str, list[DataFile]]:
    """Return by month the spots that are true of a version of the facts."""
    prints = spans_of(facts).prints
    found: dict[str, list[DataFile]] = {}
    for file in spots.files:
        if prints.get(file.part) == file.path.split("/")[-1].split("-")[0]:
            found.setdefault(file.part, []).append(file)
    return found


def cover_points(
    facts: Version, spots: Version, first_us: int, end_us: int, box: Box | None
) -> tuple[list[DataFile], list[DataFile]]:
    """Return the spots to be read for a window and a box, and the fact files of all other days.

    What is read holds every fact of both, and others: the question still asks for time and place.
    """
    true, spans = true_spots(facts, spots), spans_of(facts)
    bounds = part_range(first_us, end_us, thin=False)
    ranges = () if box is None else _covering(box)
    taken: list[DataFile] = []
    left: list[DataFile] = []
    for month in spans.months:
        days = spans.below[month]
        inside = [d for d in days if bounds is None or bounds[0] <= d <= bounds[1]]
        if month in true and len(inside) >= LEAST_SHARE * len(days):
            taken += [file for file in true[month] if _reaches(file, ranges)]
        else:
            left += [file for day in inside for file in spans.parts[day]]
    return taken, left


def _covering(box: Box) -> Sequence[tuple[int, int]]:
    """Return ranges of cells that hold a box; none at all of one that stands on its head."""
    west, south, east, north = box
    if south > north or west > east:
        return [(1, 0)]
    return bbox_ranges(
        max(west, -180), max(south, -90), min(east, 180), min(north, 90), limit=_MOST_RANGES
    )


def _reaches(file: DataFile, ranges: Sequence[tuple[int, int]]) -> bool:
    """Say whether a file can hold a cell of some ranges; without any, it can."""
    if not ranges:
        return True
    low, high = file.low, file.high
    return low is not None and high is not None and any(low <= b and a <= high for a, b in ranges)


def months_without(facts: LakeTable, spots: LakeTable) -> Iterator[str]:
    """Yield the months that lack spots, but the newest, which changes with each fact."""
    true = true_spots(facts.current(), spots.current())
    yield from (month for month in spans_of(facts.current()).months[:-1] if month not in true)


def make_month(facts: LakeTable, spots: LakeTable, engine: Engine, month: str) -> None:
    """Make the spots of a month anew if they are not true; under their lock."""
    if month not in months_without(facts, spots):
        return
    spans = spans_of(facts.current())
    files = [file for day in spans.below[month] for file in spans.parts[day]]
    sources, stems = {"facts": facts.source(files)}, {month: f"{spans.prints[month]}-"}
    added: list[DataFile] = []
    for stretch in _stretches(_run(engine, "map_cells", sources, resolution=RESOLUTION)):
        table = _run(engine, "spots_made", sources, ranges=[stretch])
        added += write_sorted(spots.drafts, table, stems, GROUP_ROWS, FILE_ROWS)
    old = [file for file in spots.current().files if file.part == month]
    if added or old:
        spots.commit(added, old, metadata={"vigie.operation": SPOTS})


def _stretches(counts: pa.Table) -> Iterator[tuple[int, int]]:
    """Yield ranges of cells, given in order with their facts, of which few fit into memory."""
    first, rows = None, 0
    cells = counts["cell"].to_pylist()
    for cell, n in zip(cells, counts["n"].to_pylist(), strict=True):
        first, rows = cell if first is None else first, rows + n
        if rows >= STRETCH_ROWS or cell == cells[-1]:
            yield first, cell
            first, rows = None, 0


def _run(engine: Engine, name: str, sources: Mapping[str, Source], **values: Any) -> pa.Table:
    statement = get_statement(name)
    return statement.finish(engine.run(statement, sources, (), {}, statement.bind(values)))


def drop_untrue_spots(facts: LakeTable, spots: LakeTable, *, everything: bool = False) -> None:
    """Drop the spots that are not true of the facts as they are, or all; under their lock."""
    true = {} if everything else true_spots(facts.current(), spots.current())
    kept = {file.path for files in true.values() for file in files}
    dead = [file for file in spots.current().files if file.path not in kept]
    if dead:
        spots.commit([], dead, metadata={"vigie.operation": SPOTS})
