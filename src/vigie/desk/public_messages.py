"""Public messages act by act: append-only entries; what they add up to is judged elsewhere.

Whether an entry may follow another, and what the public may read, is for
``vigie.foresight.informing.standing`` alone; here entries are kept in order and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Engine, Integer, String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, now_us
from vigie.base.errors import StaleVersion
from vigie.desk.tables import Table


class PublicMessageRow(Table):
    """One act on a message to the public: one row an act, none is written over."""

    __tablename__ = "public_messages"
    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_us: Mapped[int] = mapped_column(BigInteger, index=True)
    who: Mapped[str] = mapped_column(String(220))
    hand: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500))
    at_us: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """One act on a message.

    Attributes:
        message_id: The message.
        number: 1, 2, … without a gap.
        act: draft, submit, refuse, approve, publish or withdraw.
        content: The message as it stood in this act (``informing.message.Message.to_json``).
        expires_us: When that content is over, epoch µs.
        who: Name of who acted, as the audit tells it.
        hand: The account behind the name, or the name: one hand does not approve itself.
        role: Role they acted with.
        reason: Why, where they said so; without names of persons.
        at_us: When, epoch µs.
    """

    message_id: str
    number: int
    act: str
    content: Mapping[str, Any]
    expires_us: int
    who: str
    hand: str
    role: str
    reason: str
    at_us: int


def _entry(row: PublicMessageRow) -> MessageEntry:
    return MessageEntry(**{name: getattr(row, name) for name in MessageEntry.__slots__})


class PublicMessages:
    """Write and read the acts."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def now_us(self) -> int:
        """Return the instant that an act done now would bear."""
        return now_us(self._clock)

    def append(self, *entries: MessageEntry) -> None:
        """Keep entries that follow each other, all or none.

        Raises:
            StaleVersion: Somebody has written an entry of one of these numbers meanwhile.
        """
        try:
            with Session(self._engine) as session, session.begin():
                for one in entries:
                    last = session.scalar(
                        select(func.max(PublicMessageRow.number)).where(
                            PublicMessageRow.message_id == one.message_id
                        )
                    )
                    if (last or 0) != one.number - 1:
                        raise StaleVersion(what="public message", name=one.message_id)
                    told = {name: getattr(one, name) for name in MessageEntry.__slots__}
                    session.add(PublicMessageRow(**told | {"content": dict(one.content)}))
                    session.flush()
        except IntegrityError as error:
            name = entries[0].message_id if entries else ""
            raise StaleVersion(what="public message", name=name) from error

    def of(self, message_id: str) -> list[MessageEntry]:
        """Return the entries of a message, oldest first."""
        return self._threads(PublicMessageRow.message_id == message_id).get(message_id, [])

    def after(self, expires_us: int) -> dict[str, list[MessageEntry]]:
        """Return the entries of every message with a content that expires after an instant."""
        alive = select(PublicMessageRow.message_id).where(PublicMessageRow.expires_us > expires_us)
        return self._threads(PublicMessageRow.message_id.in_(alive))

    def mark(self) -> tuple[int, int]:
        """Return what changes with every act and every erasure: how many entries, the newest."""
        with Session(self._engine) as session:
            row = session.execute(
                select(func.count(), func.max(PublicMessageRow.at_us)).select_from(PublicMessageRow)
            ).one()
        return int(row[0]), int(row[1] or 0)

    def _threads(self, condition: Any) -> dict[str, list[MessageEntry]]:
        query = (
            select(PublicMessageRow)
            .where(condition)
            .order_by(PublicMessageRow.message_id, PublicMessageRow.number)
        )
        found: dict[str, list[MessageEntry]] = {}
        with Session(self._engine) as session:
            for row in session.scalars(query):
                found.setdefault(row.message_id, []).append(_entry(row))
        return found
