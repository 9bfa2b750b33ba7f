"""Which sites may be told alone, and in which slots: generated from what the past was (law, HEA-3).

A site is told alone in a slot only where it saw at least 11 persons in that slot of that weekday in
95 % of the weeks known. Of each past day one number is kept: which slots of the cutting tree held
11 and more. It is no count, it stays at the hospital, and nobody writes it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from vigie.intake.hospital.slots import HOURS, Span, spans

WEEKS: Final = 52
"""Weeks looked back at."""
FEWEST_WEEKS: Final = 8
"""With fewer known weeks of a weekday a site is not told alone on it."""
SHARE: Final = 0.95
_SPANS: Final[tuple[Span, ...]] = tuple(spans(0, HOURS))
_BITS: Final = np.arange(len(_SPANS), dtype=np.int64)
_WEEK: Final = timedelta(days=7)


@dataclass(slots=True)
class History:
    """Past days by site: which slots were large enough, one bit for each slot of the tree."""

    sites: dict[str, dict[date, int]] = field(default_factory=dict)

    def note(self, site: str, day: date, hours: Sequence[int], least: int) -> None:
        """Note a day that has ended, by its arrivals by hour."""
        seen = sum(
            1 << bit
            for bit, (first, end) in enumerate(_SPANS)
            if sum(hours[first:end]) >= least
        )  # fmt: skip
        self.sites.setdefault(site, {})[day] = seen

    def alone(self, site: str, day: date) -> frozenset[Span]:
        """Return the slots in which a site may be told alone on a day, by the weeks before it.

        The day itself has no say: what is shown of it cannot tell whether it was large.
        """
        known = self.sites.get(site, {})
        past = [known[on] for n in range(1, WEEKS + 1) if (on := day - n * _WEEK) in known]
        if len(past) < FEWEST_WEEKS:
            return frozenset()
        counts = ((np.array(past, np.int64)[:, None] >> _BITS) & 1).sum(axis=0)
        often = counts >= SHARE * len(past)
        return frozenset(span for span, enough in zip(_SPANS, often, strict=True) if enough)

    def rules(self, day: date) -> Iterator[dict[str, Any]]:
        """Yield what the past allows in the week from a day on: site, weekday, weeks, slots."""
        for site, known in sorted(self.sites.items()):
            for on in (day + timedelta(days=n) for n in range(7)):
                weeks = sum(on - n * _WEEK in known for n in range(1, WEEKS + 1))
                yield {
                    "site": site,
                    "weekday": on.isoweekday(),
                    "weeks": weeks,
                    "alone": sorted(self.alone(site, on), key=lambda one: (one[0], -one[1])),
                }

    def forget_before(self, day: date) -> None:
        """Forget days that no rule looks back at any more."""
        for site, known in self.sites.items():
            self.sites[site] = {on: seen for on, seen in known.items() if on >= day}

    def stored(self) -> dict[str, dict[str, int]]:
        """Return it as JSON holds it."""
        return {
            site: {on.isoformat(): seen for on, seen in sorted(known.items())}
            for site, known in sorted(self.sites.items())
        }

    @classmethod
    def read(cls, stored: dict[str, dict[str, int]]) -> History:
        """Return what ``stored`` gave.

        Raises:
            ValueError, TypeError, AttributeError: When it is something else.
        """
        return cls(
            {
                str(site): {date.fromisoformat(on): int(seen) for on, seen in known.items()}
                for site, known in stored.items()
            }
        )
