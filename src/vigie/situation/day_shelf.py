"""Where the tables of published days stand: one file a day and audience, written once."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

Cells = Sequence[tuple[str, str, int]]


class DayShelf:
    """The tables of a home.

    Attributes:
        folder: The home's ``civic/days``; made at the first table.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "civic" / "days"

    def path(self, audience: str, day: date) -> Path:
        """Return where a day's table for those who are told the same stands once it is made."""
        return self.folder / audience / f"{day.isoformat()}.json"

    def keep(self, path: Path, cells: Cells) -> None:
        """Write a table whole, unless another process was first: then its table stands."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8") as file:
            json.dump(cells, file)
            file.flush()
            os.fsync(file.fileno())
            if not path.exists():
                try:
                    os.link(file.name, path)
                except FileExistsError:
                    return

    def before(self, day: date) -> list[str]:
        """Return the tables of days before a day, by audience and day, sorted."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.glob("*/*.json")
            if date.fromisoformat(path.stem) < day
        )

    def erase(self, names: Iterable[str]) -> None:
        """Delete tables by name."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
