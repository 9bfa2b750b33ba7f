"""The forecast of the day, made beside the server: one process at a time, of low priority."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from vigie.base.clock import now_us
from vigie.base.logging import get_logger
from vigie.jobs.children import end, start
from vigie.situation.home import Home
from vigie.situation.tomorrow.forecast_runs import due

SECOND_US = 1_000_000
DEMO_FIRST_S = 30
"""A demo is looked at as soon as it stands."""
log = get_logger(__name__)


def command_for(home: Home, name: str) -> list[str]:
    """Return the command that makes a run."""
    return [
        sys.executable, "-m", "vigie", "forecast", "run", "--home", str(home.path), "--id", name,
    ]  # fmt: skip


class Forecaster:
    """Makes the forecasts that are wanted, one after the other."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        wait_s = home.settings.forecast.first_after_s
        if home.settings.demo:
            wait_s = min(wait_s, DEMO_FIRST_S)
        self._not_before_us = now_us(home.clock) + wait_s * SECOND_US

    @property
    def busy(self) -> bool:
        """Return whether one is being made."""
        return self._process is not None and self._process.poll() is None

    def tick(self) -> Sequence[str]:
        """Begin the next run if one is due and none is being made; returns its command."""
        if self.busy or now_us(self._home.clock) < self._not_before_us:
            return ()
        run = due(self._home)
        if run is None:
            return ()
        command = command_for(self._home, run.forecast_id)
        log.info("a forecast is being made", forecast=run.forecast_id)
        self._process = start(command)
        return command

    def close(self) -> None:
        """End the process under way; its run is noted as failed once it is too old."""
        if self._process is not None and self.busy:
            end(self._process)
