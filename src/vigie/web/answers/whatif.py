"""What-if, adequacy and first-aid cover: what is sent, what is answered."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.foresight.whatif.scenario import Scenario
from vigie.model.dps import Degree
from vigie.web.answers.base import Answer, Instant, Texts

WeatherName = Literal["usual", "dry", "rain"]


class Change(BaseModel):
    """A change of a plan; what is left out stays as planned. Nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")

    shift_min: int = Field(default=0, description="Minutes later; negative: earlier.")
    lon: float | None = Field(default=None, description="New middle of the footprint.")
    lat: float | None = None
    attendance: float | None = Field(default=None, description="Likely public, people.")
    agents: int | None = None
    barriers: int | None = None
    first_aid_posts: int | None = None
    diversions: int | None = None
    closes: list[str] | None = Field(
        default=None, max_length=50, description="Names of the streets closed."
    )
    weather: WeatherName = "usual"
    exit_width_m: float | None = Field(default=None, description="Exits together, metres.")
    transit_share: float | None = Field(
        default=None, description="Part of the public that leaves by public transport, 0 to 1."
    )
    activity: Degree | None = Field(default=None, description="P2 of the first-aid grid.")
    site: Degree | None = Field(default=None, description="E1 of the first-aid grid.")
    rescue: Degree | None = Field(default=None, description="E2 of the first-aid grid.")

    def scenario(self) -> Scenario:
        """Return it as the house knows it; raises ``WrongUsage``."""
        names = ("agents", "barriers", "first_aid_posts", "diversions")
        means = {name: getattr(self, name) for name in names}
        told = {} if self.transit_share is None else {"transit_share": self.transit_share}
        return Scenario(
            shift_min=self.shift_min,
            place=None if self.lon is None or self.lat is None else (self.lon, self.lat),
            attendance=self.attendance,
            means={name: number for name, number in means.items() if number is not None},
            closes=None if self.closes is None else tuple(self.closes),
            weather=self.weather,
            exit_width_m=self.exit_width_m,
            activity=self.activity,
            site=self.site,
            rescue=self.rescue,
            **told,
        )


class FirstAidQuestion(BaseModel):
    """What the first-aid grid is asked."""

    model_config = ConfigDict(extra="forbid")

    public: int = Field(description="Peak simultaneous public, people.")
    activity: Degree = Field(description="P2: what the public does.")
    site: Degree = Field(description="E1: surroundings and access.")
    rescue: Degree = Field(description="E2: delay of the public rescue services.")


class RangedNumber(Answer):
    """A number that is not known, with its 80 % interval and what it rests on."""

    low: float = Field(description="Lower end of the 80 % interval.")
    likely: float = Field(description="Median; the mean where facts are counted.")
    high: float = Field(description="Upper end.")
    base: int = Field(description="Past events or days it rests on; 0 for a rule.")
    basis: list[str] = Field(description="Plan ids of past events, newest first, 20 at most.")
    method: str = Field(
        description="effects, load, history, days, plan, rule, grid, literature, geometry."
    )
    pool: str = Field(description="Kind of plan the past events share.")
    small: bool = Field(description="Whether the base is so small that it says little.")


class WhatIfFigure(Answer):
    """One figure before and after, and the difference with its own interval."""

    code: str
    before: RangedNumber | None
    after: RangedNumber | None
    change: RangedNumber | None


class AdequacyFigures(Answer):
    """Whether the planned agents suffice."""

    planned: int | None
    needed: RangedNumber
    cover: RangedNumber | None = Field(description="Planned over needed, per cent.")
    probability: float | None = Field(description="That the planned suffice, calibrated.")
    raw: float | None = Field(description="The same before calibration.")
    advised: int = Field(description="Fewest agents that suffice with the target probability.")
    target: float
    calibrated_on: int = Field(description="Past events the calibration rests on.")


class PlanAdequacy(AdequacyFigures):
    """Whether the means of one plan suffice, as planned."""

    plan_id: str
    ready: bool = Field(description="False while past events are still gone through.")


class FirstAidStep(Answer):
    """One line of the computation."""

    symbol: str
    formula: str
    value: float


class FirstAidAnswer(Answer):
    """The first-aid cover that the national grid asks for."""

    public: int
    ris: float
    index: float
    level: str
    level_text: Texts
    responders: int
    posts: int
    sectors: int
    steps: list[FirstAidStep]
    warnings: list[Texts]
    declaration: Texts
    reference: Texts


class FirstAidCell(Answer):
    """One cell of the first-aid grid."""

    column: str
    symbol: str
    degree: str
    value: float
    text: Texts
    unverified: bool


class FirstAidGrid(Answer):
    """The twelve cells of the first-aid grid."""

    items: list[FirstAidCell]
    reference: Texts


class EgressLine(Answer):
    """How a public leaves at one rate."""

    rate: float = Field(description="People per metre of exit and minute.")
    level: str = Field(description="Fruin's level of service of a walkway.")
    last_min: float
    longest_queue: int
    minutes: list[float]
    left: list[int]


class CrowdFigures(Answer):
    """A public in its place."""

    peak: int
    exits: bool
    width_m: float
    width_supposed: bool
    width_needed_m: float = Field(description="Width for eight minutes at 60 p/m/min.")
    curves: list[EgressLine]
    density: float
    density_ceiling: float = Field(description="4.7 p/m²; not checked in the original text.")
    area_m2: int
    over_ceiling: bool
    stations: list[str]
    per_hour: int = Field(description="People the stations take in the hour after the end.")


class ClosedStreet(Answer):
    """A street that is closed."""

    name: str
    length_m: int
    named: bool


class WhatIfSide(Answer):
    """One version of the plan."""

    starts_at: Instant
    ends_at: Instant
    lon: float | None
    lat: float | None
    attendance: float | None
    means: dict[str, int | None]
    adequacy: AdequacyFigures
    first_aid: FirstAidAnswer | None
    crowd: CrowdFigures | None
    closed: list[ClosedStreet]
    controls: float = Field(description="Effective number of control windows.")
    beyond: bool = Field(description="The public lies outside what past events had.")
    supposed: bool
    folded: int = Field(description="Kinds of facts too rare to be told apart.")


class WhatIfAbout(Answer):
    """What an answer rests on."""

    fitted_at: Instant
    known_from: Instant
    known_until: Instant
    radius_m: float
    rain_hours: int | None
    ready: bool
    limits: Texts


class ScenarioTold(Answer):
    """What was asked, with what was taken for granted."""

    shift_min: int
    place: list[float] | None
    attendance: float | None
    means: dict[str, int]
    closes: list[str] | None
    weather: str
    exit_width_m: float | None
    transit_share: float
    activity: str
    site: str
    rescue: str


class PastEvent(Answer):
    """A past event that figures rest on."""

    plan_id: str
    title: str
    kind: str
    starts_at: Instant


class WhatIfAnswer(Answer):
    """A plan before and after a change, side by side."""

    plan_id: str
    title: str
    kind: str
    scenario: ScenarioTold
    before: WhatIfSide
    after: WhatIfSide
    figures: list[WhatIfFigure]
    past: list[PastEvent] = Field(
        description="Events named in ``basis``, newest first, as far as the caller sees plans."
    )
    about: WhatIfAbout


class ReliabilityBin(Answer):
    """One step of a reliability diagram."""

    low: float
    high: float
    events: int
    told: float
    happened: float
    happened_low: float
    happened_high: float


class ReliabilityFigures(Answer):
    """How good probabilities were."""

    bins: list[ReliabilityBin]
    events: int
    ece: float | None = Field(description="Expected calibration error, ten equal steps.")
    ece_by_chance: float | None = Field(
        description="What a perfectly calibrated forecast of the same probabilities would show."
    )
    brier: float | None
    happened: float | None
    said_enough: int
    wrongly_enough: int
    said_short: int
    wrongly_short: int


class JudgedEvent(Answer):
    """What was told before a past event and what came of it."""

    plan_id: str
    kind: str
    starts_at: Instant
    planned: int
    needed: int
    needed_low: float
    needed_high: float
    probability: float
    sufficed: bool


class AdequacyReliability(Answer):
    """How often adequacy was right, beside the naive answers."""

    ready: bool = Field(description="False while past events are still gone through.")
    fitted_at: Instant
    calibrated: ReliabilityFigures | None = None
    raw: ReliabilityFigures | None = None
    naive: ReliabilityFigures | None = None
    usual_share: ReliabilityFigures | None = None
    covered: float | None = None
    events: list[JudgedEvent] | None = None
