"""Météo-France's vigilance for the Bouches-du-Rhône, drawn from the weather of the truth.

Two bulletins a day, each until midnight of the next day, in the official form (DPVigilance). What
is left of today is told as it will be; tomorrow is foreseen with an error, so that a later bulletin
amends it. A bulletin lists the phenomena that are above green, and those that one of the last four
had so, for what turns green is called off. Thresholds are the city's own, of the order of the real
ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.ledger import Feed
from vigie.city.plans import at_local
from vigie.city.span import DAY_US, HOUR_US, IntArray, local, utc_text
from vigie.city.truth import Truth

SOURCE = "vigilance"
DOMAIN = "13"
AT_HOURS = (6, 16)
HISTORY_DAYS = 5
GREEN = 1
_REMEMBERED = 4
_BLOCK_HOURS = 3
_PART_HOURS = 6
_RAIN_HOURS = 6


class Phenomenon(NamedTuple):
    """What is watched.

    Attributes:
        code: Of Météo-France.
        thresholds: From which it is yellow, orange, red.
        error: Standard deviation of the logarithm of what is foreseen for tomorrow.
    """

    code: str
    thresholds: tuple[float, float, float]
    error: float


WIND = Phenomenon("1", (22.0, 28.0, 36.0), 0.12)
"""Gusts, m/s."""
RAIN = Phenomenon("2", (12.0, 25.0, 60.0), 0.25)
"""Millimetres in six hours."""
HEAT = Phenomenon("6", (31.0, 34.0, 38.0), 0.03)
"""Degrees Celsius."""
PHENOMENA = (WIND, RAIN, HEAT)


def strength(truth: Truth, phenomenon: Phenomenon) -> FloatArray:
    """Return what a phenomenon's colour depends on, by hour of the span."""
    if phenomenon is WIND:
        return truth.weather.gust
    if phenomenon is HEAT:
        return truth.weather.temperature
    total = np.concatenate([np.zeros(_RAIN_HOURS), np.cumsum(truth.weather.rain)])
    fallen: FloatArray = total[_RAIN_HOURS:] - total[:-_RAIN_HOURS]
    return fallen


def _midnights(at_us: int) -> tuple[int, int]:
    """Return the ends of the local day and of the next."""
    today = local(at_us).date()
    return at_local(today, 24), at_local(today + timedelta(days=1), 24)


class Bulletins:
    """The bulletins of a city's span.

    Args:
        truth: Its weather and span.
    """

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._strength = {one: strength(truth, one) for one in PHENOMENA}

    def times(self, from_us: int, to_us: int) -> Iterator[int]:
        """Yield when bulletins are made, after an instant and up to another."""
        day = local(max(from_us, self._truth.span.start_us)).date()
        while at_local(day, 0) <= to_us:
            for hour in AT_HOURS:
                at_us = at_local(day, hour)
                if from_us < at_us <= to_us and at_us < self._truth.span.end_us:
                    yield at_us
            day += timedelta(days=1)

    def colours(self, at_us: int, phenomenon: Phenomenon) -> list[tuple[int, int, int]]:
        """Return begin, end and colour of what a bulletin foresees, over today and tomorrow.

        Colours are those of three-hour blocks of the local clock, each its strongest hour.
        """
        span = self._truth.span
        midnight, end = (min(one, span.end_us) for one in _midnights(at_us))
        first, last = ((one - span.start_us) // HOUR_US for one in (at_us, end))
        hours: IntArray = np.arange(first, last, dtype=np.int64)
        chance = stream(self._truth.seed, SOURCE, phenomenon.code, at_us)
        error = np.exp(chance.normal(0.0, phenomenon.error))
        tomorrow = span.slots_us[hours] >= midnight
        foreseen = self._strength[phenomenon][hours] * np.where(tomorrow, error, 1.0)
        hourly = GREEN + np.searchsorted(phenomenon.thresholds, foreseen, side="right")
        block = span.ordinal[hours] * 24 + span.local_hour[hours] // _BLOCK_HOURS
        starts = np.flatnonzero(np.diff(block, prepend=-1))
        colour = np.maximum.reduceat(hourly, starts)
        cuts = [*span.slots_us[hours[starts]].tolist(), end]
        merged: list[tuple[int, int, int]] = []
        for begin, until, one in zip(cuts, cuts[1:], colour.tolist(), strict=False):
            if merged and merged[-1][2] == one and begin != midnight:
                merged[-1] = (merged[-1][0], until, one)
            else:
                merged.append((begin, until, one))
        return merged

    def listed(self, at_us: int) -> list[Phenomenon]:
        """Return what a bulletin speaks of."""
        made = [*self.times(at_us - _REMEMBERED * DAY_US, at_us)][-_REMEMBERED - 1 :]
        return [
            one
            for one in PHENOMENA
            if any(colour > GREEN for when in made for _, _, colour in self.colours(when, one))
        ]

    def refs(self, at_us: int) -> list[str]:
        """Return the references of the plans that a bulletin gives: a part of a day each."""
        today, end = local(at_us).date(), min(_midnights(at_us)[1], self._truth.span.end_us)
        parts = [
            (at_local(day, hour), at_local(day, hour + _PART_HOURS))
            for day in (today, today + timedelta(days=1))
            for hour in range(0, 24, _PART_HOURS)
        ]
        return [
            f"{DOMAIN}/{one.code}/{begin // 1_000_000}"
            for one in self.listed(at_us)
            for begin, until in parts
            if until > at_us and begin < end
        ]

    def content(self, at_us: int) -> bytes:
        """Return a bulletin as JSON."""
        told = {one: self.colours(at_us, one) for one in self.listed(at_us)}
        midnight, end = (min(one, self._truth.span.end_us) for one in _midnights(at_us))
        (made,) = utc_text(np.array([at_us], dtype=np.int64))
        edges = [("J", at_us, midnight), ("J1", midnight, end)]
        periods = [_period(told, *edge) for edge in edges if edge[1] < edge[2]]
        strongest = max((c for slots in told.values() for _, _, c in slots), default=GREEN)
        product = {
            "warning_type": "vigilance",
            "type_cdp": "CDP_CARTE_EXTERNE",
            "version_vigilance": "V6",
            "version_cdp": "1.0.0",
            "update_time": made,
            "domain_id": "FRA",
            "global_max_color_id": str(strongest),
            "periods": periods,
        }
        meta = {"snapshot_id": made, "product_datetime": made}
        return (json.dumps({"product": product, "meta": meta}, ensure_ascii=False) + "\n").encode()

    def name(self, at_us: int) -> str:
        """Return the name of a bulletin's file."""
        return f"{SOURCE}_{local(at_us):%Y%m%d_%H%M}.json"


def _period(
    told: dict[Phenomenon, list[tuple[int, int, int]]], echeance: str, begin_us: int, end_us: int
) -> dict[str, Any]:
    """Return one of the two days of a bulletin."""
    items: list[dict[str, Any]] = []
    for one, slots in told.items():
        own = [slot for slot in slots if begin_us <= slot[0] < end_us]
        begins, ends = (
            utc_text(np.array([slot[side] for slot in own], dtype=np.int64)) for side in (0, 1)
        )
        colours = [slot[2] for slot in own]
        items.append(
            {
                "phenomenon_id": one.code,
                "phenomenon_max_color_id": max(colours),
                "timelaps_items": [
                    {"begin_time": b, "end_time": e, "color_id": c}
                    for b, e, c in zip(begins, ends, colours, strict=True)
                ],
            }
        )
    strongest = max((item["phenomenon_max_color_id"] for item in items), default=GREEN)
    begin, end = utc_text(np.array([begin_us, end_us], dtype=np.int64))
    domain = {"domain_id": DOMAIN, "max_color_id": strongest, "phenomenon_items": items}
    return {
        "echeance": echeance,
        "begin_validity_time": begin,
        "end_validity_time": end,
        "text_items": {"title": "", "text": []},
        "timelaps": {"domain_ids": [domain]},
        "max_count_items": [],
    }


def emit(truth: Truth, folder: Path) -> Feed:
    """Write the bulletins of the last days, each its file."""
    (folder / SOURCE).mkdir()
    bulletins = Bulletins(truth)
    paths, rows = [], 0
    refs: list[str] = []
    for at_us in bulletins.times(truth.now_us - HISTORY_DAYS * DAY_US, truth.now_us):
        name = f"{SOURCE}/{bulletins.name(at_us)}"
        (folder / name).write_bytes(bulletins.content(at_us))
        paths.append(name)
        rows += max(len(bulletins.listed(at_us)), 1)
        refs += bulletins.refs(at_us)
    return Feed(
        source=SOURCE,
        connector="vigilance",
        mapping="",
        kind="plans",
        paths=tuple(paths),
        rows=rows,
        records=len(set(refs)),
        repeats=len(refs) - len(set(refs)),
        options={"domains": [DOMAIN]},
    )
