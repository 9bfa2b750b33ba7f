"""What the kernel says of its own clock: whether something keeps it by a source of time."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

_UNSYNC = 0x0040
"""``STA_UNSYNC`` of ``<sys/timex.h>``: set when the time is set by hand, and hours after a loss."""
_ERROR = 5
"""``TIME_ERROR``: the clock is not to be relied upon."""


class _Timex(ctypes.Structure):
    """``struct timex`` up to its status, and room for the rest (Linux, macOS: the same begin)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("several", ctypes.c_long * 4),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


@lru_cache(maxsize=1)
def _ask() -> Any:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return getattr(library, "ntp_adjtime", None) or getattr(library, "adjtimex", None)


def synchronised() -> bool:
    """Return whether the kernel says that its clock is kept (NTP, PTP); no where it cannot say.

    Setting the time by hand takes the word back at once, losing every source within some hours.
    It holds within containers, too: they share the kernel's clock.
    """
    ask = _ask()
    if ask is None:
        return False
    told = _Timex()
    state = int(ask(ctypes.byref(told)))
    return 0 <= state < _ERROR and not told.status & _UNSYNC
