"""What rules find and what analyses answer."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts


class AlertAnswer(Answer):
    """Something worth a look, with its reason and its numbers."""

    alert_id: str
    rule: str
    severity: int
    at: Instant
    until: Instant
    lon: float | None
    lat: float | None
    explanation: Texts
    numbers: dict[str, Any]
    state: str


class AlertList(Answer):
    """Alerts, newest first."""

    items: list[AlertAnswer]
    next: str | None = None


class OutputColumn(Answer):
    """One column of a result."""

    name: str
    fr: str
    en: str
    unit: str
    key: bool = Field(description="Says what the row is about; keys tell rows of two runs apart.")
    words: dict[str, Texts] = Field(description="What codes of the column mean.")


class AnalysisEntry(Answer):
    """One question that can be asked."""

    name: str
    question: Texts
    limits: Texts
    reference: str
    parameters: dict[str, Any] = Field(description="JSON Schema of its own parameters.")
    columns: list[OutputColumn]
    chart: dict[str, Any] | None = Field(description="Vega-Lite specification without data.")
    geo_column: str | None = Field(description="Column of zone ids or cells; null without place.")
    map_column: str | None = Field(description="Column that a map is coloured by at first.")
    suppress_below: int | None = Field(description="Smaller counts are withheld; null: none are.")
    rows_lead: bool = Field(description="Its rows lead to facts of their own by their key columns.")


class AnalysisList(Answer):
    """The catalogue."""

    items: list[AnalysisEntry]
    next: str | None = None


class AnalysisRun(BaseModel):
    """The parameters of a run; the period and the filters stand in the address."""

    model_config = ConfigDict(extra="forbid")

    params: dict[str, Any] = Field(default_factory=dict)


class PlaceTold(Answer):
    """A place of a result by a name that people know."""

    id: str
    fr: str
    en: str


class AnalysisAnswer(Answer):
    """A result: table, chart, base and limits."""

    name: str
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    table: list[dict[str, Any]]
    columns: list[OutputColumn]
    places: list[PlaceTold] = Field(description="Zones and cells of the table, by their names.")
    limits: Texts
    notes: list[Texts]
    chart: dict[str, Any] | None = Field(description="Vega-Lite specification without data.")
    base: int = Field(description="Facts behind the result.")
    withheld: int = Field(description="Rows whose small numbers are withheld.")
    truncated: bool
    computed_at: Instant
