"""The public board: what may be read now, rendered once and kept until it may change.

It asks ``standing.public_at`` and ``standing.cancelled_at`` and nothing else what is public. A
rendering is kept until an act is written or something expires, and caches beyond this house are
told no later instant.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vigie.base.clock import Clock, now_us
from vigie.base.logging import get_logger
from vigie.base.settings import Settings
from vigie.desk.public_messages import PublicMessages
from vigie.desk.store import Desk
from vigie.foresight.informing.issue import ACTUAL, EXERCISE, Issue, Speaker, in_order, issue_at
from vigie.foresight.informing.standing import MessageStepRefused, fold
from vigie.foresight.plans import SECOND_US

LONGEST_CACHE_S = 60
"""A message that is withdrawn may still be read this long from a cache that is not ours."""

_MOST_KEPT = 200
_LOG = get_logger(__name__)


class House(Protocol):
    """What the board reads of a home."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def desk(self) -> Desk: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Shown:
    """What is public at an instant.

    Attributes:
        issues: In the order they are read.
        changed_us: When something was last published or withdrawn, epoch µs; 0 for never.
        until_us: The first instant at which something of it expires; None for none.
    """

    issues: tuple[Issue, ...]
    changed_us: int
    until_us: int | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A content for everybody, and how long a cache may keep it.

    Attributes:
        content: The bytes.
        max_age_s: Whole seconds, never beyond the first expiry in it.
    """

    content: bytes
    max_age_s: int


Render = Callable[[Shown, Speaker], bytes]


def speaker_of(settings: Settings) -> Speaker:
    """Return who tells the public; a demonstration is never anything but an exercise or a test."""
    address = settings.server.public_url
    host = address.partition("://")[2].partition(":")[0] or "vigie.invalid"
    status: str = settings.public.status
    if settings.demo and status == ACTUAL:
        status = EXERCISE
    return Speaker(
        name=settings.city.name,
        sender=settings.public.sender or f"vigie@{host}",
        status=status,
        address=address,
        timezone=settings.city.timezone,
    )


def shown_at(messages: PublicMessages, at_us: int) -> Shown:
    """Return what is public at an instant.

    A message whose acts do not follow each other (a database that was written by another hand) is
    left out and the log says so.
    """
    issues = []
    for message_id, entries in messages.after(at_us).items():
        try:
            issue = issue_at(fold(entries), at_us)
        except MessageStepRefused as error:
            why = str(error.params.get("why", ""))
            _LOG.warning("public message left out", message=message_id, why=why)
            continue
        if issue is not None:
            issues.append(issue)
    return Shown(
        tuple(in_order(issues)),
        max((one.sent_us for one in issues), default=0),
        min((one.message.expires_us for one in issues), default=None),
    )


class Board:
    """Renders what is public and keeps it while it is true."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._mark: tuple[int, int] = (-1, -1)
        self._shown: Shown | None = None
        self._from_us = 0
        self._kept: dict[str, bytes] = {}

    def shown(self) -> Shown:
        """Return what is public now."""
        with self._lock:
            return self._now()[0]

    def render(self, name: str, how: Render) -> Rendered:
        """Return a rendering of what is public now.

        Args:
            name: Name under which it is kept.
            how: Makes it when it is not kept.
        """
        with self._lock:
            shown, at_us = self._now()
            if name not in self._kept:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[name] = how(shown, speaker_of(self._house.settings))
            content = self._kept[name]
        left = LONGEST_CACHE_S
        if shown.until_us is not None:
            left = min(left, (shown.until_us - at_us) // SECOND_US)
        return Rendered(content, max(0, left))

    def _now(self) -> tuple[Shown, int]:
        """Return what is public and the instant; call it with the lock held."""
        at_us, messages = now_us(self._house.clock), self._house.desk.public_messages
        mark = messages.mark()
        shown = self._shown
        over = shown is not None and shown.until_us is not None and at_us >= shown.until_us
        if shown is None or over or mark != self._mark or at_us < self._from_us:
            shown = shown_at(messages, at_us)
            self._shown, self._mark, self._from_us = shown, mark, at_us
            self._kept.clear()
        return shown, at_us
