"""A desk in a folder of its own, on a clock that stands still; the same on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock
from vigie.base.settings import Settings
from vigie.desk.store import Desk


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, 8, tzinfo=UTC))


@pytest.fixture
def desk(home: Path, clock: FixedClock) -> Iterator[Desk]:
    opened = Desk.open(home, settings=Settings(), clock=clock)
    yield opened
    opened.close()
