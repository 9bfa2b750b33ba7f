"""What the lake's small SQLite files hold of their pages is bounded, whatever they have taken."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from vigie.lake.index import IdIndex

IDS = 200_000
MOST_BYTES = 4 * 2**20
"""Of pages: reached within an hour at thirty facts a second, which a soak must see."""
BESIDE_BYTES = 2**20
"""Statements, the log's index and what one transaction needs."""


def held_bytes() -> int:
    """Return what the SQLite library of this process has allocated."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    path = next((line.split()[-1] for line in lines if "libsqlite3" in line), None)
    if path is None:
        pytest.skip("the SQLite library of this Python cannot be asked")
    used = ctypes.CDLL(path).sqlite3_memory_used
    used.restype = ctypes.c_int64
    return int(used())


def test_the_index_of_ids_holds_no_more_pages_however_many_ids_it_took(tmp_path: Path) -> None:
    before = held_bytes()
    index = IdIndex(tmp_path / "index.db")
    index.declare("facts")
    names = [f"{n * 2_654_435_761 % 2**32:026x}" for n in range(IDS)]
    for at in range(0, IDS, 10_000):
        index.record("facts", at, ((name, 1, 1) for name in sorted(names[at : at + 10_000])))
    grown = held_bytes() - before
    assert (tmp_path / "index.db-wal").stat().st_size > 2 * MOST_BYTES
    assert len(index.find("facts", names[:100])) == 100
    index.close()
    assert grown <= MOST_BYTES + BESIDE_BYTES
