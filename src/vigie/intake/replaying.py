"""The journal put through the pipeline again."""

from __future__ import annotations

from itertools import groupby

from vigie.intake.batch import Mode
from vigie.intake.journal import Journal
from vigie.intake.outcome import ReplayReport, Tally
from vigie.intake.pipeline import Pipeline

TOGETHER = 500
REPLAY = Mode(finish=False)


def replay(journal: Journal, pipeline: Pipeline, source: str | None) -> ReplayReport:
    """Process every kept message again; records that are known stay as they are.

    Args:
        journal: Where the messages are.
        pipeline: What they go through.
        source: Only this feed.

    Raises:
        Unavailable: When disk, lake or journal are not usable now; another replay begins anew.
    """
    total = Tally("")
    after = messages = 0
    while some := journal.processed(source, after, TOGETHER):
        after = some[-1].seq
        messages += len(some)
        ordered = sorted(some, key=lambda message: message.source)
        for feed, of_feed in groupby(ordered, key=lambda message: message.source):
            outcome = pipeline.process(feed, list(of_feed), mode=REPLAY, background=True)
            for tally in outcome.tallies:
                total.add(tally)
    return ReplayReport(messages, total.read, total.accepted, total.duplicates, total.quarantined)
