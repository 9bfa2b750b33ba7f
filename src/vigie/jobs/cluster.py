"""The processes of a cluster on one machine: forked, watched, forked again.

The address is bound once and shared by every process that answers: when one dies, what waits at
the door is taken by the others. The parent loads the program and opens nothing, so that a process
is there again in the time that it takes to open the home.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NoReturn

from vigie.base.errors import SettingsInvalid, Unavailable
from vigie.base.logging import get_logger
from vigie.base.settings import Settings
from vigie.desk.database import database_url

LOOK_S = 0.2
STEADY_S = 10.0
"""A process that lived for so long is started again at once; others wait a while longer each."""
LONGEST_WAIT_S = 30.0
ENDING_S = 30.0
_BACKLOG = 2_048
_FIRST_FD = 3
_DIE_WITH_PARENT = 1
"""``PR_SET_PDEATHSIG`` of Linux."""
log = get_logger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, and that processes started apart may listen at, too.

    Raises:
        Unavailable: When the address is not to be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        door.bind((host, port))
        door.listen(_BACKLOG)
    except OSError as error:
        door.close()
        raise Unavailable(str(error), what=f"{host}:{port}") from error
    return door


def handed_socket(environment: Mapping[str, str]) -> socket.socket | None:
    """Return the socket that systemd started the process with, if it did (``LISTEN_FDS``)."""
    ours = environment.get("LISTEN_PID") == str(os.getpid())
    return socket.socket(fileno=_FIRST_FD) if ours else None


def refuse_small(home: Path, settings: Settings) -> None:
    """Look whether a home can be served by several processes.

    Raises:
        SettingsInvalid: When its desk is no PostgreSQL database, or it is a demonstration.
    """
    if settings.demo:
        raise SettingsInvalid(key="demo", reason="a demonstration is one process")
    if not database_url(home, settings.desk).startswith("postgresql"):
        raise SettingsInvalid(key="desk.url", reason="the cluster profile needs PostgreSQL")


@dataclass(slots=True)
class _Child:
    kind: str
    pid: int = 0
    started_s: float = 0.0
    due_s: float = 0.0
    wait_s: float = 0.0


class Cluster:
    """The processes of one home; to be run by a process that has done nothing but load.

    Args:
        counts: How many of each part.
        parts: What a process of each does, until it is told to stop (SIGTERM).
    """

    def __init__(self, counts: Mapping[str, int], parts: Mapping[str, Callable[[], None]]) -> None:
        self._parts = parts
        self._children = [_Child(kind) for kind, n in counts.items() for _ in range(n)]
        self._stop = threading.Event()

    def run(self) -> None:
        """Keep all processes running until told to stop (SIGINT, SIGTERM)."""
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: self._stop.set())
        gc.collect()
        gc.freeze()  # what is loaded stays shared
        try:
            while not self._stop.is_set():
                for child in self._children:
                    self._see_to(child)
                self._stop.wait(LOOK_S)
        finally:
            gc.unfreeze()
            self._end()

    def _see_to(self, child: _Child) -> None:
        now = monotonic()
        if child.pid and not _lives(child):
            steady = now - child.started_s > STEADY_S
            child.wait_s = 0.0 if steady else min(max(1.0, 2 * child.wait_s), LONGEST_WAIT_S)
            child.due_s = now + child.wait_s
        if not child.pid and now >= child.due_s:
            child.pid, child.started_s = os.fork(), now
            if child.pid == 0:
                self._become(child.kind)
            log.info("a process began", part=child.kind, pid=child.pid)

    def _become(self, kind: str) -> NoReturn:
        """Do a part's work in the process that was just forked, and end it."""
        code = 1
        try:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, signal.SIG_DFL)
            die_with_parent()
            self._parts[kind]()
            code = 0
        except BaseException:  # noqa: BLE001 - a fork must never come back as its parent
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _end(self) -> None:
        for child in self._children:
            if child.pid and _lives(child):
                os.kill(child.pid, signal.SIGTERM)
        until = monotonic() + ENDING_S
        pause = threading.Event()
        while any(child.pid and _lives(child) for child in self._children):
            if monotonic() > until:
                for child in self._children:
                    if child.pid:
                        os.kill(child.pid, signal.SIGKILL)
            pause.wait(LOOK_S)


def die_with_parent() -> None:
    """Have this process told to end when its parent has; to be asked again under a new account."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)


def _lives(child: _Child) -> bool:
    """Say whether a process runs; one that has ended is taken note of."""
    ended, status = os.waitpid(child.pid, os.WNOHANG)
    if not ended:
        return True
    log.warning(
        "a process ended", part=child.kind, pid=ended, code=os.waitstatus_to_exitcode(status)
    )
    child.pid = 0
    return False
