"""Vérifier un export du journal d'audit de Vigie ; verify an export of Vigie's audit.

    python3 -I verify_audit.py FOLDER [HEAD ...]

FOLDER is what ``vigie audit export`` wrote. HEAD is a file with heads that you kept, or that a
witness published: without one you only know that the export agrees with itself. Standard library
only: read it before you trust it.

Formats: RFC 9162 (tree), RFC 8032 (Ed25519), c2sp.org (checkpoint, tiles).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

Point = tuple[int, int, int, int]
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
D = -121665 * pow(121666, -1, P) % P
HASH, TILE, SIGNATURE = 32, 256, 64


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


def heads_of(path: Path, name: str, key: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (size, root) of each head in a file; stop at one that the key did not sign."""
    parts = path.read_text("utf-8").rstrip("\n").split("\n\n") if path.stat().st_size else []
    for text, lines in zip(parts[::2], [*parts[1::2], ""][: len(parts[::2])], strict=True):
        mine = [one.split(" ")[2] for one in lines.split("\n") if f" {name} " in one]
        if not any(signed(key, f"{text}\n".encode(), base64.b64decode(one)[4:]) for one in mine):
            raise ValueError(f"{path}: tête non signée par la clé / head not signed by the key")
        origin, size, root = text.split("\n")[:3]
        if origin != name:
            raise ValueError(f"{path}: autre journal / another log: {origin}")
        yield int(size), base64.b64decode(root)


def leaves_of(folder: Path, size: int) -> Iterator[bytes]:
    """Yield the leaf hashes of an export, from its tiles of 256."""
    for n in range((size + TILE - 1) // TILE):
        width = min(TILE, size - TILE * n)
        groups = [f"{n // 1000**i % 1000:03d}" for i in range(4) if i == 0 or n >= 1000**i][::-1]
        name = "/".join([*(f"x{one}" for one in groups[:-1]), groups[-1]])
        name += f".p/{width}" if width < TILE else ""
        tile = (folder / "tile/0" / name).read_bytes()
        if len(tile) != HASH * width:
            raise ValueError(f"tile {n}: {len(tile)} bytes")
        yield from (tile[i : i + HASH] for i in range(0, len(tile), HASH))


def roots_of(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Return the root over the first leaves, for each size asked for (RFC 9162, 2.1)."""
    roots = {0: hashlib.sha256(b"").digest()}
    stack: list[bytes] = []
    for number, leaf in enumerate(leaves, 1):
        node, n = leaf, number
        while n & 1 == 0:
            node, n = hashlib.sha256(b"\x01" + stack.pop() + node).digest(), n >> 1
        stack.append(node)
        if number in sizes:
            for left in reversed(stack[:-1]):
                node = hashlib.sha256(b"\x01" + left + node).digest()
            roots[number] = node
    return roots


def verify(folder: Path, kept: list[Path]) -> str:
    """Check an export against its heads and the heads kept elsewhere; say what was checked."""
    name, _, rest = (folder / "key.pub").read_text("ascii").strip().partition("+")
    key = base64.b64decode(rest.partition("+")[2])[1:]
    size = next(heads_of(folder / "checkpoint", name, key))[0]
    files = [folder / "checkpoint", folder / "heads", *kept]
    points = [one for path in files for one in heads_of(path, name, key)]
    leaves = list(leaves_of(folder, size))
    roots = roots_of(leaves, {one for one, _ in points})
    for at, root in points:
        if roots.get(at) != root:
            raise ValueError(f"la tête de taille {at} diffère / the head of size {at} differs")
    lines = folder / "lines.jsonl"
    told = lines.read_text("utf-8").split("\n")[:-1] if lines.exists() else []
    rows = [json.loads(row) for row in told]
    if [row["index"] for row in rows] != list(range(size - len(rows), size)):
        raise ValueError("lines.jsonl: il manque des lignes / lines are missing")
    for row in rows:
        text = bytes.fromhex(row["salt"]) + row["text"].encode()
        if hashlib.sha256(b"\x00" + text).digest() != leaves[row["index"]]:
            raise ValueError(f"la ligne {row['index']} a été changée / the line was changed")
    counts = f"{size} empreintes / leaves, {len(rows)} lignes / lines, {len(points)} têtes / heads"
    return f"clé / key: {name}+{rest}\nOK : {counts}\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(verify(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]))
    except (ValueError, LookupError, TypeError, OSError) as error:
        sys.exit(f"ÉCHEC / FAILED: {error}")
