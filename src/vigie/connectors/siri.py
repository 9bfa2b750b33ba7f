"""SIRI 2.0 and 2.1: where vehicles are, how late journeys run, what disrupts lines.

One message a payload: XML, plain or in a SOAP envelope (1.1 and 1.2), or the JSON of SIRI Lite.
VehicleMonitoring gives means and measures, SituationExchange facts and plans, EstimatedTimetable
delays and cancelled journeys, StopMonitoring delays at stops; other deliveries and the framework's
own messages are remarked upon by name. Situations are classed by their own times, never by the
time of receipt, so that a situation sent again is the same record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from vigie.base.clock import from_us
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.disruptions import Disruption, Period, add_disruption
from vigie.intake.messages.durations import duration
from vigie.intake.messages.languages import in_language
from vigie.intake.messages.lenient import code, codes, listed, optional, within
from vigie.intake.messages.lists import fields_of, kinds_by_code, read_lists
from vigie.intake.messages.reading import (
    RowRefused,
    first,
    instant,
    many,
    need_instant,
    need_text,
    number,
    text,
)
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.siri_envelope import Element, elements, open_message, shown
from vigie.intake.messages.transport import Transport
from vigie.intake.messages.tree import Tree, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import DAY_US, HOUR_US, SECOND_US

_LISTS = read_lists("vigie.connectors", "siri.toml")
_CAUSES, _CONDITIONS = (kinds_by_code(_LISTS[name]) for name in ("causes", "conditions"))
_REASONS = ("AlertCause", "TpegReason", "MiscellaneousReason", "PersonnelReason", "EquipmentReason",
            "EnvironmentReason")  # fmt: skip
_SAYS_NOTHING = {
    "unknown", "undefined", "undefinedStatus", "undefinedServiceInformation", "undefinedProblem",
    "undefinedAlertCause", "undefinedPersonnelProblem", "notAcceptingPassengers",
}  # fmt: skip
_DISRUPTION, _INCIDENT = "road.transit.disruption", "road.transit.incident"
_DRAFTS = {"draft", "pendingApproval", "approvedDraft"}
_PROGRESS = {*_DRAFTS, "open", "published", "closing", "closed"}
_MOST_VERSIONS = 9_999
_VERSION = re.compile(r"[12](?:\.|$)")
_KMH = 3.6


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one message into means, measures, facts and plans.

    Options of the feed: ``kinds``, from the beginning of a line's identifier to a kind under
    ``means``; ``static_source``, the feed of the timetable whose stops are meant (``gtfs``).
    """
    rows = Rows("means", "measures", "facts", "plans")
    try:
        opened = open_message(read_payload(payload))
    except FileRefused as refusal:
        yield refused_file("means", refusal)
        return
    for name in opened.others:
        rows.remark("not_used", what=shown(name))
    for service in opened.services:
        _Service(service, rows, context).read()
    yield from rows.parsed()


class _Service:
    """One service delivery: its header, and the elements of its deliveries."""

    def __init__(self, tree: dict[str, Tree], rows: Rows, context: Context) -> None:
        self._rows, self._timezone, self._language = rows, context.timezone, context.language
        self._transport = Transport(rows, context)
        used = {path.split(".")[0] for path in _READERS}
        unused = [name for name in tree if name.endswith("Delivery") and name not in used]
        for name in unused:
            rows.remark("not_used", what=shown(name), count=len(many(tree[name])))
        stripped = _ALLOWED.strip({name: tree[name] for name in tree if name not in unused})
        rows.remarks(stripped.notices())
        self._tree = stripped.tree

    def read(self) -> None:
        """Read every element of every delivery that is used."""
        self._look_at_header()
        for path, reader in _READERS.items():
            for element in elements(self._tree, path):
                with self._rows.row(element.raw):
                    reader(self, element)

    def _look_at_header(self) -> None:
        stated_us = optional(
            self._rows, lambda: instant(self._tree, "ResponseTimestamp", self._timezone)
        )
        if stated_us is not None:
            self._transport.check_clock(int(stated_us))
        for delivery in (one for name in _DELIVERIES for one in many(self._tree, name)):
            version = text(delivery, "@version", 40)
            if version is not None and _VERSION.match(version) is None:
                self._rows.remark("unknown_version", value=code(version) or "…")
            if text(delivery, "Status") == "false":
                self._rows.remark("not_used", severity="warning", what="Status false")

    def _listed(self, value: str | None, column: str, known: Collection[str]) -> str | None:
        return listed(self._rows, value, column, known, says_nothing=_SAYS_NOTHING)

    def _recorded(self, *trees: Tree) -> int:
        """Return when something was recorded: where it says so, else as the delivery says."""
        for tree in trees:
            for path in ("RecordedAtTime", "ResponseTimestamp"):
                found = instant(tree, path, self._timezone)
                if found is not None:
                    return found
        raise RowRefused("missing_required", column="RecordedAtTime")

    # --- Vehicles -------------------------------------------------------------------------------

    def vehicle(self, found: Element) -> None:
        """Add the position, the delay and the occupancy of a vehicle."""
        element = found.tree
        journey = first(element, "MonitoredVehicleJourney")
        located_us = instant(journey, "LocationRecordedAtTime", self._timezone)
        at_us = need_instant(element, "RecordedAtTime", self._timezone)
        said = text(journey, "VehicleRef", 100) or text(element, "VehicleMonitoringRef", 100)
        if said is None:
            raise RowRefused("missing_required", column="VehicleRef")
        unit, line = self._transport.unit(said, "VehicleRef"), text(journey, "LineRef", 100)
        lon = number(journey, "VehicleLocation.Longitude")
        lat = number(journey, "VehicleLocation.Latitude")
        late = optional(self._rows, lambda: duration(journey, "Delay"))
        placed = lon is not None and lat is not None
        if not placed and late is None:
            raise RowRefused("missing_required", column="VehicleLocation")
        where = {"lon": lon, "lat": lat} if placed else {}
        if placed:
            self._position(element, unit, line, where, at_us if located_us is None else located_us)
        if late is not None:
            stop = text(journey, "MonitoredCall.StopPointRef", 200)
            beside = where | ({"place_id": self._transport.stop(stop)} if stop else {})
            self._late(unit, at_us, beside, late, journey)
        classes = _LISTS["occupancy"]
        full = self._listed(text(journey, "Occupancy"), "Occupancy", classes)
        if full is not None and placed:
            name, share = "transport.occupancy", float(classes[full])
            measure = self._transport.measure
            measure(name, unit, at_us, where, value=share, unit="%", quality="estimated")

    def _position(
        self, element: Tree, unit: str, line: str | None, where: Mapping[str, Any], at_us: int
    ) -> None:
        journey = first(element, "MonitoredVehicleJourney")
        speed = within(self._rows, journey, "Velocity", 0.0, 150.0)
        mode = text(journey, "VehicleMode")
        details = {
            "route": line,
            "trip": text(journey, "FramedVehicleJourneyRef.DatedVehicleJourneyRef", 200),
            "direction": text(journey, "DirectionRef", 100),
            "stop": text(journey, "MonitoredCall.StopPointRef", 200),
            "valid_until": text(element, "ValidUntilTime", 40),
        }
        default = _LISTS["modes"].get(mode, "means.transport")
        self._rows.add(
            "means",
            {
                **where,
                "source_ref": f"{unit}@{at_us // SECOND_US}",
                "unit_ref": unit,
                "kind": self._transport.kind(line or "", default),
                "label": code(line),
                "at": at_us,
                "heading_deg": within(self._rows, journey, "Bearing", 0.0, 360.0),
                "speed_kmh": None if speed is None else speed * _KMH,
                "status": "unknown" if line is None else "engaged",
                "attributes": {key: code(value) for key, value in details.items()},
            },
        )

    def _late(
        self, key: str, at_us: int, where: Mapping[str, Any], late: float, journey: Tree
    ) -> None:
        name, vague = "transport.delay", text(journey, "PredictionInaccurate") == "true"
        quality = "suspect" if vague else "good"
        self._transport.measure(name, key, at_us, where, value=late, unit="s", quality=quality)

    # --- Journeys and stops ---------------------------------------------------------------------

    def journey(self, found: Element) -> None:
        """Add the delay of a journey at the first call that is still ahead, or its cancellation."""
        element = found.tree
        key = _journey_key(element)
        if key is None:
            raise RowRefused("missing_required", column="DatedVehicleJourneyRef")
        at_us = self._recorded(element, *found.above)
        calls = many(element, "EstimatedCalls.EstimatedCall")
        if text(element, "Cancellation") == "true":
            self._cancelled(element, key, at_us, calls)
            return
        for call in calls:
            late = _lateness(call, self._timezone)
            if late is not None:
                stop = text(call, "StopPointRef", 200)
                where = {"place_id": self._transport.stop(stop)} if stop else {}
                self._late(key, at_us, where, late, call)
                return
        self._rows.remark("not_used", what="EstimatedVehicleJourney without delay")

    def _cancelled(self, element: Tree, key: str, at_us: int, calls: list[Tree]) -> None:
        aimed = [
            found
            for call in calls
            for event in ("Departure", "Arrival")
            if (found := instant(call, f"Aimed{event}Time", self._timezone)) is not None
        ]
        starts_us = min(aimed, default=at_us)
        told = Disruption(
            source_ref=f"ET/{key}@{from_us(starts_us).date()}",
            revision=at_us // SECOND_US,
            kind="road.transit.cancellation",
            planned=starts_us > at_us + DAY_US,
            periods=(Period(starts_us, max(aimed, default=None)),),
            said_us=at_us,
            effect="cancelled",
            lines=codes([text(element, "LineRef")]),
            stops=codes(text(call, "StopPointRef") for call in calls),
            language=self._language,
        )
        add_disruption(self._rows, told)

    def stop_visit(self, found: Element) -> None:
        """Add the delay of a journey at a monitored stop."""
        element = found.tree
        journey = first(element, "MonitoredVehicleJourney")
        call = first(journey, "MonitoredCall")
        stop = (
            text(element, "MonitoringRef", 200)
            or text(call, "StopPointRef", 200)
            or need_text(found.above[0], "MonitoringRef", 200)
        )
        at_us = need_instant(element, "RecordedAtTime", self._timezone)
        late = _lateness(call, self._timezone)
        if late is None:
            late = optional(self._rows, lambda: duration(journey, "Delay"))
        if late is None:
            self._rows.remark("not_used", what="MonitoredStopVisit without delay")
            return
        line = text(journey, "LineRef", 100) or text(journey, "PublishedLineName", 100)
        aimed = text(call, "AimedDepartureTime", 40) or text(call, "AimedArrivalTime", 40)
        key = _journey_key(journey) or text(element, "ItemIdentifier", 200) or f"{line}/{aimed}"
        where = {"place_id": self._transport.stop(stop)}
        self._late(f"{stop}/{key}", at_us, where, late, journey)

    # --- Situations -----------------------------------------------------------------------------

    def situation(self, found: Element) -> None:
        """Add a situation: a plan if planned or over an hour ahead of its creation, else a fact."""
        element, planned = found.tree, text(found.tree, "Planned")
        progress = self._listed(text(element, "Progress"), "Progress", _PROGRESS)
        if progress in _DRAFTS:
            self._rows.remark("not_actual", mode=progress)
            return
        name = need_text(element, "SituationNumber", 200)
        created_us = need_instant(element, "CreationTime", self._timezone)
        versioned_us = instant(element, "VersionedAtTime", self._timezone)
        said_us = created_us if versioned_us is None else versioned_us
        version = number(element, "Version") or 0.0
        if not (version.is_integer() and 0 <= version <= _MOST_VERSIONS):
            raise RowRefused("out_of_range", value=f"{version:g}", column="Version")
        closed = progress == "closed"
        periods = self._periods(element) or (Period(created_us, None),)
        ahead_us = min(period.starts_us for period in periods) - created_us
        soon_us = DAY_US if planned == "false" else HOUR_US
        cause, effect, kind = self._classed(element)
        scopes = [first(element, "Affects"), *many(element, "Consequences.Consequence.Affects")]
        place = first(scopes[0], "StopPoints.AffectedStopPoint.Location")
        told = Disruption(
            source_ref=f"{found.name}/{text(element, 'ParticipantRef', 100) or ''}/{name}",
            revision=(said_us // SECOND_US * (_MOST_VERSIONS + 1) + int(version)) * 2 + closed,
            kind=kind,
            planned=planned == "true" or ahead_us > soon_us,
            periods=periods,
            said_us=said_us,
            closed=closed,
            severity=self._severity(element),
            cause=cause,
            effect=effect,
            lines=codes(text(one) for one in _all(scopes, _LINES)),
            stops=codes(text(one) for one in _all(scopes, _STOPS)),
            lon=number(place, "Longitude"),
            lat=number(place, "Latitude"),
            place_name=next((text(one, "", 200) for one in _all(scopes, _NAMES)), None),
            text=self._told(element, self._language),
            language=self._language,
        )
        add_disruption(self._rows, told)

    def _periods(self, element: Tree) -> tuple[Period, ...]:
        found = []
        for one in many(element, "ValidityPeriod"):
            starts_us = need_instant(one, "StartTime", self._timezone)
            ends_us = instant(one, "EndTime", self._timezone)
            if ends_us is not None and ends_us < starts_us:
                raise RowRefused("time_reversed")
            found.append(Period(starts_us, ends_us))
        return tuple(found)

    def _classed(self, element: Tree) -> tuple[str | None, str | None, str]:
        """Return cause, effect, and the kind that both mean: an incident outweighs the effect."""
        said = [(name, text(element, name)) for name in _REASONS]
        causes = [self._listed(value, name, _CAUSES) for name, value in said]
        cause = next((one for one in causes if one is not None), None)
        told = [text(one) for one in many(element, "Consequences.Consequence.Condition")]
        effects = [self._listed(value, "Condition", _CONDITIONS) for value in told]
        effect = next((one for one in effects if one is not None), None)
        by_cause = _CAUSES.get(cause or "", _DISRUPTION)
        by_effect = _CONDITIONS.get(effect or "", _DISRUPTION)
        if by_cause == _INCIDENT or by_effect == _DISRUPTION:
            return cause, effect, by_cause
        return cause, effect, by_effect

    def _severity(self, element: Tree) -> int | None:
        known = _LISTS["severity"]
        said = [text(element, "Severity")]
        said += [text(one) for one in many(element, "Consequences.Consequence.Severity")]
        found = [self._listed(value, "Severity", known) for value in said]
        return max((int(known[one]) for one in found if one is not None), default=None)

    @staticmethod
    def _told(element: Tree, language: str) -> str | None:
        """Return the public text in the city's language, else in the first that is given."""
        told = (
            in_language([(text(one, "@lang"), text(one)) for one in many(element, name)], language)
            for name in ("Summary", "Description")
        )
        return "\n".join(one for one in told if one) or None


_LINES = ("Networks.AffectedNetwork.AffectedLine.LineRef",)
_STOPS = ("StopPoints.AffectedStopPoint.StopPointRef", "StopPlaces.AffectedStopPlace.StopPlaceRef")
_NAMES = ("StopPoints.AffectedStopPoint.StopPointName", "StopPlaces.AffectedStopPlace.PlaceName")


def _all(trees: list[Tree], paths: tuple[str, ...]) -> Iterator[Tree]:
    for tree in trees:
        for path in paths:
            yield from many(tree, path)


def _lateness(call: Tree, timezone: str) -> float | None:
    """Return how much later than aimed a call is, in seconds; departures first."""
    for event in ("Departure", "Arrival"):
        aimed = instant(call, f"Aimed{event}Time", timezone)
        for told in ("Actual", "Expected"):
            said = instant(call, f"{told}{event}Time", timezone)
            if aimed is not None and said is not None:
                return (said - aimed) / SECOND_US
    return None


def _journey_key(journey: Tree) -> str | None:
    """Return what identifies a journey on its day."""
    framed = text(journey, "FramedVehicleJourneyRef.DatedVehicleJourneyRef", 200)
    if framed is not None:
        return f"{framed}/{text(journey, 'FramedVehicleJourneyRef.DataFrameRef', 40) or ''}"
    dated = text(journey, "DatedVehicleJourneyRef", 200)
    return dated or text(journey, "EstimatedVehicleJourneyCode", 200)


_READERS: dict[str, Callable[[_Service, Element], None]] = {
    "VehicleMonitoringDelivery.VehicleActivity": _Service.vehicle,
    "EstimatedTimetableDelivery.EstimatedJourneyVersionFrame.EstimatedVehicleJourney":
        _Service.journey,
    "StopMonitoringDelivery.MonitoredStopVisit": _Service.stop_visit,
    "SituationExchangeDelivery.Situations.PtSituationElement": _Service.situation,
    "SituationExchangeDelivery.Situations.RoadSituationElement": _Service.situation,
}  # fmt: skip
_DELIVERIES = tuple(dict.fromkeys(path.split(".")[0] for path in _READERS))
_SITUATIONS = tuple(path for path in _READERS if path.endswith("SituationElement"))

FIELDS = tuple(fields_of(_LISTS["fields"], {"delivery": _DELIVERIES, "situation": _SITUATIONS}))
_ALLOWED = AllowList(FIELDS)

CONNECTOR = Connector(
    name="siri",
    title={"fr": "Transport public en direct (SIRI)", "en": "Public transport, live (SIRI)"},
    emits=("means", "measures", "facts", "plans"),
    suffixes=(".xml", ".json"),
    media=("application/xml", "text/xml", "application/soap+xml", "application/json"),
    fields=FIELDS,
    parse=parse,
    period_s=60,
    revises=True,
    reference="SIRI, CEN/TS 15531:2015 and EN 15531:2022 (2.0, 2.1), siri-cen.eu",
)
