"""The ``vigie.counts`` message: what leaves a hospital, and nothing in it can hold a patient.

    {"format": "vigie.counts", "version": 1, "site": "130000000",
     "made_at": "2026-11-23T03:00:00Z", "days": [{"day": "2026-11-22", "figures": [
         {"metric": "health.arrivals", "slots": [[0, 8, 31], [8, 10, 14]]}]}]}

A slot is the first local hour, the hour after the last, and the count: at least 11. Site codes,
metric codes, a day and an instant are its only texts, each of a closed form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.translations import Phrase
from vigie.intake.hospital.fields import COUNTS
from vigie.intake.hospital.passages import (
    ARRIVALS,
    DIMENSIONS,
    HIDDEN,
    LEAST,
    METRIC_OF,
    METRICS,
    SITE,
    SKEW_US,
    hour_start_us,
)
from vigie.intake.hospital.slots import HOURS
from vigie.intake.messages.reading import RowRefused, first, many, need_instant, need_text
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused

FORMAT = "vigie.counts"
VERSION = 1
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SLOT = 3
_MOST = 1_000_000

Slots = Sequence[tuple[int, int, int]]
"""First local hour, hour after the last, count."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one site on one local day: all slots that may be shown.

    Attributes:
        made_us: When it was made: of two, the later one stands.
    """

    site: str
    day: date
    metric: str
    slots: tuple[tuple[int, int, int], ...]
    made_us: int


def write_counts(
    site: str, made_us: int, days: Mapping[date, Mapping[str, Slots]]
) -> dict[str, Any]:
    """Return a message of some days' slots by metric, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": site,
        "made_at": to_rfc3339(made_us),
        "days": [
            {
                "day": day.isoformat(),
                "figures": [
                    {"metric": metric, "slots": [list(slot) for slot in slots]}
                    for metric, slots in shown.items()
                ],
            }
            for day, shown in days.items()
        ],
    }


def raw_figure(figure: Figure) -> bytes:
    """Return a figure as a message of its own."""
    days = {figure.day: {figure.metric: figure.slots}}
    return json.dumps(write_counts(figure.site, figure.made_us, days)).encode()


def read_counts(tree: Tree, timezone: str, now_us: int, rows: Rows) -> list[Figure]:
    """Return the figures of a message; one that is too small is refused here too.

    Args:
        tree: The JSON's tree.
        timezone: Zone of the days.
        now_us: Instant of receipt: a day that has not ended cannot be told.
        rows: Where each figure is a row.

    Raises:
        FileRefused: When its head is not that of such a message.
    """
    stripped = COUNTS.strip({"counts": tree})
    rows.remarks(stripped.notices())
    kept = first(stripped.tree, "counts")
    if first(kept, "version") != VERSION:
        raise FileRefused("unknown_version", value=HIDDEN)
    try:
        site = need_text(kept, "site")
        made_us = need_instant(kept, "made_at", timezone, zoned=True)
    except RowRefused as refusal:
        params = {name: value for name, value in refusal.params.items() if name == "column"}
        raise FileRefused(refusal.code, **{"value": HIDDEN, **params}) from refusal
    if made_us > now_us + SKEW_US:
        raise FileRefused("time_in_future", value=to_rfc3339(made_us))
    if SITE.fullmatch(site) is None:
        raise FileRefused("missing_required", column="site")
    figures: list[Figure] = []
    for stated in many(kept, "days"):
        of_day: list[Figure] = []
        for one in sorted(many(stated, "figures"), key=_total_first):
            raw = json.dumps(_alone(site, made_us, stated, one)).encode()
            with rows.row(raw):
                day = _day(stated)
                metric = need_text(one, "metric")
                if metric not in METRICS:
                    raise RowRefused("unknown_metric", value=HIDDEN)
                slots = _slots(one)
                if hour_start_us(day, HOURS, timezone) > now_us:
                    raise RowRefused("time_in_future", value=day.isoformat())
                figure = Figure(site, day, metric, slots, made_us)
                _check_complement(of_day, figure)
                of_day.append(figure)
        figures += of_day
    return figures


def _total_first(one: Tree) -> bool:
    return bool(first(one, "metric") != ARRIVALS)


def _alone(site: str, made_us: int, stated: Tree, one: Tree) -> dict[str, Any]:
    day = first(stated, "day")
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": site,
        "made_at": to_rfc3339(made_us),
        "days": [{"day": day if isinstance(day, str) else None, "figures": [one]}],
    }


def _day(stated: Tree) -> date:
    said = need_text(stated, "day", 40)
    try:
        day = date.fromisoformat(said if _DAY.fullmatch(said) else "")
    except ValueError as error:
        raise RowRefused("bad_time", value=HIDDEN, column="day") from error
    if not date(1970, 1, 2) <= day <= date(9999, 12, 30):
        raise RowRefused("time_too_old", value=day.isoformat())
    return day


def _slots(one: Tree) -> tuple[tuple[int, int, int], ...]:
    """Return the slots of a figure.

    Raises:
        RowRefused: ``bad_number`` when one is no slot, ``bad_row`` when they overlap,
            ``group_too_small`` when one is below the threshold.
    """
    said = one.get("slots") if isinstance(one, dict) else None
    if not isinstance(said, list):
        raise RowRefused("missing_required", column="slots")
    found: list[tuple[int, int, int]] = []
    for slot in said:
        whole = isinstance(slot, list) and len(slot) == _SLOT
        if not whole or any(isinstance(n, bool) or not isinstance(n, int) for n in slot):
            raise RowRefused("bad_number", value=HIDDEN, column="slots")
        begin, end, count = slot
        if count > _MOST:
            raise RowRefused("bad_number", value=HIDDEN, column="slots")
        if count < LEAST:
            raise RowRefused("group_too_small", count=f"1-{LEAST - 1}", minimum=LEAST)
        if not (found[-1][1] if found else 0) <= begin < end <= HOURS:
            raise RowRefused("bad_row", reason=Phrase("reason_counts"))
        found.append((begin, end, count))
    return tuple(found)


def _check_complement(before: Sequence[Figure], figure: Figure) -> None:
    """Refuse a message in which a part's difference with the total is a small group.

    Raises:
        FileRefused: ``group_too_small``; ``bad_row`` when parts exceed their whole or a metric is
            there twice. None of it is made by the edge: the message is not to be trusted at all.
    """
    if any(one.metric == figure.metric for one in before):
        raise FileRefused("bad_row", reason=Phrase("reason_counts"))
    total = next((one for one in before if one.metric == ARRIVALS), None)
    if total is None or figure.metric == ARRIVALS:
        return
    groups = next(
        {METRIC_OF[one] for one in names}
        for names in DIMENSIONS.values()
        if figure.metric in {METRIC_OF[one] for one in names}
    )
    parts = [one for one in (*before, figure) if one.metric in groups]
    for begin, end, _ in figure.slots:
        whole = _within(total, begin, end)
        if whole is None:
            continue
        rest = whole - sum(_within(part, begin, end) or 0 for part in parts)
        if rest < 0:
            raise FileRefused("bad_row", reason=Phrase("reason_counts"))
        if 0 < rest < LEAST:
            raise FileRefused("group_too_small", count=f"1-{LEAST - 1}", minimum=LEAST)


def _within(figure: Figure, begin: int, end: int) -> int | None:
    """Return the sum of a figure over some hours, or None where its slots do not tell it."""
    inside = [slot for slot in figure.slots if slot[0] >= begin and slot[1] <= end]
    covered = sum(slot[1] - slot[0] for slot in inside)
    return sum(slot[2] for slot in inside) if covered == end - begin else None
