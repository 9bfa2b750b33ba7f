"""Decisions are numbered, complete, and the one on dependencies is true."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from packaging.requirements import Requirement

SECTIONS = ("## Context", "## Decision", "## Other options", "## Consequences")
SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Copyright (c) 2001-2002 Enthought, Inc. 2003, SciPy Developers.": "BSD-3-Clause",
    "Dual License": "BSD-3-Clause OR Apache-2.0",  # only python-dateutil says so
}
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|MPL|EUPL|CDDL|EPL|GNU|Mozilla)", re.IGNORECASE)


@pytest.fixture(scope="module")
def decisions(repo_root):
    folder = repo_root / "docs" / "decisions"
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("[0-9]*.md"))}


@pytest.fixture(scope="module")
def dependencies_page(decisions):
    return decisions["0005-dependencies.md"]


def _rows(text: str) -> dict[str, str]:
    """Return licence by library, from the tables of a page."""
    return dict(
        re.findall(r"^\| (?!library|package)([a-z][\w.-]*) \| ([^|]+?) \|", text, re.MULTILINE)
    )


def _licence_of(name: str) -> str:
    told = metadata(name)
    classified = [
        text.rpartition(" :: ")[2]
        for text in told.get_all("Classifier") or []
        if text.startswith("License ::")
    ]
    stated = told.get("License-Expression") or (told.get("License") or "").split("\n")[0]
    return SPELLINGS.get(stated, stated) or SPELLINGS.get(classified[0], classified[0])


def test_they_are_numbered_without_a_gap(decisions):
    numbers = [int(name[:4]) for name in decisions]

    assert numbers == list(range(1, len(numbers) + 1))


def test_each_follows_the_template(decisions):
    lacking = {
        name: [section for section in SECTIONS if section not in text]
        for name, text in decisions.items()
    }

    assert {name: sections for name, sections in lacking.items() if sections} == {}


def test_each_is_listed(decisions, repo_root):
    listed = (repo_root / "docs" / "decisions" / "README.md").read_text("utf-8")

    assert [name for name in decisions if f"({name})" not in listed] == []


def test_every_dependency_has_its_reason_and_its_licence(dependencies_page, repo_root):
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["spark"], *extras["postgres"]]
    names = [Requirement(text).name for text in asked]
    told = _rows(dependencies_page)

    # NumPy's expression names the licences of bundled parts after its own.
    wrong = {
        name: (told.get(name), _licence_of(name))
        for name in names
        if name not in told or not _licence_of(name).startswith(told[name])
    }

    assert wrong == {}


def test_no_library_is_explained_that_is_not_used(dependencies_page, repo_root):
    text = (repo_root / "requirements" / "dev.txt").read_text("utf-8")
    pinned = set(re.findall(r"^([\w.-]+)(?:\[\w+\])?==", text, re.MULTILINE))

    assert _rows(dependencies_page).keys() - pinned == set()


def test_no_copyleft_but_what_the_page_tolerates(dependencies_page, repo_root):
    lock = (repo_root / "requirements" / "lock.txt").read_text("utf-8")
    tolerated = set(_rows(dependencies_page.partition("### Copyleft")[2]))
    found = set()
    for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE):
        try:
            told = metadata(name)
        except PackageNotFoundError:  # pinned for another platform
            continue
        stated = [told.get("License-Expression") or "", (told.get("License") or "").split("\n")[0]]
        classified = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
        if COPYLEFT.search(" ".join(stated + classified)):
            found.add(name)

    assert found <= tolerated
    assert tolerated <= found, "no longer needed: take it off the page"
