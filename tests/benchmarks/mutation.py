"""Mutation score of the kernel (R-14): of small faults put into it, how many do its tests find?

    python3 run.py bench mutation [--packages FOLDER] [--only merkle] [--processes 1]

Faults are mutmut's (operators, constants, arguments left out, conditions turned round, one at a
time, in every function of ``src/vigie/privacy``), the tests those of ``tests/privacy`` without the
longest texts, and Hypothesis draws 20 examples each: what less finds, more finds. It takes an hour
of one core. mutmut is not among the house's packages: put it into a folder of its own with

    pip install --target FOLDER --no-deps mutmut libcst textual setproctitle linkify-it-py \
        uc-micro-py mdit-py-plugins

A fault that makes a test run for ever counts as found. Those that nobody found are listed. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "docs", "examples", "requirements", "README.md", "pyproject.toml")
TOOL = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/vigie/privacy/*"]
also_copy = ["tests", "docs", "examples", "requirements", "README.md"]
pytest_add_cli_args = [
  "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not hostile and not written_against"
]
pytest_add_cli_args_test_selection = ["tests/privacy"]
"""
FOUND = {"killed", "timeout", "suspicious", "segfault", "caught by type check"}
GOAL = 0.9


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", default="", help="folder that mutmut was installed into")
    parser.add_argument("--only", default="", help="one module of the kernel")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


def copied(folder: Path) -> Path:
    """Return a copy of what is mutated and of what tests it, with mutmut's settings."""
    for name in COPIED:
        take = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        take(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(TOOL)
    return folder


def run(words: list[str], folder: Path, packages: str, log: Path | None = None) -> str:
    """Run mutmut, and return what it said; into a file where it says very much."""
    environment = os.environ | {"HYPOTHESIS_PROFILE": "branches", "PYTHONPATH": packages}
    command = [sys.executable, "-m", "mutmut", *words]
    if log is None:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout
    with log.open("w", encoding="utf-8") as said:
        subprocess.run(command, cwd=folder, env=environment, stdout=said, stderr=said, check=True)
    return ""


def main() -> None:
    args = arguments()
    there = importlib.util.find_spec("mutmut") or (Path(args.packages or "-") / "mutmut").exists()
    if not there:
        raise SystemExit(f"{sys.executable} has no mutmut; see --help for how it is installed")
    with tempfile.TemporaryDirectory(prefix="vigie-mutation-") as name:
        folder = copied(Path(name))
        packages = str(Path(args.packages).resolve()) if args.packages else ""
        one = [f"vigie.privacy.{args.only}.*"] if args.only else []
        log = folder / "said.log"
        run(["run", "--max-children", str(args.processes), *one], folder, packages, log)
        states = dict(
            line.strip().rsplit(": ", 1)
            for line in run(["results", "--all", "true"], folder, packages).splitlines()
            if ": " in line
        )
    asked = {name: state for name, state in states.items() if state != "not checked"}
    total, found = Counter(), Counter()
    for name, state in sorted(asked.items()):
        module = name.split(".")[2]
        total[module] += 1
        found[module] += state in FOUND
        if state not in FOUND:
            print(f"{state}: {name}")
    for module in sorted(total):
        print(f"{module}: {found[module]} of {total[module]}")
    score = sum(found.values()) / max(1, sum(total.values()))
    told = {
        "faults": sum(total.values()),
        "found": sum(found.values()),
        "score": round(score, 4),
        "reached": score >= GOAL,
        "states": Counter(asked.values()),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
