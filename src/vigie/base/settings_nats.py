"""Settings of NATS: what rings between processes, and what else holds a push before its answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vigie.base.settings_part import Part

Server = Annotated[str, Field(pattern=r"^(nats|tls)://[^/?#@\s]+$")]


class NatsSettings(Part):
    """Servers of NATS that the processes of a cluster speak through; none unless named."""

    servers: tuple[Server, ...] = Field(
        (), description="As tls://nats.example:4222, each of them; none: processes look instead."
    )
    name: str = Field(
        "vigie",
        pattern=r"^[A-Za-z0-9_-]{1,32}$",
        description="First word of every subject and stream: one for each home on these servers.",
    )
    username: str = Field("", description="Account at the servers.")
    password_file: str = Field("", description="File holding the account's password.")
    ca_file: str = Field("", description="Trusted certificates (PEM); empty: the system's.")
    journal: bool = Field(
        False, description="Answer a push only once JetStream holds it, too, on a majority."
    )
    replicas: int = Field(
        3, ge=1, le=5, description="Servers that hold each message of the journal's stream."
    )
    ack_s: float = Field(
        10.0, gt=0, le=60, description="Longest wait for JetStream's acknowledgement; then 503."
    )
