"""Moves a served demo's clock by VIGIE_E2E_AWAY_MS: a Sunday night, 1 January, when one likes."""
# ruff: noqa: INP001 -- Python loads it by its name from a folder on the path, not from a package

from __future__ import annotations

import os
from datetime import datetime, timedelta

from vigie.base.clock import SystemClock

_AWAY = timedelta(milliseconds=int(os.environ["VIGIE_E2E_AWAY_MS"]))
_now = SystemClock.now


def _moved(self: SystemClock) -> datetime:
    return _now(self) + _AWAY


SystemClock.now = _moved  # type: ignore[method-assign]
