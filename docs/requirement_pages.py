"""What the law asks, and which test proves it: read from the docstrings of the tests."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tomli_w
from markdown_pages import page, table

ROOT = Path(__file__).resolve().parents[1]
REGISTER = ROOT / "src" / "vigie" / "civic" / "register"
PROOFS = REGISTER / "proofs.toml"
_MARK = re.compile(r"^\s*Requirements?: (?P<ids>[A-Z0-9, -]+)\.(?=\s|$)", re.MULTILINE)
_HEAD = (
    "# Written by docs/generate.py from the docstrings of the tests: which test proves which\n"
    "# requirement. The suite being green makes them proofs.\n\n"
)


@cache
def requirements() -> dict[str, dict[str, str]]:
    """Return every requirement with its texts, basis and, where it has no proof, what it awaits."""
    return tomllib.loads((REGISTER / "requirements.toml").read_text("utf-8"))


def _said(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each requirement that a test of a file names, with the test."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for found in _MARK.finditer(ast.get_docstring(node) or ""):
            for id_ in found["ids"].split(","):
                yield id_.strip(), f"{path.relative_to(ROOT).as_posix()}::{node.name}"


@cache
def proofs() -> dict[str, list[str]]:
    """Return the tests that prove each requirement, by its id."""
    told: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for id_, test in _said(path):
            told.setdefault(id_, set()).add(test)
    return {id_: sorted(told[id_]) for id_ in sorted(told)}


def proofs_file() -> str:
    """The same, as the file that is shipped with the register."""
    return _HEAD + tomli_w.dumps({"proofs": proofs()})


def requirement_page() -> str:
    """What the law and our own word ask, and which test proves each."""
    told = proofs()
    rows = []
    for id_, one in requirements().items():
        tests = told.get(id_, [])
        status = "proved" if tests else f"waits for {one.get('waits', '?')}"
        shown = ", ".join(f"`{test.removeprefix('tests/')}`" for test in tests)
        rows.append((id_, one["fr"], one["en"], one["basis"], status, shown))
    done = sum(1 for id_ in requirements() if id_ in told)
    introduction = (
        f"{done} of {len(rows)} have at least one test of this suite behind them; a test names "
        "what it proves in its docstring. *Proved* says that the test is green, not that a court "
        "has agreed: the DPO of a city signs before anything here is relied upon."
    )
    columns = ("id", "français", "English", "basis", "status", "tests")
    return page("Requirements", introduction, table(columns, rows))
