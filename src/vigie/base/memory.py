"""Giving free memory back: what a large step needed for a moment is not held for the day.

Allocators keep what was freed for the next step. After a commit, a forecast or a look over a day of
facts that may be a hundred megabytes that nobody needs again for hours, on a machine that has other
work.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any

import pyarrow as pa

EVERY_S = 60.0
POOLS = {
    "_RJEM_MALLOC_CONF": "narenas:2,tcache:false,background_thread:true,dirty_decay_ms:1000,"
    "muzzy_decay_ms:0",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "4",
}
"""Environment of a process that serves for months. The Delta library has an allocator of its own
(jemalloc: four arenas a processor, which give back only while they are used, and a cache for each
of its hundred threads, which fill as these take turns), Arrow another (mimalloc: a heap a thread,
of which only the caller's is given back): neither heeds ``give_back``.
"""
_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``mallopt``."""


def bound_pools() -> None:
    """Bound the pools of this process, and of those it starts, before they are loaded.

    Who sets one of these variables keeps his own.
    """
    new = {name: value for name, value in POOLS.items() if name not in os.environ}
    os.environ.update(new)
    if "ARROW_DEFAULT_MEMORY_POOL" in new:
        pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None and "MALLOC_ARENA_MAX" in new:
        mallopt(_ARENA_MAX, int(new["MALLOC_ARENA_MAX"]))


@cache
def _trim() -> Any:
    """Return the C library's ``malloc_trim``; None where it has none (musl, macOS)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim


def give_back() -> None:
    """Give what is free in this process back to the machine; nothing that is used is touched."""
    pa.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)
