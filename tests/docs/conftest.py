"""The small city on which the commands of the pages run."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.base.clock import SystemClock
from vigie.jobs.demo import make_demo


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shown") / "home"
    make_demo(path, clock=SystemClock(), seed=13, days=14, scale=0.05)
    return path
