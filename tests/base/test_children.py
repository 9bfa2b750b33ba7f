"""A child is begun again when it ends, and ended when it does not end by itself."""

from __future__ import annotations

import subprocess
import sys
import threading

from tests.rows import for_each

from vigie.base.children import end_child, keep_running


def test_a_child_that_ends_is_begun_again_until_told_to_stop() -> None:
    stopping, lives, falls = threading.Event(), list[int](), list[int]()

    def run() -> int:
        lives.append(len(lives))
        if len(lives) == 3:
            stopping.set()
        return 1

    class Hasty(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            return stopping.is_set()

        def is_set(self) -> bool:
            return stopping.is_set()

    waits = list[float]()
    keep_running("probe", run, Hasty(), lambda: falls.append(1))
    assert lives == [0, 1, 2]
    assert len(falls) == 2  # the third was told to end
    assert waits == [0, 1]


@for_each("case", [(True, 0), (False, -9)])
def test_a_child_is_ended(case: tuple[bool, int]) -> None:
    heeds, code = case
    does = "sys.stdin.read()" if heeds else "sys.stdin.read(); time.sleep(60)"
    child = subprocess.Popen(
        [sys.executable, "-c", f"import sys, time; {does}"], stdin=subprocess.PIPE
    )
    end_child("probe", child, began=True, within_s=5.0 if heeds else 0.2)
    assert child.returncode == code


def test_a_child_that_is_only_starting_is_told_to_end() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.PIPE
    )
    end_child("probe", child, began=False, within_s=5.0)
    assert child.returncode == -15
