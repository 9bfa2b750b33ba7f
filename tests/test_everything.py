"""Where `run.py test` lets the tests put their files; the rest of it is in test_run.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.everything import in_memory, suite


@pytest.mark.skipif(not Path("/proc/meminfo").is_file(), reason="only Linux has /dev/shm")
def test_files_of_tests_stand_in_memory_where_there_is_room(tmp_path: Path) -> None:
    (told,) = in_memory(tmp_path, 0)
    made = Path(told.removeprefix("--basetemp="))

    assert made.parent == tmp_path
    assert made.is_dir()
    assert in_memory(tmp_path, 0) == (told,), "one folder for all stages"
    assert in_memory(tmp_path, 1 << 62) == ()
    assert in_memory(tmp_path / "absent") == ()
    assert set(in_memory()) <= set(suite("python"))
