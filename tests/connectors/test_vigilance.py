"""What is peculiar to warnings: colours over time, bulletins that follow, chains of alerts."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.checks import check
from vigie.model.taxonomy import TAXONOMY

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CITY = (5.2, 43.1, 5.6, 43.5)
PUBLIC = Path(__file__).parent / "public" / "vigilance.toml"


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "vigilance" / "cases.py"
    spec = importlib.util.spec_from_file_location("vigilance_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plans(outcome):
    return outcome.records.get("plans", [])


def state_of(outcomes):
    """Return what stands after messages came in this order: the highest revision wins."""
    state = {}
    for outcome in outcomes:
        for plan in plans(outcome):
            held = state.get(plan["source_ref"])
            if held is None or held["revision"] < plan["revision"]:
                state[plan["source_ref"]] = plan
    return state


def in_force(state):
    return {ref: plan for ref, plan in state.items() if plan["state"] == "authorised"}


def read(lab, content, **options):
    return lab.run("vigilance", content, options=options)


# --- vigilance


def test_a_warning_is_a_plan_for_the_part_of_the_day_it_stands(lab, cases):
    found = in_force(state_of([lab.sample("vigilance", "valid/wind.json")]))
    told = [
        (p["starts_at"], p["ends_at"], dict(p["attributes"])["colour"], p["title"])
        for p in found.values()
    ]
    at = {hour: from_us((cases.T + hour * cases.HOUR) * 1_000_000) for hour in range(11)}

    assert told == [
        (at[2], at[4], "yellow", "Vigilance jaune : vent violent"),
        (at[4], at[10], "orange", "Vigilance orange : vent violent"),
    ]
    assert {p["kind"] for p in found.values()} == {"environment.weather.wind"}


def test_the_official_product_says_the_same_as_the_light_form(lab, cases):
    same = cases.light(cases.phenomenon(1, (0, 1), (16, 2)))
    nested = cases.product(("13", [{"phenomenon_id": "1"}]))

    assert state_of([read(lab, cases.js(same))]) == state_of([read(lab, cases.js(nested))])


def test_the_feed_says_which_domains_it_keeps(lab, cases):
    content = cases.js(cases.light(cases.WIND, domain_id="83"))

    assert plans(read(lab, content)) == []
    assert len(plans(read(lab, content, domains=["83"]))) == 7


def test_vigilance_has_no_footprint_unless_the_feed_asks_for_the_city(lab, cases):
    content = cases.js(cases.light(cases.WIND))
    nowhere = lab.run("vigilance", content, bbox=CITY)
    city = lab.run("vigilance", content, bbox=CITY, options={"footprint": "city"})

    assert {plan["geometry"] for plan in plans(nowhere)} == {None}
    assert {shapely.from_wkb(plan["geometry"]).bounds for plan in plans(city)} == {CITY}


def test_a_later_bulletin_lifts_a_warning_and_leaves_what_is_past(lab, cases):
    first = read(lab, cases.js(cases.light(cases.phenomenon(1, (0, 3)))))
    at = cases.T + 12 * cases.HOUR
    lifted = cases.light(
        {"phenomenon_id": 1, "timelaps_items": [{"begin_time": at, "color_id": 1}]}, update_time=at
    )
    second = read(lab, cases.js(lifted))
    for order in itertools.permutations([first, second]):
        left = in_force(state_of(order))
        assert max(plan["ends_at"] for plan in left.values()) <= from_us(at * 1_000_000)
        assert min(plan["starts_at"] for plan in left.values()) == from_us(cases.T * 1_000_000)


@given(
    colours=st.lists(st.integers(1, 4), min_size=1, max_size=40),
    begins=st.integers(0, 24 * 365),
    phenomenon=st.integers(1, 9),
)
def test_every_hour_above_green_is_within_a_plan_at_least_as_severe(
    lab, cases, colours, begins, phenomenon
):
    start = cases.T + begins * cases.HOUR
    items = [
        {"begin_time": start + n * cases.HOUR, "color_id": colour}
        for n, colour in enumerate(colours)
    ]
    bulletin = cases.light(
        {"phenomenon_id": phenomenon, "timelaps_items": items},
        update_time=start,
        end_validity_time=start + len(colours) * cases.HOUR,
    )
    found = plans(read(lab, cases.js(bulletin)))
    severity = {1: 1, 2: 2, 3: 4, 4: 5}

    assert len({plan["source_ref"] for plan in found}) == len(found)
    assert all(plan["ends_at"] - plan["starts_at"] <= timedelta(hours=7) for plan in found)
    for n, colour in enumerate(colours):
        at = from_us((start + n * cases.HOUR) * 1_000_000)
        here = [p for p in found if p["starts_at"] <= at < p["ends_at"]]
        if colour > 1:
            (plan,) = here
            assert plan["state"] == "authorised"
            assert int(dict(plan["attributes"])["severity"]) >= severity[colour]
    if set(colours) == {1}:
        assert {plan["state"] for plan in found} == {"cancelled"}


@pytest.mark.parametrize("sample", ["valid/wind.json", "valid/all_green.json", "valid/alert.cap"])
def test_the_kit_takes_a_warning_as_a_plan(lab, sample):
    table = lab.sample("vigilance", sample).table("plans")
    verdicts = check("plans", table, np.arange(table.num_rows), received_at=NOW, bbox=CITY)

    assert verdicts.good.all()
    assert [notice.code for notice in verdicts.notices] == []


# --- CAP


def test_an_alert_is_a_plan_titled_by_codes_and_stands_where_it_says(lab):
    (found,) = plans(lab.sample("vigilance", "valid/alert.cap"))

    assert found["title"] == TAXONOMY.get("environment.weather.wind").fr
    assert shapely.from_wkb(found["geometry"]).bounds == (5.2, 43.15, 5.6, 43.45)
    assert found["starts_at"] == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert found["ends_at"] == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert dict(found["attributes"]) == {
        "severity": "4",
        "urgency": "Expected",
        "certainty": "Likely",
        "category": "Met",
        "geocodes": "FRL04",
    }


def test_the_language_of_the_city_is_read_when_an_alert_speaks_several(lab, cases):
    foreign = cases.INFO.replace("fr-FR", "en-GB").replace("Vent violent", "Heavy rain")
    content = cases.xml(cases.alert(info=foreign + cases.INFO))

    kinds = [plans(lab.run("vigilance", content, language=one))[0]["kind"] for one in ("fr", "en")]

    assert kinds == ["environment.weather.wind", "environment.weather.rain"]


@pytest.mark.parametrize(
    ("event", "category", "kind"),
    [
        ("Orages violents", "Met", "environment.weather.storm"),
        ("Crue du fleuve", "Met", "environment.weather.rain"),
        ("Vigilance canicule", "Met", "environment.weather.heat"),
        ("Séisme", "Geo", "environment.earthquake"),
        ("Feu de forêt", "Fire", "environment.wildfire_risk"),
        ("Brouillard givré", "Met", "environment.weather"),
        ("Volcan", "Geo", "environment.other"),
    ],
)
def test_the_kind_follows_the_words_of_the_event_then_its_category(
    lab, cases, event, category, kind
):
    info = cases.INFO.replace("Vent violent", event).replace("Met<", f"{category}<")
    (found,) = plans(read(lab, cases.xml(cases.alert(info=info))))

    assert found["kind"] == kind


@pytest.mark.parametrize(
    ("element", "name", "value", "kind"),
    [
        ("eventCode", "SAME", "TOR", "environment.weather.storm"),
        ("parameter", "awareness_type", "6; low-temperature", "environment.weather.cold"),
    ],
)
def test_a_code_says_more_than_words(lab, cases, element, name, value, kind):
    more = f"<{element}><valueName>{name}</valueName><value>{value}</value></{element}>"
    info = cases.INFO.replace("<area>", more + "<area>")
    (found,) = plans(read(lab, cases.xml(cases.alert(info=info))))

    assert found["kind"] == kind


def test_the_sender_is_not_in_the_reference(lab, cases):
    for sample in ("valid/alert.cap", "valid/update.cap"):
        assert cases.SENDER not in str(plans(lab.sample("vigilance", sample)))


def test_an_update_takes_the_place_of_its_alert_in_any_order(lab, cases):
    messages = [lab.sample("vigilance", f"valid/{name}.cap") for name in ("alert", "update")]
    states = [state_of(order) for order in itertools.permutations(messages)]

    assert states[0] == states[1]
    assert [plan["revision"] for plan in in_force(states[0]).values()] == [
        plans(messages[1])[0]["revision"]
    ]


def test_a_cancellation_before_its_alert_gives_the_same_end_state(lab):
    names = ("alert", "update", "cancel")
    messages = [lab.sample("vigilance", f"valid/{name}.cap") for name in names]
    states = [state_of(order) for order in itertools.permutations(messages)]

    assert all(state == states[0] for state in states)
    assert in_force(states[0]) == {}


def _sent(second):
    return (NOW + timedelta(seconds=second)).isoformat()


CHAINS = st.lists(
    st.tuples(
        st.sampled_from(["Alert", "Update", "Update", "Cancel"]),
        st.integers(
            0, 3
        ),  # seconds after the one before: messages of the same second are among them
        st.sets(st.integers(0, 5), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@given(chain=CHAINS, data=st.data())
def test_what_no_other_message_has_ended_is_in_force_in_any_order(lab, cases, chain, data):
    sent = list(itertools.accumulate(pause for _, pause, _ in chain))
    outcomes, ended, own = [], set(), []
    for n, (kind, _, named) in enumerate(chain):
        earlier = sorted(m for m in named if m < n) if kind != "Alert" else []
        if kind in {"Update", "Cancel"} and not earlier:
            kind = "Alert"  # noqa: PLW2901 -- it has nothing to end
        ended |= set(earlier)
        references = " ".join(cases.ref(f"M{m}", _sent(sent[m])) for m in earlier)
        message = cases.alert(f"M{n}", sent=_sent(sent[n]), kind=kind, references=references)
        outcomes.append(read(lab, cases.xml(message)))
        if kind != "Cancel":
            own.append((n, plans(outcomes[-1])[0]["source_ref"]))

    state = state_of(data.draw(st.permutations(outcomes)))

    assert set(in_force(state)) == {ref for n, ref in own if n not in ended}


@given(length=st.integers(1, 6), cancelled=st.booleans(), first=st.booleans(), data=st.data())
def test_a_chain_that_names_all_before_is_one_plan_at_most_in_any_order(
    lab, cases, length, cancelled, first, data
):
    options = {"chain": "first"} if first else {}
    outcomes = []
    for n in range(length):
        last = cancelled and n == length - 1 and n > 0
        kind = "Alert" if n == 0 else "Cancel" if last else "Update"
        references = " ".join(cases.ref(f"M{m}", _sent(m)) for m in range(n))
        message = cases.alert(f"M{n}", sent=_sent(n), kind=kind, references=references)
        outcomes.append(read(lab, cases.xml(message), **options))

    left = in_force(state_of(data.draw(st.permutations(outcomes))))

    assert len(left) == (0 if cancelled and length > 1 else 1)
    if first and left:
        assert list(left) == [plans(outcomes[0])[0]["source_ref"]]
    for plan in left.values():
        assert plan["revision"] == to_us(NOW + timedelta(seconds=length - 1)) // 1_000_000 * 2


def test_updates_that_all_name_the_first_alert_are_one_plan_where_the_feed_says_so(lab, cases):
    messages = [cases.alert("M0", sent=_sent(0))] + [
        cases.alert(f"M{n}", sent=_sent(n), kind="Update", references=cases.ref("M0", _sent(0)))
        for n in (1, 2, 3)
    ]
    by_message = [read(lab, cases.xml(one)) for one in messages]
    by_first = [read(lab, cases.xml(one), chain="first") for one in messages]

    assert (
        len(in_force(state_of(by_message))) == 3
    )  # to the letter: none of them is named by another
    assert len(in_force(state_of(reversed(by_first)))) == 1


def test_every_code_of_the_tables_leads_to_a_known_kind(lab):
    tables = importlib.import_module("vigie.connectors.vigilance")._TABLES
    kinds = {one["kind"] for one in tables["phenomena"].values()} | set(tables["cap_words"])
    for name in ("cap_same", "cap_awareness", "cap_categories"):
        kinds |= set(tables[name].values())

    assert [kind for kind in sorted(kinds) if kind not in TAXONOMY] == []
    assert set(tables["phenomena"]) == {str(n) for n in range(1, 10)}


def test_the_shared_alerts_give_what_is_listed(lab, shared_dir):
    listed = tomllib.loads(PUBLIC.read_text("utf-8"))
    root = shared_dir / "data" / "messages"
    found = {}
    for path in sorted((root / "cap").iterdir()):
        outcome = lab.run("vigilance", path.read_bytes())
        told = "records" if outcome.counts else "refused" if outcome.rejected else "not_used"
        found[path.relative_to(root).as_posix()] = (told, outcome.counts)

    assert found == {name: (one["outcome"], one.get("records", {})) for name, one in listed.items()}
    assert all(one["reason"] for one in listed.values())
