"""Settings of what ``vigie deploy`` writes: units, a compose file, manifests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vigie.base.settings_part import Part

Gigabytes = Annotated[int, Field(ge=1, le=1_000_000)]


class DeploySettings(Part):
    """Where and as whom the processes of a cluster run; how much each may take."""

    program: str = Field(
        "/opt/vigie/bin/vigie",
        pattern=r"^(/[A-Za-z0-9._-]+)+$",
        description="The installed program, for systemd.",
    )
    user: str = Field(
        "vigie",
        pattern=r"^[a-z_][a-z0-9_-]{0,30}$",
        description="Account of the machine that runs it, for systemd; never root.",
    )
    uid: int = Field(
        10_001, ge=1_000, le=60_000, description="Number of the account, and its group, in images."
    )
    image: str = Field(
        "",
        pattern=r"^([a-z0-9][A-Za-z0-9./_:-]*(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64}))?$",
        description="Image of containers, with its version or digest; never `latest`.",
    )
    namespace: str = Field(
        "vigie",
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="Name space of Kubernetes, and the project's name in a compose file.",
    )
    storage_class: str = Field(
        "",
        pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$",
        description="Storage class of Kubernetes: a disk that a node has; empty: its default.",
    )
    home_gb: Gigabytes = Field(100, description="Size of the home's volume in Kubernetes.")
    other_gb: Gigabytes = Field(10, description="Size of each other volume in Kubernetes.")
    record: bool = Field(False, description="Whether cameras are recorded, by a process apart.")
    web_memory_mb: int = Field(
        0, ge=0, description="Most memory of a web process; 0: `lake.memory` and 2 GB."
    )
    jobs_memory_mb: int = Field(
        0, ge=0, description="Most memory of a jobs process; 0: `lake.memory` and 4 GB."
    )
    record_memory_mb: int = Field(
        4_096, ge=512, description="Most memory of the recorders, all cameras together."
    )
    open_files: int = Field(
        65_536, ge=1_024, le=1_048_576, description="Most files and connections of a process."
    )
