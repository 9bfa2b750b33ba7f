"""The public tables: which partition, what each week costs, and how a release is made from counts.

A release is a function of the noised counts of the finest cells and of nothing else: totals are
their sums, small figures are withheld by what the noise made of them, secondary suppression too. So
the whole page loses no more privacy than the noise allows, and the pattern of what is withheld
tells no more than the figures. The price: a figure is withheld below the threshold plus its
half-width, lest a small count that noise made larger be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from vigie.analyse.partitions import Columns
from vigie.civic.noise import add_noise, half_width
from vigie.privacy.disclosure import threshold
from vigie.privacy.suppression import Cell, Key, lay_out, protect

DELAY_DAYS = 7
"""Days between the end of a week and its release: late facts come, and nobody sees them come."""


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A table told to everybody each week.

    Attributes:
        name: Its name.
        title: What it shows, in both languages.
        dataset: Data set whose allowance it uses.
        zoning: Zoning of its rows; empty for the whole city.
        columns: What its columns are.
        cost: Thousandths of epsilon for each week.
    """

    name: str
    title: Mapping[str, str]
    dataset: str
    zoning: str
    columns: Columns
    cost: int


PUBLIC_TABLES = MappingProxyType(
    {
        table.name: table
        for table in (
            PublicTable(
                name="week_days",
                title={
                    "fr": "Faits par jour de la semaine, toute la ville",
                    "en": "Facts by day of the week, whole city",
                },
                dataset="facts",
                zoning="",
                columns="day",
                cost=120,
            ),
            PublicTable(
                name="zone_themes",
                title={
                    "fr": "Faits de la semaine par arrondissement et par thème",
                    "en": "Facts of the week by arrondissement and theme",
                },
                dataset="facts",
                zoning="arrondissement",
                columns="theme",
                cost=250,
            ),
        )
    }
)
"""Together 370 a week: 53 weeks stay under the year's 20,000."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure: its value, or None when it is withheld, and its 95 % half-width."""

    key: Key
    value: int | None
    half_width: int


Noise = Callable[[Sequence[int], int], list[int]]


def lay_out_noised(
    counts: Mapping[Key, int], parents: Mapping[str, str], cost: int, noise: Noise = add_noise
) -> tuple[Cell, ...]:
    """Return the table of noised counts and their sums.

    A noised count below minus twice the half-width is set to that: it is the least value that
    anybody can believe a withheld one has.
    """
    floor = -2 * half_width(cost)
    keys = sorted(counts)
    drawn = noise([counts[key] for key in keys], cost)
    noised = {key: max(floor, value) for key, value in zip(keys, drawn, strict=True)}
    return lay_out(noised, parents, floor=floor)


def make_figures(
    counts: Mapping[Key, int], parents: Mapping[str, str], cost: int, noise: Noise = add_noise
) -> tuple[Figure, ...]:
    """Return the figures of one release: noised, summed, withheld.

    Args:
        counts: True counts of every finest cell.
        parents: Rows, each with what it is part of.
        cost: Thousandths of epsilon.
        noise: What draws the noise.

    Raises:
        MissingPart: When OpenDP is not installed.
    """
    least = threshold("public")
    cells = lay_out_noised(counts, parents, cost, noise)
    floor = -2 * half_width(cost)
    widths = {cell.key: half_width(cost, max(1, cell.low // floor)) for cell in cells}
    primary = {cell.key for cell in cells if cell.value < least + widths[cell.key]}
    withheld = protect(cells, primary, least)
    return tuple(
        Figure(cell.key, None if cell.key in withheld else cell.value, widths[cell.key])
        for cell in cells
    )
