"""The door before data: a line before each answer, no line no data, nothing outside the view."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest
import shapely

from vigie.analyse.running import Selection, select_facts
from vigie.audit.line import Line
from vigie.base.clock import to_us
from vigie.base.errors import (
    Forbidden,
    NotFound,
    PartnerUnknown,
    PurposeRefused,
    ReasonRepeated,
    ReasonRequired,
    Unavailable,
)
from vigie.privacy.charter import read_charter, shipped_charter
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.alerts_read import list_alerts
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact, list_facts
from vigie.situation.filters import Filters, make_filters
from vigie.situation.histogram import histogram
from vigie.situation.home import Home
from vigie.situation.mapview import view_map
from vigie.situation.means import list_means
from vigie.situation.near import near
from vigie.situation.places import places_geojson
from vigie.situation.plans import list_plans, read_agenda, read_plan
from vigie.situation.rights import Rights, View
from vigie.situation.signals import answer_analysis
from vigie.situation.sources import get_refused, list_refused, list_sources, retry_refused
from vigie.situation.summary import summarise
from vigie.situation.tomorrow.clashes import ClashFilters, list_clashes

OPERATOR, PLANNER = Caller("o", "operator"), Caller("p", "planner")
DPO = Caller("d", "dpo")
REASON = "Plainte reçue ce matin"


class Recorder:
    """An audit in memory that can be broken."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.broken = False

    def append(self, line: Line) -> int:
        if self.broken:
            raise Unavailable(what="audit")
        self.lines.append(line)
        return len(self.lines) - 1


@pytest.fixture
def audit() -> Recorder:
    return Recorder()


@pytest.fixture
def home(seen_home: Home, audit: Recorder) -> Home:
    """The home that these tests read, with an audit of the test's own."""
    rights = Rights(shipped_charter(), seen_home.desk, seen_home.clock, audit, seen_home.frame)
    return replace(seen_home, rights=rights)


def with_charter(home: Home, audit: Recorder, more: str, *, before: str = "") -> Home:
    """The same home under a charter with other entries."""
    charter = read_charter(before + more)
    return replace(home, rights=Rights(charter, home.desk, home.clock, audit, home.frame))


def live_entry(extra: str, fields: str = '["open", "internal", "lon", "lat", "cell"]') -> str:
    """A charter whose operator sees the live and the open plane within limits."""
    datasets = '["figures", "measures", "plans", "places", "sources", "facts", "means", "alerts"]'
    return f"""
version = "1"
date = 2026-11-26
[roles]
operator = ["live_response"]
[[entry]]
roles = ["operator"]
purposes = ["live_response"]
datasets = {datasets}
verbs = ["consult", "combine", "disclose"]
fields = {fields}
precision = "exact"
least = 0
why = "A test."
{extra}
"""


# --- Lines -------------------------------------------------------------------------------------


def test_a_live_read_leaves_a_line_an_open_one_none(home: Home, audit: Recorder) -> None:
    """Requirement: LED-1, P-LOG-4."""
    filters = make_filters(home.frame, kinds=("road",), zone=("arrondissement", "west"))
    histogram(home, OPERATOR, filters)
    assert audit.lines == []
    list_facts(home, OPERATOR, filters, limit=10)
    (line,) = audit.lines
    assert (line.who, line.role, line.verb, line.dataset) == ("o", "operator", "consult", "facts")
    assert line.purpose is Purpose.LIVE_RESPONSE
    assert line.outcome == "allowed"
    assert line.subject == {"kinds": ["road"], "zone": "arrondissement:west", "limit": 10}
    assert line.at_us == to_us(home.clock.now())


def test_a_refused_read_is_a_line_too(home: Home, audit: Recorder) -> None:
    """Requirement: LED-1."""
    with pytest.raises(Forbidden) as caught:
        list_facts(home, Caller("e", "elected"), Filters())
    assert caught.value.params["why"] == "not_in_charter"
    (line,) = audit.lines
    assert (line.outcome, line.dataset, line.subject["why"]) == (
        "refused",
        "facts",
        "not_in_charter",
    )


def test_without_the_audit_restricted_reads_stop_and_figures_go_on(
    home: Home, audit: Recorder
) -> None:
    """Requirement: P-LOG-5."""
    audit.broken = True
    assert summarise(home, OPERATOR, Filters()).total.now.n >= 0
    assert view_map(home, OPERATOR, Filters(), 9.0).total > 0
    assert list_plans(home, OPERATOR, 0, 1)[1] == []
    fact = "none"
    for read in (
        lambda: list_facts(home, OPERATOR, Filters()),
        lambda: get_fact(home, OPERATOR, fact),
        lambda: list_means(home, OPERATOR),
        lambda: list_alerts(home, OPERATOR),
        lambda: near(home, OPERATOR, Filters(), lon=5.37, lat=43.29, radius_m=100),
        lambda: view_map(home, OPERATOR, Filters(), 17.0),
    ):
        with pytest.raises(Unavailable):
            read()


def test_a_narrative_has_a_line_of_its_own(home: Home, audit: Recorder, sample: ModuleType) -> None:
    fact_id = sample.facts()["fact_id"][0].as_py()
    assert get_fact(home, OPERATOR, fact_id).narrative == "Un texte déjà expurgé"
    assert [line.dataset for line in audit.lines] == ["facts", "narratives"]
    audit.lines.clear()
    found = get_fact(home, PLANNER, fact_id)
    assert found.narrative is None
    assert found.narrative_withheld
    assert [line.dataset for line in audit.lines] == ["facts"]


def test_close_to_the_ground_the_map_is_a_read_of_facts(home: Home, audit: Recorder) -> None:
    view_map(home, OPERATOR, Filters(), 11.0)
    assert audit.lines == []
    view_map(home, OPERATOR, Filters(bbox=(5.36, 43.29, 5.38, 43.31)), 17.0)
    assert [line.dataset for line in audit.lines] == ["facts"]


# --- Purposes and reasons -----------------------------------------------------------------------


def test_a_purpose_named_is_held_to(home: Home) -> None:
    """Requirement: ALG-6."""
    head = Caller("h", "shift_head", purpose="analysis")
    with pytest.raises(Forbidden):
        list_facts(home, head, Filters())
    assert list_facts(home, replace(head, purpose="live_response"), Filters()).items
    with pytest.raises(PurposeRefused):
        list_facts(home, replace(head, purpose="event_planning"), Filters())
    with pytest.raises(PurposeRefused):
        list_facts(home, replace(head, purpose="curiosity"), Filters())


def test_raw_rows_need_a_reason_and_each_time_another(home: Home, audit: Recorder) -> None:
    """Requirement: LED-2."""
    (row, *_) = list_refused(
        *(home, DPO),
        source=None,
        code=None,
        state=None,
        limit=5,
        offset=0,
        language="fr",
    )["items"]
    for reason in ("", "trop court", " " * 30):
        with pytest.raises(ReasonRequired):
            get_refused(home, replace(DPO, reason=reason), row["id"], "fr")
    asked = replace(DPO, reason=REASON)
    assert get_refused(home, asked, row["id"], "fr")["raw"]
    assert audit.lines[-1].reason == REASON
    with pytest.raises(ReasonRepeated):
        get_refused(home, replace(DPO, reason=f"  {REASON.upper()} "), row["id"], "fr")
    other = replace(DPO, reason="Suite de la plainte reçue")
    assert get_refused(home, other, row["id"], "fr")["raw"]


def test_may_says_whether_a_reason_would_open(home: Home) -> None:
    assert home.rights.may(DPO, "audit")
    assert home.rights.needs_reason(DPO, "audit")
    assert not home.rights.needs_reason(OPERATOR, "audit")
    assert not home.rights.may(OPERATOR, "audit")


# --- Fields, sources, zones ---------------------------------------------------------------------


def test_a_field_that_is_not_granted_is_null_and_said_so(home: Home) -> None:
    page = list_facts(home, PLANNER, Filters(), limit=5)
    assert page.withheld == ("source_ref",)
    detail = get_fact(home, PLANNER, page.items[0]["fact_id"])
    assert detail.provenance["source_ref"] is None
    assert detail.withheld == ("source_ref",)
    seen = get_fact(home, OPERATOR, page.items[0]["fact_id"])
    assert seen.provenance["source_ref"]
    assert seen.withheld == ()


def test_without_the_place_nothing_is_told_by_distance_or_point(
    home: Home, audit: Recorder
) -> None:
    blind = with_charter(home, audit, live_entry("", fields='["open", "internal"]'))
    page = list_facts(blind, OPERATOR, Filters(), limit=50)
    assert {"lon", "lat", "cell", "source_ref"} <= set(page.withheld)
    assert {(one["lon"], one["lat"], one["cell"]) for one in page.items} == {(None, None, None)}
    around = near(blind, OPERATOR, Filters(), lon=5.37, lat=43.29, radius_m=5_000)
    assert around["facts"] == []
    assert view_map(blind, OPERATOR, Filters(), 17.0).mode == "cells"


SOURCES = 'sources = ["police"]'


def test_sources_cut_the_question_itself(home: Home, audit: Recorder, sample: ModuleType) -> None:
    """A caller of one feed sees no other: in lists, counts, map, near, one by one."""
    cut = with_charter(home, audit, live_entry(SOURCES))
    facts = sample.facts()
    own = [s == "police" for s in facts["source"].to_pylist()]
    assert {f["source"] for f in list_facts(cut, OPERATOR, Filters(), limit=1_000).items} == {
        "police"
    }
    assert sum(histogram(cut, OPERATOR, Filters(), "day").counts) == sum(own)
    now = to_us(home.clock.now())
    month = Filters(from_us=now - 30 * 86_400_000_000, to_us=now + 1)
    counted = summarise(cut, OPERATOR, month)
    assert {line.key for line in counted.by["source"]} == {"police"}
    assert counted.total.now.n == sum(own)
    for zoom in (9.0, 13.0, 15.0):
        mine = view_map(cut, OPERATOR, Filters(sources=("police",)), zoom)
        assert view_map(cut, OPERATOR, Filters(), zoom).total == mine.total
        assert view_map(cut, OPERATOR, Filters(sources=("reports",)), zoom).total == 0
    around = near(cut, OPERATOR, month, lon=5.37, lat=43.3, radius_m=9_000)
    assert {one["source"] for one in around["facts"]} == {"police"}
    assert around["plans"] == around["places"] == around["means"] == around["measures"] == []
    other = facts["fact_id"][own.index(False)].as_py()
    with pytest.raises(NotFound):
        get_fact(cut, OPERATOR, other)
    assert list_facts(cut, OPERATOR, Filters(sources=("reports",))).items == []
    assert list_means(cut, OPERATOR) == []
    assert [one["source"] for one in list_sources(cut, OPERATOR)] == []
    assert places_geojson(cut, OPERATOR)["features"] == []
    assert list_plans(cut, OPERATOR, now, now + 2**45)[1] == []
    assert list_clashes(cut, OPERATOR, ClashFilters(now, now + 2**45))["items"] == []
    assert {len(day["items"]) for day in read_agenda(cut, OPERATOR, None, 30)["items"]} == {0}
    with pytest.raises(NotFound):
        read_plan(cut, OPERATOR, sample.plans()["plan_id"][0].as_py())


def test_zones_cut_the_question_itself(home: Home, audit: Recorder) -> None:
    cut = with_charter(home, audit, live_entry('zones = ["arrondissement:west"]'))
    west = make_filters(home.frame, zone=("arrondissement", "west"))
    page = list_facts(cut, OPERATOR, Filters(), limit=1_000)
    assert page.items
    assert all(one["lon"] <= 5.37 for one in page.items)
    expected = sum(histogram(home, OPERATOR, west, "day").counts)
    assert sum(histogram(cut, OPERATOR, Filters(), "day").counts) == expected
    assert view_map(cut, OPERATOR, Filters(), 9.0).total == expected
    east = make_filters(home.frame, zone=("arrondissement", "east"))
    assert list_facts(cut, OPERATOR, east).items == []
    assert all(one["lon"] <= 5.37 for one in list_means(cut, OPERATOR))
    nowhere = with_charter(home, audit, live_entry('zones = ["arrondissement:none"]'))
    assert list_facts(nowhere, OPERATOR, Filters()).items == []
    assert view_map(nowhere, OPERATOR, Filters(), 9.0).total == 0


def test_cameras_of_other_services_are_not_shown(home: Home, audit: Recorder) -> None:
    kinds = [one["properties"]["kind"] for one in places_geojson(home, OPERATOR)["features"]]
    assert "place.camera" in kinds
    cut = with_charter(home, audit, live_entry('camera_groups = ["Service des ports"]'))
    shown = [one["properties"]["kind"] for one in places_geojson(cut, OPERATOR)["features"]]
    assert sorted(shown) == sorted(set(kinds) - {"place.camera"})


def test_an_analysis_counts_within_the_view(home: Home, audit: Recorder) -> None:
    window = Filters(from_us=to_us(home.clock.now()) - 30 * 86_400_000_000)
    asked = {"params": {}, "filters": window, "language": "fr"}
    whole = answer_analysis(home, PLANNER, "daily_trend", **asked)["base"]
    cut = with_charter(home, audit, live_entry(SOURCES))
    part = answer_analysis(cut, OPERATOR, "daily_trend", **asked)["base"]
    zoned = with_charter(home, audit, live_entry('zones = ["arrondissement:west"]'))
    west = answer_analysis(zoned, OPERATOR, "daily_trend", **asked)["base"]
    assert 0 < part < whole
    assert 0 < west < whole
    assert audit.lines[0].verb is Verb.COMBINE


def test_a_selection_of_an_area_is_exact(home: Home) -> None:
    box = shapely.box(5.36, 43.28, 5.38, 43.31)
    table = select_facts(home.lake, Selection(0, 2**60, area=box), ("lon", "lat"), {})
    assert table.num_rows > 0
    assert all(5.36 <= x <= 5.38 for x in table["lon"].to_pylist())


# --- Partners, view as, the charter of a home --------------------------------------------------


def test_an_account_of_no_service_sees_nothing_of_services(home: Home) -> None:
    with pytest.raises(PartnerUnknown):
        list_facts(home, Caller("x", "partner", "account-none"), Filters())


def test_a_view_as_another_role_is_what_both_may_see(home: Home, audit: Recorder) -> None:
    """Never more than the caller's own rights, and never more than the other's; each has a line."""
    admin = Caller("a", "admin")
    as_elected = replace(admin, view_as="elected")
    with pytest.raises(Forbidden):
        list_facts(home, as_elected, Filters())
    summarise(home, as_elected, Filters())
    assert audit.lines[-1].subject["view_as"] == "elected"
    assert audit.lines[-1].dataset == "figures"
    view = home.rights.ask(replace(admin, view_as="operator"), "facts")
    assert view.precision == "street"
    assert view.withheld == ("source_ref",)
    with pytest.raises(Forbidden):
        list_facts(home, replace(DPO, view_as="operator"), Filters())
    with pytest.raises(Forbidden) as caught:
        summarise(home, replace(OPERATOR, view_as="elected"), Filters())
    assert caught.value.params["why"] == "view_as_not_yours"
    with pytest.raises(Forbidden):
        summarise(home, replace(admin, view_as="emperor"), Filters())


def test_a_field_of_no_contract_counts_as_internal(seen_home: Home) -> None:
    grant = next(iter(shipped_charter().cells.values()))
    view = View(
        "quarantine",
        Verb.CONSULT,
        Purpose.OVERSIGHT,
        (replace(grant, fields=frozenset({"open"})),),
        grant.limits,
        seen_home.frame,
    )
    assert not view.sees("file")
    assert view.withheld == ()


def test_a_caller_may_manage_a_quarantine_of_its_feeds_only(home: Home, audit: Recorder) -> None:
    text = live_entry(SOURCES).replace('["figures", "measures"', '["quarantine", "raw_rows"')
    cut = with_charter(
        home, audit, text.replace('why = "A test."', 'why = "A test."\nreason = true')
    )
    head = replace(OPERATOR, reason="Reprise de la correspondance")
    common = {"code": None, "state": None, "limit": 5, "offset": 0, "language": "fr"}
    with pytest.raises(Forbidden):
        list_refused(cut, head, source="log", **common)
    again = replace(head, reason="Reprise de la correspondance, suite")
    with pytest.raises(Forbidden):
        retry_refused(cut, again, ids=["none"])
