"""From a figure to the facts behind it: the same number, the same rights, an audited look."""

from dataclasses import replace

import h3
import pytest

from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.situation.behind import Behind, facts_behind
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact
from vigie.situation.filters import Filters, make_filters
from vigie.situation.home import Home
from vigie.situation.signals import answer_analysis

ANALYST = Caller("a", "analyst")


def _all(home: Home) -> Filters:
    extent = home.lake.extent("facts")
    assert extent is not None
    return make_filters(home.frame, from_us=extent[0], to_us=extent[1] + 1)


def _walk(
    home: Home, caller: Caller, name: str, filters: Filters, place: str, limit: int
) -> list[Behind]:
    pages = [facts_behind(home, caller, name, filters, place=place, limit=limit)]
    while (after := pages[-1].after) is not None:
        pages.append(
            facts_behind(home, caller, name, filters, place=place, limit=limit, before=after)
        )
    return pages


@pytest.mark.parametrize(
    ("caller", "name", "column"),
    [(ANALYST, "zone_ranking", "zone"), (Caller("s", "shift_head"), "hot_spots", "cell")],
)
def test_a_count_and_the_facts_behind_it_are_the_same_number(
    seen_home: Home, caller: Caller, name: str, column: str
) -> None:
    filters = _all(seen_home)
    answer = answer_analysis(seen_home, ANALYST, name, params={}, filters=filters, language="fr")
    shown = [row for row in answer["table"] if row["facts"]][:5]
    assert shown

    for row in shown:
        pages = _walk(seen_home, caller, name, filters, row[column], 7)
        ids = [item["fact_id"] for page in pages for item in page.items]
        assert len(ids) == len(set(ids)) == row["facts"] == pages[0].total
        times = [item["earliest_at"] for page in pages for item in page.items]
        assert times == sorted(times, reverse=True)


def test_a_fact_leads_to_its_batch_file_and_row(seen_home: Home) -> None:
    first = facts_behind(seen_home, ANALYST, "zone_ranking", _all(seen_home)).items[0]
    told = get_fact(seen_home, ANALYST, first["fact_id"]).provenance

    assert told["batch_id"]
    assert {"file", "sha256", "row"} <= set(told)


def test_who_may_not_see_facts_is_refused_and_nothing_is_told(seen_home: Home) -> None:
    with pytest.raises(Forbidden):
        facts_behind(seen_home, Caller("e", "elected"), "zone_ranking", _all(seen_home))


def test_who_sees_places_less_precisely_gets_what_is_shown_in_a_cell(seen_home: Home) -> None:
    assert seen_home.rights.ask(ANALYST, "facts").masking is not None
    filters = _all(seen_home)
    answer = answer_analysis(
        seen_home, ANALYST, "hot_spots", params={}, filters=filters, language="fr"
    )
    cell = answer["table"][0]["cell"]
    found = facts_behind(seen_home, ANALYST, "hot_spots", filters, place=cell, limit=1_000)

    assert found.as_shown
    assert found.total == len(found.items) > 0
    for item in found.items:
        assert h3.latlng_to_cell(item["lat"], item["lon"], h3.get_resolution(cell)) == cell


def test_places_that_are_none_are_refused_in_words(seen_home: Home) -> None:
    filters = _all(seen_home)
    with pytest.raises(NotFound):
        facts_behind(seen_home, ANALYST, "zone_ranking", filters, place="no zone")
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "hot_spots", filters, place="no cell")
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "daily_trend", filters, place="13201")
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "zone_ranking", replace(filters, bbox=(5, 43, 6, 44)))
    with pytest.raises(WrongUsage):
        facts_behind(seen_home, ANALYST, "zone_ranking", replace(filters, from_us=filters.to_us))
