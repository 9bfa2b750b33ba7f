"""Crowding read from a home: presence, a counting camera and a tram line, and what is not told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import WrongUsage
from vigie.desk.indicators import Asked
from vigie.foresight.kept import Kept
from vigie.geo.cells import cell_columns, cell_text
from vigie.situation.caller import Caller
from vigie.situation.crowding import HOUR_US, LEAST_PEOPLE, QUARTER_US, read_crowding
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.indicators import try_indicator
from vigie.situation.indicators_crowding import CROWDING

NOW = datetime(2026, 3, 27, 18, 40, tzinfo=UTC)
PORT, PLAIN, SMALL = (5.370, 43.295), (5.400, 43.300), (5.430, 43.270)
CALLER = Caller(role="shift_head", name="shift_head@test")


def commit(
    home: Home,
    sample: ModuleType,
    metric: str,
    place: str,
    at: Any,
    to: Any,
    value: Any,
    where: Any,
) -> None:
    """Measures of one metric at one place."""
    n = len(at)
    given = {
        "metric": [metric] * n,
        "place_id": [place] * n,
        "from_at": sample.instants(at),
        "to_at": sample.instants(to),
        "from_us": at,
        "to_us": to,
        "lon": [where[0]] * n,
        "lat": [where[1]] * n,
        "value": [float(one) for one in value],
        "unit": ["person"] * n,
        "quality": ["good"] * n,
    }
    refs = [f"{place}-{int(one)}" for one in at]
    home.lake.commit("measures", sample.complete("measures", given, refs, metric))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    """Four weeks in which a camera at the port goes along with presence, and a sudden crowd."""
    folder = tmp_path_factory.mktemp("crowding") / "home"
    init_home(folder)
    with open_home(folder, clock=FixedClock(NOW)) as home:
        chance = np.random.default_rng(3)
        hour = now_us(home.clock) // HOUR_US * HOUR_US
        at = hour - np.arange(1, 28 * 24 + 1)[::-1] * HOUR_US
        swing = np.zeros(len(at))
        for n in range(1, len(at)):
            swing[n] = 0.8 * swing[n - 1] + chance.normal(0, 0.06)
        shape = 1.0 + 0.3 * np.sin(at / HOUR_US / 24 * 2 * np.pi)
        port = 2_000 * shape * np.exp(swing)
        commit(home, sample, "presence.total", "z1", at, at + HOUR_US, port, PORT)
        plain = 900 * shape * np.exp(chance.normal(0, 0.03, len(at)))
        commit(home, sample, "presence.total", "z2", at, at + HOUR_US, plain, PLAIN)
        few = np.full(len(at), 20.0)
        few[-3:] = 12.0
        commit(home, sample, "presence.total", "z3", at, at + HOUR_US, few, SMALL)
        density = 0.2 * shape * np.exp(swing + chance.normal(0, 0.02, len(at)))
        commit(home, sample, "presence.density", "cam", at, at + HOUR_US, density, PORT)
        late = np.array([hour + QUARTER_US])
        now = [density[-1] * 2.5]
        commit(home, sample, "presence.density", "cam", late, late + QUARTER_US, now, PORT)
        yield home


def cell_of(where: tuple[float, float]) -> str:
    columns = cell_columns(np.array([where[0]]), np.array([where[1]]))
    return cell_text(columns.cell8[0].as_py())


def test_cameras_move_the_quarter_in_which_presence_has_not_spoken_yet(crowded: Home) -> None:
    told = read_crowding(crowded, CALLER)
    assert told["at"].startswith("2026-03-27T18:30")
    first = told["items"][0]
    assert first["cell"] == cell_of(PORT)
    assert first["state"] == "above"
    assert 1.8 < first["ratio"] < 3.5
    assert first["low"] < first["people"] < first["high"]
    assert {one["group"] for one in first["base"]} == {"presence", "cameras"}
    by_cell = {one["cell"]: one for one in told["items"]}
    plain = by_cell[cell_of(PLAIN)]
    assert plain["state"] == "usual"
    assert [one["group"] for one in plain["base"]] == ["presence"]
    assert plain["base"][0]["age_s"] >= 3_600


def test_fewer_than_the_least_group_are_not_told(crowded: Home) -> None:
    """Requirement: TEL-2."""
    cells = {one["cell"]: one for one in read_crowding(crowded, CALLER)["items"]}
    small = cells[cell_of(SMALL)]
    assert small["state"] == "few"
    assert [small[name] for name in ("people", "low", "high", "usual", "ratio")] == [None] * 5
    for one in cells.values():
        assert one["people"] is None or one["people"] >= LEAST_PEOPLE
        assert one["people"] is None or one["people"] % 10 == 0


def test_it_says_which_sources_speak_weigh_and_are_silent(crowded: Home) -> None:
    sources = {one["group"]: one for one in read_crowding(crowded, CALLER)["sources"]}
    assert sources["transport"]["state"] == "never"
    assert (sources["cameras"]["state"], sources["cameras"]["weighs"]) == ("speaking", True)
    assert sources["presence"]["sources"] == ["presence.total"]
    assert sources["presence"]["age_s"] == 40 * 60


def test_the_past_is_told_as_it_was_known_then_and_the_future_is_not(crowded: Home) -> None:
    at = now_us(crowded.clock)
    earlier = read_crowding(crowded, CALLER, at_us=at - 2 * HOUR_US)
    port = next(one for one in earlier["items"] if one["cell"] == cell_of(PORT))
    assert port["ratio"] < 1.6
    with pytest.raises(WrongUsage):
        read_crowding(crowded, CALLER, at_us=at + HOUR_US)


def test_silence_widens_the_interval_until_only_what_is_usual_is_left(
    crowded: Home,
) -> None:
    clock = crowded.clock
    assert isinstance(clock, FixedClock)

    def port() -> dict[str, Any]:
        items = read_crowding(crowded, CALLER)["items"]
        return next(one for one in items if one["cell"] == cell_of(PORT))

    clock.advance(timedelta(hours=10))
    try:
        late = port()
        states = {one["group"]: one["state"] for one in read_crowding(crowded, CALLER)["sources"]}
    finally:
        clock.advance(timedelta(hours=-10))
    assert late["base"] == []
    assert (late["state"], late["ratio"]) == ("usual", 1.0)
    assert states == {"presence": "silent", "cameras": "silent", "transport": "never"}


def test_a_home_without_presence_says_nothing(tmp_path: Path) -> None:
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOW)) as home:
        told = read_crowding(home, CALLER)
    assert told["items"] == []
    assert {one["state"] for one in told["sources"]} == {"never"}


def test_an_indicator_of_crowds_stands_beside_those_of_facts(crowded: Home) -> None:
    everywhere = try_indicator(crowded, CALLER, Asked("Port", kind=CROWDING))
    figures = everywhere["figures"]
    cells = read_crowding(crowded, CALLER)["items"]
    told = sum(one["people"] for one in cells if one["people"] is not None)
    assert figures["n"] == pytest.approx(told, abs=60)
    assert figures["low"] < figures["expected"] < figures["high"]
    assert figures["state"] == "above"
    assert (figures["from"], figures["to"]) == ("2026-03-27T18:30:00Z", "2026-03-27T18:45:00Z")
    assert len(figures["series"]) == 28
    limit = try_indicator(crowded, CALLER, Asked("Port", kind=CROWDING, threshold=1e6))
    assert limit["figures"]["state"] == "ordinary"


def test_an_indicator_of_crowds_without_presence_is_unknown(tmp_path: Path) -> None:
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOW)) as home:
        figures = try_indicator(home, CALLER, Asked("Port", kind=CROWDING))["figures"]
    assert (figures["n"], figures["expected"], figures["state"]) == (None, None, "unknown")


def test_the_weeks_before_are_read_once_an_hour(
    crowded: Home, sample: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told now is read anew; who asks the same in the same minute reads nothing."""
    asked: list[float] = []
    scan = crowded.lake.scan

    def counted(kind: str, **options: Any) -> Any:
        asked.append((options["to_us"] - options["from_us"]) / HOUR_US / 24)
        return scan(kind, **options)

    monkeypatch.setattr(crowded.lake, "scan", counted)
    monkeypatch.setattr(crowded, "kept", Kept())
    first = read_crowding(crowded, CALLER)
    assert [round(days) for days in asked] == [27, 1]
    assert read_crowding(crowded, CALLER) == first
    assert len(asked) == 2
    late = np.array([now_us(crowded.clock) // HOUR_US * HOUR_US + QUARTER_US])
    commit(crowded, sample, "presence.density", "cam2", late, late + QUARTER_US, [3.0], PORT)
    again = read_crowding(crowded, CALLER)
    assert [round(days) for days in asked] == [27, 1, 1]
    assert again["items"][0]["people"] != first["items"][0]["people"]
    monkeypatch.setattr(crowded, "kept", Kept())
    assert read_crowding(crowded, CALLER) == again
