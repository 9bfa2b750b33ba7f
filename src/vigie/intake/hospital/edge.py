"""The edge: runs at the hospital, listens and looks, counts, and lets only large enough counts out.

A local day is told once, some hours after its end. It is never told again with other figures: the
difference would be the few persons who were entered late (law reference, 3.2 *time walk*). A site
is told alone only in slots that its past allows (HEA-3): an edge that knows too few weeks of it
tells nothing of it, and learns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from vigie.base.clock import Clock, now_us
from vigie.base.logging import get_logger
from vigie.intake.hospital.counts import write_counts
from vigie.intake.hospital.history import WEEKS
from vigie.intake.hospital.hl7v2 import iterate, message_type, read_message
from vigie.intake.hospital.mllp import AckCode, Frame, acknowledge
from vigie.intake.hospital.passages import (
    ARRIVALS,
    LEAST,
    HospitalOptions,
    Passage,
    Reading,
    Tally,
    figures,
    hour_start_us,
    local_day,
)
from vigie.intake.hospital.reading import read_passages
from vigie.intake.hospital.slots import HOURS
from vigie.intake.hospital.state import KEPT_DAYS, EdgeState, load, save
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import HOUR_US

SETTLE_H = 4
"""Hours after a day's end when it is told: RPU files are due at 4 a.m. (arrêté of 24 July 2013)."""

_LOG = get_logger(__name__)


class Edge:
    """Counts what messages and files tell; a day that has ended becomes a message of counts.

    Every method is called from one thread. What is logged are codes and numbers of messages, never
    a value that came in one.

    Args:
        options: Zone, site, codes of the hospital.
        path: File of the state.
        clock: Tells the time.
        settle_h: Hours after a day's end when it is told.

    Raises:
        StoreBroken: When the state cannot be read.
        OSError: When it cannot be written.
    """

    def __init__(
        self, options: HospitalOptions, path: Path, clock: Clock, *, settle_h: int = SETTLE_H
    ) -> None:
        self._options = options
        self._path = path
        self._clock = clock
        self._settle_us = settle_h * HOUR_US
        self._state: EdgeState = load(path, options.timezone, now_us(clock))
        save(self._state, path)

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """Messages of counts that wait to leave."""
        return list(self._state.outbox)

    @property
    def knows_the_past(self) -> bool:
        """Whether it remembers any day of any site."""
        return any(self._state.history.sites.values())

    def answer(self, frames: Sequence[Frame]) -> list[bytes]:
        """Count what frames hold and return their acknowledgements, once the counts are durable."""
        at = now_us(self._clock)
        verdicts = [self._take(frame, at) for frame in frames]
        try:
            if any(code == "AA" for code, _ in verdicts):
                save(self._state, self._path)
        except OSError as error:
            # Counted in memory, not on the disk: the sender sends again, and is known by its visit.
            _LOG.error("state not written", reason=type(error).__name__)
            verdicts = [("AE" if code == "AA" else code, "unwritten") for code, _ in verdicts]
        for code, why in verdicts:
            _LOG.info("message", ack=code, why=why)
        return [
            acknowledge(frame.content, code, at)
            for frame, (code, _) in zip(frames, verdicts, strict=True)
        ]

    def _take(self, frame: Frame, at: int) -> tuple[AckCode, str]:
        if frame.state == "oversized":
            return "AR", "too_large"
        messages = list(iterate(frame.content)) if frame.state == "whole" else []
        if len(messages) != 1:
            return "AE", "truncated_file" if frame.state == "cut" else "unreadable"
        rows = Rows("measures")
        try:
            kind = message_type(messages[0])
            if kind and kind != "ADT":
                return "AR", "unknown_message"
            passage = read_message(messages[0], at, self._options, rows)
        except RowRefused as refusal:
            return "AE", refusal.code
        _log_unknown(rows)
        return "AA", "not_used" if passage is None else self._count(passage, at)

    def _count(self, passage: Passage, at: int) -> str:
        day = local_day(passage.at_us, self._options.timezone)
        today = local_day(at, self._options.timezone)
        if self._state.is_told(passage.site, day, today):
            return "closed"
        if hour_start_us(day, 0, self._options.timezone) < self._state.since_us:
            return "before_it_began"
        return self._state.tally.add(passage)

    def take_file(self, data: bytes) -> dict[str, int]:
        """Count what a file tells and return how often each outcome was; durable on return.

        Raises:
            OSError: When the state cannot be written.
        """
        at = now_us(self._clock)
        rows = Rows("measures")
        outcomes: Counter[str] = Counter()
        try:
            reading = read_passages(data, at, self._options, rows)
        except FileRefused as refusal:
            outcomes[refusal.reject.code] += 1
        else:
            if reading.whole_days:
                outcomes += self._state_days(reading, at)
            else:
                first = sorted(reading.passages, key=lambda one: not (one.opens or one.dated))
                outcomes += Counter(self._count(passage, at) for passage in first)
            (rest,) = rows.parsed()
            outcomes += Counter(reject.code for reject in rest.rejects)
            _log_unknown(rows)
        save(self._state, self._path)
        _LOG.info("file", **outcomes)
        return dict(outcomes)

    def remember(self, days: Iterable[tuple[str, date, Sequence[int]]]) -> int:
        """Learn what past days were, so that a site may be told alone (HEA-3); tells none of them.

        Args:
            days: Site, local day and arrivals by hour; days that have not ended, and those known
                already, are passed over.

        Returns:
            How many were new; durable on return.

        Raises:
            OSError: When the state cannot be written.
        """
        today = local_day(now_us(self._clock), self._options.timezone)
        history, new = self._state.history, 0
        for site, day, hours in days:
            if day < today and day not in history.sites.get(site, {}):
                history.note(site, day, hours, LEAST)
                new += 1
        history.forget_before(today - timedelta(weeks=WEEKS, days=KEPT_DAYS))
        save(self._state, self._path)
        return new

    def remember_file(self, data: bytes) -> int:
        """Learn from a file of the past: an extract of the hospital's own records; tells nothing.

        Raises:
            FileRefused: When it cannot be read.
            OSError: When the state cannot be written.
        """
        reading = read_passages(data, now_us(self._clock), self._options, Rows("measures"))
        past = Tally(self._options.timezone)
        past.add_all(reading.passages)
        return self.remember(
            (site, day, counts.get(ARRIVALS, [0] * HOURS))
            for day, held in past.days.items()
            if hour_start_us(day, HOURS, self._options.timezone) <= reading.as_of_us
            for site, counts in held.sites.items()
        )

    def rules(self) -> list[dict[str, Any]]:
        """Return which sites may be told alone in the week from today on, and in which slots."""
        today = local_day(now_us(self._clock), self._options.timezone)
        return list(self._state.history.rules(today))

    def _state_days(self, reading: Reading, at: int) -> Counter[str]:
        """Count days that a file states whole: the latest extract stands for what it speaks of."""
        zone = self._options.timezone
        fresh = Tally(zone)
        outcomes = fresh.add_all(reading.passages)
        for day, held in fresh.days.items():
            if hour_start_us(day, HOURS, zone) > reading.as_of_us:
                outcomes["not_used"] += 1
                continue
            for site, counts in held.sites.items():
                known_us = self._state.as_of_us.get((site, day))
                if self._state.is_told(site, day, local_day(at, zone)):
                    outcomes["closed"] += 1
                elif known_us is None or reading.as_of_us >= known_us:
                    self._state.tally.day(day).sites[site] = counts
                    self._state.as_of_us[site, day] = reading.as_of_us
        return outcomes

    def settle(self) -> int:
        """Turn days that have ended into messages of counts, and forget all else of them.

        Returns:
            How many messages were made; durable on return.

        Raises:
            OSError: When the state cannot be written.
        """
        at = now_us(self._clock)
        zone = self._options.timezone
        made = 0
        for day in sorted(self._state.tally.days):
            if hour_start_us(day, HOURS, zone) + self._settle_us > at:
                continue
            for site, counts in sorted(self._state.tally.days.pop(day).sites.items()):
                made += self._tell(site, day, counts, at)
        self._state.forget_before(local_day(at, zone) - timedelta(days=KEPT_DAYS))
        save(self._state, self._path)
        return made

    def _tell(self, site: str, day: date, counts: dict[str, list[int]], at: int) -> bool:
        history = self._state.history
        shown, withheld = figures(counts, history.alone(site, day))
        history.note(site, day, counts.get(ARRIVALS, [0] * HOURS), LEAST)
        self._state.told.setdefault(site, set()).add(day)
        if shown:
            self._state.outbox.append(write_counts(site, at, {day: shown}))
        _LOG.info("day told", metrics=len(shown), withheld=withheld)
        return bool(shown)

    def delivered(self, messages: Sequence[dict[str, Any]]) -> None:
        """Forget messages that have reached their place.

        Raises:
            OSError: When the state cannot be written: they are delivered again, the same.
        """
        gone = list(messages)
        self._state.outbox = [one for one in self._state.outbox if one not in gone]
        save(self._state, self._path)


def _log_unknown(rows: Rows) -> None:
    """Say which codes the hospital has to map; what could be a name is not repeated."""
    for parsed in rows.parsed():
        for notice in parsed.notices:
            if notice.code == "unknown_code":
                _LOG.warning("unknown code", count=notice.count, **notice.params)
