"""How long each kind of record lives: one rule per store and feed, exact ends, legal holds.

A term of days is a number of days of 24 hours; a term of months or years is counted on the city's
calendar. A store that forgets by whole days ends a local day at its first instant plus the term, so
that nothing outlives its term and a day goes as one piece. The ceilings come from the law: a home
may forget sooner, never later (law reference: VID-2, PM-2, LED-4, LED-6).
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from vigie.privacy.purposes import Purpose

DAY_US = 86_400_000_000
_TERM = re.compile(r"([1-9][0-9]{0,3}) (day|month|year)s?")
_IN_MONTHS = {"month": 1, "year": 12}
FILE = "retention.toml"
_EPOCH, _US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class RuleInvalid(ValueError):
    """A rule that cannot be used: which, and why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key, self.reason = key, reason


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: so many days, or so many months of the calendar."""

    n: int
    unit: Literal["days", "months"]

    @classmethod
    def read(cls, text: object, key: str) -> Term:
        """Return the term of a text such as ``30 days``, ``12 months`` or ``3 years``.

        Raises:
            RuleInvalid: With the key, when it is none.
        """
        found = _TERM.fullmatch(str(text))
        if found is None:
            raise RuleInvalid(key, f"{text!r}: 30 days, 12 months, 3 years")
        n, months = int(found[1]), _IN_MONTHS.get(found[2])
        return cls(n, "days") if months is None else cls(n * months, "months")

    def within(self, other: Term) -> bool:
        """Say whether it never ends after another term, whatever the start."""
        if self.unit == other.unit:
            return self.n <= other.n
        years, months = divmod(self.n if self.unit == "months" else other.n, 12)
        if self.unit == "months":
            return 366 * years + 31 * months <= other.n
        return self.n <= 365 * years + 28 * months

    def __str__(self) -> str:
        """Return it as it is written."""
        years = self.unit == "months" and self.n % 12 == 0
        n, unit = (self.n // 12, "years") if years else (self.n, self.unit)
        return f"{n} {unit[:-1] if n == 1 else unit}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept how long, for whom, what for, and how it ends.

    Attributes:
        name: ``STORE``, or ``STORE.CONNECTOR`` for the feeds of one connector.
        store: The store: one regime and one controller for all of it (LED-6).
        connector: Whose feeds it is about; empty for all that no other rule of the store names.
        covers: Folders, files and tables of a home that the store is, as patterns.
        plane: ``open``, ``live``, ``sealed`` or ``office`` (what the house needs to run).
        regime: ``gdpr`` or ``led``.
        controller: Who answers for it.
        purposes: What it is kept for.
        term: How long.
        ceiling: The longest term a home may set.
        since: What the term runs from: ``event``, ``receipt`` or ``end`` (of use or validity).
        by_day: Whether a local day ends as a whole.
        at_term: ``erase`` (bytes) or ``shred`` (the key, or the payload under a hash).
        holdable: Whether a legal hold may keep it.
        title: French, English.
        basis: French, English.
    """

    name: str
    store: str
    connector: str
    covers: tuple[str, ...]
    plane: Literal["open", "live", "sealed", "office"]
    regime: Literal["gdpr", "led"]
    controller: str
    purposes: tuple[Purpose, ...]
    term: Term
    ceiling: Term
    since: Literal["event", "receipt", "end"]
    by_day: bool
    at_term: Literal["erase", "shred"]
    holdable: bool
    title: Mapping[str, str]
    basis: Mapping[str, str]


def read_rules(text: str, home: str = "") -> dict[str, Rule]:
    """Return the rules by name, as a home has shortened them.

    Args:
        text: The house's rules (``retention.toml`` of this package).
        home: The home's own terms: ``"facts" = "1 year"``.

    Raises:
        RuleInvalid: With the key and the reason: an unknown rule, an unreadable term, or one
            that is longer than the ceiling.
    """
    rules = {}
    for store, said in tomllib.loads(text).items():
        several = {"": {}, **said.pop("connectors", {})}
        for connector, more in several.items():
            name = f"{store}.{connector}" if connector else store
            rules[name] = _rule(name, store, connector, said | more)
    try:
        wanted = tomllib.loads(home)
    except tomllib.TOMLDecodeError as error:
        raise RuleInvalid(FILE, str(error)) from error
    for name, value in wanted.items():
        if name not in rules:
            raise RuleInvalid(name, f"no such rule: {', '.join(rules)}")
        rules[name] = replace(rules[name], term=Term.read(value, name))
    for rule in rules.values():
        if not rule.term.within(rule.ceiling):
            reason = f"{rule.term} > {rule.ceiling}: {rule.basis['fr']}"
            raise RuleInvalid(rule.name, reason)
    return rules


def _rule(name: str, store: str, connector: str, said: Mapping[str, Any]) -> Rule:
    term, ceiling = (Term.read(said[key], name) for key in ("term", "ceiling"))
    lists = {"covers": tuple(said["covers"]), "purposes": tuple(map(Purpose, said["purposes"]))}
    names = {"name": name, "store": store, "connector": connector, "term": term, "ceiling": ceiling}
    return Rule(**{**said, **lists, **names})


def rule_of(rules: Mapping[str, Rule], store: str, connector: str) -> Rule:
    """Return the one rule of a store's records that came by a connector."""
    return rules.get(f"{store}.{connector}") or rules[store]


def expires_at(rule: Rule, instant_us: int, zone: ZoneInfo) -> int:
    """Return when a record ends (epoch µs): from then on it may not be there any more.

    Never decreasing in ``instant_us``, and never later than the instant plus the term.
    """
    term = rule.term
    if term.unit == "days" and not rule.by_day:
        return instant_us + term.n * DAY_US
    day = (_EPOCH + instant_us * _US).astimezone(zone).date()
    begins = datetime.combine(day, time(), zone)
    if term.unit == "days":
        ends = datetime.combine(day + timedelta(days=term.n), time(), zone)
        return min(_us(begins) + term.n * DAY_US, _us(ends))
    year, month = divmod(day.year * 12 + day.month - 1 + term.n, 12)
    last = monthrange(year, month + 1)[1]
    return _us(datetime(year, month + 1, min(day.day, last), tzinfo=zone))


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _US


def cutoff(rule: Rule, now_us: int, zone: ZoneInfo) -> int:
    """Return the first instant (epoch µs) whose records have not ended now: all before it have."""
    longest = rule.term.n * (1 if rule.term.unit == "days" else 31) + 3
    low, high = now_us - longest * DAY_US, now_us
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if expires_at(rule, middle, zone) <= now_us else (low, middle)
    return high
