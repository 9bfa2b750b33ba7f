"""The tables of the desk (SQLAlchemy 2); times are integer epoch microseconds everywhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Base of all desk tables."""

    metadata = MetaData(naming_convention=NAMING)


class AccountRow(Table):
    """A person who may sign in."""

    __tablename__ = "accounts"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(300))
    must_change_password: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(5))
    disabled: Mapped[bool] = mapped_column(Boolean)
    created_us: Mapped[int] = mapped_column(BigInteger)
    password_changed_us: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until_us: Mapped[int] = mapped_column(BigInteger)


class SecondFactorRow(Table):
    """The device that gives a person's codes; its secrets are sealed (``vigie.desk.sealing``)."""

    __tablename__ = "second_factors"
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str] = mapped_column(String(200))
    pending: Mapped[str] = mapped_column(String(200))
    confirmed_us: Mapped[int] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until_us: Mapped[int] = mapped_column(BigInteger)


class RecoveryCodeRow(Table):
    """A code for the day the device is lost; only its hash is kept."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    used_us: Mapped[int | None] = mapped_column(BigInteger)


class IdentityRow(Table):
    """Who a person is at an identity provider: issuer and subject, never an e-mail."""

    __tablename__ = "identities"
    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    linked_us: Mapped[int] = mapped_column(BigInteger)


class ProviderStartRow(Table):
    """A way to the identity provider that a browser has begun and not finished."""

    __tablename__ = "provider_starts"
    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    created_us: Mapped[int] = mapped_column(BigInteger)


class SessionRow(Table):
    """A sign-in in progress; only the hash of its secret is kept."""

    __tablename__ = "sessions"
    session_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(40), unique=True)
    stage: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    csrf: Mapped[str] = mapped_column(String(64))
    created_us: Mapped[int] = mapped_column(BigInteger)
    last_seen_us: Mapped[int] = mapped_column(BigInteger)


class TokenRow(Table):
    """A machine's key: to push one or several feeds, or to read the interfaces."""

    __tablename__ = "tokens"
    token_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(20))
    sources: Mapped[list[str]] = mapped_column(JSON)
    account_id: Mapped[str | None] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    created_us: Mapped[int] = mapped_column(BigInteger)
    last_used_us: Mapped[int] = mapped_column(BigInteger)
    reads_for: Mapped[str] = mapped_column(String(40), server_default="")
    revoked_us: Mapped[int | None] = mapped_column(BigInteger)


class ScopeRow(Table):
    """Which partner service an account belongs to, and what is left to it of that service's rights.

    ``sources`` and ``zones`` are null where nothing is taken away.
    """

    __tablename__ = "scopes"
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True
    )
    partner: Mapped[str] = mapped_column(String(80), index=True)
    head: Mapped[bool] = mapped_column(Boolean)
    sources: Mapped[list[str] | None] = mapped_column(JSON)
    zones: Mapped[list[str] | None] = mapped_column(JSON)
    granted_by: Mapped[str] = mapped_column(String(80))
    created_us: Mapped[int] = mapped_column(BigInteger)


class ReasonRow(Table):
    """The fingerprint of the last reason that somebody gave: the next one must be another."""

    __tablename__ = "reasons"
    who: Mapped[str] = mapped_column(String(220), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at_us: Mapped[int] = mapped_column(BigInteger)


class GlassRow(Table):
    """A broken glass: what was opened, for how long, why, and who has reviewed it."""

    __tablename__ = "glasses"
    glass_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    dataset: Mapped[str] = mapped_column(String(40))
    zone: Mapped[str] = mapped_column(String(200))
    fact: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    opened_us: Mapped[int] = mapped_column(BigInteger)
    until_us: Mapped[int] = mapped_column(BigInteger)
    reviewed_us: Mapped[int] = mapped_column(BigInteger)
    reviewed_by: Mapped[str] = mapped_column(String(80))
    verdict: Mapped[str] = mapped_column(String(20))


class AlertRow(Table):
    """Something a rule found worth a look; it carries its reason and its numbers."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_state_at", "state", "at_us"),
        Index("ix_alerts_instance_at", "instance", "at_us"),
    )
    alert_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rule: Mapped[str] = mapped_column(String(80))
    severity: Mapped[int] = mapped_column(Integer)
    at_us: Mapped[int] = mapped_column(BigInteger)
    until_us: Mapped[int] = mapped_column(BigInteger)
    lon: Mapped[float | None] = mapped_column()
    lat: Mapped[float | None] = mapped_column()
    explanation: Mapped[dict[str, str]] = mapped_column(JSON)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    raised_us: Mapped[int] = mapped_column(BigInteger)
    instance: Mapped[str] = mapped_column(String(40), server_default="")
    family: Mapped[str] = mapped_column(String(160), server_default="")
    verdict: Mapped[str] = mapped_column(String(20), server_default="")


class HoldRow(Table):
    """A legal hold: the act, who gave it, and exactly what it freezes."""

    __tablename__ = "holds"
    hold_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_reference: Mapped[str] = mapped_column(String(120))
    authority: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(200))
    stores: Mapped[list[str]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON)
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger)
    ring: Mapped[list[list[float]]] = mapped_column(JSON)
    ids: Mapped[list[str]] = mapped_column(JSON)
    until_us: Mapped[int] = mapped_column(BigInteger)
    created_us: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str] = mapped_column(String(120))
    released_us: Mapped[int | None] = mapped_column(BigInteger)
    released_by: Mapped[str] = mapped_column(String(120))


class DestructionRow(Table):
    """A line of the register of destructions; no personal data stands in it."""

    __tablename__ = "destructions"
    destruction_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rule: Mapped[str] = mapped_column(String(80))
    store: Mapped[str] = mapped_column(String(40))
    before_us: Mapped[int] = mapped_column(BigInteger)
    first_us: Mapped[int] = mapped_column(BigInteger)
    last_us: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    rules_version: Mapped[str] = mapped_column(String(64))
    table_version: Mapped[int] = mapped_column(BigInteger)
    begun_us: Mapped[int] = mapped_column(BigInteger, index=True)
    done_us: Mapped[int | None] = mapped_column(BigInteger)


class EndingRow(Table):
    """When something without an end of its own was first seen to have ended."""

    __tablename__ = "endings"
    store: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    at_us: Mapped[int] = mapped_column(BigInteger)


class ReadRow(Table):
    """About how many different facts an account has read in an hour; not which."""

    __tablename__ = "reads"
    account: Mapped[str] = mapped_column(String(120), primary_key=True)
    start_us: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    told: Mapped[bool] = mapped_column(Boolean)


class ForecastRow(Table):
    """A run of the forecast: what it is about and how it went; its numbers stand in files."""

    __tablename__ = "forecasts"
    forecast_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    made_us: Mapped[int] = mapped_column(BigInteger, index=True)
    origin_us: Mapped[int] = mapped_column(BigInteger)
    until_us: Mapped[int] = mapped_column(BigInteger)
    grid: Mapped[str] = mapped_column(String(80))
    slot_hours: Mapped[int] = mapped_column(Integer)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[str] = mapped_column(String(220))
    seconds: Mapped[float] = mapped_column()
    told: Mapped[dict[str, Any]] = mapped_column(JSON)


class EventFileRow(Table):
    """The file of an event: where it stands, and what it is compared by."""

    __tablename__ = "event_files"
    plan_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[str | None] = mapped_column(String(80))
    starts_us: Mapped[int] = mapped_column(BigInteger)
    ends_us: Mapped[int] = mapped_column(BigInteger, index=True)


class EventFileVersionRow(Table):
    """A version of an event's file; it is never changed."""

    __tablename__ = "event_file_versions"
    plan_id: Mapped[str] = mapped_column(
        ForeignKey("event_files.plan_id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(500))


class ClashStateRow(Table):
    """What somebody decided about a clash: one row a decision, none is written over."""

    __tablename__ = "clash_states"
    clash_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    measure: Mapped[str] = mapped_column(String(200))
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)
    until_us: Mapped[int] = mapped_column(BigInteger)
    plans: Mapped[list[str]] = mapped_column(JSON)
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)
    explanation: Mapped[dict[str, str]] = mapped_column(JSON)


class PlanVersionRow(Table):
    """A plan as somebody entered or changed it: one row a version, none is written over."""

    __tablename__ = "plan_versions"
    plan_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    who: Mapped[str] = mapped_column(String(220))
    service: Mapped[str] = mapped_column(String(80))
    at_us: Mapped[int] = mapped_column(BigInteger, index=True)
    act: Mapped[str] = mapped_column(String(20))
    changed: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(80))
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger)
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    fed: Mapped[dict[str, Any]] = mapped_column(JSON)
