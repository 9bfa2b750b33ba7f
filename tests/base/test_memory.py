"""What was freed goes back to the machine."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.base.memory import LARGE_BYTES, POOLS, give_back, giving_back

ARROW = "ARROW_DEFAULT_MEMORY_POOL"


def own_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_free_goes_back_and_what_is_used_stays() -> None:
    if getattr(ctypes.CDLL(None), "malloc_trim", None) is None:
        pytest.skip("the C library has no malloc_trim")
    table = pa.table({"n": pa.array(range(10_000))})
    # Blocks below the size that is mapped for itself, with one in use above them all.
    blocks = [bytearray(100_000) for _ in range(1_000)]
    last = bytearray(b"x" * 100_000)
    full = own_mb()
    del blocks
    give_back()
    assert own_mb() < full - 60
    assert table["n"][9_999].as_py() == 9_999
    assert last == b"x" * 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_without_workers_gives_back_by_itself_until_it_ends() -> None:
    if getattr(ctypes.CDLL(None), "malloc_trim", None) is None:
        pytest.skip("the C library has no malloc_trim")
    blocks = [bytearray(100_000) for _ in range(1_000)]
    last = bytearray(b"x" * 100_000)
    full, before = own_mb(), set(threading.enumerate())
    with giving_back(0.01):
        del blocks
        until = time.monotonic() + 10
        while own_mb() >= full - 60 and time.monotonic() < until:
            time.sleep(0.01)
        assert own_mb() < full - 60
    assert set(threading.enumerate()) <= before
    assert last == b"x" * 100_000


BOUND = """
import os
from vigie.base.memory import POOLS, bound_pools
bound_pools()
import pyarrow as pa
print(pa.default_memory_pool().backend_name, *(os.environ[name] for name in sorted(POOLS)))
"""


@pytest.mark.parametrize(("own", "backend"), [({}, "system"), ({ARROW: "mimalloc"}, "mimalloc")])
def test_the_pools_of_a_server_are_bounded_unless_its_environment_says_otherwise(
    own: dict[str, str], backend: str
) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in POOLS}
    words = [sys.executable, "-c", BOUND]
    done = subprocess.run(words, env={**clean, **own}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [backend, *((POOLS | own)[name] for name in sorted(POOLS))]


DUCKDB = """
import ctypes
from vigie.base.memory import bound_pools
bound_pools()
import _duckdb
tell = getattr(ctypes.CDLL(_duckdb.__file__), "duckdb_je_mallctl", None)
for name, kind in (b"opt.muzzy_decay_ms", ctypes.c_ssize_t), (b"background_thread", ctypes.c_bool):
    found = kind(-1)
    size = ctypes.c_size_t(ctypes.sizeof(kind))
    told = name, ctypes.byref(found), ctypes.byref(size), None, ctypes.c_size_t(0)
    if tell is None or tell(*told):
        print("none")
    else:
        print(found.value)
"""


def test_what_queries_had_is_not_kept_until_memory_is_short() -> None:
    clean = {name: value for name, value in os.environ.items() if name not in POOLS}
    words = [sys.executable, "-c", DUCKDB]
    done = subprocess.run(words, env=clean, capture_output=True, text=True, check=True)
    found = done.stdout.split()
    if "none" in found:
        pytest.skip("DuckDB has no allocator of its own here")
    assert found == ["0", "True"]


FREED = """
import ctypes, threading
from vigie.base.memory import bound_pools, give_back
bound_pools()
class Told(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Told
def work():
    del (large := [bytearray(31 << 20)])[:]  # freed: unless told otherwise, less is never mapped
    several = [bytearray(3 << 20) for _ in range(16)]
    del several
thread = threading.Thread(target=work)
thread.start()
thread.join()
give_back()
print(libc.mallinfo2().fordblks)
"""


def test_what_a_thread_has_freed_is_not_held_free_for_it() -> None:
    if getattr(ctypes.CDLL(None), "mallinfo2", None) is None:
        pytest.skip("the C library does not tell what it holds free")
    clean = {name: value for name, value in os.environ.items() if name not in POOLS}
    done = subprocess.run(
        [sys.executable, "-c", FREED], env=clean, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 3 * LARGE_BYTES  # of the 48 MiB: in two arenas, and what Python frees


COMPUTED = """
import vigie.cli.main
from vigie.base.memory import bound_pools
vigie.cli.main.build_app()
bound_pools()
import pyarrow as pa
pa.table({"n": [1, 2, 1] * 10_000}).group_by("n").aggregate([([], "count_all")])
print(pa.mimalloc_memory_pool().max_memory(), pa.system_memory_pool().max_memory())
"""


def test_what_arrow_computes_is_in_the_pool_that_gives_back_too() -> None:
    clean = {name: value for name, value in os.environ.items() if name not in POOLS}
    words = [sys.executable, "-c", COMPUTED]
    done = subprocess.run(words, env=clean, capture_output=True, text=True, check=True)
    unbounded, bounded = (int(word) for word in done.stdout.split())
    assert unbounded == 0
    assert bounded > 0
