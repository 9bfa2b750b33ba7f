"""The part of the run that finds fields nobody uses, reports them, and drops them (MIN-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from vigie.base.clock import Clock, from_us, now_us
from vigie.base.logging import get_logger
from vigie.desk.field_uses import FieldUse, FieldUses
from vigie.lake.emptying import Emptying, Planned, filled, plan_emptying, take_emptying
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS
from vigie.model.holds import Hold
from vigie.model.needs import REPORT_DAYS, never_kept, standing, told_only
from vigie.privacy.retention import Rule
from vigie.situation.caller import Caller
from vigie.situation.retention.ledger import Entry, Ledger
from vigie.situation.retention.register import Register
from vigie.situation.retention.rulebook import Rulebook
from vigie.situation.retention.windows import keeping

RULE = "unused_fields"
_log = get_logger(__name__)


def drop_days(book: Rulebook, uses: FieldUses, at_us: int) -> int:
    """Return after how many days without use a field is dropped in this home."""
    return (uses.today() - from_us(book.before(book.rules[RULE], at_us)).date()).days


class UnusedFields:
    """Finds, reports and drops; the caller holds the lock of runs.

    Args:
        lake: The lake.
        uses: When fields were last told, and what was dropped.
        ledger: What an older copy must repeat.
        register: Of destructions.
        rulebook: The rules.
        clock: Tells when.
        holds: Holds that stand now, by rule.
        unmark: Called before anything is destroyed.
    """

    def __init__(
        self,
        lake: Lake,
        uses: FieldUses,
        ledger: Ledger,
        register: Register,
        rulebook: Rulebook,
        *,
        clock: Clock,
        holds: Callable[[Rule], list[Hold]],
        unmark: Callable[[], None],
    ) -> None:
        self._lake, self._uses, self._ledger = lake, uses, ledger
        self._register, self._rulebook, self._clock = register, rulebook, clock
        self._holds, self._unmark = holds, unmark
        for kind in CONTRACTS:
            lake.tables[kind].without = partial(uses.dropped, kind)

    def run(self, by: Caller) -> dict[str, int]:
        """Look once a day at every kind; returns how many records lost a value, by kind."""
        known = self._uses.all()
        done = {kind: self._run_kind(kind, known, by) for kind in CONTRACTS}
        return {kind: n for kind, n in done.items() if n}

    def told(self) -> dict[str, list[str]]:
        """Return which fields are unused for long enough to be reported, and which dropped."""
        found: dict[str, list[str]] = {"unused": [], "dropped": []}
        for one in self._uses.all():
            gone = one.dropped_us is not None
            state, _ = standing(self._uses.today(), one.since, one.used, dropped=gone)
            place = "unused" if state == "due" else state
            if place in found:
                found[place].append(f"{one.dataset}.{one.field}")
        return found

    def _run_kind(self, kind: str, known: Iterable[FieldUse], by: Caller) -> int:
        watched, today = told_only(kind), self._uses.today()
        mine = {one.field: one for one in known if one.dataset == kind}
        if not watched or all(name in mine and mine[name].looked == today for name in watched):
            return 0
        found = filled(self._lake.tables[kind], watched | never_kept(kind))
        due = self._due([one for one in mine.values() if one.field in found])
        if due:
            self._ledger.add(kind, before_us=now_us(self._clock), fields=due)
            self._uses.drop(kind, due)
            _log.warning("fields dropped for want of use", dataset=kind, fields=sorted(due))
        gone = self._uses.dropped(kind) & found
        n = self._empty(kind, Emptying(gone), by) if gone else 0
        self._uses.look(kind, found)
        return n

    def _due(self, known: Iterable[FieldUse]) -> set[str]:
        """Return the fields to drop; those that come to it are told in the log."""
        due, soon = set(), []
        today, days = self._uses.today(), drop_days(self._rulebook, self._uses, now_us(self._clock))
        for one in known:
            if one.dropped_us is not None:
                continue
            state, idle = standing(today, one.since, one.used, drop_days=days)
            if state == "due":
                due.add(one.field)
            elif state == "unused":
                soon.append(f"{one.dataset}.{one.field} ({idle})")
        if soon:
            _log.warning("fields unused", days=REPORT_DAYS, fields=soon)
        return due

    def again(self, entry: Entry) -> int:
        """Empty again what an older copy of the lake has brought back; ``forget`` must follow."""
        return self._steps(entry.store, Emptying(frozenset(entry.fields), entry.before_us), None)

    def _empty(self, kind: str, wanted: Emptying, by: Caller) -> int:
        n = self._steps(kind, wanted, by)
        if n:
            self._lake.forget_expired(kind)
        return n

    def _steps(self, kind: str, wanted: Emptying, by: Caller | None) -> int:
        contract, table = CONTRACTS[kind], self._lake.tables[kind]
        rule = replace(self._rulebook.rules[RULE], store=kind)
        holds: Sequence[Hold] = self._holds(self._rulebook.rules[kind])
        wanted = replace(wanted, keep=keeping(holds, contract) if holds else None)
        total = 0
        while True:
            with self._lake.tables.lock(kind):
                planned = plan_emptying(contract, table, wanted)
                if planned is None:
                    return total
                if by is not None and not total:
                    self._register.tell_fields(by, rule, wanted.names)
                name = self._begin(rule, planned)
                take_emptying(contract, table, self._lake.index, planned)
            self._register.finish(name)
            total += len(planned.step.ids)

    def _begin(self, rule: Rule, planned: Planned) -> str:
        self._unmark()
        return self._register.begin_step(rule, now_us(self._clock), planned.step)
