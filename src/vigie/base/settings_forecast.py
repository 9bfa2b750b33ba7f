"""Settings of the forecast."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from vigie.base.settings_part import Part


def _checked(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, AfterValidator(_checked)]
"""A date as text, YYYY-MM-DD."""


class ForecastSettings(Part):
    """The forecast of places and hours."""

    daily: bool = Field(True, description="Make a forecast each day while serving.")
    first_after_s: int = Field(
        120, ge=0, description="Seconds after serving begins before the first one is made."
    )
    horizon_days: int = Field(7, ge=1, le=28, description="Days ahead of the daily forecast.")
    history_days: int = Field(
        730, ge=98, le=3_660, description="Days of facts that a forecast learns from, at most."
    )
    models: tuple[str, ...] = Field(
        (), description="Models tried beside the two baselines; empty: every one there is."
    )
    country: str = Field("FR", description="Country of the public holidays, ISO 3166-1.")
    school_breaks: tuple[tuple[Day, Day], ...] = Field(
        (
            ("2025-10-18", "2025-11-02"),
            ("2025-12-20", "2026-01-04"),
            ("2026-02-14", "2026-03-01"),
            ("2026-04-11", "2026-04-26"),
            ("2026-07-04", "2026-08-31"),
            ("2026-10-17", "2026-11-01"),
            ("2026-12-19", "2027-01-03"),
            ("2027-02-20", "2027-03-07"),
            ("2027-04-17", "2027-05-02"),
            ("2027-07-03", "2027-08-31"),
        ),
        description="School holidays, first and last day; by default those of French zone B.",
    )

    def breaks(self) -> tuple[tuple[date, date], ...]:
        """Return the school holidays as dates, first and last day of each."""
        days = (tuple(map(date.fromisoformat, one)) for one in self.school_breaks)
        return tuple((first, last) for first, last in days)
