"""Cases, requisitions and packages: what is written, what is answered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.base.clock import to_us
from vigie.inquiry.query import STORES, Query, make_query
from vigie.inquiry.requisitions import Document, Paper
from vigie.web.answers.base import Answer, Instant, Texts

Store = Literal["facts", "narratives", "originals", "measures", "plans", "video"]
ArticleNumber = Literal["60-1", "60-2", "77-1-1", "77-1-2", "99-3", "99-4"]
Certainty = Literal["observed", "reported", "inferred"]


class Asked(BaseModel):
    """What is written: nothing besides what it declares, so no field for a person (REQ-3)."""

    model_config = ConfigDict(extra="forbid")


class CaseSpec(Asked):
    """A case to be opened."""

    reference: str = Field(max_length=60, description="Of the judicial authority.")
    authority: str = Field(max_length=120, description="Service that leads; no person's name.")
    offence: str = Field(max_length=80, description="Taxonomy code under `offence`.")
    custodian: str = Field(max_length=80, description="Login of who keeps the evidence.")


class EntrySpec(Asked):
    """A note, a task, its end, an entry of the timeline, or a change of the members."""

    act: Literal["note", "task", "task_done", "timeline", "member", "member_out"]
    text: str = Field("", max_length=500, description="No person's name.")
    at: AwareDatetime | None = Field(None, description="When it happened, for the timeline.")
    certainty: Certainty | None = Field(None, description="`inferred` marks a hypothesis.")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    record: str | None = Field(None, max_length=80, description="Id of the record it rests on.")
    number: int | None = Field(None, ge=1, description="Of the task that is done.")
    login: str = Field("", max_length=80, description="Of the member.")

    def said(self) -> dict[str, Any]:
        """Return it as the use case takes it."""
        told = self.model_dump(exclude={"act", "at"})
        return told | {"at_us": None if self.at is None else to_us(self.at)}


class QuerySpec(Asked):
    """A window, a polygon, stores and feeds: there is nothing else to ask for."""

    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime = Field(description="Exclusive; 30 days at most.")
    ring: list[tuple[float, float]] = Field(
        min_length=3, max_length=501, description="Corners, lon lat."
    )
    stores: list[Store] = Field(list(STORES), description="What is asked for.")
    sources: list[str] = Field([], max_length=100, description="Feeds; empty: all.")

    def query(self) -> Query:
        """Return the query; raises ``WrongUsage`` or ``QueryTooWide``."""
        window = (to_us(self.from_), to_us(self.to))
        return make_query(*window, self.ring, stores=self.stores, sources=self.sources)


class DocumentSpec(Asked):
    """The written act by its hash; the paper stays with the custodian."""

    name: str = Field("", max_length=120)
    sha256: str = Field("", pattern="^([0-9a-f]{64})?$")

    def document(self) -> Document:
        """Return it as the use case takes it."""
        return Document(self.name, self.sha256)


class RequisitionSpec(Asked):
    """A requisition as its act says it."""

    article: ArticleNumber
    number: str = Field(max_length=60)
    authority: str = Field(max_length=120, description="Service that requires.")
    act: QuerySpec
    document: DocumentSpec = DocumentSpec()
    emergency: bool = Field(False, description="The document follows within 24 hours.")

    def paper(self) -> Paper:
        """Return it as the use case takes it."""
        said = (self.article, self.number, self.authority)
        return Paper(*said, self.act.query(), self.document.document(), self.emergency)


class QueryHash(Asked):
    """The exact query, by its SHA-256."""

    query_sha256: str = Field(pattern="^[0-9a-f]{64}$")


class ReviewSpec(Asked):
    """What the review of an emergency found."""

    verdict: Literal["justified", "unjustified"]
    document: DocumentSpec = DocumentSpec()


class GatheredOrigin(Answer):
    """Where an entry came from: the file as it was received, and the row in it."""

    file: str | None
    row: int | None
    file_sha256: str | None


class GatheredFigures(Answer):
    """A series of measures of one place, from its least value to its most."""

    n: int
    low: float | None
    high: float | None
    unit: str


class GatheredEntry(Answer):
    """A fact, a plan, a series of measures or a recording, as the package tells it."""

    sort: Literal["fact", "plan", "measure", "video"]
    id: str
    at: Instant
    to: Instant
    kind: str | None = Field(description="Taxonomy code.")
    title: str | None = Field(description="Of a plan; the metric; the number of the camera.")
    source: str | None
    basis: Certainty | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    origin: GatheredOrigin | None
    figures: GatheredFigures | None


class GatheredTimeline(Answer):
    """What a package tells of place and time; texts stay in the package."""

    package_id: str
    requisition_id: str
    items: list[GatheredEntry]
    total: int = Field(description="Entries of the package; the first 2,000 are told.")
    next: str | None


class PackageVerification(Answer):
    """Whether a package is whole, byte for byte, by the verifier that it contains."""

    package_id: str
    sound: bool
    file: str | None = Field(description="The file that is not as it was sealed.")
    why: str | None
    sha256: str
    key: str = Field(description="Public key, as on the custody sheet.")
    files: int | None
    lines: int | None = Field(description="Lines of the audit whose proof holds.")
    timestamp: bool | None
    checked_at: Instant


class CaseHold(Answer):
    """What a requisition froze."""

    hold_id: str
    requisition_id: str
    stores: list[str]
    from_at: Instant
    to_at: Instant
    until_at: Instant = Field(description="When it lapses by itself.")
    standing: bool
    released_at: Instant | None
    released_by: str | None
    cameras: list[str] = Field(description="Cameras whose recordings it keeps now.")


class CaseHolds(Answer):
    """The holds of a case, newest first."""

    items: list[CaseHold]
    next: str | None


class CaseHead(Answer):
    """A case as lists show it."""

    case_id: str
    number: int = Field(description="Number of its last act.")
    reference: str
    authority: str
    offence: str
    custodian: str
    state: Literal["open", "closed"]
    opened_at: Instant
    requisitions: int
    overdue: bool = Field(description="An emergency waits for its review for over 24 hours.")


class CasePage(Answer):
    """Cases, the open ones first."""

    items: list[CaseHead]
    next: str | None


class CaseEntry(Answer):
    """A note, a task or an entry of the timeline."""

    number: int
    kind: str
    text: str
    by: str
    written_at: Instant
    at: Instant | None = None
    certainty: Certainty | None = None
    lon: float | None = None
    lat: float | None = None
    record: str | None = None
    task: int | None = None


class CaseStep(Answer):
    """One act of a case: its whole history is the case."""

    number: int
    act: str
    by: str
    at: Instant
    requisition_id: str | None = Field(description="What it was about, where it was about one.")


class Approval(Answer):
    """One person's yes to one exact query."""

    side: Literal["custodian", "controller"]
    by: str
    at: Instant
    query_sha256: str


class PackageSummary(Answer):
    """A sealed package."""

    package_id: str
    sha256: str
    size: int
    time: Literal["stamped", "not_configured", "unreachable", "refused"]
    files: int
    requisition_id: str
    counts: dict[str, int] = Field(description="Records by store; video is absent without one.")


class RequisitionDetail(Answer):
    """A requisition, its query, its approvals, what became of it."""

    requisition_id: str
    article: ArticleNumber
    number: str
    authority: str
    document: dict[str, str]
    emergency: bool
    act: dict[str, Any]
    query: dict[str, Any] | None
    query_text: str | None = Field(description="The exact text that is hashed and approved.")
    query_sha256: str | None
    state: Literal["entered", "bound", "approved", "expired", "used"]
    entered_at: Instant
    approvals: list[Approval]
    run_at: Instant | None
    package: PackageSummary | None
    review: dict[str, Any] | None
    overdue: bool


class CaseDetail(CaseHead):
    """A case as its members see it; whoever oversees sees no note."""

    members: list[str]
    entries: list[CaseEntry]
    requisition_list: list[RequisitionDetail]
    closed: dict[str, Any] | None
    history: list[CaseStep] = Field([], description="Every act, when one case is read.")


class FeedName(Answer):
    """A feed that a query may name."""

    source: str
    title: Texts


class RequisitionCount(Answer):
    """Requisitions of a month and article; null where too few."""

    month: str
    article: ArticleNumber
    n: int | None


class RequisitionCounts(Answer):
    """Statistics on requisitions."""

    items: list[RequisitionCount]
    least: int
    next: str | None
