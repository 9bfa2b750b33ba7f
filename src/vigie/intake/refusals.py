"""What was refused at the door, counted by reason and feed, and kept for who looks later.

Each process keeps a small file of its own in the home: ``vigie doctor`` reads them without asking
a server that may be down. Nothing of a message stands there.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from vigie.base.logging import get_logger

FOLDER = "pulse"
PREFIX = "refused-"
KEEP_S = 2.0
"""What is counted is on disk so much later at most."""
KEPT_S = 7 * 86_400
"""A file of a process that was silent for longer is deleted."""
_log = get_logger(__name__)


class Refusals:
    """Counts refusals; thread-safe.

    Args:
        home: Folder of the home; without one, nothing is kept.
    """

    def __init__(self, home: Path | None = None) -> None:
        name = f"{PREFIX}{os.getpid()}-{token_hex(3)}.json"
        self._file = None if home is None else home / FOLDER / name
        self._guard = threading.Lock()
        self._by_reason: Counter[str] = Counter()
        self._by_feed: Counter[str] = Counter()
        self._kept_s = float("-inf")
        self._timer: threading.Timer | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of refusals by reason since the process began."""
        with self._guard:
            return dict(self._by_reason)

    def note(self, reason: str, feed: str = "") -> None:
        """Count a refusal.

        Args:
            reason: ``backlog``, ``messages``, ``bytes``, ``disk_bytes`` or ``answers``.
            feed: The feed that was refused, if it was one.
        """
        with self._guard:
            self._by_reason[reason] += 1
            if feed:
                self._by_feed[feed] += 1
            if self._file is None or self._timer is not None:
                return
            wait = max(0.0, self._kept_s + KEEP_S - time.monotonic())
            self._timer = threading.Timer(wait, self.keep)
            self._timer.daemon = True
            self._timer.start()

    def keep(self) -> None:
        """Write down what was counted; a disk that refuses is logged, and tried again."""
        with self._guard:
            timer, self._timer = self._timer, None
            if timer is None or self._file is None:
                return
            timer.cancel()
            self._kept_s = time.monotonic()
            told = json.dumps({"reasons": self._by_reason, "feeds": self._by_feed})
            try:
                first = not self._file.exists()
                self._file.parent.mkdir(mode=0o700, exist_ok=True)
                partial = self._file.with_suffix(".new")
                partial.write_text(told, "utf-8")
                partial.replace(self._file)
                if first:
                    _forget(self._file)
            except OSError as error:
                _log.warning("refusals could not be kept", reason=error.strerror)


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused lately, by all processes of a home.

    Attributes:
        reasons: Number by reason.
        feeds: Number by feed, the most refused first.
    """

    reasons: dict[str, int]
    feeds: dict[str, int]


def refused_lately(home: Path, since_s: float) -> Refused:
    """Return what was refused by processes that refused something after an instant.

    Args:
        home: Folder of the home.
        since_s: The instant, epoch seconds.
    """
    reasons: Counter[str] = Counter()
    feeds: Counter[str] = Counter()
    for path in _files(home / FOLDER):
        try:
            if path.stat().st_mtime < since_s:
                continue
            told = json.loads(path.read_text("utf-8"))
            reasons.update({str(key): int(n) for key, n in told["reasons"].items()})
            feeds.update({str(key): int(n) for key, n in told["feeds"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # half a file is of a process that was killed: its next one counts again
    return Refused(dict(sorted(reasons.items())), dict(feeds.most_common()))


def _files(folder: Path) -> Iterator[Path]:
    return folder.glob(f"{PREFIX}*.json")


def _forget(own: Path) -> None:
    latest = own.stat().st_mtime
    for path in _files(own.parent):
        if latest - path.stat().st_mtime > KEPT_S:
            path.unlink(missing_ok=True)
