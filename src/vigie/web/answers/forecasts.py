"""Forecasts of places and hours, their scores and their card."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Geometry, Instant, Texts
from vigie.web.answers.forecast_overrides import Calibration

State = Literal["forecast", "baseline", "withheld"]


class Gain(Answer):
    """How much lower a model's deviance is than a baseline's, with its interval."""

    gain: float
    low: float = Field(description="95 %, bootstrap of weeks.")
    high: float


class VerdictAnswer(Answer):
    """What is shown of a kind: a forecast, or a baseline that is none."""

    kind: str
    state: State
    model: str = Field(description="Whose numbers are shown.")
    chosen: str = Field(description="Best model of the weeks that choose; empty without any.")
    why: Texts
    gains: dict[str, Gain] = Field(description="By baseline.")


class ForecastRunAnswer(Answer):
    """A run of the forecast."""

    forecast_id: str
    state: Literal["waiting", "running", "ready", "failed"]
    made_at: Instant
    origin_at: Instant = Field(description="Nothing from then on was known to it.")
    until_at: Instant
    grid: str
    slot_hours: int
    seconds: float
    by_the_day: bool
    facts: int | None = Field(description="Facts it rests on.")
    cells: int | None
    passed: bool | None = Field(description="Whether it stood the test of the feedback loop.")
    failure: str | None = Field(description="Code of what kept it from being made.")
    kinds: list[VerdictAnswer]


class ForecastList(Answer):
    """Runs, newest first."""

    items: list[ForecastRunAnswer]
    next: str | None = None


class SlotSpan(Answer):
    """A slot of the local clock."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant


class ForecastPlace(Answer):
    """What is expected at a place, slot by slot."""

    cell: str
    name: Texts = Field(description="A known place nearby, or the district.")
    lon: float
    lat: float
    area: str = Field(description="District; empty outside of all.")
    base: int | None = Field(description="Facts of the kind it rests on; null: withheld.")
    base_rate: float | None = Field(description="Mean of a slot on record; null: withheld.")
    small: bool = Field(description="Too few facts to say much.")
    flagged: bool = Field(description="Among the tenth of the places with the highest number.")
    stays: float = Field(description="Share of reporting rates under which it is flagged.")
    grey: bool = Field(description="Flagged, but not under other rates of reporting.")
    expected: list[float]
    low: list[int] = Field(description="80 % interval.")
    high: list[int]


class ForecastDistrict(Answer):
    """What is expected in a district, day by day, to two digits; null where withheld."""

    area: str
    expected: list[float] | None
    low: list[float] | None = Field(description="80 % interval.")
    high: list[float] | None


class ForecastAnswer(Answer):
    """A forecast of one kind: by place and slot, or by district and day."""

    run: ForecastRunAnswer
    kind: str
    verdict: VerdictAnswer
    calibration: Calibration | None = Field(description="Of the 80 % interval; null: unjudged.")
    stability: float = Field(description="Mean share of flagged places that stay flagged.")
    slots: list[SlotSpan]
    places: list[ForecastPlace]
    days: list[str]
    districts: list[ForecastDistrict]
    withheld: int = Field(description="Districts withheld, too few facts to be told.")


class LevelInterval(Answer):
    """Between what a count should fall."""

    level: float
    low: int
    high: int


class Factor(Answer):
    """What a family of reasons multiplies the number by."""

    family: str
    factor: float


class PastSlot(Answer):
    """What happened in a past slot; null where withheld."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    n: int | None
    withheld: bool


class PlaceSlot(Answer):
    """One slot of a place."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    expected: float
    intervals: list[LevelInterval]
    factors: list[Factor]
    recent: list[PastSlot] = Field(description="The same slot of the last weeks known.")


class PastMonth(Answer):
    """What happened in a past month; null where withheld."""

    month: str
    n: int | None
    withheld: bool


class ForecastCell(Answer):
    """Everything about one place."""

    run: ForecastRunAnswer
    cell: str
    name: Texts
    lon: float
    lat: float
    area: str
    geometry: Geometry
    kind: str
    verdict: VerdictAnswer
    calibration: Calibration | None
    base: int | None
    base_rate: float | None = Field(description="Mean of a slot on record; null: withheld.")
    small: bool
    flagged: bool
    stays: float
    grey: bool
    slots: list[PlaceSlot]
    months: list[PastMonth]
    least: int = Field(description="Least count told.")


class ScoreInterval(Answer):
    """A score with its 95 % interval, by a bootstrap of weeks."""

    value: float
    low: float
    high: float


class AreaHits(Answer):
    """Hits when a share of the places is flagged."""

    pei: float | None
    pai: float | None


class CoverageAnswer(Answer):
    """How many counts fell into an interval."""

    level: float
    printed: float = Field(description="Of the whole numbers shown.")
    randomised: float = Field(description="What the level should be met by.")


class CalibrationBin(Answer):
    """What was expected and what happened, in one bin."""

    expected: float
    seen: float
    facts: int
    n: int


class MaskedAnswer(Answer):
    """The score of the literature, over places where something happened only."""

    mae: float | None
    mape: float | None
    warning: str


class ModelScores(Answer):
    """How right a model was, over all places and slots of the weeks that judge."""

    facts: int
    deviance: ScoreInterval
    mae: float
    rmse: float
    bias: float | None = Field(description="Expected over observed.")
    pei: dict[str, AreaHits] = Field(description="By share of the places flagged.")
    coverage: list[CoverageAnswer]
    pit: list[float]
    calibration: list[CalibrationBin]
    spread: list[float]
    masked: MaskedAnswer
    weekly: list[float]


class Miss(Answer):
    """A day of a place outside its 95 % interval; the count is null where withheld."""

    kind: str
    cell: str
    area: str
    day: str
    expected: float
    low: int
    high: int
    n: int | None
    withheld: bool
    above: bool


class Misses(Answer):
    """How often last month's forecast missed, and the worst."""

    days: int
    cases: int
    outside: int
    share: float
    nominal: float
    worst: list[Miss]


class StressAnswer(Answer):
    """The test of the feedback loop."""

    model: str
    truth: float
    share: float
    drift: float
    unruled: float = Field(description="The share with discoveries counted as evidence.")
    path: list[float]
    unruled_path: list[float]
    weeks: int
    runs: int
    passed: bool


class JudgedWeeks(Answer):
    """How many weeks chose, how many judged."""

    choose: int
    judge: int


class ForecastScores(Answer):
    """How right every model was."""

    run: ForecastRunAnswer
    weeks: JudgedWeeks | None
    models: dict[str, dict[str, ModelScores]] = Field(description="By model, then kind or `all`.")
    missing: dict[str, str]
    verdicts: list[VerdictAnswer]
    misses: Misses | None
    stress: dict[str, StressAnswer]
    least: int


class CardKind(Answer):
    """A line of the card."""

    kind: str
    label: Texts
    state: State
    model: str
    why: Texts
    base: int
    stability: float | None
    deviance: ScoreInterval | None
    bias: float | None
    pei: float | None
    coverage: float | None = Field(description="Of the randomised 80 % interval: meant to be 0.8.")
    printed: float | None = Field(description="Of its printed whole numbers: higher if few.")


class CardExclusion(Answer):
    """A kind that is never forecast."""

    kind: str
    label: Texts
    why: Texts


class CardRatio(Answer):
    """Expected over observed with its 95 % interval."""

    value: float | None
    low: float
    high: float | None


class CardGroup(Answer):
    """How right it was in a group of places; null where withheld."""

    by: Literal["density", "district"]
    name: str
    cells: int
    facts: int | None
    expected: float | None
    ratio: CardRatio | None
    even: bool
    pei: float | None


class CardData(Answer):
    """What the run counted."""

    first_on: str
    slots: int
    cells: int
    by_kind: dict[str, int]
    facts: int
    sources: dict[str, int]
    discovered: int = Field(description="Facts left out for who discovered them.")
    excluded: int = Field(description="Facts left out for their kind.")
    unknown: int = Field(description="Facts counted though nobody says who discovered them.")
    by_discoverer: dict[str, int]
    unplaced: int
    uncertain: int
    drawn: int
    covariates: list[str]


class CardAbout(Answer):
    """What the run is about."""

    made_at: Instant
    origin_at: Instant
    grid: str
    slot_hours: int
    days: int
    zoning: Texts


class ForecastCard(Answer):
    """The model card."""

    run: ForecastRunAnswer
    about: CardAbout
    purpose: Texts
    not_for: Texts
    data: CardData
    not_evidence: list[str]
    excluded: list[CardExclusion]
    kinds: list[CardKind]
    groups: list[CardGroup]
    stress: dict[str, StressAnswer]
    missing: dict[str, str]
    limits: list[Texts]
    readers: list[str]


class ForecastRequest(BaseModel):
    """What a forecast is wanted of."""

    model_config = ConfigDict(extra="forbid")

    horizon_days: int = Field(7, ge=1, le=28)
    grid: str = Field("h3:8", max_length=80, description="`h3:8`, `500` (metres), `zoning:NAME`.")
    slot_hours: Literal[6, 24] = 6
    kinds: list[str] = Field(default_factory=list, max_length=40)
