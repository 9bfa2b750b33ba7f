"""Settings of the cluster profile: how many processes of each part."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class ClusterSettings(Part):
    """Processes of ``vigie serve --profile cluster``; what one of them does, any may."""

    web: int = Field(2, ge=1, le=64, description="Processes that answer, behind one address.")
    jobs: int = Field(
        2, ge=1, le=8, description="Processes for intake and schedule: one leads, others stand by."
    )
