"""Giving free memory back: what a large step needed for a moment is not held for the day.

Allocators keep what was freed for the next step. After a commit, a forecast or a look over a day of
facts that may be a hundred megabytes that nobody needs again for hours, on a machine that has other
work.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Event, Thread
from typing import Any

EVERY_S = 60.0
LARGE_BYTES = 4 * 2**20
"""What is larger is the machine's again as soon as it is freed; so much stays free in an arena."""
POOLS = {
    "_RJEM_MALLOC_CONF": "narenas:2,tcache:false,background_thread:true,dirty_decay_ms:1000,"
    "muzzy_decay_ms:0",
    "DUCKDB_JE_MALLOC_CONF": "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "4",
    "MALLOC_MMAP_THRESHOLD_": str(LARGE_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(LARGE_BYTES),
}
"""Environment of a process that serves for months. The Delta library has an allocator of its own
(jemalloc: four arenas a processor, which give back only while they are used, and a cache for each
of its hundred threads, which fill as these take turns), DuckDB another jemalloc (it gives back only
while it is used, and what it gives stays this process's until the machine is short of memory:
tens of MiB of what queries had), Arrow another (mimalloc: a heap a thread,
of which only the caller's is given back): none heeds ``give_back``. Nor does glibc for what is
free at the end of an arena of its threads: unless told otherwise it lets that grow to 64 MiB in
each once a single large array was freed.
"""
_OPTIONS = {
    "MALLOC_ARENA_MAX": -8,
    "MALLOC_MMAP_THRESHOLD_": -3,
    "MALLOC_TRIM_THRESHOLD_": -1,
}
"""Parameters of glibc's ``mallopt`` by the variable that sets them at a process's start."""


def bound_pools() -> None:
    """Bound the pools of this process, and of those it starts, before they are loaded.

    Arrow must not be loaded yet: what it computes with its own pool is taken from the one that
    its environment named when it was (a sort, a group), whatever is set for the rest afterwards.
    Who sets one of these variables keeps his own.
    """
    new = {name: value for name, value in POOLS.items() if name not in os.environ}
    os.environ.update(new)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for name in _OPTIONS.keys() & new:
            mallopt(_OPTIONS[name], int(new[name]))


@cache
def _trim() -> Any:
    """Return the C library's ``malloc_trim``; None where it has none (musl, macOS)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim


def give_back() -> None:
    """Give what is free in this process back to the machine; nothing that is used is touched."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


@contextmanager
def giving_back(every_s: float = EVERY_S) -> Iterator[None]:
    """Give back again and again meanwhile, in a thread: for a process without intake's workers."""
    over = Event()

    def keep() -> None:
        while not over.wait(every_s):
            give_back()

    thread = Thread(target=keep, name="memory", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
