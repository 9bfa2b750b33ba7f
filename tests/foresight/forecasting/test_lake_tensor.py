"""From the lake to counts: the right slot when clocks change, uncertain times, what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.forecasting.town import facts_table
from tests.foresight.plan_rows import ZONE

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.base.settings import LakeSettings
from vigie.foresight.forecasting.lake_tensor import (
    Question,
    drawn_instants,
    kinds_of,
    read_counts,
    settled_on,
    share_of,
    slots_of,
)
from vigie.lake.store import Lake
from vigie.model.times import day_bounds

HOUR_US = 3_600_000_000
FIRST, LAST = date(2026, 10, 19), date(2026, 11, 2)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def asked(**other: object) -> Question:
    values: dict[str, object] = {
        "grid": "h3:8",
        "slot_hours": 6,
        "kinds": ("offence.property", "road.accident"),
        "first": FIRST,
        "last": LAST,
        "ahead_days": 3,
        "timezone": ZONE,
        "centre": (5.37, 43.2965),
    }
    return Question(**(values | other))  # type: ignore[arg-type]


def facts(rows: list[tuple[str, int, int, str]]) -> pa.Table:
    n = len(rows)
    return facts_table(
        {
            "kind": [kind for kind, *_ in rows],
            "earliest_us": [early for _, early, _, _ in rows],
            "latest_us": [late for _, _, late, _ in rows],
            "lon": [5.37] * n,
            "lat": [43.30] * n,
            "discovered_by": [by for *_, by in rows],
        }
    )


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", LakeSettings(), create=True, timezone=ZONE) as found:
        yield found


@given(
    day=st.sampled_from([SPRING, AUTUMN, date(2026, 6, 1)]),
    second=st.integers(0, 25 * 3_600 - 1),
    hours=st.sampled_from([6, 24]),
)
def test_an_instant_counts_in_the_slot_of_its_local_clock(
    day: date, second: int, hours: int
) -> None:
    start, end = day_bounds(day, ZONE)
    instant = min(start + second * 1_000_000, end - 1)
    first = day - timedelta(days=2)
    slot = int(slots_of(np.array([instant]), first, asked(slot_hours=hours))[0])
    local = datetime.fromtimestamp(instant / 1e6, UTC).astimezone(ZoneInfo(ZONE))
    assert slot == 2 * (24 // hours) + local.hour // hours
    assert local.date() == day


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 72)), min_size=1, max_size=30))
def test_a_drawn_instant_lies_within_its_interval_and_is_the_same_each_time(
    spans: list[tuple[int, int]],
) -> None:
    start = day_bounds(FIRST, ZONE)[0]
    early = np.array([start + a * HOUR_US for a, _ in spans])
    late = early + np.array([b * HOUR_US for _, b in spans])
    ids = pa.chunked_array([[f"id-{n}" for n in range(len(spans))]])
    at, crossing = drawn_instants(ids, early, late, asked())
    again, _ = drawn_instants(ids, early, late, asked())

    assert (at == again).all()
    assert ((at >= early) & (at <= late)).all()
    assert (at[~crossing] == early[~crossing]).all()


def test_ids_spread_evenly_over_an_interval() -> None:
    shares = np.array([share_of(f"fact-{n}") for n in range(4_000)])
    counts = np.bincount((shares * 10).astype(int), minlength=10)
    assert counts.min() > 320
    assert counts.max() < 480


def test_counts_are_whole_and_hold_only_evidence_of_the_kinds_asked_for(lake: Lake) -> None:
    noon = to_us(datetime(2026, 10, 26, 11, tzinfo=UTC))
    every = [to_us(datetime(2026, 10, 19, 11, tzinfo=UTC)) + n * 24 * HOUR_US for n in range(14)]
    rows = [("offence.property.theft", at, at, "public") for at in every]
    rows += [
        ("offence.property.theft", noon, noon, "patrol"),
        ("offence.property.theft", noon, noon, "camera"),
        ("offence.drugs.use", noon, noon, "public"),
        ("road.accident.injury", noon, noon, "sensor"),
        ("rescue.fire", noon, noon, "partner"),
        ("offence.property.theft", noon, noon + 100 * HOUR_US, "public"),
    ]
    lake.commit("facts", facts(rows))
    counted = read_counts(lake, [], asked(), {})
    tensor = counted.tensor

    assert tensor.counts.shape == (1, 14 * 4, 2)
    assert tensor.span == 17 * 4
    assert (tensor.counts == np.rint(tensor.counts)).all()
    assert counted.by_kind == {"offence.property": 14, "road.accident": 1}
    assert counted.uncertain == 1
    assert (counted.weighed.discovered, counted.weighed.excluded) == (2, 1)
    monday = 7 * 4 + 2  # 26 October, noon, one hour after the clocks went back
    assert tensor.counts[0, monday].tolist() == [1.0, 1.0]


def test_history_begins_when_the_feeds_are_there(lake: Lake) -> None:
    rows = []
    for day in range(14):
        n = 1 if day < 4 else 10
        start = day_bounds(FIRST + timedelta(days=day), ZONE)[0]
        rows += [
            ("road.accident", start + k * HOUR_US, start + k * HOUR_US, "public") for k in range(n)
        ]
    lake.commit("facts", facts(rows))
    assert read_counts(lake, [], asked(), {}).tensor.first == FIRST + timedelta(days=4)
    assert settled_on(np.zeros(0, np.int64), asked()) == FIRST


def test_an_empty_lake_and_a_strange_slot_are_refused(lake: Lake) -> None:
    with pytest.raises(WrongUsage):
        read_counts(lake, [], asked(), {})
    with pytest.raises(WrongUsage):
        read_counts(lake, [], asked(slot_hours=5), {})


def test_a_kind_counts_with_its_branch_and_not_with_a_name_that_begins_alike() -> None:
    codes = pa.chunked_array([["road.accident.fatal", "road", "road.accident", None, "rescue"]])
    assert kinds_of(codes, ("road.accident", "rescue")).tolist() == [0, -1, 0, -1, 1]
