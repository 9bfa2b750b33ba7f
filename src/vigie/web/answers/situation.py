"""A situation: everything around an alert, a fact or a point, in one answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Geometry, Instant, Texts
from vigie.web.answers.records import WITHHELD, ClashAnswer


class SituationFact(Answer):
    """A fact of the timeline."""

    fact_id: str
    kind: str
    source: str
    severity: int | None
    status: str | None
    basis: str
    discovered_by: str | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    earliest_at: Instant
    latest_at: Instant
    reported_at: Instant | None
    distance_m: float


class SituationLink(Answer):
    """Two facts that may tell of one incident; they stay two."""

    facts: list[str]
    probability: float = Field(description="That both tell of one incident, 0 to 1.")


class SituationIncident(Answer):
    """Facts that probably tell of one incident."""

    facts: list[str]
    sources: list[str]
    probability: float = Field(description="Mean over all pairs of the group.")
    least: float = Field(description="Of the least probable pair.")
    sure: bool = Field(description="Whether every pair is at least 0.8 probable.")


class Linkage(Answer):
    """How links were looked for."""

    reach_m: float = Field(description="Facts further apart are not compared.")
    gap_s: int = Field(description="Facts whose times lie further apart are not compared.")
    linked: float = Field(description="Least mean probability of a group.")
    shown: float = Field(description="Least probability of a link that is shown.")
    each: int = Field(description="Links told of each fact, its most probable.")


class SituationPlan(Answer):
    """A planned use of public space around the situation."""

    plan_id: str
    kind: str
    title: str | None
    state: str
    declared: bool
    closes: list[str]
    starts_at: Instant
    ends_at: Instant
    occupied_from: Instant
    occupied_to: Instant
    under_way: bool = Field(description="At the instant of the situation, set-up included.")
    lon: float | None
    lat: float | None
    geometry: Geometry | None
    attendance_likely: float | None
    distance_m: float


class SituationAlert(Answer):
    """An alert about the ground and the time of the situation."""

    alert_id: str
    rule: str
    severity: int
    state: str
    at: Instant
    explanation: Texts
    distance_m: float
    group: str = Field(description="Earliest alert of the storm it belongs to, of those told here.")
    group_size: int = Field(description="Alerts of that storm told here; 1: none but itself.")


class SituationCamera(Answer):
    """A camera, and how surely it sees the centre; walls and trees are not known."""

    place_id: str
    number: str | None = Field(
        description="Of its recording; null where it does not record, or not to be told."
    )
    label: str | None
    lon: float | None
    lat: float | None
    owner: str | None
    sight: Literal["sees", "turns", "perhaps", "no"] = Field(
        description="sees: within its sector; turns: within range of one that turns; perhaps: "
        "within range, direction unknown; no: near, but does not see it."
    )
    distance_m: float
    azimuth_deg: float | None
    opening_deg: float | None
    range_m: float
    complete: bool = Field(description="Whether the register tells direction, opening and range.")


class WayLeg(Answer):
    """A part of a way."""

    guessed: bool = Field(description="The map shows no street there: a straight line stands in.")
    line: list[list[float]] = Field(description="Longitude, latitude; from the means on.")


class SituationMeans(Answer):
    """A means that can be sent, with its way."""

    means_id: str
    unit_ref: str
    kind: str
    label: str | None
    source: str
    at: Instant
    lon: float | None
    lat: float | None
    status: str | None
    age_s: float
    stale: bool
    travel_s: int | None = Field(description="Without siren; null where there is no way.")
    way_m: int | None
    guessed: float | None = Field(description="Share of the way where the map shows no street.")
    way: list[WayLeg] = Field(description="Its course; empty where there is no way.")


class FiledClosure(Answer):
    """A street that the validated version of an event file closes."""

    closure_id: str
    plan_id: str
    version: int = Field(description="Version of the event file.")
    title: str | None = Field(description="The event's.")
    street: str
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    exempt: list[str] = Field(description="Who passes all the same.")
    geometry: Geometry


class FiledClosures(Answer):
    """Streets closed, by start."""

    items: list[FiledClosure]


class SituationStreet(FiledClosure):
    """One of them near a situation."""

    in_force: bool = Field(description="At the instant of the situation.")
    distance_m: float


class TravelBasis(Answer):
    """What travel times rest on."""

    network_km: float = Field(description="Streets that the city's map knows.")
    detour: float = Field(description="Factor on the straight line where it shows no street.")
    link_kmh: float = Field(description="Speed there.")
    closed: int = Field(description="Closures of the moment that ways go round.")
    closed_filed: int = Field(description="Those of them that validated event files ordered.")
    siren: bool


class SituationSource(Answer):
    """A feed that the situation rests on, or that is silent."""

    source: str
    title: Texts
    stale: bool = Field(description="Silent for twice its period.")
    age_s: float | None
    period_s: int
    feeds: bool = Field(description="Whether something shown came by it.")


class SituationAnswer(Answer):
    """Everything within a radius and a window of an alert, a fact or a point."""

    about: str
    lon: float
    lat: float
    accuracy_m: float
    radius_m: float
    at: Instant
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    facts: list[SituationFact] = Field(description="By time; beyond 500 the nearest.")
    truncated: bool
    links: list[SituationLink] = Field(
        description="Those among the most probable of either fact, as many as `linkage.each` says."
    )
    links_found: int = Field(description="All that are probable enough to be shown.")
    incidents: list[SituationIncident]
    linkage: Linkage
    plans: list[SituationPlan]
    clashes: list[ClashAnswer]
    clashes_known: bool = Field(description="False where the book of clashes cannot answer.")
    closures: list[str] = Field(description="Plans whose ground no vehicle passes.")
    streets_closed: list[SituationStreet] = Field(
        description="Streets that validated event files close, nearest first."
    )
    alerts: list[SituationAlert]
    cameras: list[SituationCamera]
    means: list[SituationMeans] = Field(description="Soonest there first, at most 20.")
    travel: TravelBasis
    sources: list[SituationSource]
    withheld: list[str] = Field(default_factory=list, description=WITHHELD)
    left_out: list[str] = Field(description="Datasets that are not opened to the caller.")
