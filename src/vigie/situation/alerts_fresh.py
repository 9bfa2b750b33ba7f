"""Instances of alert rules fed with what comes, judged from memory (decision 0087).

The lake is asked once for an instance: when it is new, when records were erased, when events were
missed. From then on each commit's event tells what came; an instance holds of it what it looks at,
as far back as it must know, and judges from the earliest that is new. The rule is the same as in a
trial; only where its facts come from differs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import now_us, to_us
from vigie.base.errors import VigieError
from vigie.base.logging import get_logger
from vigie.base.stopping import look
from vigie.desk.alert_rules import ON, Instance
from vigie.desk.alerts import Alert
from vigie.geo.cells import cells_of
from vigie.intake.announcing import MOST_TOLD
from vigie.intake.events import BATCH_RECORDED, FACT_RECORDED, FACTS_RECORDED, Event
from vigie.judge.rule import Finding
from vigie.judge.watched import HOUR_US, NO_FACTS, Facts, Ints
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.alerts import tell
from vigie.situation.alerts_engine import (
    BACK_US,
    SECOND_US,
    Prepared,
    facts_of,
    findings,
    fresh_of,
    judged,
    prepared,
    seen_by,
)
from vigie.situation.alerts_scope import area_of
from vigie.situation.home import Home
from vigie.situation.retention.ledger import mark_of

FIRST_BACK_US = 24 * HOUR_US
"""A first look goes back a day."""
MOST_EVENTS, MOST_BEHIND = 500, 5_000
"""Events read at once; behind by more than this, the lake is quicker."""
EVER_US = 2**62
_CAME = pa.schema(
    [
        *((name, pa.string()) for name in ("fact_id", "kind", "source")),
        ("earliest_us", pa.int64()),
        ("severity", pa.int8()),
        *((name, pa.float64()) for name in ("lon", "lat")),
        ("cell8", pa.int64()),
    ]
)

log = get_logger(__name__)


@dataclass(frozen=True)
class Came:
    """What some events tell.

    Attributes:
        facts: Facts told one by one, with the columns of ``watched_facts``.
        parts: Batches that were told in part, with the first and last instant of each.
        measures_us: Earliest instant of the measures that came; None where none did.
    """

    facts: pa.Table
    parts: tuple[tuple[str, int, int], ...]
    measures_us: int | None

    @classmethod
    def of(cls, events: Sequence[Event]) -> Came:
        """Read some events; those about anything else are passed over."""
        rows: list[dict[str, Any]] = []
        parts: list[tuple[str, int, int]] = []
        measures: list[int] = []
        for event in events:
            data = event.data
            if event.type == FACT_RECORDED:
                rows.append(data)
            elif event.type == FACTS_RECORDED and not data["left_out"]:
                rows += data["facts"]
            elif event.type == BATCH_RECORDED and data["kind"] == "measures":
                measures.append(_us(data["from"]))
            elif event.type == BATCH_RECORDED and data["kind"] == "facts" and data["n"] > MOST_TOLD:
                parts.append((data["batch_id"], _us(data["from"]), _us(data["to"])))
        return cls(_table(rows), tuple(parts), min(measures, default=None))

    def joined(self, other: Came) -> Came:
        """Return what both tell."""
        measures = [one for one in (self.measures_us, other.measures_us) if one is not None]
        facts = pa.concat_tables([self.facts, other.facts])
        return Came(facts, (*self.parts, *other.parts), min(measures, default=None))


def _us(told: str) -> int:
    return to_us(datetime.fromisoformat(told))


def _table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    names = ("fact_id", "kind", "source", "severity", "lon", "lat")
    columns = {name: [row[name] for row in rows] for name in names}
    lon, lat = (pa.array(columns[name], pa.float64()) for name in ("lon", "lat"))
    columns["earliest_us"] = [_us(row["at"]) for row in rows]
    columns["cell8"] = cells_of(lon, lat, 8) if rows else []
    return pa.table(columns, schema=_CAME)


@dataclass
class Held:
    """An instance and the facts that it looks at, as far back as it must know.

    Attributes:
        version: The instance as the desk told it.
        one: The same, read.
        facts: What it holds, by time.
        known: Their ids.
        since_us: From when on it holds everything that it looks at.
        cut: Whether that is later than it should be: it holds the newest, of more than are enough.
        ahead_us: Earliest instant of what it holds that is yet to come; None where none is.
        looked_us: The present when it was last judged.
    """

    version: Instance
    one: Prepared
    facts: Facts = NO_FACTS
    known: set[str] = field(default_factory=set)
    since_us: int = 0
    cut: bool = False
    ahead_us: int | None = None
    looked_us: int = 0

    @property
    def reach_us(self) -> int:
        """How far back before what is judged it must know, µs."""
        return self.one.parameters.looks_back_s() * SECOND_US

    def fill(self, home: Home, from_us: int, at_us: int) -> int:
        """Hold what the lake has from so far back that an instant can be judged.

        Returns:
            The first instant that can be judged: a later one where there is too much to hold.
        """
        self.since_us, self.cut = from_us - self.reach_us, False
        most = self.one.parameters.most_held()
        table = facts_of(home, self.one, self.since_us, EVER_US, limit=most + 1)
        self.facts = Facts.of(table)
        self.known = set(self.facts.ids)
        self._bound(at_us)
        return max(from_us, self.judges_from())

    def judges_from(self) -> int:
        """Return from when on it can judge.

        Of what is cut the first half is the past of the second: a window that holds more than the
        newest so many has passed its limit by them alone. What happened before is not judged.
        """
        if self.cut and len(self.facts) and self.reach_us:
            return int(self.facts.at_us[len(self.facts) // 2])
        return self.since_us + self.reach_us

    def take(self, facts: Facts, changed: Collection[str], at_us: int) -> int | None:
        """Hold facts that came; returns the earliest instant that is to be judged now.

        Args:
            facts: Those that it looks at.
            changed: Ids of all that came: another record of one that it holds stands for it.
            at_us: The present.
        """
        due = [one for one in (self.ahead_us,) if one is not None and one <= at_us]
        from_us = at_us - BACK_US
        if not self.reach_us:  # each fact rings by itself: what was judged is needed no more
            self._drop(int(np.searchsorted(self.facts.at_us, self.looked_us, side="right")))
            self.since_us = from_us
        facts = facts.take(facts.at_us >= from_us - self.reach_us)
        gone = self._let_go(changed)
        touched = np.sort(np.concatenate([gone, facts.at_us]))
        touched = np.maximum(touched[touched >= from_us - self.reach_us], from_us)
        facts = facts.take(facts.at_us >= self.since_us)
        self.facts = self.facts.joined(facts)
        self.known.update(facts.ids)
        self.since_us = max(self.since_us, from_us - self.reach_us)
        self._bound(at_us)
        begin = int(np.searchsorted(touched, self.judges_from()))
        due += [int(one) for one in touched[begin : begin + 1]]
        return min(due, default=None)

    def _let_go(self, changed: Collection[str]) -> Ints:
        """Hold some facts no longer; returns when those that it held happened."""
        again = self.known.intersection(changed)
        if not again:
            return self.facts.at_us[:0]
        self.known -= again
        gone = np.array([one in again for one in self.facts.ids], np.bool_)
        times, self.facts = self.facts.at_us[gone], self.facts.take(~gone)
        return times

    def _bound(self, at_us: int) -> None:
        """Let go of what is too old, and of the oldest where there is more than is enough."""
        most = self.one.parameters.most_held()
        if len(self.facts) - int(np.searchsorted(self.facts.at_us, self.since_us)) > most:
            self.since_us = int(self.facts.at_us[-most - 1]) + 1
            if not self.cut:
                told = {"rule_id": self.one.rule_id, "held": most}
                log.warning("an alert rule knows the newest facts only", **told)
        self._drop(int(np.searchsorted(self.facts.at_us, self.since_us)))
        self.cut = self.since_us > at_us - BACK_US - self.reach_us
        ahead = self.facts.at_us[self.facts.at_us > at_us]
        self.ahead_us = int(ahead[0]) if ahead.size else None

    def _drop(self, oldest: int) -> None:
        if oldest:
            self.known.difference_update(self.facts.ids[:oldest])
            self.facts = self.facts.take(np.arange(oldest, len(self.facts)))

    def judge(self, home: Home, from_us: int, at_us: int) -> list[Finding]:
        """Return what it finds from an instant on in what it holds."""
        self.looked_us = at_us
        seen = seen_by(home, self.one, from_us, at_us, self.since_us)
        facts = self.facts.take(self.facts.at_us <= at_us)
        return judged(self.one, replace(seen, facts=facts))


class Fresh:
    """What the standing instances hold, from one look to the next; for one thread."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._held: dict[str, Held] = {}
        self._seen: int | None = None
        self._erased = 0

    @property
    def seen(self) -> int:
        """Number of the last event that was judged; 0 before the first look."""
        return self._seen or 0

    def look(self) -> list[Alert]:
        """Judge what came since the last look; raise and tell what is new.

        Raises:
            Stopping: When the process is told to stop.
        """
        try:
            return self._look()
        except Exception:
            self._held.clear()  # what was taken and not judged is read again
            raise

    def _look(self) -> list[Alert]:
        home = self._home
        first, erased = self._seen is None, mark_of(home.lake.folder)
        latest = home.intake.events.latest_id
        seen = latest if self._seen is None else self._seen
        if seen == latest and not first and not self._due():
            return []
        if self._missed(seen, latest) or erased != self._erased:
            self._held.clear()
            seen = latest
        self._erased = erased
        came = Came.of(())
        while seen < latest:
            look()
            events = home.intake.events.since(seen, MOST_EVENTS)
            if not events:  # dropped since: the lake tells
                self._held.clear()
                seen = latest
                break
            seen, came = events[-1].id, came.joined(Came.of(events))
        found = self._judge(came, FIRST_BACK_US if first else BACK_US)
        fresh = home.desk.alerts.raise_all(found) if found else []
        tell(home, fresh)
        self._seen = seen
        return fresh

    def _due(self) -> bool:
        """Say whether something held is to be judged though nothing came."""
        at_us = now_us(self._home.clock)
        ahead = [one.ahead_us for one in self._held.values() if one.ahead_us is not None]
        return min(ahead, default=at_us + 1) <= at_us

    def _missed(self, seen: int, latest: int) -> bool:
        """Say whether events were dropped that were not read, or are too many to read."""
        return self._home.intake.events.oldest_id > seen + 1 or latest - seen > MOST_BEHIND

    def _judge(self, came: Came, back_us: int) -> list[Alert]:
        home, at_us = self._home, now_us(self._home.clock)
        facts = self._whole(came, at_us)
        changed = frozenset(facts.ids)
        known, self._held = self._held, {}
        found: list[Alert] = []
        for version in home.desk.alert_rules.list_all():
            look()
            held = known.get(version.rule_id)
            try:
                if held is None or held.version != version:
                    held = self._begun(version)
                    found += [] if held is None else self._first(held, at_us - back_us, at_us)
                elif held.one.rule.reads == "facts":
                    found += self._next(held, facts, changed, at_us)
                elif came.measures_us is not None:
                    from_us = max(came.measures_us, at_us - BACK_US)
                    found += self._measured(held, from_us, at_us)
            except VigieError as error:
                log.warning("alert rule failed", rule_id=version.rule_id, code=error.code)
                continue
            if held is not None:
                self._held[version.rule_id] = held
        return found

    def _whole(self, came: Came, at_us: int) -> Facts:
        """Return the facts that came, with those of commits that were told in part."""
        tables, from_us = [came.facts], at_us - BACK_US
        parts = [one for one in came.parts if one[2] >= from_us]
        if parts:
            wanted: dict[str, Any] = {"batches": [batch_id for batch_id, _, _ in parts]}
            wanted |= {"from_us": max(from_us, min(first for _, first, _ in parts))}
            wanted |= {"to_us": max(last for _, _, last in parts) + 1}
            table = self._home.lake.query("watched_facts", **wanted)
            tables.append(table.select(_CAME.names).cast(_CAME))
        table = pa.concat_tables(tables)
        newest = {one: row for row, one in enumerate(table["fact_id"].to_pylist())}
        return Facts.of(table.take(pa.array(newest.values(), pa.int64())))

    def _begun(self, version: Instance) -> Held | None:
        """Return an instance that is switched on and judges at once, holding nothing yet."""
        if version.state != ON:
            return None
        one = prepared(self._home, version)
        return Held(version, one) if one.rule.at_once else None

    def _first(self, held: Held, from_us: int, at_us: int) -> list[Alert]:
        """Judge what the lake has of the last hours."""
        if held.one.rule.reads == "measures":
            return self._measured(held, from_us, at_us)
        from_us = held.fill(self._home, from_us, at_us)
        found = held.judge(self._home, from_us, at_us)
        return fresh_of(self._home, held.one, found)

    def _next(self, held: Held, facts: Facts, changed: Collection[str], at_us: int) -> list[Alert]:
        """Judge what came of what an instance looks at."""
        area, _ = area_of(self._home.frame, held.one.scope)
        from_us = held.take(_wanted(facts, held.one, area), changed, at_us)
        found = [] if from_us is None else held.judge(self._home, from_us, at_us)
        return fresh_of(self._home, held.one, found)

    def _measured(self, held: Held, from_us: int, at_us: int) -> list[Alert]:
        ringing, _ = findings(self._home, held.one, from_us - held.reach_us, from_us, at_us)
        return fresh_of(self._home, held.one, ringing)


def _wanted(facts: Facts, one: Prepared, area: BaseGeometry | None) -> Facts:
    """Return the facts that an instance looks at: as ``facts_of`` chooses them in the lake."""
    wanted = one.parameters.kinds()
    codes = set(facts.kinds.tolist())
    mine = {code for code in codes if any(not k or TAXONOMY.is_within(code, k) for k in wanted)}
    kept = facts.severity >= one.parameters.least_severity()
    kept &= np.array([code in mine for code in facts.kinds], np.bool_)
    if one.scope.sources:
        kept &= np.array([source in one.scope.sources for source in facts.sources], np.bool_)
    if area is not None:
        shapely.prepare(area)
        kept &= shapely.intersects_xy(area, facts.lon, facts.lat)
    return facts.take(kept)
