"""Posts and shifts: what is asked, what is proposed."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts

Aim = Literal["cover", "near", "even"]
Solved = Literal["optimal", "time_limit", "infeasible"]
FOOT_KMH = 4.5


class Means(BaseModel):
    """Means and conditions of an allocation."""

    model_config = ConfigDict(extra="forbid")

    posts: int | None = Field(
        default=None, ge=1, le=40, description="Posts to site; by default the plan's agents."
    )
    per_post: int = Field(default=2, ge=1, le=20, description="People at each post.")
    reach_s: float = Field(default=300.0, ge=30, le=3_600, description="Response time wanted.")
    speed_kmh: float = Field(default=FOOT_KMH, ge=1, le=60, description="4.5 on foot.")
    on_scene_min: float = Field(default=25.0, ge=1, le=240, description="Minutes a call takes.")
    answered: float = Field(
        default=1.0, gt=0, le=1, description="Share of the facts expected that need a unit."
    )
    district_floor: float = Field(
        default=0.3, ge=0, le=1, description="Least share of each district's need in reach."
    )
    exposure: bool = Field(
        default=True, description="Keep each district's exposure ratio within 0.8 to 1.25."
    )
    kinds: list[str] = Field(default_factory=list, max_length=40)
    weeks: int = Field(default=26, ge=1, le=104, description="Past weeks looked at.")
    available: int | None = Field(
        default=None, ge=0, le=400, description="People available; null for as many as needed."
    )
    before_h: int = Field(default=0, ge=0, le=12, description="Hours of setting up.")
    after_h: int = Field(default=0, ge=0, le=12, description="Hours of clearing away.")


class AllocationRequest(Means):
    """An event (``plan_id``) or an ordinary day (``from``, ``to``, ``zone``), and its means."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    plan_id: str | None = Field(default=None, max_length=80)
    from_: AwareDatetime | None = Field(default=None, alias="from")
    to: AwareDatetime | None = None
    zone: str | None = Field(default=None, max_length=120, description="ZONING:ZONE.")
    radius_m: float = Field(default=800.0, ge=50, le=5_000, description="How far around an event.")
    first_aid_posts: int | None = Field(
        default=None, ge=0, le=40, description="First-aid posts to site; null takes the plan's."
    )


class Spread(Answer):
    """A number of facts expected, with its 80 % interval."""

    low: float
    mid: float
    high: float


class HourSpread(Spread):
    """The same of one hour."""

    from_: Instant = Field(alias="from", serialization_alias="from")


class GivenAnswer(Answer):
    """The means and conditions that were counted with."""

    posts: int
    per_post: int
    reach_s: float
    reach_m: float
    speed_kmh: float
    on_scene_min: float
    answered: float
    district_floor: float
    exposure: bool
    busy: float | None = Field(description="Share of the busiest hour that a unit is busy.")


class BasisAnswer(Answer):
    """What the expectation rests on."""

    weeks: int = Field(description="Past occasions: same weekday and hours.")
    facts: int
    points: int
    left_out: int = Field(description="Facts in places of too few, of which nothing is told.")
    discovered: int = Field(description="Facts that patrols or cameras found: they weigh nothing.")
    discovered_share: float
    events: int = Field(description="Past events behind what this event brings; 0 without.")
    brings: Spread | None = Field(description="What the event itself brings, part of expected.")


class PostAnswer(Answer):
    """A post and its reason."""

    number: int
    lon: float
    lat: float
    kind: Literal["perimeter", "place", "street", "point"]
    near: str | None = Field(description="Name of the nearest landmark.")
    near_m: float | None
    district: str | None
    covers: Spread
    alone: Spread = Field(description="What would be in reach of no post without it.")
    gain: float = Field(description="Facts that find a free unit because of it.")
    mean_s: float | None
    peak_at: Instant
    base: int
    workload: float | None
    reason: Texts


class ResponseAnswer(Answer):
    """The busiest hour by the hypercube queue."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    calls: float
    overloaded: bool
    least_units: int = Field(description="Fewest units that could serve so many.")
    exact: bool
    travel_s: float | None
    wait_s: float | None
    waits: float | None
    in_time: float | None


class DistrictShare(Answer):
    """One district's part of need and of units."""

    district: str
    need: float
    counted: int
    units: int
    covered: float | None
    ratio: float | None
    low: float | None
    high: float | None
    alarm: Literal["none", "coarse", "over", "under"]


class FirmAnswer(Answer):
    """How a proposal stands under low or high demand."""

    demand: Literal["low", "high"]
    served: float
    best: float
    same: int


class ProposalAnswer(Answer):
    """Where posts would stand for one aim."""

    aim: Aim
    status: Solved
    gap: float | None = Field(description="Relative distance from the best possible; 0 if proved.")
    floor: float
    reached: Spread
    mean_m: float | None
    posts: list[PostAnswer]
    response: ResponseAnswer
    districts: list[DistrictShare]
    gini_units: float | None
    gini_need: float | None
    firm: list[FirmAnswer]


class PriceAnswer(Answer):
    """What a condition costs."""

    condition: Literal["district_floor", "exposure", "all", "evidence"]
    kept: float
    without: float
    cost: float
    moved: int
    proved: bool


class BreakAnswer(Answer):
    """When how many take their break."""

    at: Instant
    people: int


class ShiftAnswer(Answer):
    """People who start and end together."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    people: int
    breaks: list[BreakAnswer]


class StaffedHour(Answer):
    """People needed, at work and lacking in an hour."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    needed: int
    present: int
    missing: int


class LabourAnswer(Answer):
    """The law that shifts keep."""

    longest_h: int
    amplitude_h: int
    rest_h: int
    week_h: int
    unbroken_h: int
    break_min: int
    source: str


class ShiftsAnswer(Answer):
    """Shifts with their breaks."""

    status: Solved
    gap: float | None
    feasible: bool
    people: int = Field(description="Shifts worked.")
    persons: int = Field(description="Persons needed, each rested as the law asks.")
    hours: int
    available: int | None
    shifts: list[ShiftAnswer]
    by_hour: list[StaffedHour]
    missing: list[Texts]
    rules: LabourAnswer


class FirstAidPostAnswer(Answer):
    """A first-aid post on the event's ground."""

    lon: float
    lat: float
    share: float
    mean_m: float
    farthest_m: float
    gap: float | None = Field(description="Distance of all posts from the best; 0 if proved.")


class AllocationAnswer(Answer):
    """Proposals from which a person chooses."""

    plan_id: str | None
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    given: GivenAnswer
    basis: BasisAnswer
    expected: Spread | None = Field(description="Null where too little is known to tell.")
    by_hour: list[HourSpread]
    sites: int
    proposals: list[ProposalAnswer]
    unknown: Texts | None = Field(description="Why nothing is proposed; null when something is.")
    prices: list[PriceAnswer]
    shifts: ShiftsAnswer
    first_aid: list[FirstAidPostAnswer]
    limits: Texts
