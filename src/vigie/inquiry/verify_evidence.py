"""Vérifier un dossier de preuves de Vigie ; verify an evidence package of Vigie.

    python3 -I verify_evidence.py PACKAGE.zip [KEY]

KEY is the public key that the city publishes, or that stands on the custody sheet you signed:
without it you only know that the package agrees with itself. Standard library only: read it before
you trust it. Every byte of the file is accounted for: what was changed is named.

Formats: ZIP, stored only (APPNOTE 6.3); RFC 9162 (proofs), RFC 8032 (Ed25519), c2sp.org (notes).
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import IO, Any, NamedTuple

Point = tuple[int, int, int, int]
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
D = -121665 * pow(121666, -1, P) % P
SIGNATURE = 64
SEAL, MANIFEST = "seal.txt", "manifest.json"
FORM = "vigie-evidence/1"
PIECE = 1 << 20
LOCAL, ENTRY, END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"
DATE = 0x21  # 1 January 1980: the container tells no time, the seal does


class Altered(ValueError):
    """Something is not as it was sealed; ``name`` says which file of the package."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} : {why}")
        self.name, self.why = name, why


class Told(NamedTuple):
    """A file of the package as seal or manifest tell it."""

    name: str
    sha256: str
    size: int


def point(data: bytes) -> Point:
    """Decode a point of the curve: (x, y, 1, xy)."""
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and odd):
        raise ValueError("signature")
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def add(p: Point, q: Point) -> Point:
    """Add two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Point) -> Point:
    """Multiply a point."""
    total = (0, 1, 1, 0)
    while n:
        total, p, n = (add(total, p) if n & 1 else total), add(p, p), n >> 1
    return total


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature of a text is by a key."""
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left, right = times(s, BASE), add(point(signature[:32]), times(h, point(key)))
    same = all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))
    return len(signature) == SIGNATURE and s < L and same


def raw_key(text: str) -> tuple[str, bytes]:
    """Return name and 32 bytes of a published key (``name+id+key``); the id must be its own."""
    name, _, rest = text.strip().partition("+")
    known, _, body = rest.partition("+")
    raw = base64.b64decode(body, validate=True)
    if hashlib.sha256(f"{name}\n".encode() + raw).digest()[:4].hex() != known:
        raise ValueError("key")
    return name, raw[1:]


def note_text(note: str, key: str) -> str:
    """Return the text of a signed note, exactly as its key signed it; raise when it did not."""
    name, raw = raw_key(key)
    text, _, line = note.rpartition("\n\n")
    prefix = f"\u2014 {name} "
    blob = base64.b64decode(line.removeprefix(prefix).removesuffix("\n"), validate=True)
    whole = f"{text}\n\n{prefix}{base64.b64encode(blob).decode()}\n"
    known = hashlib.sha256(f"{name}\n".encode() + b"\x01" + raw).digest()[:4]
    if whole != note or blob[:4] != known or not signed(raw, f"{text}\n".encode(), blob[4:]):
        raise ValueError("signature")
    return f"{text}\n"


def header(name: str, crc: int, size: int) -> bytes:
    """Return what stands before a file in the container: one form only."""
    text = name.encode("ascii")
    fields = (b"PK\x03\x04", 20, 0, 0, 0, DATE, crc, size, size, len(text), 0)
    return struct.pack(LOCAL, *fields) + text


def directory(rows: list[tuple[str, int, int, int]]) -> bytes:
    """Return what ends the container: name, CRC-32, size and place of each file, in order."""
    parts = []
    for name, crc, size, at in rows:
        text = name.encode("ascii")
        fields = (b"PK\x01\x02", 20, 20, 0, 0, 0, DATE, crc, size, size, len(text))
        parts.append(struct.pack(ENTRY, *fields, 0, 0, 0, 0, 0, at) + text)
    start = rows[-1][3] + len(header(rows[-1][0], 0, 0)) + rows[-1][2]
    body = b"".join(parts)
    end = (b"PK\x05\x06", 0, 0, len(rows), len(rows), len(body), start, 0)
    return body + struct.pack(END, *end)


class Walk:
    """Reads a container from its first byte to its last; nothing is skipped."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.rows: list[tuple[str, int, int, int]] = []

    def take(self, told: Told, *, keep: bool) -> bytes:
        """Read the next file, which must be the one told; return it where asked."""
        at = self.file.tell()
        head = self.file.read(len(header(told.name, 0, 0)))
        sha, crc, left, kept = hashlib.sha256(), 0, told.size, []
        while left:
            piece = self.file.read(min(PIECE, left))
            if not piece:
                raise Altered(told.name, "tronqué / truncated")
            sha.update(piece)
            crc, left = zlib.crc32(piece, crc), left - len(piece)
            if keep:
                kept.append(piece)
        if told.sha256 and sha.hexdigest() != told.sha256:
            raise Altered(told.name, "contenu changé / content changed")
        if head != header(told.name, crc, told.size):
            raise Altered(told.name, "en-tête changé / header changed")
        self.rows.append((told.name, crc, told.size, at))
        return b"".join(kept)

    def seal(self) -> str:
        """Read the first file, whose length only its own head tells."""
        head = self.file.read(struct.calcsize(LOCAL))
        self.file.seek(0)
        if len(head) < struct.calcsize(LOCAL):
            raise Altered(SEAL, "tronqué / truncated")
        size = struct.unpack(LOCAL, head)[8]
        if size > PIECE:
            raise Altered(SEAL, "en-tête changé / header changed")
        try:
            return self.take(Told(SEAL, "", size), keep=True).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Altered(SEAL, "contenu changé / content changed") from error

    def end(self) -> None:
        """Check that the rest is what must end this container."""
        rest = self.file.read()
        if rest != directory(self.rows):
            raise Altered(self._at(rest), "répertoire ZIP changé / ZIP directory changed")

    def _at(self, rest: bytes) -> str:
        right, start = directory(self.rows), 0
        for name, *_ in self.rows:
            stop = start + struct.calcsize(ENTRY) + len(name)
            if rest[start:stop] != right[start:stop]:
                return name
            start = stop
        return "(ZIP)"


def told_of(seal: str) -> tuple[str, list[Told]]:
    """Return the key and the files that a seal tells; its signature is checked."""
    try:
        key = seal.split("\n")[1].removeprefix("key ")
        text = note_text(seal, key)
        rows = [line.split(" ") for line in text.split("\n")[3:-1]]
        return key, [Told(name, sha, int(size)) for name, sha, size in rows]
    except (ValueError, LookupError, TypeError) as error:
        raise Altered(SEAL, f"sceau non signé / seal not signed ({error})") from error


def root_from(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """Return the root that a proof leads to from a leaf (RFC 9162, 2.1.3.2)."""
    node, last, found = index, size - 1, leaf
    for step in proof:
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("proof")
    return found


def check_audit(kept: dict[str, bytes], key: str) -> int:
    """Check that each line of the audit stands in the signed tree; return how many."""
    name = "audit/checkpoint"
    try:
        text = note_text(kept[name].decode(), key).split("\n")
        size, root = int(text[1]), base64.b64decode(text[2])
        name = "audit/lines.jsonl" if text[0] == raw_key(key)[0] else name
        rows = [json.loads(row) for row in kept["audit/lines.jsonl"].decode().split("\n")[:-1]]
        found = [root_from(row["index"], size, *leaf_and_proof(row)) for row in rows]
    except (ValueError, LookupError, TypeError) as error:
        raise Altered(name, str(error)) from error
    if name == "audit/checkpoint" or any(one != root for one in found):
        raise Altered(name, "ligne hors du journal / line not in the log")
    return len(rows)


def leaf_and_proof(row: dict[str, Any]) -> tuple[bytes, list[bytes]]:
    """Return the leaf of a line and its way to the root."""
    content = bytes.fromhex(row["salt"]) + row["text"].encode()
    proof = [base64.b64decode(one) for one in row["proof"]]
    return hashlib.sha256(b"\x00" + content).digest(), proof


def check_query(kept: dict[str, bytes]) -> str:
    """Check that two persons other than who asked approved this query; return its hash (REQ-2)."""
    name = "case/query.json"
    sha = hashlib.sha256(kept[name]).hexdigest()
    lines = [
        json.loads(json.loads(row)["text"])
        for row in kept["audit/lines.jsonl"].decode().split("\n")[:-1]
    ]
    about = [one for one in lines if one["subject"].get("query") == sha]
    yes = {one["who"] for one in about if one["subject"].get("act") == "approve"}
    asked = {one["who"] for one in about if one["subject"].get("act") in {"bind", "run"}}
    if len(yes - asked) < 2 or not asked:  # noqa: PLR2004 - two persons
        raise Altered(name, "sans deux approbations / without two approvals")
    return sha


def verify(path: Path, key: str = "") -> dict[str, Any]:
    """Check every byte of a package; return what it holds.

    Raises:
        Altered: ``name`` is the file that is not as it was sealed.
        OSError: When the package cannot be read.
    """
    with path.open("rb") as file:
        walk = Walk(file)
        found, outer = told_of(walk.seal())
        if key and key.strip() != found:
            raise Altered(SEAL, f"autre clé / another key: {found}")
        kept = {one.name: walk.take(one, keep=True) for one in outer}
        manifest = json.loads(kept[MANIFEST])
        for row in manifest["files"]:
            told = Told(row["name"], row["sha256"], row["size"])
            keep = told.name.startswith(("audit/", "case/"))
            kept[told.name] = walk.take(told, keep=keep)
        walk.end()
    return {
        "sound": True,
        "package": manifest["package"],
        "files": len(manifest["files"]) + len(outer) + 1,
        "lines": check_audit(kept, found),
        "query": check_query(kept),
        "timestamp": any(one.name.endswith(".tsr") for one in outer),
        "key": found,
    }


def main(arguments: list[str]) -> str:
    """Verify what is named; return what to tell."""
    told = verify(Path(arguments[0]), arguments[1] if arguments[1:] else "")
    rows = "".join(f"{name}: {value}\n" for name, value in told.items() if name != "sound")
    return f"{rows}OK\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1:]))
    except (ValueError, LookupError, TypeError, OSError, struct.error) as error:
        sys.exit(f"ÉCHEC / FAILED: {error}")
