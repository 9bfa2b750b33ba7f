"""A keeper of its own for each test, and a look into what it must not leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock
from vigie.keys.keeper import Keeper

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def keeper(tmp_path: Path, clock: FixedClock) -> Iterator[Keeper]:
    with Keeper(tmp_path / "keys", clock) as one:
        yield one
