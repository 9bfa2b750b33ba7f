"""A small real home: facts, measures, plans, places, means, accounts, sources and a frame.

Everything is drawn from one seed around a fixed instant that follows a clock change.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from vigie.base.clock import FixedClock, to_us
from vigie.base.ids import record_ids
from vigie.desk.roles import ROLES
from vigie.geo.cells import cell_columns
from vigie.model.contracts import CONTRACTS, NARRATIVES
from vigie.model.times import local_columns
from vigie.situation.frame import save_frame
from vigie.situation.home import Home, init_home, open_home

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
DAYS = 20
FACTS = 3_000
TIMEZONE = "Europe/Paris"
PASSWORD = "correct-horse-battery"
KINDS = (
    "offence.property.theft",
    "offence.property.theft.snatch",
    "offence.disorder.noise.night",
    "space.trade.peddling",
    "road",
    "rescue",
)
SOURCES = ("police", "rescue", "reports")
_DAY_US = 86_400_000_000
LOG = (
    "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"
    "2026-1;30/03/2026;10:05;TN;Tapage nocturne;5,3700;43,2960;2;VERT\r\n"
    "2026-2;30/03/2026;10:07;VS;Vol simple;5,3810;43,2950;3;ROUGE\r\n"
    "2026-3;30/03/2099;10:07;VS;Vol simple;5,3810;43,2950;3;ROUGE\r\n"
    "2026-4;30/03/2026;10:08;ZZZ;Inconnu;5,3810;43,2950;3;ROUGE\r\n"
)


def complete(kind: str, given: dict[str, Any], refs: list[str], source: Any) -> pa.Table:
    """Return a table of a kind with every derived column filled in, as intake leaves it."""
    contract = CONTRACTS[kind]
    n = len(refs)
    columns = dict(given)
    sources = [source] * n if isinstance(source, str) else list(source)
    columns["source"] = sources
    columns["source_ref"] = refs
    columns[contract.id_column] = [
        record_ids(one, [ref])[0] for one, ref in zip(sources, refs, strict=True)
    ]
    columns.setdefault("revision", [0] * n)
    columns["received_at"] = [NOW] * n
    columns["batch_id"] = ["batch-sample"] * n
    columns["row"] = list(range(1, n + 1))
    times = np.asarray(columns[contract.time_column], dtype=np.int64)
    columns |= local_columns(times, TIMEZONE)._asdict()
    days = pa.array(columns["local_day"]).cast(pa.string())
    columns["part"] = [day[:7] if contract.thin else day for day in days.to_pylist()]
    if "lon" in columns:
        lon = np.asarray([np.nan if x is None else x for x in columns["lon"]], dtype=float)
        lat = np.asarray([np.nan if x is None else x for x in columns["lat"]], dtype=float)
        columns |= cell_columns(lon, lat)._asdict()
    return contract.conform(
        pa.table(
            {name: pa.array(value) for name, value in columns.items() if name in contract.names()}
        )
    )


def instants(us: np.ndarray) -> pa.Array:
    return pa.array(us, pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def facts(n: int = FACTS, seed: int = 7) -> pa.Table:
    rng = np.random.default_rng(seed)
    earliest = to_us(NOW) - rng.integers(0, DAYS * _DAY_US, n)
    latest = earliest + rng.integers(0, 3, n) * 3_600_000_000
    lon = 5.37 + rng.normal(0, 0.02, n)
    lat = 43.30 + rng.normal(0, 0.02, n)
    placed = rng.random(n) > 0.02
    severity = rng.integers(0, 6, n)
    given = {
        "kind": rng.choice(KINDS, n).tolist(),
        "earliest_at": instants(earliest),
        "latest_at": instants(latest),
        "reported_at": instants(latest + 60_000_000),
        "earliest_us": earliest,
        "latest_us": latest,
        "lon": [float(x) if ok else None for x, ok in zip(lon, placed, strict=True)],
        "lat": [float(y) if ok else None for y, ok in zip(lat, placed, strict=True)],
        "accuracy_m": [20.0] * n,
        "severity": pa.array([int(s) or None for s in severity], pa.int8()),
        "status": rng.choice(["open", "in_progress", "closed"], n).tolist(),
        "basis": ["reported"] * n,
        "discovered_by": ["public"] * n,
        "attributes": pa.array(
            [[("outcome", "=1+1" if i % 50 == 0 else "PV")] for i in range(n)],
            pa.map_(pa.string(), pa.string()),
        ),
    }
    return complete("facts", given, [f"F{i}" for i in range(n)], rng.choice(SOURCES, n).tolist())


def measures() -> pa.Table:
    hours = np.arange(48)
    starts = to_us(NOW) - (hours + 1) * 3_600_000_000
    n = len(hours)
    given = {
        "metric": ["noise.laeq"] * n,
        "place_id": ["sensor-1"] * n,
        "from_at": instants(starts),
        "to_at": instants(starts + 3_600_000_000),
        "from_us": starts,
        "to_us": starts + 3_600_000_000,
        "lon": [5.3701] * n,
        "lat": [43.2961] * n,
        "value": [60.0 + (i % 10) for i in range(n)],
        "unit": ["dB"] * n,
        "quality": ["good"] * (n - 1) + ["bad"],
    }
    return complete("measures", given, [f"M{i}" for i in range(n)], "noise")


def plans() -> pa.Table:
    starts = np.array([to_us(NOW) + day * _DAY_US for day in (0, 1, 1, 5, 40)])
    n = len(starts)
    points = [(5.3960, 43.2698), (5.3700, 43.2960), (5.3701, 43.2961), (5.38, 43.30), (5.38, 43.3)]
    shapes = [shapely.Point(x, y).buffer(0.001) for x, y in points]
    given = {
        "kind": ["event"] * n,
        "title": [f"Plan {i}" for i in range(n)],
        "geometry": pa.array([shapely.to_wkb(one) for one in shapes], pa.binary()),
        "starts_at": instants(starts),
        "ends_at": instants(starts + 10_800_000_000),
        "starts_us": starts,
        "ends_us": starts + 10_800_000_000,
        "setup_s": [3_600] * n,
        "teardown_s": [3_600] * n,
        "lon": [x for x, _ in points],
        "lat": [y for _, y in points],
        "attendance_low": [1_000.0] * n,
        "attendance_likely": [5_000.0] * n,
        "attendance_high": [9_000.0] * n,
        "state": ["declared"] * n,
        "declared": [True] * n,
        "closes": ["street"] * (n - 1) + ["circulation:Quai 4"],
        "means": pa.array([[("agents", "12")]] * n, pa.map_(pa.string(), pa.string())),
    }
    return complete("plans", given, [f"P{i}" for i in range(n)], "agenda")


def places() -> pa.Table:
    points = [(5.3700, 43.2962), (5.3955, 43.2699), (5.4012, 43.2900)]
    kinds = ["place.camera", "place.venue.stadium", "place.hospital"]
    given = {
        "kind": kinds,
        "label": ["Caméra 1", "Stade", "Hôpital"],
        "lon": [x for x, _ in points],
        "lat": [y for _, y in points],
        "capacity": [None, 67_000.0, None],
        "valid_from_us": np.zeros(3, dtype=np.int64),
    }
    return complete("places", given, ["L0", "L1", "L2"], "places")


def means() -> pa.Table:
    rows = [(unit, back) for unit in range(4) for back in (600, 30)]
    at = np.array([to_us(NOW) - back * 1_000_000 for _, back in rows])
    n = len(rows)
    given = {
        "unit_ref": [f"bus-{unit}" for unit, _ in rows],
        "kind": ["means"] * n,
        "label": [f"{unit}" for unit, _ in rows],
        "at": instants(at),
        "at_us": at,
        "lon": [5.37 + unit * 0.001 for unit, _ in rows],
        "lat": [43.296] * n,
        "heading_deg": pa.array([90.0] * n, pa.float32()),
        "speed_kmh": pa.array([20.0] * n, pa.float32()),
        "status": ["available"] * n,
    }
    return complete("means", given, [f"B{i}" for i in range(n)], "buses")


def frame() -> dict[str, Any]:
    halves = {
        "west": shapely.box(5.2, 43.1, 5.37, 43.5),
        "east": shapely.box(5.37, 43.1, 5.6, 43.5),
    }
    zoning = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(polygon),
                "properties": {"zone_id": name, "label": name.title()},
            }
            for name, polygon in halves.items()
        ],
    }
    coast = {"type": "FeatureCollection", "features": []}
    return {"zonings": {"arrondissement": zoning}, "basemap": {"coast": coast}, "gazetteer": []}


def build(folder: Path, *, demo: bool = False) -> tuple[Home, FixedClock]:
    """Make and open the home; the caller closes it."""
    shutil.copytree(_first(demo), folder, dirs_exist_ok=True)
    clock = FixedClock(NOW)
    return open_home(folder, clock=clock), clock


@cache
def _first(demo: bool) -> Path:
    """Make the home that those of this process are copies of."""
    made = Path(tempfile.mkdtemp(prefix="vigie-sample-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    _fill(made / "home", demo=demo)
    return made / "home"


def _fill(folder: Path, *, demo: bool) -> None:
    clock = FixedClock(NOW)
    init_home(folder, {"demo": demo, "server": {"require_second_factor": []}})
    save_frame(folder, **frame())
    with open_home(folder, clock=clock) as home:
        _enter(home, clock)


def _enter(home: Home, clock: FixedClock) -> None:
    for kind, table in (
        ("facts", facts()),
        ("measures", measures()),
        ("plans", plans()),
        ("places", places()),
        ("means", means()),
    ):
        home.lake.commit(kind, table)
    first = facts()["fact_id"][0].as_py()
    home.lake.commit_narratives(
        pa.table(
            {
                "fact_id": [first],
                "source": ["police"],
                "text": ["Un texte déjà expurgé"],
                "redactions": pa.array([2], pa.int32()),
                "revision": pa.array([0], pa.int64()),
                "part": ["2026-03-30"],
            },
            schema=NARRATIVES,
        )
    )
    for role in ROLES:
        home.desk.accounts.create(
            role, name=role, role=role, password=PASSWORD, must_change_password=False
        )
    partner = home.desk.accounts.get("partner")
    home.desk.scopes.grant(partner.account_id, "rescue", granted_by="admin", head=True)
    home.intake.register("log", "main_courante", period_s=600)
    clock.advance(timedelta(seconds=-30))
    home.intake.accept("log", "log.csv", LOG.encode("utf-8"), "text/csv")
    home.intake.drain()
