"""From a figure of an answer to the facts behind it: same selection, same rights, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.analyse.analysis import Analysis, get_analysis
from vigie.analyse.map_layer import CELL
from vigie.base.clock import now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.cells import cells_of, parse_cell, resolution_of
from vigie.model.times import day_bounds
from vigie.situation.caller import Caller
from vigie.situation.facts import MAX_PAGE, fact_json
from vigie.situation.filters import Filters, select_facts
from vigie.situation.frame import DISTRICTS
from vigie.situation.home import Home
from vigie.situation.rights import View

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
        as_shown: Whether the cell holds facts by where the caller is shown them, not by where they
            are: their number is then not that of the figure.
    """

    items: list[dict[str, Any]]
    after: tuple[int, str] | None
    total: int
    withheld: tuple[str, ...]
    as_shown: bool = False


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
    place: str = "",
    zoning: str = DISTRICTS,
    day: date | None = None,
    limit: int = 100,
    before: tuple[int, str] | None = None,
) -> Behind:
    """Return a page of the facts that an answer, or one place or day of it, was made of.

    The line in the audit is that of consulting facts. Nobody sees more here than in any other list
    of facts: who is told places less precisely gets those *shown* in a cell, for those that
    are in it would tell where they are.

    Args:
        home: The home.
        caller: Who asks.
        name: The analysis.
        filters: The selection it was run on; box and states are not for analyses.
        place: Zone id or H3 address of a row; empty for all of the answer.
        zoning: Zoning of a zone.
        day: Local day of a row.
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
    if day is not None:
        start, end = day_bounds(day, home.settings.city.timezone)
        asked = asked.within(max(start, asked.from_us or start), min(end, asked.to_us or end))
    subject = {**asked.subject(), "analysis": name, "place": place or None, "limit": limit}
    subject = {key: value for key, value in subject.items() if value is not None}
    view = home.rights.ask(caller, "facts", subject=subject)
    analysis = get_analysis(home.analyses, name)
    found = select_facts(home.lake, replace(view.narrow(asked), masking=None), COLUMNS)
    masking = view.masking if place and analysis.geo_column == CELL else None
    if masking is not None:
        found = masking.tell(found)
    if place:
        found = found.filter(_at(home, analysis, found, place, zoning))
    page = _page(home, view, found, min(max(1, limit), MAX_PAGE), before)
    return replace(page, as_shown=masking is not None)


AT = ("lon", "lat")
COLUMNS = ("fact_id", "earliest_us", "cell", "cell8", *AT)


def _at(home: Home, analysis: Analysis, facts: pa.Table, place: str, zoning: str) -> pa.Array:
    """Return which facts lie in a cell or a zone, as the analyses count them."""
    lon, lat = (np.asarray(facts[name].to_numpy(), np.float64) for name in AT)
    if analysis.geo_column is None:
        raise WrongUsage(reason=f"{analysis.name}: no places", field="place")
    if analysis.geo_column != CELL:
        known = home.frame.zoning(zoning)
        if place not in known.ids:
            raise NotFound(what="zone", name=f"{zoning}:{place}")
        return pa.array(np.asarray(known.assign(lon, lat)) == list(known.ids).index(place))
    try:
        cell = parse_cell(place)
    except WrongUsage as error:
        raise WrongUsage(reason="place: H3 address", field="place") from error
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    inside = np.zeros(len(lon), np.bool_)
    inside[placed] = cells_of(lon[placed], lat[placed], resolution_of(cell)).to_numpy() == cell
    return pa.array(inside)


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
    told = view.rows(whole.sort_by(order)).to_pylist()
    return Behind([fact_json(row) for row in told], after, total, view.withheld)
