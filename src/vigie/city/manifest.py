"""The manifest of a built city: what lies in the folder and what an ingestion must find."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.base.clock import from_us, to_us
from vigie.base.errors import NotFound
from vigie.city.ledger import Feed

FILE = "manifest.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class CityManifest:
    """What was built.

    Attributes:
        seed: Seed.
        days: Full local days before today.
        scale: Volume of facts; 1 is Marseille's order.
        now: The instant that divides past from future.
        feeds: Native feeds, in the order to ingest them.
        truth: Files of the truth, relative to the folder; never to be ingested.
    """

    seed: int
    days: int
    scale: float
    now: datetime
    feeds: tuple[Feed, ...]
    truth: tuple[str, ...]

    @property
    def expected(self) -> dict[str, int]:
        """Records expected in the lake by kind, and rows expected in quarantine.

        A lower bound for measures: the transport connectors add theirs (scheduled departures,
        speeds, occupancy) to the records counted here.
        """
        counts: Counter[str] = Counter()
        for feed in self.feeds:
            counts[feed.kind] += feed.records
            counts.update(feed.also)
            counts["quarantined"] += feed.defects
        return dict(sorted(counts.items()))

    def feed(self, source: str) -> Feed:
        """Return a feed by its source.

        Raises:
            NotFound: When the city has none of that name.
        """
        for feed in self.feeds:
            if feed.source == source:
                return feed
        raise NotFound(what="feed", name=source)

    def to_json(self) -> str:
        """Return the manifest as JSON."""
        content: dict[str, Any] = {
            "version": VERSION,
            "synthetic": True,
            "seed": self.seed,
            "days": self.days,
            "scale": self.scale,
            "now_us": to_us(self.now),
            "now": self.now.isoformat(),
            "expected": self.expected,
            "feeds": [asdict(feed) for feed in self.feeds],
            "truth": list(self.truth),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_manifest(folder: Path) -> CityManifest:
    """Return the manifest of a built city.

    Raises:
        NotFound: When the folder holds no manifest.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFound(what="manifest", name=str(path))
    content = json.loads(path.read_text(encoding="utf-8"))
    feeds = tuple(Feed(**(f | {"paths": tuple(f["paths"])})) for f in content["feeds"])
    return CityManifest(
        seed=content["seed"],
        days=content["days"],
        scale=content["scale"],
        now=from_us(content["now_us"]),
        feeds=feeds,
        truth=tuple(content["truth"]),
    )
