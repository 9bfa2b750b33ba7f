"""Identifiers: deterministic for records, random for things born here."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable

ID_BYTES = 15
ID_LENGTH = 24


def record_id(source: str, source_ref: str) -> str:
    """Return the id of a record: 24 characters of lower-case base32 (120 bits of BLAKE2b).

    The same source and the same source's own reference give the same id, on any machine, for ever;
    that is what makes replay and repeated ingestion harmless.
    """
    digest = hashlib.blake2b(
        source_ref.encode("utf-8", "surrogatepass"),
        digest_size=ID_BYTES,
        key=source.encode("utf-8")[:64],
    ).digest()
    return base64.b32encode(digest).decode("ascii").lower()


def record_ids(source: str, source_refs: Iterable[str]) -> list[str]:
    """Return ``record_id`` of each reference, in order (fast path for whole columns)."""
    template = hashlib.blake2b(digest_size=ID_BYTES, key=source.encode("utf-8")[:64])
    encode = base64.b32encode
    out: list[str] = []
    for ref in source_refs:
        state = template.copy()
        state.update(ref.encode("utf-8", "surrogatepass"))
        out.append(encode(state.digest()).decode("ascii").lower())
    return out


def content_id(content: bytes) -> str:
    """Return the SHA-256 of a content as lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def new_id(prefix: str = "") -> str:
    """Return a fresh random id of 120 bits, optionally prefixed (``batch-...``)."""
    body = base64.b32encode(secrets.token_bytes(ID_BYTES)).decode("ascii").lower()
    return f"{prefix}-{body}" if prefix else body


def new_secret() -> str:
    """Return a fresh secret of 256 bits for tokens and sessions, URL-safe."""
    return secrets.token_urlsafe(32)
