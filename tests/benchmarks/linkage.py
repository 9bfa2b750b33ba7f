"""Linked reports of one incident against the truth of invented cities.

    python3 run.py bench linkage [--home DIR ...] [--splink PYTHON]

Every city is built and ingested through the real connectors (``vigie demo --once --seed N``); its
truth says which rows tell of which incident. The weights that come with Vigie were learnt on seed
101 and calibrated on 102 and 203 (``vigie linkage --learn``); what is reported here is of other
seeds. Without ``--home`` a small city of seed 304 is built first. Figures, of pairs of reports
within 400 m and six hours:

* precision and recall of links told with a probability of at least 0.5, 0.8 and 0.9 (recall is of
  *all* pairs that tell of one incident, those never compared too);
* the calibration curve: in ten bins of the probability shown, what share is true; the greatest gap
  of bins of 100 pairs or more, and the mean gap weighted by pairs;
* groups of reports: share of pairs in one group that tell of one incident.

With ``--splink``, an interpreter that has Splink and our DuckDB (it is not among the house's
libraries: decision 0059), the same pairs of the same city are judged by its Fellegi and Sunter
model too, without the truth and with it (``_splink.py``).

The baseline is what control rooms do without a model: same kind, within 100 m and 30 minutes. The
last line is JSON: name, figures, baseline, ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _small import either

from vigie.city.known_reports import known_reports
from vigie.judge.linkage import LEAST_ACCURACY_M, UNKNOWN_ACCURACY_M
from vigie.judge.linkage_check import BIG, LEVELS, calibration, check, scored, true_pairs
from vigie.judge.linkage_learning import Known, truths
from vigie.judge.linkage_spans import link_over_time
from vigie.situation.home import open_home

SEED = 304


CELL_M, SLOT_S = 800.0, 12 * 3600
"""Blocks for Splink: whatever lies within 400 m and six hours shares at least one."""


def known_of(home: Path) -> Known:
    """Return the reports of a city with their truth."""
    with open_home(home) as opened:
        return known_reports(opened.lake, home)


def _keys(known: Known) -> tuple[list[list[str]], list[str]]:
    """Return the blocks each report reaches into, and the one its start lies in."""
    r = known.reports
    reach, wait = CELL_M / 4, SLOT_S / 4
    spans = [
        np.floor(np.column_stack([(values - by) / size, (values + until) / size])).astype(int)
        for values, by, until, size in (
            (r.x, reach, reach, CELL_M),
            (r.y, reach, reach, CELL_M),
            (r.earliest_us / 1e6, wait, (r.latest_us - r.earliest_us) / 1e6 + wait, SLOT_S),
        )
    ]
    wide = [[range(a, b + 1) for a, b in span.tolist()] for span in spans]
    keys = [
        [f"{i}:{j}:{k}" for i in east for j in north for k in slots]
        for east, north, slots in zip(*wide, strict=True)
    ]
    own = np.column_stack([r.x / CELL_M, r.y / CELL_M, r.earliest_us / 1e6 / SLOT_S])
    return keys, [":".join(map(str, row)) for row in np.floor(own).astype(int).tolist()]


def _as_table(known: Known) -> pa.Table:
    """Return the reports as Splink takes them."""
    r = known.reports
    spread = np.where(np.isnan(r.accuracy_m), UNKNOWN_ACCURACY_M, r.accuracy_m)
    keys, own = _keys(known)
    told = r.reported_us / 1e6
    return pa.table(
        {
            "unique_id": np.arange(len(r)),
            "x": r.x,
            "y": r.y,
            "var": np.maximum(spread, LEAST_ACCURACY_M) ** 2,
            "early": r.earliest_us / 1e6,
            "late": r.latest_us / 1e6,
            "told": pa.array(told, mask=r.reported_us <= 0),
            "kind": list(r.kinds),
            "parent": [kind.rpartition(".")[0] for kind in r.kinds],
            "theme": [kind.partition(".")[0] for kind in r.kinds],
            "source": list(r.sources),
            "incident": known.incident,
            "keys": keys,
            "block": own,
        }
    )


def beside_splink(known: Known, python: str, folder: Path) -> dict[str, Any]:
    """Return Splink's figures on a city, and how long both took."""
    used = time.process_time()
    links = link_over_time(known.reports)
    ours = round(time.process_time() - used, 2)
    pq.write_table(_as_table(known), folder / "reports.parquet")
    script = Path(__file__).with_name("_splink.py")
    command = [python, str(script), str(folder / "reports.parquet"), str(folder / "pairs.parquet")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = {"vigie_cpu_seconds": ours, "vigie_pairs": len(links.left)}
    told |= json.loads(done.stdout.splitlines()[-1])
    found = pq.read_table(folder / "pairs.parquet")
    left, right = (found[name].to_numpy() for name in ("l", "r"))
    truth, everything = truths(known, left, right) > 0, true_pairs(known)
    told["pairs"] = len(left)
    for model in ("usual", "blind", "known"):
        shown = found[model].to_numpy()
        figures: dict[str, Any] = {
            f"at_{least:g}": scored(shown >= least, truth, everything) for least in LEVELS
        }
        curve = calibration(shown, truth)
        gaps = [(abs(one["shown"] - one["true"]), one["pairs"]) for one in curve]
        figures["calibration"] = curve
        figures["greatest_gap"] = round(max((g for g, n in gaps if n >= BIG), default=0.0), 3)
        weight = max(1, sum(n for _, n in gaps))
        figures["mean_gap"] = round(sum(g * n for g, n in gaps) / weight, 3)
        told[model] = figures
    return told


def refuse_without(python: str) -> None:
    """End at once, with a sentence, where an interpreter has no Splink."""
    command = [python, "-c", "import duckdb, splink"]
    looked = subprocess.run(command, capture_output=True, text=True, check=False)
    if looked.returncode:
        raise SystemExit(f"{python} has no Splink beside DuckDB: {looked.stderr.splitlines()[-1]}")


def build(folder: Path) -> Path:
    home = folder / f"seed-{SEED}"
    command = [sys.executable, "-m", "vigie", "demo", "--once", "--home", str(home)]
    days = str(either(60, 8))
    subprocess.run([*command, "--seed", str(SEED), "--days", days], check=True)
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, action="append", default=[])
    parser.add_argument("--splink", help="interpreter that has Splink, to be compared with")
    args = parser.parse_args()
    if args.splink:
        refuse_without(args.splink)
    splink: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        homes = args.home or [build(Path(folder))]
        cities = {home.name: known_of(home) for home in homes}
        if args.splink:
            splink = {
                name: beside_splink(one, args.splink, Path(folder)) for name, one in cities.items()
            }
        judged = {name: check(one) for name, one in cities.items()}
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
    if splink:
        told["splink"] = splink
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
