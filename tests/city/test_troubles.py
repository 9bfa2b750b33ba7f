"""The troubles planted in the live replay: a feed that falls silent, one whose format drifts."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

from tests.city.built_city import BuiltCity

from vigie.base.clock import to_us
from vigie.city import live
from vigie.city.span import MINUTE_US
from vigie.city.troubles import (
    DRIFT_AFTER_US,
    DRIFTING,
    NEW_FIELD,
    SILENT,
    SILENT_MINUTES,
    drifted,
    is_silent,
)


class FixedClock:
    def __init__(self, at):
        self._at = at

    def now(self):
        return self._at


def test_one_feed_is_silent_for_a_quarter_of_each_hour_and_stale_in_it(autumn: BuiltCity) -> None:
    start = autumn.manifest.now
    sent = []
    for message in live(autumn.folder, FixedClock(start)):
        if message.at > start + timedelta(hours=2):
            break
        if message.source == SILENT:
            sent.append(to_us(message.at))
    gaps = [after - before for before, after in pairwise(sent)]

    assert not any(is_silent(at) for at in sent)
    assert max(gaps) == (len(SILENT_MINUTES) + 1) * MINUTE_US
    assert min(gaps) == MINUTE_US
    assert max(gaps) > 2 * autumn.manifest.feed(SILENT).period_s * 1_000_000


def test_one_feed_is_drifting_after_a_while_and_loses_nothing(autumn: BuiltCity) -> None:
    start, feed = autumn.manifest.now, autumn.manifest.feed(DRIFTING)
    assert autumn.read(feed).notices.get("unmapped_column", 0) == 0
    seen = {False: 0, True: 0}
    for message in live(autumn.folder, FixedClock(start)):
        if message.at > start + timedelta(minutes=40):
            break
        if message.source == DRIFTING:
            late = to_us(message.at) >= to_us(start) + DRIFT_AFTER_US
            chunks = list(autumn.chunks(feed, message.name, message.content))
            said = [n.params.get("column") for chunk in chunks for n in chunk.notices]
            assert (NEW_FIELD in said) == late
            measures = sum(c.table.num_rows for c in chunks if c.kind == "measures")
            assert measures == 2 * len(json.loads(message.content))
            seen[late] += 1
    assert min(seen.values()) >= 19


def test_an_entity_that_drifts_has_one_attribute_more() -> None:
    whole = b'[{"id":"a"},{"id":"b"}]'
    before, after = drifted(iter([(9, "s", "n", whole), (10, "s", "n", whole)]), 10)

    assert before == (9, "s", "n", whole)
    assert [sorted(one) for one in json.loads(after[3])] == [[NEW_FIELD, "id"]] * 2
