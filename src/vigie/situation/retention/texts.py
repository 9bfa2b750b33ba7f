"""Texts of the live plane that have ended; a hold on them is read from their facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us, to_us
from vigie.keys.keeper import NARRATIVES, Keeper
from vigie.lake.narratives import key_of
from vigie.lake.store import Lake
from vigie.model.contracts import FACTS
from vigie.model.holds import Hold
from vigie.situation.retention.windows import keeping


def expired_texts(
    lake: Lake, zone: ZoneInfo, before_us: int, holds: Sequence[Hold]
) -> tuple[list[str], int, int]:
    """Return the facts whose texts have ended, and where the first and last of their days begin.

    Args:
        lake: The lake.
        zone: The city's.
        before_us: First instant of the first day that has not ended.
        holds: Holds that freeze texts.
    """
    part = part_at(before_us, zone)
    rows = lake.narratives.before(part)
    if rows and holds:
        facts = lake.scan("facts", ids=[id_ for id_, _ in rows])
        mask = keeping(holds, FACTS)(facts)
        held = {id_ for id_, one in zip(facts["fact_id"].to_pylist(), mask, strict=True) if one}
        rows = [(id_, day) for id_, day in rows if id_ not in held]
    if not rows:
        return [], 0, 0
    days = [day for _, day in rows]
    return [id_ for id_, _ in rows], _begin(min(days), zone), _begin(max(days), zone)


def part_at(at_us: int, zone: ZoneInfo) -> str:
    """Return the local day of an instant."""
    return from_us(at_us).astimezone(zone).date().isoformat()


def erase_texts(
    lake: Lake, keys: Keeper, zone: ZoneInfo, before_us: int, ids: Sequence[str]
) -> None:
    """Delete texts that have ended, and the key of each feed's day that none is left of.

    Whatever copy of the file is left then, nobody can read it. ``forget_deleted`` must follow.
    """
    part = part_at(before_us, zone)
    days = lake.narratives.days_before(part)
    lake.narratives.erase(ids, forget=False)
    left = lake.narratives.days_before(part)
    if not left:
        keys.destroy(NARRATIVES, before=key_of("", part).day)
    for source, day in sorted(days - left if left else ()):
        keys.destroy(NARRATIVES, source=source, day=key_of(source, day).day)


def _begin(day: str, zone: ZoneInfo) -> int:
    return to_us(datetime.combine(date.fromisoformat(day), time(), zone))
