"""Tables of legal detection: grants, what was detected under them, what persons said of it.

The eight types of event are closed in checks of the database; what was signed or said is not
written over: triggers refuse it (migration 0014).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from vigie.desk.tables import Table
from vigie.model.legal_events import LegalEvent

EIGHT = "type IN ({})".format(", ".join(f"'{one}'" for one in LegalEvent))
"""The check of the database; spelled out in the migration, which a test compares."""

VERDICTS = ("true", "false", "unknown")


class DetectionGrantRow(Table):
    """A grant as it was signed; all that may change is its end before the term."""

    __tablename__ = "detection_grants"
    __table_args__ = (
        CheckConstraint("from_us < to_us", name="from_before_to"),
        CheckConstraint("legal_basis <> '' AND prefect_order <> ''", name="referenced"),
    )
    grant_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    legal_basis: Mapped[str] = mapped_column(String(300))
    prefect_order: Mapped[str] = mapped_column(String(200))
    attestation: Mapped[str] = mapped_column(String(200))
    occasion: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    ring: Mapped[list[Any]] = mapped_column(JSON)
    cameras: Mapped[list[Any]] = mapped_column(JSON)
    signed_by: Mapped[str] = mapped_column(String(200))
    signed_us: Mapped[int] = mapped_column(BigInteger)
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger, index=True)
    who: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger)
    ended_us: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[str] = mapped_column(String(220))
    end_reason: Mapped[str] = mapped_column(String(500))


class DetectionGrantTypeRow(Table):
    """A type of event that a grant opens."""

    __tablename__ = "detection_grant_types"
    __table_args__ = (
        CheckConstraint(EIGHT, name="one_of_eight"),
        ForeignKeyConstraint(
            ["grant_id"],
            ["detection_grants.grant_id"],
            name="fk_detection_grant_types_grant_id_detection_grants",
            ondelete="CASCADE",
        ),
    )
    grant_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    type: Mapped[str] = mapped_column(String(20), primary_key=True)


class DetectionRow(Table):
    """What was detected: a place and a time, nothing of how anybody looks."""

    __tablename__ = "detections"
    __table_args__ = (
        CheckConstraint(EIGHT, name="one_of_eight"),
        CheckConstraint("grant_id <> ''", name="under_a_grant"),
        Index("ix_detections_raised_us", "raised_us"),
    )
    detection_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    grant_id: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(20))
    camera: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(80))
    detector: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    from_us: Mapped[int] = mapped_column(BigInteger)
    raised_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger)
    lasts: Mapped[bool] = mapped_column(Boolean)
    score: Mapped[float] = mapped_column(Float)
    level: Mapped[str] = mapped_column(String(60))
    path: Mapped[list[Any]] = mapped_column(JSON)


class DetectionVerdictRow(Table):
    """What a person said of a detection; the newest stands."""

    __tablename__ = "detection_verdicts"
    __table_args__ = (
        CheckConstraint(EIGHT, name="one_of_eight"),
        CheckConstraint("verdict IN ('true', 'false', 'unknown')", name="one_of_three"),
        Index("ix_detection_verdicts_at_us", "at_us"),
    )
    detection_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    detector: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str] = mapped_column(String(10))
    delay_us: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger)
