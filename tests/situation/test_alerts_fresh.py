"""Alert rules judged from memory ring as if they were judged by the lake (decision 0087)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.commits import commit_told
from tests.lake.samples import complete, fact

from vigie.base.clock import FixedClock, from_us, now_us
from vigie.desk.alert_rules import Instance
from vigie.intake.announcing import MOST_TOLD
from vigie.judge import parameters
from vigie.rules.count_high import CountParameters
from vigie.situation import alerts_fresh
from vigie.situation.alerts_engine import Prepared, find_new, prepare
from vigie.situation.alerts_fresh import Fresh
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE_US = 60_000_000
INSIDE, OUTSIDE = (5.37, 43.295), (5.45, 43.35)
RING = [[5.36, 43.29], [5.38, 43.29], [5.38, 43.30], [5.36, 43.30], [5.36, 43.29]]
FIRES: dict[str, Any] = {"family": "inside_zone", "parameters": {"kind": "rescue.fire"}}
RULES: list[dict[str, Any]] = [
    {**FIRES, "scope": {"ring": RING}},
    {"family": "inside_zone", "parameters": {"severity_min": 3, "quiet_min": 0}},
    {"family": "count_high", "parameters": {"on": 4, "off": 1, "window_min": 45, "quiet_min": 7}},
    {
        "family": "count_high",
        "parameters": {"kind": "offence", "on": 3, "off": 2, "quiet_min": 0},
        "scope": {"sources": ["log"]},
    },
    {
        "family": "followed_by",
        "parameters": {"first_kind": "offence", "then_kind": "rescue.fire", "within_min": 40},
        "scope": {"from_hour": 6, "to_hour": 23},
    },
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, FixedClock]]:
    folder, clock = tmp_path_factory.mktemp("fresh") / "home", FixedClock(NOW)
    init_home(folder, {"log_level": "ERROR"})
    with open_home(folder, clock=clock) as home:
        yield home, clock


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Home, FixedClock]]:
    init_home(tmp_path / "home", {"log_level": "ERROR"})
    clock = FixedClock(NOW)
    with open_home(tmp_path / "home", clock=clock) as home:
        yield home, clock


def stand(home: Home, rules: list[dict[str, Any]]) -> list[str]:
    """Set instances in place of all others."""
    for one in home.desk.alert_rules.list_all():
        put(home, {"parameters": one.parameters, "family": one.family}, one.rule_id, one.number)
    return [put(home, rule) for rule in rules]


def put(home: Home, rule: dict[str, Any], rule_id: str = "", after: int = 0) -> str:
    said: dict[str, Any] = {"name": "r", "scope": {}, "severity": 3, "who": "x", "why": "", **rule}
    state = "off" if rule_id else "on"
    return home.desk.alert_rules.put(rule_id, after=after, state=state, **said).rule_id


def happens(home: Home, ref: str, ago_min: float, **more: Any) -> None:
    """A fact of the last minutes is committed, and told."""
    at_us = now_us(home.clock) - int(ago_min * MINUTE_US)
    commit_told(home, complete("facts", [fact(ref, at_us, **{"kind": "rescue.fire", **more})]))


def rung(home: Home, instance: str) -> set[tuple[tuple[str, ...], int]]:
    found = home.desk.alerts.since(instance, 0)
    return {(tuple(one.numbers["about"]), one.at_us) for one in found}


FACTS = st.fixed_dictionaries(
    {
        "ago_min": st.integers(-20, 170) | st.floats(0, 3),
        "kind": st.sampled_from(["rescue.fire", "rescue.fire.building", "offence.person", "noise"]),
        "place": st.sampled_from([INSIDE, INSIDE, OUTSIDE, None]),
        "severity": st.sampled_from([None, 1, 3, 5]),
        "source": st.sampled_from(["log", "other"]),
        "again": st.integers(0, 9),
    }
)
STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.lists(FACTS, min_size=0, max_size=6)), min_size=1, max_size=6
)


@settings(max_examples=15)
@given(STEPS)
def test_it_rings_as_the_lake_would(
    shared: tuple[Home, FixedClock], steps: list[tuple[int, list[dict[str, Any]]]]
) -> None:
    """Whatever comes, in whatever order, late, ahead of its time or told anew."""
    home, clock = shared
    clock.advance(timedelta(days=4))
    ids, fresh = stand(home, RULES), Fresh(home)
    twins = [replace(prepared(rule), rule_id=f"twin-{one}") for one, rule in read(home, ids)]
    fresh.look()
    refs: list[str] = []
    for number, (minutes, told) in enumerate(steps):
        clock.advance(timedelta(minutes=minutes))
        for row, one in enumerate(told):
            new = f"{ids[0]}-{number}-{row}"
            ref = refs[one["again"]] if one["again"] < len(refs) else new
            refs.append(ref)
            lon, lat = one["place"] or (None, None)
            more = {name: one[name] for name in ("kind", "severity", "source")}
            happens(home, ref, one["ago_min"], lon=lon, lat=lat, revision=len(refs), **more)
        fresh.look()
        home.desk.alerts.raise_all(find_new(home, twins))
        for one in ids:
            assert rung(home, one) == rung(home, f"twin-{one}")


def read(home: Home, ids: list[str]) -> list[tuple[str, tuple[Home, dict[str, Any]]]]:
    return [(one, (home, rule)) for one, rule in zip(ids, RULES, strict=True)]


def prepared(asked: tuple[Home, dict[str, Any]]) -> Prepared:
    home, rule = asked
    return prepare(home, rule["family"], rule["parameters"], rule.get("scope", {}), severity=3)


def test_a_fact_ahead_of_its_time_rings_when_it_is_time(own: tuple[Home, FixedClock]) -> None:
    home, clock = own
    (one,), fresh = stand(home, [FIRES]), Fresh(home)
    fresh.look()
    happens(home, "early", -10)
    assert fresh.look() == []
    clock.advance(timedelta(minutes=9))
    assert fresh.look() == []
    clock.advance(timedelta(minutes=1))
    assert [alert.instance for alert in fresh.look()] == [one]
    assert fresh.look() == []


def test_what_is_not_told_one_by_one_rings_too(own: tuple[Home, FixedClock]) -> None:
    """Of a large commit the gravest are told, the others counted: they are read in the lake."""
    home, _ = own
    stand(home, [FIRES])
    fresh = Fresh(home)
    fresh.look()
    at_us = now_us(home.clock) - 5 * MINUTE_US
    rows = [fact(f"noise-{n}", at_us + n, kind="noise", severity=5) for n in range(MOST_TOLD + 9)]
    rows.append(fact("fire", at_us, kind="rescue.fire", severity=1))
    commit_told(home, complete("facts", rows))
    assert [alert.rule for alert in fresh.look()] == ["inside_zone"]


@pytest.mark.parametrize("kept", [0, 1])
def test_events_that_were_dropped_unread_are_made_good_by_the_lake(
    own: tuple[Home, FixedClock], kept: int
) -> None:
    home, _ = own
    stand(home, [FIRES])
    fresh = Fresh(home)
    happens(home, "first", 30)
    assert len(fresh.look()) == 1
    happens(home, "second", 3)
    for _ in range(3):
        home.intake.events.append("org.vigie.source.state.v1", {})
    home.intake.events.prune(keep=kept)
    assert len(fresh.look()) == 1


def test_what_is_erased_is_held_no_longer(own: tuple[Home, FixedClock]) -> None:
    home, _ = own
    stand(home, [{"family": "followed_by", "parameters": {"then_kind": "road.accident"}}])
    fresh = Fresh(home)
    happens(home, "fire", 6)
    fresh.look()
    fact_id = fact("fire", 0)["fact_id"]
    home.retention.erase("facts", [fact_id], by=Caller("dpo", "dpo"), reason="Erreur")
    happens(home, "crash", 3, kind="road.accident")
    assert fresh.look() == []
    happens(home, "fire-2", 2)
    happens(home, "crash-2", 1, kind="road.accident")
    assert len(fresh.look()) == 1


def test_a_rule_set_later_judges_the_last_hours_and_one_switched_off_nothing(
    own: tuple[Home, FixedClock],
) -> None:
    home, _ = own
    fresh = Fresh(home)
    happens(home, "fire", 90)
    happens(home, "old", 150)
    assert fresh.look() == []
    (one,) = stand(home, [FIRES])
    happens(home, "elsewhere", 1, kind="noise")
    assert [alert.at_us for alert in fresh.look()] == [now_us(home.clock) - 90 * MINUTE_US]
    stand(home, [])
    happens(home, "fire-2", 1)
    assert fresh.look() == []
    assert len(rung(home, one)) == 1


def test_a_measure_rings_when_it_is_told(own: tuple[Home, FixedClock]) -> None:
    home, _ = own
    level = {"metric": "noise.laeq", "on": 80.0, "off": 70.0}
    (one,) = stand(home, [{"family": "level_beyond", "parameters": level}])
    fresh = Fresh(home)
    fresh.look()
    at_us = now_us(home.clock) - 4 * MINUTE_US
    rows = [
        {
            "measure_id": f"m{n}", "metric": metric, "place_id": "P1",
            "from_at": from_us(at_us + n), "to_at": from_us(at_us + n + MINUTE_US),
            "from_us": at_us + n, "to_us": at_us + n + MINUTE_US, "value": value, "unit": "dB",
            "source": "sensors", "lon": 5.37, "lat": 43.3,
        }
        for n, (metric, value) in enumerate([("noise.laeq", 60.0), ("people.count", 90.0)])
    ]  # fmt: skip
    commit_told(home, complete("measures", rows), "measures", "sensors")
    assert fresh.look() == []
    louder = [{**rows[0], "measure_id": "m9", "from_us": at_us + 9, "value": 85.0}]
    commit_told(home, complete("measures", louder), "measures", "sensors")
    assert [alert.instance for alert in fresh.look()] == [one]


class Few(CountParameters):
    """Parameters that hold eight facts."""

    def most_held(self) -> int:
        return 8


def test_where_each_fact_rings_by_itself_a_storm_hides_no_late_one(
    own: tuple[Home, FixedClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = own
    monkeypatch.setattr(parameters, "MOST_HELD", 8)
    stand(home, [{**FIRES, "parameters": {"kind": "rescue.fire", "quiet_min": 0}}])
    fresh = Fresh(home)
    for number in range(12):
        happens(home, f"fire-{number}", number + 1)
    assert len(fresh.look()) == 8, "of more than it can hold at once the newest"
    happens(home, "late", 60)
    assert [alert.at_us for alert in fresh.look()] == [now_us(home.clock) - 60 * MINUTE_US]


def test_an_instance_with_more_than_enough_knows_the_newest_only(
    own: tuple[Home, FixedClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, clock = own
    prepared = alerts_fresh.prepared

    def few(home: Home, version: Instance) -> Prepared:
        one = prepared(home, version)
        return replace(one, parameters=Few(**one.parameters.model_dump()))

    monkeypatch.setattr(alerts_fresh, "prepared", few)
    count = {"on": 3, "off": 1, "window_min": 10, "quiet_min": 0}
    (one,) = stand(home, [{"family": "count_high", "parameters": count}])
    fresh = Fresh(home)
    fresh.look()
    for number in range(30):  # a fact a minute: the count stays beyond the limit
        clock.advance(timedelta(minutes=1))
        happens(home, f"fire-{number}", 0)
        fresh.look()
    assert len(rung(home, one)) == 1
    clock.advance(timedelta(minutes=30))
    for number in range(3):
        happens(home, f"late-{number}", 75)
    assert fresh.look() == [], "it knows nothing of that time any more"
    for number in range(3):
        happens(home, f"now-{number}", 1)
    assert [alert.at_us for alert in fresh.look()] == [now_us(clock) - MINUTE_US]


def test_what_a_record_says_no_longer_is_judged_too(own: tuple[Home, FixedClock]) -> None:
    """Told anew as noise, the third fire leaves the count to fall and rise again."""
    home, _ = own
    count = {"kind": "rescue.fire", "on": 2, "off": 1, "window_min": 10, "quiet_min": 0}
    stand(home, [{"family": "count_high", "parameters": count}])
    fresh = Fresh(home)
    fresh.look()
    for ref, ago_min in (("a", 20), ("b", 15), ("c", 12), ("d", 8)):
        happens(home, ref, ago_min)
    now = now_us(home.clock)
    assert [alert.at_us for alert in fresh.look()] == [now - 15 * MINUTE_US]
    happens(home, "c", 12, kind="noise", revision=1)
    assert [alert.at_us for alert in fresh.look()] == [now - 8 * MINUTE_US]
