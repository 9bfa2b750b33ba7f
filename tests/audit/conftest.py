"""An audit in a folder of its own, on a clock that stands still, and lines to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.audit.line import Line
from vigie.audit.store import Audit
from vigie.base.clock import FixedClock, now_us
from vigie.base.settings import AuditSettings
from vigie.privacy.purposes import Purpose, Verb

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
Opener = Callable[[], Audit]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def reopen(folder: Path, clock: FixedClock) -> Iterator[Opener]:
    """Opens the audit of the folder, as another process would; all are closed in the end."""
    opened: list[Audit] = []

    def again() -> Audit:
        opened.append(Audit.open(folder, settings=AuditSettings(), clock=clock))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def audit(reopen: Opener) -> Audit:
    return reopen()


@pytest.fixture
def told(clock: FixedClock) -> Callable[..., Line]:
    """Makes a line about the clock's time; ``n`` tells lines apart."""

    def make(n: int = 0, **over: object) -> Line:
        fields: dict[str, object] = {
            "at_us": now_us(clock),
            "verb": Verb.CONSULT,
            "who": "amelie",
            "role": "operator",
            "purpose": Purpose.LIVE_RESPONSE,
            "dataset": "facts",
            "subject": {"n": n},
            "reason": "recherche demandée par le chef de salle",
        }
        return Line(**fields | over)

    return make
