"""A hold freezes what the act covers and nothing beside it; release lets it go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.situation.retention.homes import DAY_US, NOW, facts, ids, make_home, texts, there, us

from vigie.base.clock import FixedClock, to_us
from vigie.base.errors import Conflict, Forbidden, NotFound, WrongUsage
from vigie.cli.main import run as command
from vigie.model.holds import Hold
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.calendar import calendar
from vigie.situation.retention.holding import Act, add_hold, list_holds, release_hold

DPO = Caller("dpo", "dpo")
OLD = us(2020, 5, 5, 12)
ACT = Act(
    case="PR-2026-14",
    authority="Parquet de Marseille",
    act="Réquisition 14",
    stores=("facts", "narratives"),
    from_us=OLD - DAY_US,
    to_us=OLD + DAY_US,
    until_us=to_us(NOW) + 30 * DAY_US,
)
SQUARE = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.31), (5.36, 43.31))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    with make_home(tmp_path / "home", clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("narrow", "kept"),
    [
        ({}, {0, 1, 2}),
        ({"sources": ("police",)}, {0, 1}),
        ({"ring": SQUARE}, {0, 2}),
        ({"sources": ("rescue",), "ring": SQUARE}, {2}),
        ({"stores": ("narratives",)}, set()),
        ({"to_us": OLD + 1}, {0}),
    ],
)
def test_neighbours_of_what_is_held_go_on_time(
    home: Home, narrow: dict[str, object], kept: set[int]
) -> None:
    """Requirement: REQ-5."""
    inside = facts([OLD, OLD + 1], lon=[5.37, 5.40], prefix="A")
    rescue = facts([OLD + 2], source="rescue", prefix="B")
    around = facts([OLD - 2 * DAY_US, OLD + 2 * DAY_US], prefix="C")
    for table in (inside, rescue, around):
        home.lake.commit("facts", table)
    add_hold(home, DPO, replace(ACT, **narrow))  # type: ignore[arg-type]
    home.retention.run()
    everything = [*ids(inside), *ids(rescue)]
    assert there(home) == {everything[place] for place in kept}
    assert home.retention.run().total == 0


def test_a_record_named_by_the_act_is_kept_and_no_other(home: Home) -> None:
    """Requirement: REQ-5."""
    table = facts([OLD, OLD + 1])
    home.lake.commit("facts", table)
    add_hold(home, DPO, replace(ACT, ids=(ids(table)[1],)))
    home.retention.run()
    assert there(home) == {ids(table)[1]}
    with pytest.raises(WrongUsage, match="hold"):
        home.retention.erase("facts", ids(table)[1:], by=DPO, reason="demande")


@pytest.mark.parametrize("how", ["released", "lapsed"])
def test_what_was_held_goes_at_the_next_run_after_the_hold(
    home: Home, clock: FixedClock, how: str
) -> None:
    """The calendar by which recordings will go, too (VID-2)."""
    home.lake.commit("facts", facts([OLD]))
    held = add_hold(home, DPO, ACT)
    assert home.retention.run().total == 0
    if how == "released":
        release_hold(home, DPO, held.hold.hold_id)
        with pytest.raises(Conflict):
            release_hold(home, DPO, held.hold.hold_id)
    else:
        clock.advance(timedelta(days=31))
    assert home.retention.run().erased["facts"] == 1


def test_a_text_that_is_held_keeps_its_key_and_the_others_lose_theirs(
    home: Home, clock: FixedClock
) -> None:
    """Requirement: REQ-5."""
    day = to_us(NOW) - 40 * DAY_US
    table = facts([day, day - 5 * DAY_US])
    home.lake.commit("facts", table)
    home.lake.commit_narratives(texts(table))
    act = replace(ACT, from_us=day - DAY_US, to_us=day + DAY_US)
    held = add_hold(home, DPO, act)
    assert home.retention.run().erased == {"narratives": 1}
    assert home.lake.narrative(ids(table)[0]) is not None
    release_hold(home, DPO, held.hold.hold_id)
    assert home.retention.run().erased == {"narratives": 1}
    assert home.lake.narratives.count() == 0
    clock.advance(timedelta(minutes=15))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"case": " "}, "case"),
        ({"authority": ""}, "authority"),
        ({"act": ""}, "act"),
        ({"stores": ()}, "facts"),
        ({"stores": ("quarantine",)}, "quarantine"),
        ({"to_us": ACT.from_us}, "from"),
        ({"until_us": to_us(NOW)}, "past"),
        ({"ring": SQUARE[:2]}, "corners"),
    ],
)
def test_an_act_that_is_incomplete_holds_nothing(
    home: Home, wrong: dict[str, object], said: str
) -> None:
    """A hold only with a case reference."""
    with pytest.raises(WrongUsage) as refused:
        add_hold(home, DPO, replace(ACT, **wrong))  # type: ignore[arg-type]
    assert said in refused.value.params["reason"]
    assert home.retention.cases() == []


def test_only_the_charter_lets_anybody_hold_or_look(home: Home) -> None:
    operator = Caller("op", "operator")
    with pytest.raises(Forbidden):
        add_hold(home, operator, ACT)
    with pytest.raises(Forbidden):
        calendar(home, operator)
    with pytest.raises(NotFound):
        release_hold(home, DPO, "hold-none")
    assert calendar(home, Caller("root", "admin"))["holds"] == []


def test_a_point_on_neither_side_of_a_polygon_is_outside() -> None:
    hold = Hold("h", ("facts",), (), 0, 10, SQUARE, (), 10)
    assert hold.covers("police", "x", 5, 5.37, 43.30)
    assert not hold.covers("police", "x", 5, 5.39, 43.30)
    assert not hold.covers("police", "x", 5, 5.37, 43.32)
    assert not hold.covers("police", "x", 5, None, None)
    assert not hold.stands(10)


def test_the_calendar_tells_what_vanishes_each_day(home: Home) -> None:
    day = us(2023, 4, 2, 9)
    home.lake.commit("facts", facts([day, day + 1, day + 3 * DAY_US]))
    home.lake.commit_narratives(texts(facts([to_us(NOW) - 5 * DAY_US])))
    home.retention.run()
    add_hold(home, DPO, ACT)
    found = calendar(home, DPO)
    assert found["vanishing"] == [
        {"rule": "facts", "on": "2026-04-02", "n": 2},
        {"rule": "facts", "on": "2026-04-05", "n": 1},
        {"rule": "narratives", "on": "2026-04-14", "n": 1},
    ]
    assert found["holds"][0]["case"] == ACT.case
    assert found["last_run"]["erased"] == {}
    facts_rule = next(rule for rule in found["rules"] if rule["name"] == "facts")
    assert facts_rule["term"] == {"fr": "3 ans", "en": "3 years"}
    assert list_holds(home, DPO)[0]["standing"]


def test_the_command_line_runs_holds_and_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "home"
    make_home(path).close()
    where = ["--home", str(path)]
    act = ["--case", "PR-1", "--authority", "Parquet", "--act", "R1", "--store", "facts",
           "--from", "2026-01-01T00:00:00+01:00", "--to", "2026-01-02T00:00:00+01:00",
           "--until", "2099-01-01T00:00:00Z", "--zone", "5.3,43.2 5.4,43.2 5.4,43.3"]  # fmt: skip
    assert command(["retention", "hold", "add", *where, *act, "--json"]) == 0
    name = json.loads(capsys.readouterr().out)["id"]
    assert command(["retention", "hold", "list", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == name
    assert command(["retention", "hold", "release", name, *where]) == 0
    assert command(["retention", "run", "--dry-run", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dry_run"]
    assert command(["retention", "run", *where]) == 0
    assert command(["retention", "register", *where, "--json"]) == 0
    assert command(["retention", "calendar", *where, "--json"]) == 0
    assert command(["retention", "hold", "add", *where, *act[:-1], "here"]) == 2
    assert command(["retention", "hold", "add", *where, *act[:9], "today", *act[10:]]) == 2
