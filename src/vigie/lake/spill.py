"""Where large queries spill: a folder for each process, gone with it however it ends."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "vigie-spill-"
ALIVE = "alive"
_held: list[int] = []
"""Locks of this process, until it ends."""


def own_spill(under: Path | None = None) -> Path:
    """Make a folder to spill into, readable by this account only; those of the dead go first.

    A folder holds a locked file for as long as its process (or one forked off it) lives. What a
    process that was killed has spilt is deleted by the next one of the same account.

    Args:
        under: Where folders stand; the system's folder of passing files when None.

    Raises:
        OSError: No folder can be made there.
    """
    where = Path(tempfile.gettempdir()) if under is None else under
    sweep(where)
    spill = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
    atexit.register(shutil.rmtree, spill, ignore_errors=True)
    unseen = spill / f"{ALIVE}.new"
    handle = os.open(unseen, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    unseen.rename(spill / ALIVE)  # nobody finds it before it is locked
    _held.append(handle)
    return spill


def sweep(where: Path) -> int:
    """Delete this account's folders whose process has ended; returns how many."""
    swept = 0
    for folder in where.glob(f"{PREFIX}*"):
        try:
            handle = os.open(folder / ALIVE, os.O_RDWR)
        except OSError:  # another account's, or not yet ready
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
        finally:
            os.close(handle)
    return swept
