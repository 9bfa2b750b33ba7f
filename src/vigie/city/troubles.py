"""What goes wrong with feeds in the live replay, on purpose: one falls silent, one drifts.

A console that only ever shows healthy sources teaches nobody what an unhealthy one looks like. The
troubles are part of the manifest's truth of the demo, the same at every start.
"""

from __future__ import annotations

from collections.abc import Iterator

from vigie.city.feeds import bikes, traffic
from vigie.city.span import MINUTE_US

SILENT = bikes.SOURCE
"""Falls silent for a quarter of each hour: with a period of a minute it is soon stale."""
SILENT_MINUTES = range(10, 25)
DRIFTING = traffic.SOURCE
"""Its live export has a column that its past never had, and that nobody announced."""
NEW_COLUMN = "CAMPAGNE"
_CAMPAIGNS = ("2026-A", "2026-B", "2026-C")

Timed = tuple[int, str, str, bytes]


def is_silent(at_us: int) -> bool:
    """Say whether the silent feed sends nothing at an instant."""
    return at_us // MINUTE_US % 60 in SILENT_MINUTES


def silenced(stream: Iterator[Timed]) -> Iterator[Timed]:
    """Pass messages on but in the quarters in which their feed is silent."""
    return (message for message in stream if not is_silent(message[0]))


def drifted(stream: Iterator[Timed]) -> Iterator[Timed]:
    """Add the column that nobody announced to each CSV message."""
    for at_us, source, name, content in stream:
        header, *rows = content.split(b"\r\n")[:-1]
        campaign = _CAMPAIGNS[at_us // MINUTE_US % len(_CAMPAIGNS)].encode()
        lines = [header + b";" + NEW_COLUMN.encode(), *(row + b";" + campaign for row in rows)]
        yield at_us, source, name, b"\r\n".join(lines) + b"\r\n"
