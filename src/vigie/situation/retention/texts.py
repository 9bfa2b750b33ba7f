"""Texts that have ended, live or sealed; a hold on them is read from their facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us, to_us
from vigie.keys.keeper import MISSIONS, NARRATIVES, OFFENCES, Keeper
from vigie.lake.narratives import Narratives, key_of
from vigie.lake.sealed import Originals, Regime
from vigie.lake.store import Lake
from vigie.model.contracts import FACTS
from vigie.model.holds import Hold
from vigie.situation.retention.windows import keeping

TEXTS: Final = {"narratives": NARRATIVES, "sealed_missions": MISSIONS, "sealed_offences": OFFENCES}
"""Stores of texts, and the domain of their keys."""

_REGIMES: Final[dict[str, Regime]] = {"sealed_missions": "missions", "sealed_offences": "offences"}


def texts_of(lake: Lake, store: str) -> Narratives | Originals | None:
    """Return a store of texts; None when the home keeps none of that kind."""
    return lake.narratives if store == "narratives" else lake.originals(_REGIMES[store])


def part_at(at_us: int, zone: ZoneInfo) -> str:
    """Return the local day of an instant."""
    return from_us(at_us).astimezone(zone).date().isoformat()


class Texts:
    """What of the texts has ended, and how it goes.

    Args:
        lake: The lake.
        keys: Of the texts.
        zone: The city's.
    """

    def __init__(self, lake: Lake, keys: Keeper, zone: ZoneInfo) -> None:
        self._lake, self._keys, self._zone = lake, keys, zone

    def expired(
        self, store: str, before_us: int, holds: Sequence[Hold]
    ) -> tuple[list[str], int, int]:
        """Return the facts whose texts have ended, and where their first and last days begin.

        Args:
            store: One of ``TEXTS``.
            before_us: First instant of the first day that has not ended.
            holds: Holds that freeze texts.
        """
        texts = texts_of(self._lake, store)
        rows = [] if texts is None else texts.before(part_at(before_us, self._zone))
        if rows and holds:
            facts = self._lake.scan("facts", ids=[id_ for id_, _ in rows])
            mask = keeping(holds, FACTS)(facts)
            held = {id_ for id_, one in zip(facts["fact_id"].to_pylist(), mask, strict=True) if one}
            rows = [(id_, day) for id_, day in rows if id_ not in held]
        if not rows:
            return [], 0, 0
        days = [day for _, day in rows]
        return [id_ for id_, _ in rows], self._begin(min(days)), self._begin(max(days))

    def erase(self, store: str, before_us: int, ids: Sequence[str]) -> None:
        """Delete texts that have ended, and the key of each feed's day that none is left of.

        Whatever copy of the file is left then, nobody can read it. ``forget`` must follow.
        """
        part, texts = part_at(before_us, self._zone), texts_of(self._lake, store)
        if texts is None:
            return
        days = texts.days_before(part)
        texts.erase(ids, forget=False)
        left = texts.days_before(part)
        if not left:
            self._keys.destroy(TEXTS[store], before=key_of("", part).day)
        for source, day in sorted(days - left if left else ()):
            self._keys.destroy(TEXTS[store], source=source, day=key_of(source, day).day)

    def forget(self, store: str) -> None:
        """Leave no byte of what ``erase`` deleted."""
        texts = texts_of(self._lake, store)
        if texts is not None:
            texts.forget_deleted()

    def _begin(self, day: str) -> int:
        return to_us(datetime.combine(date.fromisoformat(day), time(), self._zone))
