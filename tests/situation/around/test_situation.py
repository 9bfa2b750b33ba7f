"""A situation: what is near in place and time, no more than the role may see, one line of audit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import to_rfc3339, to_us
from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.desk.alerts import Alert
from vigie.geo.distance import haversine_m
from vigie.situation.around import reports
from vigie.situation.around.asked import HOUR_US, Wanted
from vigie.situation.around.situation import read_situation
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import View

OPERATOR = Caller("o", "operator")
PLANNER = Caller("p", "planner")
ADMIN = Caller("a", "admin")
T0 = 1_795_000_000_000_000
HERE = {"lon": 5.37, "lat": 43.30}


def facts_of(home: Home) -> list[dict[str, Any]]:
    names = ["fact_id", "lon", "lat", "earliest_us", "latest_us"]
    rows: list[dict[str, Any]] = home.lake.scan("facts", columns=names).to_pylist()
    return [row for row in rows if row["lon"] is not None]


def ask(home: Home, caller: Caller = OPERATOR, **wanted: Any) -> dict[str, Any]:
    return read_situation(home, caller, Wanted(**(HERE | {"radius_m": 2_000.0} | wanted)))


def test_the_timeline_holds_what_can_have_happened_within_radius_and_window(
    seen_home: Home,
) -> None:
    """Asked as R2 of the requirements."""
    at_us = to_us(seen_home.clock.now()) - 24 * HOUR_US
    found = ask(seen_home, at_us=at_us)
    low, high = at_us - 2 * HOUR_US, at_us + HOUR_US
    expected = {
        row["fact_id"]
        for row in facts_of(seen_home)
        if row["earliest_us"] < high
        and row["latest_us"] >= low
        and float(haversine_m(row["lon"], row["lat"], 5.37, 43.30)) <= 2_000
    }
    assert {one["fact_id"] for one in found["facts"]} == expected
    assert expected
    times = [one["earliest_at"] for one in found["facts"]]
    assert times == sorted(times)
    assert (found["from"], found["to"]) == (to_rfc3339(low), to_rfc3339(high))
    assert found["left_out"] == []


def test_every_link_is_between_facts_that_are_shown(seen_home: Home) -> None:
    found = ask(seen_home, before_us=72 * HOUR_US, radius_m=5_000.0)
    shown = {one["fact_id"] for one in found["facts"]}
    assert found["links"]
    assert found["links_found"] >= len(found["links"])
    assert found["linkage"]["each"] == 5
    assert len(shown) <= 500
    for one in found["links"]:
        assert set(one["facts"]) <= shown
        assert 0.1 <= one["probability"] < 1
    for group in found["incidents"]:
        assert set(group["facts"]) <= shown
        assert 0 <= group["least"] <= group["probability"] < 1


def test_of_a_dense_place_each_fact_tells_its_most_probable_links() -> None:
    """Twelve reports of one accident at one corner: 66 links, of which five each are told."""
    row = {"lon": 5.37, "lat": 43.3, "accuracy_m": 10.0, "earliest_us": T0, "latest_us": T0}
    row |= {"kind": "road.accident", "source": "main_courante", "reported_us": T0}
    rows = [row | {"fact_id": f"f{n:02}", "lon": 5.37 + n * 2e-5} for n in range(12)]
    view = cast("View", SimpleNamespace(masking=None))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reports, "LINKS_EACH", 12)
        every = reports.linked(rows, view).links
    reports._known.clear()
    told = reports.linked(rows, view)
    assert told.found == len(every) == 66
    assert told.links == sorted(told.links, key=lambda one: -one["probability"])
    assert len(told.links) < 66
    for row in rows:
        best, kept = (
            [one["probability"] for one in links if row["fact_id"] in one["facts"]]
            for links in (every, told.links)
        )
        assert kept[:5] == best[:5]


def test_what_a_fact_is_shown_as_decides_its_links() -> None:
    """Remembered is what was compared: nothing else of the same facts gives the same answer."""
    row = {"lon": 5.37, "lat": 43.3, "accuracy_m": 10.0, "earliest_us": T0, "latest_us": T0}
    row |= {"kind": "road.accident", "source": "main_courante", "reported_us": T0}
    one, other = row | {"fact_id": "one"}, row | {"fact_id": "other"}
    exact = cast("View", SimpleNamespace(masking=None))
    masked = cast("View", SimpleNamespace(masking=SimpleNamespace(farthest_m=200.0)))
    told = reports.linked([one, other], exact)
    changed = [
        reports.linked([one, other], masked),
        reports.linked([one, other | {"lon": 5.3712}], exact),
        reports.linked([one, other | {"earliest_us": T0 - HOUR_US}], exact),
        reports.linked([one, other | {"kind": "nuisance.noise"}], exact),
    ]
    assert told.links
    assert all(again.links != told.links for again in changed)
    assert reports.linked([dict(one), dict(other)], exact) == told
    renamed = reports.linked([one | {"fact_id": "third"}, other], exact)
    assert renamed.links[0]["facts"] == ["third", "other"]


def test_of_what_was_compared_numbers_alone_are_remembered() -> None:
    """An erased fact leaves nothing in what situations remember; and that is bounded."""
    row = {"kind": "road.accident", "source": "main_courante", "lon": 5.37, "lat": 43.3}
    row |= {"accuracy_m": 10.0, "earliest_us": T0, "latest_us": T0, "reported_us": T0}
    view = cast("View", SimpleNamespace(masking=None))
    for n in range(2 * reports.REMEMBERED):
        pair = [row | {"fact_id": f"canary-{n}-{m}", "lat": 43.3 + n * 1e-4} for m in (0, 1)]
        assert reports.linked(pair, view).links
    assert len(reports._known) == reports.REMEMBERED
    for digest, found in reports._known.items():
        assert len(digest) == 16
        assert [(a, b) for a, b, _ in found.links] == [(0, 1)]
        assert "canary" not in repr(found)


def test_a_situation_about_a_fact_stands_where_and_when_it_does(seen_home: Home) -> None:
    row = facts_of(seen_home)[0]
    found = read_situation(seen_home, OPERATOR, Wanted(about=f"fact:{row['fact_id']}"))
    assert (found["lon"], found["lat"]) == (row["lon"], row["lat"])
    assert found["at"] == to_rfc3339(row["earliest_us"])
    assert row["fact_id"] in {one["fact_id"] for one in found["facts"]}
    assert found["radius_m"] == 500


def test_a_situation_about_an_alert_holds_it(tmp_path: Path, sample: ModuleType) -> None:
    own_home, _ = sample.build(tmp_path / "home")
    with own_home:
        _about_an_alert(own_home)


def _about_an_alert(own_home: Home) -> None:
    at_us = to_us(own_home.clock.now()) - 3 * HOUR_US
    why = {"fr": "Trop de faits", "en": "Too many facts"}
    alert = Alert("alert-here", "surge", 3, at_us, at_us + HOUR_US, why, lon=5.37, lat=43.3)
    own_home.desk.alerts.raise_all([alert, replace(alert, alert_id="alert-far", lon=5.5)])
    found = read_situation(own_home, OPERATOR, Wanted(about="alert:alert-here"))
    assert [one["alert_id"] for one in found["alerts"]] == ["alert-here"]
    assert (found["lon"], found["lat"], found["at"]) == (5.37, 43.3, to_rfc3339(at_us))
    near = replace(
        alert, alert_id="alert-near", lat=43.302, severity=4, at_us=at_us + HOUR_US // 60
    )
    other = replace(near, alert_id="alert-other", rule="calm", severity=2)
    future = {"at_us": at_us + 72 * HOUR_US, "until_us": at_us + 96 * HOUR_US}
    later = replace(alert, alert_id="alert-later", **future)
    own_home.desk.alerts.raise_all([near, other, later])
    told = read_situation(own_home, OPERATOR, Wanted(about="alert:alert-here"))["alerts"]
    storms = [(one["alert_id"], one["group"], one["group_size"]) for one in told]
    assert storms == [
        ("alert-near", "alert-here", 2),
        ("alert-here", "alert-here", 2),
        ("alert-other", "alert-other", 1),
    ]
    nowhere = replace(alert, alert_id="alert-nowhere", lon=None, lat=None)
    own_home.desk.alerts.raise_all([nowhere])
    with pytest.raises(WrongUsage):
        read_situation(own_home, OPERATOR, Wanted(about="alert:alert-nowhere"))


def test_who_is_told_places_roughly_gets_them_and_what_rests_on_them_roughly(
    seen_home: Home,
) -> None:
    rough = ask(seen_home, PLANNER, before_us=72 * HOUR_US)
    exact = {one["fact_id"]: one for one in ask(seen_home, before_us=72 * HOUR_US)["facts"]}
    moved = [
        one
        for one in rough["facts"]
        if one["fact_id"] in exact and one["lon"] != exact[one["fact_id"]]["lon"]
    ]
    assert moved
    assert all(one["distance_m"] <= 2_000 for one in rough["facts"])
    for one in moved:
        away = float(haversine_m(one["lon"], one["lat"], 5.37, 43.30))
        assert one["distance_m"] == pytest.approx(away, abs=0.06)


def test_one_line_of_the_audit_names_what_was_read_together(seen_home: Home) -> None:
    """Requirement: P-LOG-4."""
    before = seen_home.audit.count()
    ask(seen_home)
    page = lines_before(seen_home.audit, Query(limit=10), seen_home.audit.count())
    assert seen_home.audit.count() == before + 1
    line = page.lines[0][1]
    assert (line.dataset, line.who, line.outcome) == ("facts", "o", "allowed")
    assert line.subject["with"] == ["alerts", "means", "plans", "places", "sources"]


def test_without_facts_nothing_is_answered(seen_home: Home) -> None:
    with pytest.raises(Forbidden):
        ask(seen_home, Caller("e", "elected"))


def test_what_a_role_may_not_see_is_left_out_and_named(
    seen_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    charter = seen_home.rights.charter
    closed = {
        cell: grant
        for cell, grant in charter.cells.items()
        if not (cell[0] == "operator" and cell[2] in {"means", "plans"})
    }
    monkeypatch.setattr(seen_home.rights, "charter", replace(charter, cells=closed))
    found = ask(seen_home)
    assert found["left_out"] == ["means", "plans"]
    assert found["means"] == found["plans"] == found["closures"] == []
    assert found["facts"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"lon": None},
        {"about": "plan:x"},
        {"about": "fact:"},
        {"radius_m": 10.0},
        {"radius_m": 9_000.0},
        {"before_us": 200 * HOUR_US},
    ],
)
def test_what_has_no_place_or_is_too_wide_is_refused(
    seen_home: Home, wanted: dict[str, Any]
) -> None:
    with pytest.raises(WrongUsage):
        ask(seen_home, **wanted)


@pytest.mark.parametrize("about", ["fact:none", "alert:none"])
def test_what_does_not_exist_is_not_found(seen_home: Home, about: str) -> None:
    with pytest.raises(NotFound):
        ask(seen_home, about=about)


def test_means_come_with_a_way_and_soonest_first(seen_home: Home) -> None:
    found = ask(seen_home)
    ways = [one["travel_s"] for one in found["means"] if one["travel_s"] is not None]
    assert ways == sorted(ways)
    assert not any(one["kind"].startswith("means.transport") for one in found["means"])
    assert np.isfinite(found["travel"]["network_km"])
    assert found["travel"]["siren"] is False
