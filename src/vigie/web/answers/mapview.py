"""The map and what is drawn beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Cell, Counted, Instant

WITHHELD = "Days left out of the figure, too few facts to be told; 0 for who may see facts."


class MapCell(Answer):
    """Facts in one hexagon."""

    cell: Cell
    n: int
    severity_max: int | None


class MapCluster(Answer):
    """Facts near one another; ``cell`` holds them all."""

    lon: float
    lat: float
    n: int
    cell: Cell
    severity_max: int | None


class MapPoint(Answer):
    """One fact."""

    fact_id: str
    lon: float
    lat: float
    kind: str
    source: str
    severity: int | None
    status: str | None
    at: Instant


class MapAnswer(Answer):
    """What a view of the map shows; one of the three lists is filled, as ``mode`` says."""

    mode: Literal["cells", "clusters", "points"]
    resolution: int | None = Field(description="H3 resolution of cells; null for points.")
    total: int = Field(description="Facts in the view.")
    shown: int = Field(description="Facts drawn.")
    truncated: bool = Field(description="Whether some are not drawn.")
    withheld: int = Field(description=WITHHELD)
    age_s: float | None = Field(description="Age of the newest data received; null without any.")
    stale: bool = Field(description="Whether a source that feeds this view is silent for too long.")
    cells: list[MapCell]
    clusters: list[MapCluster]
    points: list[MapPoint]


class HistogramItem(Answer):
    """One bucket of time."""

    at: Instant
    n: int


class HistogramAnswer(Answer):
    """Facts by bucket of time; empty buckets are left out."""

    bucket: Literal["quarter", "hour", "day", "week", "month"]
    bucket_s: int = Field(description="Length of a bucket; of a month, 30 days.")
    items: list[HistogramItem]
    total: int
    withheld: int = Field(description=WITHHELD)


class SummaryLine(Answer):
    """One count beside the same window one week before; null where they cannot be compared."""

    key: str
    now: Counted
    before: Counted | None
    withheld: int = Field(description=WITHHELD)


class SummaryAnswer(Answer):
    """Counts of a window beside those of the same window one week before."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    before_from: Instant
    before_to: Instant
    total: SummaryLine
    by_theme: list[SummaryLine]
    by_kind: list[SummaryLine]
    by_source: list[SummaryLine]
    by_severity: list[SummaryLine]
    by_status: list[SummaryLine]
    age_s: float | None
    stale: bool
    method: str = Field(description="How the interval was made.")
