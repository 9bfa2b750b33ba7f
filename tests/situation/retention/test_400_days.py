"""Four hundred days of a home, both changes of hour among them: nothing early, nothing late."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.situation.retention.homes import PARIS, facts, ids, local, make_home, texts, there, us

from vigie.base.clock import FixedClock, now_us, to_us
from vigie.situation.caller import Caller
from vigie.situation.retention.holding import Act, add_hold, release_hold

DPO = Caller("dpo", "dpo")
STARTS = datetime(2026, 1, 20, 7, 30, tzinfo=PARIS)
SOURCES = ("police", "rescue")


def _same_day_next_month(day: date) -> date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    for last in (31, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def fact_ends(at: int) -> int:
    """What one month means, told apart from the kernel: the same day of the next month."""
    return us(*_same_day_next_month(local(at).date()).timetuple()[:3])


def text_ends(at: int) -> int:
    """Thirty days from the first instant of its day, in hours or by the calendar, the sooner."""
    day = local(at).date()
    begins = us(day.year, day.month, day.day)
    later = day + timedelta(days=30)
    return min(begins + 30 * 86_400_000_000, us(later.year, later.month, later.day))


class FourHundredDays(RuleBasedStateMachine):
    """Records come, days pass, acts come and go, the run runs."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FixedClock(STARTS)
        self.home = make_home(self.folder / "home", self.clock, facts="1 month")
        self.records: dict[str, tuple[int, str]] = {}
        self.texts: dict[str, tuple[int, str]] = {}
        self.held: dict[str, Act] = {}
        self.n = 0

    @rule(
        ages=st.lists(st.integers(0, 45 * 24 * 60), min_size=1, max_size=4),
        source=st.sampled_from(SOURCES),
        told=st.booleans(),
    )
    def arrive(self, ages: list[int], source: str, told: bool) -> None:
        now = now_us(self.clock)
        self.n += 1
        table = facts([now - age * 60_000_000 for age in ages], source=source, prefix=f"{self.n}-")
        self.home.lake.commit("facts", table)
        instants = table["earliest_us"].to_pylist()
        fresh = {id_: (at, source) for id_, at in zip(ids(table), instants, strict=True)}
        self.records |= fresh
        if told:
            self.home.lake.commit_narratives(texts(table))
            self.texts |= fresh

    @rule(hours=st.integers(1, 20 * 24))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self._run()

    @rule(to=st.sampled_from([us(2026, 3, 29, 2), us(2026, 10, 25, 2), us(2026, 3, 29, 23)]))
    def wait_for_the_change_of_hour(self, to: int) -> None:
        if to > now_us(self.clock):
            self.clock.advance(timedelta(microseconds=to - now_us(self.clock)))
            self._run()

    @rule(
        back=st.integers(0, 60), days=st.integers(1, 20), source=st.sampled_from(["", *SOURCES]),
        store=st.sampled_from(["facts", "narratives"]), lasts=st.integers(1, 60),
    )  # fmt: skip
    def hold(self, back: int, days: int, source: str, store: str, lasts: int) -> None:
        now, day = now_us(self.clock), 86_400_000_000
        act = Act("PR-1", "Parquet", "R1", (store,), now - back * day, now - (back - days) * day,
                  now + lasts * day)  # fmt: skip
        act = replace(act, sources=(source,) if source else ())
        self.held[add_hold(self.home, DPO, act).hold.hold_id] = act

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 10))
    def release(self, which: int) -> None:
        name = sorted(self.held)[which % len(self.held)]
        release_hold(self.home, DPO, name)
        del self.held[name]
        self._run()

    def _frozen(self, store: str, at: int, source: str) -> bool:
        return any(
            store in act.stores
            and act.from_us <= at < act.to_us
            and (not act.sources or source in act.sources)
            and now_us(self.clock) < act.until_us
            for act in self.held.values()
        )

    def _run(self) -> None:
        now = now_us(self.clock)
        self.home.retention.run()
        self.records = {
            id_: (at, source)
            for id_, (at, source) in self.records.items()
            if now < fact_ends(at) or self._frozen("facts", at, source)
        }
        self.texts = {
            id_: (at, source)
            for id_, (at, source) in self.texts.items()
            if id_ in self.records
            and (now < text_ends(at) or self._frozen("narratives", at, source))
        }
        live = {name: act for name, act in self.held.items() if now < act.until_us}
        for name in sorted(set(self.held) - set(live)):
            release_hold(self.home, DPO, name)
        self.held = live

    @invariant()
    def what_is_there_is_what_should_be(self) -> None:
        assert there(self.home) == set(self.records)
        assert {id_ for id_, _ in self.home.lake.narratives.before("9999-01-01")} == set(self.texts)

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.clock.advance(timedelta(days=max(0, (to_us(STARTS) // 86_400_000_000 + 400
                               - now_us(self.clock) // 86_400_000_000))))  # fmt: skip
            self._run()
            self.what_is_there_is_what_should_be()
            self.home.close()
            shutil.rmtree(self.folder)


FourHundredDays.TestCase.settings = settings(max_examples=4, stateful_step_count=30, deadline=None)


class TestFourHundredDays(FourHundredDays.TestCase):
    """Requirement: PM-2, REQ-5."""
