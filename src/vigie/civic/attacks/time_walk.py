"""The same question again and again while facts come in: does a figure move?"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.base.clock import FixedClock
from vigie.base.errors import Conflict
from vigie.civic.attacking import Attack, Draw, Methods, Outcome
from vigie.civic.publishing import Release, Week
from vigie.civic.tables import PublicTable
from vigie.privacy.suppression import TOTAL, Key

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
WEEKS: tuple[Week, ...] = ((2026, 9), (2026, 10), (2026, 11))
ZONES = tuple(f"zone{number}" for number in range(4))
PARENTS = dict.fromkeys(ZONES, TOTAL)
THEMES = ("offence", "road", "space")
HOURS = 4
"""Between two questions."""

Counts = dict[Week, dict[Key, int]]


def _figures(release: Release) -> list[tuple[str, str, int | None]]:
    return [(one["row"], one["column"], one["value"]) for one in release["figures"]]


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Ask for three weeks every four hours, one fact coming into each meanwhile.

    Success: answers that differ from the one before, about the same week.
    """
    keys = [(zone, theme) for zone in ZONES for theme in THEMES]
    counts: Counts = {week: dict.fromkeys(keys, 30) for week in WEEKS}
    before: dict[Week, list[tuple[str, str, int | None]]] = {}
    moved = answered = 0

    def count(_: PublicTable, week: Week) -> tuple[Mapping[Key, int], Mapping[str, str]]:
        return counts[week], PARENTS

    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(START)
        publisher = methods.publisher(Path(folder), count, clock)
        for _ in range(runs):
            clock.advance(timedelta(hours=HOURS))
            for week in WEEKS:
                counts[week][keys[int(draw.integers(len(keys)))]] += 1
                try:
                    told = _figures(publisher.publish("zone_themes", week))
                except Conflict:
                    continue
                answered += 1
                moved += week in before and before[week] != told
                before[week] = told
    return Outcome(runs, moved, 0, {"answered": answered, "weeks": len(before)})


ATTACK = Attack(
    name="time_walk",
    title={
        "fr": "Reposer la même question pendant que les faits arrivent",
        "en": "Ask the same question while facts come in",
    },
    measure={"fr": "réponses qui ont bougé", "en": "answers that moved"},
    runs=180,
    run=run,
)
