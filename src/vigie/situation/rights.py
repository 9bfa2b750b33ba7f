"""The one door before data: it decides by the charter, writes the line, then opens a view.

No use case reads for a caller without asking here. The answer is what may be seen (``View``); the
use case reads no wider than that. Reading what stands in the open plane leaves no line, everything
else does, refusals too; where the line cannot be written, nothing is read (P-LOG-4, P-LOG-5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from vigie.audit.line import Line, Scalar, Writer
from vigie.base.clock import Clock, now_us
from vigie.base.errors import (
    CharterMissing,
    Forbidden,
    PartnerUnknown,
    PersonRequired,
    PurposeRefused,
    ReasonRepeated,
    ReasonRequired,
    SettingsInvalid,
)
from vigie.desk.store import Desk
from vigie.privacy.charter import (
    ANYWHERE,
    PLANES,
    PRECISIONS,
    ROLES,
    Charter,
    CharterInvalid,
    Limits,
    read_charter,
    shipped_charter,
)
from vigie.privacy.decision import LEAST_REASON, Ask, Decision, decide
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.bulk_reads import BulkReads
from vigie.situation.caller import Caller
from vigie.situation.field_counter import FieldCounter
from vigie.situation.frame import CityFrame
from vigie.situation.view import View

__all__ = [
    "CHARTER_FILE", "OWN_MARK", "OWN_ROLE", "VIEWERS", "Rights", "Subject", "View", "load_charter",
    "note_charter",
]  # fmt: skip

CHARTER_FILE = "charter.toml"
OWN_MARK = "charter.own"
"""Says that the home was opened under a charter of its own, and which one the last time."""

OWN_ROLE = "partner"
VIEWERS = frozenset({"dpo", "admin"})
"""Roles that may see as another role sees, within their own rights."""

Subject = Mapping[str, Any]
"""What is asked for, as the audit writes it: texts, numbers, and lists of them."""

_LONGEST_SUBJECT = 40
_ANY_REASON = "." * LEAST_REASON
"""Stands for a reason that nobody gave yet: of what only waits for one, the limits are known."""


def load_charter(home: Path, whose: str = "") -> Charter:
    """Return the charter of a home: its own ``charter.toml``, else the one that comes with Vigie.

    A home that once had its own is never opened under the shipped one because a file is gone.

    Args:
        home: The folder.
        whose: The setting ``rights.charter``: ``own``, ``shipped``, or empty.

    Raises:
        CharterMissing: When the city's own is not there, by the setting or by the home's mark.
        SettingsInvalid: When the file cannot be read, is no consistent charter, or stands there
            against the setting.
    """
    path = home / CHARTER_FILE
    if not path.exists():
        if whose == "own" or (whose != "shipped" and (home / OWN_MARK).exists()):
            raise CharterMissing(file=str(path))
        return shipped_charter()
    if whose == "shipped":
        raise SettingsInvalid(key="rights.charter", reason=f"shipped, and {CHARTER_FILE} is there")
    try:
        return read_charter(path.read_text(encoding="utf-8"))
    except CharterInvalid as error:
        raise SettingsInvalid(key=f"{CHARTER_FILE}, {error.key}", reason=error.reason) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(key=CHARTER_FILE, reason=str(error)) from error


def note_charter(home: Path) -> None:
    """Remember that a home has a charter of its own, so that its loss is seen at the next start."""
    path, mark = home / CHARTER_FILE, home / OWN_MARK
    if not path.exists():
        return
    told = f"{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
    if not mark.is_file() or mark.read_text("ascii", "replace") != told:
        partial = home / f"{OWN_MARK}.new"
        partial.write_text(told, encoding="ascii")
        partial.replace(mark)


class Rights:
    """Decides, writes, opens.

    Attributes:
        charter: The charter in force.
        bulk_reads: The alarm of bulk reads.
    """

    def __init__(
        self,
        charter: Charter,
        desk: Desk,
        clock: Clock,
        audit: Writer,
        frame: CityFrame,
        *,
        most_facts: int = 50_000,
    ) -> None:
        self.charter = charter
        self._desk = desk
        self._clock = clock
        self._audit = audit
        self._frame = frame
        self._uses = FieldCounter(desk.field_uses)
        self.bulk_reads = BulkReads(most_facts, clock, desk.alerts, audit, desk.reads)

    def ask(
        self,
        caller: Caller,
        dataset: str,
        verb: Verb = Verb.CONSULT,
        subject: Subject | None = None,
        *,
        recipient: str = "",
    ) -> View:
        """Return what a caller may see, after its line is on disk.

        Args:
            caller: Who asks, what for and why.
            dataset: Name of the dataset (``privacy.charter.PLANES``).
            verb: What is to be done to it.
            subject: What is asked for: window, zone, ids; ``fact`` is the id of a single fact.
                Never a text that a person typed.
            recipient: Who gets what is disclosed, when it is not the caller.

        Raises:
            Forbidden: When the charter does not open it; a subclass says what is missing.
            Unavailable: When the line cannot be written.
        """
        told = dict(subject or {})
        if caller.view_as and (caller.role not in VIEWERS or caller.view_as not in ROLES):
            own = replace(caller, view_as="")
            self.refuse(own, dataset, verb, told, why="view_as_not_yours")
        decisions = self._decide(caller, dataset, verb, fact=str(told.get("fact", "")))
        refused = next((one for one in decisions if one.grant is None), None)
        if refused is not None:
            told["why"] = refused.why
            self._write(caller, refused, dataset, verb, told, recipient=recipient)
            raise _error(refused, caller, dataset, verb)
        line = None
        if PLANES[dataset] != "open" or verb is not Verb.CONSULT or caller.view_as:
            if decisions[0].why == "break_glass":
                told["why"] = "break_glass"
            line = self._write(caller, decisions[0], dataset, verb, told, recipient=recipient)
        return self._opened(caller, dataset, verb, decisions, line)

    def ask_together(
        self, caller: Caller, first: str, others: Sequence[str], subject: Subject
    ) -> tuple[dict[str, View], tuple[str, ...]]:
        """Return what a caller may see of datasets that are read as one, after their one line.

        The line stands under the first dataset; its subject names the others that are read with it
        (``with``) and those that are not opened to the caller (``left_out``).

        Args:
            caller: Who asks.
            first: Without this one nothing is answered.
            others: Left out where the charter does not open them.
            subject: What is asked for.

        Returns:
            Views by dataset, and the names of what is left out.

        Raises:
            Forbidden: When the charter does not open the first.
            Unavailable: When the line cannot be written.
        """
        asked = {name: self._decide(caller, name, Verb.CONSULT) for name in others}
        left_out = tuple(
            name for name, found in asked.items() if any(one.grant is None for one in found)
        )
        opened = [name for name in others if name not in left_out]
        told = {**subject, "with": opened, "left_out": list(left_out)}
        views = {first: self.ask(caller, first, subject=told)}
        for name in opened:
            line = views[first].line
            views[name] = self._opened(caller, name, Verb.CONSULT, asked[name], line)
        return views, left_out

    def _opened(
        self,
        caller: Caller,
        dataset: str,
        verb: Verb,
        decisions: Sequence[Decision],
        line: int | None,
    ) -> View:
        """Return the view that decisions open, their line being written."""
        grants = tuple(one.grant for one in decisions if one.grant is not None)
        if any(one.reason for one in grants):
            self._desk.reasons.note(caller.name, caller.reason)
        limits = ANYWHERE
        for one in grants:
            limits = limits.within(one.limits)
        purpose = decisions[0].purpose or Purpose.OVERSIGHT

        def count(table: pa.Table) -> None:
            if "fact_id" in table.column_names:
                self.bulk_reads.note(caller, table["fact_id"].to_pylist())

        at_most = self._precision(caller) if dataset == "figures" else "exact"
        return View(
            dataset, verb, purpose, grants, limits, self._frame, line, count, at_most, self._uses
        )

    def _precision(self, caller: Caller) -> str:
        """Return how precisely a caller is told the places of facts: counts may tell no more."""
        decisions = self._decide(caller, "facts", Verb.CONSULT)
        told = (one.grant.precision for one in decisions if one.grant is not None)
        return max(told, key=PRECISIONS.index, default="exact")

    def refuse(
        self, caller: Caller, dataset: str, verb: Verb, subject: Subject, *, why: str
    ) -> NoReturn:
        """Write down and raise a refusal that is not the charter's but follows from it."""
        decision = Decision(why)
        told = {**subject, "why": why}
        self._write(caller, decision, dataset, verb, told, recipient="")
        raise _error(decision, caller, dataset, verb)

    def may(
        self, caller: Caller, dataset: str, verb: Verb = Verb.CONSULT, *, fact: str = ""
    ) -> bool:
        """Say whether a question may be asked at all, reasons left aside; writes no line."""
        asked = ("granted", "break_glass", "reason_required", "reason_repeated")
        return all(one.why in asked for one in self._decide(caller, dataset, verb, fact))

    def limits(self, caller: Caller, dataset: str, verb: Verb) -> Limits:
        """Return where a right ends, reasons left aside; writes no line.

        What is closed ends before its first source.
        """
        found, asked = ANYWHERE, replace(caller, reason=_ANY_REASON)
        for one in self._decide(asked, dataset, verb):
            own = Limits(frozenset(), frozenset()) if one.grant is None else one.grant.limits
            found = found.within(own)
        return found

    def needs_reason(
        self, caller: Caller, dataset: str, verb: Verb = Verb.CONSULT, *, fact: str = ""
    ) -> bool:
        """Say whether a question would be answered if only a (new) reason were given."""
        missing = ("reason_required", "reason_repeated")
        return any(one.why in missing for one in self._decide(caller, dataset, verb, fact))

    def _decide(
        self, caller: Caller, dataset: str, verb: Verb, fact: str = ""
    ) -> tuple[Decision, ...]:
        scope = None
        if caller.account_id and OWN_ROLE in {caller.role, caller.view_as}:
            scope = self._desk.scopes.of_account(caller.account_id)
        repeated = bool(caller.reason) and self._desk.reasons.repeats(caller.name, caller.reason)
        ask = Ask(
            role=caller.role,
            dataset=dataset,
            verb=verb,
            purpose=caller.purpose,
            reason=caller.reason,
            last_reason=caller.reason if repeated else "",
            partner="" if scope is None else scope.partner,
            limits=ANYWHERE if scope is None else Limits(scope.sources, scope.zones),
            at_us=now_us(self._clock),
            fact=fact,
        )
        own = decide(self.charter, ask)
        if own.why == "not_in_charter" and caller.account_id and not caller.by_token:
            glasses = self._desk.glasses.of_account(caller.account_id)
            own = decide(self.charter, replace(ask, glasses=glasses)) if glasses else own
        if not caller.view_as:
            return (own,)
        other = decide(self.charter, replace(ask, role=caller.view_as, purpose=""))
        return own, other

    def _write(
        self,
        caller: Caller,
        decision: Decision,
        dataset: str,
        verb: Verb,
        subject: dict[str, Scalar | list[Scalar]],
        *,
        recipient: str,
    ) -> int:
        if caller.view_as:
            subject["view_as"] = caller.view_as
        usual = self.charter.roles.get(caller.role, (Purpose.OVERSIGHT,))[0]
        return self._audit.append(
            Line(
                at_us=now_us(self._clock),
                verb=verb,
                who=caller.name,
                role=caller.role,
                purpose=decision.purpose or usual,
                dataset=dataset if dataset in PLANES else "unknown",
                subject=subject,
                outcome="refused" if decision.grant is None else "allowed",
                reason=caller.reason,
                case=caller.case,
                recipient=recipient,
            )
        )


def _error(decision: Decision, caller: Caller, dataset: str, verb: Verb) -> Forbidden:
    facts = {"why": decision.why, "dataset": dataset, "verb": str(verb)}
    if decision.why.startswith("purpose_"):
        return PurposeRefused(purpose=caller.purpose[:_LONGEST_SUBJECT], **facts)
    if decision.why == "reason_required":
        return ReasonRequired(least=LEAST_REASON, **facts)
    if decision.why == "reason_repeated":
        return ReasonRepeated(**facts)
    if decision.why == "person_required":
        return PersonRequired(**facts)
    if decision.why == "partner_unknown":
        return PartnerUnknown(**facts)
    return Forbidden(**facts)
