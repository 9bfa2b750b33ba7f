"""Taking the audit elsewhere: what anybody needs to verify it, and nothing of what its lines say.

Layout of C2SP ``tlog-tiles``: ``checkpoint`` and ``tile/LEVEL/N``, 256 hashes each; beside it the
log's public key, every kept head, the verifier itself. Lines are added only when asked for: they
name people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from vigie.audit.reading import stored_lines
from vigie.audit.store import Audit
from vigie.base.errors import Conflict
from vigie.privacy.checkpoint import parse
from vigie.privacy.merkle import root_of

TILE = 256
VERIFIER = "verify_audit.py"


def verifier() -> str:
    """Return the stand-alone program that verifies an export."""
    return resources.files("vigie.audit").joinpath(VERIFIER).read_text("utf-8")


def tile_path(level: int, number: int, width: int = TILE) -> str:
    """Return where a tile stands: its number by three digits, then its width if partial."""
    rest, groups = divmod(number, 1_000)
    name = f"{groups:03d}"
    while rest:
        rest, group = divmod(rest, 1_000)
        name = f"x{group:03d}/{name}"
    return f"tile/{level}/{name}" + (f".p/{width}" if width < TILE else "")


def export(audit: Audit, folder: Path, *, lines: bool = False) -> int:
    """Write an export; return how many leaves it holds.

    Args:
        audit: The audit.
        folder: Made; must be empty.
        lines: Add what the lines say and their salts, as far as they are not shredded.

    Raises:
        Conflict: When the folder holds anything.
        Unavailable: When the head cannot be signed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(what="folder", name=str(folder))
    note = audit.head()
    size = parse(note).size
    (folder / "checkpoint").write_text(note, "utf-8")
    (folder / "heads").write_text("".join(f"{one}\n" for one in audit.heads.notes()), "utf-8")
    (folder / "key.pub").write_text(f"{audit.public_key}\n", "ascii")
    (folder / VERIFIER).write_text(verifier(), "utf-8")
    for name, content in _tiles(audit, size):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if lines:
        with (folder / "lines.jsonl").open("w", encoding="utf-8") as file:
            for index, stored in stored_lines(audit, 0, size):
                row = {"index": index, "salt": stored.salt.hex(), "text": stored.text.decode()}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return size


def _tiles(audit: Audit, size: int) -> Iterator[tuple[str, bytes]]:
    level, above = 0, [leaf.leaf for leaf in audit.leaves.read(0, size)]
    while above:
        nodes, above = above, []
        for number, start in enumerate(range(0, len(nodes), TILE)):
            tile = nodes[start : start + TILE]
            yield tile_path(level, number, len(tile)), b"".join(tile)
            if len(tile) == TILE:
                above.append(root_of(tile))
        level += 1
