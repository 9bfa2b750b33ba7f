"""One real city, studied: a fresh home, the real connectors, every figure by the Python door.

    python3 run.py study chicago --data ../shared/data --out /tmp/study
    python3 run.py study montgomery --data ../shared/data --out /tmp/study

The data are not in this repository (see examples/README.md for where they come from) and are never
copied: what is written are figures, small plots and the page made of them.

    OUT/study-NAME.md           the page
    OUT/studies/NAME/*.svg      its plots
    OUT/studies/NAME.json       every figure

With ``--out docs/explanation`` they are the committed ones. The last line is JSON: seconds, memory,
files. Figures are the same in every run; seconds are not and stay out of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import chicago
import montgomery
from page import render, rounded

TEMPLATES = Path(__file__).resolve().parent / "pages"
STUDIES = {"chicago": chicago.run, "montgomery": montgomery.run}


def write(
    name: str, data: Path, out: Path, *, draws: int, period: tuple[date, date] | None = None
) -> list[Path]:
    """Run a study and write its page, plots and figures; return the files."""
    with tempfile.TemporaryDirectory(prefix=f"vigie_{name}_") as work:
        found, drawings = STUDIES[name](data, Path(work) / "home", draws=draws, period=period)
    figures = rounded({**found, "draws": draws})
    plots = out / "studies" / name
    plots.mkdir(parents=True, exist_ok=True)
    written = []
    for title, drawing in drawings.items():
        written.append(plots / f"{title}.svg")
        written[-1].write_text(drawing, encoding="utf-8")
    written.append(out / "studies" / f"{name}.json")
    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
    written[-1].write_text(text + "\n", encoding="utf-8")
    written.append(out / f"study-{name}.md")
    template = (TEMPLATES / f"{name}.md.in").read_text("utf-8")
    written[-1].write_text(render(template, figures), encoding="utf-8")
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study that is named."""
    parser = argparse.ArgumentParser(
        prog="run.py study", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("name", choices=sorted(STUDIES))
    parser.add_argument("--data", type=Path, required=True, help="folder with the cities' data")
    parser.add_argument("--out", type=Path, required=True, help="where figures, plots, page go")
    parser.add_argument("--draws", type=int, default=199, help="draws of each test")
    parser.add_argument("--first", type=date.fromisoformat, help="another first day")
    parser.add_argument("--after", type=date.fromisoformat, help="the day after another last day")
    told = parser.parse_args(arguments)
    if bool(told.first) != bool(told.after):
        parser.error("--first and --after go together")
    if not (told.data / STUDY_FOLDERS[told.name]).is_dir():
        parser.error(f"--data: no folder {STUDY_FOLDERS[told.name]} in {told.data}")
    begun = time.perf_counter()
    period = (told.first, told.after) if told.first else None
    files = write(told.name, told.data, told.out, draws=told.draws, period=period)
    print(
        json.dumps(
            {
                "study": told.name,
                "files": [str(path) for path in files],
                "seconds": round(time.perf_counter() - begun, 1),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )
    return 0


STUDY_FOLDERS = {"chicago": "chicago", "montgomery": "montgomery_911"}

if __name__ == "__main__":
    sys.exit(main())
