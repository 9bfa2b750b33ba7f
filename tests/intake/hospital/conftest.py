"""An edge of its own for each test, on a Monday morning; messages to feed it with."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from vigie.base.clock import FixedClock
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.passages import HospitalOptions

OPTIONS = HospitalOptions("Europe/Paris")


@pytest.fixture(scope="session")
def said() -> ModuleType:
    """Builders of messages."""
    path = Path(__file__).with_name("messages.py")
    spec = importlib.util.spec_from_file_location("hospital_messages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clock() -> FixedClock:
    """Sunday noon in Paris: what arrives is of today."""
    return FixedClock(datetime(2026, 11, 22, 11, 0, tzinfo=UTC))


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    """Where the edge keeps its state."""
    folder = tmp_path / "edge"
    folder.mkdir()
    return folder / "state.json"


@pytest.fixture
def edge(state_path: Path, clock: FixedClock) -> Edge:
    """An edge that has seen nothing."""
    return Edge(OPTIONS, state_path, clock)
