"""French first-aid cover at gatherings: the grid of the DPS, computed exactly.

``i = P2 + E1 + E2``; ``P`` is the peak simultaneous public ``P1``, of which what exceeds 100,000
counts for half; ``RIS = i * P / 1000`` ("ratio d'intervenants secouristes"). The RIS gives the
level of the cover (« dispositif prévisionnel de secours ») and the number of first-aiders.
Source: référentiel national « missions de sécurité civile », arrêté du 7 novembre 2006. Everything
is whole numbers or ``Decimal``: a threshold is never missed by a rounding error.

The tool RISProtec (userzfr) uses other coefficients and another formula; they are wrong.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from vigie.base.errors import WrongUsage

WHOLE_PUBLIC = 100_000
NONE_UP_TO = Decimal("0.25")
POINT_UP_TO = Decimal("1.125")
FEWEST_UP_TO = Decimal(4)
SMALL_UP_TO = Decimal(12)
MEDIUM_UP_TO = Decimal(36)
PER_POST = 12
POSTS_PER_SECTOR = 3
MOST_PUBLIC = 10_000_000


class Degree(StrEnum):
    """One line of the grid: faible, modéré, moyen, élevé."""

    LOW = "low"
    MODERATE = "moderate"
    MEDIUM = "medium"
    HIGH = "high"


class CoverLevel(StrEnum):
    """Size of the cover, in the order of the grid."""

    NONE = "none"
    PAPS = "paps"
    PE = "pe"
    ME = "me"
    GE = "ge"


class GridColumn(StrEnum):
    """One indicator of the grid: P2, E1 and E2."""

    ACTIVITY = "activity"
    SITE = "site"
    RESCUE = "rescue"

    @property
    def symbol(self) -> str:
        """Name of the indicator in the reference text."""
        return {"activity": "P2", "site": "E1", "rescue": "E2"}[self.value]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the grid.

    Attributes:
        column: P2, E1 or E2.
        degree: Line of the grid.
        value: Coefficient, 0.25 to 0.40.
        fr: What it covers, in French.
        en: The same in English.
        unverified: Whether the step could not be checked in the reference text.
    """

    column: GridColumn
    degree: Degree
    value: Decimal
    fr: str
    en: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the computation: a symbol, how it comes about, and its value."""

    symbol: str
    formula: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class FirstAidCover:
    """The cover that the grid asks for.

    Attributes:
        public: P1, the peak simultaneous public.
        counted: P, of which what exceeds 100,000 counts for half.
        index: i, the sum of the three coefficients.
        ris: i * P / 1000.
        level: Size of the cover.
        responders: First-aiders at least.
        posts: First-aid posts, one per 12 first-aiders; a PAPS is one point.
        sectors: Sectors that coordinate three posts each.
        steps: The computation line by line.
        warnings: Codes of ``warning`` in the grid's texts.
    """

    public: int
    counted: Decimal
    index: Decimal
    ris: Decimal
    level: CoverLevel
    responders: int
    posts: int
    sectors: int
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a gathering of this size must file, and from which public on."""

    code: str
    from_public: int
    fr: str
    en: str


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files("vigie.model").joinpath("dps.toml").read_text("utf-8"))


@cache
def grid() -> tuple[GridCell, ...]:
    """Return the twelve cells of the grid, column by column."""
    return tuple(
        GridCell(
            column=column,
            degree=degree,
            value=Decimal(cell["value"]),
            fr=cell["fr"],
            en=cell["en"],
            unverified=bool(cell.get("unverified", False)),
        )
        for column in GridColumn
        for degree in Degree
        for cell in (_texts()[column][degree],)
    )


def coefficient(column: GridColumn, degree: Degree) -> Decimal:
    """Return one coefficient of the grid."""
    return next(cell.value for cell in grid() if (cell.column, cell.degree) == (column, degree))


def label(part: str, code: str, language: str = "fr") -> str:
    """Return the wording of a level, a warning or a declaration; French unless asked English."""
    text: str = _texts()[part][code]["en" if language == "en" else "fr"]
    return text


def reference(language: str = "fr") -> str:
    """Return the name of the text the grid is taken from."""
    text: str = _texts()["reference"]["en" if language == "en" else "fr"]
    return text


@cache
def declarations() -> tuple[Declaration, ...]:
    """Return what is to be filed, from the smallest public to the largest.

    Thresholds of the Somme prefecture (1,500 and 5,000); départements differ.
    """
    found = (
        Declaration(code, int(row["from_public"]), row["fr"], row["en"])
        for code, row in _texts()["declaration"].items()
    )
    return tuple(sorted(found, key=lambda one: one.from_public))


def declaration_for(public: int) -> Declaration:
    """Return what a gathering of this peak simultaneous public must file."""
    return [one for one in declarations() if public >= one.from_public][-1]


def usual_degrees(kind: str) -> tuple[Degree, Degree, Degree]:
    """Return P2, E1 and E2 as they usually are for a kind of plan: a proposal, to be confirmed.

    The nearest kind above that is listed answers. Which line of the grid a gathering falls under
    is for its organiser to say; this choice of Vigie's only fills the form.
    """
    usual = _texts()["usual"]
    code = kind
    while code not in usual:
        code = code.rpartition(".")[0] or "event"
    activity, site, rescue = usual[code]
    return Degree(activity), Degree(site), Degree(rescue)


def counted_public(public: int) -> Decimal:
    """Return P: the public, of which what exceeds 100,000 counts for half."""
    over = max(0, public - WHOLE_PUBLIC)
    return Decimal(public - over) + Decimal(over) / 2


def _size(ris: Decimal, rescue: Degree) -> tuple[CoverLevel, int]:
    if ris <= NONE_UP_TO:
        return CoverLevel.NONE, 0
    if ris <= POINT_UP_TO:
        return (CoverLevel.PE, 4) if rescue is Degree.HIGH else (CoverLevel.PAPS, 2)
    whole = 4 if ris <= FEWEST_UP_TO else math.ceil(ris)
    level = (
        CoverLevel.PE
        if ris <= SMALL_UP_TO
        else CoverLevel.ME
        if ris <= MEDIUM_UP_TO
        else CoverLevel.GE
    )
    return level, whole + whole % 2


def first_aid_cover(public: int, activity: Degree, site: Degree, rescue: Degree) -> FirstAidCover:
    """Return the first-aid cover that the grid asks for.

    Args:
        public: P1, the peak simultaneous public, people.
        activity: P2, what the public does.
        site: E1, surroundings and access.
        rescue: E2, delay of the public rescue services.

    Raises:
        WrongUsage: When the public is negative or above ten million.
    """
    if not 0 <= public <= MOST_PUBLIC:
        raise WrongUsage(reason="public: 0 to 10 000 000", field="public")
    chosen = {
        GridColumn.ACTIVITY: activity,
        GridColumn.SITE: site,
        GridColumn.RESCUE: rescue,
    }
    values = {column: coefficient(column, degree) for column, degree in chosen.items()}
    index = sum(values.values(), Decimal(0))
    counted = counted_public(public)
    ris = index * counted / 1000
    level, responders = _size(ris, rescue)
    posts = -(-responders // PER_POST)
    grouped = level not in {CoverLevel.NONE, CoverLevel.PAPS}
    over = public > WHOLE_PUBLIC
    steps = (
        Step("P1", "", Decimal(public)),
        *(Step(column.symbol, "", value) for column, value in values.items()),
        Step("i", " + ".join(str(value) for value in values.values()), index),
        Step("P", f"100000 + ({public} - 100000) / 2" if over else "P1", counted),
        Step("RIS", f"{index} x {counted.normalize():f} / 1000", ris),
    )
    unsure = any(cell.unverified for cell in grid() if chosen[cell.column] is cell.degree)
    return FirstAidCover(
        public=public,
        counted=counted,
        index=index,
        ris=ris,
        level=level,
        responders=responders,
        posts=posts,
        sectors=-(-posts // POSTS_PER_SECTOR) if grouped else 0,
        steps=steps,
        warnings=(*(("rescue_unverified",) if unsure else ()), "actors_apart"),
    )
