"""The clashes of a home, kept in memory and true while plans, places and time move on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date

import numpy as np

from vigie.base.clock import Clock, now_us
from vigie.base.settings import CitySettings
from vigie.desk.clash_states import ClashStates
from vigie.foresight.clash_ground import Ground, read_ground
from vigie.foresight.clash_history import learn_pairs
from vigie.foresight.clash_states import OPEN, standing
from vigie.foresight.clashes import on_the_map
from vigie.foresight.clashes_learnt import NAME, LearntPair, learnt_rule
from vigie.foresight.plans import DAY_US, PlanBook, PlanRecord
from vigie.judge.clashes import Clash, ClashIndex
from vigie.judge.judging import days_of
from vigie.judge.rule import Rule

PAST_US = 7 * DAY_US
AHEAD_US = 400 * DAY_US
STALE_US = 300_000_000
"""What depends on the instant (ten days ahead, late declarations) is judged again after this."""

MOST_EDITS = 100
"""More edits than this at once (a feed of the year) are searched as a whole."""

Mark = tuple[tuple[int, ...], int, date]


class ClashBook:
    """The clashes among a home's plans, from a week ago to 400 days ahead.

    Whenever a feed or a person has changed a plan, the next question judges that plan against its
    neighbours alone. Safe between threads; several processes keep a book each.
    """

    def __init__(
        self,
        plans: PlanBook,
        states: ClashStates,
        rules: Mapping[str, Rule],
        city: CitySettings,
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._states = states
        self._rules = rules
        self._city = city
        self._clock = clock
        self._lock = threading.Lock()
        self._mark: Mark | None = None
        self._ground: Ground | None = None
        self._index: ClashIndex | None = None
        self._records: dict[str, PlanRecord] = {}
        self._shown: dict[str, tuple[Clash, Clash]] = {}
        self._pairs: tuple[LearntPair, ...] = ()
        self._learnt_us: int | None = None

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules in force, the learnt one too."""
        return self._rules

    @property
    def pairs(self) -> tuple[LearntPair, ...]:
        """The pairs learnt from history; none before they are, and where nothing survives."""
        return self._pairs

    @property
    def learnt_us(self) -> int | None:
        """When history was last learnt from, epoch µs; None: not yet."""
        return self._learnt_us

    def learn(self) -> tuple[LearntPair, ...]:
        """Learn the pairs anew from the past; what is planned is judged by them from then on."""
        at = now_us(self._clock)
        found = tuple(learn_pairs(self._plans.lake, self._plans, self.ground(), at))
        with self._lock:
            if found != self._pairs:
                self._index = None
            rules = {name: rule for name, rule in self._rules.items() if name != NAME}
            self._rules = rules | ({NAME: learnt_rule(found)} if found else {})
            self._pairs, self._learnt_us = found, at
        return found

    def ground(self) -> Ground:
        """Return the city's ground as its places stand now."""
        with self._lock:
            return self._read_ground()

    def window(self) -> tuple[int, int]:
        """Return the time that the book holds, epoch µs, by the local day."""
        at = now_us(self._clock) // DAY_US * DAY_US
        return at - PAST_US, at + AHEAD_US

    def clashes(self) -> list[Clash]:
        """Return the clashes as they stand now, by time; geometries in WGS 84, lon lat."""
        with self._lock:
            index = self._true()
            found = index.clashes()
            fresh = [
                clash
                for clash in found
                if (held := self._shown.get(clash.clash_id)) is None or held[0] is not clash
            ]
            shown = on_the_map(fresh, self._read_ground().projection)
            self._shown = {
                clash.clash_id: held
                for clash in found
                if (held := self._shown.get(clash.clash_id)) is not None
            } | {clash.clash_id: (clash, on) for clash, on in zip(fresh, shown, strict=True)}
            return [self._shown[clash.clash_id][1] for clash in found]

    def records(self) -> Mapping[str, PlanRecord]:
        """Return the plans that the book rests on, by id."""
        with self._lock:
            self._true()
            return dict(self._records)

    def open_between(self, from_us: int, to_us: int) -> list[Clash] | None:
        """Return the clashes of a window that nobody has settled; None beyond the book's time."""
        first_us, last_us = self.window()
        if from_us < first_us or to_us > last_us:
            return None
        found, newest = self.clashes(), self._states.newest()
        records = self.records()
        return [
            clash
            for clash in found
            if clash.finding.from_us < to_us
            and clash.finding.to_us > from_us
            and (
                (entry := newest.get(clash.clash_id)) is None
                or standing([entry], clash, records).state == OPEN
            )
        ]

    def _read_ground(self) -> Ground:
        version = self._plans.lake.version("places")
        if self._ground is None or self._ground.version != version:
            self._ground = read_ground(self._plans.lake, self._city)
        return self._ground

    def _true(self) -> ClashIndex:
        """Bring the index to what plans, places and the clock say."""
        at = now_us(self._clock)
        ground = self._read_ground()
        (today,) = days_of(np.array([at], dtype=np.int64), self._city.timezone)
        mark: Mark = (self._plans.mark(), ground.version, today)
        index = self._index
        if index is None or self._mark is None or mark[1:] != self._mark[1:]:
            index = self._whole(ground, at)
        elif mark != self._mark:
            index = self._edited(index, ground, at)
        elif abs(at - index.context.now_us) > STALE_US:
            index.at(at)
        self._index, self._mark = index, mark
        return index

    def _whole(self, ground: Ground, at: int) -> ClashIndex:
        records = self._plans.between(*self.window())
        index = ClashIndex(ground.views(records), self._rules, ground.context(at))
        self._records = {record.plan_id: record for record in records}
        return index

    def _edited(self, index: ClashIndex, ground: Ground, at: int) -> ClashIndex:
        records = {record.plan_id: record for record in self._plans.between(*self.window())}
        before = self._records
        changed = [one for key, one in records.items() if before.get(key) != one]
        gone = before.keys() - records.keys()
        if len(changed) + len(gone) > MOST_EDITS:
            index = ClashIndex(
                ground.views(list(records.values())), self._rules, ground.context(at)
            )
            self._records = records
            return index
        self._records = records
        views = {view.plan_id: view for view in ground.views(changed)}
        for plan_id in [*sorted(gone), *(one.plan_id for one in changed)]:
            index.change(plan_id, views.get(plan_id))
        return index
