"""The process of the demo's cameras (``filming``), while the demo is served."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, Self

from vigie.jobs.children import end, start

MOST: Final = 4
FOLDER = "filmed"
VIDEO: Final = ("av", "cv2")
"""What the video extra brings."""


def can_film() -> bool:
    """Say whether the video extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in VIDEO)


class DemoCameras:
    """Runs that process while it is entered; without the video extra there is none.

    Args:
        home: The demo's folder.
        count: Cameras, 0 to ``MOST``.
    """

    def __init__(self, home: Path, count: int) -> None:
        self._home, self._count = home, count
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it; waits for nothing."""
        if self._count and can_film():
            folder = self._home / FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            command: list[str | Path] = [
                *(sys.executable, "-m", "vigie.jobs.filming", self._home, str(self._count))
            ]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            with (folder / "cameras.log").open("wb") as said:
                self._process = start(command, environment=environment, log=said)
        return self

    def __exit__(self, *_: object) -> None:
        """End it, its recorders first."""
        if self._process is not None:
            end(self._process)
