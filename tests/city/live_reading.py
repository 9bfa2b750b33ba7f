"""What live messages give when each is read at the instant it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import numpy as np
from tests.city.built_city import BuiltCity

from vigie.base.settings import CitySettings
from vigie.city import LiveMessage
from vigie.city.ledger import Feed
from vigie.intake.checks import check
from vigie.intake.connector import Context, Payload
from vigie.intake.prepare import with_defaults
from vigie.model.contracts import CONTRACTS


def records(city: BuiltCity, feed: Feed, messages: Iterable[LiveMessage]) -> list[dict[str, Any]]:
    """Return the records of every message of a feed; fails when anything is refused or unmapped."""
    box = CitySettings().bbox
    out: list[dict[str, Any]] = []
    for message in (m for m in messages if m.source == feed.source):
        context = Context(
            source=feed.source,
            timezone="Europe/Paris",
            now=message.at,
            mapping={},
            options=feed.options,
            bbox=box,
        )
        content = BytesIO(message.content)
        payload = Payload(name=message.name, content=content, size=len(message.content))
        for parsed in city.connectors[feed.connector].parse(payload, context):
            contract, rows = CONTRACTS[parsed.kind], np.asarray(parsed.rows)
            given = with_defaults(contract, parsed.table)
            table = contract.conform(given, only=contract.names("given"))
            verdicts = check(parsed.kind, table, rows, received_at=message.at, bbox=box)
            assert not parsed.rejects
            assert not verdicts.refused
            assert not [n for n in parsed.notices if n.code == "unmapped_column"]
            out += [{**row, "kind_of": parsed.kind} for row in verdicts.table.to_pylist()]
    return out
