"""Making cubes anew, group by group: each is kept as it is done, so that the work can be resumed.

The lock is held for one group at a time: erasing and feeds have their turn between two of them.
Either engine counts; what it counts is the same, and until a cube is made its part is counted
from the facts at each question.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vigie.base.stopping import look
from vigie.lake.cubes import CUBE, drop_dead, rebuild, stale_groups
from vigie.lake.engine import Engine
from vigie.lake.tables import LOCK_S, Tables

Told = Callable[[int, int, str], None]
"""Told how many facts are counted, of how many, and the last part."""


def renew(
    tables: Tables,
    engine: Engine,
    *,
    anew: bool = False,
    told: Told | None = None,
    timeout_s: float = LOCK_S,
) -> int:
    """Make the cube of every part whose facts have changed; the parts that are known now.

    Args:
        tables: Facts and cubes.
        engine: Counts.
        anew: Drop all cubes first. A run that is cut short is resumed by one without it.
        told: Told after each group.
        timeout_s: Longest wait for each turn.

    Returns:
        The number of parts made.

    Raises:
        Unavailable: When a turn is not to be had; what was made before is kept.
        Stopping: When the process is told to stop; the same holds.
    """
    facts, cube = tables["facts"], tables[CUBE]
    if anew:
        tables.turn(CUBE, partial(drop_dead, facts, cube, everything=True), timeout_s)
    groups = stale_groups(facts.current(), cube.current())
    total = sum(sum(group.values()) for group in groups)
    made = rows = 0
    for group in groups:
        look()
        made += tables.turn(CUBE, partial(rebuild, facts, cube, engine, group), timeout_s)
        rows += sum(group.values())
        if told is not None:
            told(rows, total, max(group))
    tables.turn(CUBE, partial(drop_dead, facts, cube), timeout_s)
    return made
