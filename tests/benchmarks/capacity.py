"""What a place of some size needs, from measured costs; the sums of docs/explanation/capacity.md.

    python3 run.py bench capacity [--home HOME]

With a home, bytes a record are measured there (files of the tables' newest versions, and the index)
instead of those written down; they do not depend on the machine. Everything else is multiplication.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable

YEARS = 10
DAYS = 365
MESSAGES_S = 700
"""Pushes a second that one server acknowledges, two quiet cores, 500 listeners (decision 0038)."""
VIDEO_MBIT = 2.0
CAMERAS_CORE = 29
"""Cameras a core that are looked at, 720p, gated (docs/explanation/detection.md)."""
RECORDED_DAYS = 30
GB = 1e9


@dataclass(frozen=True, slots=True)
class Place:
    """What comes and who looks: assumptions, to be replaced by a city's own.

    Attributes:
        name: The place.
        facts: Facts a day.
        measures: Measures a day.
        peak: Pushed messages a second, at the worst.
        listeners: Live consoles.
        cameras: Cameras recorded.
        looked_at: Of these, under a grant of legal detection at one time.
    """

    name: str
    facts: int
    measures: int
    peak: int
    listeners: int
    cameras: int
    looked_at: int


PLACES = (
    Place("small town", 60, 20_000, 2, 5, 20, 0),
    Place("Marseille", 3_000, 3_500_000, 300, 100, 1_600, 60),
    Place("Paris", 12_000, 15_000_000, 1_000, 500, 4_500, 200),
    Place("a country", 250_000, 300_000_000, 20_000, 10_000, 90_000, 3_000),
)


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes a record takes: in the tables' files, and in the index of ids."""

    fact: float = 114
    measure: float = 26
    index: float = 42


def measured(home: Path) -> Bytes:
    """Return the bytes a record of a home takes."""
    sizes, rows = {}, 0
    for kind in ("facts", "measures"):
        actions = DeltaTable(str(home / "lake" / kind)).get_add_actions(flatten=True)
        n = sum(actions.column("num_records").to_pylist())
        sizes[kind] = sum(actions.column("size_bytes").to_pylist()) / max(1, n)
        rows += n
    with closing(sqlite3.connect(f"file:{home / 'lake/index.db'}?mode=ro", uri=True)) as base:
        pages, size = (
            base.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "page_size")
        )
    return Bytes(sizes["facts"], sizes["measures"], pages * size / max(1, rows))


def needs(place: Place, one: Bytes) -> dict[str, object]:
    """Return what a place needs."""
    day = place.facts * (one.fact + one.index) + place.measures * (one.measure + one.index)
    video = place.cameras * VIDEO_MBIT / 8 * 86_400 * RECORDED_DAYS / 1e6
    return {
        "place": place.name,
        "lake_gb_a_year": round(day * DAYS / GB, 1),
        "lake_gb_ten_years": round(day * DAYS * YEARS / GB),
        "rows_ten_years_millions": round((place.facts + place.measures) * DAYS * YEARS / 1e6),
        "servers_for_peak": round(place.peak / MESSAGES_S, 2),
        "video_tb": round(video, 1),
        "video_gbit_s": round(place.cameras * VIDEO_MBIT / 1e3, 2),
        "cores_for_detection": round(place.looked_at / CAMERAS_CORE, 1),
    }


def main() -> None:
    """Print what each place needs, a line of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="Measure bytes a record in this home.")
    home = parser.parse_args().home
    one = measured(home) if home else Bytes()
    print(json.dumps({"fact": one.fact, "measure": one.measure, "index": one.index}))
    for place in PLACES:
        print(json.dumps(needs(place, one)))


if __name__ == "__main__":
    main()
