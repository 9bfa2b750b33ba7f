"""The run that deletes what has ended, and what an older copy of the lake must forget again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vigie.audit.store import Audit
from vigie.base.clock import Clock, now_us
from vigie.base.errors import Unavailable
from vigie.base.house_clock import stamped_us
from vigie.base.logging import get_logger
from vigie.base.settings import Settings
from vigie.base.stopping import look
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.desk.retention import Destruction, HeldCase, digest_of
from vigie.desk.store import Desk
from vigie.foresight.forecasting.shelf import ForecastShelf
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.expiry import Step, Window
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS
from vigie.model.holds import Hold
from vigie.privacy.retention import Rule
from vigie.situation.caller import Caller
from vigie.situation.day_shelf import DayShelf
from vigie.situation.retention.ledger import (
    Entry,
    Ledger,
    mark_of,
    note_run,
    read_run,
    set_mark,
)
from vigie.situation.retention.named import Erased, NamedErasures
from vigie.situation.retention.offices import (
    DAY_FIGURES,
    PARTIALS,
    count_desk,
    count_partials,
    ended_days,
    give_terms,
    run_days,
    run_desk,
    run_evidence,
    run_intake,
    run_partials,
)
from vigie.situation.retention.register import NO_VERSION, Register
from vigie.situation.retention.rulebook import Rulebook, load_rulebook
from vigie.situation.retention.shredding import destroy_pseudonyms, shred_audit
from vigie.situation.retention.texts import TEXTS, Texts
from vigie.situation.retention.unused import UnusedFields
from vigie.situation.retention.windows import window_of

FOLDER = "retention"
SYSTEM = Caller("vigie", "system")
_log = get_logger(__name__)


@dataclass(slots=True)
class Outcome:
    """What a run did, or would do.

    Attributes:
        erased: Records deleted, by rule.
        resumed: Deletions that an interrupted run had begun and that had happened.
        emptied: Records that lost the value of a field nobody uses, by kind.
    """

    erased: dict[str, int] = field(default_factory=dict)
    resumed: int = 0
    emptied: dict[str, int] = field(default_factory=dict)

    def note(self, rule: str, n: int) -> None:
        """Count."""
        if n:
            self.erased[rule] = self.erased.get(rule, 0) + n

    @property
    def total(self) -> int:
        """Return how many records in all."""
        return sum(self.erased.values())


class Retention:
    """What a home forgets, and the proof of it.

    Attributes:
        rulebook: The home's rules.
        ledger: Erasures that any older copy must repeat.
    """

    def __init__(
        self,
        home: Path,
        settings: Settings,
        clock: Clock,
        *,
        lake: Lake,
        desk: Desk,
        intake: Intake,
        audit: Audit,
        keys: Keeper,
    ) -> None:
        book = load_rulebook(home, settings.city.timezone)
        self.rulebook: Rulebook = replace(book, stamp=partial(stamped_us, clock))
        self.ledger, self._lock = Ledger(home / FOLDER), home / FOLDER / "run.lock"
        self._runs, self._inbox = home / FOLDER, home / "intake"
        self._lake, self._desk, self._intake = lake, desk.retention, intake
        self._forecasts, self._names = ForecastShelf(home), desk.forecasts.names
        self._days = DayShelf(home)
        self._evidence, self._acts = EvidenceShelf(home), desk.case_acts
        self._clock, self._audit, self._keys = clock, audit, keys
        self._texts = Texts(lake, keys, self.rulebook.zone)
        self._register = Register(self._desk, clock, self.rulebook.version, audit)
        self._named = NamedErasures(
            lake, self.ledger, self._register, self.rulebook, clock=clock, holds=self.holds
        )
        self._unused = UnusedFields(
            lake, desk.field_uses, self.ledger, self._register, self.rulebook,
            clock=clock, holds=self.holds, unmark=self._unmark,
        )  # fmt: skip
        give_terms(intake.housekeeping, self.rulebook.rules)

    # --- The run -------------------------------------------------------------------------------

    def run(self, *, by: Caller = SYSTEM) -> Outcome:
        """Delete everything that has ended and is not held; safe to stop and to repeat.

        Raises:
            Unavailable: When another run is under way, or a store cannot be written now.
        """
        outcome = Outcome()
        with self._alone():
            self._replay()
            outcome.resumed = self._register.resume(self._happened)
            for rule in self.rulebook.rules.values():
                look()
                if rule.store in CONTRACTS or rule.store in TEXTS:
                    outcome.note(rule.name, self._run_lake(rule, by))
            outcome.emptied = self._unused.run(by)
            set_mark(self._lake.folder, self.ledger.last())
            for name, n in (*self._shred(by).items(), *self._run_offices(by).items()):
                outcome.note(name, n)
            set_mark(self._inbox, self.ledger.last())
            note_run(self._runs, now_us(self._clock), outcome.erased, self._unused.told())
        return outcome

    def look(self, at_us: int | None = None) -> Outcome:
        """Return what a run would delete now; at another instant, if one is told (epoch µs)."""
        outcome, now = Outcome(), now_us(self._clock) if at_us is None else at_us
        for rule in self.rulebook.rules.values():
            before, holds = self.rulebook.before(rule, now), self.holds(rule)
            if rule.store in TEXTS:
                outcome.note(rule.name, len(self._texts.expired(rule.store, before, holds)[0]))
            elif rule.store in CONTRACTS:
                window = self._window(rule, before, holds)
                if window is not None:
                    outcome.note(rule.name, self._lake.count_expired(rule.store, window))
        outcome.note(PARTIALS, count_partials(self._lake, self.rulebook, now))
        for name, n in count_desk(self._desk, self.rulebook, now).items():
            outcome.note(name, n)
        outcome.note(DAY_FIGURES, len(ended_days(self._days, self.rulebook, now)[1]))
        for name, n in self._intake.housekeeping.count_expired(now).items():
            outcome.note(name, n)
        return outcome

    def holds(self, rule: Rule) -> list[Hold]:
        """Return the holds that stand now and freeze records of a rule."""
        if not rule.holdable:
            return []
        now = now_us(self._clock)
        cases = self._desk.holds()
        return [c.hold for c in cases if c.hold.stands(now) and rule.store in c.hold.stores]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self._lock, timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise Unavailable(what="retention run") from error
        try:
            yield
        finally:
            lock.release()

    def _run_lake(self, rule: Rule, by: Caller) -> int:
        before, holds = self.rulebook.before(rule, now_us(self._clock)), self.holds(rule)
        if not self._note_window(rule, before, holds):
            return 0
        n = self._apply(rule, before, holds)
        if n:
            self._forget(rule.store)
            self._register.tell(by, rule, n, before_us=before)
        return n

    def _note_window(self, rule: Rule, before_us: int, holds: Sequence[Hold]) -> bool:
        """Write a window into the ledger if it is new; say whether anything can have ended.

        What runs from its receipt cannot come too late: nothing else comes under a window that has
        been followed once. What runs from an event may arrive when it has ended already.
        """
        names = tuple(sorted(hold.hold_id for hold in holds))
        wanted = Entry(0, rule.name, rule.store, before_us, names)
        known = [entry for entry in self.ledger.entries() if entry.includes(wanted)]
        if not known:
            self.ledger.add(rule.store, rule=rule.name, before_us=before_us, holds=names)
            return True
        return rule.since != "receipt" or mark_of(self._lake.folder) < known[-1].number

    def _apply(self, rule: Rule, before_us: int, holds: Sequence[Hold]) -> int:
        """Delete what a window takes; ``_forget`` must follow."""
        if rule.store in TEXTS:
            ids, *bounds = self._texts.expired(rule.store, before_us, holds)
            if ids:
                self._unmark()
                self._register.destroy(
                    rule,
                    before_us,
                    ids,
                    (bounds[0], bounds[1]),
                    lambda: self._texts.erase(rule.store, before_us, ids),
                )
            return len(ids)
        window = self._window(rule, before_us, holds)
        return 0 if window is None else self._steps(rule, window)

    def _steps(self, rule: Rule, window: Window) -> int:
        """Delete in bounded steps, each written down before and ticked off after."""
        total, names = 0, list[str]()

        def begin(step: Step) -> None:
            self._unmark()
            names.append(self._register.begin_step(rule, window.before_us, step))

        while n := self._lake.expire_step(rule.store, window, begin):
            total += n
            self._register.finish(names[-1])
        return total

    def _unmark(self) -> None:
        """Say on disk that bytes of something deleted may be left, until the run has ended."""
        if mark_of(self._lake.folder):
            set_mark(self._lake.folder, 0)

    def _forget(self, store: str) -> None:
        if store in TEXTS:
            self._texts.forget(store)
        else:
            self._lake.forget_expired(store)

    def _window(self, rule: Rule, before_us: int, holds: Sequence[Hold]) -> Window | None:
        connectors = {one.source: one.connector for one in self._intake.sources()}
        return window_of(self.rulebook, rule, before_us, holds, connectors)

    def _run_offices(self, by: Caller) -> dict[str, int]:
        rules = self.rulebook.rules
        found = run_intake(self._intake.housekeeping, self._register, rules)
        now = now_us(self._clock)
        found |= run_desk(self._desk, self._register, self.rulebook, now)
        found |= run_partials(self._lake, self._register, self.rulebook, now)
        found |= run_evidence(self._evidence, self._acts, self._register, self.rulebook, now)
        found |= run_days(self._days, self._register, self.rulebook, now)
        self._forecasts.keep_only(self._names())
        for name, n in found.items():
            self._register.tell(by, rules[name], n)
        return found

    def _shred(self, by: Caller) -> dict[str, int]:
        """Shred what ends by losing its key or its payload under a hash."""
        book, now = self.rulebook, now_us(self._clock)
        n = shred_audit(self._audit, self._register, book, now)
        rule = book.rules["pseudonyms"]
        before = book.before(rule, now)
        if not self._note_window(rule, before, ()):
            return {"audit": n}
        keys = destroy_pseudonyms(self._keys, self._register, book, before, now)
        if keys:
            self._register.tell(by, rule, keys, before_us=before)
        return {"audit": n, rule.name: keys}

    def cases(self) -> list[HeldCase]:
        """Return every hold with its act, newest first; the caller checks the right to it."""
        return self._desk.holds()

    def window(self, rule: Rule, before_us: int) -> Window | None:
        """Return what of a table of the lake ends before an instant, holds left aside."""
        return self._window(rule, before_us, ())

    def last_run(self) -> dict[str, Any] | None:
        """Return when the last run ended and what it deleted; None before the first."""
        return read_run(self._runs)

    def proofs(self, limit: int = 200) -> list[dict[str, Any]]:
        """Return the register of destructions, newest first; the caller checks the right to it."""
        return self._register.proofs(limit)

    # --- Records named -------------------------------------------------------------------------

    def erase(self, kind: str, ids: Sequence[str], *, by: Caller, reason: str) -> int:
        """Erase records by name before their term (a right of the person concerned, an error).

        Raises:
            WrongUsage: No reason, no such table, or a hold freezes one of them.
            Unavailable: When a run is under way.
        """
        with self._alone():
            rule = self._named.records(kind, ids, reason)
        self._register.tell(by, rule, len(ids), reason=reason)
        return len(ids)

    def erase_texts(self, ids: Sequence[str], *, by: Caller, reason: str) -> Erased:
        """Erase everything written about facts, live and sealed, and keep the facts (AIA-7).

        A text that a hold freezes stays. Files are rewritten even when no text goes.

        Raises:
            Unavailable: When a run is under way.
        """
        with self._alone():
            done = self._named.texts(ids)
        for rule, n in done.by_rule:
            self._register.tell(by, rule, n, reason=reason)
        return done

    # --- After a crash, and on an older copy ---------------------------------------------------

    def recover(self) -> int:
        """Forget again what an older copy of the lake has brought back; returns how many records.

        Does nothing when the lake has followed the ledger, or when a run is under way elsewhere.
        """
        behind = min(mark_of(self._lake.folder), mark_of(self._inbox))
        if self.ledger.last() <= behind:
            return 0
        try:
            with self._alone():
                n = self._replay()
                self._run_offices(SYSTEM)
                set_mark(self._inbox, self.ledger.last())
                return n
        except Unavailable as error:
            _log.info("a retention run is under way elsewhere", reason=str(error))
            return 0

    def _replay(self) -> int:
        mark, last = mark_of(self._lake.folder), self.ledger.last()
        if last <= mark:
            return 0
        self._register.resume(self._happened)
        cases = {case.hold.hold_id: case.hold for case in self._desk.holds()}
        total, stores = 0, set()
        for entry in self.ledger.entries():
            if entry.number <= mark:
                continue
            if entry.fields:
                total += self._unused.again(entry)
                stores.add(entry.store)
                continue
            rule = self.rulebook.rules[entry.rule or entry.store]
            if rule.store not in CONTRACTS and rule.store not in TEXTS:
                continue  # keys have a ledger of their own
            if entry.hashes:
                n = self._named.again(rule, set(entry.hashes))
            else:
                held = [cases[name] for name in entry.holds if name in cases]
                n = self._apply(rule, entry.before_us, held)
            stores.add(entry.store)
            if n:
                self._register.tell(SYSTEM, rule, n, before_us=entry.before_us)
            total += n
        for store in sorted(stores):
            self._forget(store)
        set_mark(self._lake.folder, last)
        _log.info("erasures of the ledger repeated", records=total, after=mark)
        return total

    def _happened(self, one: Destruction) -> bool:
        """Say whether a destruction that was written down and not ticked off took place.

        A step is one version of a table: when the table has moved on since, it was that step.
        Elsewhere it did not take place if the same keys still wait.
        """
        if one.table_version != NO_VERSION:
            return self._lake.version(one.store) > one.table_version
        if one.store not in TEXTS or not one.before_us:
            return True
        rule = self.rulebook.rules[one.rule]
        ids = self._texts.expired(one.store, one.before_us, self.holds(rule))[0]
        return digest_of(ids) != one.digest
