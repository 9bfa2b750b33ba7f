"""What the audit is told of a commit."""

from __future__ import annotations

from collections.abc import Mapping

from vigie.audit.line import Line
from vigie.privacy.purposes import Purpose, Verb


def commit_line(
    verb: Verb,
    at_us: int,
    *,
    source: str,
    batch_id: str,
    rows: Mapping[str, int],
    quarantined: int,
) -> Line:
    """Return the line of a commit that is about to be done: feed, batch and numbers, no content.

    Args:
        verb: Rows collected, or refused rows altered by a new try.
        at_us: Epoch µs.
        source: Feed.
        batch_id: Carried by every record of it.
        rows: Number of records by kind; the line names the largest kind as its dataset.
        quarantined: Rows refused.
    """
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
