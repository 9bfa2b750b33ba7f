"""Records and texts erased by name before their term: a right of somebody, an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from vigie.base.clock import Clock, now_us
from vigie.base.errors import WrongUsage
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS, FACTS
from vigie.model.holds import Hold
from vigie.privacy.retention import Rule
from vigie.situation.retention.ledger import Ledger, hash_id, mark_of, set_mark
from vigie.situation.retention.register import Register
from vigie.situation.retention.rulebook import Rulebook
from vigie.situation.retention.texts import TEXTS, texts_of
from vigie.situation.retention.windows import keeping

_ALL = "A"
"""Comes after every local day, as texts are compared."""


@dataclass(slots=True)
class Erased:
    """What became of the texts of some facts.

    Attributes:
        by_rule: How many went, by rule; rules under which none did are absent.
        held: Facts whose texts a hold keeps.
    """

    by_rule: list[tuple[Rule, int]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)


class NamedErasures:
    """Erases what is named; the caller holds the lock of runs.

    Args:
        lake: The lake.
        ledger: What an older copy must repeat.
        register: Of destructions.
        rulebook: The rules.
        clock: Tells when.
        holds: Holds that stand now, by rule.
    """

    def __init__(
        self,
        lake: Lake,
        ledger: Ledger,
        register: Register,
        rulebook: Rulebook,
        *,
        clock: Clock,
        holds: Callable[[Rule], list[Hold]],
    ) -> None:
        self._lake, self._ledger, self._register = lake, ledger, register
        self._rules, self._clock, self._holds = rulebook.rules, clock, holds

    def records(self, kind: str, ids: Sequence[str], reason: str) -> Rule:
        """Erase records of a table; returns their rule.

        Raises:
            WrongUsage: No reason, no such table, or a hold freezes one of them.
        """
        if kind not in CONTRACTS or not reason.strip() or not ids:
            raise WrongUsage(reason=f"{', '.join(CONTRACTS)}; id; reason")
        rule, contract = self._rules[kind], CONTRACTS[kind]
        holds = self._holds(rule)
        if holds:
            rows = self._lake.scan(kind, ids=ids)
            if keeping(holds, contract)(rows).any():
                raise WrongUsage(reason=f"hold: {', '.join(hold.hold_id for hold in holds)}")
        self._destroy(rule, ids, lambda: self._lake.erase(kind, list(ids)))
        return rule

    def texts(self, ids: Sequence[str]) -> Erased:
        """Erase what is written about facts, live and sealed, but for what a hold keeps."""
        done = Erased()
        facts = self._lake.scan("facts", ids=ids) if ids else None
        for store in TEXTS:
            rule, texts = self._rules[store], texts_of(self._lake, store)
            if texts is None:
                continue
            holds = self._holds(rule)
            if holds and facts is not None:
                mask = keeping(holds, FACTS)(facts)
                named = zip(facts["fact_id"].to_pylist(), mask, strict=True)
                done.held |= {id_ for id_, one in named if one}
            there = {id_ for id_, _ in texts.before(_ALL)}
            wanted = sorted((set(ids) & there) - done.held)
            if wanted:
                self._destroy(rule, wanted, partial(texts.erase, wanted, forget=False))
                done.by_rule.append((rule, len(wanted)))
            texts.forget_deleted()
        return done

    def again(self, rule: Rule, hashes: set[str]) -> int:
        """Erase what an older copy brought back of what was named; returns how much."""
        texts = texts_of(self._lake, rule.store) if rule.store in TEXTS else None
        known = [id_ for id_, _ in texts.before(_ALL)] if texts else []
        if rule.store not in TEXTS:
            known = self._lake.ids(rule.store)
        ids = [id_ for id_ in known if hash_id(id_) in hashes]
        if ids:
            now = now_us(self._clock)
            self._register.destroy(rule, 0, ids, (now, now), lambda: self._gone(rule, ids))
        return len(ids)

    def _gone(self, rule: Rule, ids: list[str]) -> None:
        texts = texts_of(self._lake, rule.store) if rule.store in TEXTS else None
        if texts is None:
            self._lake.erase(rule.store, ids)
        else:
            texts.erase(ids)

    def _destroy(self, rule: Rule, ids: Sequence[str], do: Callable[[], object]) -> None:
        """Write it into the ledger and the register, do it, tick it off."""
        now, folder = now_us(self._clock), self._lake.folder
        followed = mark_of(folder) == self._ledger.last()
        entry = self._ledger.add(rule.store, ids=ids)
        self._register.destroy(rule, 0, ids, (now, now), do)
        if followed:
            set_mark(folder, entry.number)
