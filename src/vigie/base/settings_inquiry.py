"""Settings of the inquiry room."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class InquirySettings(Part):
    """What evidence packages need of the world outside: a trusted time, where there is one."""

    timestamp_url: str = Field(
        "",
        pattern=r"^(https://[^\s?#@]{3,200})?$",
        description="Time-stamp server (RFC 3161) that is told the hash of a package; empty: none.",
    )
    timestamp_timeout_s: float = Field(
        10.0, gt=0, le=60, description="Seconds to wait for it; without it the package says so."
    )
