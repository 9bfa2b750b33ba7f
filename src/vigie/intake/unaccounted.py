"""Records that a commit put into the lake before it was cut short: known there, told to nobody.

The lake has them when their messages are processed again, so they would pass for repeated ones:
neither counted nor told on the live stream. They are recognised by their receipt, which is that of
a message not yet done, and by their batch, of which the journal knows nothing: that it does is
written in the transaction that tells of them. Looked for only where a commit may have been cut
short, since what repeats a whole register each day would be read each day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.batch import Batch
from vigie.intake.database import Database
from vigie.lake.commit import Committed
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS


class Unaccounted:
    """Finds what a commit that was cut short left in the lake.

    Args:
        lake: The lake.
        database: Knows which batches were accounted for.
    """

    def __init__(self, lake: Lake, database: Database) -> None:
        self._lake = lake
        self._database = database
        row = database.row("SELECT max(received_us) AS us FROM messages WHERE state = 'pending'")
        self._found_us = (row["us"] if row else None) or 0
        """What waits as this process begins: who had it before is not known."""
        self._cut: set[int] = set()

    @contextmanager
    def noting(self, batches: Sequence[Batch]) -> Iterator[None]:
        """Remember messages whose commit fails inside: the lake may have what they brought."""
        try:
            yield
        except BaseException:
            self._cut.update(*(batch.tallies for batch in batches))
            raise
        self._cut -= {message.received_us for batch in batches for message in batch.ended}

    def complete(
        self, kind: str, batch: Batch, given: Sequence[pa.Table], done: Committed
    ) -> Committed:
        """Return a commit with what an earlier one had put for the same messages.

        Args:
            kind: The table.
            batch: Of messages that are not done.
            given: Its records.
            done: What their commit did.

        Raises:
            Conflict: When files are gone meanwhile; asked again, it is answered.
        """
        if not self._concerns(batch):
            return done
        id_column = CONTRACTS[kind].id_column
        ids = {id_ for table in given for id_ in table[id_column].to_pylist()}
        ids -= set(done.kept[id_column].to_pylist())
        if not ids:
            return done
        there = self._lake.scan(kind, ids=sorted(ids))
        receipts = pa.array(sorted(batch.tallies), pa.int64())
        there = there.filter(pc.is_in(there["received_at"].cast(pa.int64()), value_set=receipts))
        told = pa.array(self._accounted(pc.unique(there["batch_id"]).to_pylist()), pa.string())
        late = there.filter(pc.invert(pc.is_in(there["batch_id"], value_set=told)))
        if not late.num_rows:
            return done
        late = late.select(done.kept.column_names).cast(done.kept.schema)
        entered = done.entered
        if entered is not None:
            entered += tuple(late["received_at"].cast(pa.int64()).to_pylist())
        return replace(
            done,
            added=done.added + late.num_rows,
            duplicates=done.duplicates - late.num_rows,
            kept=pa.concat_tables([done.kept, late]),
            entered=entered,
        )

    def _concerns(self, batch: Batch) -> bool:
        return batch.begun_before or any(
            receipt <= self._found_us or receipt in self._cut for receipt in batch.tallies
        )

    def _accounted(self, batches: Sequence[str]) -> list[str]:
        rows = self._database.rows(
            "SELECT batch_id FROM batches WHERE batch_id IN (SELECT value FROM json_each(?))",
            json.dumps(batches),
        )
        return [row["batch_id"] for row in rows]
