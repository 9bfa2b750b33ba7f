"""What the hospitals tell is the truth's count of arrivals, merged until nobody can be told."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from tests.city.built_city import BuiltCity
from tests.city.live_reading import records

from vigie.base.clock import FixedClock
from vigie.base.ids import record_id
from vigie.city import levels, live
from vigie.city.feeds import emergency
from vigie.city.span import local
from vigie.intake.hospital.passages import LEAST
from vigie.model.units import METRICS

ZONE = ZoneInfo("Europe/Paris")
TOTAL = "health.arrivals"
BANDS = [f"{TOTAL}.{band}" for band in levels.AGE_BANDS]


def true_count(city: BuiltCity) -> dict[tuple[str, date, str], np.ndarray]:
    """The truth's 24 counts by place, day and metric."""
    sites, days_us, counts = levels.arrivals_by_hour(city.truth)
    out = {}
    for day, at_us in enumerate(days_us.tolist()):
        for column, site in enumerate(sites):
            key = (record_id("places", site), local(at_us).date())
            out[*key, TOTAL] = counts[day, column].sum(axis=0)
            for band, metric in enumerate(BANDS):
                out[*key, metric] = counts[day, column, band]
    return out


def slots(
    rows: Iterable[dict[str, Any]],
) -> dict[tuple[str, date, str], list[tuple[int, int, int]]]:
    """What may be shown: first local hour, hour after the last, count."""
    out: dict[tuple[str, date, str], list[tuple[int, int, int]]] = defaultdict(list)
    for row in rows:
        if row["quality"] != "good":
            continue
        begin, end = row["from_at"].astimezone(ZONE), row["to_at"].astimezone(ZONE)
        after = 24 if end.date() > begin.date() else end.hour
        assert row["group_size"] == row["value"]
        key = (row["place_id"], begin.date(), row["metric"])
        out[key].append((begin.hour, after, int(row["value"])))
    return out


def of_files(city: BuiltCity) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = city.read(city.manifest.feed("emergency")).table.to_pylist()
    return found


def within(found: list[tuple[int, int, int]], begin: int, end: int) -> int:
    return sum(count for first, after, count in found if first >= begin and after <= end)


def test_hours_sum_to_the_days_of_the_truth(city: BuiltCity) -> None:
    sites, days_us, counts = levels.arrivals_by_hour(city.truth)
    named, same_us, daily = levels.arrivals(city.truth)
    assert sites == named
    assert np.array_equal(days_us, same_us)
    assert np.array_equal(counts.sum(axis=3), daily)
    assert (counts >= 0).all()


def test_nobody_comes_in_the_hour_that_spring_leaves_out(spring: BuiltCity) -> None:
    _, days_us, counts = levels.arrivals_by_hour(spring.truth)
    days = [local(at_us).date() for at_us in days_us.tolist()]
    assert counts[days.index(date(2026, 3, 29)), :, :, 2].sum() == 0
    assert counts[days.index(date(2026, 3, 30)), :, :, 2].sum() > 0


def test_every_slot_told_is_the_sum_of_the_truth_and_large_enough(city: BuiltCity) -> None:
    true, told = true_count(city), slots(of_files(city))
    assert levels.SUPPRESS_UNDER == LEAST
    for key, found in told.items():
        for begin, end, count in found:
            assert count == true[key][begin:end].sum(), key
            assert count >= levels.SUPPRESS_UNDER
    assert {metric for _, _, metric in told} == {TOTAL, *BANDS} <= set(METRICS)


def test_what_is_not_told_cannot_be_had_by_subtraction(city: BuiltCity) -> None:
    true, told = true_count(city), slots(of_files(city))
    checked = 0
    for (place, day, metric), found in told.items():
        if metric not in BANDS:
            continue
        for begin, end, _ in found:
            known = sum(within(told[place, day, band], begin, end) for band in BANDS)
            rest = true[place, day, TOTAL][begin:end].sum() - known
            assert rest == 0 or rest >= levels.SUPPRESS_UNDER
            checked += 1
    assert checked > 100


def test_each_day_large_enough_is_told_whole(city: BuiltCity) -> None:
    """The day's total of the truth is what the slots of its total sum to."""
    told = slots(of_files(city))
    known_us = city.manifest.now.timestamp() * 1e6 - emergency.LATE_US
    days = 0
    for (place, day, metric), hours in true_count(city).items():
        ended = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1)
        if metric != TOTAL or ended.timestamp() * 1e6 > known_us:
            continue
        expected = hours.sum() if hours.sum() >= levels.SUPPRESS_UNDER else 0
        assert within(told.get((place, day, metric), []), 0, 24) == expected
        days += 1
    assert days >= 10 * len(levels.emergency_sites())


def test_patients_data_are_refused_at_this_door(autumn: BuiltCity) -> None:
    feed = autumn.manifest.feed("emergency")
    content = b"MSH|^~\\&|URG|HOPITAL|||20261102080000||ADT^A04|1|P|2.5\rPID|1||1||DURAND^LEA\r"
    (parsed,) = autumn.chunks(feed, "adt.hl7", content)
    assert [reject.code for reject in parsed.rejects] == ["no_legal_grant"]
    assert parsed.table.num_rows == 0


def test_the_replay_tells_each_morning_what_the_truth_counts(city: BuiltCity) -> None:
    now, feed = city.manifest.now, city.manifest.feed("emergency")
    later = now + timedelta(days=2)
    sent = list(takewhile(lambda m: m.at <= later, live(city.folder, FixedClock(later))))
    for message in (m for m in sent if m.source == "emergency"):
        body = json.loads(message.content)
        (day,) = body["days"]
        ended = date.fromisoformat(day["day"]) + timedelta(days=1)
        at = message.at.astimezone(ZONE)
        assert (at.date(), at.hour, at.minute) == (ended, 4, 0)
        assert datetime.fromisoformat(body["made_at"]) == message.at
    true, told = true_count(city), slots(records(city, feed, sent))
    assert len({day for _, day, _ in told}) == 2
    for key, found in told.items():
        assert all(count == true[key][begin:end].sum() for begin, end, count in found)


def test_hospitals_are_places_under_their_number(city: BuiltCity) -> None:
    features = json.loads((city.folder / "places/lieux.geojson").read_bytes())["features"]
    kinds = {f["properties"]["id"]: f["properties"]["type"] for f in features}
    for site in levels.emergency_sites().values():
        assert kinds[site] == "place.hospital.emergency"
