"""What one hospital's wards send: read by its edge, it gives the figures that the city tells."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from tests.city.built_city import BuiltCity

from vigie.base.clock import FixedClock, from_us, to_us
from vigie.city import hospital_past, live, live_admissions
from vigie.city.feeds import admissions, emergency
from vigie.city.people import FIRST_NAMES, SURNAMES
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.hl7v2 import cut_message, iterate
from vigie.intake.hospital.mllp import Frame
from vigie.intake.hospital.passages import HospitalOptions, hour_start_us, local_day

ZONE = "Europe/Paris"
FIRST_DAYS = 4
"""The last of them, or the one before, is the one of the change of clocks."""


def told_by(edge: Edge) -> dict[tuple[str, str], dict[str, list[list[int]]]]:
    """Return slots by metric of each site and day that wait at an edge."""
    return {
        (message["site"], day["day"]): {one["metric"]: one["slots"] for one in day["figures"]}
        for message in edge.outbox
        for day in message["days"]
    }


def test_the_edge_comes_to_the_figures_that_the_city_tells(city: BuiltCity, tmp_path: Path) -> None:
    """Over the change of clocks too; and no name or birth date is in what the edge remembers."""
    site = admissions.site()
    told = {one.day: one for one in emergency.days_told(city.truth) if one.site == site}
    days = sorted(told)[:FIRST_DAYS]
    begins = from_us(hour_start_us(days[0], 0, ZONE))
    clock = FixedClock(begins)
    edge = Edge(HospitalOptions.of({}, ZONE), tmp_path / "state.json", clock)
    assert edge.remember(hospital_past(city.folder, until=days[0])) > 300
    clock.advance(city.manifest.now - begins)
    frames = []
    for message in live_admissions(city.folder, since=begins - timedelta(microseconds=1)):
        if local_day(to_us(message.at), ZONE) > days[-1]:
            break
        frames.append(Frame(message.content))
    answers = edge.answer(frames)

    assert all(b"MSA|AA|" in answer for answer in answers)
    state = (tmp_path / "state.json").read_text("utf-8")
    assert not [name for name in (*FIRST_NAMES, *SURNAMES) if name in state]
    edge.settle()
    assert told_by(edge) == {
        (site, day.isoformat()): json.loads(json.dumps(told[day].shown)) for day in days
    }


def test_they_come_in_order_each_once_from_any_instant(autumn: BuiltCity) -> None:
    now = autumn.manifest.now
    day = timedelta(days=1)
    whole = [m for m in live_admissions(autumn.folder, since=now - day) if m.at < now + day]
    later = [m for m in live_admissions(autumn.folder, since=now) if m.at < now + day]

    assert [m.at for m in whole] == sorted(m.at for m in whole)
    assert len({m.name for m in whole}) == len(whole) > 100
    assert later == [m for m in whole if m.at > now]


def test_each_names_an_invented_patient_of_the_band_that_was_drawn(autumn: BuiltCity) -> None:
    since = autumn.manifest.now
    messages = [
        m for m in live_admissions(autumn.folder, since=since) if m.at < since + timedelta(1)
    ]
    ages = set()
    for message in messages:
        ((head, _, patient, _),) = iterate(message.content)
        family, _, given = patient.split("|")[5].partition("^")
        assert family in SURNAMES
        assert given in FIRST_NAMES
        assert head.split("|")[3] == admissions.site()
        day = date.fromisoformat(message.at.date().isoformat())
        ages.add(cut_message(next(iterate(message.content))).age_at(day))
    assert ages == {"age_0_17", "age_18_64", "age_65_up"}


def test_what_its_edge_tells_is_known_by_name_among_the_live_messages(autumn: BuiltCity) -> None:
    late = autumn.manifest.now + timedelta(days=2)
    told = []
    for message in live(autumn.folder, FixedClock(late)):
        if message.at > late:
            break
        if message.source == emergency.EMERGENCY:
            own = json.loads(message.content)["site"] == admissions.site()
            assert admissions.told_by_edge(message.source, message.name) == own
            told.append(own)
        else:
            assert not admissions.told_by_edge(message.source, message.name)
    assert set(told) == {True, False}
