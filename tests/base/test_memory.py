"""What was freed goes back to the machine."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.base.memory import POOLS, give_back

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
