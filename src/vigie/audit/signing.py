"""The key that signs heads: made once, readable by the service alone."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.base.errors import StoreBroken
from vigie.privacy.checkpoint import Checkpoint, PublicKey, public_of, sign

KEY_FILE = "key"
PUBLIC_FILE = "key.pub"
_MODE = 0o600
_PREFIX = "PRIVATE+KEY"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs checkpoints under one name.

    Attributes:
        name: Of the log, and of its key.
        private: The key.
    """

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """What anybody verifies with."""
        return public_of(self.private, self.name)

    def note(self, checkpoint: Checkpoint) -> str:
        """Return the signed note of a checkpoint."""
        text = checkpoint.text()
        return f"{text}\n{sign(text, self.private, self.name)}"


def open_key(path: Path, name: str) -> Signer:
    """Return the signer of a key file, made with mode 0600 when there is none.

    The file is one line as Go's ``note`` package writes it, so that other tools read it.

    Args:
        path: The file.
        name: Name of a key that is made now; a name ending in ``/`` gets a random end.

    Raises:
        StoreBroken: When the file holds no such key.
        OSError: When it can be neither read nor made.
    """
    if not path.exists():
        full = name + secrets.token_hex(4) if name.endswith("/") else name
        _write_new(path, Signer(full, Ed25519PrivateKey.generate()))
    text = path.read_text("ascii", "replace").strip()
    try:
        named, _, rest = text.removeprefix(f"{_PREFIX}+").partition("+")
        seed = base64.b64decode(rest.partition("+")[2], validate=True)
        signer = Signer(named, Ed25519PrivateKey.from_private_bytes(seed[1:]))
    except ValueError as error:
        raise StoreBroken(reason=f"audit key {path.name}") from error
    if _as_text(signer) != text:
        raise StoreBroken(reason=f"audit key {path.name}")
    return signer


def _as_text(signer: Signer) -> str:
    seed = base64.b64encode(b"\x01" + signer.private.private_bytes_raw()).decode()
    return f"{_PREFIX}+{signer.name}+{signer.public.key_id.hex()}+{seed}"


def _write_new(path: Path, signer: Signer) -> None:
    """Write a key beside its place, then put it there: two who make one at once keep one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        os.write(handle, f"{_as_text(signer)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
