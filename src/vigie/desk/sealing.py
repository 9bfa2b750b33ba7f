"""Secrets of the desk are sealed at rest: AES-256-GCM under a key that is not in the database.

The key is a file of the home, readable by its owner only, made at the first use. Whoever copies the
database alone has no secret of a second factor.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vigie.base.errors import StoreBroken, Unavailable
from vigie.base.ids import new_id

KEY_FILE = "sign-in.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealer(Protocol):
    """What seals a short secret and opens it again; a keeper of keys may take its place."""

    def seal(self, content: bytes, context: str) -> str:
        """Return the content sealed, as text; it opens under the same context only."""
        ...

    def unseal(self, sealed: str, context: str) -> bytes:
        """Return what was sealed.

        Raises:
            StoreBroken: Altered, moved to another context, or sealed under another key.
        """
        ...


class FileSealer:
    """Seals under a key file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._flushed = False

    def seal(self, content: bytes, context: str) -> str:
        """Return the content sealed, as text; it opens under the same context only.

        Raises:
            Unavailable: The disk refuses the key.
        """
        key, nonce = self._key(), os.urandom(_NONCE_BYTES)
        if not self._flushed:  # whoever made the key may have been refused just that
            self._flush()
        sealed = AESGCM(key).encrypt(nonce, content, context.encode("utf-8"))
        return base64.b64encode(nonce + sealed).decode("ascii")

    def unseal(self, sealed: str, context: str) -> bytes:
        """Return what was sealed.

        Raises:
            StoreBroken: Altered, moved to another context, or sealed under another key.
        """
        raw = base64.b64decode(sealed)
        try:
            return AESGCM(self._key()).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode("utf-8")
            )
        except InvalidTag as error:
            raise StoreBroken(reason=f"{self._path.name}: a sealed secret does not open") from error

    def _key(self) -> bytes:
        try:
            key = self._path.read_bytes()
        except FileNotFoundError:
            self._make()
            key = self._path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise StoreBroken(reason=f"{self._path.name}: {len(key)} bytes")
        return key

    def _flush(self) -> None:
        """Flush the key's name: what is sealed must not outlive its key by a power cut."""
        try:
            handle = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise Unavailable(what="desk", reason=str(error)) from error
        self._flushed = True

    def _make(self) -> None:
        """Make the key whole or not at all, once, whoever else does the same at this moment.

        Raises:
            Unavailable: The disk refuses it.
        """
        fresh = self._path.with_name(f".{self._path.name}.{new_id()}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(handle, os.urandom(_KEY_BYTES))
                os.fsync(handle)
            finally:
                os.close(handle)
            with suppress(FileExistsError):
                os.link(fresh, self._path)
        except OSError as error:
            raise Unavailable(what="desk", reason=str(error)) from error
        finally:
            with suppress(OSError):  # on a disk that fails: it holds a key that seals nothing
                fresh.unlink()
