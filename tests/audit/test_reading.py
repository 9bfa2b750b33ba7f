"""Reading the audit: filters, pages, and that the reader is written down first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import now_us
from vigie.base.errors import Unavailable
from vigie.privacy.purposes import Purpose, Verb

DPO = Reader("odile", "dpo", "contrôle trimestriel des consultations")
DAY_US = 86_400_000_000


def numbers(audit, **query) -> list[int]:
    return [
        line.subject["n"]
        for _, line in read(audit, Query(**query), DPO).lines
        if "n" in line.subject
    ]


@pytest.fixture
def filled(audit, told, clock):
    """Two lines a day for five days; whoever has an odd number is Bruno."""
    for n in range(10):
        audit.append(told(n, who=("amelie", "bruno")[n % 2]))
        if n % 2:
            clock.advance(timedelta(days=1))
    return audit


def test_lines_come_newest_first_and_filters_hold(filled, clock, told):
    filled.append(told(10, verb=Verb.DISCLOSE, dataset="means", outcome="refused"))
    start = now_us(clock) - 5 * DAY_US
    assert numbers(filled) == list(range(10, -1, -1))
    assert numbers(filled, who="bruno") == [9, 7, 5, 3, 1]
    assert numbers(filled, verb=Verb.DISCLOSE) == [10]
    assert numbers(filled, dataset="means") == [10]
    assert numbers(filled, outcome="refused") == [10]
    assert numbers(filled, from_us=start + DAY_US, to_us=start + 3 * DAY_US) == [5, 4, 3, 2]
    assert numbers(filled, to_us=start) == []


def test_pages_follow_each_other_without_gap(filled):
    pages, before = [], None
    while True:
        page = read(filled, Query(limit=3, before=before, who="amelie"), DPO)
        pages.append([line.subject["n"] for _, line in page.lines])
        before = page.before
        if before is None:
            break
    assert pages == [[8, 6, 4], [2, 0]]


def test_whoever_reads_is_written_down_before(filled):
    """Requirement: LED-3."""
    read(filled, Query(who="bruno", limit=5), DPO)
    (index, line), *_ = read(filled, Query(limit=1), DPO).lines
    assert index == 10
    assert (line.who, line.role, line.verb) == ("odile", "dpo", Verb.CONSULT)
    assert (line.dataset, line.purpose) == ("audit", Purpose.OVERSIGHT)
    assert line.subject == {"who": "bruno", "limit": 5}
    assert line.reason == DPO.reason


def test_nothing_is_read_where_the_reader_cannot_be_written_down(filled, monkeypatch):
    """Requirement: LED-3, P-LOG-5."""

    def fail(_handle: int) -> None:
        raise OSError(5, "input/output")

    with monkeypatch.context() as patched:
        patched.setattr("os.fdatasync", fail)
        with pytest.raises(Unavailable):
            read(filled, Query(), DPO)


def test_shredded_days_are_passed_over(filled, clock):
    clock.advance(timedelta(days=364))
    filled.shred(now_us(clock) - 365 * DAY_US)
    assert numbers(filled) == [9, 8]
