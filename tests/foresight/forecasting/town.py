"""Facts of an invented town, straight into a lake: what a forecast of a whole home is tested on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.base.clock import FixedClock, to_us
from vigie.base.ids import record_ids
from vigie.city import geography
from vigie.city.kinds import kinds
from vigie.city.truth import make_truth
from vigie.geo.cells import cell_columns
from vigie.model.contracts import CONTRACTS
from vigie.model.times import local_columns
from vigie.situation.frame import save_frame
from vigie.situation.home import Home, init_home, open_home

NOW = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
ZONE = "Europe/Paris"
FINDERS = ("public", "public", "partner", "patrol", "camera")


def facts_table(columns: dict[str, Any], source: str = "town") -> pa.Table:
    """Facts with every derived column, as intake leaves them.

    ``columns``: kind, earliest_us, latest_us, lon, lat, discovered_by.
    """
    contract = CONTRACTS["facts"]
    early = np.asarray(columns["earliest_us"], np.int64)
    late = np.asarray(columns["latest_us"], np.int64)
    refs = [f"F{n}" for n in range(early.size)]
    instants = {
        name: pa.array(us, pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
        for name, us in (("earliest_at", early), ("latest_at", late))
    }
    lon, lat = (np.asarray(columns[name], np.float64) for name in ("lon", "lat"))
    every: dict[str, Any] = {
        **columns,
        **instants,
        "fact_id": record_ids(source, refs),
        "source": [source] * early.size,
        "source_ref": refs,
        "revision": [0] * early.size,
        "received_at": [NOW] * early.size,
        "batch_id": ["batch-town"] * early.size,
        "row": list(range(early.size)),
        "basis": ["reported"] * early.size,
        "severity": pa.array([2] * early.size, pa.int8()),
        "status": ["closed"] * early.size,
        **local_columns(early, ZONE)._asdict(),
        **cell_columns(lon, lat)._asdict(),
    }
    every["part"] = pa.array(every["local_day"]).cast(pa.string())
    named = {name: value for name, value in every.items() if name in contract.names()}
    return contract.conform(pa.table({name: pa.array(v) for name, v in named.items()}))


def true_facts(days: int, scale: float, seed: int = 13) -> pa.Table:
    """Every incident of the synthetic city's truth as a fact; a third found by patrols, cameras."""
    truth = make_truth(seed=seed, days=days, scale=scale, now=NOW)
    past = np.flatnonzero(truth.incidents.at_us < to_us(NOW))
    codes = np.array([one.code for one in kinds()])[truth.incidents.kind[past]]
    at = truth.incidents.at_us[past]
    chance = np.random.default_rng(seed)
    unsure = np.where(chance.random(at.size) < 0.1, 8 * 3_600_000_000, 0)
    return facts_table(
        {
            "kind": codes.tolist(),
            "earliest_us": at,
            "latest_us": at + unsure,
            "lon": truth.incidents.lon[past],
            "lat": truth.incidents.lat[past],
            "discovered_by": chance.choice(FINDERS, at.size).tolist(),
        }
    )


def empty_home(folder: Path) -> tuple[Home, FixedClock]:
    """A home with the synthetic city's zonings and nothing in it; the caller closes it."""
    clock = FixedClock(NOW)
    init_home(
        folder,
        {"server": {"require_second_factor": []}, "forecast": {"models": ["ewma"]}},
    )
    zonings = {
        name: {**zoning.geojson(), "title": dict(zoning.title)}
        for name, zoning in geography.zonings().items()
    }
    save_frame(folder, zonings=zonings, basemap=geography.basemap(), gazetteer=[])
    return open_home(folder, clock=clock), clock


def town_home(folder: Path, *, days: int = 126, scale: float = 0.4) -> tuple[Home, FixedClock]:
    """A home with some months of the synthetic city in it; the caller closes it."""
    home, clock = empty_home(folder)
    home.lake.commit("facts", true_facts(days, scale))
    return home, clock


def at(day: str, hour: float = 12.0) -> int:
    """An instant of a local day of the town, epoch µs (summer time)."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return to_us(start + timedelta(hours=hour - 2))
