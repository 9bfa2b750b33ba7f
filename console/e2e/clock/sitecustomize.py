"""Moves the clock of a served demo by VIGIE_E2E_AWAY_MS: the specs at night, on a Sunday, on 1 January."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from vigie.base.clock import SystemClock

_AWAY = timedelta(milliseconds=int(os.environ["VIGIE_E2E_AWAY_MS"]))
_now = SystemClock.now


def _moved(self: SystemClock) -> datetime:
    return _now(self) + _AWAY


SystemClock.now = _moved  # type: ignore[method-assign]
