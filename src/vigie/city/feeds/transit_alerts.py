"""Disruptions of public transport as SIRI SX: incidents near a stop, and what the agenda brings.

A situation is published, then closed; each message tells it whole, with its version. Incidents near
a stop become disruptions, what occupies a street near one is announced as planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import shapely

from vigie.city import geography, people
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, numbered
from vigie.city.kinds import FloatArray, kinds
from vigie.city.ledger import Feed, Ledger
from vigie.city.plans import TruePlan
from vigie.city.span import DAY_US, HOUR_US, MINUTE_US, IntArray, utc_text
from vigie.city.tellings import tell
from vigie.city.truth import Truth

SOURCE = "transit_alerts"
DAY_S = 86_400
"""Situations are told when they change: a day without one is a quiet day."""
PARTICIPANT = "RTM"
NEAR_M = 250.0
NOTICE_US = 7 * DAY_US
CALLED_OFF_US = 2 * DAY_US
RECENT_US = 12 * HOUR_US
SECOND_US = 1_000_000
DEFECT = "time_reversed"
DEFECT_EVERY = 40
"""One situation in so many ends before it begins, in every version: it must be refused."""
_EFFECTS = {
    "unattendedBag": ("noService", "severe", "Station fermée, bagage abandonné"),
    "accident": ("delayed", "normal", "Retards, accident sur la voie"),
    "demonstration": ("diverted", "normal", "Déviation, manifestation"),
    "fire": ("diverted", "severe", "Déviation, intervention des secours"),
    "roadworks": ("diverted", "slight", "Déviation, travaux"),
    "specialEvent": ("diverted", "normal", "Déviation, manifestation publique"),
}
"""From a cause to its effect, its severity and the beginning of the public text."""
_PLANNED = (
    ("event.demonstration", "demonstration"),
    ("event.sport.race", "specialEvent"),
    ("event.festivity", "specialEvent"),
    ("event.culture.fireworks", "specialEvent"),
    ("event.works", "roadworks"),
)


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation.

    Attributes:
        number: Its number.
        cause: ``AlertCause``.
        planned: Announced rather than going on.
        starts_us: Start of its validity.
        ends_us: End of its validity; foreseen where planned.
        told_us: When it is published, and when it is closed.
        stop: Stop concerned.
        lines: Lines concerned.
        incident: The incident it tells, or -1.
        caller: Name and telephone of who told the network, or empty.
        wrong: Made wrong on purpose.
    """

    number: str
    cause: str
    planned: bool
    starts_us: int
    ends_us: int
    told_us: tuple[int, int]
    stop: str
    lines: tuple[str, ...]
    incident: int = -1
    caller: tuple[str, str] = ("", "")
    wrong: bool = False

    @property
    def ref(self) -> str:
        """Reference of the record it becomes."""
        return f"PtSituationElement/{PARTICIPANT}/{self.number}"


@cache
def _stops() -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Return the stops that a line serves: ids and metres."""
    served = {stop for line in geography.lines() for stop in line.stops}
    named = {ref: stop for ref, stop in geography.stops().items() if ref in served}
    lon, lat = (np.array([stop[at] for stop in named.values()]) for at in (1, 2))
    x, y = geography.to_metres(lon, lat)
    return tuple(named), np.asarray(x), np.asarray(y)


def _lines(stop: str, *, surface: bool) -> tuple[str, ...]:
    return tuple(
        line.line_id
        for line in geography.lines()
        if stop in line.stops and not (surface and line.mode == "metro")
    )


def _of_incidents(truth: Truth) -> Iterator[Situation]:
    """Yield what the network tells of incidents within reach of a stop."""
    told = tell(truth, SOURCE)
    chance = stream(truth.seed, SOURCE, "situations")
    n = len(told)
    minutes = np.array([k.minutes for k in kinds()])[truth.incidents.kind[told.incident]]
    lasts = (minutes * np.exp(chance.normal(0, 0.4, n)) * MINUTE_US).astype(np.int64)
    drawn = people.draws(chance, n)
    callers = list(zip(people.names(drawn), people.phones(drawn), strict=True))
    published = told.reported_us // SECOND_US * SECOND_US
    closed = (published + lasts) // SECOND_US * SECOND_US + SECOND_US
    names, sx, sy = _stops()
    x, y = geography.to_metres(told.lon, told.lat)
    away = np.hypot(x[:, None] - sx[None, :], y[:, None] - sy[None, :])
    nearest = away.argmin(axis=1)
    numbers = numbered("SX", published)
    for p in np.flatnonzero(away.min(axis=1) <= NEAR_M).tolist():
        stop = names[nearest[p]]
        lines = _lines(stop, surface=told.code[p] != "unattendedBag")
        if lines:
            yield Situation(
                number=numbers[p],
                cause=told.code[p],
                planned=False,
                starts_us=int(told.from_us[p]) // SECOND_US * SECOND_US,
                ends_us=int(closed[p]),
                told_us=(int(published[p]), int(closed[p])),
                stop=stop,
                lines=lines,
                incident=int(told.incident[p]),
                caller=callers[p],
                wrong=p % DEFECT_EVERY == 0,
            )


def _of_plan(plan: TruePlan) -> Situation | None:
    """Return what the network announces of a plan, or None when it runs as usual."""
    cause = next((c for kind, c in _PLANNED if f"{plan.kind}.".startswith(f"{kind}.")), None)
    if cause is None or not plan.declared:
        return None
    names, sx, sy = _stops()
    footprint = shapely.transform(
        plan.geometry, lambda c: np.column_stack(geography.to_metres(c[:, 0], c[:, 1]))
    )
    away = shapely.distance(footprint, shapely.points(sx, sy))
    stop = names[int(away.argmin())]
    lines = _lines(stop, surface=True)
    if away.min() > NEAR_M or not lines:
        return None
    starts_us = (plan.starts_us - plan.setup_s * SECOND_US) // SECOND_US * SECOND_US
    ends_us = (plan.ends_us + plan.teardown_s * SECOND_US) // SECOND_US * SECOND_US
    published = max(plan.updated_us // SECOND_US * SECOND_US, starts_us - NOTICE_US)
    closed = ends_us
    if plan.state == "cancelled":
        published, closed = starts_us - NOTICE_US, starts_us - CALLED_OFF_US
    return Situation(
        number=f"P-{plan.ref}",
        cause=cause,
        planned=True,
        starts_us=starts_us,
        ends_us=ends_us,
        told_us=(published, closed),
        stop=stop,
        lines=lines,
    )


def make_situations(truth: Truth) -> list[Situation]:
    """Return every situation of the span, in the order of publication."""
    announced = [_of_plan(plan) for plan in truth.plans]
    found = [*_of_incidents(truth), *(one for one in announced if one is not None)]
    return sorted(found, key=lambda one: (one.told_us, one.number))


# --- Messages -----------------------------------------------------------------------------------


def _tag(name: str, *inner: str) -> str:
    return f"<{name}>{''.join(inner)}</{name}>"


def _time(name: str, us: int) -> str:
    return _tag(name, utc_text(np.array([us], dtype=np.int64))[0])


def _affected_lines(lines: Sequence[str]) -> str:
    named = (_tag("AffectedLine", _tag("LineRef", line)) for line in lines)
    return _tag("Affects", _tag("Networks", _tag("AffectedNetwork", *named)))


def element(one: Situation, stage: int) -> str:
    """Return a situation as published (stage 0) or closed (stage 1), as ``PtSituationElement``."""
    condition, severity, summary = _EFFECTS[one.cause]
    name, lon, lat = geography.stops()[one.stop]
    source = ""
    if one.caller[0]:
        told = (_tag("Phone", one.caller[1]), _tag("Name", escape(one.caller[0])))
        source = _tag("Source", _tag("SourceType", "phone"), *told)
    ends_us = one.starts_us - HOUR_US if one.wrong else one.ends_us
    known = one.planned or one.wrong or stage == 1
    where = _tag("Location", _tag("Longitude", str(lon)), _tag("Latitude", str(lat)))
    stop = _tag(
        "AffectedStopPoint",
        _tag("StopPointRef", one.stop),
        _tag("StopPointName", escape(name)),
        where,
    )
    text = escape(f"{summary}. Arrêt {name}, lignes {', '.join(one.lines)}.")
    effect = (_tag("Condition", condition), _affected_lines(one.lines))
    return _tag(
        "PtSituationElement",
        _time("CreationTime", one.told_us[0]),
        _tag("ParticipantRef", PARTICIPANT),
        _tag("SituationNumber", escape(one.number)),
        _tag("Version", str(stage + 1)),
        source,
        _time("VersionedAtTime", one.told_us[stage]),
        _tag("Progress", ("published", "closed")[stage]),
        _tag(
            "ValidityPeriod",
            _time("StartTime", one.starts_us),
            _time("EndTime", ends_us) if known else "",
        ),
        _tag("AlertCause", one.cause),
        _tag("Severity", severity),
        _tag("Planned", "true" if one.planned else "false"),
        _tag("Language", "fr"),
        _tag("Summary", text),
        _tag("Affects", _tag("StopPoints", stop)),
        _tag("Consequences", _tag("Consequence", *effect)),
    )


def delivery(elements: Sequence[str], at_us: int) -> bytes:
    """Return a ``ServiceDelivery`` of situations, answered at an instant."""
    stamp = _time("ResponseTimestamp", at_us)
    held = _tag("Situations", "\n", *(f"{one}\n" for one in elements))
    exchange = f'<SituationExchangeDelivery version="2.1">{stamp}{held}</SituationExchangeDelivery>'
    service = _tag("ServiceDelivery", stamp, _tag("ProducerRef", PARTICIPANT), exchange)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    siri = f'<Siri xmlns="http://www.siri.org.uk/siri" version="2.1">{service}</Siri>\n'
    return (head + siri).encode("utf-8")


def stages(situations: Sequence[Situation]) -> IntArray:
    """Return the instants at which each situation is told, one row each."""
    told = [one.told_us for one in situations]
    return np.array(told, dtype=np.int64).reshape(len(situations), 2)


def _past(told_us: IntArray, now_us: int) -> Iterator[tuple[int, int]]:
    """Yield what the files hold, in the order told: the last stage, of recent ones every stage."""
    rows = [
        (at_us, which, stage)
        for which, ats in enumerate(told_us.tolist())
        for stage, at_us in enumerate(ats)
        if at_us <= now_us and (stage == 1 or ats[1] > now_us or ats[0] > now_us - RECENT_US)
    ]
    yield from ((which, stage) for _, which, stage in sorted(rows))


def emit(truth: Truth, situations: Sequence[Situation], folder: Path, ledger: Ledger) -> Feed:
    """Write the situations told up to now, one delivery a month."""
    (folder / SOURCE).mkdir()
    told_us = stages(situations)
    rows = list(_past(told_us, truth.now_us))
    at_us = np.array([told_us[which, stage] for which, stage in rows], dtype=np.int64)
    paths = []
    for month, chosen in by_month(at_us):
        name = f"{SOURCE}/situations_{month}.xml"
        held = [rows[p] for p in chosen.tolist()]
        elements = [element(situations[which], stage) for which, stage in held]
        (folder / name).write_bytes(delivery(elements, int(at_us[chosen[-1]])))
        paths.append(name)
        for row, (which, _) in enumerate(held, start=1):
            if situations[which].wrong:
                ledger.defect(SOURCE, name, row, situations[which].ref, DEFECT)
    _record(truth, situations, ledger)
    past = [one for one in situations if one.told_us[0] <= truth.now_us and not one.wrong]
    facts = sum(not one.planned for one in past)
    wrong = sum(situations[which].wrong for which, _ in rows)
    return Feed(
        source=SOURCE,
        connector="siri",
        period_s=DAY_S,
        title={"fr": "Perturbations des transports (SIRI)", "en": "Transit disruptions (SIRI)"},
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(rows),
        records=facts,
        repeats=len(rows) - len(past) - wrong,
        defects=wrong,
        also={"plans": len(past) - facts},
    )


def _record(truth: Truth, situations: Sequence[Situation], ledger: Ledger) -> None:
    """Record which incident each situation tells, and who called."""
    facts = [one for one in situations if not one.planned]
    starts = np.array([one.starts_us for one in facts], dtype=np.int64)
    published = np.array([one.told_us[0] for one in facts], dtype=np.int64)
    ledger.tell(
        SOURCE,
        [one.ref for one in facts],
        np.array([one.incident for one in facts], dtype=np.int64),
        role=["defective" if one.wrong else "first" for one in facts],
        from_us=starts,
        to_us=starts,
        reported_us=published,
        past=published <= truth.now_us,
    )
    for where, kind, at in (("Source.Name", "name", 0), ("Source.Phone", "phone", 1)):
        ledger.plant_fields(SOURCE, where, kind, [(one.ref, one.caller[at]) for one in facts])
