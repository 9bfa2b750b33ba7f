"""What an alert rule looks at: facts or measures in columns over a stretch of time."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.model.taxonomy import TAXONOMY

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
WEEK_US = 7 * DAY_US


def _floats(table: pa.Table, name: str) -> Floats:
    column = pc.fill_null(table[name].cast(pa.float64()), float("nan"))
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _texts(table: pa.Table, name: str) -> Texts:
    return np.asarray(pc.fill_null(table[name], "").to_pylist(), dtype=object)


_FACTS = ("ids", "at_us", "kinds", "sources", "severity", "lon", "lat", "cells")


@dataclass(frozen=True)
class Facts:
    """Facts in columns, by instant, then by id.

    Attributes:
        ids: Ids.
        at_us: Earliest instant each can have happened, epoch µs.
        kinds: Taxonomy codes.
        sources: Feeds.
        severity: 1 to 5; 1 where nobody said.
        lon: Longitude, degrees; not a number without a place.
        lat: Latitude.
        cells: H3 cell of resolution 8; 0 without a place.
    """

    ids: Texts
    at_us: Ints
    kinds: Texts
    sources: Texts
    severity: Ints
    lon: Floats
    lat: Floats
    cells: Ints

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Return the facts of a table as the query ``watched_facts`` gives it, in any order."""
        table = table.sort_by([("earliest_us", "ascending"), ("fact_id", "ascending")])
        severity = pc.fill_null(table["severity"].cast(pa.int64()), 1)
        return cls(
            _texts(table, "fact_id"),
            np.asarray(table["earliest_us"].to_numpy(), dtype=np.int64),
            _texts(table, "kind"),
            _texts(table, "source"),
            np.asarray(severity.to_numpy(), dtype=np.int64),
            _floats(table, "lon"),
            _floats(table, "lat"),
            np.asarray(pc.fill_null(table["cell8"], 0).to_numpy(), dtype=np.int64),
        )

    def __len__(self) -> int:
        return int(self.at_us.size)

    def take(self, wanted: Flags | Ints) -> Facts:
        """Return some of them, in order."""
        return Facts(*(getattr(self, name)[wanted] for name in _FACTS))

    def joined(self, later: Facts) -> Facts:
        """Return these and others, none of which is among these, by instant, then by id."""
        if not len(later):
            return self
        lows = np.searchsorted(self.at_us, later.at_us)
        highs = np.searchsorted(self.at_us, later.at_us, side="right")
        places = [
            bisect.bisect(self.ids, id_, low, high)
            for id_, low, high in zip(later.ids, lows.tolist(), highs.tolist(), strict=True)
        ]
        return Facts(
            *(np.insert(getattr(self, name), places, getattr(later, name)) for name in _FACTS)
        )

    def wanted(self, kind: str, severity_min: int = 1) -> Facts:
        """Return those of a kind, its branch included, and of some severity."""
        kept: Flags = self.severity >= severity_min
        if kind:
            known = {code: TAXONOMY.is_within(code, kind) for code in set(self.kinds.tolist())}
            kept = kept & np.array([known[code] for code in self.kinds], dtype=np.bool_)
        return self.take(kept)

    @cached_property
    def placed(self) -> Flags:
        """Which of them have a place."""
        return np.isfinite(self.lon) & np.isfinite(self.lat)


@dataclass(frozen=True)
class Measures:
    """Measures in columns, by instant, then by place.

    Attributes:
        at_us: Start of the interval measured, epoch µs.
        metrics: What is measured.
        places: Id of the place, else the cell, as text.
        values: Numbers, always finite.
        units: Units.
        sources: Feeds.
        lon: Longitude, degrees; not a number without a place.
        lat: Latitude.
    """

    at_us: Ints
    metrics: Texts
    places: Texts
    values: Floats
    units: Texts
    sources: Texts
    lon: Floats
    lat: Floats

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Return the measures of what ``watched_measures`` gives; what is no number is left."""
        table = table.filter(pc.is_finite(pc.fill_null(table["value"], float("nan"))))
        place = pc.coalesce(table["place_id"], table["cell"].cast(pa.string()), pa.scalar(""))
        table = table.append_column("place", place)
        table = table.sort_by([("from_us", "ascending"), ("place", "ascending")])
        return cls(
            np.asarray(table["from_us"].to_numpy(), dtype=np.int64),
            _texts(table, "metric"),
            _texts(table, "place"),
            _floats(table, "value"),
            _texts(table, "unit"),
            _texts(table, "source"),
            _floats(table, "lon"),
            _floats(table, "lat"),
        )

    def __len__(self) -> int:
        return int(self.at_us.size)

    def take(self, wanted: Flags | Ints) -> Measures:
        """Return some of them, in order."""
        names = ("at_us", "metrics", "places", "values", "units", "sources", "lon", "lat")
        return Measures(*(getattr(self, name)[wanted] for name in names))


_NO_TEXTS = np.empty(0, dtype=object)
_NO_INTS = np.empty(0, dtype=np.int64)
_NO_FLOATS = np.empty(0, dtype=np.float64)
NO_FACTS = Facts(
    _NO_TEXTS, _NO_INTS, _NO_TEXTS, _NO_TEXTS, _NO_INTS, _NO_FLOATS, _NO_FLOATS, _NO_INTS
)


@dataclass(frozen=True)
class Watched:
    """A stretch of time as an alert rule sees it.

    Attributes:
        from_us: First instant to judge, epoch µs.
        to_us: Last instant known: the present, or the end of a dry run.
        since_us: From when on everything is known; before ``from_us``.
        facts: Facts from ``since_us`` to ``to_us``, already of the instance's zone and sources.
        measures: Measures likewise; a rule receives the table that it reads.
        severity: Severity that the instance gives, 1 to 5.
        area: Name of the zone, French and English.
        names: Names of places, by id.
        timezone: IANA zone of local days.
    """

    from_us: int
    to_us: int
    since_us: int
    facts: Facts = NO_FACTS
    measures: Measures | None = None
    severity: int = 3
    area: dict[str, str] = field(default_factory=lambda: {"fr": "la ville", "en": "the city"})
    names: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "Europe/Paris"

    def place(self, place_id: str) -> str:
        """Return the name of a place, its id where it has none."""
        return self.names.get(place_id) or place_id

    def label(self, kind: str, language: str) -> str:
        """Return the name of a kind; of the empty one, ``faits``."""
        if not kind:
            return "Faits" if language == "fr" else "Facts"
        found = TAXONOMY.find(kind)
        return kind if found is None else found.label(language)

    def judged(self, at_us: int) -> bool:
        """Whether an instant is one to judge."""
        return self.from_us <= at_us <= self.to_us
