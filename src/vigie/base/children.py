"""A process beside this one: begun again whenever it ends, ended with this one."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from vigie.base.logging import get_logger

STEADY_S = 30.0
"""A process that lived for so long is begun again at once; others wait a while longer each."""
LONGEST_WAIT_S = 30.0
log = get_logger(__name__)


def keep_running(
    name: str, run: Callable[[], int | None], stopping: threading.Event, ended: Callable[[], None]
) -> None:
    """Run a child again and again, until told to stop.

    Args:
        name: Of the child, in the log.
        run: Runs it until it has ended; returns its exit code.
        stopping: Ends this.
        ended: Called whenever it ended by itself.
    """
    falls = 0
    while not stopping.is_set():
        began = time.monotonic()
        code = run()
        if stopping.is_set():
            return
        ended()
        falls = 0 if time.monotonic() - began >= STEADY_S else falls + 1
        log.warning("a child ended, it is started again", child=name, code=code, falls=falls)
        stopping.wait(min(LONGEST_WAIT_S, max(0, 2 ** (falls - 1) - 1)))


def end_child(name: str, child: subprocess.Popen[bytes], *, began: bool, within_s: float) -> None:
    """End a child whose input's end tells it to; kill it when it does not.

    Args:
        name: Of the child, in the log.
        child: The process; its input is a pipe.
        began: Whether it has begun its work; what is only starting has nothing to finish.
        within_s: Seconds it has to finish.
    """
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()
    if not began:
        child.terminate()
    try:
        child.wait(within_s)
    except subprocess.TimeoutExpired:
        log.warning("a child does not end, it is killed", child=name)
        child.kill()
        child.wait()
