"""What intake and the desk forget, and how it comes into the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from vigie.desk.case_acts import CaseActs
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.desk.retention import RetentionDesk
from vigie.intake.retention import Terms
from vigie.intake.worker import Housekeeping
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS
from vigie.model.times import at_local, day_bounds
from vigie.privacy.retention import DAY_US, Rule
from vigie.situation.day_shelf import DayShelf
from vigie.situation.retention.register import Register
from vigie.situation.retention.rulebook import Rulebook

PARTIALS, DAY_FIGURES = "partial_revisions", "day_figures"
TABLES = {
    "sessions": "sessions",
    "provider_starts": "sessions",
    "reads": "sessions",
    "tokens": "tokens",
    "alerts": "alerts",
    "alert_acts": "alerts",
    "alert_rules": "alert_rules",
    "alert_rosters": "alert_rules",
    "duty_turns": "alert_rules",
    "forecasts": "forecasts",
    "forecast_overrides": "forecast_overrides",
    "plan_versions": "plan_versions",
    "clash_states": "clash_states",
    "indicators": "indicators",
    "questions": "questions",
    "question_reports": "question_reports",
    "shift_lines": "shift",
    "handovers": "shift",
    "public_messages": "public_messages",
    "detections": "detections",
    "detection_verdicts": "detection_verdicts",
    "detection_grants": "detection_grants",
    "case_acts": "cases",
    "case_archives": "case_archives",
    "accounts": "accounts",
    "destructions": "retention",
    "holds": "retention",
    "event_files": "event_files",
}
"""Tables of the desk that forget, and the rule of each."""


def give_terms(house: Housekeeping, rules: Mapping[str, Rule]) -> None:
    """Give intake the home's terms; its settings may shorten them, not lengthen."""
    said = {name: rules[name].term.n * DAY_US for name in ("journal", "quarantine", "events")}
    house.keep(
        Terms(
            min(said["journal"], house.terms.journal_us),
            min(said["quarantine"], house.terms.quarantine_us),
            min(said["events"], house.terms.events_us),
            rules["feeds"].term.n * DAY_US,
        )
    )


def run_intake(
    house: Housekeeping, register: Register, rules: Mapping[str, Rule]
) -> dict[str, int]:
    """Let intake forget what has ended; returns how many by rule."""
    house.clean()
    found: dict[str, int] = {}
    for one in house.forgotten():
        bounds = (one.first_us, one.last_us)
        name = register.begin(rules[one.store], one.before_us, bounds, n=one.n, digest=one.digest)
        register.finish(name)
        house.settle(one.number)
        found[one.store] = found.get(one.store, 0) + one.n
    return found


def run_desk(
    desk: RetentionDesk, register: Register, rulebook: Rulebook, now_us: int
) -> dict[str, int]:
    """Delete the desk's rows that have ended; returns how many by rule."""
    desk.note_endings()
    found: dict[str, int] = {}
    for table, name in TABLES.items():
        rule = rulebook.rules[name]
        before = rulebook.before(rule, now_us)
        rows = desk.ended(table, before)
        if not rows:
            continue
        keys, instants = [key for key, _ in rows], [at for _, at in rows]
        bounds = (min(instants), max(instants))

        def erase(table: str = table, keys: list[str] = keys) -> None:
            desk.erase(table, keys)

        register.destroy(rule, before, keys, bounds, erase)
        found[name] = found.get(name, 0) + len(keys)
    return found


def run_partials(lake: Lake, register: Register, rulebook: Rulebook, now_us: int) -> dict[str, int]:
    """Delete partial revisions that have ended, those that wait among them; how many by rule."""
    rule = rulebook.rules[PARTIALS]
    before = rulebook.before(rule, now_us)
    n = 0
    for kind in CONTRACTS:
        ended = [head for head in lake.partials(kind) if head.received_us < before]
        if not ended:
            continue
        instants = [head.received_us for head in ended]

        def drop(kind: str = kind) -> None:
            lake.drop_partials(kind, before)

        keys = [f"{head.id} {head.revision}" for head in ended]
        register.destroy(rule, before, keys, (min(instants), max(instants)), drop)
        n += len(ended)
    return {PARTIALS: n} if n else {}


def count_partials(lake: Lake, rulebook: Rulebook, now_us: int) -> int:
    """Return how many partial revisions have ended."""
    before = rulebook.before(rulebook.rules[PARTIALS], now_us)
    return sum(head.received_us < before for kind in CONTRACTS for head in lake.partials(kind))


def count_desk(desk: RetentionDesk, rulebook: Rulebook, now_us: int) -> dict[str, int]:
    """Return how many of the desk's rows have ended, by rule."""
    found: dict[str, int] = {}
    for table, name in TABLES.items():
        before = rulebook.before(rulebook.rules[name], now_us)
        n = len(desk.ended(table, before))
        found[name] = found.get(name, 0) + n
    return found


def ended_days(shelf: DayShelf, rulebook: Rulebook, now_us: int) -> tuple[int, list[str]]:
    """Return the instant before which tables of published days have ended, and these."""
    before = rulebook.before(rulebook.rules[DAY_FIGURES], now_us)
    return before, shelf.before(at_local(before, rulebook.zone.key).date())


def run_days(
    shelf: DayShelf, register: Register, rulebook: Rulebook, now_us: int
) -> dict[str, int]:
    """Delete the tables of published days past their term; returns how many by rule."""
    before, gone = ended_days(shelf, rulebook, now_us)
    if not gone:
        return {}
    rule = rulebook.rules[DAY_FIGURES]
    first = date.fromisoformat(min(Path(name).stem for name in gone))
    bounds = day_bounds(first, rulebook.zone.key)[0], before
    register.destroy(rule, before, gone, bounds, lambda: shelf.erase(gone))
    return {rule.name: len(gone)}


def run_evidence(
    shelf: EvidenceShelf, acts: CaseActs, register: Register, rulebook: Rulebook, now_us: int
) -> dict[str, int]:
    """Delete packages past their term, and those of closed cases; returns how many by rule."""
    rule = rulebook.rules["evidence"]
    before = rulebook.before(rule, now_us)
    gone = shelf.others(acts.packages(before))
    if not gone:
        return {}
    register.destroy(rule, before, gone, (before, now_us), lambda: shelf.erase(gone))
    return {rule.name: len(gone)}
