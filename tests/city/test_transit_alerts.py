"""Disruptions come from incidents and the agenda of the truth, and end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.city.built_city import BuiltCity, Read

from vigie.base.clock import FixedClock, from_us
from vigie.city import geography, live
from vigie.city.feeds import transit_alerts
from vigie.city.feeds.transit_alerts import NEAR_M, SOURCE, Situation
from vigie.city.span import DAY_US


@pytest.fixture(scope="module")
def situations(autumn: BuiltCity) -> list[Situation]:
    return transit_alerts.make_situations(autumn.truth)


def states(city: BuiltCity, elements: list[str]) -> dict[str, dict[str, object]]:
    """Read situations one message each; keep the highest revision of each."""
    out = Read("facts")
    for number, element in enumerate(elements):
        content = transit_alerts.delivery([element], city.truth.now_us)
        for parsed in city.chunks(city.manifest.feed(SOURCE), f"{number}.xml", content):
            city.add(out, str(number), parsed)
    kept: dict[str, dict[str, object]] = {}
    for table in out.every_table:
        for row in sorted(table.to_pylist(), key=lambda row: row["revision"]):
            kept[row["source_ref"]] = row
    return kept


def test_situations_tell_incidents_near_a_stop_of_their_lines(
    autumn: BuiltCity, situations: list[Situation]
) -> None:
    incidents, stops = autumn.truth.incidents, geography.stops()
    facts = [one for one in situations if not one.planned]
    assert len(facts) > 20
    for one in facts:
        _, lon, lat = stops[one.stop]
        x, y = geography.to_metres(
            np.array([lon, incidents.lon[one.incident]]),
            np.array([lat, incidents.lat[one.incident]]),
        )
        assert np.hypot(np.diff(x), np.diff(y))[0] <= NEAR_M + 60
        assert all(
            one.stop in line.stops for line in geography.lines() if line.line_id in one.lines
        )


def test_what_is_planned_stands_in_the_agenda(
    autumn: BuiltCity, situations: list[Situation]
) -> None:
    refs = {f"P-{plan.ref}" for plan in autumn.truth.plans if plan.declared}
    planned = [one for one in situations if one.planned]
    assert len(planned) > 5
    assert {one.number for one in planned} <= refs
    assert all(one.told_us[0] <= one.told_us[1] for one in situations)


def test_a_situation_ends_closed_whatever_the_order(
    autumn: BuiltCity, situations: list[Situation]
) -> None:
    chosen = [one for one in situations if not one.planned and not one.wrong][:25]
    first, second = ([transit_alerts.element(one, stage) for one in chosen] for stage in (0, 1))
    assert {row["status"] for row in states(autumn, first).values()} == {"open"}
    over = states(autumn, [*second, *first])
    assert over == states(autumn, [*first, *second])
    assert {row["status"] for row in over.values()} == {"closed"}


def test_what_is_called_off_is_a_cancelled_plan(
    autumn: BuiltCity, situations: list[Situation]
) -> None:
    one = next(one for one in situations if one.planned)
    off = replace(one, told_us=(one.starts_us - 7 * DAY_US, one.starts_us - 2 * DAY_US))
    (row,) = states(autumn, [transit_alerts.element(off, 1)]).values()
    assert row["state"] == "cancelled"
    (row,) = states(autumn, [transit_alerts.element(off, 0)]).values()
    assert row["state"] == "declared"


def test_plans_are_titled_by_their_lines_and_facts_are_of_transit(city: BuiltCity) -> None:
    read = city.read(city.manifest.feed(SOURCE))
    kinds = set(read.table["kind"].to_pylist())
    assert kinds <= {f"road.transit.{name}" for name in ("incident", "delay", "detour")}
    assert len(kinds) > 1
    plans = read.table_of("plans")
    assert set(plans["kind"].to_pylist()) == {"event.transport.service_change"}
    assert all(" : " in title for title in plans["title"].to_pylist())


def test_who_called_is_refused(city: BuiltCity) -> None:
    feed = city.manifest.feed(SOURCE)
    text = "".join((city.folder / path).read_text("utf-8") for path in feed.paths)
    planted = [p for p in city.parquet("planted").to_pylist() if p["source"] == SOURCE]
    told = [p for p in planted if p["text"] in text]
    assert {p["field"] for p in told} == {"Source.Name", "Source.Phone"}
    assert city.read(feed).notices["dropped_personal"] == text.count("<Phone>") * 2


def test_disruptions_open_and_close_live(autumn: BuiltCity) -> None:
    since = autumn.manifest.now
    end = since + timedelta(days=2)
    found = []
    for message in live(autumn.folder, FixedClock(from_us(autumn.truth.span.end_us)), since=since):
        if message.at > end:
            break
        if message.source == SOURCE:
            found.append(message.content)
    refs = {one.number for one in transit_alerts.make_situations(autumn.truth)}
    numbers = [re.search(rb"<SituationNumber>(.*?)<", content) for content in found]
    assert {n[1].decode() for n in numbers if n} <= refs
    assert any(b"<Progress>published<" in content for content in found)
    assert any(b"<Progress>closed<" in content for content in found)
