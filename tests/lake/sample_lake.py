"""A lake with some of everything, fractional seconds and nulls included."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from tests.lake.samples import DAY_US, HOUR_US, START_US, city_facts, complete

from vigie.base.clock import from_us
from vigie.lake.store import Lake


def fill(lake: Lake, *, facts: int, days: int) -> None:
    """Commit some of every kind of record."""
    lake.commit("facts", city_facts(facts, days=days))
    lake.commit("measures", measures())
    lake.commit("plans", plans())
    lake.commit("places", places())
    lake.commit("means", means())


def measures() -> pa.Table:
    rng = np.random.default_rng(5)
    rows = []
    for i in range(300):
        us = START_US + int(rng.integers(0, 3 * DAY_US))
        rows.append(
            {
                "measure_id": f"measure-{i:04d}", "metric": ("noise.laeq", "people.count")[i % 2],
                "place_id": f"P{i % 4}" if i % 7 else None, "from_at": from_us(us),
                "to_at": from_us(us + 60_000_000), "from_us": us, "to_us": us + 60_000_000,
                "value": float(rng.normal(60, 9)), "unit": ("dB", "persons")[i % 2],
                "quality": ("good", "suspect", "bad", None)[i % 4], "source": "sensors",
                "lon": 5.37 + float(rng.normal(0, 0.01)), "lat": 43.3 + float(rng.normal(0, 0.01)),
            }
        )  # fmt: skip
    return complete("measures", rows)


def plans() -> pa.Table:
    rows = []
    for i in range(40):
        start = START_US + (i - 10) * DAY_US + 1_234_567
        end = start + (i % 5 + 1) * HOUR_US * (400 if i == 3 else 1)
        rows.append(
            {
                "plan_id": f"plan-{i:02d}", "kind": ("space.event.concert", "works.road")[i % 2],
                "title": f"Plan {i}", "starts_at": from_us(start), "ends_at": from_us(end),
                "starts_us": start, "ends_us": end, "setup_s": 7_200 if i % 3 else None,
                "teardown_s": 3_600, "state": ("declared", "cancelled", "authorised")[i % 3],
                "declared": True, "lon": 5.37, "lat": 43.3, "source": "agenda",
                "means": [("agents", "4")],
            }
        )  # fmt: skip
    return complete("plans", rows)


def places() -> pa.Table:
    rows = [
        {
            "place_id": f"place-{i}", "kind": ("place.school", "place.camera")[i % 2],
            "label": f"Lieu {i}", "lon": 5.3 + i / 100, "lat": 43.3, "valid_from_us": 0,
            "geometry": bytes([i]),
        }
        for i in range(12)
    ]  # fmt: skip
    return complete("places", rows)


def means() -> pa.Table:
    rows = []
    for i in range(200):
        us = START_US + i * 30_000_001
        rows.append(
            {
                "means_id": f"means-{i:03d}", "unit_ref": f"unit-{i % 9}",
                "kind": "means.vehicle.bus", "at": from_us(us), "at_us": us,
                "source": ("bus", "tram")[i % 2], "speed_kmh": i / 3, "lon": 5.37, "lat": 43.3,
            }
        )  # fmt: skip
    return complete("means", rows)
