"""A trusted time for a package: the request of RFC 3161, and a server's answer where one is set.

The request is written by hand (30 bytes of DER around a hash): no kept library for it is among the
dependencies. It stands in every package, so that a time can still be asked for from elsewhere. The
answer is kept as the server gave it; its own signature is checked with ``openssl ts -verify`` and
the server's certificate, which Vigie does not do and does not claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import httpx

from vigie.base.logging import get_logger
from vigie.base.settings_inquiry import InquirySettings

MEDIA: Final = "application/timestamp-query"
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
"""AlgorithmIdentifier of SHA-256 (RFC 5754)."""

_NONCE_BYTES, _SHORT, _SEQUENCE, _INTEGER, _OCTETS = 8, 128, 0x30, 0x02, 0x04
_GRANTED = bytes.fromhex("020100"), bytes.fromhex("020101")
_LONGEST = 1 << 16
log = get_logger(__name__)

Post = Callable[[str, bytes, float], bytes]


def _der(tag: int, body: bytes) -> bytes:
    if len(body) >= _SHORT:
        msg = "a request is short"
        raise ValueError(msg)
    return bytes([tag, len(body)]) + body


def request(content: bytes) -> bytes:
    """Return the time-stamp request (TimeStampReq, RFC 3161, 2.4.1) of a content.

    The nonce is of the content too: the same content has the same request, which can be made anew
    and compared. The certificate is asked for, so that the answer can be verified years later.
    """
    digest = hashlib.sha256(content).digest()
    imprint = _der(_SEQUENCE, _SHA256 + _der(_OCTETS, digest))
    nonce = b"\x01" + hashlib.sha256(b"nonce" + digest).digest()[: _NONCE_BYTES - 1]
    version, wanted = _der(_INTEGER, b"\x01"), b"\x01\x01\xff"
    return _der(_SEQUENCE, version + imprint + _der(_INTEGER, nonce) + wanted)


def post(url: str, content: bytes, timeout_s: float) -> bytes:
    """Send a request; returns the body of the answer. Raises ``httpx.HTTPError``."""
    answer = httpx.post(url, content=content, headers={"Content-Type": MEDIA}, timeout=timeout_s)
    return answer.raise_for_status().content


def ask(settings: InquirySettings, content: bytes, send: Post = post) -> tuple[bytes | None, str]:
    """Return a server's answer to the request of a content, and how it went.

    Args:
        settings: Which server.
        content: What is to get a time; only its hash is sent.
        send: Sends a request.

    Returns:
        The answer or None; ``stamped``, ``not_configured``, ``unreachable`` or ``refused``.
    """
    if not settings.timestamp_url:
        return None, "not_configured"
    try:
        answer = send(settings.timestamp_url, request(content), settings.timestamp_timeout_s)
    except httpx.HTTPError as error:
        log.warning("no time-stamp", reason=type(error).__name__)
        return None, "unreachable"
    if len(answer) > _LONGEST or not _granted(answer, hashlib.sha256(content).digest()):
        return None, "refused"
    return answer, "stamped"


def _granted(answer: bytes, digest: bytes) -> bool:
    """Say whether an answer grants a time to this hash (PKIStatus 0 or 1, same imprint)."""
    return answer[:1] == b"\x30" and digest in answer and any(g in answer[:16] for g in _GRANTED)
