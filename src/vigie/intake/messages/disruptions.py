"""Disruptions of public transport, told alike by GTFS Realtime alerts and SIRI situations.

What disrupts now is a fact; what is announced is a plan. A fact has no title: the public text goes
to the narratives, where the kit scrubs it. A plan's title is made of the effect and the lines,
never of free text, so that no person's name can stand in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from vigie.base.clock import to_rfc3339
from vigie.intake.messages.rows import Rows
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import DAY_US

PLAN_KIND = "event.transport.service_change"
_OPEN_END_US = 10 * 366 * DAY_US
_IN_TITLE = 6


class Period(NamedTuple):
    """Epoch µs; an end that is unknown is None."""

    starts_us: int
    ends_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """One disruption, as a message tells it.

    Attributes:
        source_ref: The source's reference.
        revision: Grows with each amendment.
        kind: Under ``road.transit``.
        planned: Announced rather than going on.
        periods: When; at least one.
        said_us: Instant of this telling, epoch µs.
        closed: The source says that it is over.
        severity: 1 to 5, or None.
        cause: Code of the source, of a closed list.
        effect: The same.
        lines: References of the lines.
        stops: References of the stops.
        lon: Where, or None.
        lat: Where, or None.
        place_name: Name of a stop, for the kit to locate where there are no coordinates.
        text: Public text, of any kind.
        language: Of a plan's title.
    """

    source_ref: str
    revision: int
    kind: str
    planned: bool
    periods: tuple[Period, ...]
    said_us: int
    closed: bool = False
    severity: int | None = None
    cause: str | None = None
    effect: str | None = None
    lines: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    place_name: str | None = None
    text: str | None = None
    language: str = "fr"


def add_disruption(rows: Rows, told: Disruption) -> None:
    """Add a disruption to the present row, as a fact or as a plan.

    A plan without an end, or with one ten years away, is given the day of its start and marked
    ``open_end``: the contract wants an end, and none is known.
    """
    starts_us = min(period.starts_us for period in told.periods)
    ends = [period.ends_us for period in told.periods if period.ends_us is not None]
    ends_us = max(ends) if len(ends) == len(told.periods) else None
    if ends_us is not None and ends_us - starts_us > _OPEN_END_US:
        ends_us = None
    values = (
        _fact(told, starts_us, ends_us) if not told.planned else _plan(told, starts_us, ends_us)
    )
    rows.add(
        "plans" if told.planned else "facts",
        values
        | {
            "source_ref": told.source_ref,
            "revision": told.revision,
            "lon": told.lon,
            "lat": told.lat,
        },
        narrative=None if told.planned else told.text,
        place_name=told.place_name,
    )


def _fact(told: Disruption, starts_us: int, ends_us: int | None) -> dict[str, Any]:
    until = None if ends_us is None else to_rfc3339(ends_us)
    return {
        "kind": told.kind,
        "earliest_at": starts_us,
        "latest_at": starts_us,
        "reported_at": told.said_us,
        "severity": told.severity,
        "status": "closed" if told.closed else "open",
        "discovered_by": "partner",
        "attributes": _attributes(told) | {"until": until},
    }


def _plan(told: Disruption, starts_us: int, ends_us: int | None) -> dict[str, Any]:
    cancelled = told.closed and told.said_us < starts_us
    end_us = starts_us + DAY_US if ends_us is None else ends_us
    if told.closed and not cancelled:
        end_us = min(end_us, told.said_us)
    return {
        "kind": PLAN_KIND,
        "title": _title(told),
        "starts_at": starts_us,
        "ends_at": end_us,
        "state": "cancelled" if cancelled else "declared",
        "attributes": _attributes(told) | {"open_end": None if ends_us is not None else "true"},
    }


def _attributes(told: Disruption) -> dict[str, Any]:
    return {
        "lines": ",".join(told.lines),
        "stops": ",".join(told.stops),
        "cause": told.cause,
        "effect": told.effect,
        "periods": len(told.periods) if len(told.periods) > 1 else None,
    }


def _title(told: Disruption) -> str:
    label = TAXONOMY.get(told.kind).label(told.language)
    shown = ", ".join(told.lines[:_IN_TITLE]) + ("…" if len(told.lines) > _IN_TITLE else "")
    return label + (": " if told.language == "en" else " : ") + shown if shown else label
