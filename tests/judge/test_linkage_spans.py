"""Span by span gives the pairs that comparing all at once gives."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.judge.linkage import Reports, link
from vigie.judge.linkage_spans import AHEAD_US, DAY_US, link_over_time, read_reports, some_reports


def _reports(seed: int, many: int) -> Reports:
    chance = np.random.default_rng(seed)
    start = np.sort(chance.integers(0, 40 * DAY_US, many // 2))
    start = np.concatenate([start, start + chance.integers(0, DAY_US // 12, many // 2)])
    width = np.where(chance.random(len(start)) < 0.2, chance.integers(0, DAY_US, len(start)), 0)
    place = chance.random(many // 2) * 3_000
    return Reports(
        np.concatenate([place, place + chance.normal(0, 20, many // 2)]),
        np.zeros(len(start)),
        np.full(len(start), 20.0),
        *(start, start + width, start + width),
        ["road.accident"] * len(start),
        [("rescue", "main_courante")[n % 2] for n in range(len(start))],
    )


@given(st.integers(0, 10_000))
def test_spans_find_the_pairs_that_all_at_once_finds(seed: int) -> None:
    reports = _reports(seed, 80)
    at_once, spans = link(reports), link_over_time(reports, least=0.1)
    pairs = {
        (a, b): p
        for a, b, p in zip(at_once.left, at_once.right, at_once.probability, strict=True)
        if abs(reports.earliest_us[a] - reports.earliest_us[b]) <= AHEAD_US
    }

    assert list(zip(spans.left, spans.right, strict=True)) == sorted(pairs)
    assert spans.probability == pytest.approx([pairs[one] for one in sorted(pairs)])


def test_nothing_is_linked_with_nothing() -> None:
    none = some_reports(_reports(1, 4), np.empty(0, np.int64))

    assert len(link_over_time(none).left) == 0


def test_facts_are_read_with_what_is_not_known() -> None:
    facts = pa.table(
        {
            "earliest_us": pa.array([5, 7], pa.int64()),
            "latest_us": pa.array([6, 8], pa.int64()),
            "reported_at": pa.array([None, 9], pa.timestamp("us", "UTC")),
            "accuracy_m": pa.array([None, 30.0], pa.float32()),
            "kind": ["a", "b"],
            "source": ["s", "t"],
        }
    )
    found = read_reports(facts, np.zeros(2), np.ones(2))

    assert found.reported_us.tolist() == [0, 9]
    assert np.isnan(found.accuracy_m[0])
    assert found.sources == ["s", "t"]


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.judge.linkage_spans.MOST_PAIRS", 3)
    with pytest.raises(WrongUsage):
        link_over_time(_reports(2, 200))
