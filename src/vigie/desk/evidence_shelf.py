"""Where evidence packages wait until they are handed over: one file each, readable by the service.

What begins with a package's id is that package, whole or still being written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

FOLDER = "evidence"
ENDING = ".zip"
PARTIAL = ".zip.partial"


class EvidenceShelf:
    """The packages of a home.

    Attributes:
        folder: The home's ``evidence`` folder; made at the first package.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def path(self, package_id: str) -> Path:
        """Return where a package stands once it is whole."""
        return self.folder / f"{package_id}{ENDING}"

    def draft(self, package_id: str) -> Path:
        """Return where it is written; its folder is there, closed to others."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder / f"{package_id}{PARTIAL}"

    def finish(self, package_id: str) -> Path:
        """Put a written package in its place, on disk; returns where."""
        with self.draft(package_id).open("rb") as file:
            os.fsync(file.fileno())
        return self.draft(package_id).replace(self.path(package_id))

    def others(self, kept: Iterable[str]) -> list[str]:
        """Return the names of files that are of none of these packages, sorted."""
        if not self.folder.is_dir():
            return []
        known = set(kept)
        names = (path.name for path in self.folder.iterdir())
        return sorted(name for name in names if name.partition(".")[0] not in known)

    def erase(self, names: Iterable[str]) -> None:
        """Delete files by name."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
