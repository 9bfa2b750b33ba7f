"""When each task of a home was last done: one small file each, that other processes read too."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from vigie.base.logging import get_logger

FOLDER = "pulse"
COPIES = "copies"
AGAIN_US = 20_000_000
"""What is done every few seconds is written down no oftener than this."""
_NAME = re.compile(r"[a-z_]{1,40}")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """That a task was done.

    Attributes:
        name: The task.
        every_s: Seconds between two runs.
        at_us: When it last ended well, epoch µs.
    """

    name: str
    every_s: int
    at_us: int


class Marks:
    """The marks of a home.

    Args:
        home: The home's folder.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._written: dict[str, int] = {}

    def note(self, name: str, every_s: int, at_us: int) -> None:
        """Note that a task was done; a disk that refuses is logged, the task itself was done."""
        if not _NAME.fullmatch(name):
            msg = f"{name!r} is no task's name"
            raise ValueError(msg)
        if 0 <= at_us - self._written.get(name, 0) < AGAIN_US:
            return
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            partial = self._folder / f"{name}.new"
            partial.write_text(json.dumps({"every_s": every_s, "at_us": at_us}), "ascii")
            partial.replace(self._folder / f"{name}.json")
        except OSError as error:
            _log.warning("a mark could not be written", task=name, reason=error.strerror)
            return
        self._written[name] = at_us

    def read(self) -> list[Mark]:
        """Return every mark, by name; one that cannot be read is left out."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                told = json.loads(path.read_text("ascii"))
                found.append(Mark(path.stem, int(told["every_s"]), int(told["at_us"])))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return found

    def get(self, name: str) -> Mark | None:
        """Return the mark of a task; None when it was never done."""
        return next((mark for mark in self.read() if mark.name == name), None)
