"""Checkpoints: what is signed about the audit's tree, and how anybody verifies it.

C2SP specifications ``signed-note``, ``tlog-checkpoint`` and ``tlog-cosignature`` (c2sp.org), with
Ed25519 (RFC 8032). A note is a text, an empty line and signatures; a checkpoint is a note whose
text is the log's name, the size of its tree, the root, and lines of the log's own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 1, 4
"""What a key signs: notes as they are, or ``cosignature/v1`` with the time of a witness."""
_LENGTH = 32  # of a root and of a public key
_DASH = "\u2014 "  # begins a signature line


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, by name (no space, no plus), its 32 bytes and its use; ``str`` is to be published."""

    name: str
    raw: bytes
    use: int = LOG

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each signature."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.use]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        """Return ``name+id+key``, the form of signed-note."""
        text = base64.b64encode(bytes([self.use]) + self.raw).decode()
        return f"{self.name}+{self.key_id.hex()}+{text}"


def parse_key(text: str) -> PublicKey:
    """Return the key that a published text holds; raises ``ValueError`` when it is none."""
    name, _, rest = text.strip().partition("+")
    raw = _bytes_of(rest.partition("+")[2])
    key = PublicKey(name, raw[1:], next(iter(raw), 0))
    if str(key) != text.strip() or key.use not in (LOG, WITNESS) or len(key.raw) != _LENGTH:
        msg = "not a verifier key"
        raise ValueError(msg)
    return key


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # of which the other forms of this failure are kinds
        return b""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: the log's name, its size, its root, and lines of its own (here the time)."""

    origin: str
    size: int
    root: bytes
    extra: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{one}\n" for one in (self.origin, self.size, root, *self.extra))


def public_of(private: Ed25519PrivateKey, name: str, use: int = LOG) -> PublicKey:
    """Return the public half of a key."""
    return PublicKey(name, private.public_key().public_bytes_raw(), use)


def sign(text: str, private: Ed25519PrivateKey, name: str, *, time_s: int | None = None) -> str:
    """Return the signature line of a text; with a time (epoch s), a witness's cosignature."""
    key = public_of(private, name, LOG if time_s is None else WITNESS)
    stamp = b"" if time_s is None else time_s.to_bytes(8, "big")
    signature = stamp + private.sign(_signed(text, time_s))
    return f"{_DASH}{name} {base64.b64encode(key.key_id + signature).decode()}\n"


def _signed(text: str, time_s: int | None) -> bytes:
    return (text if time_s is None else f"cosignature/v1\ntime {time_s}\n{text}").encode()


def signers(note: str, keys: Iterable[PublicKey]) -> list[PublicKey]:
    """Return those of the keys that signed a note, in the order of the keys."""
    text, _, lines = note.rpartition("\n\n")
    return [
        key for key in keys if any(_holds(text + "\n", line, key) for line in lines.split("\n"))
    ]


def _holds(text: str, line: str, key: PublicKey) -> bool:
    blob = _bytes_of(line.removeprefix(f"{_DASH}{key.name} "))
    time_s = int.from_bytes(blob[4:12], "big") if key.use == WITNESS else None
    signature = blob[4:] if time_s is None else blob[12:]
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, _signed(text, time_s))
    except InvalidSignature:
        return False
    return blob[:4] == key.key_id


def parse(note: str) -> Checkpoint:
    """Return what a note says, verified by nobody yet; raises ``ValueError`` when it is none."""
    text, _, _ = note.rpartition("\n\n")
    origin, size, root, *extra = [*text.split("\n"), "", ""]
    number = int(size) if size.isascii() and size.isdigit() else -1
    found = Checkpoint(origin, number, _bytes_of(root), tuple(extra[:-2]))
    if found.text() != text + "\n" or not origin or number < 0 or len(found.root) != _LENGTH:
        msg = "not a checkpoint"
        raise ValueError(msg)
    return found
