"""What goes wrong with feeds in the live replay, on purpose: one falls silent, one drifts.

A console that only ever shows healthy sources teaches nobody what an unhealthy one looks like. The
troubles are part of the manifest's truth of the demo, the same at every start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from vigie.city.feeds import bikes, noise_live
from vigie.city.span import MINUTE_US

SILENT = bikes.SOURCE
"""Falls silent for a quarter of each hour: with a period of a minute it is soon stale."""
SILENT_MINUTES = range(10, 25)
DRIFTING = noise_live.SOURCE
"""Its gateway is given other software: each entity has an attribute that nobody announced."""
NEW_FIELD = "calibrationOffset"
DRIFT_AFTER_US = 20 * MINUTE_US
"""How long after the city's now: the feed has by then a past of twenty messages without it."""
_OFFSETS_DB = (-0.2, 0.1, 0.3)

Timed = tuple[int, str, str, bytes]


def is_silent(at_us: int) -> bool:
    """Say whether the silent feed sends nothing at an instant."""
    return at_us // MINUTE_US % 60 in SILENT_MINUTES


def silenced(stream: Iterator[Timed]) -> Iterator[Timed]:
    """Pass messages on but in the quarters in which their feed is silent."""
    return (message for message in stream if not is_silent(message[0]))


def drifted(stream: Iterator[Timed], from_us: int) -> Iterator[Timed]:
    """Add the attribute that nobody announced to each NGSI-LD entity from an instant on."""
    for at_us, source, name, content in stream:
        if at_us < from_us:
            yield at_us, source, name, content
            continue
        entities = json.loads(content)
        for number, entity in enumerate(entities):
            offset_db = _OFFSETS_DB[number % len(_OFFSETS_DB)]
            entity[NEW_FIELD] = noise_live.level(offset_db)
        yield at_us, source, name, noise_live.message(entities)
