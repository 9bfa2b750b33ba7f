"""Holds and the register of destructions; what the desk itself forgets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, String, cast, delete, func, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, NotFound
from vigie.base.ids import new_id
from vigie.desk.alert_tables import AlertActRow, AlertRosterRow, AlertRuleRow
from vigie.desk.case_acts import CaseActRow, CaseArchiveRow
from vigie.desk.detection_tables import (
    DetectionGrantRow,
    DetectionRow,
    DetectionVerdictRow,
)
from vigie.desk.duty_turns import DutyTurnRow
from vigie.desk.forecast_overrides import ForecastOverrideRow
from vigie.desk.indicators import ENDED, IndicatorRow
from vigie.desk.public_messages import PublicMessageRow
from vigie.desk.questions import QuestionReportRow, QuestionRow
from vigie.desk.shift_tables import HandoverRow, ShiftLineRow
from vigie.desk.tables import (
    AccountRow,
    AlertRow,
    ClashStateRow,
    DestructionRow,
    EndingRow,
    EventFileRow,
    ForecastRow,
    HoldRow,
    PlanVersionRow,
    ProviderStartRow,
    ReadRow,
    SessionRow,
    TokenRow,
)
from vigie.model.holds import Hold

_CHUNK = 500

WHOLE = frozenset(
    {
        "plan_versions",
        "clash_states",
        "alert_acts",
        "alert_rules",
        "indicators",
        "questions",
        "handovers",
        "public_messages",
        "detection_verdicts",
        "case_acts",
    }
)
"""Stores whose histories are forgotten whole, when the last end in them is past."""


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A hold with the act behind it.

    Attributes:
        hold: What it freezes.
        case: Reference of the case.
        authority: Who ordered it.
        act: Reference of the act.
        created_us: When it was entered, epoch µs.
        created_by: By whom.
        released_by: Who released it; empty while it stands.
    """

    hold: Hold
    case: str
    authority: str
    act: str
    created_us: int
    created_by: str
    released_by: str = ""


@dataclass(frozen=True, slots=True)
class Destruction:
    """A line of the register of destructions.

    Attributes:
        destruction_id: Its name.
        rule: Rule applied.
        store: Store.
        before_us: Everything of the rule from before this instant has ended.
        first_us: Instant of the oldest record destroyed, epoch µs.
        last_us: Of the newest.
        n: How many records.
        digest: SHA-256 of their ids, sorted, one a line.
        rules_version: SHA-256 of the rules in force.
        table_version: Version of the table before it; -1 where a store has none.
        begun_us: When it was written down, before anything was destroyed.
        done_us: When it was over; None when it was interrupted.
    """

    destruction_id: str
    rule: str
    store: str
    before_us: int
    first_us: int
    last_us: int
    n: int
    digest: str
    rules_version: str
    table_version: int
    begun_us: int
    done_us: int | None


def _case(row: HoldRow) -> HeldCase:
    ring = tuple((float(x), float(y)) for x, y in row.ring)
    hold = Hold(
        row.hold_id,
        tuple(row.stores),
        tuple(row.sources),
        row.from_us,
        row.to_us,
        ring,
        tuple(row.ids),
        row.until_us,
        row.released_us,
    )
    act = (row.case_reference, row.authority, row.act)
    return HeldCase(hold, *act, row.created_us, row.created_by, row.released_by)


class RetentionDesk:
    """What retention keeps and forgets in the desk's database."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # --- Holds ---------------------------------------------------------------------------------

    def add_hold(self, hold: Hold, *, case: str, authority: str, act: str, by: str) -> HeldCase:
        """Enter a hold."""
        row = HoldRow(
            hold_id=hold.hold_id,
            case_reference=case,
            authority=authority,
            act=act,
            stores=list(hold.stores),
            sources=list(hold.sources),
            from_us=hold.from_us,
            to_us=hold.to_us,
            ring=[list(corner) for corner in hold.ring],
            ids=list(hold.ids),
            until_us=hold.until_us,
            created_us=now_us(self._clock),
            created_by=by,
            released_us=None,
            released_by="",
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _case(row)

    def release_hold(self, hold_id: str, *, by: str) -> HeldCase:
        """Release a hold.

        Raises:
            NotFound: There is none of that name.
            Conflict: It is released already.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(HoldRow, hold_id)
            if row is None:
                raise NotFound(what="hold", name=hold_id)
            if row.released_us is not None:
                raise Conflict(what="hold", name=hold_id)
            row.released_us, row.released_by = now_us(self._clock), by
            return _case(row)

    def holds(self) -> list[HeldCase]:
        """Return every hold, newest first, released ones too."""
        query = select(HoldRow).order_by(HoldRow.created_us.desc(), HoldRow.hold_id)
        with Session(self._engine) as session:
            return [_case(row) for row in session.scalars(query)]

    # --- Register of destructions --------------------------------------------------------------

    def begin(self, **values: Any) -> str:
        """Write down what is about to be destroyed (see ``Destruction``); returns its name."""
        name = new_id("destruction")
        row = DestructionRow(
            destruction_id=name, begun_us=now_us(self._clock), done_us=None, **values
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
        return name

    def finish(self, names: Sequence[str]) -> None:
        """Note that destructions are over."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(DestructionRow)
                .where(DestructionRow.destruction_id.in_(list(names)))
                .values(done_us=now_us(self._clock))
            )

    def forget_begun(self, names: Sequence[str]) -> None:
        """Drop lines of destructions that never happened (the process ended before)."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(DestructionRow).where(
                    DestructionRow.destruction_id.in_(list(names)), DestructionRow.done_us.is_(None)
                )
            )

    def destructions(self, *, limit: int = 200, unfinished: bool = False) -> list[Destruction]:
        """Return the register, newest first."""
        query = select(DestructionRow).order_by(
            DestructionRow.begun_us.desc(), DestructionRow.destruction_id
        )
        if unfinished:
            query = query.where(DestructionRow.done_us.is_(None))
        columns = Destruction.__dataclass_fields__
        with Session(self._engine) as session:
            return [
                Destruction(**{name: getattr(row, name) for name in columns})
                for row in session.scalars(query.limit(limit))
            ]

    # --- What the desk forgets -----------------------------------------------------------------

    def note_endings(self) -> None:
        """Note which accounts are disabled since when, and forget those enabled again."""
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            closed = set(session.scalars(select(AccountRow.account_id).where(AccountRow.disabled)))
            known = set(session.scalars(select(EndingRow.key).where(EndingRow.store == "accounts")))
            session.add_all(
                EndingRow(store="accounts", key=key, at_us=at) for key in closed - known
            )
            again = sorted(known - closed)
            session.execute(
                delete(EndingRow).where(EndingRow.store == "accounts", EndingRow.key.in_(again))
            )

    def ended(self, store: str, before_us: int) -> list[tuple[str, int]]:
        """Return the keys of a store's rows that ended before an instant, with that instant."""
        ended = {
            "sessions": (SessionRow.session_hash, SessionRow.created_us),
            "provider_starts": (ProviderStartRow.state_hash, ProviderStartRow.created_us),
            "reads": (ReadRow.account, ReadRow.start_us),
            "tokens": (TokenRow.token_id, TokenRow.revoked_us),
            "alerts": (AlertRow.alert_id, AlertRow.until_us),
            "alert_acts": (AlertActRow.alert_id, func.max(AlertActRow.at_us)),
            "alert_rules": (AlertRuleRow.rule_id, func.max(AlertRuleRow.ended_us)),
            "alert_rosters": (AlertRosterRow.roster_id, AlertRosterRow.ended_us),
            "duty_turns": (DutyTurnRow.turn_id, DutyTurnRow.to_us),
            "forecasts": (ForecastRow.forecast_id, ForecastRow.made_us),
            "forecast_overrides": (ForecastOverrideRow.override_id, ForecastOverrideRow.at_us),
            "plan_versions": (PlanVersionRow.plan_id, func.max(PlanVersionRow.to_us)),
            "clash_states": (ClashStateRow.clash_id, func.max(ClashStateRow.until_us)),
            "indicators": (IndicatorRow.indicator_id, func.max(IndicatorRow.at_us)),
            "questions": (QuestionRow.question_id, func.max(QuestionRow.at_us)),
            "question_reports": (QuestionReportRow.report_id, QuestionReportRow.at_us),
            "shift_lines": (cast(ShiftLineRow.number, String), ShiftLineRow.at_us),
            "handovers": (HandoverRow.handover_id, func.max(HandoverRow.to_us)),
            "public_messages": (PublicMessageRow.message_id, func.max(PublicMessageRow.expires_us)),
            "detections": (DetectionRow.detection_id, DetectionRow.to_us),
            "detection_grants": (DetectionGrantRow.grant_id, DetectionGrantRow.to_us),
            "detection_verdicts": (
                DetectionVerdictRow.detection_id,
                func.max(DetectionVerdictRow.at_us),
            ),
            "case_acts": (CaseActRow.case_id, func.max(CaseActRow.ended_us)),
            "case_archives": (cast(CaseArchiveRow.archive_id, String), CaseArchiveRow.archived_us),
            "accounts": (EndingRow.key, EndingRow.at_us),
            "destructions": (DestructionRow.destruction_id, DestructionRow.done_us),
            "holds": (HoldRow.hold_id, HoldRow.released_us),
            "event_files": (EventFileRow.plan_id, EventFileRow.ends_us),
        }
        key, at = ended[store]
        query = select(key, at).order_by(key)
        if store in WHOLE:
            query = query.group_by(key).having(at < before_us)
        else:
            query = query.where(at < before_us)
        if store == "indicators":
            ended_ones = select(IndicatorRow.indicator_id).where(IndicatorRow.state == ENDED)
            query = query.where(IndicatorRow.indicator_id.in_(ended_ones))
        if store == "questions":
            closed = select(QuestionRow.question_id).where(QuestionRow.state == ENDED)
            query = query.where(QuestionRow.question_id.in_(closed))
        if store == "accounts":
            query = query.where(EndingRow.store == "accounts")
        with Session(self._engine) as session:
            rows = session.execute(query)
            return [(name, instant) for name, instant in rows if instant is not None]

    def erase(self, store: str, keys: Sequence[str]) -> None:
        """Delete rows by key."""
        column = {
            "sessions": SessionRow.session_hash,
            "provider_starts": ProviderStartRow.state_hash,
            "reads": ReadRow.account,
            "tokens": TokenRow.token_id,
            "alerts": AlertRow.alert_id,
            "alert_acts": AlertActRow.alert_id,
            "alert_rules": AlertRuleRow.rule_id,
            "alert_rosters": AlertRosterRow.roster_id,
            "duty_turns": DutyTurnRow.turn_id,
            "forecasts": ForecastRow.forecast_id,
            "forecast_overrides": ForecastOverrideRow.override_id,
            "plan_versions": PlanVersionRow.plan_id,
            "clash_states": ClashStateRow.clash_id,
            "indicators": IndicatorRow.indicator_id,
            "questions": QuestionRow.question_id,
            "question_reports": QuestionReportRow.report_id,
            "shift_lines": ShiftLineRow.number,
            "handovers": HandoverRow.handover_id,
            "public_messages": PublicMessageRow.message_id,
            "detections": DetectionRow.detection_id,
            "detection_grants": DetectionGrantRow.grant_id,
            "detection_verdicts": DetectionVerdictRow.detection_id,
            "case_acts": CaseActRow.case_id,
            "case_archives": CaseArchiveRow.archive_id,
            "accounts": AccountRow.account_id,
            "destructions": DestructionRow.destruction_id,
            "holds": HoldRow.hold_id,
            "event_files": EventFileRow.plan_id,
        }[store]
        with Session(self._engine) as session, session.begin():
            for start in range(0, len(keys), _CHUNK):
                some: list[str] | list[int] = list(keys[start : start + _CHUNK])
                if store in {"shift_lines", "case_archives"}:
                    some = [int(key) for key in some]
                session.execute(delete(column.class_).where(column.in_(some)))
                if store == "accounts":
                    session.execute(delete(EndingRow).where(EndingRow.key.in_(some)))

    def count(self) -> int:
        """Return how many destructions stand in the register."""
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(DestructionRow)) or 0


def digest_of(keys: Sequence[str]) -> str:
    """Return the SHA-256 of keys, sorted, one a line."""
    return hashlib.sha256("".join(f"{key}\n" for key in sorted(keys)).encode()).hexdigest()
