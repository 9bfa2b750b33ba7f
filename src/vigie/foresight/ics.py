"""Plans as an iCalendar (RFC 5545): one event a plan, the same UID for ever, times in UTC.

No person stands in it: neither organiser nor attendee, nor who entered what. A program that has
read a plan once knows by SEQUENCE and STATUS when it has changed or is off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from vigie.base.clock import from_us, to_us
from vigie.base.translations import number
from vigie.foresight.plans import PlanRecord
from vigie.model.taxonomy import TAXONOMY

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Vigie//Agenda//FR"
REFRESH = timedelta(hours=1)
STATUS = {
    "draft": "TENTATIVE",
    "declared": "TENTATIVE",
    "authorised": "CONFIRMED",
    "cancelled": "CANCELLED",
}
_STATES = {
    "draft": {"fr": "brouillon", "en": "draft"},
    "declared": {"fr": "déclaré", "en": "declared"},
    "authorised": {"fr": "autorisé", "en": "authorised"},
    "cancelled": {"fr": "annulé", "en": "cancelled"},
    "wild": {"fr": "non déclaré", "en": "undeclared"},
}


def uid_of(plan_id: str) -> str:
    """Return the UID of a plan: the same in every calendar, for ever."""
    return f"{plan_id}@vigie"


def calendar_of(
    plans: Iterable[PlanRecord],
    *,
    name: str,
    language: str = "fr",
    geometry: Callable[[PlanRecord], tuple[float, float] | None] | None = None,
) -> bytes:
    """Return plans as the bytes of an iCalendar file, in order of start.

    Args:
        plans: Plans.
        name: Name of the calendar.
        language: Language of kinds and states.
        geometry: Where a plan is told to be, longitude and latitude; its own point by default.
    """
    from icalendar import Calendar  # noqa: PLC0415 - late: slow to load

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", plain(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    place = geometry or point_of
    for plan in sorted(plans, key=lambda one: (one.starts_us, one.plan_id)):
        calendar.add_component(_event(plan, language, place(plan)))
    return bytes(calendar.to_ical())


def plain(text: str) -> str:
    """Return a text without control characters, which no calendar holds."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def point_of(plan: PlanRecord) -> tuple[float, float] | None:
    """Return a point within a plan's footprint, longitude and latitude."""
    if plan.geometry is None or plan.geometry.is_empty:
        return None
    point = plan.geometry.representative_point()
    return point.x, point.y


def changed_us(plan: PlanRecord) -> int:
    """Return when what is told of a plan changed last, as far as known, epoch µs."""
    received = plan.provenance.get("received_at")
    return max(plan.changed_us, 0 if received is None else to_us(received))


def _event(plan: PlanRecord, language: str, place: tuple[float, float] | None) -> Event:
    from icalendar import Event  # noqa: PLC0415 - late: slow to load

    event = Event()
    event.add("uid", uid_of(plan.plan_id))
    stamp = from_us(changed_us(plan) // 1_000_000 * 1_000_000)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", plan.version)
    kind = TAXONOMY.find(plan.kind)
    named = "" if kind is None else kind.fr if language == "fr" else kind.en
    event.add("summary", plain(plan.title) or named or plan.kind)
    event.add("dtstart", from_us(plan.starts_us // 1_000_000 * 1_000_000))
    event.add("dtend", from_us(plan.ends_us // 1_000_000 * 1_000_000))
    event.add("status", STATUS.get(plan.state, "TENTATIVE"))
    if named:
        event.add("categories", [named])
    event.add("transp", "TRANSPARENT")
    if place is not None:
        event.add("geo", (round(place[1], 6), round(place[0], 6)))
    event.add("description", _description(plan, language))
    return event


def _description(plan: PlanRecord, language: str) -> str:
    wild = not plan.declared and plan.state != "cancelled"
    state = _STATES["wild" if wild else plan.state][language]
    low, likely, high = plan.attendance
    parts = [f"État : {state}." if language == "fr" else f"State: {state}."]
    if likely is not None:
        ends = "" if low is None or high is None else _between(low, high, language)
        people = number(likely, language)
        parts.append(
            f"{people} personnes attendues{ends}."
            if language == "fr"
            else f"{people} people expected{ends}."
        )
    return " ".join(parts)


def _between(low: float, high: float, language: str) -> str:
    word = "à" if language == "fr" else "to"
    return f" ({number(low, language)} {word} {number(high, language)})"
