"""Imports point downward, and the guard that says so really guards."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LAYERS_DRAWN = [
    "cli",
    "web jobs",
    "situation inquiry civic city",
    "foresight",
    "connectors analyses detectors rules",
    "intake analyse watch judge reports",
    "lake desk audit",
    "keys scrub",
    "privacy",
    "geo",
    "model",
    "base",
]
KITS = {"intake", "analyse", "watch", "judge", "reports"}


def _lint(folder: Path, *, source: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(source), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_points_downward(repo_root):
    answer = _lint(repo_root, source=repo_root / "src")

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_contract_draws_the_layers_of_the_design(repo_root):
    rules = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(rule for rule in rules["contracts"] if rule["id"] == "layers")

    drawn = [" ".join(layer.replace("|", " ").split()) for layer in layers["layers"]]

    assert [layer.replace("(", "").replace(")", "") for layer in drawn] == LAYERS_DRAWN
    assert layers["exhaustive"] is True
    assert layers["exhaustive_ignores"] == ["__main__", "door"]


@pytest.fixture
def skeleton(repo_root, tmp_path):
    """A small house under the repository's own contracts, in good order."""
    (tmp_path / "pyproject.toml").write_text((repo_root / "pyproject.toml").read_text("utf-8"))
    for layer in LAYERS_DRAWN:
        for room in layer.split():
            folder = tmp_path / "src" / "vigie" / room
            folder.mkdir(parents=True)
            (folder / "__init__.py").touch()
    (tmp_path / "src" / "vigie" / "__init__.py").touch()
    (tmp_path / "src" / "vigie" / "connectors" / "first.py").write_text("import vigie.intake\n")
    (tmp_path / "src" / "vigie" / "connectors" / "second.py").touch()
    return tmp_path


def test_a_house_in_good_order_passes(skeleton):
    answer = _lint(skeleton, source=skeleton / "src")

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("model/up.py", "import vigie.geo", "vigie.model is not allowed to import vigie.geo"),
        ("lake/side.py", "import vigie.desk", "vigie.lake is not allowed to import vigie.desk"),
        ("attic/__init__.py", "", "- vigie.attic"),
        ("connectors/first.py", "import vigie.connectors.second", "vigie.connectors.second"),
        ("connectors/first.py", "import httpx", "vigie.connectors.first is not allowed"),
        ("connectors/first.py", "import vigie.lake", "not allowed to import vigie.lake"),
        ("intake/spy.py", "import vigie.desk", "Illegal imports of protected package vigie.desk"),
    ],
)
def test_a_breach_is_caught(skeleton, file, text, told):
    path = skeleton / "src" / "vigie" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n")

    answer = _lint(skeleton, source=skeleton / "src")

    assert answer.returncode != 0
    assert told in answer.stdout


def test_kits_have_an_empty_front(product):
    """A connector that imports one module of a kit must not pull in what the kit does for it."""
    loaded = [
        source.name
        for source in product
        if source.path.name == "__init__.py"
        and source.path.parent.name in KITS
        and any(not isinstance(node, ast.Expr) for node in source.tree.body)
    ]

    assert loaded == []


def test_imports_are_absolute(sources):
    relative = [
        f"{source.name}:{node.lineno}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []
