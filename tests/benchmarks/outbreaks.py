"""Planted gatherings found, and false alarms, at the rate that the rules declare.

A city of 182 days is built with undeclared gatherings planted in its last eight weeks, from 150 to
6,000 people, anywhere; its feeds are ingested through the real connectors; the two rules judge
those eight weeks with limits learnt on the six before, in which nothing is planted. An alarm within
reach of a gathering, planted or of the city's own, while people are there, finds it; any other is
false. The delay counts from the first who come. Beside them: the same chances with the limit of the
textbook (Bonferroni), and the rule ``surge``, which looks at facts alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from _small import either, sized
from scipy import stats

from vigie import city
from vigie.base.clock import FixedClock, to_us
from vigie.city import geography
from vigie.city.outbreaks import PLANTED
from vigie.city.plans import TruePlan
from vigie.city.truth import Truth, make_truth
from vigie.geo.distance import haversine_m
from vigie.judge.rule import Finding
from vigie.judge.surveillance.alarm_rate import Combined, combine, first_alarms
from vigie.judge.surveillance.signals import WEEK_H, Scored
from vigie.rules import weak_signal, wild_gathering
from vigie.situation.alerts import judge_hours
from vigie.situation.frame import save_frame
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.weak_signals import HOUR_US, NULL_WEEKS, read_signals

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAYS, JUDGED_WEEKS = either((182, 8), (35, 1))
LEARNT_WEEKS = either(NULL_WEEKS, 1)
REACH_M = 1_100.0
COMES_US = HOUR_US * 3 // 2
"""In the city people come from an hour and a half before the start (``levels.presence``)."""
LATE_US = 2 * HOUR_US
"""The last go three quarters of an hour after the end, and an hour is judged when it is over."""
FEEDS = {
    *("places", "agenda", "presence", "sensors_noise", "sensors_traffic"),
    *("main_courante", "rescue", "reports"),
}


class Alarm(NamedTuple):
    """Where and when something rang; ``at_us`` is the end of the hour, when it could ring."""

    lon: float
    lat: float
    at_us: int


def make_home(folder: Path, *, seed: int, scale: float, planted: int) -> Home:
    """Build a city with planted gatherings and ingest what the rules look at."""
    clock = FixedClock(NOW)
    path = folder / "home"
    init_home(path, {"city": {"name": "Marseille"}})
    zonings = {
        name: {**zoning.geojson(), "title": dict(zoning.title)}
        for name, zoning in geography.zonings().items()
    }
    save_frame(path, zonings=zonings, basemap=geography.basemap(), gazetteer=[])
    feeds = folder / "feeds"
    manifest = city.build(feeds, seed=seed, days=DAYS, scale=scale, now=NOW, planted=planted)
    home = open_home(path, clock=clock)
    for feed in manifest.feeds:
        if feed.source not in FEEDS:
            continue
        if feed.options or feed.period_s or feed.title:
            home.intake.register(
                feed.source,
                feed.connector,
                options=feed.options,
                period_s=feed.period_s or None,
                title=feed.title or None,
            )
        home.intake.ingest_paths(
            feed.connector,
            [feeds / name for name in feed.paths],
            mapping=feeds / feed.mapping if feed.mapping else None,
            source=feed.source,
        )
    home.lake.compact()
    return home


def of_findings(findings: list[Finding]) -> list[Alarm]:
    """Return where and when findings rang."""
    return [Alarm(one.geometry.x, one.geometry.y, one.to_us) for one in findings]


def of_combined(scored: Scored, combined: Combined) -> list[Alarm]:
    """Return where and when a limit would have rung."""
    return [
        Alarm(float(scored.lon[i]), float(scored.lat[i]), int(scored.hours_us[j]) + HOUR_US)
        for i, j in first_alarms(combined, scored.days, scored.judged)
    ]


def score(
    alarms: list[Alarm], gatherings: list[TruePlan], shares: dict[str, float], days: float
) -> dict[str, Any]:
    """Return recall over all and by size, delay, and the rate of false alarms with its interval."""
    true = np.zeros(len(alarms), dtype=bool)
    found: dict[str, float] = {}
    for plan in gatherings:
        for number, one in enumerate(alarms):
            come_us = plan.starts_us - COMES_US
            if (
                come_us < one.at_us <= plan.ends_us + LATE_US
                and haversine_m(one.lon, one.lat, plan.lon, plan.lat) <= REACH_M
            ):
                true[number] = True
                delay = (one.at_us - come_us) / HOUR_US
                found[plan.ref] = min(delay, found.get(plan.ref, np.inf))
    planted = [plan for plan in gatherings if plan.planted == PLANTED]
    false = int((~true).sum())
    low, high = stats.chi2.ppf([0.025, 0.975], [2 * false, 2 * false + 2]) / 2 / days
    bands = {"under_5pc": (0.0, 0.05), "5_to_20pc": (0.05, 0.2), "over_20pc": (0.2, np.inf)}
    told: dict[str, Any] = {
        "planted": len(planted),
        "found": sum(plan.ref in found for plan in planted),
        "false_alarms": false,
        "false_per_day": round(false / days, 3),
        "false_per_day_95": [round(float(np.nan_to_num(low)), 3), round(float(high), 3)],
    }
    told["recall"] = round(told["found"] / max(1, told["planted"]), 3)
    for name, (least, most) in bands.items():
        some = [plan.ref for plan in planted if least <= shares[plan.ref] < most]
        told[f"found_{name}"] = f"{sum(ref in found for ref in some)}/{len(some)}"
    delays = [found[plan.ref] for plan in planted if plan.ref in found]
    told["delay_h_median"] = round(float(np.median(delays)), 2) if delays else None
    return told


def share_of(scored: Scored, plan: TruePlan) -> float:
    """Return people who came over people expected in the cell; as of one person where unknown."""
    usual = np.nanmedian(scored.expected[0], axis=1)
    apart = haversine_m(scored.lon, scored.lat, plan.lon, plan.lat)
    near = int(np.argmin(np.where(np.isnan(usual), np.inf, apart)))
    return plan.came / max(float(usual[near]), 1.0)


def textbook(scored: Scored, positions: np.ndarray, declared: float, least: int) -> Combined:
    """Return the same chances with the limit that theory alone would set."""
    found = combine(scored, positions, declared_per_day=declared, least_raised=least)
    limit = -np.log10(declared / (24.0 * len(scored.cells)))
    return Combined(
        found.strength, limit, found.null_days, found.allowed, found.raised, found.positions
    )


def run(folder: Path, seed: int, scale: float, planted: int) -> dict[str, Any]:
    """Return the scores of one city."""
    home = make_home(folder, seed=seed, scale=scale, planted=planted)
    truth: Truth = make_truth(seed=seed, days=DAYS, scale=scale, now=NOW, planted=planted)
    judged = JUDGED_WEEKS * WEEK_H
    hours = LEARNT_WEEKS * WEEK_H + judged
    end_us = to_us(NOW) // HOUR_US * HOUR_US
    with home:
        began = time.monotonic()
        scored = read_signals(home, end_us - hours * HOUR_US, hours, judged=judged)
        read_s = time.monotonic() - began
        assert scored is not None
        surge = judge_hours(home, end_us - judged * HOUR_US, judged)
    from_us = int(scored.hours_us[scored.judged])
    gatherings = [
        plan
        for plan in truth.plans
        if not plan.declared and from_us <= plan.starts_us and plan.ends_us <= end_us
    ]
    shares = {plan.ref: share_of(scored, plan) for plan in gatherings}
    everything = np.arange(len(scored.signals))
    rung = {
        "weak_signal": of_findings(weak_signal.judge(scored, {})),
        "wild_gathering": of_findings(wild_gathering.judge(scored, {})),
        "textbook_limit": of_combined(
            scored, textbook(scored, everything, weak_signal.FALSE_ALARMS_PER_DAY, 2)
        ),
        "surge": [
            Alarm(one.lon, one.lat, one.at_us + HOUR_US)
            for one in surge
            if one.rule == "surge" and one.lon is not None and one.lat is not None
        ],
    }
    days = judged / 24.0
    told = {name: score(alarms, gatherings, shares, days) for name, alarms in rung.items()}
    return {**told, "read_s": round(read_s, 1)}


def total(runs: list[dict[str, Any]], name: str, declared: float) -> dict[str, Any]:
    """Return the scores of several cities together."""
    days = len(runs) * JUDGED_WEEKS * 7
    false = sum(one[name]["false_alarms"] for one in runs)
    planted, found = (sum(one[name][key] for one in runs) for key in ("planted", "found"))
    low, high = stats.chi2.ppf([0.025, 0.975], [2 * false, 2 * false + 2]) / 2 / days
    share = stats.beta.ppf(
        [0.025, 0.975], [found, found + 1], [planted - found + 1, planted - found]
    )
    return {
        "declared_per_day": declared,
        "false_per_day": round(false / days, 3),
        "false_per_day_95": [round(float(np.nan_to_num(low)), 3), round(float(high), 3)],
        "recall": round(found / max(1, planted), 3),
        "recall_95": [round(float(np.nan_to_num(one)), 3) for one in share],
        "found": f"{found}/{planted}",
        **{
            key: "/".join(
                str(sum(int(one[name][key].split("/")[part]) for one in runs)) for part in (0, 1)
            )
            for key in ("found_under_5pc", "found_5_to_20pc", "found_over_20pc")
        },
        "delay_h_median": float(
            np.median([d for one in runs if (d := one[name]["delay_h_median"]) is not None] or [0])
        ),
    }


def main() -> None:
    """Run and print the figures; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--planted", type=int, default=56)
    parser.add_argument("--scale", type=float, default=0.66)
    asked = sized(parser.parse_args(), seeds=1, planted=4, scale=0.02)
    runs = []
    for seed in range(21, 21 + asked.seeds):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(run(Path(folder), seed, asked.scale, asked.planted))
            print(json.dumps({"seed": seed, **runs[-1]}))
    declared = {
        "weak_signal": weak_signal.FALSE_ALARMS_PER_DAY,
        "wild_gathering": wild_gathering.FALSE_ALARMS_PER_DAY,
        "textbook_limit": weak_signal.FALSE_ALARMS_PER_DAY,
        "surge": 1.0,
    }
    told = {name: total(runs, name, rate) for name, rate in declared.items()}
    ours, others = ("weak_signal", "wild_gathering"), ("textbook_limit", "surge")
    answer = {
        "name": "outbreaks",
        "figures": {name: told[name] for name in ours},
        "baseline": {name: told[name] for name in others},
        "ratio": {
            "recall_over_surge": round(
                told["wild_gathering"]["recall"] / max(told["surge"]["recall"], 1e-9), 2
            ),
            "false_over_declared": {
                name: round(told[name]["false_per_day"] / declared[name], 2) for name in declared
            },
        },
        "cities": asked.seeds,
        "judged_days": asked.seeds * JUDGED_WEEKS * 7,
        "read_s": max(one["read_s"] for one in runs),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
