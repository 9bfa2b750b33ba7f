"""What an analysis is: a declared question, a pure function between tables, and its limits.

Parameters are a Pydantic model, hence a form in the console, options on the command line, a body
in the interface and a table in the documentation, all from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from pydantic import BaseModel, ConfigDict

from vigie.base import plugins
from vigie.base.errors import NotFound
from vigie.base.hands import OWN, Hands
from vigie.geo.zonings import Zoning


class Parameters(BaseModel):
    """Base of every analysis's own parameters; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """What an analysis may know beside its table.

    Attributes:
        timezone: The city's zone.
        from_us: Start of the period asked for, epoch µs.
        to_us: End of the period, exclusive, epoch µs.
        zonings: Zonings by name.
        language: Language of texts in the result.
        country: Country of the public holidays, ISO 3166-1.
        streets: Names and courses (WGS 84) of the city's streets.
        measures: Measures of the period, of the metrics that the analysis names; None when it
            reads none.
        places: Places; None when it reads none.
        plans: Plans of the period; None when it reads none.
        hands: Do the pieces of what is long; the answer is the same from any.
    """

    timezone: str
    from_us: int
    to_us: int
    zonings: Mapping[str, Zoning]
    language: str = "fr"
    country: str = "FR"
    streets: Sequence[tuple[str, shapely.LineString]] = ()
    measures: pa.Table | None = None
    places: pa.Table | None = None
    plans: pa.Table | None = None
    hands: Hands = OWN


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an analysis answers.

    Attributes:
        table: The answer.
        base: How many facts it rests on.
        notes: Remarks about this very answer, French and English.
    """

    table: pa.Table
    base: int
    notes: tuple[Mapping[str, str], ...] = ()


UNITS_IN_ENGLISH = {
    "j": "d",
    "log-cote": "log-odds",
    "faits/jour": "facts/day",
    "faits/km": "facts/km",
    "faits/km²": "facts/km²",
    "faits/km²/j": "facts/km²/d",
    "semaines": "weeks",
    "véh/j": "veh/d",
}
"""Units that are not written alike in both languages."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of the answer, for people.

    Attributes:
        name: Name.
        fr: Label in French.
        en: Label in English.
        unit: Unit, as in French.
        key: Whether it says what the row is about; keys stay when numbers are withheld.
        words: What codes of the column mean, (French, English) each.
        source: Whether its codes are feeds, told by their titles where the city knows them.
        kind: Whether its codes are kinds, told by the words of the taxonomy.
    """

    name: str
    fr: str
    en: str
    unit: str = ""
    key: bool = False
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    source: bool = False
    kind: bool = False

    def unit_in(self, language: str) -> str:
        """Return the unit as a language writes it."""
        return self.unit if language == "fr" else UNITS_IN_ENGLISH.get(self.unit, self.unit)


Run = Callable[[pa.Table, Any, Frame], Outcome]
RestsOn = Callable[[pa.Table, Any, Frame, Mapping[str, Any]], npt.NDArray[np.bool_]]
Kind = Literal["measures", "places", "plans"]


def _no_metrics(_params: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question that can be asked of the city.

    Attributes:
        name: Equals the module's name; a test checks it.
        question: In words, French and English.
        limits: What the answer does not show, French and English; mandatory.
        reads: Columns of facts the function receives (filters are applied before).
        parameters: Model of its own parameters.
        columns: Columns of the answer, in order.
        run: The function.
        count_column: Column with the count that disclosure control looks at, or None.
        suppress_below: Counts under this are withheld, other columns of the row with them.
        chart: Vega-Lite specification without data.
        reference: Where the method comes from.
        geo_column: Column with zone ids, cells or courses, for a map layer; None without place.
        beside: What it reads beside facts; who asks must be allowed to consult it.
        metrics: Which metrics it reads, from its parameters, when it reads measures.
        map_column: Column a map is coloured by at first; None: its first number.
        rests_on: Which of the facts read a row of the answer was made of, from its key columns;
            None where the place and the days of a row tell that.
    """

    name: str
    question: Mapping[str, str]
    limits: Mapping[str, str]
    reads: tuple[str, ...]
    parameters: type[Parameters]
    columns: tuple[OutputColumn, ...]
    run: Run
    count_column: str | None = None
    suppress_below: int = 5
    chart: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""
    geo_column: str | None = None
    beside: tuple[Kind, ...] = ()
    metrics: Callable[[Any], tuple[str, ...]] = _no_metrics
    map_column: str | None = None
    rests_on: RestsOn | None = None


def discover(package: ModuleType) -> dict[str, Analysis]:
    """Return the analyses of a package and of third parties, by name; a failing import raises."""
    return plugins.discover(package, "ANALYSIS", Analysis)


def get_analysis(analyses: Mapping[str, Analysis], name: str) -> Analysis:
    """Return an analysis by name; raises ``NotFound``."""
    if name not in analyses:
        raise NotFound(what="analysis", name=name)
    return analyses[name]
