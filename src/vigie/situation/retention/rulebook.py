"""The rules of one home: the house's, as this home has shortened them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from vigie.base.errors import SettingsInvalid
from vigie.privacy.retention import FILE, Rule, RuleInvalid, cutoff, read_rules


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules by name, the city's zone, and a fingerprint that proofs of destruction carry.

    Attributes:
        rules: By name.
        zone: Where days and months are counted.
        version: SHA-256 of the texts that the rules were read from.
        stamp: What the home's clock said at an instant: less, where it was late then.
    """

    rules: Mapping[str, Rule]
    zone: ZoneInfo
    version: str
    stamp: Callable[[int], int] = int

    def of_store(self, store: str) -> list[Rule]:
        """Return the rules of a store, the one for every other feed first."""
        return [rule for rule in self.rules.values() if rule.store == store]

    def before(self, rule: Rule, now_us: int) -> int:
        """Return the instant before which everything of a rule has ended (epoch µs)."""
        before = cutoff(rule, now_us, self.zone)
        return before if rule.since == "event" else self.stamp(before)


def load_rulebook(home: Path, timezone: str) -> Rulebook:
    """Return the rules of a home.

    Raises:
        SettingsInvalid: When the home's ``retention.toml`` cannot be used, with key and reason.
    """
    house = resources.files("vigie.privacy").joinpath(FILE).read_text(encoding="utf-8")
    try:
        own = (home / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        own = ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(key=FILE, reason=str(error)) from error
    version = hashlib.sha256(f"{house}\0{own}".encode()).hexdigest()
    try:
        rules = read_rules(house, own)
    except RuleInvalid as error:
        raise SettingsInvalid(key=f"{FILE}, {error.key}", reason=error.reason) from error
    return Rulebook(rules, ZoneInfo(timezone), version)
