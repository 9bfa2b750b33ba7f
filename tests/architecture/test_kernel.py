"""The kernel stays small, pure and wholly tested: what `vigie.privacy` promises an auditor."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest
from tests.rows import for_each

ROOT = Path(__file__).resolve().parents[2]
KERNEL = sorted((ROOT / "src" / "vigie" / "privacy").glob("*.py"))
EQUAL = tomllib.loads((ROOT / "tests/benchmarks/equal_faults.toml").read_text("utf-8"))
MOST_LINES = 2_000
NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    tokenize.ENDMARKER,
}
OUTSIDE = {"cryptography"}
HOUSE = {"vigie.base.clock", "vigie.base.errors"}
"""From the floor below: conversions of times (never the clock itself) and error classes."""
# Nothing that reads a file it was not shipped with, asks the time or talks to anyone.
IMPURE = {
    *("io", "pathlib", "shutil", "tempfile", "sqlite3", "socket", "ssl", "http", "urllib"),
    *("subprocess", "threading", "asyncio", "time", "random", "logging"),
}


def _imports(path: Path) -> set[str]:
    """Return the modules that a file imports, relative ones refused elsewhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def _code_lines(path: Path) -> int:
    """Return how many lines of a file hold code: no blank, no comment, no docstring."""
    text = path.read_text("utf-8")
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def test_the_kernel_can_be_read_in_a_day():
    """Lines of code are counted; what explains them is not what makes them long to read."""
    lines = {path.name: _code_lines(path) for path in KERNEL}
    assert sum(lines.values()) <= MOST_LINES, lines


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.stem)
def test_the_kernel_knows_nothing_of_the_house_and_of_one_library(path: Path):
    imported = _imports(path)
    house = {name for name in imported if name.split(".")[0] == "vigie"}
    kernel = {name for name in house if name.startswith("vigie.privacy")}
    assert house - kernel <= HOUSE
    others = {name.split(".")[0] for name in imported - house}
    assert others - sys.stdlib_module_names <= OUTSIDE
    assert not others & IMPURE
    taken = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    assert taken <= {"urandom"}


def test_every_branch_of_the_kernel_is_tested(tmp_path: Path):
    """Hypothesis searches less far than in ``tests/privacy``, and the longest corpora stay out.

    Branches are the point: what covers them all with less covers them all.
    """
    run = [sys.executable, "-m", "coverage"]
    environment = os.environ | {
        "HYPOTHESIS_PROFILE": "branches",
        "COVERAGE_FILE": str(tmp_path / "covered"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "hypothesis"),
    }
    tests = ["-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    tests += ["-k", "not hostile and not written_against", "tests/privacy"]
    tested = subprocess.run(
        [*run, "run", "--branch", "--source", "vigie.privacy", *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout[-3_000:]
    told = subprocess.run(
        [*run, "report", "--show-missing", "--skip-covered", "--fail-under=100"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


@for_each("module", sorted(EQUAL))
def test_a_fault_that_changes_nothing_is_one_of_a_line_that_is_there(module: str):
    """What ``run.py bench mutation`` leaves out of its score, each with the reason."""
    path = ROOT / "src" / "vigie" / "privacy" / f"{module}.py"
    there = {line.strip() for line in path.read_text("utf-8").splitlines()}
    for fault in EQUAL[module]:
        assert set(fault["was"].strip().splitlines()) <= there, fault["was"]
        assert fault["made"] != fault["was"]
        assert fault["why"]
    assert len({(one["was"], one["made"]) for one in EQUAL[module]}) == len(EQUAL[module])
