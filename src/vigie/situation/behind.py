"""From a figure of an answer to the facts behind it: same selection, same rights, page by page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.analyse.analysis import Analysis, Frame, get_analysis
from vigie.analyse.map_layer import CELL, COURSE
from vigie.analyse.running import Keep, parameters_of, with_beside
from vigie.base.clock import now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.cells import cell_center, cell_centers, cells_of, parse_cell, resolution_of
from vigie.geo.projection import local_projection, to_metres
from vigie.model.times import day_bounds
from vigie.situation.beside import ask_beside
from vigie.situation.caller import Caller
from vigie.situation.facts import MAX_PAGE, fact_json
from vigie.situation.filters import Filters, select_facts
from vigie.situation.frame import DISTRICTS
from vigie.situation.home import Home
from vigie.situation.rights import View

Floats = npt.NDArray[np.float64]
YEAR_US = 366 * 86_400 * 1_000_000
MAX_WINDOW_US = 20 * YEAR_US


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the facts behind a figure.

    Attributes:
        items: Facts as lists show them, newest first.
        after: Time and id of the last one when there are more; None on the last page.
        total: How many there are in all.
        withheld: Fields that the caller does not see, there or not.
        as_shown: Whether the place holds facts by where the caller is shown them, not by where they
            are: their number is then not that of the figure.
    """

    items: list[dict[str, Any]]
    after: tuple[int, str] | None
    total: int
    withheld: tuple[str, ...]
    as_shown: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of an answer is about.

    Attributes:
        place: Zone id, H3 address or course (WKT, WGS 84); empty for all of the answer.
        zoning: Zoning of a zone.
        day: Its local day, or the first of them.
        until: The last of them; that day alone by default.
        radius_m: For a cell, how far the centres of the cells of the row lie from its own; for a
            course, how far facts lie from it.
        keys: Key columns of a row that leads to facts of its own; the others then say nothing.
        params: The analysis's own parameters, for such a row.
    """

    place: str = ""
    zoning: str = DISTRICTS
    day: date | None = None
    until: date | None = None
    radius_m: float | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


WHOLE: Final = Row()
STREET_M: Final = 50.0
"""Metres from a course at which a fact is on it, as analyses of streets take it by default."""


def window_of(home: Home, filters: Filters) -> tuple[int, int]:
    """Return the period of an analysis: what is asked for, the last 12 months by default.

    Raises:
        WrongUsage: When it is empty or longer than 20 years.
    """
    to_us = now_us(home.clock) if filters.to_us is None else filters.to_us
    from_us = to_us - YEAR_US if filters.from_us is None else filters.from_us
    if not 0 < to_us - from_us <= MAX_WINDOW_US:
        raise WrongUsage(reason="window: at most 20 years", field="from")
    return from_us, to_us


def facts_behind(
    home: Home,
    caller: Caller,
    name: str,
    filters: Filters,
    *,
    row: Row = WHOLE,
    limit: int = 100,
    before: tuple[int, str] | None = None,
) -> Behind:
    """Return a page of the facts that an answer, or one row of it, was made of.

    The line in the audit is that of consulting facts. Nobody sees more here than in any other list
    of facts: who is told places less precisely gets those *shown* in a cell or at a course, for
    those that are in it would tell where they are.

    Args:
        home: The home.
        caller: Who asks.
        name: The analysis.
        filters: The selection it was run on; box and states are not for analyses.
        row: One of its rows.
        limit: Facts in a page.
        before: Where the page before ended.

    Raises:
        Forbidden: When the role may not see facts.
        NotFound: No such analysis or zone.
        WrongUsage: A filter, period or place that cannot be used.
    """
    if filters.bbox is not None or filters.statuses:
        raise WrongUsage(reason="bbox, status: not for analyses", field="bbox")
    asked = filters.within(*window_of(home, filters))
    if row.day is not None:
        start, end = (
            day_bounds(one, home.settings.city.timezone)[n]
            for n, one in enumerate((row.day, row.until or row.day))
        )
        asked = asked.within(max(start, asked.from_us or start), min(end, asked.to_us or end))
    place = row.place[:MOST_TOLD] or None
    keys = json.dumps(dict(row.keys), default=str)[:MOST_TOLD] if row.keys else None
    subject = {**asked.subject(), "analysis": name, "place": place, "limit": limit}
    subject |= {"radius_m": row.radius_m, "row": keys}
    subject = {key: value for key, value in subject.items() if value is not None}
    view = home.rights.ask(caller, "facts", subject=subject)
    analysis = get_analysis(home.analyses, name)
    narrowed = replace(view.narrow(asked), masking=None)
    placed = "lon" in analysis.reads if row.keys else analysis.geo_column in {CELL, COURSE}
    masking = view.masking if placed and (row.keys or row.place) else None
    columns = (*COLUMNS, *analysis.reads) if row.keys else COLUMNS
    found = select_facts(home.lake, narrowed, tuple(dict.fromkeys(columns)))
    if masking is not None:
        found = masking.tell(found)
    if row.keys:
        beside = ask_beside(home, caller, analysis, subject)
        found = found.filter(pa.array(_of_row(home, analysis, found, row, asked, beside=beside)))
    elif row.place:
        found = found.filter(_at(home, analysis, found, row))
    page = _page(home, view, found, min(max(1, limit), MAX_PAGE), before)
    return replace(page, as_shown=masking is not None)


AT = ("lon", "lat")
COLUMNS = ("fact_id", "earliest_us", "cell", "cell8", *AT)


MOST_TOLD = 80
"""Characters of a place that the audit keeps: a course is long."""


def frame_of(home: Home, from_us: int, to_us: int, language: str = "fr") -> Frame:
    """Return what an analysis of a period may know of the city."""
    return Frame(
        *(home.settings.city.timezone, from_us, to_us, home.frame.zonings, language),
        home.settings.forecast.country,
        home.frame.streets,
    )


def _of_row(
    home: Home,
    analysis: Analysis,
    facts: pa.Table,
    row: Row,
    asked: Filters,
    *,
    beside: Mapping[str, Keep],
) -> npt.NDArray[np.bool_]:
    """Return which facts a row that is known by its keys was made of, as its analysis says."""
    if analysis.rests_on is None:
        raise WrongUsage(reason=f"{analysis.name}: row", field="row")
    params = parameters_of(analysis, row.params)
    frame = frame_of(home, *window_of(home, asked))
    known = with_beside(analysis, home.lake, params, frame, beside)
    return analysis.rests_on(facts, params, known, row.keys)


def _at(home: Home, analysis: Analysis, facts: pa.Table, row: Row) -> pa.Array:
    """Return which facts lie in the place of a row, as the analyses count them."""
    lon, lat = (np.asarray(facts[name].to_numpy(), np.float64) for name in AT)
    if analysis.geo_column is None:
        raise WrongUsage(reason=f"{analysis.name}: no places", field="place")
    if analysis.geo_column not in {CELL, COURSE}:
        known = home.frame.zoning(row.zoning)
        if row.place not in known.ids:
            raise NotFound(what="zone", name=f"{row.zoning}:{row.place}")
        number = list(known.ids).index(row.place)
        return pa.array(np.asarray(known.assign(lon, lat)) == number)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    inside = np.zeros(len(lon), np.bool_)
    among = _in_cells if analysis.geo_column == CELL else _by_course
    inside[placed] = among(lon[placed], lat[placed], row)
    return pa.array(inside)


def _in_cells(lon: Floats, lat: Floats, row: Row) -> npt.NDArray[np.bool_]:
    try:
        cell = parse_cell(row.place)
    except WrongUsage as error:
        raise WrongUsage(reason="place: H3 address", field="place") from error
    held = cells_of(lon, lat, resolution_of(cell)).to_numpy()
    if row.radius_m is None:
        return np.asarray(held == cell)
    known, number = np.unique(np.append(held, cell), return_inverse=True)
    x, y = local_projection(*_rounded(*cell_center(cell))).to_metres(*cell_centers(known))
    centre = number[-1]
    near = np.hypot(x - x[centre], y - y[centre]) <= row.radius_m + _EDGE_M
    return np.asarray(near[number[:-1]])


def _by_course(lon: Floats, lat: Floats, row: Row) -> npt.NDArray[np.bool_]:
    try:
        course = shapely.from_wkt(row.place)
    except shapely.GEOSException as error:
        raise WrongUsage(reason="place: WKT", field="place") from error
    if course.is_empty or course.geom_type not in {"LineString", "MultiLineString"}:
        raise WrongUsage(reason="place: a line (WKT)", field="place")
    plane = local_projection(*_rounded(course.centroid.x, course.centroid.y))
    points = shapely.points(*plane.to_metres(lon, lat))
    reach = STREET_M if row.radius_m is None else row.radius_m
    return np.asarray(shapely.dwithin(points, to_metres(course, plane), reach))


_EDGE_M = 1.0
"""A radius is told in metres of the analysis's own plane, which is centred elsewhere."""


def _rounded(lon: float, lat: float) -> tuple[float, float]:
    return round(lon, 2), round(lat, 2)


def _page(
    home: Home, view: View, found: pa.Table, limit: int, before: tuple[int, str] | None
) -> Behind:
    total = found.num_rows
    if before is not None:
        same = pc.and_(
            pc.equal(found["earliest_us"], before[0]), pc.less(found["fact_id"], before[1])
        )
        found = found.filter(pc.or_(pc.less(found["earliest_us"], before[0]), same))
    order = [("earliest_us", "descending"), ("fact_id", "descending")]
    page = found.sort_by(order).slice(0, limit)
    after = None
    if found.num_rows > limit:
        after = (page["earliest_us"][-1].as_py(), page["fact_id"][-1].as_py())
    if page.num_rows == 0:
        return Behind([], None, total, view.withheld)
    ends = pc.min_max(page["earliest_us"]).as_py()
    ids = page["fact_id"].to_pylist()
    whole = home.lake.scan("facts", from_us=ends["min"], to_us=ends["max"] + 1, ids=ids)
    told = view.rows(whole.sort_by(order).drop_columns(["attributes"])).to_pylist()
    return Behind([fact_json(row) for row in told], after, total, view.withheld)
