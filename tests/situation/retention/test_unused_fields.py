"""A stored field has a written need; unused it is told, then dropped, and comes back on a need."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.situation.retention.homes import (
    DAY_US,
    HOUR_US,
    NOW,
    complete,
    facts,
    instants,
    make_home,
)

import vigie
from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.desk.field_uses import FieldUseRow
from vigie.jobs.doctor.stores import look_at_fields
from vigie.lake.erasure import find_bytes
from vigie.model.contracts import CONTRACTS, NARRATIVES
from vigie.model.needs import DROP_DAYS, REPORT_DAYS, needs, standing, told_only
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact, list_facts
from vigie.situation.filters import Filters
from vigie.situation.home import Home, open_home
from vigie.situation.means import list_means
from vigie.situation.measures import measure_series
from vigie.situation.near import near
from vigie.situation.places import places_geojson
from vigie.situation.plans import read_plan
from vigie.situation.retention.fields import list_fields, take_up
from vigie.situation.retention.holding import Act, add_hold

DPO = Caller("dpo", "dpo")
HEAD = Caller("head", "shift_head")
ELECTED = Caller("elected", "elected")
START = NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    with make_home(tmp_path / "home", clock) as opened:
        yield opened


def told(n: int, at: int, *, first: int = 0) -> pa.Table:
    """Return facts that say how many, and what the source adds."""
    table = facts([at + number for number in range(first, first + n)])
    at_quantity = table.column_names.index("quantity")
    values = pa.array([7_700_077.0 + number for number in range(n)], pa.float64())
    table = table.set_column(at_quantity, "quantity", values)
    pairs = [[("detail", f"valeur-fictive-{number}")] for number in range(n)]
    at_pairs = table.column_names.index("attributes")
    return table.set_column(at_pairs, "attributes", pa.array(pairs, table["attributes"].type))


def means_at(at: int, ref: str = "V1") -> pa.Table:
    given_ = {
        "unit_ref": ["V1"], "kind": ["means.vehicle"], "label": ["Vehicule fictif"],
        "at": instants([at]), "at_us": [at], "speed_kmh": [31.5], "status": ["available"],
    }  # fmt: skip
    return complete("means", given_, [ref], "rescue_means", at)


def run_after(home: Home, clock: FixedClock, days: float) -> None:
    clock.advance(timedelta(days=days))
    home.retention.run(by=DPO)


def states(home: Home) -> dict[str, str]:
    today = home.desk.field_uses.today()
    return {
        f"{one.dataset}.{one.field}": standing(
            today, one.since, one.used, dropped=one.dropped_us is not None
        )[0]
        for one in home.desk.field_uses.all()
    }


def test_every_stored_field_has_its_need_and_what_works_with_it_does() -> None:
    """Requirement: MIN-3."""
    written = needs()
    stored = {kind: one.names() for kind, one in CONTRACTS.items()}
    stored["narratives"] = NARRATIVES.names
    assert {kind: list(fields) for kind, fields in written.items()} == stored
    root = Path(vigie.__file__).parent
    for kind, fields in written.items():
        for name, need in fields.items():
            assert min(len(need.fr), len(need.en)) > 10, f"{kind}.{name}"
            if need.by:
                text = (root / need.by).read_text(encoding="utf-8")
                assert re.search(rf"\b{name}\b", text), f"{need.by} does not know {kind}.{name}"
            else:
                assert CONTRACTS[kind].column(name).nullable, f"{kind}.{name} cannot be dropped"
    assert any(told_only(kind) for kind in CONTRACTS)


def test_unused_it_is_told_at_90_days_and_dropped_at_180(home: Home, clock: FixedClock) -> None:
    """Requirement: MIN-3."""
    home.lake.commit("facts", told(3, to_us(START)))
    home.retention.run(by=DPO)
    assert states(home)["facts.quantity"] == "used"
    assert states(home)["measures.accuracy_m"] == "empty"
    run_after(home, clock, REPORT_DAYS - 1)
    assert states(home)["facts.quantity"] == "used"
    run_after(home, clock, 1)
    assert states(home)["facts.quantity"] == "unused"
    last = home.retention.last_run()
    assert last is not None
    assert last["fields"] == {"unused": ["facts.attributes", "facts.quantity"], "dropped": []}

    (found,) = look_at_fields(home.path)
    assert found.code == "fields_unused"
    assert "facts.attributes, facts.quantity" in found.text("fr")
    assert found.text("en") != found.text("fr")

    page = list_facts(home, HEAD, Filters())  # tells how many, not what the source adds
    assert [item["quantity"] for item in page.items] == [7_700_079.0, 7_700_078.0, 7_700_077.0]
    assert states(home)["facts.quantity"] == "used"
    assert states(home)["facts.attributes"] == "unused"

    run_after(home, clock, DROP_DAYS - REPORT_DAYS - 1)
    assert states(home)["facts.attributes"] == "unused"
    run_after(home, clock, 1)
    assert states(home)["facts.attributes"] == "dropped"
    assert states(home)["facts.quantity"] == "unused"  # for 90 days, not for 180
    assert find_bytes(home.path / "lake", ["valeur-fictive"]) == []
    assert home.lake.scan("facts")["attributes"].null_count == 3
    assert home.lake.scan("facts")["quantity"].null_count == 0

    home.lake.commit("facts", told(2, now_us(clock), first=10))
    rows = home.lake.scan("facts")
    assert (rows.num_rows, rows["attributes"].null_count, rows["quantity"].null_count) == (5, 5, 0)
    assert find_bytes(home.path / "lake", ["valeur-fictive"]) == []
    ref = rows["fact_id"].to_pylist()[0]
    assert get_fact(home, HEAD, ref).attributes == {}

    line = home.desk.retention.destructions()[0]
    assert (line.rule, line.store, line.n) == ("unused_fields", "facts", 3)
    assert line.done_us is not None
    erased = read(home.audit, Query(verb=Verb.ERASE), Reader("dpo", "dpo")).lines
    told_of = [line.subject["fields"] for _, line in erased if "fields" in line.subject]
    assert told_of == [["attributes"]]


def test_a_young_home_drops_nothing_and_a_day_is_counted_once(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: MIN-3."""
    home.lake.commit("facts", told(1, to_us(START) - 800 * DAY_US))
    home.retention.run(by=DPO)
    for _ in range(3):
        list_facts(home, HEAD, Filters())
    counted = {one.field: one for one in home.desk.field_uses.all() if one.dataset == "facts"}
    assert (counted["quantity"].days, counted["quantity"].used) == (1, START.date())
    assert (counted["attributes"].days, counted["attributes"].used) == (0, None)
    run_after(home, clock, DROP_DAYS - 1)
    assert "dropped" not in states(home).values()
    assert [column.name for column in FieldUseRow.__table__.columns] == [
        "dataset", "field", "looked_day", "since_day", "used_day", "days", "dropped_us", "need",
    ]  # fmt: skip


def test_what_may_not_be_seen_is_no_use(home: Home, clock: FixedClock) -> None:
    """Requirement: MIN-3."""
    at = to_us(START)
    home.lake.commit("means", means_at(at - 1))
    home.retention.run(by=DPO)
    with pytest.raises(Forbidden):
        list_means(home, ELECTED)
    assert next(o for o in home.desk.field_uses.all() if o.field == "speed_kmh").used is None
    assert list_means(home, HEAD)[0]["speed_kmh"] == 31.5
    used = {one.field for one in home.desk.field_uses.all() if one.used is not None}
    assert used == {"speed_kmh", "label"}
    view = home.rights.ask(HEAD, "means")
    view.told([{"capacity": 12.0, "heading_deg": None, "attributes": {}}])
    used = {one.field for one in home.desk.field_uses.all() if one.used is not None}
    assert used == {"speed_kmh", "label", "capacity"}


def test_a_hold_keeps_the_values_of_what_it_covers_and_of_nothing_beside(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: MIN-3, REQ-5."""
    at = to_us(START)
    home.lake.commit("facts", told(4, at))
    home.retention.run(by=DPO)
    until = at + 400 * DAY_US
    act = Act("C-1", "TJ fictif", "R-1", ("facts",), at + 1, at + 3, until)
    add_hold(home, DPO, act)
    run_after(home, clock, DROP_DAYS)
    left = home.lake.scan("facts").sort_by("earliest_us")["quantity"].to_pylist()
    assert left == [None, 7_700_078.0, 7_700_079.0, None]
    assert home.desk.retention.destructions()[0].n == 2
    run_after(home, clock, 1)
    assert home.desk.retention.destructions()[0].n == 2  # nothing is told twice
    run_after(home, clock, 220)
    assert home.lake.scan("facts")["quantity"].null_count == 4


def test_the_officer_takes_a_field_up_again_and_what_was_erased_stays_erased(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: MIN-3."""
    home.lake.commit("facts", told(2, to_us(START)))
    home.retention.run(by=DPO)
    run_after(home, clock, DROP_DAYS)
    need = "Compter les véhicules brûlés pour le bilan annuel"
    with pytest.raises(Forbidden):
        take_up(home, HEAD, "facts", "quantity", need)
    with pytest.raises(WrongUsage):
        take_up(home, DPO, "facts", "quantity", "parce que")
    with pytest.raises(NotFound):
        take_up(home, DPO, "facts", "severity", need)
    taken = take_up(home, DPO, "facts", "quantity", need)
    assert (taken["state"], taken["taken_up_for"]) == ("used", need)
    home.lake.commit("facts", told(2, now_us(clock), first=5))
    rows = home.lake.scan("facts").sort_by("earliest_us")
    assert rows["quantity"].to_pylist() == [None, None, 7_700_077.0, 7_700_078.0]
    assert rows["attributes"].null_count == 4
    run_after(home, clock, REPORT_DAYS)
    assert {one["field"]: one["state"] for one in list_fields(home, DPO)}["quantity"] == "unused"


def test_an_older_copy_of_the_lake_forgets_a_dropped_field_again_and_no_later_value(
    tmp_path: Path, clock: FixedClock
) -> None:
    """Requirement: MIN-3, P-SHR-3."""
    with make_home(tmp_path / "home", clock) as home:
        home.lake.commit("facts", told(2, to_us(START)))
        home.retention.run(by=DPO)
    shutil.copytree(tmp_path / "home" / "lake", tmp_path / "old")
    with open_home(tmp_path / "home", clock=clock) as home:
        run_after(home, clock, DROP_DAYS)
        assert home.lake.scan("facts")["quantity"].null_count == 2
        take_up(home, DPO, "facts", "quantity", "Compter les véhicules brûlés du bilan")
        home.lake.commit("facts", told(1, now_us(clock) + 1, first=9))
    shutil.rmtree(tmp_path / "home" / "lake")
    shutil.copytree(tmp_path / "old", tmp_path / "home" / "lake")
    with open_home(tmp_path / "home", clock=clock) as home:
        assert home.lake.scan("facts")["quantity"].null_count == 2
        assert find_bytes(home.path / "lake", ["valeur-fictive"]) == []


def test_a_partial_revision_says_nothing_of_a_dropped_field(home: Home) -> None:
    """Requirement: MIN-3."""
    at = to_us(START)
    home.lake.commit("facts", told(1, at))
    home.retention.run(by=DPO)
    home.desk.field_uses.drop("facts", ["attributes"])
    later = told(1, at)
    number = later.column_names.index("revision")
    later = later.set_column(number, "revision", pa.array([1], pa.int64()))
    names = pa.array([["quantity", "attributes"]], pa.list_(pa.string()))
    none = later.slice(0, 0)
    home.lake.commit("facts", none, later.append_column("said", names))
    row = home.lake.scan("facts").to_pylist()[0]
    assert (row["revision"], row["quantity"], row["attributes"]) == (1, 7_700_077.0, None)
    trace = {one.path.name for one in find_bytes(home.path / "lake", ["valeur-fictive"])}
    assert not any(name.startswith("partial") for name in trace)


def test_what_nothing_needs_is_empty_on_receipt_and_in_an_older_home(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: MIN-3."""
    table, at = home.lake.tables["means"], to_us(START)
    now = table.without
    table.without = frozenset  # as kept by an older version
    home.lake.commit("means", means_at(at - 1))
    assert home.lake.scan("means")["row"].null_count == 0
    table.without = now
    home.retention.run(by=DPO)
    run_after(home, clock, 1)
    home.lake.commit("means", means_at(at + 1, "V2"))
    rows = home.lake.scan("means")
    assert (rows.num_rows, rows["row"].null_count) == (2, 2)
    assert set(rows["label"].to_pylist()) == {"Vehicule fictif"}
    assert "means.row" not in states(home)


def test_every_field_kept_to_be_told_is_told_and_nothing_breaks_without_it(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: MIN-3."""
    at = to_us(START) - HOUR_US
    tables = {"facts": told(2, at), "means": means_at(at), **beside(at)}
    values = {"double": 3.5, "float": 3.5, "int64": 3, "string": "V 12"}
    for kind, given_ in tables.items():
        table = given_
        for name in told_only(kind):
            number, sort = table.column_names.index(name), table[name].type
            value = [("detail", "oui")] if pa.types.is_map(sort) else values[str(sort)]
            column = pa.array([value] * table.num_rows, sort)
            table = table.set_column(number, name, column)
        home.lake.commit(kind, table)
    home.retention.run(by=DPO)
    before = answers(home)
    unused = {
        f"{one.dataset}.{one.field}" for one in home.desk.field_uses.all() if one.used is None
    }
    assert unused == set()
    for kind in CONTRACTS:
        home.desk.field_uses.drop(kind, told_only(kind))
    clock.advance(timedelta(days=1))
    home.retention.run(by=DPO)
    for kind in CONTRACTS:
        rows = home.lake.scan(kind)
        assert rows.num_rows
        assert all(rows[name].null_count == rows.num_rows for name in told_only(kind)), kind
    clock.advance(timedelta(days=-1))
    assert answers(home) == before


def beside(at: int) -> dict[str, pa.Table]:
    """Return a measure, a plan and a place."""
    end, area = at + HOUR_US, shapely.to_wkb(shapely.box(5.369, 43.299, 5.371, 43.301))
    measure = {
        "metric": ["noise.laeq"], "place_id": ["P"], "from_at": instants([at]),
        "to_at": instants([end]), "from_us": [at], "to_us": [end], "value": [61.0],
        "unit": ["dB"], "quality": ["good"], "lon": [5.37], "lat": [43.3],
    }  # fmt: skip
    plan = {
        "kind": ["event"], "title": ["Fête fictive"], "geometry": [area],
        "starts_at": instants([at]), "ends_at": instants([end]), "starts_us": [at],
        "ends_us": [end], "state": ["declared"], "declared": [True],
    }  # fmt: skip
    place = {
        "kind": ["place.square"], "label": ["Place fictive"], "geometry": [area],
        "valid_from_us": [0],
    }  # fmt: skip
    return {
        "measures": complete("measures", measure, ["M"], "sensors", at),
        "plans": complete("plans", plan, ["A"], "agenda", at),
        "places": complete("places", place, ["L"], "places", at),
    }


def answers(home: Home) -> list[int]:
    """Ask what tells every kind of record; return how much each answer holds."""
    page = list_facts(home, HEAD, Filters())
    detail = get_fact(home, HEAD, page.items[0]["fact_id"])
    at = to_us(START)
    window = {"from_us": at - DAY_US, "to_us": at + DAY_US}
    plan = home.lake.scan("plans")["plan_id"][0].as_py()
    return [
        len(page.items),
        len(detail.fact),
        len(list_means(home, HEAD)),
        len(places_geojson(home, HEAD)["features"]),
        len(measure_series(home, HEAD, "noise.laeq", **window).items),
        len(read_plan(home, HEAD, plan)),
        len(near(home, HEAD, Filters(**window), lon=5.37, lat=43.3, radius_m=500.0)["measures"]),
    ]


days = st.integers(0, 1_000).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@given(since=days, used=st.none() | days, today=days, gone=st.booleans())
def test_the_terms_run_from_the_last_use(
    since: date, used: date | None, today: date, gone: bool
) -> None:
    """Requirement: MIN-3."""
    state, idle = standing(today, since, used, dropped=gone)
    last = max(since, used) if used else since
    assert idle == max(0, (today - last).days)
    if gone:
        assert state == "dropped"
    else:
        assert state == ["used", "unused", "due"][(idle >= 90) + (idle >= 180)]
    assert standing(today, None, used) == ("empty", 0)
    assert standing(last, since, used)[1] == 0
