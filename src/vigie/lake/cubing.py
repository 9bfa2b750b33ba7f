"""Making anew what is made of the facts: group by group, each kept as it is done, to be resumed.

The lock is held for one group at a time: erasing and feeds have their turn between two of them.
Either engine counts; what it counts is the same, and until a cube is made its part is counted
from the facts at each question.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vigie.base.errors import Unavailable
from vigie.base.logging import get_logger
from vigie.base.stopping import look
from vigie.lake.commit import KEEP_HOURS
from vigie.lake.cubes import (
    CUBE,
    by_part,
    drop_dead,
    rebuild,
    split_fresh,
    stale_groups,
)
from vigie.lake.engine import Engine
from vigie.lake.layout import DataFile
from vigie.lake.making import due
from vigie.lake.spots import SPOTS, drop_untrue_spots, make_month, months_without
from vigie.lake.sums import SUMS, drop_untrue, longer_spans, make_days, make_longer, standing
from vigie.lake.tables import Tables

_log = get_logger(__name__)

Told = Callable[[int, int, str], None]
"""Told how many facts are counted, of how many, and the last part."""
DERIVED = (CUBE, SUMS, SPOTS)
"""Tables that are made of the facts."""


def _stale(tables: Tables) -> dict[str, list[DataFile]]:
    """Return the fact files of the parts that lack a true cube or true sums."""
    facts = tables["facts"].current()
    cubes = split_fresh(facts, tables[CUBE].current())[1]
    return {**cubes, **standing(facts, tables[SUMS].current()).stale_days()}


def renew(
    tables: Tables,
    engine: Engine,
    *,
    anew: bool = False,
    told: Told | None = None,
) -> int:
    """Make cube, sums and spots of every part whose facts have changed; those known now.

    Args:
        tables: Facts, and what is made of them.
        engine: Counts.
        anew: Drop all of it first. A run that is cut short is resumed by one without it.
        told: Told after each group.

    Returns:
        The number of parts made.

    Raises:
        Unavailable: When a turn is not to be had; what was made before is kept.
        Stopping: When the process is told to stop; the same holds.
    """
    facts, cube, sums, spots = (tables[kind] for kind in ("facts", *DERIVED))
    if anew:
        tables.turn(CUBE, partial(drop_dead, facts, cube, everything=True))
        tables.turn(SUMS, partial(drop_untrue, facts, sums, everything=True))
        tables.turn(SPOTS, partial(drop_untrue_spots, facts, spots, everything=True))
    made = _renew_parts(tables, engine, told)
    for span in longer_spans(facts, sums):
        look()
        tables.turn(SUMS, partial(make_longer, facts, sums, engine, span))
    for month in months_without(facts, spots):
        look()
        tables.turn(SPOTS, partial(make_month, facts, spots, engine, month))
    tables.turn(CUBE, partial(drop_dead, facts, cube))
    tables.turn(SUMS, partial(drop_untrue, facts, sums))
    tables.turn(SPOTS, partial(drop_untrue_spots, facts, spots))
    for kind in DERIVED:
        tables.turn(kind, partial(tables[kind].vacuum, KEEP_HOURS))
    return made


def renew_felt(tables: Tables, engine: Engine, rows: int) -> None:
    """Make cube and sums of what has changed, when more than so many facts of it would be counted.

    Of days that are fed only larger files are counted beforehand, each by itself: the day is not
    read again at each commit. Months and years wait for ``renew``: they change with their days.
    """
    facts, cube, sums = tables["facts"], tables[CUBE], tables[SUMS]
    now = facts.current()
    every = by_part(now.files)
    try:
        for kind, left, make in (
            (CUBE, split_fresh(now, cube.current())[1], partial(rebuild, facts, cube)),
            (SUMS, standing(now, sums.current()).left(), partial(make_days, facts, sums)),
        ):
            counted = due(every, left, felt=True).by_part()
            if sum(file.rows for files in counted.values() for file in files) >= rows:
                for group in stale_groups(counted):
                    look()
                    tables.turn(kind, partial(make, engine, group, felt=True), 0)
    except Unavailable:  # another process is at it; the answer is right without
        _log.info("cube is being renewed elsewhere")


def _renew_parts(tables: Tables, engine: Engine, told: Told | None) -> int:
    facts, cube, sums = tables["facts"], tables[CUBE], tables[SUMS]
    groups = stale_groups(_stale(tables))
    total = sum(sum(group.values()) for group in groups)
    made = rows = 0
    for group in groups:
        look()
        counted = tables.turn(CUBE, partial(rebuild, facts, cube, engine, group))
        summed = tables.turn(SUMS, partial(make_days, facts, sums, engine, group))
        made += max(counted, summed)
        rows += sum(group.values())
        if told is not None:
            told(rows, total, max(group))
    return made
