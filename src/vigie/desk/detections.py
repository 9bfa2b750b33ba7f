"""Grants, detections and verdicts in the desk's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, NotFound
from vigie.base.ids import new_id
from vigie.desk.detection_tables import (
    DetectionGrantRow,
    DetectionGrantTypeRow,
    DetectionRow,
    DetectionVerdictRow,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says.

    Attributes:
        legal_basis: The text that allows it: the experiment of law 2023-380 is over.
        prefect_order: Reference of the prefect's order.
        attestation: Reference of the system's attestation of conformity.
        occasion: The event that it is given for.
        place: The place in words.
        ring: Its corners, lon and lat.
        cameras: References of cameras in the register.
        types: Types of event.
        signed_by: The authority that signed, by its function.
        signed_us: When, epoch µs.
        from_us: Start, epoch µs.
        to_us: End, exclusive.
    """

    legal_basis: str
    prefect_order: str
    attestation: str
    occasion: str
    place: str
    ring: tuple[tuple[float, float], ...]
    cameras: tuple[str, ...]
    types: tuple[str, ...]
    signed_by: str
    signed_us: int
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class GrantHeld:
    """A grant as the desk holds it.

    Attributes:
        grant_id: Its id.
        terms: What it says.
        who: Who entered it.
        role: Role they acted with.
        at_us: When.
        ended_us: When it was ended before its term; None where it was not.
        ended_by: By whom.
        end_reason: Why.
    """

    grant_id: str
    terms: Terms
    who: str
    role: str
    at_us: int
    ended_us: int | None
    ended_by: str
    end_reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of a detection.

    Attributes:
        detection_id: The detection.
        number: 1, 2, … without a gap; the newest stands.
        type: Its type of event.
        detector: Detector that raised it.
        version: Version of its rule.
        verdict: true, false or unknown.
        delay_us: From the signal to the verdict.
        who: Who said it.
        role: Role they acted with.
        at_us: When.
    """

    detection_id: str
    number: int
    type: str
    detector: str
    version: str
    verdict: str
    delay_us: int
    who: str
    role: str
    at_us: int


_OWN = tuple(name for name in Terms.__slots__ if name not in {"ring", "cameras", "types"})
_FIELDS = tuple(one.name for one in DetectionRow.__table__.columns)
_CHANGING = ("to_us", "lasts", "score", "level", "path")


class Detections:
    """Write and read them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # --- Grants --------------------------------------------------------------------------------

    def give(self, terms: Terms, *, who: str, role: str) -> GrantHeld:
        """Keep a grant."""
        row = DetectionGrantRow(
            grant_id=new_id(),
            **{name: getattr(terms, name) for name in _OWN},
            ring=[list(corner) for corner in terms.ring],
            cameras=list(terms.cameras),
            who=who,
            role=role,
            at_us=now_us(self._clock),
            ended_us=None,
            ended_by="",
            end_reason="",
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            session.add_all(
                DetectionGrantTypeRow(grant_id=row.grant_id, type=one) for one in terms.types
            )
            return _held(row, terms.types)

    def end(self, grant_id: str, *, who: str, reason: str) -> GrantHeld:
        """End a grant now.

        Raises:
            NotFound: There is none of that id.
            Conflict: It was ended, or is past its term.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(DetectionGrantRow, grant_id)
            if row is None:
                raise NotFound(what="grant", name=grant_id)
            at_us = now_us(self._clock)
            if row.ended_us is not None or at_us >= row.to_us:
                raise Conflict(what="grant", name=grant_id)
            row.ended_us, row.ended_by, row.end_reason = at_us, who, reason
            session.flush()
            return _held(row, self._types(session).get(grant_id, ()))

    def grants(self, *, over_after_us: int = 0) -> list[GrantHeld]:
        """Return the grants whose term is after an instant, the newest first."""
        query = (
            select(DetectionGrantRow)
            .where(DetectionGrantRow.to_us > over_after_us)
            .order_by(DetectionGrantRow.from_us.desc(), DetectionGrantRow.grant_id)
        )
        with Session(self._engine) as session:
            types = self._types(session)
            return [_held(row, types.get(row.grant_id, ())) for row in session.scalars(query)]

    @staticmethod
    def _types(session: Session) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in session.scalars(
            select(DetectionGrantTypeRow).order_by(DetectionGrantTypeRow.type)
        ):
            found[row.grant_id] = (*found.get(row.grant_id, ()), row.type)
        return found

    # --- Detections ----------------------------------------------------------------------------

    def raised(self, told: Mapping[str, Any]) -> str:
        """Keep a detection that was raised; returns its id."""
        row = DetectionRow(detection_id=new_id(), **told)
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return row.detection_id

    def went_on(self, detection_id: str, told: Mapping[str, Any]) -> None:
        """Bring a detection to what it is now: its end, its score, its path; nothing else of it."""
        with Session(self._engine) as session, session.begin():
            row = session.get(DetectionRow, detection_id)
            if row is not None:
                for name in _CHANGING:
                    setattr(row, name, told[name])

    def between(self, from_us: int, to_us: int, *, limit: int) -> list[dict[str, Any]]:
        """Return the detections raised in a time, the newest first, each with its verdict."""
        query = (
            select(DetectionRow)
            .where(DetectionRow.raised_us >= from_us, DetectionRow.raised_us < to_us)
            .order_by(DetectionRow.raised_us.desc(), DetectionRow.detection_id)
            .limit(limit)
        )
        with Session(self._engine) as session:
            rows = [_told(row) for row in session.scalars(query)]
            newest = _newest(session, [one["detection_id"] for one in rows])
        return [one | {"verdict": newest.get(one["detection_id"])} for one in rows]

    def get(self, detection_id: str) -> dict[str, Any]:
        """Return one detection with its verdict.

        Raises:
            NotFound: There is none of that id.
        """
        with Session(self._engine) as session:
            row = session.get(DetectionRow, detection_id)
            if row is None:
                raise NotFound(what="detection", name=detection_id)
            return _told(row) | {"verdict": _newest(session, [detection_id]).get(detection_id)}

    # --- Verdicts ------------------------------------------------------------------------------

    def judge(self, detection_id: str, verdict: str, *, who: str, role: str) -> Verdict:
        """Keep what a person says of a detection.

        Raises:
            NotFound: There is no such detection.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(DetectionRow, detection_id)
            if row is None:
                raise NotFound(what="detection", name=detection_id)
            last = session.scalar(
                select(func.max(DetectionVerdictRow.number)).where(
                    DetectionVerdictRow.detection_id == detection_id
                )
            )
            at_us = now_us(self._clock)
            said = DetectionVerdictRow(
                detection_id=detection_id,
                number=(last or 0) + 1,
                type=row.type,
                detector=row.detector,
                version=row.version,
                verdict=verdict,
                delay_us=max(0, at_us - row.raised_us),
                who=who,
                role=role,
                at_us=at_us,
            )
            session.add(said)
            session.flush()
            return _verdict(said)

    def verdicts(self, from_us: int) -> list[Verdict]:
        """Return the verdict that stands of every detection judged since an instant."""
        query = (
            select(DetectionVerdictRow)
            .where(DetectionVerdictRow.at_us >= from_us)
            .order_by(DetectionVerdictRow.detection_id, DetectionVerdictRow.number)
        )
        with Session(self._engine) as session:
            newest = {row.detection_id: _verdict(row) for row in session.scalars(query)}
        return list(newest.values())


def _held(row: DetectionGrantRow, types: Sequence[str]) -> GrantHeld:
    terms = Terms(
        **{name: getattr(row, name) for name in _OWN},
        ring=tuple((float(x), float(y)) for x, y in row.ring),
        cameras=tuple(str(one) for one in row.cameras),
        types=tuple(types),
    )
    told = (row.who, row.role, row.at_us, row.ended_us, row.ended_by, row.end_reason)
    return GrantHeld(row.grant_id, terms, *told)


def _told(row: DetectionRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def _verdict(row: DetectionVerdictRow) -> Verdict:
    return Verdict(**{name: getattr(row, name) for name in Verdict.__slots__})


def _newest(session: Session, ids: Sequence[str]) -> dict[str, str]:
    query = (
        select(DetectionVerdictRow)
        .where(DetectionVerdictRow.detection_id.in_(ids))
        .order_by(DetectionVerdictRow.number)
    )
    return {row.detection_id: row.verdict for row in session.scalars(query)}
