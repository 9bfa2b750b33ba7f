"""Settings of recording."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class VideoSettings(Part):
    """What cameras record takes of the disk, and how long a person may look at one go."""

    quota_gb: float = Field(
        0, ge=0, description="Recordings take so many GB at most; 0: as much as the disk gives."
    )
    least_free_gb: float = Field(
        5, ge=0, description="So many GB stay free; the oldest recording that no case holds goes."
    )
    viewing_minutes: int = Field(
        15, ge=1, le=60, description="A viewing of recordings ends after so many minutes."
    )
    search_basis: str = Field(
        "",
        max_length=300,
        description="Legal text on which recordings may be searched by movement within a case, as"
        " your data protection officer read it; empty: searching is closed.",
    )
