"""What large queries spill is deleted, however its process ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from vigie.lake.spill import PREFIX, own_spill, sweep

HOLDS = """
import sys
from pathlib import Path
from vigie.lake.spill import own_spill
spill = own_spill(Path(sys.argv[1]))
(spill / "rows").write_text("what a query had spilt")
print(spill, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_has_spilt_is_deleted_by_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        spill = Path(one.stdout.readline().strip())
        assert spill.stat().st_mode & 0o077 == 0
        assert sweep(tmp_path) == 0  # its process lives
        assert (spill / "rows").exists()
        one.send_signal(signal.SIGKILL)
        one.wait()
    assert spill.exists()
    own = own_spill(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [own.name]


def test_a_process_that_ends_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOLDS, str(tmp_path)], input="", capture_output=True, check=True
    )
    assert done.stdout.decode().strip().startswith(str(tmp_path / PREFIX))
    assert not list(tmp_path.iterdir())


def test_what_is_not_known_to_be_dead_stays(tmp_path: Path) -> None:
    being_made = tmp_path / f"{PREFIX}x"
    being_made.mkdir()
    (tmp_path / f"{PREFIX}file").write_bytes(b"")
    other = tmp_path / "something-else"
    other.mkdir()
    (other / "alive").touch()
    assert sweep(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 3
