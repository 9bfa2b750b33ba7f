"""Sightings to events: what lasts long enough is raised once, and ends when it is gone for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Sighting
from vigie.watch.vision.geometry import Box


@dataclass(slots=True)
class Episode:
    """One event in the making.

    Attributes:
        key: What tells it from others.
        from_us: First sighting, epoch µs.
        last_us: Last sighting.
        raised_us: When it was raised; None before.
        score: Strongest score.
        level: Word of the strongest sighting.
        path: Boxes, one a second.
    """

    key: str
    from_us: int
    last_us: int
    score: float
    level: str
    raised_us: int | None = None
    path: list[tuple[int, Box]] = field(default_factory=list)

    def take(self, at_us: int, seen: Sighting) -> None:
        """Go on with a sighting."""
        self.last_us = at_us
        if seen.score >= self.score:
            self.score, self.level = seen.score, seen.level
        if not self.path or at_us - self.path[-1][0] >= SECOND_US:
            self.path.append((at_us, seen.box))


class Debounce:
    """Raise what is sighted for ``hold_s``, end what is gone for ``release_s``."""

    def __init__(self, hold_s: float, release_s: float) -> None:
        self._hold_us = round(hold_s * SECOND_US)
        self._release_us = round(release_s * SECOND_US)
        self._open: dict[str, Episode] = {}

    def step(self, at_us: int, seen: Sequence[Sighting]) -> Iterator[Episode]:
        """Yield the episodes that are raised or end now (``raised_us``, ``last_us`` tell which)."""
        yield from self._ended(at_us)
        for one in seen:
            episode = self._open.get(one.key)
            if episode is None:
                episode = Episode(one.key, at_us, at_us, one.score, one.level)
                self._open[one.key] = episode
            episode.take(at_us, one)
            if episode.raised_us is None and at_us - episode.from_us >= self._hold_us:
                episode.raised_us = at_us
                yield episode

    def lasting(self, episode: Episode) -> bool:
        """Say whether an episode is still open."""
        return self._open.get(episode.key) is episode

    def finish(self) -> Iterator[Episode]:
        """Yield the raised ones that were open, and forget all."""
        left, self._open = self._open, {}
        yield from (one for one in left.values() if one.raised_us is not None)

    def _ended(self, at_us: int) -> Iterator[Episode]:
        # One that was never raised is forgotten as soon as its sightings stop for half the release.
        for key, one in list(self._open.items()):
            gap = self._release_us if one.raised_us is not None else self._release_us // 2
            if at_us - one.last_us > gap:
                del self._open[key]
                if one.raised_us is not None:
                    yield one
