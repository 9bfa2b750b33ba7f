"""From a figure to the facts behind it: the same number, the same rights, an audited look."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import h3
import pytest

import vigie.analyses
from vigie.analyse.analysis import discover
from vigie.analyses import cross_k
from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.situation.behind import WHOLE, Behind, Row, facts_behind
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact
from vigie.situation.filters import Filters, make_filters
from vigie.situation.home import Home
from vigie.situation.signals import answer_analysis

ANALYST = Caller("a", "analyst")
SEES = Caller("s", "shift_head")
"""Is told places as they are."""


def _all(home: Home) -> Filters:
    extent = home.lake.extent("facts")
    assert extent is not None
    return make_filters(home.frame, from_us=extent[0], to_us=extent[1] + 1)


def _walk(
    home: Home, caller: Caller, name: str, filters: Filters, row: Row, limit: int
) -> list[Behind]:
    pages = [facts_behind(home, caller, name, filters, row=row, limit=limit)]
    while (after := pages[-1].after) is not None:
        pages.append(facts_behind(home, caller, name, filters, row=row, limit=limit, before=after))
    return pages


@pytest.fixture(scope="module")
def answers(seen_home: Home) -> dict[str, dict[str, Any]]:
    """What some analyses answer."""
    filters = _all(seen_home)
    own = {"space_time_scan": {"draws": 99}}
    names = ("space_time_scan", "daily_trend", "hot_spots", "zone_ranking")
    return {
        name: answer_analysis(
            seen_home, ANALYST, name, params=own.get(name, {}), filters=filters, language="en"
        )
        for name in names
    }


@pytest.mark.parametrize(
    ("caller", "name", "column"),
    [(ANALYST, "zone_ranking", "zone"), (Caller("s", "shift_head"), "hot_spots", "cell")],
)
def test_a_count_and_the_facts_behind_it_are_the_same_number(
    seen_home: Home, answers: dict[str, dict[str, Any]], caller: Caller, name: str, column: str
) -> None:
    filters = _all(seen_home)
    shown = [row for row in answers[name]["table"] if row["facts"]][:3]
    assert shown

    for row in shown:
        limit = row["facts"] // 3 + 1
        pages = _walk(seen_home, caller, name, filters, Row(row[column]), limit)
        ids = [item["fact_id"] for page in pages for item in page.items]
        assert len(ids) == len(set(ids)) == row["facts"] == pages[0].total
        times = [item["earliest_at"] for page in pages for item in page.items]
        assert times == sorted(times, reverse=True)


def test_a_fact_leads_to_its_batch_file_and_row(seen_home: Home) -> None:
    first = facts_behind(seen_home, ANALYST, "zone_ranking", _all(seen_home)).items[0]
    told = get_fact(seen_home, ANALYST, first["fact_id"]).provenance

    assert told["batch_id"]
    assert {"file", "sha256", "row"} <= set(told)


def test_a_cluster_leads_to_the_facts_of_its_cells_and_days(
    seen_home: Home, answers: dict[str, dict[str, Any]]
) -> None:
    rows = [row for row in answers["space_time_scan"]["table"] if row["facts"]]
    assert any(row["cells"] > 1 for row in rows)

    for row in rows:
        days = [date.fromisoformat(row[name]) for name in ("from_day", "to_day")]
        cluster = Row(row["cell"], "", *days, row["radius_m"])
        found = facts_behind(seen_home, SEES, "space_time_scan", _all(seen_home), row=cluster)
        assert found.total == row["facts"]


def test_a_day_leads_to_its_facts(seen_home: Home, answers: dict[str, dict[str, Any]]) -> None:
    rows = [row for row in answers["daily_trend"]["table"] if row["facts"]]
    days = [date.fromisoformat(row["day"]) for row in rows]
    filters = _all(seen_home)
    totals = [
        facts_behind(seen_home, SEES, "daily_trend", filters, row=Row(day=day)).total
        for day in days[:4]
    ]
    four = facts_behind(
        seen_home, SEES, "daily_trend", filters, row=Row(day=days[0], until=days[3])
    )

    assert totals == [row["facts"] for row in rows[:4]]
    assert four.total == sum(totals)


def test_a_stretch_of_street_leads_to_the_facts_along_it(seen_home: Home) -> None:
    """A line drawn through a fact's place holds it and all within its metres, no other."""
    first = facts_behind(seen_home, SEES, "hot_spots", _all(seen_home)).items[0]
    lon, lat = first["lon"], first["lat"]
    course = f"LINESTRING ({lon} {lat}, {lon + 0.01} {lat})"
    found = _walk(
        seen_home, SEES, "network_kde", _all(seen_home), Row(course, radius_m=100.0), 1_000
    )
    ids = {item["fact_id"] for page in found for item in page.items}
    whole = _walk(seen_home, SEES, "network_kde", _all(seen_home), WHOLE, 1_000)
    metre = 111_195 * math.cos(math.radians(lat))
    far = {
        item["fact_id"]: math.hypot(
            max(lon - item["lon"], 0, item["lon"] - lon - 0.01) * metre,
            (item["lat"] - lat) * 111_195,
        )
        for page in whole
        for item in page.items
        if item["lon"] is not None
    }

    assert first["fact_id"] in ids
    assert {one for one, metres in far.items() if metres < 99} <= ids
    assert ids <= {one for one, metres in far.items() if metres < 101}
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, SEES, "network_kde", _all(seen_home), row=Row("POINT (5 43)"))


@pytest.mark.parametrize("name", discover(vigie.analyses))
def test_every_answer_leads_to_the_facts_it_was_made_of(seen_home: Home, name: str) -> None:
    """And from a fact to its batch, file and row, whatever the analysis."""
    found = facts_behind(seen_home, SEES, name, _all(seen_home), limit=1)

    assert found.total == seen_home.lake.scan("facts", columns=["fact_id"]).num_rows
    assert get_fact(seen_home, SEES, found.items[0]["fact_id"]).provenance["row"] is not None


def test_who_may_not_see_facts_is_refused_and_nothing_is_told(seen_home: Home) -> None:
    with pytest.raises(Forbidden):
        facts_behind(seen_home, Caller("e", "elected"), "zone_ranking", _all(seen_home))


def test_who_sees_places_less_precisely_gets_what_is_shown_in_a_cell(
    seen_home: Home, answers: dict[str, dict[str, Any]]
) -> None:
    assert seen_home.rights.ask(ANALYST, "facts").masking is not None
    filters = _all(seen_home)
    cell = answers["hot_spots"]["table"][0]["cell"]
    found = facts_behind(seen_home, ANALYST, "hot_spots", filters, row=Row(cell), limit=1_000)

    assert found.as_shown
    assert found.total == len(found.items) > 0
    for item in found.items:
        assert h3.latlng_to_cell(item["lat"], item["lon"], h3.get_resolution(cell)) == cell


def test_places_that_are_none_are_refused_in_words(seen_home: Home) -> None:
    filters = _all(seen_home)
    with pytest.raises(NotFound):
        facts_behind(seen_home, ANALYST, "zone_ranking", filters, row=Row("no zone"))
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "hot_spots", filters, row=Row("no cell"))
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "daily_trend", filters, row=Row("13201"))
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "zone_ranking", replace(filters, bbox=(5, 43, 6, 44)))
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "zone_ranking", replace(filters, from_us=filters.to_us))


def _told(home: Home, caller: Caller, name: str, keys: dict[str, Any], **params: Any) -> Behind:
    return facts_behind(home, caller, name, _all(home), row=Row(keys=keys, params=params))


def test_rows_of_pairs_lead_to_their_own_facts(seen_home: Home) -> None:
    """A band of near repeats, two sources: those facts, not all there are."""
    params = {"draws": 99, "step_m": 300, "steps": 2, "times": 2}
    filters = _all(seen_home)
    answer = answer_analysis(
        seen_home, SEES, "near_repeat", params=params, filters=filters, language="en"
    )
    row = next(row for row in answer["table"] if row["to_m"] == 300 and row["pairs"])
    keys = {one["name"]: row[one["name"]] for one in answer["columns"] if one["key"]}
    band = _told(seen_home, SEES, "near_repeat", keys, **params)
    whole = facts_behind(seen_home, SEES, "near_repeat", filters).total

    assert 2 <= band.total <= min(2 * row["pairs"], whole)
    assert not band.as_shown
    units = {one["name"]: one["unit"] for one in answer["columns"]}
    assert (units["to_m"], units["to_days"]) == ("m", "d")
    pair = _two_sources(seen_home)
    assert _told(seen_home, SEES, "same_incident", pair).total == 0  # nothing is linked here
    series = _told(seen_home, SEES, "moves_together", pair)
    assert {item["source"] for item in series.items} <= set(pair.values())


def test_facts_near_places_are_led_to(seen_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home has three places; an answer asks for five."""
    monkeypatch.setattr(cross_k, "LEAST_POINTS", 2)
    params = {"first": "offence", "second": "place", "step_m": 200, "steps": 2, "draws": 99}
    answer = answer_analysis(
        seen_home, SEES, "cross_k", params=params, filters=_all(seen_home), language="en"
    )
    row = answer["table"][-1]
    found = _told(seen_home, SEES, "cross_k", {"to_m": row["to_m"]}, **params)

    assert 0 < found.total <= row["pairs"]
    assert {item["kind"].split(".")[0] for item in found.items} == {"offence"}


def test_who_is_told_places_less_precisely_gets_pairs_as_shown(seen_home: Home) -> None:
    """What lies near what would else tell where it is; series are of no place."""
    keys = {"from_m": 0.0, "to_m": 0.0, "from_days": 0, "to_days": 6}
    shown = _told(seen_home, ANALYST, "near_repeat", keys)
    places = {(item["lon"], item["lat"]) for item in shown.items}

    assert shown.as_shown
    assert len(places) < len(shown.items)
    series = _told(seen_home, ANALYST, "moves_together", _two_sources(seen_home))
    assert not series.as_shown


def _two_sources(home: Home) -> dict[str, str]:
    found = home.lake.scan("facts", columns=["source"])["source"].unique().to_pylist()
    first, second = sorted(found)[:2]
    return {"first": first, "second": second}


def test_rows_that_are_none_are_refused(seen_home: Home) -> None:
    with pytest.raises(WrongUsage):
        _told(seen_home, SEES, "zone_ranking", {"zone": "13201"})
    with pytest.raises(WrongUsage):
        _told(seen_home, SEES, "near_repeat", {"to_m": 1.5})
    with pytest.raises(WrongUsage):
        _told(seen_home, SEES, "near_repeat", {"to_m": 0.0}, no_parameter=1)
    with pytest.raises(Forbidden):
        _told(seen_home, Caller("e", "elected"), "near_repeat", {"to_m": 0.0})
