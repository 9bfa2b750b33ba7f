"""Linked reports of one incident against the truth of invented cities.

    python3 run.py bench linkage [--home DIR ...]

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

The baseline is what control rooms do without a model: same kind, within 100 m and 30 minutes. The
last line is JSON: name, figures, baseline, ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from vigie.city.known_reports import known_reports
from vigie.judge.linkage_check import check
from vigie.situation.home import open_home

SEED = 304


def judged_of(home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figures of the shipped weights and of the baseline on one city."""
    with open_home(home) as opened:
        known = known_reports(opened.lake, home)
    return check(known)


def build(folder: Path) -> Path:
    home = folder / f"seed-{SEED}"
    command = [sys.executable, "-m", "vigie", "demo", "--once", "--home", str(home)]
    subprocess.run([*command, "--seed", str(SEED), "--days", "60"], check=True)
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, action="append", default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        homes = args.home or [build(Path(folder))]
        judged = {home.name: judged_of(home) for home in homes}
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
