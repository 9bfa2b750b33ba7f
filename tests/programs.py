"""Fixtures: the programs of a test are forks of one that has loaded (``tests/forks.py``)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.forks import LINUX, Forks, forked, loaded


@pytest.fixture(scope="session")
def loaded_programs() -> Iterator[Forks]:
    """The process that has loaded, one for each process of tests."""
    with loaded() as forks:
        yield forks


@pytest.fixture(scope="module")
def forked_programs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run as forks what the tests of a module, and who they start, run of this house."""
    if not LINUX:
        yield
        return
    with forked(request.getfixturevalue("loaded_programs")):
        yield
