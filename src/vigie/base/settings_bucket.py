"""Settings of a lake whose tables stand on S3-compatible object storage."""

from __future__ import annotations

from pydantic import Field

from vigie.base.settings_part import Part


class BucketSettings(Part):
    """Where the lake's tables stand when they are not in the home: S3-compatible storage."""

    location: str = Field(
        "",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$",
        description="As s3://bucket/prefix; empty: the home's folder.",
    )
    endpoint: str = Field(
        "",
        pattern=r"^(https?://[^/?#@\s]+)?$",
        description="Address of the server; empty: Amazon's of the region.",
    )
    region: str = Field(
        "us-east-1", min_length=1, description="Region that requests are signed for."
    )
    access_key_file: str = Field(
        "", description="File holding the access key; empty: AWS_ACCESS_KEY_ID."
    )
    secret_key_file: str = Field(
        "", description="File holding the secret key; empty: AWS_SECRET_ACCESS_KEY."
    )
    cache: str = Field(
        "",
        description="Folder of files read lately, on a disk of this machine; empty: in the home.",
    )
    cache_bytes: int = Field(
        20 * 2**30, gt=0, description="Most bytes kept of them; the least recently read go first."
    )
