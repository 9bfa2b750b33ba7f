"""Settings of where logs go."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class LogSettings(Part):
    """Where log lines and the heads of audit lines go besides, as they happen (RFC 5424)."""

    syslog: str = Field(
        "",
        pattern=r"^(unix:/.+|tls://[^/?#@\s]+)?$",
        description="As tls://host:6514, or unix:/dev/log; empty: standard error alone.",
    )
    syslog_ca_file: str = Field("", description="Trusted certificates; empty: the system's.")
