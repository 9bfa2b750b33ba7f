"""Emergency arrivals: what the edges of the hospitals tell of each day, by their own code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from vigie.city import levels
from vigie.city.ledger import Feed
from vigie.city.span import HOUR_US, IntArray, local
from vigie.city.truth import Truth
from vigie.intake.hospital.counts import Slots, write_counts
from vigie.intake.hospital.edge import SETTLE_H
from vigie.intake.hospital.history import WEEKS, History
from vigie.intake.hospital.passages import ARRIVALS, LEAST, METRIC_OF, figures
from vigie.intake.hospital.slots import HOURS

EMERGENCY = "emergency"
LATE_US = SETTLE_H * HOUR_US
"""How long after its end a day is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one hospital's edge tells of one day.

    Attributes:
        site: Number of the hospital.
        day: Local day.
        made_us: When it was told.
        shown: Slots that may be shown, by metric; never empty.
    """

    site: str
    day: date
    made_us: int
    shown: dict[str, list[tuple[int, int, int]]]


def _counts(bands: IntArray) -> dict[str, list[int]]:
    """Return counts by metric and hour, of counts by age band and hour."""
    parts = {METRIC_OF[band]: bands[index].tolist() for index, band in enumerate(levels.AGE_BANDS)}
    return {ARRIVALS: np.asarray(bands.sum(axis=0)).tolist(), **parts}


def days_told(truth: Truth) -> Iterator[Told]:
    """Yield what is told of each day that ends in the span, in order of time."""
    history = History()
    for site, on, hours in _before(truth):
        history.note(site, on, hours, LEAST)
    sites, days_us, counts = levels.arrivals_by_hour(truth)
    for day in range(len(days_us) - 1):
        made_us, on = int(days_us[day + 1]) + LATE_US, local(int(days_us[day])).date()
        for column, site in enumerate(sites):
            said = _counts(counts[day, column])
            shown, _ = figures(said, history.alone(site, on))
            history.note(site, on, said[ARRIVALS], LEAST)
            if shown:
                yield Told(site, on, made_us, shown)


def past_days(truth: Truth, until: date) -> Iterator[tuple[str, date, list[int]]]:
    """Yield site, day and arrivals by hour of the days before one, as the hospitals know them."""
    yield from _before(truth)
    sites, days_us, counts = levels.arrivals_by_hour(truth)
    for day in range(len(days_us) - 1):
        on = local(int(days_us[day])).date()
        if on >= until:
            return
        for column, site in enumerate(sites):
            yield site, on, counts[day, column].sum(axis=0).tolist()


def _before(truth: Truth) -> Iterator[tuple[str, date, list[int]]]:
    sites, first, counts = levels.arrivals_before(truth, WEEKS)
    for day in range(len(counts)):
        for column, site in enumerate(sites):
            yield site, date.fromordinal(first + day), counts[day, column].tolist()


def message(told: list[Told]) -> bytes:
    """Return one message of a site about some days, made when the last of them was told."""
    days: dict[date, dict[str, Slots]] = {one.day: dict(one.shown) for one in told}
    made = write_counts(told[0].site, max(one.made_us for one in told), days)
    return (json.dumps(made, separators=(",", ":")) + "\n").encode()


def emit(truth: Truth, folder: Path) -> Feed:
    """Write the days told by now: one message a site, as an edge sends that was long cut off."""
    (folder / EMERGENCY).mkdir()
    by_site: dict[str, list[Told]] = {}
    for one in days_told(truth):
        if one.made_us <= truth.now_us:
            by_site.setdefault(one.site, []).append(one)
    paths = []
    for site, told in sorted(by_site.items()):
        name = f"{EMERGENCY}/passages_{site}.json"
        (folder / name).write_bytes(message(told))
        paths.append(name)
    rows = sum(len(one.shown) for told in by_site.values() for one in told)
    return Feed(
        source=EMERGENCY,
        connector="hospital_edge",
        mapping="",
        kind="measures",
        paths=tuple(paths),
        rows=rows,
        records=HOURS * rows,
        options={"places": "places"},
    )
