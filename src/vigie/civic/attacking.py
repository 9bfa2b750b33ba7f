"""Attacking what is published: the kit of the attackers, and the methods that they attack.

An attacker is one module of ``vigie.civic.attacks`` with an ``ATTACK``. It is given the methods by
which figures and places are told, draws cities of its own from a seed, and counts how often it wins
against its stated bound. The tests give it weakened methods too: one that cannot win proves
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

import vigie.civic.attacks
from vigie.analyse.partitions import withheld_cells
from vigie.audit.line import Line
from vigie.base import plugins
from vigie.base.clock import Clock
from vigie.base.errors import MissingPart
from vigie.civic.noise import add_noise
from vigie.civic.publishing import Count, Publisher, Shelf
from vigie.civic.tables import Figure, Noise, make_figures
from vigie.geo.projection import Projection
from vigie.geo.snapping import SnapMap, Street
from vigie.geo.zonings import Zoning
from vigie.privacy.suppression import Cell, Key

TIMEZONE = "Europe/Paris"
Floats = npt.NDArray[np.float64]
Draw = np.random.Generator
Mask = Callable[[Floats, Floats], tuple[Floats, Floats]]


class Unread:
    """The audit of a city that is drawn for an attack: nobody is told about, nobody reads it."""

    def append(self, line: Line) -> int:
        """Forget a line; return 0."""
        del line
        return 0


def _make_publisher(folder: Path, count: Count, clock: Clock) -> Publisher:
    return Publisher(Shelf(folder), count, TIMEZONE, clock, Unread())


def snap_to_public_points(
    streets: Sequence[shapely.LineString], plane: Projection, districts: Zoning
) -> Mask:
    """Return the masking of places for the public: catchments of at least twenty addresses."""
    snaps = SnapMap([Street(line) for line in streets], plane, districts)

    def mask(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        shown = snaps.show(lon, lat, "public")
        return shown.lon, shown.lat

    return mask


@dataclass(frozen=True)
class Methods:
    """How figures and places are told: by default as Vigie tells them.

    Attributes:
        withhold: Cells of a table that who sees figures without noise does not see.
        noise: Draws noise on disjoint counts for a cost.
        figures: Makes a public release of true counts.
        publisher: Makes what publishes the weeks of a folder.
        mask: Makes the masking of places of a city.
    """

    withhold: Callable[[Sequence[Cell], int], frozenset[Key]] = withheld_cells
    noise: Noise = add_noise
    figures: Callable[[Mapping[Key, int], Mapping[str, str], int], Sequence[Figure]] = make_figures
    publisher: Callable[[Path, Count, Clock], Publisher] = _make_publisher
    mask: Callable[[Sequence[shapely.LineString], Projection, Zoning], Mask] = snap_to_public_points


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attacker achieved.

    Attributes:
        tried: Attempts.
        success: What it achieved, in the attack's own measure.
        bound: Most it may achieve.
        numbers: What else was counted.
    """

    tried: int
    success: float
    bound: float
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the bound stands."""
        return self.success <= self.bound


@dataclass(frozen=True)
class Attack:
    """An attacker.

    Attributes:
        name: Equal to its module's.
        title: What it tries, in both languages.
        measure: What ``success`` is, in both languages.
        runs: Attempts by default.
        run: Tries against methods, from a seed's draws, so many times.
    """

    name: str
    title: Mapping[str, str]
    measure: Mapping[str, str]
    runs: int
    run: Callable[[Methods, Draw, int], Outcome]


def attackers() -> dict[str, Attack]:
    """Return the attackers by name."""
    return plugins.discover(vigie.civic.attacks, "ATTACK", Attack)


def scipy_part(name: str) -> Any:
    """Return a module of SciPy, which is optional.

    Raises:
        MissingPart: When SciPy is not installed.
    """
    import importlib  # noqa: PLC0415 - an optional part, named at run time

    try:
        return importlib.import_module(f"scipy.{name}")
    except ImportError as error:
        raise MissingPart(what="SciPy", remedy="pip install 'vigie[liberties]'") from error
