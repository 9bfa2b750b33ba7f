"""Public figures and the noise budget."""

from __future__ import annotations

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
