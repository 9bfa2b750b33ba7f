"""Settings of how Vigie watches itself, and whom it shows that it lives."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class PulseSettings(Part):
    """Signs of life for others, and what is expected of copies."""

    url: str = Field(
        "",
        pattern=r"^(https?://[^?#\s]+)?$",
        description="Address that is sent a sign of life; its silence is the alarm. Empty: none.",
    )
    folder: str = Field(
        "", description="Folder, best of another machine, that holds the last sign of life."
    )
    every_s: int = Field(60, ge=10, le=3_600, description="Seconds between two signs of life.")
    private: bool = Field(
        False, description="Allow an address of this machine or of a private network."
    )
    copy_hours: int = Field(
        0, ge=0, description="A copy is expected every so many hours; 0: none is."
    )
    off_hours: float = Field(
        24.0,
        ge=1.0,
        le=168.0,
        description="Hours off after which a clock is believed though nobody vouches for it.",
    )
