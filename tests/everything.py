"""Every check of the house, one stage after the other: what `run.py test` runs.

A stage that fails does not stop the next one. The last line adds up the tests of all stages.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "console"
PLAYED = CONSOLE / "test-results"
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
SYSTEM_PARTS = ("postgres", "java", "chromium", "gdal", "mosquitto", "glewlwyd", "poppler", "node")
HEAVY_ROOMS = (
    *("acceptance", "analyse", "analyses", "architecture", "audit/test_recovery.py", "city"),
    *("civic", "cli", "desk", "detectors", "docs", "foresight/allocation"),
    *("foresight/forecasting", "foresight/whatif", "inquiry", "jobs", "judge"),
    *("keys/test_keeper.py", "lake", "privacy/test_unseen.py", "situation"),
    *("test_everything.py", "test_forks.py", "test_run.py", "watch", "web"),
)
"""Rooms and files whose tests build cities and homes, start servers or kill them, film or look at
film, reckon at length with numpy, measure, or read the repository itself."""
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
# What the console's server logs while a browser drives it, where something went wrong.
SERVED = re.compile(
    r"^\[WebServer\].*(\"level\": \"(error|critical)\"|\[(error|critical) *\]|Traceback|Error\b)"
)
SERVED_LINES = 12
# Of a page as a browser saw it when a test failed: lines that name nothing are left out.
NAMELESS = re.compile(r"^\s*- (/url:.*|(generic|list|listitem|rowgroup|row|cell)( \[[^\]]*\])*:?)$")
MARKS = re.compile(r" \[(ref|cursor)=[^\]]*\]")
PAGE_LINES = 70
TESTS_FAILED = 1
"""What pytest and Playwright return when tests failed, and nothing worse."""
MOST_TESTS, MOST_SPECS = 3, 2
"""So many that failed are run once more; where more do, it is no matter of chance."""


@dataclass
class Said:
    """What a command returned and printed: its last lines, and those that say what went wrong."""

    code: int
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    telling: deque[str] = field(default_factory=lambda: deque(maxlen=TOLD_LINES))
    served: deque[str] = field(default_factory=lambda: deque(maxlen=SERVED_LINES))

    def hear(self, line: str) -> None:
        """Keep what is worth keeping of a line."""
        self.lines.append(line)
        if TELLING.search(line):
            self.telling.append(line.rstrip()[:300])
        if SERVED.search(line):
            told = line.rstrip()
            self.served.append(told if len(told) <= 800 else f"{told[:300]} … {told[-500:]}")


def show(line: str) -> None:
    """Print a line as it comes."""
    print(line, end="", flush=True)


def follow(command: list[str], folder: Path, told: Callable[[str], object] = show) -> Said:
    """Run a command, telling its output as it comes.

    What Python has compiled is kept, whatever the machine is set to: tests start many programs.
    """
    plain = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    for name in ("FORCE_COLOR", "PYTHONDONTWRITEBYTECODE"):
        plain.pop(name, None)
    said = Said(0)
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
        for line in process.stdout or ():
            told(line)
            said.hear(line)
    said.code = process.returncode
    return said


def counted(said: Said) -> dict[str, int]:
    """Return how many tests a command counted; one that counts none counts as one check."""
    found = {"passed": 0, "failed": 0, "skipped": 0}
    for line in filter(SUMMARY.search, said.lines):
        for number, word in COUNTED.findall(line):
            found[word if word in found else "failed"] += int(number)
    if said.code and not found["failed"]:
        found["failed"] = 1
    elif not any(found.values()):
        found["passed"] = 1
    return found


@dataclass
class Stage:
    """How a stage ended, how long it took, how many of its tests failed."""

    name: str
    outcome: str
    seconds: float
    failed: int = 0


class Report:
    """The stages of one run, and what only passed when it was run again."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.pages: dict[str, list[str]] = {}
        self.reasons: dict[str, list[str]] = {}
        self.totals = {"passed": 0, "failed": 0, "skipped": 0}
        self.again: list[str] = []

    def run(self, name: str, command: list[str], folder: Path = ROOT) -> int:
        """Run one stage and return what it returned."""
        print(f"\n=== {name}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        said = follow(command, folder)
        return self.note(name, said, time.monotonic() - started)

    @contextmanager
    def beside(self, name: str, command: list[str], folder: Path = ROOT) -> Iterator[None]:
        """Run one stage while others run on the other core; what it prints comes after them."""
        lines: list[str] = [f"\n=== {name}, meanwhile: {' '.join(command)}\n"]
        started, ended = time.monotonic(), []
        with ThreadPoolExecutor(1) as pool:
            said = pool.submit(follow, command, folder, lines.append)
            said.add_done_callback(lambda _: ended.append(time.monotonic()))
            yield
        print("".join(lines), end="", flush=True)
        self.note(name, said.result(), ended[0] - started)

    def note(self, name: str, said: Said, seconds: float) -> int:
        """Add a stage that has ended, and return what its command returned."""
        self.tell(name, said)
        found = counted(said)
        for word, number in found.items():
            self.totals[word] += number
        outcome = "FAILED" if said.code else "ok"
        self.stages.append(Stage(name, outcome, seconds, found["failed"]))
        return said.code

    def tell(self, name: str, said: Said) -> None:
        """Keep why a command failed, to say it again at the end."""
        if said.code:
            if said.served:
                self.reasons[f"the server of {name}"] = list(said.served)
            self.reasons[name] = list(said.telling)

    def run_again(self, commands: Mapping[str, list[str]], folder: Path = ROOT) -> None:
        """Run what failed in the last stage once more, each alone (decision 0063).

        Where all of it passes now, its failures count as passed; each is named at the end.
        """
        stage, started, passed = self.stages[-1], time.monotonic(), 0
        for what, command in commands.items():
            print(f"\n=== {stage.name}, once more, alone: {' '.join(command)}", flush=True)
            said = follow(command, folder)
            self.tell(f"{what}, alone,", said)
            if said.code == 0 and counted(said)["passed"]:
                passed += 1
                self.again.append(f"flaky: {what} passed only when run again alone")
            else:
                self.again.append(f"failed twice: {what} failed again when run alone")
        stage.seconds += time.monotonic() - started
        if commands and passed == len(commands):
            stage.outcome = "flaky"
            self.totals["failed"] -= stage.failed
            self.totals["passed"] += stage.failed

    def leave_out(self, name: str, reason: str) -> None:
        """Note a stage that cannot run here; in CI that is a failure."""
        print(f"\n=== {name}: not run, {reason}", flush=True)
        self.stages.append(Stage(name, "FAILED" if IN_CI else "skipped", 0.0))
        self.totals["failed" if IN_CI else "skipped"] += 1

    def close(self) -> int:
        """Print why stages failed, every stage with its time, then one plain line of totals."""
        for name, seen in self.pages.items():
            print(f"\n=== {name} as the browser saw it", *seen, sep="\n")
        for name, telling in self.reasons.items():
            print(f"\n=== what {name} said", *telling, sep="\n")
        if self.again:
            flaky = sum(line.startswith("flaky") for line in self.again)
            title = f"{len(self.again)} run again, {flaky} FLAKY: each is a bug to be mended"
            print(f"\n=== {title}", *self.again, sep="\n")
        print("\n=== summary")
        for stage in self.stages:
            print(f"{stage.outcome:8} {stage.seconds:7.1f} s  {stage.name}")
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
    ``tests/order.py`` gives them, the longest first.
    """
    told = [python, "-m", "pytest", "-q", *in_memory(), "-n", "2", "--dist", "loadfile"]
    return [*told, "--no-loadscope-reorder"]


def failed_tests(cache: Path) -> list[str]:
    """Return the names of the tests that failed in a run that kept its notes in a folder."""
    noted = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(noted.read_text("utf-8"))) if noted.is_file() else []


def run_tests(report: Report, name: str, python: str, *more: str, folder: Path = ROOT) -> None:
    """Run tests; the few that fail are run once more, each alone in a process of its own."""
    with TemporaryDirectory() as cache:
        told = [*suite(python), "-o", f"cache_dir={cache}", *more]
        if report.run(name, told, folder) != TESTS_FAILED:
            return
        failed = failed_tests(Path(cache))
    if len(failed) <= MOST_TESTS:
        alone = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        report.run_again({test: [*alone, test] for test in failed}, folder)


def check_style(report: Report) -> None:
    """Style, types, import directions."""
    python = sys.executable
    report.run("lint", [python, "-m", "ruff", "check", "."])
    report.run("format", [python, "-m", "ruff", "format", "--check", "."])
    report.run("types", [python, "-m", "mypy"])
    report.run("imports", [str(Path(python).with_name("lint-imports")), "--no-logo"])


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
    told = ("--hypothesis-profile=branches", "-m", chosen, *left_out)
    run_tests(report, "unit tests on Python 3.13", python, *told)


def failed_specs(played: Path) -> dict[str, str]:
    """Return the files of specs that failed in a browser, each with the project it failed in.

    None are told where something else failed too: the server, or what comes before all of them.
    """
    noted = played / "told.json"
    told = json.loads(noted.read_text("utf-8")) if noted.is_file() else {}
    failed = {
        spec["file"]: test["projectName"]
        for suite in told.get("suites", ())
        for spec in _specs(suite)
        for test in spec["tests"]
        if test["status"] == "unexpected"
    }
    return {} if told.get("errors") or "entry" in failed.values() else failed


def _specs(suite: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the specs of a suite as Playwright tells it, and of those inside."""
    yield from suite.get("specs", ())
    for inside in suite.get("suites", ()):
        yield from _specs(inside)


def pages_of(played: Path) -> dict[str, list[str]]:
    """Return how the page stood where a test failed: what it named, without marks, cut."""
    pages = {}
    for path in sorted(played.glob("*/error-context.md")):
        _, found, page = path.read_text("utf-8").partition("```yaml\n")
        lines = [MARKS.sub("", line) for line in page.partition("```")[0].splitlines()]
        named = [line[:160] for line in lines if not NAMELESS.search(line)]
        pages[path.parent.name] = named[:PAGE_LINES] if found else ["no page"]
    return pages


def run_browser(report: Report, command: list[str]) -> None:
    """Drive the console in a browser; the few files that fail are run once more, each alone.

    Alone is: from a fresh home, with the entry of its persons and no other file beside it.
    """
    shutil.rmtree(PLAYED, ignore_errors=True)
    code = report.run("browser", command, CONSOLE)
    report.pages |= pages_of(PLAYED)
    failed = failed_specs(PLAYED)
    if code == TESTS_FAILED and len(failed) <= MOST_SPECS:
        alone = {
            file: [*command, "--", f"--project={project}", f"specs/{file}"]
            for file, project in failed.items()
        }
        report.run_again(alone, CONSOLE)


def check_console(report: Report, npm: str | None) -> AbstractContextManager[None]:
    """Check the console's types, style and units beside what is done meanwhile."""
    if not (CONSOLE / "package.json").exists():
        return nullcontext()
    if npm is None:
        report.leave_out("console", "Node 20.19 or newer is missing (nodejs.org)")
        return nullcontext()
    return report.beside("console", [npm, "run", "check"], CONSOLE)


def check_browser(report: Report, npm: str) -> None:
    """Drive the console in a browser."""
    if any(shutil.which(name) for name in BROWSERS):
        run_browser(report, [npm, "run", "e2e"])
    else:
        report.leave_out("browser", "Chromium is missing (apt-get install chromium)")


def main(arguments: list[str]) -> int:
    """Run every stage; 0 when all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--npm", help="npm of a Node that is recent enough")
    parser.add_argument("--other", help="interpreter of a second environment, for Python 3.13")
    given = parser.parse_args(arguments)
    report = Report()
    with check_console(report, given.npm):
        check_style(report)
    run_tests(report, "tests", sys.executable, "--durations=60", "--durations-min=4")
    check_other_python(report, given.other)
    if given.npm and (CONSOLE / "package.json").exists():
        check_browser(report, given.npm)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
