"""Facts, measures, plans, places and means, one by one or in lists."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vigie.web.answers.base import Answer, Cell, Geometry, Instant, Texts
from vigie.web.answers.city import ZoneAnswer

ACCURACY = "Radius that holds the true place in about 2 of 3 cases; null where nobody said."
WITHHELD = "Fields that your role does not see for this purpose: null here, there or not."


class FactAnswer(Answer):
    """A fact as lists show it."""

    fact_id: str
    kind: str
    source: str
    earliest_at: Instant
    latest_at: Instant
    reported_at: Instant | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    cell: Cell | None
    severity: int | None
    status: str | None
    basis: str
    discovered_by: str | None
    quantity: float | None


class FactPage(Answer):
    """A page of facts, newest first."""

    items: list[FactAnswer]
    next: str | None = Field(description="Address of the next page; null on the last one.")
    withheld: list[str] = Field(default_factory=list, description=WITHHELD)


class FactsBehind(FactPage):
    """A page of the facts behind a figure of an analysis."""

    total: int = Field(description="How many there are in all.")
    as_shown: bool = Field(
        description="The place holds facts by where they are shown: not the number of the figure."
    )


class Provenance(Answer):
    """Where a record came from."""

    source: str
    connector: str | None
    source_ref: str | None
    batch_id: str
    file: str | None
    sha256: str | None = Field(
        default=None, description="Of the file as received; null when the journal let it go."
    )
    row: int | None
    received_at: Instant
    revision: int


class Narrative(Answer):
    """The scrubbed free text of a fact, for the roles that may read it."""

    text: str


class FactDetail(FactAnswer):
    """Everything about one fact."""

    attributes: dict[str, str | None]
    local_day: str
    local_hour: int
    weekday: int
    provenance: Provenance
    zones: list[ZoneAnswer]
    narrative: Narrative | None = Field(description="Null without one, or where the role may not.")
    narrative_withheld: bool = Field(description="Whether the narrative is kept back.")
    reason_required: bool = Field(
        default=False, description="Whether it would be told if X-Vigie-Reason gave a reason."
    )
    withheld: list[str] = Field(default_factory=list, description=WITHHELD)


class NearFact(Answer):
    """A fact with its distance."""

    fact_id: str
    kind: str
    source: str
    severity: int | None
    status: str | None
    lon: float
    lat: float
    earliest_at: Instant
    latest_at: Instant
    distance_m: float


class PlaceAnswer(Answer):
    """Something that does not move."""

    place_id: str
    kind: str
    label: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None = Field(description=ACCURACY)
    capacity: float | None
    owner: str | None
    attributes: dict[str, str | None]


class NearPlace(PlaceAnswer):
    """A place with its distance."""

    distance_m: float


class MeansAnswer(Answer):
    """The latest state of something that moves."""

    means_id: str
    unit_ref: str
    label: str | None
    kind: str
    source: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None = Field(description=ACCURACY)
    heading_deg: float | None
    speed_kmh: float | None
    status: str | None
    capacity: float | None
    attributes: dict[str, str | None] | None = Field(description="What the source adds.")
    at: Instant
    age_s: float
    stale: bool = Field(description="Whether its state is older than its source's period allows.")


class NearMeans(MeansAnswer):
    """A means with its distance."""

    distance_m: float


class MeansList(Answer):
    """Every means seen lately."""

    items: list[MeansAnswer]
    next: str | None = None


class NearMeasure(Answer):
    """A number about a place over an interval, with its distance."""

    measure_id: str
    metric: str
    source: str
    place_id: str | None
    from_at: Instant
    to_at: Instant
    lon: float | None
    lat: float | None
    accuracy_m: float | None = Field(description=ACCURACY)
    value: float
    unit: str
    quality: str | None
    distance_m: float


class PlanAnswer(Answer):
    """Something that will occupy public space."""

    plan_id: str
    kind: str
    title: str | None
    source: str
    starts_at: Instant
    ends_at: Instant
    setup_s: int | None
    teardown_s: int | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None = Field(description=ACCURACY)
    place_id: str | None
    geometry: Geometry | None
    attendance_low: float | None
    attendance_likely: float | None
    attendance_high: float | None
    state: str
    declared: bool
    closes: list[str]
    means: dict[str, str | None]
    attributes: dict[str, str | None]
    version: int = Field(description="Version by hand that stands; 0 for what the feed says.")
    service: str = Field(description="Partner service that wrote it; empty for the city's own.")
    disputed: list[str] = Field(
        description="Fields that the feed has changed since they were changed by hand."
    )


class NearPlan(PlanAnswer):
    """A plan with its distance."""

    distance_m: float


class ClashAnswer(Answer):
    """Plans that do not go together, or one that lacks something."""

    clash_id: str
    rule: str
    severity: int
    plans: list[str]
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    geometry: Geometry | None
    explanation: Texts
    numbers: dict[str, Any]


class EntryRemark(Texts):
    """A notice about one field of what was entered."""

    field: str
    code: str


class PlanMay(Answer):
    """What the reader may do to a plan."""

    amend: bool
    authorise: bool
    cancel: bool
    withdraw: bool = Field(description="Call off what is one's own, without deciding on others'.")
    reopen: bool


class PlanDetail(PlanAnswer):
    """Everything about one plan."""

    tag: str = Field(description="What If-Match must say to change it; the same as ETag.")
    provenance: Provenance | None = Field(description="Null for a plan that was entered by hand.")
    fed: dict[str, Any] = Field(description="What the feed says now of the disputed fields.")
    may: PlanMay
    notices: list[EntryRemark] = Field(
        default_factory=list, description="After an act: what was replaced or is unusual."
    )
    zones: list[ZoneAnswer]
    clashes: list[ClashAnswer]


class PlanPage(Answer):
    """Plans in an interval."""

    items: list[PlanAnswer]
    next: str | None = None


class NearAnswer(Answer):
    """Everything around a point and a time."""

    lon: float
    lat: float
    radius_m: float
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    facts: list[NearFact]
    plans: list[NearPlan]
    places: list[NearPlace]
    means: list[NearMeans]
    measures: list[NearMeasure]
    truncated: bool
    withheld: list[str] = Field(default_factory=list, description=WITHHELD)


class SeriesItem(Answer):
    """One bucket of a series."""

    at: Instant
    value: float
    low: float = Field(description="Smallest value in the bucket.")
    high: float = Field(description="Largest value in the bucket.")
    n: int = Field(description="Measures in the bucket: the base.")


class SeriesAnswer(Answer):
    """A series of measures."""

    metric: str
    title: Texts
    unit: str
    symbol: str
    combined: str = Field(description="How values combine: add, mean, energy, last, max.")
    bucket: str
    items: list[SeriesItem]
