"""What an attacker may do to an audit's files: one change each, and the files put back after it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vigie.audit.line import Line
from vigie.audit.record import MAGIC, unpack
from vigie.audit.segments import LEAVES, LINES, RECORD, pack_leaf
from vigie.audit.store import Audit
from vigie.base.clock import Clock
from vigie.base.settings import AuditSettings
from vigie.privacy.purposes import Purpose, Verb

Attack = Callable[[Path, random.Random], None]


def make(folder: Path, clock: Clock, lines: int) -> None:
    """An audit of lines with a kept head over all of them."""
    audit = Audit.open(folder, settings=AuditSettings(), clock=clock)
    for n in range(lines):
        audit.append(line(n))
    audit.head()
    audit.close()


def line(n: int) -> Line:
    return Line(
        n, Verb.CONSULT, f"agent-{n % 7}", "operator", Purpose.LIVE_RESPONSE, "facts", {"n": n}
    )


@contextmanager
def put_back(folder: Path) -> Iterator[None]:
    """Let the files be changed, then put them back byte for byte."""
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        yield
    finally:
        for path, content in kept.items():
            path.write_bytes(content)


def _segment(folder: Path) -> Path:
    return min((folder / LINES).iterdir())


def _records(folder: Path) -> list[bytes]:
    content = _segment(folder).read_bytes()
    ends = [one.end for one in unpack(content[len(MAGIC) :], len(MAGIC))]
    return [content[a:b] for a, b in zip([len(MAGIC), *ends], ends, strict=False)]


def _write(folder: Path, records: list[bytes], *, leaves: bool) -> None:
    """Write lines, and if asked their leaves: as whoever knows the format would."""
    _segment(folder).write_bytes(MAGIC + b"".join(records))
    if leaves:
        end, out = len(MAGIC), []
        for record in records:
            end += len(record)
            out.append(pack_leaf(record[4:36], end))
        (folder / LEAVES).write_bytes(b"".join(out))


def flip_a_bit(folder: Path, chance: random.Random) -> None:
    """Anywhere in lines, leaves and heads, the longer file the likelier."""
    paths = [_segment(folder), folder / LEAVES, folder / "heads"]
    path = chance.choices(paths, [one.stat().st_size for one in paths])[0]
    content = bytearray(path.read_bytes())
    bit = chance.randrange(len(content) * 8)
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def _deleting(*, leaves: bool) -> Attack:
    def delete(folder: Path, chance: random.Random) -> None:
        records = _records(folder)
        del records[chance.randrange(len(records))]
        _write(folder, records, leaves=leaves)

    return delete


def _swapping(*, leaves: bool) -> Attack:
    def swap(folder: Path, chance: random.Random) -> None:
        records = _records(folder)
        a, b = chance.sample(range(len(records)), 2)
        records[a], records[b] = records[b], records[a]
        _write(folder, records, leaves=leaves)

    return swap


def swap_leaves(folder: Path, chance: random.Random) -> None:
    """Two leaves change places, the lines stay."""
    content = (folder / LEAVES).read_bytes()
    leaves = [content[i : i + RECORD] for i in range(0, len(content), RECORD)]
    a, b = chance.sample(range(len(leaves)), 2)
    leaves[a], leaves[b] = leaves[b], leaves[a]
    (folder / LEAVES).write_bytes(b"".join(leaves))


ATTACKS: dict[str, list[Attack]] = {
    "bit": [flip_a_bit],
    "deletion": [_deleting(leaves=False), _deleting(leaves=True)],
    "reorder": [_swapping(leaves=False), _swapping(leaves=True), swap_leaves],
}
