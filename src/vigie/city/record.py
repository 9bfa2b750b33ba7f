"""The truth written apart: what happened, at which rates, by which causes. Never ingested."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.base.clock import from_us
from vigie.city import geography, levels
from vigie.city.feeds.feeling import known_feeling
from vigie.city.feeds.transit_alerts import NEAR_M
from vigie.city.kinds import hour_profile, kinds
from vigie.city.ledger import TIMESTAMP, Ledger
from vigie.city.logbook import (
    ADDRESS_ONLY_SHARE,
    AMENDED_SHARE,
    DEFECT_SHARE,
    DOUBLE_SHARE,
    REPEATED_SHARE,
)
from vigie.city.sites import sites
from vigie.city.situations import EVENT_EFFECTS
from vigie.city.tellings import DELAY_SIGMA, FOUND_MINUTES, HABITS, LATE_DAYS
from vigie.city.truth import CAUSES, CHILD_CLOCK_H, YEAR_DAYS, Truth

FOLDER = "truth"


def write_truth(truth: Truth, folder: Path, ledger: Ledger) -> tuple[str, ...]:
    """Write everything a method can be scored against; return the files, relative to the folder."""
    target = folder / FOLDER
    target.mkdir()
    pq.write_table(_incidents(truth), target / "incidents.parquet")
    pq.write_table(_plans(truth), target / "plans.parquet")
    pq.write_table(_rates(truth), target / "rates.parquet")
    (target / "effects.json").write_text(
        json.dumps(_effects(truth), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    ledger.write(target)
    return tuple(sorted(f"{FOLDER}/{path.name}" for path in target.iterdir()))


def _stamps(us: np.ndarray) -> pa.Array:
    return pa.array(us, pa.int64()).cast(TIMESTAMP)


def _incidents(truth: Truth) -> pa.Table:
    """Every true incident; ``incident`` is its number in the other tables."""
    them, place = truth.incidents, sites()
    zonings = geography.zonings()
    refs = [plan.ref for plan in truth.plans]
    codes = pa.array([kind.code for kind in kinds()])
    causes = pa.array(CAUSES)
    plan = [refs[p] if p >= 0 else None for p in them.plan.tolist()]
    number = np.arange(len(them))
    return pa.table(
        {
            "incident": pa.array(number),
            "kind": codes.take(pa.array(them.kind)),
            "at": _stamps(them.at_us),
            "lon": pa.array(them.lon),
            "lat": pa.array(them.lat),
            "arrondissement": pa.array(place.arrondissement[them.site]),
            "secteur_police": pa.array(zonings["secteur_police"].ids).take(
                pa.array(place.sector[them.site])
            ),
            "maille": pa.array(zonings["maille"].ids).take(pa.array(place.maille[them.site])),
            "severity": pa.array(them.severity),
            "cause": causes.take(pa.array(them.cause)),
            "parent": pa.array(them.parent, mask=them.parent < 0),
            "plan": pa.array(plan, pa.string()),
            "past": pa.array(them.at_us < truth.now_us),
        }
    )


def _plans(truth: Truth) -> pa.Table:
    """Every plan with its true attendance and the incidents it brought."""
    caused = np.bincount(
        truth.incidents.plan[truth.incidents.plan >= 0], minlength=len(truth.plans)
    )
    plans = truth.plans
    return pa.table(
        {
            "ref": [p.ref for p in plans],
            "kind": [p.kind for p in plans],
            "starts_at": _stamps(np.array([p.starts_us for p in plans], dtype=np.int64)),
            "ends_at": _stamps(np.array([p.ends_us for p in plans], dtype=np.int64)),
            "likely": [p.likely for p in plans],
            "came": [p.came for p in plans],
            "declared": [p.declared for p in plans],
            "state": [p.state for p in plans],
            "planted": [p.planted for p in plans],
            "incidents": caused,
        }
    )


def _zones(zoning: str) -> tuple[tuple[str, ...], np.ndarray]:
    zone = geography.zonings()[zoning]
    index = sites().maille if zoning == "maille" else sites().arrondissement - 1
    return zone.ids, index


def _rates(truth: Truth) -> pa.Table:
    """Mean background incidents a day by kind, zone and local hour, all other factors at 1."""
    tables = []
    for zoning in ("arrondissement", "maille"):
        ids, index = _zones(zoning)
        rate = np.zeros((len(kinds()), len(ids), 24))
        for number, kind in enumerate(kinds()):
            daily = kind.yearly * truth.scale * (1 - kind.branching) / YEAR_DAYS
            for part in kind.mix:
                share = np.bincount(index, sites().weights[part.space], minlength=len(ids))
                rate[number] += daily * part.weight * np.outer(share, hour_profile(part.hours))
        kind_at, zone_at, hour_at = np.nonzero(rate > 1e-9)
        codes = pa.array([kind.code for kind in kinds()])
        tables.append(
            pa.table(
                {
                    "zoning": pa.array([zoning] * len(kind_at)),
                    "zone": pa.array(ids).take(pa.array(zone_at)),
                    "kind": codes.take(pa.array(kind_at)),
                    "local_hour": pa.array(hour_at, pa.int8()),
                    "per_day": pa.array(rate[kind_at, zone_at, hour_at]),
                }
            )
        )
    return pa.concat_tables(tables)


def _effects(truth: Truth) -> dict[str, object]:
    """Every known effect size and planted situation."""
    return {
        "kinds": {kind.code: dict(_kind_effects(kind.code)) for kind in kinds()},
        "child_clock_h": CHILD_CLOCK_H,
        "sources": {name: asdict(habits) for name, habits in HABITS.items()},
        "transit_alerts": {"within_m_of_a_stop": NEAR_M},
        "delays": {
            "sigma": DELAY_SIGMA,
            "found_minutes": FOUND_MINUTES,
            "late_mean_days": LATE_DAYS,
        },
        "log": {
            "double_share": DOUBLE_SHARE,
            "amended_share": AMENDED_SHARE,
            "repeated_share": REPEATED_SHARE,
            "address_only_share": ADDRESS_ONLY_SHARE,
            "defect_share_of_each": DEFECT_SHARE,
        },
        "events": [asdict(effect) for effect in EVENT_EFFECTS],
        "hot_spots": [_timed(asdict(spot)) for spot in truth.hot_spots],
        "measures": [_timed(asdict(measure)) for measure in truth.measures],
        "anomalies": [_timed(asdict(anomaly)) for anomaly in levels.anomalies(truth)],
        "feeling": known_feeling(),
        "planted_plans": {p.ref: p.planted for p in truth.plans if p.planted},
    }


def _kind_effects(code: str) -> Iterator[tuple[str, object]]:
    kind = next(k for k in kinds() if k.code == code)
    yield "week", [round(float(w), 6) for w in kind.week]
    yield "season", {"amplitude": kind.season_amplitude, "peak_month": kind.season_peak}
    yield "tells", {source: share for source, (_, share) in kind.tells.items()}
    yield "unsure_hours", kind.unsure_h
    yield "rain", kind.rain
    yield "temperature_per_10_degrees", kind.temperature
    yield (
        "self_excitation",
        {"branching": kind.branching, "mean_days": kind.excite_days, "sigma_m": kind.excite_m},
    )


def _timed(values: dict[str, object]) -> dict[str, object]:
    """Return the values with instants in RFC 3339 beside their microseconds."""
    out = dict(values)
    for name, value in values.items():
        if name.endswith("_us") and isinstance(value, int):
            out[name.removesuffix("_us") + "_at"] = from_us(value).isoformat()
    return out
