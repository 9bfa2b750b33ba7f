"""Processes of the demo that end with it, however it ends."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ENOUGH_S = 10.0


def bound(command: Sequence[str | Path]) -> list[str]:
    """Return a command whose process is ended when this one is, even by SIGKILL.

    With util-linux's ``setpriv`` (Linux: ``PR_SET_PDEATHSIG``); without it, the command as it is,
    which ends with an orderly end of this process only.
    """
    program = shutil.which("setpriv")
    head = [program, "--pdeathsig", "TERM", "--"] if program else []
    return [*head, *map(str, command)]


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    log: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start such a process, without input; what it says goes to a log or nowhere."""
    return subprocess.Popen(
        bound(command), env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it end."""
    process.terminate()
    try:
        process.wait(timeout=ENOUGH_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
