"""What came of an ingestion, a retry or a replay, in numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.lake.commit import Committed
from vigie.model.contracts import CONTRACTS

FILES_KEPT = 20
"""Messages of a batch that are remembered by name."""


@dataclass(slots=True)
class Tally:
    """What came of one file or message.

    Attributes:
        name: Its name.
        read: Rows read.
        accepted: Records that got in, new or as a newer revision.
        duplicates: Records that were known already.
        quarantined: Rows refused; a file refused as a whole counts as one.
        notices: Rows remarked on, by code.
        sha256: Hash of its content.
    """

    name: str
    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    sha256: str = ""

    def add(self, other: Tally) -> None:
        """Add what came of another part of the same file."""
        self.read += other.read
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        self.notices.update(other.notices)

    def as_json(self) -> dict[str, Any]:
        """Return the tally as the command line gives it."""
        return {
            "name": self.name,
            "read": self.read,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "notices": dict(sorted(self.notices.items())),
        }


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of an ingestion: the contract of ``vigie ingest`` (DESIGN section 7).

    Attributes:
        source: Feed the records came by.
        files: One tally per file, in order.
        ignored: Files of the folders named whose ending is not the connector's.
    """

    source: str
    files: tuple[Tally, ...]
    ignored: int = 0

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(file.read for file in self.files)

    @property
    def accepted(self) -> int:
        """Records that got in."""
        return sum(file.accepted for file in self.files)

    @property
    def duplicates(self) -> int:
        """Records that were known already."""
        return sum(file.duplicates for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows refused."""
        return sum(file.quarantined for file in self.files)

    @property
    def notices(self) -> dict[str, int]:
        """Rows remarked on, by code."""
        return dict(sorted(add_notices(file.notices for file in self.files).items()))

    def as_json(self) -> dict[str, Any]:
        """Return the answer of ``vigie ingest --json``."""
        return {
            "source": self.source,
            "read": self.read,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "notices": self.notices,
            "ignored": self.ignored,
            "files": [file.as_json() for file in self.files],
        }


@dataclass(frozen=True, slots=True)
class RetryReport:
    """What came of trying refused rows again.

    Attributes:
        tried: Rows tried.
        resolved: Rows that are in now.
        refused: Rows still refused.
        accepted: Records that got in.
        by_code: Reasons of those still refused.
    """

    tried: int
    resolved: int
    refused: int
    accepted: int
    by_code: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the answer of ``vigie quarantine retry --json``."""
        return {
            "tried": self.tried,
            "resolved": self.resolved,
            "refused": self.refused,
            "accepted": self.accepted,
            "by_code": self.by_code,
        }


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What came of replaying the journal; ``accepted`` is 0 when nothing had been lost."""

    messages: int
    read: int
    accepted: int
    duplicates: int
    quarantined: int


def add_notices(counters: Iterable[Counter[str]]) -> Counter[str]:
    """Return the sum of counters."""
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def share(tallies: Mapping[int, Tally], tables: Sequence[pa.Table], done: Committed) -> None:
    """Tell each message's tally what got in and what was known: receipt times tell them apart."""
    given: Counter[int] = Counter()
    for table in tables:
        given.update(_by_receipt(table))
    accepted = _by_receipt(done.kept) if done.entered is None else Counter(done.entered)
    for received_us, n in given.items():
        tally = tallies[received_us]
        tally.accepted += accepted.get(received_us, 0)
        tally.duplicates += n - accepted.get(received_us, 0)
    for received_us, n in Counter(done.waiting).items():
        if received_us in tallies:  # else of another feed in the same commit
            tallies[received_us].notices["waits_for_the_rest"] += n


def _by_receipt(table: pa.Table) -> dict[int, int]:
    values: npt.NDArray[np.int64] = np.asarray(table["received_at"].cast(pa.int64()))
    instants, counts = np.unique(values, return_counts=True)
    return dict(zip(instants.tolist(), counts.tolist(), strict=True))


def newest(kept: dict[str, pa.Table], now: int) -> int:
    """Return the latest past instant that a record is about; what is planned is no news."""
    latest = 0
    for kind in ("facts", "measures", "means"):
        if kind in kept and kept[kind].num_rows:
            instants = kept[kind][CONTRACTS[kind].time_column]
            past = pc.max(instants.filter(pc.less_equal(instants, now))).as_py()
            latest = max(latest, past or 0)
    return latest


def origins(tallies: Mapping[int, Tally]) -> str:
    """Return receipt, name and SHA-256 of the first messages: they outlive the journal."""
    first = list(tallies.items())[:FILES_KEPT]
    return json.dumps([(us, one.name, one.sha256) for us, one in first], ensure_ascii=False)
