"""Agendas: iCalendar (RFC 5545) and OpenAgenda v2, whose every occurrence becomes a plan.

Recurring events are followed within a horizon; each occurrence has the reference of its event and
of its own place in the series, in UTC, so that a later file amends it: moved, renamed, cancelled
(``STATUS``, ``METHOD:CANCEL``, an ``EXDATE``). Organisers, attendees, contacts, comments and
descriptions are refused at the door.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import Any

from vigie.base.clock import from_us
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload, listed
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.calendar_times import Line, Moment, Zones, iana_names
from vigie.intake.messages.calendars import Entry, length_of, position_of, read_calendar
from vigie.intake.messages.occurrences import horizon_of, occurrences
from vigie.intake.messages.reading import RowRefused, instant, many, need_instant, number, text
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.titles import Kinds, Venues, not_ahead, title_of
from vigie.intake.messages.tree import Tree, read_json, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import SECOND_US

CODES: dict[str, Any] = tomllib.loads(
    files("vigie.connectors").joinpath("agenda.toml").read_text("utf-8")
)
MAX_SEQUENCE = 1 << 20
MOST_TIMINGS = 2_000
"""OpenAgenda itself takes 800 an event."""

_SECONDS_BITS = 34
_WHERE = ("uid", "name", "address", "postalCode", "city", "insee")
_ONLINE = frozenset({"2", "online"})
_NOT_PUBLIC = frozenset({"PRIVATE", "CONFIDENTIAL"})


def _refused(*names: str) -> Iterator[Field]:
    said = "Personne ou texte libre : refusé", "Person or free text: refused"
    return (listed(name, *said, "personal") for name in names)


# fmt: off
ICALENDAR = (
    listed("UID", "Identifiant", "Identifier", required=True),
    listed("DTSTART", "Début, sans fuseau : de la ville", "Start; no zone: city", required=True),
    listed("DTEND", "Fin", "End"),
    listed("DURATION", "Durée", "Duration"),
    listed("RRULE", "Règle de récurrence", "Rule of recurrence"),
    listed("RDATE", "Occurrences ajoutées", "Added occurrences"),
    listed("EXDATE", "Occurrences supprimées : annulées", "Excluded: cancelled"),
    listed("EXRULE", "Règle d'exclusion (ancienne norme)", "Rule of exclusion (older standard)"),
    listed("RECURRENCE-ID", "Occurrence que l'entrée remplace", "Occurrence it replaces"),
    listed("SUMMARY", "Intitulé", "Title"),
    listed("CATEGORIES", "Catégories, d'où vient la nature", "Categories, which tell the kind"),
    listed("STATUS", "État", "State"),
    listed("CLASS", "Publicité : le privé n'entre pas", "Publicity: what is private stays out"),
    listed("LOCATION", "Lieu, pour situer", "Place, to locate", "place"),
    listed("GEO", "Latitude et longitude", "Latitude and longitude", "place"),
    listed("SEQUENCE", "Numéro de version", "Number of the revision"),
    listed("LAST-MODIFIED", "Dernière modification", "Last change"),
    listed("DTSTAMP", "Date de l'entrée", "Date of the entry"),
    *_refused("ORGANIZER", "ATTENDEE", "CONTACT", "COMMENT", "DESCRIPTION"),
)
OPENAGENDA = (
    listed("uid", "Identifiant", "Identifier", required=True),
    listed("title", "Intitulé par langue", "Title by language"),
    listed("keywords", "Mots clés, d'où vient la nature", "Keywords, which tell the kind"),
    listed("timings", "Plages horaires, une prévision chacune", "A plan each", required=True),
    listed("timezone", "Fuseau des heures qui n'en nomment pas", "Zone of times that name none"),
    listed("attendanceMode", "En ligne : hors de l'espace public", "Online: not in public space"),
    listed("status", "Programmé, complet, annulé…", "Scheduled, full, cancelled…"),
    listed("state", "Publié ou en modération", "Published or in moderation"),
    listed("slug", "Nom dans l'adresse web, non gardé", "Name in the web address, not kept"),
    listed("createdAt", "Création", "Creation"),
    listed("updatedAt", "Dernière modification", "Last change"),
    listed("location.uid", "Identifiant du lieu", "Identifier of the place"),
    listed("location.name", "Nom du lieu", "Name of the place", "place"),
    listed("location.address", "Adresse", "Address", "place"),
    listed("location.postalCode", "Code postal", "Postal code", "place"),
    listed("location.city", "Commune", "Town", "place"),
    listed("location.insee", "Code INSEE", "INSEE code", "place"),
    listed("location.district", "Quartier", "Neighbourhood", "place"),
    listed("location.latitude", "Latitude", "Latitude", "place"),
    listed("location.longitude", "Longitude", "Longitude", "place"),
    *_refused("location.phone", "location.email", "registration", "creator", "member"),
    *_refused("description", "longDescription", "conditions", "imageCredits"),
)
# fmt: on
_ICALENDAR, _OPENAGENDA = AllowList(ICALENDAR), AllowList(OPENAGENDA)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one calendar, or one answer of OpenAgenda, into plans.

    Options of the feed: ``horizon_days`` (400), ``past_days`` (30), ``max_occurrences`` (1,000 an
    event); ``venues``, from a place's name to ``{capacity, lon, lat, place_id}``; ``kinds``, from a
    category or keyword to a kind; ``default_kind``; ``timezones``, from a zone's name that nobody
    knows to an IANA name.
    """
    try:
        data = read_payload(payload)
        is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
        plans: _OpenAgenda | _Calendar = (_OpenAgenda if is_json else _Calendar)(context)
        plans.take(data)
    except FileRefused as refusal:
        yield refused_file("plans", refusal)
        return
    yield from plans.rows.parsed()


class _Plans:
    """What both formats share: kinds, titles, places."""

    def __init__(self, context: Context) -> None:
        self.rows = Rows("plans")
        self.context = context
        self.kinds = Kinds(CODES["words"], context)
        self._venues = Venues(context)

    def add(self, values: dict[str, Any], name: str | None, address: str | None) -> None:
        """Add a plan; a venue that the feed knows says where it is and how many it holds."""
        first = (name or address or "").partition(",")[0].strip()
        filled = self._venues.fill(values, name, address, first)
        self.rows.add("plans", filled, address=address, place_name=first or None)


class _Calendar(_Plans):
    """The events of an iCalendar file."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._horizon = horizon_of(context)
        self._replaced: dict[str, set[int]] = defaultdict(set)
        self._revisions: dict[str, int] = {}

    def take(self, data: bytes) -> None:
        """Read one calendar: what replaces an occurrence is looked at first."""
        calendar = read_calendar(data)
        self.rows.remarks(calendar.notices)
        for name, count in calendar.others.items():
            self.rows.remark("not_used", count=count, what=name)
        renamed = self.context.options.get("timezones", {})
        known = renamed if isinstance(renamed, dict) else {}
        zones = Zones(calendar.zones, known, self.context.timezone)
        entries = []
        for component in calendar.events:
            stripped = _ICALENDAR.strip(component.lines)
            self.rows.remarks(stripped.notices())
            entry = Entry(component, zones, stripped.tree)
            entries.append((entry, self._revision(entry)))
        for entry, revision in entries:
            self._index(entry, revision)
        for entry, revision in entries:
            latest = revision
            if "RECURRENCE-ID" in entry.texts:
                latest = max(revision, self._revisions.get(entry.text("UID") or "", 0))
                entry.date(latest >> 1 >> _SECONDS_BITS, (latest >> 1) % (1 << _SECONDS_BITS))
            with self.rows.row(entry.raw):
                self._event(entry, latest)

    def _index(self, entry: Entry, revision: int) -> None:
        """Remember which occurrences have an entry of their own, and revisions of series."""
        uid = entry.text("UID") or ""
        try:
            instance = entry.moment("RECURRENCE-ID")
        except RowRefused:  # said again, and kept, when its row is read
            return
        if instance is not None:
            self._replaced[uid].add(instance.us)
        else:
            self._revisions[uid] = max(revision, self._revisions.get(uid, 0))

    def _event(self, entry: Entry, revision: int) -> None:
        if not entry.component.whole:
            raise RowRefused("truncated_file")
        uid, start = entry.text("UID"), entry.moment("DTSTART")
        if uid is None or start is None:
            raise RowRefused("missing_required", column="UID" if uid is None else "DTSTART")
        if (entry.text("CLASS") or "").upper() in _NOT_PUBLIC:
            self.rows.remark("not_used", what="CLASS")
            return
        title = entry.text("SUMMARY")
        kind = self.kinds.find((entry.text("CATEGORIES") or "").split(","), title)
        values = {
            "kind": kind,
            "title": title_of(title, kind, self.rows),
            "state": self._state(entry),
            "revision": revision,
            **position_of(entry),
        }
        length, where = length_of(entry, start), entry.text("LOCATION")
        for reference, moment, gone in self._instances(entry, uid, start):
            own = values | {"source_ref": reference, "starts_at": moment.us}
            own["ends_at"] = length.end_us(moment)
            if gone:
                own["state"] = "cancelled"
            if entry.text("RECURRENCE-ID") is not None:
                own["revision"] = revision + 1
            self.add(own, None, where)

    def _state(self, entry: Entry) -> str:
        if entry.component.method == "CANCEL":
            return "cancelled"
        said = (entry.text("STATUS") or "CONFIRMED").upper()
        if said not in CODES["ical_status"]:
            raise RowRefused("unknown_code", value=said[:40], column="STATUS")
        return str(CODES["ical_status"][said])

    def _revision(self, entry: Entry) -> int:
        """Return what grows with every amendment: sequence, then last change.

        Even, so that an entry that replaces one occurrence outdoes the series by one.
        """
        sequence, said = 0, entry.text("SEQUENCE") or "0"
        if said.isascii() and said.isdigit() and len(said) < 10 and int(said) < MAX_SEQUENCE:  # noqa: PLR2004 -- digits of an int32
            sequence = int(said)
        else:
            self.rows.remark("out_of_range", severity="warning", value=said[:20], column="SEQUENCE")
        try:
            changed = entry.moment("LAST-MODIFIED") or entry.moment("DTSTAMP")
        except RowRefused as refusal:
            self.rows.remark(refusal.code, severity="warning", **refusal.params)
            changed = None
        at_us = not_ahead(changed.us, self.context, self.rows) if changed else 0
        return (sequence << _SECONDS_BITS | at_us // SECOND_US) << 1

    def _instances(
        self, entry: Entry, uid: str, start: Moment
    ) -> Iterator[tuple[str, Moment, bool]]:
        """Yield reference, moment and whether it is called off, for each occurrence of an event."""
        instance = entry.moment("RECURRENCE-ID")
        if instance is not None:
            if any("RANGE" in line.params for line in entry.lines("RECURRENCE-ID")):
                self.rows.remark("not_used", what="RANGE=THISANDFUTURE")
            yield _reference(uid, instance.us), start, False
            return
        rules, dates = entry.lines("RRULE"), entry.moments("RDATE")
        if not rules and not dates:
            yield uid, start, False
            return
        found = {one.us: one for one in (start, *self._follow(rules, start), *dates)}
        excluded = entry.moments("EXDATE")
        gone = {one.us for one in (*excluded, *self._follow(entry.lines("EXRULE"), start))}
        days = {one.wall.date() for one in excluded if one.whole_day}
        horizon, given = self._horizon, 0
        for us, moment in sorted(found.items()):
            if not horizon.from_us <= us <= horizon.to_us or us in self._replaced[uid]:
                continue
            if given == horizon.most:
                self.rows.remark("too_many_occurrences", severity="warning", limit=horizon.most)
                return
            given += 1
            yield _reference(uid, us), moment, us in gone or moment.wall.date() in days

    def _follow(self, rules: list[Line], start: Moment) -> Iterator[Moment]:
        for rule in rules:
            walls, more = occurrences(rule.value, start.wall, start.zone, self._horizon)
            if more:
                limit = self._horizon.most
                self.rows.remark("too_many_occurrences", severity="warning", limit=limit)
            yield from (Moment(wall, start.zone, start.whole_day) for wall in walls)


def _reference(uid: str, us: int) -> str:
    return f"{uid}/{from_us(us):%Y%m%dT%H%M%SZ}"


class _OpenAgenda(_Plans):
    """The events of an answer of OpenAgenda."""

    def take(self, data: bytes) -> None:
        """Read one answer: a list of events, an object that holds it, or one event."""
        tree = read_json(data)
        if isinstance(tree, dict):
            tree = tree.get("events", tree.get("event", tree))
        if not isinstance(tree, list | dict):
            raise FileRefused("unknown_message", value="JSON")
        for event in tree if isinstance(tree, list) else [tree]:
            self._event(event)

    def _event(self, event: Tree) -> None:
        if isinstance(event, dict):
            self._timings(event)
            return
        with self.rows.row(_raw(event)):
            raise RowRefused("bad_row", reason=Phrase("reason_not_object"))

    def _timings(self, event: dict[str, Tree]) -> None:
        stripped = _OPENAGENDA.strip(event)
        self.rows.remarks(stripped.notices())
        kept = stripped.tree
        timings = many(kept, "timings")
        if len(timings) > MOST_TIMINGS:
            limit = MOST_TIMINGS
            self.rows.remark("too_many_occurrences", severity="warning", limit=limit)
        for timing in timings[:MOST_TIMINGS] or [None]:
            alone = kept | {"timings": [timing] if timing is not None else []}
            with self.rows.row(partial(_raw, alone)):
                self._timing(alone)

    def _timing(self, event: dict[str, Tree]) -> None:
        uid, title = text(event, "uid"), text(event, "title.fr") or _any_title(event)
        if uid is None or not event["timings"]:
            raise RowRefused("missing_required", column="uid" if uid is None else "timings")
        if (text(event, "attendanceMode") or "").lower() in _ONLINE:
            self.rows.remark("not_used", what="attendanceMode 2")
            return
        zone = self._zone(text(event, "timezone"))
        begin = need_instant(event, "timings.begin", zone)
        state, status = _state(event)
        keywords = [str(one) for one in _leaves(event.get("keywords")) if isinstance(one, str)]
        kind = self.kinds.find(keywords, title)
        changed = instant(event, "updatedAt", zone)
        where = {name: text(event, f"location.{name}") for name in _WHERE}
        values = {
            "source_ref": _reference(uid, begin),
            "kind": kind,
            "title": title_of(title, kind, self.rows),
            "starts_at": begin,
            "ends_at": need_instant(event, "timings.end", zone),
            "state": state,
            "revision": not_ahead(changed or 0, self.context, self.rows),
            "lon": number(event, "location.longitude"),
            "lat": number(event, "location.latitude"),
            "attributes": {"status": status, "insee": where["insee"], "venue_ref": where["uid"]},
        }
        address = ", ".join(filter(None, (where["address"], where["postalCode"], where["city"])))
        self.add(values, where["name"], address or None)

    def _zone(self, name: str | None) -> str:
        """Return the zone of times that name none: the event's, else the city's."""
        if name is None or name in iana_names():
            return name or self.context.timezone
        self.rows.remark("unknown_code", severity="warning", value=name[:40], column="timezone")
        return self.context.timezone


def _raw(event: Tree) -> bytes:
    return json.dumps([event], ensure_ascii=True).encode("ascii")


def _leaves(tree: Tree) -> Iterator[Tree]:
    """Yield what stands at the ends of a tree."""
    if isinstance(tree, dict | list):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(one)
    elif tree is not None:
        yield tree


def _any_title(event: dict[str, Tree]) -> str | None:
    return next((found for one in _leaves(event.get("title")) if (found := text(one))), None)


def _state(event: dict[str, Tree]) -> tuple[str, str]:
    """Return the state of the plan and the source's status in words."""
    status = (text(event, "status") or "1").lower()
    status = CODES["openagenda_words"].get(status.replace(" ", ""), status)
    found = CODES["openagenda_status"].get(status)
    if found is None:
        raise RowRefused("unknown_code", value=status[:40], column="status")
    moderation = (text(event, "state") or "2").lower()
    state = CODES["openagenda_state"].get(moderation)
    if state is None:
        raise RowRefused("unknown_code", value=moderation[:40], column="state")
    cancelled = found["state"] == "cancelled"
    return found["state"] if cancelled or not state else state, found["name"]


CONNECTOR = Connector(
    name="agenda",
    title={"fr": "Agendas (iCalendar, OpenAgenda)", "en": "Agendas (iCalendar, OpenAgenda)"},
    emits=("plans",),
    suffixes=(".ics", ".ical", ".json"),
    media=("text/calendar", "application/json"),
    fields=(*ICALENDAR, *OPENAGENDA),
    parse=parse,
    revises=True,
    reference="RFC 5545 (iCalendar), RFC 5546 (METHOD:CANCEL); OpenAgenda API v2, dev-doc",
)
