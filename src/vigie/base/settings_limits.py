"""How much one account may ask for, and all together."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class LimitSettings(Part):
    """How much one account may ask for, for each purpose."""

    reads_per_minute: int = Field(3_000, gt=0, description="Answers, and how many at once.")
    searches_per_minute: int = Field(
        600, gt=0, description="Pages of records, searches and analyses, and how many at once."
    )
    exports_per_minute: int = Field(30, gt=0, description="Exports, and how many at once.")
    answers_at_once: int = Field(
        0, ge=0, description="Answers being made at one time; above it, refused (429); 0: no bound."
    )
    facts_per_hour: int = Field(
        50_000, gt=0, description="Different facts read by an account in an hour before the alarm."
    )
