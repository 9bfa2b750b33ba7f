"""Tables of the shift: its lines, the dispatches that persons confirmed, the handovers signed.

Nothing here is written over: triggers of the database refuse it (migration 0012).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from vigie.desk.tables import Table

NOTE, TICK, OPENED, CLOSED, DISPATCH, CORRECTION = (
    "note",
    "tick",
    "opened",
    "closed",
    "dispatch",
    "correction",
)
KINDS = (NOTE, TICK, OPENED, CLOSED, DISPATCH, CORRECTION)
"""What a line of the shift says."""


class ShiftLineRow(Table):
    """A line of the shift; a correction is a later line that names the one it corrects."""

    __tablename__ = "shift_lines"
    __table_args__ = (
        UniqueConstraint("number", "kind", name="uq_shift_lines_number_kind"),
        CheckConstraint("corrects IS NULL OR corrects < number", name="corrects_earlier"),
        CheckConstraint("(corrects IS NOT NULL) = (kind = 'correction')", name="corrects_kind"),
        CheckConstraint("kind <> 'dispatch' OR account_id <> ''", name="dispatch_by_person"),
        Index("ix_shift_lines_at_us", "at_us"),
        Index("ix_shift_lines_situation", "situation"),
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at_us: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    situation: Mapped[str] = mapped_column(String(90))
    text: Mapped[str] = mapped_column(String(1_000))
    card: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(40))
    corrects: Mapped[int | None] = mapped_column(Integer)
    strikes: Mapped[bool] = mapped_column(Boolean)
    role: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(220))
    account_id: Mapped[str] = mapped_column(String(40))


class DispatchRow(Table):
    """A dispatch that a person confirmed; without that person's line it cannot exist."""

    __tablename__ = "dispatches"
    __table_args__ = (
        UniqueConstraint("line", name="uq_dispatches_line"),
        CheckConstraint("line_kind = 'dispatch'", name="line_kind"),
        ForeignKeyConstraint(
            ["line", "line_kind"],
            ["shift_lines.number", "shift_lines.kind"],
            name="fk_dispatches_line_shift_lines",
            ondelete="CASCADE",
        ),
    )
    dispatch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    line: Mapped[int] = mapped_column(Integer)
    line_kind: Mapped[str] = mapped_column(String(20))
    means_id: Mapped[str] = mapped_column(String(80))
    unit_ref: Mapped[str] = mapped_column(String(200))
    means_kind: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(80))
    proposed: Mapped[bool] = mapped_column(Boolean)
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)


class HandoverRow(Table):
    """A version of a handover note as somebody signed it."""

    __tablename__ = "handovers"
    handover_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger, index=True)
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    role: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(220))
    account_id: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger)
