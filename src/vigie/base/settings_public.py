"""Settings of what the public is told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.base.settings_part import Part


class PublicSettings(Part):
    """What the public is told: who speaks, in earnest or not, for how long, on which panels."""

    status: Literal["Exercise", "Test", "Actual"] = Field(
        "Test", description="CAP status; Actual once people are to believe it, never in a demo."
    )
    sender: str = Field(
        "",
        pattern=r"^[^\s,<&]{0,200}$",
        description="CAP sender, as alerts@city.example; empty: vigie@ the host of public_url.",
    )
    longest_days: int = Field(14, ge=1, le=90, description="Days until a message is over, at most.")
    panel_lines: int = Field(3, ge=1, le=12, description="Lines of a street panel.")
    panel_characters: int = Field(20, ge=8, le=80, description="Characters of a panel's line.")
    least: int = Field(
        11, ge=11, le=1_000, description="Least count of persons or facts that may be told."
    )
    reads_per_minute: int = Field(
        120, gt=0, description="Public answers to one address, which may stand for many readers."
    )
