"""What the audit is told of a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from vigie.audit.line import Line
from vigie.privacy.purposes import Purpose, Verb


def commit_line(
    verb: Verb,
    at_us: int,
    *,
    source: str,
    batch_id: str,
    tables: Mapping[str, Sequence[pa.Table]],
    quarantined: int,
) -> Line:
    """Return the line of a commit that is about to be done: feed, batch and numbers, no content.

    Args:
        verb: Rows collected, or refused rows altered by a new try.
        at_us: Epoch µs.
        source: Feed.
        batch_id: Carried by every record of it.
        tables: Records by kind; the line names the largest kind as its dataset.
        quarantined: Rows refused.
    """
    rows = {kind: sum(one.num_rows for one in parts) for kind, parts in tables.items()}
    largest = max(rows, key=lambda kind: rows[kind], default="quarantine")
    return Line(
        at_us=at_us,
        verb=verb,
        who="vigie",
        role="system",
        purpose=Purpose.SOURCE_OPERATION,
        dataset="quarantine" if verb is Verb.ALTER else largest,
        subject={
            "source": source,
            "batch": batch_id,
            "rows": sum(rows.values()),
            "quarantined": quarantined,
        },
    )
