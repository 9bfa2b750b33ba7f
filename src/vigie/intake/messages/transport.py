"""Public transport in real time: what GTFS Realtime and SIRI make alike.

A vehicle is named by its fleet number, never by its plate; a line may say which kind of vehicle
serves it; a stop is the place that the timetable stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.intake.connector import Context
from vigie.intake.messages.rows import Rows
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import SECOND_US

SKEW_S = 300
"""A source's clock that differs by more is remarked upon."""

_PLATE = re.compile(
    r"[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}|\d{2,4}[- ]?[A-Z]{2,3}[- ]?\d{2}", re.IGNORECASE
)
_DEFAULT_KIND = "means.transport"


class Transport:
    """Vehicles, stops and measures of one message.

    Options of the feed: ``kinds``, from the beginning of a line's identifier to a kind under
    ``means`` (``{"M" = "means.transport.metro"}``); ``static_source``, the feed of the timetable
    whose stops are meant (``gtfs``).
    """

    def __init__(self, rows: Rows, context: Context) -> None:
        self._rows = rows
        self._source = context.source
        self._now_us = to_us(context.now)
        self._kinds: Mapping[str, Any] = context.options.get("kinds", {})
        self._static = str(context.options.get("static_source", "gtfs"))

    def check_clock(self, stated_us: int) -> None:
        """Remark on a message's time that is far from the time of receipt."""
        skew = stated_us // SECOND_US - self._now_us // SECOND_US
        if abs(skew) > SKEW_S:
            self._rows.remark("clock_skew", seconds=str(skew))

    def unit(self, said: str, column: str) -> str:
        """Return what identifies a vehicle; a hash where the feed uses its plate for that."""
        if _PLATE.fullmatch(said):
            self._rows.remark("dropped_personal", column=column)
            return record_id(self._source, said)
        return said

    def kind(self, line: str, default: str = _DEFAULT_KIND) -> str:
        """Return the kind of vehicle on a line: the longest beginning that the feed maps."""
        found = [start for start in self._kinds if line.startswith(start)] if line else []
        kind = str(self._kinds[max(found, key=len)]) if found else default
        return kind if kind in TAXONOMY else default

    def stop(self, reference: str) -> str:
        """Return the id under which the timetable's stop is stored."""
        return record_id(self._static, reference)

    def measure(
        self,
        metric: str,
        key: str,
        at_us: int,
        where: Mapping[str, Any],
        *,
        value: float,
        unit: str,
        quality: str = "good",
    ) -> None:
        """Add a number about an instant (a measure of one second).

        Args:
            metric: Code of the register.
            key: What it is about, within the metric.
            at_us: The instant, epoch µs.
            where: Columns that say where: ``lon`` and ``lat``, or ``place_id``.
            value: The number.
            unit: Its unit.
            quality: Of the contract's list.
        """
        self._rows.add(
            "measures",
            {
                **where,
                "source_ref": f"{metric}/{key}@{at_us // SECOND_US}",
                "metric": metric,
                "from_at": at_us,
                "to_at": at_us + SECOND_US,
                "value": value,
                "unit": unit,
                "quality": quality,
            },
        )
