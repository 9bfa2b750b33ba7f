"""Facts in pages, newest first, and one fact with everything known of where it came from."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from vigie.base.clock import to_rfc3339, to_us
from vigie.base.errors import NotFound
from vigie.geo.cells import cell_text
from vigie.situation import reading
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.home import Home

MAX_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """Facts, and where the next page begins.

    Attributes:
        items: Facts as the interface answers them.
        after: Time and id of the last one when there are more; None on the last page.
        withheld: Fields that the caller does not see, there or not.
    """

    items: list[dict[str, Any]]
    after: tuple[int, str] | None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneOf:
    """A zone that holds a point."""

    zoning: str
    zone_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact with its provenance, its zones and, where allowed, its narrative.

    Attributes:
        fact: The fact as lists show it.
        attributes: Further values.
        local: ``local_day``, ``local_hour``, ``weekday``.
        provenance: Where it came from.
        zones: The zone of every zoning that holds it.
        narrative: Scrubbed text, or None.
        narrative_withheld: Whether the narrative is kept back.
        reason_required: Whether it would be told if a reason were given.
        withheld: Fields that the caller does not see, there or not.
    """

    fact: dict[str, Any]
    attributes: dict[str, str]
    local: dict[str, Any]
    provenance: dict[str, Any]
    zones: list[ZoneOf]
    narrative: str | None
    narrative_withheld: bool
    reason_required: bool
    withheld: tuple[str, ...]


def instant(value: Any) -> str | None:
    """Return a timestamp of the lake as RFC 3339."""
    return None if value is None else to_rfc3339(to_us(value))


def fact_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of facts as lists show it."""
    return {
        "fact_id": row["fact_id"],
        "kind": row["kind"],
        "source": row["source"],
        "earliest_at": to_rfc3339(row["earliest_us"]),
        "latest_at": to_rfc3339(row["latest_us"]),
        "reported_at": instant(row["reported_at"]),
        "lon": row["lon"],
        "lat": row["lat"],
        "accuracy_m": row["accuracy_m"],
        "cell": None if row["cell"] is None else cell_text(row["cell"]),
        "severity": row["severity"],
        "status": row["status"],
        "basis": row["basis"],
        "discovered_by": row["discovered_by"],
        "quantity": row["quantity"],
    }


def list_facts(
    home: Home,
    caller: Caller,
    filters: Filters,
    *,
    limit: int = 100,
    before: tuple[int, str] | None = None,
) -> Page:
    """Return a page of facts, newest first.

    Raises:
        Forbidden: When the role may not see facts.
    """
    limit = max(1, min(limit, MAX_PAGE))
    view = home.rights.ask(caller, "facts", subject={**filters.subject(), "limit": limit})
    found = reading.facts_page(home, view.narrow(filters), limit + 1, before)
    rows = view.rows(found.drop_columns(["attributes"])).to_pylist()
    more = len(rows) > limit
    rows = rows[:limit]
    after = (rows[-1]["earliest_us"], rows[-1]["fact_id"]) if more else None
    return Page([fact_json(row) for row in rows], after, view.withheld)


def zones_at(home: Home, lon: float | None, lat: float | None) -> list[ZoneOf]:
    """Return the zone of every zoning that holds a point."""
    if lon is None or lat is None:
        return []
    found = []
    for zoning in home.frame.zonings.values():
        index = int(np.asarray(zoning.assign(np.array([lon]), np.array([lat])))[0])
        if index >= 0:
            found.append(ZoneOf(zoning.name, zoning.ids[index], zoning.labels[index]))
    return found


def _origin(home: Home, row: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Return the connector of a record's source, the file it came by and its SHA-256, as known."""
    connector: str | None = None
    with contextlib.suppress(NotFound):
        connector = home.intake.source(row["source"]).connector
    received_us = to_us(row["received_at"])
    message = home.intake.message_of(row["batch_id"], received_us)
    if message is not None:
        return connector, message.name, message.sha256 or None
    try:
        batch = home.intake.batch(row["batch_id"])
    except NotFound:
        return connector, None, None
    if received_us in batch.origins:
        name, sha256 = batch.origins[received_us]
        return connector, name, sha256 or None
    return connector, batch.files[0] if len(batch.files) == 1 else None, None


def provenance_json(home: Home, row: dict[str, Any], *, with_ref: bool) -> dict[str, Any]:
    """Return where a record came from; the source's own reference only where allowed."""
    connector, file, sha256 = _origin(home, row)
    return {
        "source": row["source"],
        "connector": connector,
        "source_ref": row["source_ref"] if with_ref else None,
        "batch_id": row["batch_id"],
        "file": file,
        "sha256": sha256,
        "row": row["row"],
        "received_at": instant(row["received_at"]),
        "revision": row["revision"],
    }


def get_fact(home: Home, caller: Caller, fact_id: str) -> Detail:
    """Return everything about one fact.

    Raises:
        Forbidden: When the role may not see facts.
        NotFound: When there is no such fact.
    """
    view = home.rights.ask(caller, "facts", subject={"fact": fact_id})
    known = view.keep(home.lake.query("fact_by_id", fact_id=fact_id))
    if known.num_rows == 0:
        raise NotFound(what="fact", name=fact_id)
    true, row = known.to_pylist()[0], view.rows(known).to_pylist()[0]
    wanting = home.rights.needs_reason(caller, "narratives", fact=fact_id)
    readable = not wanting and home.rights.may(caller, "narratives", fact=fact_id)
    if readable:
        told = home.rights.ask(caller, "narratives", subject={"fact": fact_id})
        place = None if true["lon"] is None else shapely.Point(true["lon"], true["lat"])
        readable = told.holds(row["source"], place)
    return Detail(
        fact=fact_json(row),
        attributes=dict(row["attributes"] or ()),
        local={
            "local_day": row["local_day"].isoformat(),
            "local_hour": row["local_hour"],
            "weekday": row["weekday"],
        },
        provenance=provenance_json(home, row, with_ref=True),
        zones=zones_at(home, row["lon"], row["lat"]),
        narrative=home.lake.narrative(fact_id) if readable else None,
        narrative_withheld=not readable,
        reason_required=wanting,
        withheld=view.withheld,
    )
