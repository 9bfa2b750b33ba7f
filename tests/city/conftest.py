"""Two small cities, built once: one over each change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.city.built_city import BuiltCity

from vigie.city import build

AUTUMN = datetime(2026, 11, 3, 9, 30, 12, tzinfo=UTC)
SPRING = datetime(2026, 4, 6, 8, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> BuiltCity:
    """Eleven days over 25 October 2026, when clocks go back."""
    return _built(tmp_path_factory.mktemp("autumn") / "city", AUTUMN, seed=7, days=11)


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> BuiltCity:
    """Eleven days over 29 March 2026, when clocks go forward."""
    return _built(tmp_path_factory.mktemp("spring") / "city", SPRING, seed=8, days=11)


@pytest.fixture(scope="session", params=["autumn", "spring"])
def city(request: pytest.FixtureRequest) -> BuiltCity:
    """Each of the two cities in turn."""
    found: BuiltCity = request.getfixturevalue(request.param)
    return found


def _built(folder: Path, now: datetime, *, seed: int, days: int) -> BuiltCity:
    return BuiltCity(folder, build(folder, seed=seed, days=days, scale=0.25, now=now))
