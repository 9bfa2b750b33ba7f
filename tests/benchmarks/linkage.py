"""Linked reports of one incident against the truth of invented cities.

    python3 run.py bench linkage [--home DIR ...] [--learn --fit DIR --calibrate DIR ...]

Every city is built and ingested through the real connectors (``vigie demo --once --seed N``); its
truth says which rows tell of which incident. The weights that come with Vigie were learnt on seed
101 and calibrated on 102 and 203; what is reported here is of other seeds. Without ``--home`` a
small city of seed 304 is built first. Figures, of pairs of reports within 400 m and six hours:

* precision and recall of links told with a probability of at least 0.5, 0.8 and 0.9 (recall is of
  *all* pairs that tell of one incident, those never compared too);
* the calibration curve: in ten bins of the probability shown, what share is true; the greatest gap
  of bins of 100 pairs or more, and the mean gap weighted by pairs;
* groups of reports: share of pairs in one group that tell of one incident.

The baseline is what control rooms do without a model: same kind, within 100 m and 30 minutes. The
last line is JSON: name, figures, baseline, ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.geo.projection import local_projection
from vigie.judge.linkage import (
    Ints,
    Links,
    Reports,
    candidates,
    clusters,
    gaps_us,
    probabilities,
)
from vigie.judge.linkage_learning import Known, as_toml, fit, truths
from vigie.situation.home import open_home

WEIGHTS = Path(__file__).parents[2] / "src/vigie/judge/linkage.toml"
COLUMNS = ("source", "source_ref", "kind", "earliest_us", "latest_us", "reported_at",
           "accuracy_m", "lon", "lat")  # fmt: skip
CHUNK_US = 12 * 86_400_000_000
SEED = 304


def known_of(home: Path) -> Known:
    """Return the located facts of a home in the order of time, each with its true incident."""
    with open_home(home) as opened:
        facts = opened.lake.scan("facts", columns=list(COLUMNS))
    facts = facts.filter(pc.is_valid(facts["lon"])).sort_by("earliest_us")
    told = pq.read_table(home / "feeds/truth/tellings.parquet")
    number = {
        (source, ref): incident
        for source, ref, incident in zip(
            *(told[n].to_pylist() for n in ("source", "source_ref", "incident")), strict=True
        )
    }
    x, y = local_projection(5.4, 43.3).to_metres(facts["lon"].to_numpy(), facts["lat"].to_numpy())
    told_us = pc.fill_null(facts["reported_at"].cast(pa.int64()), 0)
    refs = zip(facts["source"].to_pylist(), facts["source_ref"].to_pylist(), strict=True)
    reports = Reports(
        x, y,
        np.asarray(facts["accuracy_m"].to_numpy(), np.float64),
        facts["earliest_us"].to_numpy(), facts["latest_us"].to_numpy(), told_us.to_numpy(),
        facts["kind"].to_pylist(), facts["source"].to_pylist(),
    )  # fmt: skip
    return Known(reports, np.array([number[ref] for ref in refs], dtype=np.int64))


def part(known: Known, at: Ints) -> Known:
    """Return some of the reports."""
    r = known.reports
    cut = [c[at] for c in (r.x, r.y, r.accuracy_m, r.earliest_us, r.latest_us, r.reported_us)]
    names = [[column[i] for i in at] for column in (r.kinds, r.sources)]
    return Known(Reports(*cut, *names), known.incident[at])


def all_pairs(known: Known) -> tuple[Ints, Ints]:
    """Return the pairs worth comparing of a long time, looked for in overlapping spans."""
    start = known.reports.earliest_us
    pieces = []
    for low in range(int(start[0]), int(start[-1]) + 1, CHUNK_US):
        at = np.flatnonzero((start >= low) & (start < low + CHUNK_US + CHUNK_US // 2))
        left, right = candidates(part(known, at).reports)
        first = np.minimum(start[at[left]], start[at[right]]) < low + CHUNK_US
        pieces.append(np.column_stack([at[left], at[right]])[first])
    pairs = np.concatenate(pieces)
    return pairs[:, 0], pairs[:, 1]


def true_pairs(known: Known) -> int:
    """Return how many pairs of located reports tell of one incident."""
    return sum(n * (n - 1) // 2 for n in Counter(known.incident.tolist()).values())


def judge(known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figures of the shipped weights and of the baseline on one city."""
    left, right = all_pairs(known)
    truth, everything = truths(known, left, right), true_pairs(known)
    shown = probabilities(known.reports, left, right)
    figures: dict[str, Any] = {
        "facts": len(known.reports),
        "true_pairs": everything,
        "compared": len(left),
        "compared_true": int(truth.sum()),
    }
    for least in (0.5, 0.8, 0.9):
        figures[f"at_{least:g}"] = scored(shown >= least, truth, everything)
    figures["calibration"] = curve = calibration(shown, truth)
    big = [abs(one["shown"] - one["true"]) for one in curve if one["pairs"] >= 100]
    weight = sum(one["pairs"] for one in curve)
    gaps = sum(abs(one["shown"] - one["true"]) * one["pairs"] for one in curve)
    figures |= {"greatest_gap": round(max(big), 3), "mean_gap": round(gaps / weight, 3)}
    kept = shown >= 0.1
    figures["groups"] = grouped(known, Links(left[kept], right[kept], shown[kept]), everything)
    r = known.reports
    near = np.hypot(r.x[left] - r.x[right], r.y[left] - r.y[right]) <= 100
    same = np.array([r.kinds[a] == r.kinds[b] for a, b in zip(left, right, strict=True)])
    soon = gaps_us(r, left, right) <= 30 * 60_000_000
    return figures, scored(near & same & soon, truth, everything)


def scored(linked: Any, truth: Any, everything: int) -> dict[str, Any]:
    found, right = int(linked.sum()), int(truth[linked].sum())
    return {"links": found, "precision": round(right / max(1, found), 3),
            "recall": round(right / everything, 3)}  # fmt: skip


def calibration(shown: Any, truth: Any) -> list[dict[str, Any]]:
    """Return the curve in ten bins, of what would be shown (probability 0.1 and more)."""
    told = []
    for low in np.arange(0.1, 1.0, 0.1):
        inside = (shown >= low) & (shown < low + 0.1 if low < 0.85 else shown <= 1)
        if inside.any():
            told.append({"from": round(float(low), 1), "pairs": int(inside.sum()),
                         "shown": round(float(shown[inside].mean()), 3),
                         "true": round(float(truth[inside].mean()), 3)})  # fmt: skip
    return told


def grouped(known: Known, links: Links, everything: int) -> dict[str, Any]:
    found = clusters(len(known.reports), links)
    pairs = [(a, b) for group in found for n, a in enumerate(group) for b in group[n + 1 :]]
    right = sum(known.incident[a] == known.incident[b] for a, b in pairs)
    return {"groups": len(found), "precision": round(float(right) / max(1, len(pairs)), 3),
            "recall": round(float(right) / everything, 3)}  # fmt: skip


def learn(fitted: list[Path], kept_out: list[Path]) -> None:
    """Write the weights: fitted on some cities, calibrated on others."""
    joined, kept = (merge([known_of(home) for home in part]) for part in (fitted, kept_out))
    learnt = {
        "fitted": ",".join(home.name for home in fitted),
        "calibrated": ",".join(home.name for home in kept_out),
        "facts": len(joined.reports),
    }
    WEIGHTS.write_text(as_toml(fit(spaced(joined), spaced(kept), learnt)), encoding="utf-8")


def merge(parts: list[Known]) -> Known:
    """Return several cities as one whose places and times do not meet."""
    columns: list[list[Any]] = [[], [], [], [], [], []]
    kinds: list[str] = []
    sources: list[str] = []
    incident = []
    for n, known in enumerate(parts):
        r = known.reports
        for column, values in zip(columns, (r.x + n * 1e7, r.y, r.accuracy_m, r.earliest_us,
                                            r.latest_us, r.reported_us), strict=True):  # fmt: skip
            column.append(values)
        kinds += r.kinds
        sources += r.sources
        incident.append(known.incident + n * 10_000_000)
    return Known(Reports(*(np.concatenate(c) for c in columns), kinds, sources),
                 np.concatenate(incident))  # fmt: skip


def spaced(known: Known) -> Known:
    """Return the reports with spans of time laid aside each other, so that few pairs meet."""
    r = known.reports
    aside = (r.earliest_us // CHUNK_US).astype(np.float64) * 1e6
    moved = Reports(r.x, r.y + aside, r.accuracy_m, r.earliest_us, r.latest_us, r.reported_us,
                    r.kinds, r.sources)  # fmt: skip
    return Known(moved, known.incident)


def build(folder: Path) -> Path:
    home = folder / f"seed-{SEED}"
    command = [sys.executable, "-m", "vigie", "demo", "--once", "--home", str(home)]
    subprocess.run([*command, "--seed", str(SEED), "--days", "60"], check=True)
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, action="append", default=[])
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--fit", type=Path, action="append", default=[])
    parser.add_argument("--calibrate", type=Path, action="append", default=[])
    args = parser.parse_args()
    if args.learn:
        learn(args.fit, args.calibrate)
    with tempfile.TemporaryDirectory() as folder:
        homes = args.home or [build(Path(folder))]
        judged = {home.name: judge(known_of(home)) for home in homes}
    figures = {name: one for name, (one, _) in judged.items()}
    baseline = {name: one for name, (_, one) in judged.items()}
    ratio = {
        name: {
            "recall": round(figures[name]["at_0.5"]["recall"] / one["recall"], 2),
            "precision": round(figures[name]["at_0.5"]["precision"] / one["precision"], 2),
        }
        for name, one in baseline.items()
    }
    told = {"name": "linkage", "figures": figures, "baseline": baseline, "ratio": ratio}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
