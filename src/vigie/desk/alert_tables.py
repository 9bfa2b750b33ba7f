"""Tables of the alert engine: instances of rules, what was done about alerts, who is on duty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from vigie.desk.tables import Table


class AlertRuleRow(Table):
    """An instance of an alert rule as somebody set it: one row a version, none is written over."""

    __tablename__ = "alert_rules"
    rule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    family: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    severity: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(220))
    why: Mapped[str] = mapped_column(String(500))
    at_us: Mapped[int] = mapped_column(BigInteger)
    ended_us: Mapped[int | None] = mapped_column(BigInteger)


class AlertActRow(Table):
    """What somebody did about an alert: one row an act, none is written over."""

    __tablename__ = "alert_acts"
    alert_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)
    until_us: Mapped[int | None] = mapped_column(BigInteger)


class AlertRosterRow(Table):
    """Roles and hours of duty: one row a version, the newest is in force."""

    __tablename__ = "alert_rosters"
    roster_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    after_min: Mapped[int] = mapped_column(Integer)
    watches: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)
    ended_us: Mapped[int | None] = mapped_column(BigInteger)
