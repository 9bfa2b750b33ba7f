"""Alerts, what is done about them, the rules that raise them and who is asked."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts
from vigie.web.answers.signals import AlertAnswer


class Confidence(Answer):
    """How sure alerts of this rule are, by what people said of earlier ones."""

    share: float | None = Field(description="True among those judged; null before any verdict.")
    low: float = Field(description="Lower end of the 95 % interval (Wilson).")
    high: float
    judged: int = Field(description="Alerts judged true or false: the base.")


class FalseRateAnswer(Answer):
    """The published share of false alarms of a rule."""

    share: float | None
    low: float = Field(description="Lower end of the 95 % interval (Wilson).")
    high: float
    judged: int = Field(description="Alerts judged true or false: the base.")
    false: int
    unknown: int = Field(description="Verdicts that could not say; no part of the base.")
    raised: int = Field(description="Alerts still kept, judged or not.")


class AlertListed(AlertAnswer):
    """An alert, how it stands, who is asked, and the situation it belongs to."""

    title: Texts
    instance: str = Field(description="Instance of the rule; empty for a rule without any.")
    standing: Literal["new", "acknowledged", "snoozed", "over"]
    verdict: Literal["", "true", "false", "unknown"]
    raised_at: Instant
    acknowledged_at: Instant | None
    snoozed_until: Instant | None
    asked: str | None = Field(description="Role asked now; empty when nobody is on duty.")
    asked_at: str = Field(description="How that role is reached, for those who act on alerts.")
    escalation: int | None = Field(description="0 for the first role asked, then 1, 2, …")
    next_escalation_at: Instant | None = Field(
        description="When nobody is on duty: when somebody is again."
    )
    group: str = Field(description="Earliest alert of its situation.")
    group_size: int
    confidence: Confidence


class AlertPage(Answer):
    """Alerts, newest first."""

    items: list[AlertListed]
    next: str | None = None


class AlertActAnswer(Answer):
    """One thing done about an alert."""

    number: int
    act: Literal["acknowledge", "snooze", "wake", "verdict", "escalate"]
    verdict: str
    reason: str
    role: str
    by: str | None = Field(description="Null for whoever does not act on alerts.")
    at: Instant
    until: Instant | None


class AlertDetail(AlertListed):
    """An alert with its rule, its history and the others of its situation."""

    why: Texts = Field(description="Why its rule matters, and what it does not show.")
    false_rate: FalseRateAnswer
    history: list[AlertActAnswer]
    together: list[AlertListed]
    may_act: bool


class AlertActAsked(BaseModel):
    """What is to be done about an alert."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["acknowledge", "snooze", "wake", "verdict"]
    verdict: Literal["", "true", "false", "unknown"] = ""
    reason: str = Field(default="", max_length=500, description="No person's name.")
    minutes: int = Field(default=0, ge=0, le=1_440, description="How long it is put off.")
    whole: bool = Field(default=False, description="To every alert of its situation.")
    after: int | None = Field(default=None, ge=0, description="Number of the last act read.")


class ScopeAsked(BaseModel):
    """Where and when an instance looks."""

    model_config = ConfigDict(extra="forbid")

    zone: str = Field(default="", max_length=120, description="`zoning:id`; empty: everywhere.")
    ring: list[tuple[float, float]] = Field(
        default_factory=list, max_length=400, description="A drawn polygon, lon lat, closed."
    )
    sources: list[str] = Field(default_factory=list, max_length=40)
    from_hour: int = Field(default=0, ge=0, le=23)
    to_hour: int = Field(default=0, ge=0, le=23, description="As `from_hour`: the whole day.")


class RuleTried(BaseModel):
    """An instance to be tried on the past."""

    model_config = ConfigDict(extra="forbid")

    family: str = Field(max_length=80)
    parameters: dict[str, Any] = Field(default_factory=dict)
    scope: ScopeAsked = Field(default_factory=ScopeAsked)
    severity: int = Field(default=3, ge=1, le=5)
    days: int = Field(default=30, ge=1, le=90)


class RuleWritten(BaseModel):
    """An instance, or its next version."""

    model_config = ConfigDict(extra="forbid")

    family: str = Field(max_length=80)
    name: str = Field(min_length=1, max_length=120)
    parameters: dict[str, Any] = Field(default_factory=dict)
    scope: ScopeAsked = Field(default_factory=ScopeAsked)
    severity: int = Field(default=3, ge=1, le=5)
    state: Literal["on", "off", "gone"] = "on"
    why: str = Field(default="", max_length=500)
    after: int = Field(default=0, ge=0, description="Version that was read; 0: a new one.")


class AlertFamily(Answer):
    """A rule that raises alerts."""

    name: str
    kind: str
    title: Texts
    why: Texts
    reference: str
    reads: str
    at_once: bool = Field(description="Asked at every commit; otherwise every minute.")
    parameters: dict[str, Any] | None = Field(
        description="JSON Schema of an instance's parameters; null for a rule without instances."
    )
    false_rate: FalseRateAnswer


class AlertRuleAnswer(Answer):
    """One version of an instance of a rule."""

    rule_id: str
    number: int
    family: str
    name: str
    parameters: dict[str, Any]
    scope: dict[str, Any]
    severity: int
    state: Literal["on", "off", "gone"]
    by: str | None = Field(description="Null for whoever does not set rules.")
    why: str
    at: Instant
    false_rate: FalseRateAnswer


class AlertRuleList(Answer):
    """What can ring, and the instances set."""

    families: list[AlertFamily]
    items: list[AlertRuleAnswer]
    may_write: bool
    next: str | None = None


class AlertRuleVersions(Answer):
    """The versions of an instance, newest first."""

    items: list[AlertRuleAnswer]
    next: str | None = None


class Rang(Answer):
    """One time that an instance would have rung."""

    at: Instant
    severity: int
    explanation: Texts


class RangDay(Answer):
    """How often it would have rung on a local day."""

    day: str
    n: int


class Trial(Answer):
    """How often an instance would have rung."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    known_from: Instant = Field(description="From when on something is known.")
    days: int
    rang: int
    per_day: float
    per_day_low: float = Field(description="Lower end of the exact 95 % interval (Garwood).")
    per_day_high: float
    declared_per_day: float | None = Field(
        description="False alarms a day that it is set for; null where chance is no part of it."
    )
    reached_per_day: float | None = Field(
        description="False alarms a day that its limits give, were the past still true."
    )
    base: int = Field(description="Facts or measures looked at.")
    by_day: list[RangDay]
    items: list[Rang] = Field(description="Newest first, at most 200.")
    seconds: float


class DutyWatch(BaseModel):
    """Hours in which a role answers alerts."""

    model_config = ConfigDict(extra="forbid")

    role: str = Field(max_length=40)
    weekdays: list[int] = Field(min_length=1, max_length=7, description="0 = Monday.")
    from_min: int = Field(ge=0, lt=1_440, description="Minute of the local day.")
    to_min: int = Field(gt=0, le=1_440, description="Not after the start: over midnight.")


class DutyNow(Answer):
    """A role on duty now."""

    role: str
    post: str = Field(description="How it is reached; empty where no turn says so.")
    until: Instant | None = Field(description="End of its turn; null for its weekly hours.")


class DutyGap(Answer):
    """Time in which nobody is on duty."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant


class DutyTurnAnswer(Answer):
    """A role held, or left empty, from one instant to another."""

    turn_id: str
    role: str
    held: bool = Field(description="False: nobody holds it, whatever the weekly hours say.")
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    post: str
    by: str | None = Field(description="Null for whoever does not act on alerts.")


class Duty(Answer):
    """Who is asked about alerts: weekly hours, turns that go before them, and the gaps."""

    number: int = Field(description="Version; 0 for the one that comes with Vigie.")
    after_min: int = Field(description="Minutes without an answer, then the next role is asked.")
    watches: list[DutyWatch]
    at: Instant | None
    now: list[DutyNow] = Field(description="In the order of asking; empty: nobody is on duty.")
    next_at: Instant | None = Field(description="When somebody is on duty; null within 8 days.")
    gaps: list[DutyGap] = Field(description="Of the next seven days.")
    turns: list[DutyTurnAnswer] = Field(description="Those of now and to come.")
    roles: list[str] = Field(description="Roles that can be on duty.")
    may_write: bool


class DutyTurnWritten(BaseModel):
    """A turn to be entered."""

    model_config = ConfigDict(extra="forbid")

    role: str = Field(max_length=40)
    from_at: AwareDatetime
    to_at: AwareDatetime
    held: bool = True
    post: str = Field(
        default="", max_length=120, description="A desk, a call sign; no person's name."
    )


class DutyWritten(BaseModel):
    """The next version of the duty roster."""

    model_config = ConfigDict(extra="forbid")

    after_min: int = Field(ge=1, le=1_440)
    watches: list[DutyWatch] = Field(min_length=1, max_length=60)
    after: int = Field(ge=0, description="Version that was read.")
