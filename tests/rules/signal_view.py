"""A small city of cells with presence, noise and facts, calm but for what a test plants."""

from __future__ import annotations

from collections.abc import Callable

import h3
import numpy as np

from vigie.judge.surveillance.signals import (
    WEEK_H,
    WEEKS,
    Scored,
    Signal,
    score_counts,
    score_levels,
)

HOUR_US = 3_600_000_000
CELLS = 20
NULL_H, JUDGED_H = 4 * WEEK_H, WEEK_H
SIGNALS = (
    Signal(
        "presence.total",
        {"fr": "Présence", "en": "Presence"},
        sort="relative",
        crowd=True,
        floor=0.02,
        grain=10.0,
        least=20.0,
    ),
    Signal("noise.laeq", {"fr": "Bruit", "en": "Noise"}, crowd=True, unit="dB", floor=0.5),
    Signal("facts.offence", {"fr": "Infractions", "en": "Offences"}, sort="count"),
)


def drawn(seed: int = 1) -> np.ndarray:
    """Return values of the signals, shape (3, cells, hours), with a day's and a week's shape."""
    chance = np.random.default_rng(seed)
    total = WEEKS * WEEK_H + NULL_H + JUDGED_H
    hour = np.arange(total)
    shape = 1.0 + 0.3 * np.sin(2 * np.pi * hour / 24) + 0.2 * ((hour % WEEK_H) > 120)
    people = 900.0 * shape[None, :] * np.exp(chance.normal(0, 0.04, (CELLS, total)))
    noise = 55.0 + 6.0 * shape[None, :] + chance.normal(0, 1.2, (CELLS, total))
    facts = chance.poisson(0.05 * shape[None, :], (CELLS, total)).astype(float)
    return np.stack([np.rint(people / 10) * 10, noise, facts])


def view(plant: Callable[[np.ndarray], None] | None = None, seed: int = 1) -> Scored:
    """Return the scored view; ``plant`` receives values of the judged hours, to change them."""
    values = drawn(seed)
    if plant is not None:
        plant(values[:, :, -JUDGED_H:])
    first, total = WEEKS * WEEK_H, values.shape[2]
    split = total - JUDGED_H
    parts = [score_levels(values[i], first, split, SIGNALS[i]) for i in (0, 1)]
    parts.append(score_counts(values[2], first, split))
    centre = h3.latlng_to_cell(43.3, 5.4, 8)
    cells = sorted(h3.str_to_int(one) for one in h3.grid_disk(centre, 3))[:CELLS]
    places = [h3.cell_to_latlng(h3.int_to_str(one)) for one in cells]
    return Scored(
        signals=SIGNALS,
        cells=np.array(cells, dtype=np.int64),
        lon=np.array([lon for _, lon in places]),
        lat=np.array([lat for lat, _ in places]),
        hours_us=np.arange(first, total, dtype=np.int64) * HOUR_US,
        days=np.arange(first, total, dtype=np.int64) // 24,
        values=values[:, :, first:],
        expected=np.stack([one[0] for one in parts]),
        scores=np.stack([one[1] for one in parts]),
        weeks=np.stack([one[2] for one in parts]),
        planned=np.zeros((CELLS, total - first), dtype=np.bool_),
        judged=split - first,
    )
