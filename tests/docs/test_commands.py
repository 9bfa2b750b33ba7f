"""Every command that the README and the pages show is run as it stands there, or said why not.

The commands of a page run in their order, in a folder of its own, on one small demonstration city;
a word in capitals stands for what an earlier answer told, as for a reader.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from tests.docs import tiny_data

from vigie.base.clock import SystemClock, now_us
from vigie.cli.main import run
from vigie.jobs.broker import free_port
from vigie.situation.demonstration import DEMO_PASSWORD
from vigie.situation.home import init_home, open_home

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")),
        *(ROOT / "docs").rglob("*.md"),
    ]
    if not {"reference", "decisions"} & set(path.parts)
)
"""README.fr.md shows the commands of README.md (test_pages.py)."""
BLOCK = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
SHOWN = re.compile(r"^\s*python3 run\.py (.*)$", re.MULTILINE)
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
REMARK = re.compile(r"\s+# .*$")

BENCHES = ("bench ", "study ")
"""test_benches.py runs benches; test_studies.py runs studies, on slices of their cities."""
SERVES = ("vigie serve ", "vigie watch record ")
"""Goes on until it is stopped."""
FORECAST = "tests/cli/test_forecast.py"
ASSESSMENT = "tests/situation/test_assessment.py"
NOT_HERE = {
    "test": ("it is what runs this", ".ci/run"),
    "fix": ("writes into the tree", "tests/docs/test_benches.py"),
    "demo": (
        "serves until it is stopped; the home here is its own",
        "tests/acceptance/test_alive.py",
    ),
    "vigie edge sites": ("reads the state of an edge at work", "tests/cli/test_edge.py"),
    "vigie edge hospital": ("listens until it is stopped", "tests/cli/test_edge.py"),
    "vigie forecast run": ("minutes on a city", FORECAST),
    "vigie forecast override": ("needs a forecast", FORECAST),
    "vigie forecast overrides": ("with the one before", FORECAST),
    "vigie forecast score": ("needs a forecast", FORECAST),
    "vigie backtest": ("minutes on a city", FORECAST),
    "vigie ingest lamp_faults": ("a connector of the reader's", "tests/docs/test_examples.py"),
    "vigie assessment draft": ("the demonstration has its text", ASSESSMENT),
    "vigie assessment sign": ("with the one before, and its day would pass", ASSESSMENT),
    "vigie evidence verify PACKAGE.zip": ("needs one", "docs/how-to/answer-a-requisition.md"),
}
"""Commands that no test of this file can run as they stand there: why, and what runs them."""

LOGINS = {"case": "investigator", "partner": "partner"}
HAS = {"HOME", "home", "city", "town", "/srv/vigie"}
"""Homes that a reader has: what they called it, that of `run.py demo`, those of their own."""
MAKES_ITS_HOME = {"init", "ingest", "restore"}
MEANT = {
    "CASE": r"\b(case[-_][0-9a-z]{12,})\b",
    "REQ": r"\b(req(?:uisition)?[-_][0-9a-z]{12,})\b",
    "SHA": r"\b([0-9a-f]{64})\b",
    "ID": r"\b(question[-_][0-9a-z]{12,})\b",
    "HOLD": r"\b(hold[-_][0-9a-z]{12,})\b",
}
"""What a reader notes from an answer."""
pytestmark = pytest.mark.usefixtures("forked_programs")
DAY_US = 86_400_000_000
PATIENCE_S = 120.0
LEAVES = {0, 3}
"""Done; done with rows in quarantine."""


@dataclass
class Reader:
    """Somebody who follows a page: a folder, the city, what they have noted."""

    home: Path
    folder: Path
    plan: str
    notes: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=lambda: {"dpo": DEMO_PASSWORD})

    def words(self, command: str) -> list[str]:
        """Return the words of a command with what they stand for."""
        known = {"ID": self.plan, "LOGIN": LOGINS.get(command.split()[1], ""), **self.notes}
        past = SystemClock().now() + timedelta(days=30)
        text = command.replace("2026-12-31T00:00:00", past.strftime("%Y-%m-%dT00:00:00"))
        words = shlex.split(text)
        found = [known.get(word, word).replace("/srv/", f"{self.folder}/") for word in words]
        found = [re.sub("^/tmp/(?=[a-z]+$)", f"{self.folder}/", word) for word in found]
        for place in (i + 1 for i, word in enumerate(found) if word == "--home"):
            if not (self.folder / found[place]).exists() and found[1] not in MAKES_ITS_HOME:
                found[place] = str(self.home)
        return found


def shown(page: Path) -> list[str]:
    """Return the commands of a page, each on one line, without remarks."""
    blocks = "\n".join(BLOCK.findall(page.read_text("utf-8"))).replace("\\\n", " ")
    return [re.sub(r"\s+", " ", REMARK.sub("", one)).strip() for one in SHOWN.findall(blocks)]


def why_not(command: str) -> str | None:
    """Return why a command is not run here, None where it is."""
    starts = [start for start in NOT_HERE if command == start or command.startswith(f"{start} ")]
    return NOT_HERE[max(starts, key=len)][0] if starts else None


COMMANDS = {
    page: [
        one
        for one in shown(page)
        if why_not(one) is None and not one.startswith((*BENCHES, *SERVES))
    ]
    for page in PAGES
}
STOPPED = sorted(
    {
        re.sub(r"--home \S+", "--home HOME", one)
        for page in PAGES
        for one in shown(page)
        if one.startswith(SERVES)
    }
)


@pytest.fixture(scope="module")
def plan(city: Path) -> str:
    """An event of the agenda with a crowd, as ``agenda --json`` tells it."""
    with open_home(city) as home:
        now = now_us(home.clock)
        found = home.plans.between(now, now + 30 * DAY_US)
    coming = [one for one in found if one.starts_us > now and one.kind.startswith("event.")]
    coming = [one for one in coming if one.state != "cancelled"]
    return max(coming, key=lambda one: one.attendance[1] or 0.0).plan_id


@pytest.fixture
def reader(city: Path, plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    files = dict(FILE.findall((ROOT / "docs/how-to/map-a-file.md").read_text("utf-8")))
    grants = BLOCK.findall((ROOT / "docs/how-to/open-camera-events.md").read_text("utf-8"))
    for name in ("reports", "yours", "noise"):
        (tmp_path / f"{name}.csv").write_text(files["reports.csv"], "utf-8")
        (tmp_path / f"{name}.toml").write_text(files["reports.toml"], "utf-8")
    (tmp_path / "request.txt").write_text("phone 06 39 98 40 17\nplate GK-417-ZB\n", "utf-8")
    (tmp_path / "grant.toml").write_text(grants[0], "utf-8")
    described = dict(FILE.findall((ROOT / "docs/how-to/deploy.md").read_text("utf-8")))
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "cluster.toml").write_text(described["cluster.toml"], "utf-8")
    (tmp_path / "acte.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    tiny_data.crime_points(tmp_path / "crime_points_2016_2017.parquet", 200)
    monkeypatch.chdir(tmp_path)
    return Reader(city, tmp_path, plan)


def follow(
    reader: Reader,
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Run one command as it is shown, and note what its answer tells."""
    line, _, target = command.partition(" > ")
    words = reader.words(line)
    if "--login" in words:
        login = words[words.index("--login") + 1]
        monkeypatch.setenv("VIGIE_PASSWORD", reader.passwords.get(login, DEMO_PASSWORD))
    capsys.readouterr()
    left = run(words[1:])
    told = capsys.readouterr()
    assert left in LEAVES, f"{command}\n{told.out}\n{told.err}"
    if target and "--guess" not in words:
        (reader.folder / target).write_text(told.out, "utf-8")
    elif target:
        assert "[" in told.out, command  # a proposal; the reader edits it, as the page says
    if words[1:3] == ["user", "add"]:
        reader.passwords[words[3]] = (told.out + told.err).split()[-1]
    for name, pattern in MEANT.items():
        if found := re.search(pattern, told.out + told.err):
            reader.notes[name] = found[1]


@pytest.mark.parametrize(
    "page",
    [page for page, commands in COMMANDS.items() if commands],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_the_commands_of_a_page_do_what_they_say(
    page: Path,
    reader: Reader,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")  # ids stand on one line
    if page.name == "map-a-file.md":
        init_home(reader.folder / "city")  # the city that the page speaks to
    for command in COMMANDS[page]:
        follow(reader, command, capsys, monkeypatch)


@pytest.mark.parametrize("command", STOPPED)
def test_what_goes_on_until_it_is_stopped_ends_with_all_that_is_beside_it(
    command: str, reader: Reader
) -> None:
    """A service manager hears that it is ready, and stops it: the home is nobody's any more."""
    if "record" in command:
        pytest.importorskip("av")
    name, log = f"vigie-test-{os.getpid()}", reader.folder / "log.txt"
    more = {"NOTIFY_SOCKET": f"@{name}", "VIGIE_SERVER__PORT": str(free_port())}
    words = [sys.executable, "-m", *reader.words(command)]
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
        log.open("wb") as said,
        subprocess.Popen(words, env={**os.environ, **more}, stdout=said, stderr=said) as going,
    ):
        manager.bind(f"\0{name}")
        manager.settimeout(PATIENCE_S)
        try:
            assert manager.recv(64) == b"READY=1"
            tasks = Path(f"/proc/{going.pid}/task").iterdir()
            beside = [one for task in tasks for one in (task / "children").read_text().split()]
            going.terminate()
            going.wait(PATIENCE_S)
        finally:
            going.kill()
    assert going.returncode == 0
    assert [one for one in beside if Path(f"/proc/{one}").exists()] == []
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_home_that_a_page_names_is_one_that_its_reader_has(page: Path) -> None:
    has = set(HAS)
    for words in map(shlex.split, shown(page)):
        for name in (words[i + 1] for i, word in enumerate(words) if word == "--home"):
            if words[1] in MAKES_ITS_HOME:
                has.add(name)
            assert name in has, shlex.join(words)


def test_every_reason_is_about_a_command_that_is_shown() -> None:
    every = {one for page in PAGES for one in shown(page)}
    idle = [
        start
        for start in NOT_HERE
        if not any(one == start or one.startswith(f"{start} ") for one in every)
    ]
    assert idle == []


@pytest.mark.parametrize("start", NOT_HERE)
def test_what_is_not_run_here_is_run_where_it_says(start: str) -> None:
    text = (ROOT / NOT_HERE[start][1]).read_text("utf-8")
    words = start.removeprefix("vigie ").split()
    verbs = [word for word in words if not word.isupper() and "." not in word]
    literals = ",\\s*".join(f'"{verb}"' for verb in verbs)
    shown_there = f"run.py {start.removesuffix(' PACKAGE.zip')}" in text
    assert shown_there or re.search(literals, text)
