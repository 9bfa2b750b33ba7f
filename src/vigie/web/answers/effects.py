"""What events bring: expected, measured, and how far to believe it."""

from __future__ import annotations

from pydantic import Field

from vigie.web.answers.base import Answer, Instant, Texts


class EffectEstimate(Answer):
    """A number with its intervals."""

    mean: float
    low50: float
    high50: float
    low80: float
    high80: float
    low95: float
    high95: float


class EffectAbout(Answer):
    """What the effect model knows."""

    fitted_at: Instant = Field(description="Fitted once a day; nothing of it is stored.")
    known_from: Instant
    known_until: Instant = Field(description="Two days before the fit: late reports still come.")
    facts: int = Field(description="Facts it rests on.")
    left_out: int = Field(description="Facts that are no evidence of what an event brings.")
    unsure: int = Field(description="Facts whose time is not known to a day.")
    events: int = Field(description="Past events it rests on.")
    limits: Texts


class EffectLine(Answer):
    """Facts seen, expected without the event, brought by it; small counts withheld."""

    observed: int | None
    withheld: bool = Field(description="Too few to be told, or would give a small count away.")
    without: EffectEstimate = Field(description="Expected without the event.")
    effect: EffectEstimate = Field(description="Foreseen: what the event brings (predictive).")
    total: EffectEstimate = Field(description="Foreseen in all.")
    excess: EffectEstimate | None = Field(description="Measured: seen less expected without.")
    leaning: EffectEstimate | None = Field(
        description="Measured, leaning on the rates of its kind of event."
    )


class EffectRing(EffectLine):
    """One ring around the footprint."""

    from_m: float
    to_m: float


class EffectHour(EffectLine):
    """One hour, relative to the start."""

    hour: int


class EffectKind(EffectLine):
    """One kind of fact; null for all others together."""

    kind: str | None


class EffectBasis(Answer):
    """What a foreseen number rests on."""

    kind: str = Field(description="Kind of event whose rates are used; empty for all events.")
    events: int
    plan_ids: list[str]
    people_low: float
    people_high: float
    beyond: bool = Field(description="Attendance outside what past events had: extrapolated.")
    supposed: bool = Field(description="Attendance not known: the usual one of its kind.")
    controls: float = Field(description="Effective number of control windows.")
    relaxed: bool = Field(description="Controls disturbed by other plans had to be kept.")


class EffectPlacebo(Answer):
    """The same estimate on dates without the event, all together."""

    dates: int
    mean: float = Field(description="Near zero when the baseline is honest.")
    low95: float
    high95: float
    inside80: float = Field(description="Share of dates whose 80 % interval holds zero.")
    p: float | None = Field(description="Share of dates with an excess at least the event's.")


class RawMethod(Answer):
    """What the raw-count method claims, from past events alike."""

    events: int
    claimed: float = Field(description="Facts around them, per event, all taken for their effect.")
    effect: float = Field(description="Of these, beyond what the place brings without event.")
    bias: float = Field(description="What it takes wrongly for the effect.")


class EffectFigures(Answer):
    """The figures of one event."""

    past: bool
    people: float
    whole: EffectLine
    by_ring: list[EffectRing]
    by_hour: list[EffectHour]
    by_kind: list[EffectKind]
    per_10k: EffectEstimate = Field(description="Facts per 10,000 people.")
    per_10k_hours: EffectEstimate = Field(description="Facts per 10,000 attendee-hours.")
    basis: EffectBasis
    placebo: EffectPlacebo | None
    raw: RawMethod | None


class EffectAnswer(Answer):
    """What one event brings, or why nothing can be told."""

    plan_id: str
    about: EffectAbout
    why_not: Texts | None
    figures: EffectFigures | None


class LikenessPart(Answer):
    """One part of a likeness: 0 alike, 1 not alike."""

    name: str
    distance: float
    weight: float
    value: float | None
    text: str | None


class SimilarEvent(Answer):
    """A past event, how alike it is and what happened around it."""

    plan_id: str
    title: str
    kind: str
    starts_at: Instant
    people: float | None
    distance: float
    close: bool = Field(description="Alike enough to be summed with the others.")
    parts: list[LikenessPart]
    whole: EffectLine


class ShortEstimate(Answer):
    """A number with its 80 % interval."""

    mean: float
    low80: float
    high80: float


class CrossedCell(Answer):
    """Facts of one kind, in one ring, in some hours relative to the start."""

    from_hour: int
    to_hour: int
    observed: int | None
    withheld: bool = Field(description="Too few to be told, or would give a small count away.")
    without: ShortEstimate = Field(description="Expected without the event.")
    excess: ShortEstimate | None = Field(description="Seen less expected without.")


class CrossedRing(Answer):
    """One ring, hours in order."""

    from_m: float
    to_m: float
    hours: list[CrossedCell]


class CrossedKind(Answer):
    """One kind of fact, rings from the nearest; null for all others together."""

    kind: str | None
    rings: list[CrossedRing]


class CrossedTable(Answer):
    """Kind of fact, ring and hours crossed."""

    told: int = Field(description="Cells told.")
    withheld: int = Field(description="Cells withheld.")
    outside80: int = Field(
        description="Told cells outside their 80 % interval; a fifth would be so by chance."
    )
    kinds: list[CrossedKind]


class SimilarPool(Answer):
    """What happened around the events most alike, summed."""

    plan_ids: list[str]
    events: int
    people: float
    whole: EffectLine
    by_ring: list[EffectRing]
    by_hour: list[EffectHour]
    by_kind: list[EffectKind]
    crossed: CrossedTable | None = Field(
        description="The three crossed; null when nothing seen can be told so finely."
    )


class SimilarAnswer(Answer):
    """Past events most like one."""

    plan_id: str
    about: EffectAbout
    why_not: Texts | None
    items: list[SimilarEvent]
    pooled: SimilarPool | None


class RateAnswer(Answer):
    """Facts per 10,000 people with the 80 % interval."""

    mean: float
    low80: float
    high80: float


class KindRate(EffectEstimate):
    """The same for one kind of fact."""

    kind: str


class EventKindScore(Answer):
    """What a kind of event brings, and how well its past events were foreseen."""

    kind: str = Field(description="Kind of event; empty for all.")
    events: int
    per_10k: RateAnswer
    kinds: list[KindRate]
    inside50: float = Field(description="Share of totals inside the 50 % interval, held out.")
    inside80: float
    inside95: float
    bias: float = Field(description="Foreseen less seen, facts per event.")
    error: float = Field(description="Mean absolute error, facts per event.")
    raw_bias: float = Field(description="Bias of the raw-count method.")
    raw_error: float
    usual_error: float = Field(description="Mean absolute error of expecting no effect.")


class EffectScores(Answer):
    """Every kind of event."""

    about: EffectAbout
    items: list[EventKindScore]
