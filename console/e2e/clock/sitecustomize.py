"""Moves a served demo's clock by VIGIE_E2E_AWAY_MS: a Sunday night, 1 January, when one likes."""
# ruff: noqa: INP001 -- Python loads it by its name from a folder on the path, not from a package

from __future__ import annotations

import os
from datetime import datetime, timedelta

from vigie.base.clock import SteadyClock, SystemClock

_AWAY_US = 1_000 * int(os.environ["VIGIE_E2E_AWAY_MS"])
_now = SystemClock.now
_wall_us, *_others = SteadyClock.__init__.__defaults__ or ()


def _moved(self: SystemClock) -> datetime:
    return _now(self) + timedelta(microseconds=_AWAY_US)


def _moved_wall_us() -> int:
    return int(_wall_us()) + _AWAY_US


SystemClock.now = _moved  # type: ignore[method-assign]
SteadyClock.__init__.__defaults__ = (_moved_wall_us, *_others)
