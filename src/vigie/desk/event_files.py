"""Event files on the desk: versions that are only ever added, one writer at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.desk.tables import EventFileRow, EventFileVersionRow


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file is about, as its event stood when the version was made.

    Attributes:
        plan_id: The plan.
        kind: Kind of event.
        title: Title.
        source: Feed that the plan came by.
        place_id: Venue; None when there is none.
        starts_us: Start for the public, epoch µs.
        ends_us: End for the public, epoch µs.
    """

    plan_id: str
    kind: str
    title: str
    source: str
    place_id: str | None
    starts_us: int
    ends_us: int


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as the list tells it: its heading, newest version and state."""

    heading: Heading
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a file.

    Attributes:
        plan_id: The plan.
        version: Number, from 1.
        state: State of the file with it.
        who: Who made it.
        at_us: When, epoch µs.
        why: Why.
        content: The content; empty in lists.
    """

    plan_id: str
    version: int
    state: str
    who: str
    at_us: int
    why: str
    content: Mapping[str, Any]


class EventFiles:
    """The files of events."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(
        self,
        heading: Heading,
        *,
        after: int,
        state: str,
        content: Mapping[str, Any],
        who: str,
        why: str,
    ) -> Version:
        """Add a version to a file.

        Args:
            heading: What the file is about.
            after: Version that the writer has read; 0 for a file that does not exist yet.
            state: State of the file from now on.
            content: Its content, as JSON.
            who: Who makes it.
            why: Why.

        Raises:
            StaleVersion: When the newest version is another one.
        """
        at = now_us(self._clock)
        values = {name: getattr(heading, name) for name in Heading.__dataclass_fields__}
        row = EventFileVersionRow(
            plan_id=heading.plan_id,
            version=after + 1,
            state=state,
            content=dict(content),
            who=who,
            at_us=at,
            why=why,
        )
        try:
            with Session(self._engine) as session, session.begin():
                if after == 0:
                    session.add(EventFileRow(**values, version=1, state=state))
                    session.flush()
                else:
                    self._move_on(session, heading.plan_id, after, {**values, "state": state})
                session.add(row)
                session.flush()
                return _version(row, content)
        except IntegrityError as error:
            raise StaleVersion(what="event_file", name=heading.plan_id) from error

    def _move_on(
        self, session: Session, plan_id: str, after: int, values: Mapping[str, Any]
    ) -> None:
        """Take the file on from one version to the next, only if it stands at that version."""
        standing = EventFileRow.plan_id == plan_id, EventFileRow.version == after
        moved = session.execute(
            update(EventFileRow)
            .where(*standing)
            .values(**values, version=after + 1)
            .returning(EventFileRow.version)
        )
        if moved.first() is None:
            raise StaleVersion(what="event_file", name=plan_id)

    def list_all(self) -> list[Filed]:
        """Return every file, that of the latest event first."""
        query = select(EventFileRow).order_by(EventFileRow.starts_us.desc(), EventFileRow.plan_id)
        with Session(self._engine) as session:
            return [_filed(row) for row in session.scalars(query)]

    def mark(self) -> tuple[int, int]:
        """Return what changes whenever a version is added or files are deleted."""
        told = EventFileVersionRow
        query = select(func.count(), func.coalesce(func.max(told.at_us), 0)).select_from(told)
        with Session(self._engine) as session:
            count, at_us = session.execute(query).one()
            return int(count), int(at_us)

    def latest(self, states: Collection[str]) -> list[Version]:
        """Return of each file the newest version in one of some states, by plan."""
        told = EventFileVersionRow
        last = (
            select(told.plan_id, func.max(told.version).label("version"))
            .where(told.state.in_(states))
            .group_by(told.plan_id)
            .subquery()
        )
        query = (
            select(told)
            .join(last, (told.plan_id == last.c.plan_id) & (told.version == last.c.version))
            .order_by(told.plan_id)
        )
        with Session(self._engine) as session:
            return [_version(row, row.content) for row in session.scalars(query)]

    def newest(self, plan_id: str) -> Version | None:
        """Return the newest version of a file; None when there is no file."""
        query = (
            select(EventFileVersionRow)
            .where(EventFileVersionRow.plan_id == plan_id)
            .order_by(EventFileVersionRow.version.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            row = session.scalars(query).first()
            return None if row is None else _version(row, row.content)

    def heading(self, plan_id: str) -> Filed:
        """Return what a file is about; raises ``NotFound``."""
        with Session(self._engine) as session:
            row = session.get(EventFileRow, plan_id)
            if row is None:
                raise NotFound(what="event_file", name=plan_id)
            return _filed(row)

    def version(self, plan_id: str, version: int) -> Version:
        """Return one version; raises ``NotFound``."""
        with Session(self._engine) as session:
            row = session.get(EventFileVersionRow, (plan_id, version))
            if row is None:
                raise NotFound(what="event_file", name=f"{plan_id} {version}")
            return _version(row, row.content)

    def versions(self, plan_id: str) -> list[Version]:
        """Return the versions of a file without their contents, newest first."""
        told = EventFileVersionRow
        query = (
            select(told.version, told.state, told.who, told.at_us, told.why)
            .where(told.plan_id == plan_id)
            .order_by(told.version.desc())
        )
        with Session(self._engine) as session:
            return [
                Version(plan_id, row.version, row.state, row.who, row.at_us, row.why, {})
                for row in session.execute(query)
            ]


def _filed(row: EventFileRow) -> Filed:
    values = {name: getattr(row, name) for name in Heading.__dataclass_fields__}
    return Filed(Heading(**values), row.version, row.state)


def _version(row: EventFileVersionRow, content: Mapping[str, Any]) -> Version:
    return Version(row.plan_id, row.version, row.state, row.who, row.at_us, row.why, dict(content))
