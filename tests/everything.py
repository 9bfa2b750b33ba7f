"""Every check of the house, one stage after the other: what `run.py test` runs.

A stage that fails does not stop the next one. The last line adds up the tests of all stages.
"""

from __future__ import annotations

import argparse
import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "console"
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
SYSTEM_PARTS = ("postgres", "java", "chromium", "gdal", "mosquitto", "glewlwyd", "poppler", "node")
HEAVY_ROOMS = (
    *("acceptance", "analyses", "architecture", "city", "civic", "cli", "desk", "docs"),
    *("foresight/allocation", "foresight/forecasting", "foresight/whatif", "inquiry"),
    *("jobs", "lake", "situation", "watch", "web"),
)
"""Rooms whose tests build cities and homes, start servers, film, reckon at length with numpy or
read the repository itself."""
LONGEST = (
    "tests/docs/test_studies.py",
    "tests/acceptance/test_demo.py",
    "tests/acceptance/test_alive.py",
    "tests/acceptance/test_stopping.py",
    "tests/acceptance/test_no_trace.py",
    "tests/web/test_description.py",
    "tests/connectors/test_every_connector.py",
    "tests/web/test_answers.py",
    "tests/lake/test_parity.py",
    "tests/architecture/test_kernel.py",
    "tests/web/test_roles.py",
    "tests/web/test_oidc.py",
    "tests/privacy/test_unseen.py",
    "tests/situation/retention/test_400_days.py",
    "tests/foresight/forecasting/models/test_models.py",
    "tests/analyses/test_every_analysis.py",
    "tests/analyses/test_on_the_city.py",
    "tests/city/test_feeds_enter.py",
)
"""Files that take longest, the longest first: begun last, one of them would run alone at the end.

Where they stand in this list decides when they run and nothing else.
"""
MEMORY, ROOM = Path("/dev/shm"), 8 << 30
"""A folder in memory, and what must be free: tests write two gibibytes and need some themselves."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# The lines in which pytest, vitest and Playwright count their tests.
SUMMARY = re.compile(
    r"^=*\s*\d+ \w+.* in [\d.]+s\b"
    r"|^\s*Tests\s+\d"
    r"|^\s*\d+ (passed|failed|skipped|flaky|did not run)\b"
)
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|errors?|did not run)\b")
KEPT_LINES = 60
# Lines of a failing stage that say why: shown again at the very end, where logs are cut last.
TELLING = re.compile(
    r"^\s*(FAILED|ERROR|E\s{2}|\w*Error: |Expected|Received|Locator: |Timeout|> +\d+ \|"
    r"|- (waiting|unexpected|locator|\d+ ×)|\[\w+\] › .*spec\.ts|\+ +\")"
)
TOLD_LINES = 40


class Report:
    """The stages of one run: how each ended, how long it took, how many tests it counted."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, str, float]] = []
        self.reasons: dict[str, list[str]] = {}
        self.totals = {"passed": 0, "failed": 0, "skipped": 0}

    def run(self, name: str, command: list[str], folder: Path = ROOT) -> None:
        """Run one stage, showing its output as it comes."""
        print(f"\n=== {name}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        plain = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        plain.pop("FORCE_COLOR", None)
        with subprocess.Popen(
            command,
            cwd=folder,
            env=plain,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            lines: list[str] = []
            telling: deque[str] = deque(maxlen=TOLD_LINES)
            for line in process.stdout or ():
                print(line, end="", flush=True)
                lines = [*lines[1 - KEPT_LINES :], line]
                if TELLING.search(line):
                    telling.append(line.rstrip()[:300])
        if process.returncode:
            self.reasons[name] = list(telling)
        self.add(lines, failed=process.returncode != 0)
        outcome = "FAILED" if process.returncode else "ok"
        self.stages.append((name, outcome, time.monotonic() - started))

    def add(self, lines: list[str], *, failed: bool) -> None:
        """Add a stage's own totals; a stage that counts no tests counts as one check."""
        found = {"passed": 0, "failed": 0, "skipped": 0}
        for line in filter(SUMMARY.search, lines):
            for number, word in COUNTED.findall(line):
                found[word if word in found else "failed"] += int(number)
        if failed and not found["failed"]:
            found["failed"] = 1
        elif not any(found.values()):
            found["passed"] = 1
        for word, number in found.items():
            self.totals[word] += number

    def leave_out(self, name: str, reason: str) -> None:
        """Note a stage that cannot run here; in CI that is a failure."""
        print(f"\n=== {name}: not run, {reason}", flush=True)
        self.stages.append((name, "FAILED" if IN_CI else "skipped", 0.0))
        self.totals["failed" if IN_CI else "skipped"] += 1

    def close(self) -> int:
        """Print why stages failed, every stage with its time, then one plain line of totals."""
        for name, telling in self.reasons.items():
            print(f"\n=== what {name} said", *telling, sep="\n")
        print("\n=== summary")
        for name, outcome, seconds in self.stages:
            print(f"{outcome:8} {seconds:7.1f} s  {name}")
        totals = self.totals
        line = f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped"
        print(line, flush=True)
        return 1 if totals["failed"] else 0


@cache
def in_memory(folder: Path = MEMORY, room: int = ROOM) -> tuple[str, ...]:
    """Return what lets tests put their files into memory, where there is room for them.

    Every store waits for the disk before it answers. That it asks the disk is tested where it
    matters (tests/audit, tests/intake); whether the disk obeys is not ours to test.
    """
    told = Path("/proc/meminfo").read_text("ascii") if folder.is_dir() else ""
    free = re.search(r"^MemAvailable: +(\d+) kB", told, re.MULTILINE)
    if free is None or min(int(free[1]) << 10, shutil.disk_usage(folder).free) < room:
        return ()
    made = tempfile.mkdtemp(prefix="vigie-tests-", dir=folder)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return (f"--basetemp={made}",)


def suite(python: str) -> list[str]:
    """Return the command that runs the tests on two cores.

    A file's tests stay together, so what they share is made once; files start in the order that
    ``tests/conftest.py`` gives them, the longest first.
    """
    told = [python, "-m", "pytest", "-q", *in_memory(), "-n", "2", "--dist", "loadfile"]
    return [*told, "--no-loadscope-reorder"]


def check_python(report: Report) -> None:
    """Style, types, import directions, then the tests."""
    python = sys.executable
    report.run("lint", [python, "-m", "ruff", "check", "."])
    report.run("format", [python, "-m", "ruff", "format", "--check", "."])
    report.run("types", [python, "-m", "mypy"])
    report.run("imports", [str(Path(python).with_name("lint-imports")), "--no-logo"])
    report.run("tests", [*suite(python), "--durations=60", "--durations-min=4"])


def check_other_python(report: Report, python: str | None) -> None:
    """Run the unit tests on Python 3.13, where CI found one.

    Every room but the heavy ones, and of intake what reads and judges: whatever depends on the
    version of Python (dates, text, parsing, hashing, loading every module) is in what is left.
    Hypothesis searches less far than in the first run.
    """
    if python is None:
        if IN_CI:
            print("\n=== tests on Python 3.13: none was found on this machine", flush=True)
        return
    chosen = " and ".join(f"not needs_{part}" for part in SYSTEM_PARTS)
    left_out = [f"--ignore=tests/{room}" for room in HEAVY_ROOMS]
    left_out.append("--ignore-glob=tests/intake/test_*.py")
    told = [*suite(python), "--hypothesis-profile=branches", "-m", chosen, *left_out]
    report.run("unit tests on Python 3.13", told)


def check_console(report: Report, npm: str | None) -> None:
    """Check the console's types, style and units, then drive it in a browser."""
    if not (CONSOLE / "package.json").exists():
        return
    if npm is None:
        report.leave_out("console", "Node 20.19 or newer is missing (nodejs.org)")
        return
    report.run("console", [npm, "run", "check"], CONSOLE)
    if not any(shutil.which(name) for name in BROWSERS):
        report.leave_out("browser", "Chromium is missing (apt-get install chromium)")
        return
    report.run("browser", [npm, "run", "e2e"], CONSOLE)


def main(arguments: list[str]) -> int:
    """Run every stage; 0 when all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--npm", help="npm of a Node that is recent enough")
    parser.add_argument("--other", help="interpreter of a second environment, for Python 3.13")
    given = parser.parse_args(arguments)
    report = Report()
    check_python(report)
    check_other_python(report, given.other)
    check_console(report, given.npm)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
