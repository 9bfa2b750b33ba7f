"""Public figures and the noise budget."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Instant, Texts


class PublicTableAnswer(Answer):
    """A public table and its releases."""

    table: str
    title: Texts
    epsilon: float = Field(description="Privacy loss of each week's release.")
    weeks: list[str]


class PublicTableList(Answer):
    """The public tables."""

    items: list[PublicTableAnswer]
    next: str | None = None


class FigureAnswer(Answer):
    """One figure."""

    row: str = Field(description="Zone; `total` for the whole city.")
    column: str = Field(description="Theme or day; `total` for all.")
    value: int | None = Field(description="Facts, with noise; null: withheld, not zero.")
    half_width: int = Field(description="95 % of the noise lies within plus or minus this.")


class ReleaseAnswer(Answer):
    """A week's table, drawn once."""

    table: str
    title: Texts
    week: str
    released_at: Instant
    least: int = Field(description="Least count shown, before the half-width is added.")
    epsilon: float
    figures: list[FigureAnswer]


class BalanceAnswer(Answer):
    """What is spent and left of a data set's week and year, in epsilon."""

    dataset: str
    week: str
    week_spent: float
    week_left: float
    year_spent: float
    year_left: float


class BudgetAnswer(Answer):
    """The ledger of privacy loss."""

    week_limit: float
    year_limit: float
    items: list[BalanceAnswer]


class RegisterPurpose(Texts):
    """A purpose of the closed list."""

    purpose: str


class RegisterSource(Answer):
    """A feed, and what is thrown away at its door."""

    source: str
    title: Texts
    connector: str
    period_s: int
    state: str
    records: int
    quarantined: int
    fields: int
    dropped: list[str]
    free_text: int


class RegisterRight(Answer):
    """A cell of the charter, with all its verbs."""

    role: str
    role_title: Texts
    purpose: str
    dataset: str
    plane: str
    verbs: list[str]
    fields: list[str]
    precision: str
    least: int
    reason: bool
    why: str


class RegisterAlgorithm(Answer):
    """A calculation or rule, and what it does not show."""

    name: str
    sort: str
    title: Texts
    limits: Texts
    reads: list[str]
    least: int | None
    reference: str


class RegisterTerm(Answer):
    """What is kept how long."""

    name: str
    title: Texts
    plane: str
    regime: str
    controller: str
    purposes: list[str]
    term: str
    ceiling: str
    since: str
    at_term: str
    holdable: bool
    basis: Texts


class RegisterField(Answer):
    """A stored field, and why it is kept."""

    dataset: str
    field: str
    need: Texts
    state: Literal["needed", "empty", "used", "unused", "dropped"] = Field(
        description="needed: Vigie works with it. The others are kept to be told."
    )
    taken_up_for: str


class RegisterCamera(Answer):
    """A camera and its authorisation (VID-8)."""

    label: str
    owner: str | None
    authorisation: str
    until: Instant | None
    purposes: str
    retention_days: str
    masks: str


class RegisterRequisitions(Answer):
    """Requisitions of an ended month that rested on an article."""

    month: str
    article: str = Field(description="Of the code of criminal procedure.")
    n: int | None = Field(description="Null: fewer than the least that is told to the public.")


class RegisterRate(Answer):
    """A measured error rate."""

    what: Texts
    measure: Texts
    value: Texts
    base: Texts


class RegisterRequirement(Answer):
    """What the law or our own word asks, and the tests that prove it."""

    id: str
    fr: str
    en: str
    basis: str
    waits: str = ""
    proofs: list[str]


class RegisterRisk(Answer):
    """A risk of the impact assessment, before and after its measures."""

    name: str
    fr: str
    who: str
    gravity: list[int]
    likelihood: list[int]
    measures: str
    answers: list[RegisterRequirement]


class RegisterCharter(Answer):
    """The charter in force."""

    version: str
    dated_on: str


class RegisterThresholds(Answer):
    """Below what nothing is shown."""

    least: dict[str, int]


class AssessedGroup(Answer):
    """Persons that the use is likely to affect."""

    name: str
    affected: str


class AssessedRisk(Answer):
    """A harm to a right, for whom, and what is done against it."""

    right: str
    harm: str
    groups: list[str]
    measures: str


class AssessedPeriod(Answer):
    """From when to when, and how often."""

    first: str
    last: str
    frequency: str


class AssessedOversight(Answer):
    """Who watches the system at work, and how they can set it aside."""

    who: str
    how: str


class AssessedRemedies(Answer):
    """What is done when a risk comes true, and where one complains."""

    governance: str
    complaints: str
    contact: str


class AssessmentText(Answer):
    """What article 27(1) of regulation 2024/1689 asks for, as the city wrote it."""

    version: str
    demonstration: bool
    deployer: str
    uses: list[str]
    process: str
    period: AssessedPeriod
    groups: list[AssessedGroup]
    risks: list[AssessedRisk]
    oversight: AssessedOversight
    remedies: AssessedRemedies


class AssessmentSignature(Answer):
    """Who signed which text, when and until when."""

    sha256: str
    signed_by: str
    function: str
    signed_at: Instant
    review_by: str
    line: int = Field(description="Of the audit.")


class RegisterAssessment(Answer):
    """The assessment of the impact on fundamental rights, and whether uses wait for it."""

    required: bool
    state: str = Field(description="`signed`, or what is missing.")
    reason: str
    sha256: str
    document: AssessmentText | None
    signature: AssessmentSignature | None


class RegisterAnswer(Answer):
    """The public register."""

    city: str
    demo: bool
    built_at: Instant
    charter: RegisterCharter
    purposes: list[RegisterPurpose]
    sources: list[RegisterSource]
    rights: list[RegisterRight]
    algorithms: list[RegisterAlgorithm]
    thresholds: RegisterThresholds
    terms: list[RegisterTerm]
    fields: list[RegisterField]
    cameras: list[RegisterCamera]
    requisitions: list[RegisterRequisitions]
    errors: list[RegisterRate]
    assessment: RegisterAssessment
    requirements: list[RegisterRequirement]
    risks: list[RegisterRisk]
