"""What counts people beside the operators: cameras over squares, and validations at stations.

Both follow the true presence of their place, each with its own error: a camera's density is right
to a tenth, a station's boardings are a Poisson number of a small share of who is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from vigie.city import geography, levels
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.sites import sites
from vigie.city.span import HOUR_US, IntArray
from vigie.city.truth import Truth

SECOND_US = 1_000_000
SQUARES = 24
STATIONS = 24
SQUARE_M2 = 9_000.0
ON_SQUARE = 0.06
"""Share of a cell's people that is on its square."""
DENSITY_SIGMA = 0.10
BOARD = 0.05
"""Share of a cell's people that boards at its station within an hour."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that counts: its reference, its name, its place and the presence cell it is in."""

    ref: str
    name: str
    lon: float
    lat: float
    cell: int


def _busiest(weights: FloatArray, many: int) -> IntArray:
    """Return the presence cells with most of a weight, first the busiest."""
    n = len(geography.zonings()["maille"].ids)
    summed = np.bincount(sites().maille, weights=weights, minlength=n)
    return np.argsort(-summed, kind="stable")[:many].astype(np.int64)


@cache
def squares() -> tuple[Counter, ...]:
    """Return the squares that cameras count, where most people go out and shop."""
    weights = sites().weights
    return _counters(
        "PL", "Caméras, place", _busiest(weights["nightlife"] + weights["commerce"], SQUARES)
    )


@cache
def stations() -> tuple[Counter, ...]:
    """Return the stations that count validations, where most people work and shop."""
    weights = sites().weights
    return _counters(
        "ST", "Validations, station", _busiest(weights["centre"] + weights["commerce"], STATIONS)
    )


def _counters(letters: str, word: str, cells: IntArray) -> tuple[Counter, ...]:
    maille = geography.zonings()["maille"]
    found = []
    for number, cell in enumerate(cells.tolist(), start=1):
        at = maille.polygons[cell].representative_point()
        label = f"{word} {maille.labels[cell]}"
        found.append(Counter(f"{letters}{number:02d}", label, float(at.x), float(at.y), cell))
    return tuple(found)


def density(truth: Truth, level: FloatArray) -> FloatArray:
    """Return people to the square metre by slot and square, as cameras tell them.

    Args:
        truth: The city.
        level: True number of people by slot and presence cell.
    """
    chance = stream(truth.seed, "crowd_cameras")
    return _seen(level[:, _cells(squares())], chance)


def density_within(truth: Truth, level: FloatArray, at_us: int) -> FloatArray:
    """Return people to the square metre by square, of a part of an hour that begins so."""
    slot = int((at_us - truth.span.start_us) // HOUR_US)
    chance = stream(truth.seed, "crowd_cameras", "within", at_us // SECOND_US)
    return _seen(level[slot, _cells(squares())], chance)


def _seen(there: FloatArray, chance: np.random.Generator) -> FloatArray:
    told = there * (ON_SQUARE / SQUARE_M2) * np.exp(chance.normal(0.0, DENSITY_SIGMA, there.shape))
    return np.asarray(np.round(told, 4), dtype=np.float64)


def _cells(counters: tuple[Counter, ...]) -> list[int]:
    return [one.cell for one in counters]


def boardings(truth: Truth, level: FloatArray) -> FloatArray:
    """Return boardings by slot and station."""
    chance = stream(truth.seed, "boardings")
    there = level[:, _cells(stations())]
    return chance.poisson(np.clip(there * BOARD, 0.0, None)).astype(np.float64)


def counted(truth: Truth) -> dict[str, FloatArray]:
    """Return what counts tell, by metric: slot by presence cell, nan where nothing counts."""
    level = levels.presence(truth)
    found = {}
    for metric, counters, values in (
        ("presence.density", squares(), density(truth, level)),
        ("transport.boardings", stations(), boardings(truth, level)),
    ):
        grid = np.full(level.shape, np.nan)
        grid[:, _cells(counters)] = values
        found[metric] = grid
    return found
