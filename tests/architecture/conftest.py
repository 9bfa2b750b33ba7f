"""What the architecture tests look at: the files of the repository, and their syntax trees."""

from __future__ import annotations

import ast
import gc
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "node_modules", "dist", "build", "__pycache__", "home", "demo-home"}


@cache
def list_files() -> tuple[Path, ...]:
    """Return the files that are, or may become, part of the repository."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        if listed.returncode == 0:
            found = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
            return tuple(sorted(path for path in found if path.is_file()))
    return tuple(
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and not NOT_OURS.intersection(path.relative_to(ROOT).parts)
        and not any(part.startswith((".venv", ".mypy", ".ruff")) for part in path.parts)
    )


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the repository's root, for messages."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def parse_sources() -> tuple[Source, ...]:
    """Return every Python file of the repository, parsed."""
    sources = []
    gc.disable()  # millions of nodes that all stay: looking for garbage among them takes longer
    try:
        for path in list_files():
            if path.suffix == ".py":
                text = path.read_text("utf-8")
                sources.append(Source(path, text, ast.parse(text, filename=str(path))))
    finally:
        gc.enable()
    return tuple(sources)


@pytest.fixture(scope="session")
def files() -> tuple[Path, ...]:
    """The files of the repository."""
    return list_files()


@pytest.fixture(scope="session")
def sources() -> tuple[Source, ...]:
    """The Python files of the repository: source, tests, and the scripts beside them."""
    return parse_sources()


@pytest.fixture(scope="session")
def product(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """The Python files that a user installs."""
    return tuple(source for source in sources if source.name.startswith("src/"))
