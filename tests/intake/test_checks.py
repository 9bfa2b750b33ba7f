"""Every named check fires on what it names, and stays silent on what it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.checks import Verdicts, check
from vigie.intake.prepare import with_defaults
from vigie.model.contracts import CONTRACTS, RecordKind

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BBOX = (5.10, 43.10, 5.62, 43.46)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)

GOOD: dict[RecordKind, dict[str, Any]] = {
    "facts": {
        "source_ref": "1", "kind": "offence.property.theft", "earliest_at": NOW - DAY,
        "latest_at": NOW, "lon": 5.37, "lat": 43.3, "severity": 3, "status": "open",
        "basis": "reported", "discovered_by": "public", "revision": 0,
    },
    "measures": {
        "source_ref": "1", "metric": "noise.laeq", "from_at": NOW - DAY, "to_at": NOW, "lon": 5.37,
        "lat": 43.3, "value": 61.5, "unit": "dB", "quality": "good", "revision": 0,
    },
    "plans": {
        "source_ref": "1", "kind": "event.sport.match", "title": "OM", "starts_at": NOW + DAY,
        "ends_at": NOW + 2 * DAY, "lon": 5.37, "lat": 43.3, "state": "declared", "declared": True,
        "revision": 0,
    },
    "places": {
        "source_ref": "1", "kind": "place.venue", "label": "Stade", "lon": 5.37, "lat": 43.3,
        "revision": 0,
    },
    "means": {
        "source_ref": "1", "unit_ref": "car-12", "kind": "means.patrol.vehicle", "at": NOW,
        "lon": 5.37, "lat": 43.3, "status": "available", "revision": 0,
    },
}  # fmt: skip


def judged(kind: RecordKind, *rows: dict[str, Any], naive: tuple[str, ...] = ()) -> Verdicts:
    contract = CONTRACTS[kind]
    names = contract.names("given")
    table = pa.table(
        {n: pa.array([row.get(n) for row in rows], contract.column(n).type) for n in names}
    )
    table = contract.conform(with_defaults(contract, table), only=names)
    numbers = np.arange(1, len(rows) + 1)
    return check(kind, table, numbers, received_at=NOW, bbox=BBOX, naive=naive)


def refusals(kind: RecordKind, change: dict[str, Any]) -> list[str]:
    return [r.code for r in judged(kind, {**GOOD[kind], **change}).refused]


@pytest.mark.parametrize("kind", list(GOOD))
def test_a_good_record_is_neither_refused_nor_remarked_on(kind: RecordKind) -> None:
    verdicts = judged(kind, GOOD[kind], GOOD[kind])
    assert verdicts.good.all()
    assert not verdicts.refused
    assert not verdicts.notices


REFUSED: list[tuple[str, RecordKind, dict[str, Any]]] = [
    ("null_island", "facts", {"lon": 0.0, "lat": 0.0}),
    ("swapped_coordinates", "facts", {"lon": 43.3, "lat": 5.37}),
    ("swapped_coordinates", "means", {"lon": 43.3, "lat": 5.37}),
    ("bad_coordinates", "facts", {"lon": 200.0}),
    ("bad_coordinates", "facts", {"lat": -91.0}),
    ("bad_coordinates", "facts", {"lon": None}),
    ("bad_coordinates", "facts", {"lat": float("nan")}),
    ("bad_coordinates", "facts", {"lat": float("inf")}),
    ("time_in_future", "facts", {"earliest_at": NOW + 73 * YEAR, "latest_at": None}),
    ("time_in_future", "facts", {"latest_at": datetime(2099, 1, 1, tzinfo=UTC)}),
    ("time_in_future", "facts", {"earliest_at": NOW + DAY * 1.01, "latest_at": NOW + DAY * 1.02}),
    ("time_in_future", "plans", {"starts_at": NOW + 4 * YEAR, "ends_at": NOW + 4 * YEAR}),
    ("time_in_future", "plans", {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)}),
    ("time_in_future", "measures", {"to_at": NOW + 5 * YEAR}),
    ("time_in_future", "means", {"at": NOW + 2 * DAY}),
    ("time_too_old", "facts", {"earliest_at": datetime(1969, 12, 31, tzinfo=UTC)}),
    ("time_reversed", "facts", {"latest_at": NOW - 2 * DAY}),
    ("time_reversed", "measures", {"to_at": NOW - 2 * DAY}),
    ("time_reversed", "plans", {"ends_at": NOW}),
    ("unknown_kind", "facts", {"kind": "offence.flying"}),
    ("unknown_kind", "plans", {"kind": "unknown"}),
    ("unknown_metric", "measures", {"metric": "noise.colour"}),
    ("unknown_code", "measures", {"unit": "furlong"}),
    ("unknown_code", "measures", {"unit": "km/h"}),
    ("bad_number", "measures", {"value": float("nan")}),
    ("unknown_code", "facts", {"basis": "imagined"}),
    ("unknown_code", "plans", {"state": "perhaps"}),
    ("missing_required", "facts", {"kind": None}),
    ("missing_required", "facts", {"kind": ""}),
    ("missing_required", "facts", {"source_ref": None}),
    ("missing_required", "facts", {"earliest_at": None}),
    ("missing_required", "measures", {"value": None}),
    ("missing_required", "places", {"label": None}),
    ("missing_required", "means", {"unit_ref": None}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "change"), REFUSED)
def test_a_bad_record_is_refused_by_name(
    code: str, kind: RecordKind, change: dict[str, Any]
) -> None:
    assert refusals(kind, change) == [code]


REMARKED: list[tuple[str, RecordKind, dict[str, Any], str]] = [
    ("outside_city", "facts", {"lon": -87.6, "lat": 41.8}, ""),
    ("unknown_code", "facts", {"status": "perhaps"}, "status"),
    ("unknown_code", "facts", {"discovered_by": "dowser"}, "discovered_by"),
    ("unknown_code", "measures", {"quality": "so-so"}, "quality"),
    ("unknown_code", "means", {"status": "asleep"}, "status"),
    ("out_of_range", "facts", {"severity": 0}, "severity"),
    ("out_of_range", "facts", {"severity": 6}, "severity"),
]


@pytest.mark.parametrize(("code", "kind", "change", "blank"), REMARKED)
def test_a_doubtful_value_is_remarked_on_and_the_record_stays(
    code: str, kind: RecordKind, change: dict[str, Any], blank: str
) -> None:
    verdicts = judged(kind, {**GOOD[kind], **change})
    assert [n.code for n in verdicts.notices] == [code]
    assert verdicts.good.all()
    if blank:
        assert verdicts.table[blank].to_pylist() == [None]


ACCEPTED: list[tuple[RecordKind, dict[str, Any]]] = [
    ("facts", {"lon": None, "lat": None}),
    ("facts", {"earliest_at": NOW + DAY * 0.99, "latest_at": NOW + DAY}),
    ("facts", {"earliest_at": datetime(1970, 1, 1, tzinfo=UTC)}),
    ("facts", {"latest_at": NOW - DAY}),
    ("facts", {"severity": None, "status": None}),
    ("plans", {"starts_at": NOW + 2 * YEAR, "ends_at": NOW + 6 * YEAR}),
    ("places", {"valid_from_at": datetime(1864, 1, 1, tzinfo=UTC)}),
    ("measures", {"from_at": NOW + YEAR, "to_at": NOW + YEAR + DAY}),
]


@pytest.mark.parametrize(("kind", "change"), ACCEPTED)
def test_the_borders_of_the_checks(kind: RecordKind, change: dict[str, Any]) -> None:
    assert refusals(kind, change) == []


def test_a_naive_time_is_refused_not_guessed() -> None:
    row = GOOD["facts"]
    verdicts = judged("facts", row, {**row, "earliest_at": None}, naive=("earliest_at",))
    assert [(r.index, r.code) for r in verdicts.refused] == [
        (0, "naive_time"),
        (1, "missing_required"),
    ]


def test_an_implausible_value_stays_and_is_suspect() -> None:
    verdicts = judged("measures", {**GOOD["measures"], "value": 400.0}, GOOD["measures"])
    assert [n.code for n in verdicts.notices] == ["out_of_range"]
    assert verdicts.table["quality"].to_pylist() == ["suspect", "good"]


def test_a_measure_is_stored_in_its_metrics_unit() -> None:
    row = {**GOOD["measures"], "metric": "weather.temperature", "unit": "K", "value": 293.15}
    verdicts = judged("measures", row)
    assert verdicts.table["value"].to_pylist() == [pytest.approx(20.0)]
    assert verdicts.table["unit"].to_pylist() == ["degC"]
    speed = {**GOOD["measures"], "metric": "transport.speed", "unit": "m/s", "value": 10.0}
    converted = judged("measures", speed)
    assert converted.table["value"].to_pylist() == [pytest.approx(36.0)]
    assert converted.table["unit"].to_pylist() == ["km/h"]


def test_what_the_contract_lets_a_source_leave_out() -> None:
    row = {"source_ref": "1", "kind": "offence.property.theft", "earliest_at": NOW}
    table = judged("facts", row).table
    assert table["latest_at"].to_pylist() == [NOW]
    assert table["basis"].to_pylist() == ["reported"]
    assert table["revision"].to_pylist() == [0]


@pytest.mark.parametrize("us", [-(2**62), 2**62])
@pytest.mark.parametrize("column", ["earliest_at", "latest_at", "reported_at"])
def test_an_instant_outside_the_calendar(us: int, column: str) -> None:
    contract = CONTRACTS["facts"]
    row = {**GOOD["facts"], column: None}
    names = contract.names("given")
    columns = {n: pa.array([row.get(n)], contract.column(n).type) for n in names}
    columns[column] = pa.array([us]).cast(contract.column(column).type)
    verdicts = check("facts", pa.table(columns), np.array([1]), received_at=NOW, bbox=BBOX)
    assert [r.code for r in verdicts.refused] in (
        [["time_in_future"]] if us > 0 else [["time_too_old"]]
    )


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "lon": st.none() | st.floats(),
    "lat": st.none() | st.floats(),
    "kind": st.none() | st.sampled_from(["offence.property.theft", "x", ""]),
    "severity": st.none() | st.integers(-128, 127),
    "status": st.none() | st.sampled_from(["open", "closed", "x"]),
    "earliest_at": st.none() | st.datetimes(timezones=st.just(UTC)),
    "latest_at": st.none() | st.datetimes(timezones=st.just(UTC)),
}


@given(st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=8))
def test_every_row_is_kept_or_refused_once_and_judged_alone(changes: list[dict[str, Any]]) -> None:
    rows = [{**GOOD["facts"], **change} for change in changes]
    together = judged("facts", *rows)
    assert sorted(r.index for r in together.refused) == np.flatnonzero(~together.good).tolist()
    alone = [[r.code for r in judged("facts", row).refused] for row in rows]
    reasons: list[list[str]] = [[] for _ in rows]
    for refused in together.refused:
        reasons[refused.index].append(refused.code)
    assert reasons == alone
