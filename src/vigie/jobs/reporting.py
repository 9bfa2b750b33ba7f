"""Reports of saved questions, made beside the server: one process at a time, of low priority."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from vigie.base.logging import get_logger
from vigie.desk.questions import FAILED
from vigie.jobs.children import end, start
from vigie.situation.home import Home
from vigie.situation.questions.reports import INTERRUPTED, due

log = get_logger(__name__)


def command_for(home: Home, name: str) -> list[str]:
    """Return the command that makes a report."""
    return [
        sys.executable, "-m", "vigie", "question", "make", name, "--home", str(home.path),
    ]  # fmt: skip


class Reporter:
    """Makes the reports that are wanted, one after the other."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._making = ""

    @property
    def busy(self) -> bool:
        """Return whether one is being made."""
        return self._process is not None and self._process.poll() is None

    def tick(self) -> Sequence[str]:
        """Begin the next report if one is due and none is being made; returns its command."""
        if self.busy:
            return ()
        self._note_broken()
        report = due(self._home)
        if report is None:
            return ()
        command = command_for(self._home, report.report_id)
        log.info("a report is being made", report=report.report_id)
        self._process, self._making = start(command), report.report_id
        return command

    def _note_broken(self) -> None:
        """Note as failed what a process left undone: it ended without saying how."""
        if self._making:
            self._home.desk.questions.finish(self._making, FAILED, {"code": INTERRUPTED})
            self._process, self._making = None, ""

    def close(self) -> None:
        """End the process under way; what it was making is noted as broken off."""
        if self._process is not None and self.busy:
            end(self._process)
        self._note_broken()
