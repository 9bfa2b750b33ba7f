"""Running an analysis: read, ask, withhold small counts, answer with base and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from vigie.analyse.analysis import Analysis, Frame, Parameters
from vigie.audit.line import Scalar
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.zonings import Zoning
from vigie.lake.store import Lake


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts an analysis is asked about.

    Attributes:
        from_us: Start, epoch µs.
        to_us: End, exclusive, epoch µs.
        kinds: Taxonomy codes; each takes its whole branch. Empty: all.
        sources: Feeds. Empty: all.
        severity_min: Least severity; 0 for all.
        zone: Zoning and zone id, or None.
        area: Where the rights of who asks end; None for everywhere.
    """

    from_us: int
    to_us: int
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    severity_min: int = 0
    zone: tuple[str, str] | None = None
    area: BaseGeometry | None = None

    def subject(self) -> dict[str, Scalar | list[Scalar]]:
        """Return the selection as the subject of a line of the audit."""
        told: dict[str, Scalar | list[Scalar]] = {
            "from_us": self.from_us,
            "to_us": self.to_us,
            "kinds": list(self.kinds),
            "sources": list(self.sources),
            "severity_min": self.severity_min or None,
            "zone": None if self.zone is None else ":".join(self.zone),
        }
        return {name: value for name, value in told.items() if value not in (None, [])}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as it may be shown.

    Attributes:
        analysis: Name.
        table: Columns declared by the analysis plus ``withheld`` (bool) when a count is small.
        base: Facts it rests on.
        withheld: Rows whose numbers are withheld.
        limits: What it does not show.
        notes: Remarks about this answer.
    """

    analysis: str
    table: pa.Table
    base: int
    withheld: int
    limits: Mapping[str, str]
    notes: tuple[Mapping[str, str], ...]


Keep = Callable[[pa.Table], pa.Table]
"""Leaves of a table of records what the rights of who asks leave."""
NOTHING_BESIDE: Final[Mapping[str, Keep]] = MappingProxyType({})
MEASURE_COLUMNS: Final = (
    *("source", "metric", "place_id", "lon", "lat", "local_hour", "from_us", "to_us"),
    *("value", "quality", "group_size"),
)
FILTER_COLUMNS = ("kind", "source", "severity", "lon", "lat")


def kind_mask(kinds: pa.ChunkedArray, wanted: Sequence[str]) -> pa.ChunkedArray:
    """Return which codes stand in one of the wanted branches."""
    masks = [
        pc.or_(pc.equal(kinds, code), pc.starts_with(kinds, pattern=f"{code}.")) for code in wanted
    ]
    result = masks[0]
    for mask in masks[1:]:
        result = pc.or_(result, mask)
    return result


def select_facts(
    lake: Lake, selection: Selection, columns: Sequence[str], zonings: Mapping[str, Zoning]
) -> pa.Table:
    """Return the columns of the facts selected.

    Raises:
        NotFound: When the zoning or the zone does not exist.
    """
    wanted = list(dict.fromkeys([*columns, *FILTER_COLUMNS]))
    table = lake.scan("facts", from_us=selection.from_us, to_us=selection.to_us, columns=wanted)
    if selection.kinds:
        table = table.filter(kind_mask(table["kind"], selection.kinds))
    if selection.sources:
        table = table.filter(pc.is_in(table["source"], pa.array(selection.sources)))
    if selection.severity_min > 0:
        table = table.filter(pc.greater_equal(table["severity"], selection.severity_min))
    if selection.zone is not None:
        table = table.filter(_zone_mask(table, selection.zone, zonings))
    if selection.area is not None:
        x, y = (np.asarray(table[name].to_numpy(), dtype=np.float64) for name in ("lon", "lat"))
        table = table.filter(pa.array(shapely.intersects_xy(selection.area, x, y)))
    return table.select(list(columns))


"""What an analysis receives of measures."""


def _zone_mask(table: pa.Table, zone: tuple[str, str], zonings: Mapping[str, Zoning]) -> pa.Array:
    name, zone_id = zone
    if name not in zonings:
        raise NotFound(what="zoning", name=name)
    zoning = zonings[name]
    if zone_id not in zoning.ids:
        raise NotFound(what="zone", name=f"{name}:{zone_id}")
    index = zoning.assign(
        table["lon"].to_numpy(zero_copy_only=False), table["lat"].to_numpy(zero_copy_only=False)
    )
    return pa.array(np.asarray(index) == list(zoning.ids).index(zone_id))


def withhold(table: pa.Table, column: str, below: int, keep: Sequence[str]) -> tuple[pa.Table, int]:
    """Return the table with the numbers of small-count rows set to null, and how many they are.

    A count from 1 to ``below - 1`` is withheld; a zero is shown, for nobody stands behind it.
    ``keep`` columns (what a row is about) stay. Withheld rows stand among themselves in the
    order of these, not in that of their counts: a ranking would tell which of two is the larger.
    """
    counts = table[column].cast(pa.float64())
    small = pc.fill_null(pc.and_(pc.greater(counts, 0.0), pc.less(counts, float(below))), False)
    table = table.take(pa.array(_by_key(table.select(list(keep)), small)))
    for index, name in enumerate(table.column_names):
        if name in keep:
            continue
        field = table.schema.field(name)
        nulls = pa.nulls(table.num_rows, type=field.type)
        table = table.set_column(
            index, field.with_nullable(True), pc.if_else(small, nulls, table[name])
        )
    return table.append_column("withheld", small), int(pc.sum(small).as_py() or 0)


def _by_key(keys: pa.Table, small: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return the order of rows in which the small ones, where they stand, follow their keys."""
    order = np.arange(keys.num_rows)
    places = np.flatnonzero(small.to_numpy())
    if keys.num_columns and len(places) > 1:
        among = keys.take(pa.array(places))
        ranked = pc.sort_indices(
            among, sort_keys=[(name, "ascending") for name in keys.column_names]
        )
        order[places] = places[ranked.to_numpy()]
    return order


def read_measures(lake: Lake, metrics: Sequence[str], from_us: int, to_us: int) -> pa.Table:
    """Return the measures of some metrics that begin in a period, those known to be bad left out.

    Columns: ``MEASURE_COLUMNS``.
    """
    if not metrics:
        return pa.table({name: pa.array([]) for name in MEASURE_COLUMNS})
    table = lake.scan("measures", from_us=from_us, to_us=to_us, columns=list(MEASURE_COLUMNS))
    wanted = pc.is_in(table["metric"], pa.array(list(metrics), pa.string()))
    good = pc.not_equal(pc.fill_null(table["quality"], "good"), "bad")
    return table.filter(pc.and_(wanted, good))


def with_beside(
    analysis: Analysis, lake: Lake, params: Any, frame: Frame, keep: Mapping[str, Keep]
) -> Frame:
    """Return the frame with the measures, places and plans that the analysis reads beside facts."""
    if "measures" in analysis.beside:
        found = read_measures(lake, analysis.metrics(params), frame.from_us, frame.to_us)
        frame = replace(frame, measures=keep["measures"](found))
    if "places" in analysis.beside:
        frame = replace(frame, places=keep["places"](lake.scan("places")))
    if "plans" in analysis.beside:
        plans = lake.scan("plans", from_us=frame.from_us, to_us=frame.to_us)
        frame = replace(frame, plans=keep["plans"](plans))
    return frame


def parameters_of(analysis: Analysis, params: Mapping[str, Any]) -> Parameters:
    """Return an analysis's own parameters, checked.

    Raises:
        WrongUsage: When one is unknown or out of range.
    """
    try:
        return analysis.parameters.model_validate(dict(params))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise WrongUsage(reason=f"{name}: {first['msg']}", field=name) from error


def run_analysis(
    analysis: Analysis,
    lake: Lake,
    selection: Selection,
    params: Mapping[str, Any],
    frame: Frame,
    *,
    beside: Mapping[str, Keep] = NOTHING_BESIDE,
    least: int = 0,
) -> Answer:
    """Run an analysis on the facts selected and withhold what disclosure control withholds.

    Args:
        analysis: Which.
        lake: Where facts, measures and places are.
        selection: Which facts.
        params: The analysis's own parameters.
        frame: Period, zonings, language.
        beside: For each kind of ``analysis.beside``, what its rights leave of it.
        least: Least count that whoever asks is told; the analysis may withhold more.

    Raises:
        WrongUsage: When a parameter is unknown or out of range, or the period is empty.
        NotFound: When a zoning or zone does not exist.
    """
    if selection.to_us <= selection.from_us:
        raise WrongUsage(reason="from >= to", field="to")
    parameters = parameters_of(analysis, params)
    facts = select_facts(lake, selection, analysis.reads, frame.zonings)
    known = with_beside(analysis, lake, parameters, frame, beside)
    outcome = analysis.run(facts, parameters, known)
    table = outcome.table.select([column.name for column in analysis.columns])
    withheld = 0
    if analysis.count_column is not None:
        keep = [column.name for column in analysis.columns if column.key]
        below = max(analysis.suppress_below, least)
        table, withheld = withhold(table, analysis.count_column, below, keep)
    return Answer(analysis.name, table, outcome.base, withheld, analysis.limits, outcome.notes)
