"""Every bench that a page shows is run with the words of the page, at a test's size.

``VIGIE_SMALL`` makes it small (``tests/benchmarks/_small.py``): servers, databases, cameras and
files are real, and what a figure says is nothing. That it is told is what is looked at.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.docs import tiny_data
from tests.docs.running import Done, Scripts
from tests.namespaces import why_not

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(ROOT / "examples").rglob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    if "reference" not in path.parts
)
"""README.fr.md shows the commands of README.md (test_pages.py)."""
SHOWN = re.compile(r"(?:^|`)(?:python3 )?run\.py\s+(bench\s[^`\n]*(?:\n[^`\n]*)?)`"
                   r"|^python3 run\.py (bench\s.*)$", re.MULTILINE)  # fmt: skip
NUMBERS = {"N": "2", "H": "0.001", "R": "10"}
"""What a reader puts for a letter."""
FOLDERS = {"--home", "--against"}
MISSING_DISK = re.compile(r"needs root|missing part: |mounts no file as a filesystem")
"""Why ``bench disk`` has no filesystem of its own where it has none."""
BOTH_WAYS = {"live"}
"""With the words of a page it leaves a part out."""

PROMISED = {
    "adequacy": "events ece reached brier interval_80_covers",
    "agenda": "warm_p95_s edited_p95_s cold_p95_s ics_p95_s reached",
    "allocation": "workloads exact_12_units_s answer_s",
    "analyses": "near_repeat_100000 scan_5000x365_999 esda_gi_star_whole_1000000 cpu_seconds",
    "audit": "append_p99_ms verify_s missed answers_without_a_line",
    "capacity": "place",
    "cities": "alone beside_a_noisy_city push_p95_ms brest_refused brest_says_it_refused",
    "clashes": "full_s edit_p95_ms clashes extrapolated",
    "crowding": "held width met",
    "decision": "p50_us p99_us reached",
    "deploy": "ready_s could killed while_restarted read_back lost doubled",
    "disk": "rounds lost doubled untold wrong answered_again_s_most audit_sound",
    "drill": "copy_of_all copy_after restore doctor as_it_was came_back",
    "egress": "flow_mean within_band never_faster_at_60",
    "engines": "identical differ processor_s clock_s most_mb crossing_rows",
    "event_effects": "scores raw reached",
    "fed": "after_a_commit again processor_ms",
    "forecast_tensor": "deviance covered_80 baselines against reached",
    "fuzz": "escaped neighbours_lost peak_rss_mb",
    "growth": "map_week map_year map_ever near histogram_year summary_week most_mb",
    "home_games": "venues effect quiet elsewhere_within_500_m",
    "hosts": "rounds acknowledged lost doubled recovered_s_most",
    "hotspots": "pei on_the_grid_chosen mean_of_grids reference_on_its_own_grid",
    "intake": "bulk bulk_with_text live_messages_per_s peak_rss_mb",
    "keys": "sealed_per_s tokens_equal journal_sealed_per_s opened_after_restore",
    "kill": "lost doubled untold audit_sound restart_max_s",
    "linkage": "precision recall calibration",
    "live": "steady burst cut from_acknowledged refused_by_senders_account in_lake alerts",
    "map": "week_p95_ms near_p95_ms bytes_per_row written_rows_per_s",
    "mutation": "faults found score reached states",
    "null_cities": "false planted interval_95",
    "outbreaks": "false_per_day recall delay_h_median recall_over_surge",
    "processors": "processors identical differ facts",
    "requisitions": "drill_verified_s named contradictions openings_due_and_given",
    "rights": "access erase processor_s epochs texts",
    "scrubber": "lost_words recall precision sealed held texts_per_s",
    "simulation": "seeds broken power_cuts",
    "situation": "clock_p95_ms processor_p95_ms facts_mean",
    "soak": "rss_mib_per_hour files_per_hour lost doubled cpu_ms_per_message",
    "tagger": "seconds bytes",
    "video": "cameras_per_core weather delay copied_720p cut seek summary",
    "whatif": "p95_s reached walk_through_past_s",
}
"""Figures that each tells, somewhere in its last line."""


def shown() -> list[str]:
    """Return every bench of the pages, each once, with numbers for letters.

    Where a page gives a bench words, its bare name on another is no other command: a small run
    cuts what it takes unasked to the same size.
    """
    found = set()
    for page in PAGES:
        for inline, alone in SHOWN.findall(page.read_text("utf-8")):
            words = ["", *(inline or alone).split()]
            said = ["DIR" if words[at] in FOLDERS else word for at, word in enumerate(words[1:])]
            found.add(" ".join(NUMBERS.get(word, word) for word in said))
    bare = {one for one in found if len(one.split()) == 2}
    worded = {one for one in bare if any(other.startswith(f"{one} ") for other in found)}
    return sorted(found - {one for one in worded if one.split()[1] not in BOTH_WAYS})


class Reader:
    """Who runs what a page shows: a folder, the city, and files where a page names one."""

    def __init__(self, folder: Path, city: Path) -> None:
        self.folder = folder
        self._city = city
        self.environment: dict[str, str] = {}

    def words(self, command: str) -> list[str]:
        """Return the words of a command with what they stand for."""
        words = shlex.split(command)
        before = ["", *words]
        return [self._meant(word, before[at]) for at, word in enumerate(words)]

    def _meant(self, word: str, option: str) -> str:
        if option == "--home":
            return str(self._city)
        if option == "--against":
            return str(ROOT / "src")
        known = {
            "FILE.npz": tiny_data.tensor,
            "FILE.parquet": tiny_data.crime_points,
        }
        if word in known:
            return str(known[word](self.folder / word))
        return sys.executable if word == "PYTHON" else word


@pytest.fixture(scope="module")
def front() -> ModuleType:
    spec = importlib.util.spec_from_file_location("front_door", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder with a short name, which PostgreSQL may enter, too."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def scripts(scratch: Path) -> Iterator[Scripts]:
    environment = {**os.environ, "VIGIE_SMALL": "1", "TMPDIR": str(scratch)}
    environment.pop("VIGIE_SHARED", None)
    made = Scripts(environment)
    yield made
    made.close()


@pytest.fixture
def reader(city: Path, tmp_path: Path) -> Reader:
    return Reader(tmp_path, city)


def told(done: Done) -> Any:
    """Return the last line of a script that ended well."""
    assert done.code == 0, f"{done.out[-2_000:]}\n{done.err[-2_000:]}"
    return json.loads(done.out.splitlines()[-1])


def names(value: Any) -> set[str]:
    """Return every name in an answer."""
    if isinstance(value, list):
        return set().union(*map(names, value))
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    return set()


def started(front: ModuleType, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> list[str]:
    """Return what the front door would become: a script and its words."""
    found: list[str] = []
    monkeypatch.setattr(front, "install", lambda _which: Path(sys.executable))
    monkeypatch.setattr(front, "become", lambda *said: found.extend(map(str, said)) or 0)
    assert front.main(words) == 0
    assert found[0] == sys.executable
    return found[1:]


@pytest.mark.parametrize("command", [one for one in shown() if one.startswith("bench ")])
def test_a_bench_tells_its_figures(
    command: str,
    reader: Reader,
    scripts: Scripts,
    scratch: Path,
    front: ModuleType,
    city: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = reader.words(command)
    more = {}
    if words[1] == "video":
        pytest.importorskip("cv2")
        pytest.importorskip("av")
    if words[1] == "home_games":
        tiny_data.chicago(reader.folder / "shared" / "data" / "chicago")
        more["VIGIE_SHARED"] = str(reader.folder / "shared")
    if words[1] == "situation":  # it would make this very home: its folder is kept
        shutil.copytree(city, scratch / "vigie-bench-situation-20000-5" / "home", symlinks=True)
    done = scripts.run(started(front, monkeypatch, words), reader.folder, **more)
    if words[1] == "hosts" and (reason := why_not()):
        assert reason in done.err
        return
    if words[1] == "deploy":  # a system is made in minutes and from the network: by hand alone
        assert done.code == 1
        assert "no system is booted: " in done.err
        return
    if words[1] == "disk" and done.code == 1 and MISSING_DISK.search(done.err):
        return
    if "--splink" in words and importlib.util.find_spec("splink") is None:
        assert done.code == 1
        assert "has no Splink" in done.err
        return
    if words[1] == "mutation" and importlib.util.find_spec("mutmut") is None:
        assert done.code == 1
        assert "has no mutmut" in done.err
        return
    asked = {"asked_beside"} if "--analysts" in words else set()
    missing = {*PROMISED[words[1]].split(), *asked} - names(told(done))
    left_out = {"--burst 0": "burst", "--cut 0": "cut"}
    assert missing == {part for said, part in left_out.items() if said in command}


def test_without_a_name_the_benches_are_listed(
    front: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    assert front.main(["bench"]) == 2
    listed = capfd.readouterr().err
    assert all(name in listed for name in PROMISED)


def test_fix_mends_a_tree_and_writes_its_pages(
    front: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ugly, page = tmp_path / "ugly.py", tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    ugly.write_text("import sys,os\nprint( sys.path )\n", "utf-8")
    (page.parent / "generate.py").write_text("open('docs/page.md', 'w').close()\n", "utf-8")
    monkeypatch.setattr(front, "ROOT", tmp_path)
    monkeypatch.setattr(front, "CONSOLE", tmp_path / "console")
    monkeypatch.setattr(front, "install", lambda _which: Path(sys.executable))

    assert front.main(["fix"]) == 0
    assert ugly.read_text("utf-8") == "import sys\n\nprint(sys.path)\n"
    assert page.exists()


def test_a_small_run_is_asked_for(scripts: Scripts, tmp_path: Path) -> None:
    """The figures of a bench are those of its own size wherever nobody says otherwise."""
    asked = tmp_path / "asked.py"
    asked.write_text(
        f"import argparse, json, os, sys\nsys.path.insert(0, {str(ROOT / 'tests/benchmarks')!r})\n"
        "import _small\nasked = argparse.Namespace(rows=9, names=[1, 2], seeds='1,2')\n"
        "print(json.dumps([vars(_small.sized(asked, rows=3, names=1, seeds=1)),"
        " _small.either(5, 1)]))\n",
        "utf-8",
    )
    small = [{"rows": 3, "names": [1], "seeds": "1"}, 1]
    assert told(scripts.run([str(asked)], tmp_path)) == small
    whole = told(scripts.run([str(asked)], tmp_path, VIGIE_SMALL=""))
    assert whole == [{"rows": 9, "names": [1, 2], "seeds": "1,2"}, 5]
