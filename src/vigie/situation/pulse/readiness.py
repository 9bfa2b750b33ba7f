"""Whether a home can serve: its stores answer, the journal can write, nothing waits to be migrated.

The journal is written to, in earnest and flushed: a disk that only reads is not ready. Whoever asks
is answered from memory for a few seconds, for anybody may ask.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable

from vigie.base.errors import HomeInvalid, Unavailable, VigieError
from vigie.base.logging import get_logger
from vigie.desk.database import pending
from vigie.intake.schema import SCHEMA_VERSION
from vigie.situation.age import FORMAT, FORMAT_FILE
from vigie.situation.home import Home

REMEMBER_S = 3.0
PARTS = ("desk", "lake", "journal", "disk", "keys", "migration")
log = get_logger(__name__)


class Readiness:
    """Looks at every part of a home, and remembers for a moment what it found."""

    def __init__(self, home: Home, remember_s: float = REMEMBER_S) -> None:
        self._remember_s = remember_s
        self._guard = threading.Lock()
        self._read_s = float("-inf")
        self._wrong: tuple[str, str] | None = None
        looks = (home.desk.alerts.count, lambda: home.lake.count("facts"))
        more = (home.intake.figures.try_writing, lambda: _disk(home), home.keys.status)
        self._parts: dict[str, Callable[[], object]] = dict(
            zip(PARTS, (*looks, *more, lambda: _migration(home)), strict=True)
        )

    def require(self) -> None:
        """Return when every part is ready.

        Raises:
            Unavailable: With the first part that is not, and why.
        """
        with self._guard:
            if time.monotonic() - self._read_s > self._remember_s:
                self._wrong = self._look()
                self._read_s = time.monotonic()
            wrong = self._wrong
        if wrong is not None:
            raise Unavailable(what=wrong[0], reason=wrong[1])

    def _look(self) -> tuple[str, str] | None:
        for name, ask in self._parts.items():
            try:
                ask()
            except VigieError as error:
                return name, str(error.params.get("reason", error.code))
            except Exception as error:
                log.exception("a part is not ready", part=name)
                return name, type(error).__name__
        return None


def _disk(home: Home) -> None:
    free = shutil.disk_usage(home.path).free
    if free < home.settings.intake.min_free_bytes:
        raise Unavailable(what="disk", reason=f"{free // 2**20} MiB")


def _migration(home: Home) -> None:
    """Raise when another process has changed, or not yet changed, what this one reads."""
    told = (home.path / FORMAT_FILE).read_text("ascii", errors="replace").strip()
    schema = home.intake.figures.schema()
    if told != str(FORMAT) or schema != SCHEMA_VERSION or pending(home.desk.engine):
        raise HomeInvalid(home=home.path.name, reason=f"format {told}, journal {schema}")
