"""What the audit's routes answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Instant


class AuditLine(Answer):
    """Who did what to which data, what for and why."""

    index: int = Field(description="Its number; a proof is asked for by it.")
    at: Instant
    verb: str = Field(description="collect, alter, consult, disclose, combine or erase.")
    who: str
    role: str
    purpose: str
    dataset: str
    subject: dict[str, Any] = Field(description="What was asked: window, zone, ids, batch.")
    outcome: Literal["allowed", "refused"]
    reason: str
    case: str
    recipient: str


class AuditPage(Answer):
    """A page of the audit, newest first."""

    items: list[AuditLine]
    next: str | None = Field(description="Address of the next page; none at the end.")


class AuditProof(Answer):
    """That a line stands in the tree of a signed head (RFC 9162, 2.1.3)."""

    index: int
    size: int = Field(description="Lines under the head.")
    leaf: str = Field(description="Leaf hash, base64.")
    hashes: list[str] = Field(description="From the leaf to the root, base64.")
    checkpoint: str = Field(description="Signed head, a C2SP checkpoint.")
    key: str = Field(description="What the head is verified with, a C2SP verifier key.")
