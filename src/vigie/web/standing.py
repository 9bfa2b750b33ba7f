"""Whether those who listen may go on listening, asked every other second of hundreds of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from vigie.base.clock import Clock, now_us
from vigie.desk.credentials import Credentials, Mark

FRESH_S = 1.0
LOOK_CLOSER_US = 120_000_000
"""Whatever no mark shows is found within this."""


class Standing:
    """The marks of all sessions and tokens, read anew when they are older than a second."""

    def __init__(self, credentials: Credentials, clock: Clock) -> None:
        self.clock = clock
        self._credentials = credentials
        self._marks: dict[str, Mark] = {}
        self._read_s = float("-inf")
        self._reading: asyncio.Lock | None = None

    async def mark(self, secret_hash: str) -> Mark | None:
        """Return the mark of a session or token; None when there is none any more."""
        if monotonic() - self._read_s > FRESH_S:
            self._reading = self._reading or asyncio.Lock()
            async with self._reading:
                if monotonic() - self._read_s > FRESH_S:
                    began = monotonic()
                    self._marks = await asyncio.to_thread(
                        self._credentials.marks, now_us(self.clock)
                    )
                    self._read_s = began
        return self._marks.get(secret_hash)


class Listener:
    """One who listens: looked at closely when its mark has changed, and now and then.

    Args:
        standing: The marks.
        secret_hash: Hash of its session's or token's secret.
        look: Looks closely: whether it may still listen.
    """

    def __init__(self, standing: Standing, secret_hash: str, look: Callable[[], bool]) -> None:
        self._standing = standing
        self._secret_hash = secret_hash
        self._look = look
        self._mark: Mark | None = None
        self._looked_us = 0

    async def still_allowed(self) -> bool:
        """Say whether it may go on listening."""
        mark = await self._standing.mark(self._secret_hash)
        at = now_us(self._standing.clock)
        if mark is not None and mark == self._mark and at - self._looked_us < LOOK_CLOSER_US:
            return True
        self._mark, self._looked_us = mark, at
        return await asyncio.to_thread(self._look)
