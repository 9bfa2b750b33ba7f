"""Settings of rights: who is taken for whom, whose charter, and for whom forecasts are made."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.base.settings_part import Part


class RightsSettings(Part):
    """Rights: who is taken for whom at the machine itself, which charter, which use."""

    local_role: str = Field(
        "shift_head",
        pattern=r"^[a-z_]{1,40}$",
        description="Role of who uses the command line and the Python door on this machine.",
    )
    charter: Literal["", "own", "shipped"] = Field(
        "",
        description="Whose charter holds: `own` wants charter.toml, `shipped` that it is not there;"
        " empty: the city's own where the home ever had one, else the shipped one.",
    )
    use: Literal["", "authority", "study"] = Field(
        "",
        description="Who uses forecasts and detectors: `authority`, and they wait for the signed"
        " assessment (fria.toml), or `study`, nobody decides by them; empty: an authority as soon"
        " as browsers of other machines can reach it, unless it is a demo.",
    )
