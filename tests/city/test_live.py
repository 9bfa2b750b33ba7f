from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from pathlib import Path

import pytest
from tests.city.built_city import BuiltCity, Read

from vigie.base.clock import FixedClock, from_us
from vigie.base.errors import NotFound
from vigie.city import LiveMessage, live
from vigie.city.feeds import rescue, transit_alerts
from vigie.city.span import HOUR_US
from vigie.city.troubles import DRIFTING
from vigie.city.truth import LIVE_DAYS

SOME_TIME = timedelta(minutes=75)


def until(messages: Iterator[LiveMessage], end: datetime) -> list[LiveMessage]:
    return list(takewhile(lambda m: m.at <= end, messages))


@pytest.fixture(scope="module")
def first_hours(autumn: BuiltCity) -> list[LiveMessage]:
    now = autumn.manifest.now
    return until(live(autumn.folder, FixedClock(now)), now + SOME_TIME)


def test_messages_come_in_order_after_now(
    autumn: BuiltCity, first_hours: list[LiveMessage]
) -> None:
    ats = [m.at for m in first_hours]
    assert ats == sorted(ats)
    assert ats[0] > autumn.manifest.now
    names = [(m.source, m.name) for m in first_hours]
    assert len(set(names)) == len(names)


def test_the_replay_is_the_same_each_time(
    autumn: BuiltCity, first_hours: list[LiveMessage]
) -> None:
    again = live(autumn.folder, FixedClock(autumn.manifest.now))
    assert list(islice(again, len(first_hours))) == first_hours


def test_every_lively_source_speaks(first_hours: list[LiveMessage]) -> None:
    sources = {m.source for m in first_hours}
    assert {"main_courante", "rescue", "reports", "gtfs_realtime", "sensors_noise_live"} <= sources
    assert {"presence", "sensors_noise", "sensors_traffic", "weather"} <= sources
    assert {"crowd_cameras", "boardings"} <= sources
    assert {"rescue_means", "patrols", "bikes"} <= sources
    vehicles = [m.at for m in first_hours if m.source == "gtfs_realtime"]
    gaps = {b - a for a, b in pairwise(vehicles)}
    assert gaps == {timedelta(seconds=20)}
    noise = [m.at for m in first_hours if m.source == "sensors_noise_live"]
    assert {b - a for a, b in pairwise(noise)} == {timedelta(minutes=1)}


def test_messages_enter_through_the_connectors(
    autumn: BuiltCity, first_hours: list[LiveMessage]
) -> None:
    out = {m.source: Read() for m in first_hours}
    seen = [m for m in first_hours if m.source != "gtfs_realtime" or m.at.minute % 15 == 0]
    for message in seen:
        feed = autumn.manifest.feed(message.source)
        for parsed in autumn.chunks(feed, message.name, message.content):
            autumn.add(out[message.source], message.name, parsed)
    foreseen = {"unknown_kind", "null_island", *rescue.DEFECTS, transit_alerts.DEFECT}
    for source, read in out.items():
        assert sum(read.kinds.values()) > 0, source
        assert {code for _, _, code in read.rejected} <= foreseen, source
        assert ("unmapped_column" in read.notices) == (source == DRIFTING), source


def test_new_entries_go_on_counting_where_the_files_stopped(
    autumn: BuiltCity, first_hours: list[LiveMessage]
) -> None:
    known = {t["source_ref"] for t in autumn.tellings("main_courante")}
    fresh = set()
    for message in first_hours:
        if message.source == "main_courante":
            fresh.add(message.content.decode().splitlines()[1].partition(";")[0])
    new = sorted(fresh - known)
    assert new
    assert new[0] == f"2026-{int(max(known)[5:]) + 1:07d}"


def test_what_the_replay_tells_is_in_the_truth(
    autumn: BuiltCity, first_hours: list[LiveMessage]
) -> None:
    told = {t["source_ref"]: t["past"] for t in autumn.parquet("tellings").to_pylist()}
    for message in first_hours:
        if message.source in {"traffic_accidents", "traffic_parking"}:
            (ref,) = _read(autumn, message).refs
            assert told[ref] is False
        if message.source == "reports":
            refs = _read(autumn, message).refs
            assert len(refs) <= 1
            assert refs.keys() <= told.keys()
        if message.source == "main_courante":
            assert message.content.decode().splitlines()[1].partition(";")[0] in told


def _read(city: BuiltCity, message: LiveMessage) -> Read:
    """Read one message with its real connector."""
    feed = city.manifest.feed(message.source)
    out = Read(kind=feed.kind)
    for parsed in city.chunks(feed, message.name, message.content):
        city.add(out, message.name, parsed)
    return out


def test_a_request_that_is_closed_is_said_again(autumn: BuiltCity) -> None:
    """Open in a file or in a message, then closed by the same number, with a higher revision."""
    late = autumn.manifest.now + timedelta(hours=23)
    said: dict[str, list[tuple[int, str]]] = {}
    for row in autumn.read(autumn.manifest.feed("reports")).table.to_pylist():
        said[row["source_ref"]] = [(row["revision"], row["status"])]
    for message in until(live(autumn.folder, FixedClock(late)), late):
        if message.source == "reports":
            for row in _read(autumn, message).table_of("facts").to_pylist():
                said.setdefault(row["source_ref"], []).append((row["revision"], row["status"]))
    twice = [states for states in said.values() if len(states) > 1]
    assert len(twice) > 20
    for states in twice:
        assert [status for _, status in states] == ["open", "closed"]
        assert states == sorted(states)


def test_accidents_and_fines_come_one_a_message_in_their_own_form(autumn: BuiltCity) -> None:
    late = autumn.manifest.now + timedelta(hours=23)
    messages = until(live(autumn.folder, FixedClock(late)), late)
    for source, suffix in (("traffic_accidents", ".zip"), ("traffic_parking", ".csv")):
        mine = [m for m in messages if m.source == source]
        assert mine
        assert all(m.name.endswith(suffix) for m in mine)
        refs = [ref for m in mine for ref in _read(autumn, m).refs]
        assert len(refs) == len(set(refs)) == len(mine)


def test_since_goes_on_from_there(autumn: BuiltCity, first_hours: list[LiveMessage]) -> None:
    middle = autumn.manifest.now + timedelta(minutes=30)
    clock = FixedClock(autumn.manifest.now)
    rest = until(live(autumn.folder, clock, since=middle), autumn.manifest.now + SOME_TIME)
    assert rest == [m for m in first_hours if m.at > middle]


def test_after_a_pause_old_positions_are_not_sent(autumn: BuiltCity) -> None:
    now = autumn.manifest.now
    back = now + SOME_TIME
    messages = until(live(autumn.folder, FixedClock(back)), back)
    old = [m for m in messages if m.at < back - timedelta(minutes=2)]
    assert old
    assert not {m.source for m in old} & {"gtfs_realtime", "sensors_noise_live", "bikes", "patrols"}
    assert {"gtfs_realtime", "sensors_noise_live"} <= {m.source for m in messages}


def test_emergency_arrivals_follow_each_morning(autumn: BuiltCity) -> None:
    late = autumn.manifest.now + timedelta(days=3)
    messages = until(live(autumn.folder, FixedClock(late)), late)
    mornings = [m for m in messages if m.source == "emergency"]
    ats = sorted({m.at for m in mornings})
    assert [at - ats[0] for at in ats] == [timedelta(days=n) for n in range(3)]
    feed = autumn.manifest.feed("emergency")
    told = [json.loads((autumn.folder / path).read_bytes()) for path in feed.paths]
    days = {(site["site"], day["day"]) for site in told for day in site["days"]}
    fresh = [json.loads(m.content) for m in mornings]
    pairs = [(one["site"], day["day"]) for one in fresh for day in one["days"]]
    assert len(set(pairs)) == len(pairs) == len(mornings) == 3 * len(feed.paths)
    assert not set(pairs) & days


def test_the_replay_ends(autumn: BuiltCity) -> None:
    end = autumn.truth.span.end_us
    late = autumn.manifest.now + timedelta(days=LIVE_DAYS, hours=-1)
    last = list(live(autumn.folder, FixedClock(from_us(end)), since=late))[-1]
    assert end - HOUR_US < last.at.timestamp() * 1e6 < end


def test_without_a_city_there_is_nothing_to_replay(tmp_path: Path, autumn: BuiltCity) -> None:
    with pytest.raises(NotFound):
        next(live(tmp_path, FixedClock(autumn.manifest.now)))
