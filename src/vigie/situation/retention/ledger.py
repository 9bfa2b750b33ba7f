"""The ledger of erasures: what an older copy of the lake must forget again before it is served.

One JSON object a line in ``retention/ledger.jsonl``, flushed before anything is destroyed. It holds
no personal data: instants up to which a rule's records have ended, names of the holds that then
stood, and SHA-256 of the ids erased one by one. A window that a later one includes is dropped. A
lake says in its own folder how far it has followed the ledger, so that a copy tells its age.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.errors import StoreBroken

FILE = "ledger.jsonl"
MARK = "ERASED"
LAST = "last.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure.

    Attributes:
        number: Its place; later ones are greater, for ever.
        rule: The rule applied; empty when records were named.
        store: The store.
        before_us: Everything of the rule from before has ended, epoch µs; 0 when records were
            named.
        holds: Holds that stood.
        hashes: SHA-256 of the ids of the records named.
        fields: Columns dropped for want of use, of what was received before ``before_us``.
    """

    number: int
    rule: str
    store: str
    before_us: int
    holds: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def includes(self, other: Entry) -> bool:
        """Say whether this erasure forgets all that an earlier one forgot."""
        return (
            bool(self.rule)
            and self.rule == other.rule
            and self.before_us >= other.before_us
            and set(self.holds) <= set(other.holds)
        )


def hash_id(id_: str) -> str:
    """Return what the ledger keeps of an id."""
    return hashlib.sha256(id_.encode()).hexdigest()


class Ledger:
    """The file, and the marks of the stores that follow it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def entries(self) -> list[Entry]:
        """Return the erasures in order.

        Raises:
            StoreBroken: When the file is damaged: what it told would come back unseen.
        """
        try:
            lines = (self._folder / FILE).read_text(encoding="utf-8").splitlines()
            found = [json.loads(line) for line in lines]
            return [_entry(one) for one in found]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError) as error:
            raise StoreBroken(reason=f"retention/{FILE}: {type(error).__name__}") from error

    def last(self) -> int:
        """Return the number of the newest entry, 0 without any."""
        return max((entry.number for entry in self.entries()), default=0)

    def add(
        self,
        store: str,
        *,
        rule: str = "",
        before_us: int = 0,
        holds: Iterable[str] = (),
        ids: Iterable[str] = (),
        fields: Iterable[str] = (),
    ) -> Entry:
        """Write an erasure down; on disk when this returns."""
        entries = self.entries()
        number = max((entry.number for entry in entries), default=0) + 1
        hashes = tuple(sorted(hash_id(id_) for id_ in ids))
        held, names = tuple(sorted(holds)), tuple(sorted(fields))
        entry = Entry(number, rule, store, before_us, held, hashes, names)
        kept = [one for one in entries if not entry.includes(one)]
        text = "".join(json.dumps(asdict(one)) + "\n" for one in [*kept, entry])
        write_whole(self._folder / FILE, text)
        return entry


def _entry(values: dict[str, Any]) -> Entry:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Entry(**{**values, **lists})


def mark_of(folder: Path) -> int:
    """Return how far a store has followed the ledger; 0 when it does not say."""
    try:
        return int((folder / MARK).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def set_mark(folder: Path, number: int) -> None:
    """Note how far a store has followed the ledger."""
    write_whole(folder / MARK, f"{number}\n")


def note_run(
    folder: Path, at_us: int, erased: Mapping[str, int], fields: Mapping[str, Sequence[str]]
) -> None:
    """Note when a run ended, what it deleted, and which fields nobody uses."""
    text = json.dumps({"at": to_rfc3339(at_us), "erased": dict(erased), "fields": dict(fields)})
    write_whole(folder / LAST, f"{text}\n")


def read_run(folder: Path) -> dict[str, Any] | None:
    """Return what ``note_run`` noted last; None when there was no run."""
    try:
        found: dict[str, Any] = json.loads((folder / LAST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def write_whole(path: Path, text: str) -> None:
    """Replace a file by another content, whole or not at all, on disk when this returns."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
