"""A network that loses, doubles, delays and reorders, and senders that try again until answered."""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass, field

MINUTE_US = 60_000_000
AGAIN_US = 20 * MINUTE_US
"""A sender that was not answered sends again after this."""


@dataclass(slots=True)
class Sent:
    """A message as its sender knows it.

    Attributes:
        number: Of the message.
        feed: Where it goes.
        content: What it says.
        refs: Records in it that are good, with their revisions.
        bad: Rows of it that cannot be read.
        acknowledged: Whether its sender was answered.
        taken: Whether the answer was given, heard or not.
    """

    number: int
    feed: str
    content: bytes
    refs: dict[str, int] = field(default_factory=dict)
    bad: list[bytes] = field(default_factory=list)
    acknowledged: bool = False
    taken: bool = False


class Network:
    """Packets under way, in the order they arrive.

    Attributes:
        healed: Whether it now brings everything at once.
        sent: Every message, by number.
    """

    def __init__(self, chance: random.Random) -> None:
        self.healed = False
        self.sent: dict[int, Sent] = {}
        self._chance = chance
        self._order = itertools.count()
        self._packets: list[tuple[int, int, str, int]] = []

    def send(self, message: Sent, now_us: int) -> None:
        """Send a message, and look after it until it is answered."""
        self.sent[message.number] = message
        self._put("push", message.number, now_us)
        self._later("again", message.number, now_us + AGAIN_US)

    def answer(self, number: int, now_us: int) -> None:
        """Send an acknowledgement back."""
        self.sent[number].taken = True
        self._put("ack", number, now_us)

    def _put(self, kind: str, number: int, now_us: int) -> None:
        copies = 1 if self.healed else self._chance.choices((0, 1, 2), (25, 60, 15))[0]
        for _ in range(copies):
            slow = self.healed or self._chance.random() < 0.7
            delay = 0 if slow else self._chance.randint(0, 600 * MINUTE_US)
            self._later(kind, number, now_us + delay)

    def _later(self, kind: str, number: int, at_us: int) -> None:
        heapq.heappush(self._packets, (at_us, next(self._order), kind, number))

    def next_us(self) -> int | None:
        """Return when the next packet arrives; None when none is under way."""
        return self._packets[0][0] if self._packets else None

    def arrived(self, now_us: int) -> list[Sent]:
        """Return the messages that arrive now, and let senders hear their answers."""
        pushed = []
        while self._packets and self._packets[0][0] <= now_us:
            at_us, _, kind, number = heapq.heappop(self._packets)
            message = self.sent[number]
            if kind == "push":
                pushed.append(message)
            elif kind == "ack":
                message.acknowledged = True
            elif not message.acknowledged:
                self._put("push", number, at_us)
                self._later("again", number, at_us + AGAIN_US)
        return pushed

    @property
    def quiet(self) -> bool:
        """Whether every sender was answered."""
        return all(message.acknowledged for message in self.sent.values())
