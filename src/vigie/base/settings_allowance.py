"""How much of a machine shared with others one home may take."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class AllowanceSettings(Part):
    """What one home may take in; 0 is no bound. Each process that answers counts for itself."""

    messages_per_second: float = Field(0, ge=0, description="Pushed messages taken; above it, 429.")
    bytes_per_second: int = Field(0, ge=0, description="Their bytes; above it, refused (429).")
    disk_bytes: int = Field(
        0, ge=0, description="Disk that home and spool may take; above it, nothing is taken (503)."
    )
