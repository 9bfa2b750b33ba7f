"""Envelopes: AES-256-GCM under one data key per domain, source and day, which a master key wraps.

An envelope is a head (version, key id, day, domain, source), a nonce, the content and its tag. The
head, the kind of content and the row it stands in are bound to it: it opens nowhere else. Nonces
are random: with 6,500 texts a second on one key for a day the odds of a repeated one are 2e-12.
"""

from __future__ import annotations

import os
import struct
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_VERSION = 1
_ID_BYTES = 8
_FIXED = struct.Struct(f">B{_ID_BYTES}si")


class EnvelopeRefused(ValueError):
    """What was sealed has been changed, or is not what it is opened as."""


class KeyName(NamedTuple):
    """Which data key: of what part of the store, of which source and day (days since 1970)."""

    domain: str
    source: str
    day: int


def random_bytes(n: int) -> bytes:
    """Return ``n`` bytes of the system's randomness: here keys and nonces come from."""
    return os.urandom(n)


def derive(secret: bytes, *use: str) -> bytes:
    """Return a key of 256 bits for one use of a secret (HKDF-SHA-256, RFC 5869)."""
    info = b"vigie" + _bound(*use)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def wrap(master: bytes, name: KeyName, key: bytes, nonce: bytes) -> bytes:
    """Return a data key sealed by the master key, bound to its name."""
    cipher, bound = _wrapping(master, name)
    return nonce + cipher.encrypt(nonce, key, bound)


def unwrap(master: bytes, name: KeyName, wrapped: bytes) -> bytes:
    """Return a wrapped data key; ``EnvelopeRefused`` when changed or of another name or master."""
    cipher, bound = _wrapping(master, name)
    return _decrypt(cipher, wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)


def _wrapping(master: bytes, name: KeyName) -> tuple[AESGCM, bytes]:
    bound = _bound(name.domain, name.source, str(name.day))
    return AESGCM(derive(master, "wrap", name.domain)), bound


class DataKey:
    """A data key of 32 bytes at work, for what its name says."""

    def __init__(self, name: KeyName, key: bytes) -> None:
        self._cipher = AESGCM(derive(key, "content"))
        key_id = derive(key, "id")[:_ID_BYTES]
        fixed = _FIXED.pack(_VERSION, key_id, name.day)
        self._head = fixed + _bound(name.domain, name.source)

    @property
    def overhead(self) -> int:
        """Bytes by which an envelope is longer than its content."""
        return len(self._head) + NONCE_BYTES + TAG_BYTES

    def seal(self, kind: str, row_id: str, content: bytes, nonce: bytes) -> bytes:
        """Return the envelope of a content; ``nonce`` is 12 bytes never used with this key."""
        bound = self._head + _bound(kind, row_id)
        return self._head + nonce + self._cipher.encrypt(nonce, content, bound)

    def open(self, kind: str, row_id: str, sealed: bytes) -> bytes:
        """Return the content of an envelope.

        Raises:
            EnvelopeRefused: When a bit was changed, or key, source, day, kind or row are others.
        """
        start = len(self._head)
        if sealed[:start] != self._head:
            raise EnvelopeRefused
        nonce, rest = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        return _decrypt(self._cipher, nonce, rest, self._head + _bound(kind, row_id))


def _decrypt(cipher: AESGCM, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(nonce) < NONCE_BYTES or len(sealed) < TAG_BYTES:
        raise EnvelopeRefused
    try:
        return cipher.decrypt(nonce, sealed, bound)
    except InvalidTag as error:
        raise EnvelopeRefused from error


def _bound(*parts: str) -> bytes:
    """Return texts one behind the other, each behind its length: no two lists are alike."""
    texts = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(text).to_bytes(4, "big") + text for text in texts)
