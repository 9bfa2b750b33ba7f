"""Room kept on the disk ahead of a growing file: its next bytes find a place on a full disk.

A file keeps its size; the blocks behind its end are its own already (``fallocate`` of Linux with
``FALLOC_FL_KEEP_SIZE``). Where system or filesystem cannot do that, nothing is kept.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

ROOM = 8 * 2**20
"""Some twenty thousand lines of the audit."""
_KEEP_SIZE = 1


@cache
def _fallocate() -> Callable[[int, int, int, int], int] | None:
    """Return the system's call, if it has one."""
    try:
        call = ctypes.CDLL(None).fallocate
    except (AttributeError, OSError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    call.restype = ctypes.c_int
    return call


def keep_room(handle: int, end: int, kept: int) -> int:
    """Keep room behind the end of a file, once half of what there was is used.

    Args:
        handle: Of the file, open for writing.
        end: Where its next byte goes.
        kept: Up to where room was kept before; 0 where that is not known.

    Returns:
        Up to where room is kept now; ``kept`` where no more could be had.
    """
    call = _fallocate()
    if call is None or kept - end >= ROOM // 2:
        return kept
    return end + ROOM if call(handle, _KEEP_SIZE, end, ROOM) == 0 else kept
