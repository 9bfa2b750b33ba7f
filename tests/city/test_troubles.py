"""The troubles planted in the live replay: a feed that falls silent, one whose format drifts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.city.built_city import BuiltCity

from vigie.base.clock import to_us
from vigie.city import live
from vigie.city.span import MINUTE_US
from vigie.city.troubles import DRIFTING, NEW_COLUMN, SILENT, SILENT_MINUTES, drifted, is_silent


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
    assert max(gaps) > 2 * autumn.connectors["gbfs"].period_s * 1_000_000


def test_one_feed_has_a_column_more_than_its_past_and_loses_nothing(autumn: BuiltCity) -> None:
    start, feed = autumn.manifest.now, autumn.manifest.feed(DRIFTING)
    assert autumn.read(feed).notices.get("unmapped_column", 0) == 0
    seen = 0
    for message in live(autumn.folder, FixedClock(start)):
        if message.at > start + timedelta(hours=12):
            break
        if message.source == DRIFTING:
            chunks = list(autumn.chunks(feed, message.name, message.content))
            said = [n.params.get("column") for chunk in chunks for n in chunk.notices]
            assert NEW_COLUMN in said
            assert sum(chunk.table.num_rows for chunk in chunks) == 1
            seen += 1
    assert seen > 0


def test_a_drifted_table_is_a_table() -> None:
    ((_, _, _, content),) = drifted(iter([(0, "s", "n", b"A;B\r\n1;2\r\n3;4\r\n")]))

    assert content.decode().splitlines() == ["A;B;CAMPAGNE", "1;2;2026-A", "3;4;2026-A"]
