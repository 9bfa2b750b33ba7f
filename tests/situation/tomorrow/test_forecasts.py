"""Forecasts through the door: who sees cells, who sees districts, what stays withheld."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.foresight.forecasting.town import NOW, empty_home, town_home

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock
from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.desk.forecasts import FAILED, READY, ForecastRun
from vigie.foresight.forecasting.shelf import ForecastShelf
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.inventory import without_one_rule
from vigie.situation.tomorrow.forecast_runs import (
    ask_forecast,
    backtest,
    carry_out,
    check_question,
    due,
)
from vigie.situation.tomorrow.forecasts import (
    forecast_features,
    list_forecasts,
    read_card,
    read_cell,
    read_forecast,
    read_scores,
)
from vigie.situation.tomorrow.overrides import list_overrides, override_forecast

ANALYST = Caller("a", "analyst")
PLANNER = Caller("p", "planner")
ELECTED = Caller("e", "elected")
DPO = Caller("d", "dpo")
OPERATOR = Caller("o", "operator")
KINDS = ("rescue.person", "offence.property")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, FixedClock]]:
    """A home with four months of the synthetic city and one forecast of it."""
    home, clock = town_home(tmp_path_factory.mktemp("town") / "home", days=118, scale=0.2)
    with home:
        run = ask_forecast(home, ANALYST, horizon_days=2, kinds=KINDS)
        assert carry_out(home, run).state == READY
        yield home, clock


@pytest.fixture
def home(made: tuple[Home, FixedClock]) -> Home:
    return made[0]


def test_a_run_says_what_it_shows_and_why(home: Home) -> None:
    (run,) = list_forecasts(home, PLANNER)
    assert run["state"] == "ready"
    assert [one["kind"] for one in run["kinds"]] == list(KINDS)
    assert {one["state"] for one in run["kinds"]} <= {"forecast", "baseline", "withheld"}
    assert run["origin_at"] == "2026-09-14T22:00:00Z"
    assert run["until_at"] == "2026-09-16T22:00:00Z"
    assert run["facts"] > 1_000
    assert run["passed"] is True


def test_cells_come_with_intervals_base_and_flags(home: Home) -> None:
    found = read_forecast(home, PLANNER, "latest", "offence.property")
    assert len(found["slots"]) == 8
    assert found["slots"][0]["from"] == found["run"]["origin_at"]
    assert found["slots"][-1]["to"] == found["run"]["until_at"]
    assert found["districts"] == []
    flagged = [one for one in found["places"] if one["flagged"]]
    assert len(flagged) == -(-len(found["places"]) // 10)
    for one in found["places"]:
        assert len(one["expected"]) == len(one["low"]) == len(one["high"]) == 8
        assert all(low <= high for low, high in zip(one["low"], one["high"], strict=True))
        assert one["base"] is None or one["base"] == 0 or one["base"] >= 5
        assert one["small"] == (one["base"] is None or one["base"] < 30)
        assert not (one["grey"] and not one["flagged"])


def test_a_cell_tells_levels_past_weeks_and_months_without_small_counts(home: Home) -> None:
    places = read_forecast(home, PLANNER, "latest")["places"]
    busiest = max(places, key=lambda one: one["base"] or 0)
    found = read_cell(home, PLANNER, "latest", busiest["cell"])
    first = found["slots"][0]
    assert [one["level"] for one in first["intervals"]] == [0.5, 0.8, 0.95]
    lows = [one["low"] for one in first["intervals"]]
    assert lows == sorted(lows, reverse=True)
    assert len(first["recent"]) == 8
    assert first["recent"][0]["from"] == "2026-09-07T22:00:00Z"
    for one in [*first["recent"], *found["months"]]:
        assert one["n"] is None or one["n"] == 0 or one["n"] >= 5
        assert one["withheld"] == (one["n"] is None)
    assert [one["month"] for one in found["months"]] == ["2026-06", "2026-07", "2026-08"]
    assert found["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("caller", [ELECTED, DPO])
def test_who_sees_no_facts_is_told_districts_and_days_to_two_digits(
    home: Home, caller: Caller
) -> None:
    found = read_forecast(home, caller, "latest")
    assert found["places"] == []
    assert found["slots"] == []
    assert found["days"] == ["2026-09-15", "2026-09-16"]
    assert len(found["districts"]) >= 16
    for one in found["districts"]:
        for value in one["expected"] or ():
            assert float(f"{value:.2g}") == value
    cell = read_forecast(home, PLANNER, "latest")["places"][0]["cell"]
    with pytest.raises(Forbidden):
        read_cell(home, caller, "latest", cell)
    with pytest.raises(Forbidden):
        forecast_features(home, caller, "latest")
    assert read_scores(home, caller)["misses"]["worst"] == []


def test_scores_stand_beside_the_naive_model_and_misses_are_counted(home: Home) -> None:
    found = read_scores(home, PLANNER)
    assert {"naive", "historical"} <= set(found["models"])
    for model in found["models"].values():
        assert set(model) == {"all", *KINDS}
    assert 0 <= found["misses"]["share"] <= 0.06
    for one in found["misses"]["worst"]:
        assert one["n"] is None or one["n"] >= 5 or one["n"] == 0
    assert found["stress"]["historical"]["passed"] is True


def test_the_card_tells_what_is_left_out_and_who_may_see_it(home: Home) -> None:
    found = read_card(home, DPO)
    assert found["not_evidence"] == ["patrol", "camera"]
    assert found["data"]["discovered"] > 0
    assert {"shift_head", "planner", "analyst", "elected"} <= set(found["readers"])
    assert "operator" not in found["readers"]
    assert {one["by"] for one in found["groups"]} == {"density", "district"}
    for one in found["groups"]:
        assert one["facts"] is None or one["facts"] == 0 or one["facts"] >= 5
        assert (one["facts"] is None) == (one["ratio"] is None)
    assert all(one["fr"] and one["en"] for one in found["limits"])


def test_features_are_geojson_of_one_slot_or_of_all(home: Home) -> None:
    whole = forecast_features(home, PLANNER, "latest")
    first = forecast_features(home, PLANNER, "latest", slot=0)
    assert whole["type"] == "FeatureCollection"
    assert len(whole["features"]) == len(first["features"])
    one, same = whole["features"][0], first["features"][0]
    assert one["id"] == same["id"]
    assert same["properties"]["expected"] <= one["properties"]["expected"]
    with pytest.raises(WrongUsage):
        forecast_features(home, PLANNER, "latest", slot=8)


def test_what_does_not_exist_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        read_forecast(home, PLANNER, "forecast-none")
    with pytest.raises(NotFound):
        read_cell(home, PLANNER, "latest", "88none")
    with pytest.raises(WrongUsage):
        read_forecast(home, PLANNER, "latest", "road.accident")


def test_an_operator_and_an_elected_official_have_none_made(home: Home) -> None:
    for caller in (ELECTED, OPERATOR, DPO):
        with pytest.raises(Forbidden):
            ask_forecast(home, caller, horizon_days=2)
    with pytest.raises(Forbidden):
        list_forecasts(home, OPERATOR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon_days": 29},
        {"horizon_days": 0},
        {"slot_hours": 5},
        {"grid": "h3:3"},
        {"kinds": ("offence.drugs",)},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    home: Home, wrong: dict[str, object]
) -> None:
    usual: dict[str, object] = {
        "horizon_days": 2, "grid": "h3:8", "slot_hours": 6, "kinds": (),
    }  # fmt: skip
    with pytest.raises(WrongUsage):
        check_question(home, **(usual | wrong))  # type: ignore[arg-type]


def test_a_backtest_on_squares_scores_every_model(home: Home) -> None:
    found = backtest(home, ANALYST, grid="1000", horizon_days=7, kinds=("rescue.person",))
    assert found["grid"] == "square:1000"
    assert {"naive", "historical"} <= set(found["models"])
    assert found["verdicts"][0]["kind"] == "rescue.person"
    assert found["to"] == "2026-09-14"
    assert found["weeks"] >= 4
    with pytest.raises(WrongUsage):
        backtest(home, ANALYST, first=NOW.date() - timedelta(days=20))


def test_every_store_of_a_home_with_forecasts_has_one_rule(home: Home) -> None:
    """Requirement: LED-6."""
    assert without_one_rule(home) == {}


def test_the_day_has_one_forecast_and_a_run_broken_off_has_failed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    opened, clock = town_home(tmp_path_factory.mktemp("due") / "home", days=20, scale=0.02)
    with opened:
        first = due(opened)
        assert isinstance(first, ForecastRun)
        assert first.made_by == "vigie:first"
        assert due(opened) == first
        assert opened.desk.forecasts.take(first.forecast_id)
        assert not opened.desk.forecasts.take(first.forecast_id)
        assert due(opened) is None
        clock.advance(timedelta(hours=3))
        daily = due(opened)
        assert opened.desk.forecasts.get(first.forecast_id).state == FAILED
        assert isinstance(daily, ForecastRun)
        assert daily.made_by == "vigie"
        assert opened.desk.forecasts.take(daily.forecast_id)
        opened.desk.forecasts.end(daily.forecast_id, READY, seconds=1.0, told={})
        assert due(opened) is None
        clock.advance(timedelta(days=1))
        assert due(opened) is not None


def test_nothing_is_due_in_an_empty_home_and_a_run_there_fails_with_its_reason(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    opened, _ = empty_home(tmp_path_factory.mktemp("empty") / "home")
    with opened:
        assert due(opened) is None
        run = ask_forecast(opened, ANALYST, horizon_days=2)
        with pytest.raises(WrongUsage):
            carry_out(opened, run)
        assert opened.desk.forecasts.get(run.forecast_id).told == {"code": "wrong_usage"}


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with too few weeks to judge any model by: a run of it is quick."""
    opened, _ = town_home(tmp_path_factory.mktemp("short") / "home", days=30, scale=0.1)
    with opened:
        yield opened


def test_a_short_history_gives_the_mean_and_says_so(short: Home) -> None:
    run = carry_out(short, ask_forecast(short, ANALYST, horizon_days=1, kinds=KINDS))
    found = read_forecast(short, PLANNER, run.forecast_id)
    assert found["verdict"]["state"] == "withheld"
    assert "court" in found["verdict"]["why"]["fr"]
    assert read_scores(short, PLANNER, run.forecast_id)["misses"] is None
    assert read_card(short, PLANNER, run.forecast_id)["kinds"][0]["deviance"] is None


@pytest.mark.parametrize("grid", ["zoning:arrondissement", "1000"])
def test_zones_and_squares_have_a_name_an_outline_and_a_page_each(short: Home, grid: str) -> None:
    run = carry_out(short, ask_forecast(short, ANALYST, horizon_days=3, grid=grid, kinds=KINDS))
    found = read_forecast(short, PLANNER, run.forecast_id)
    zoning = short.frame.zonings["arrondissement"]
    labels = dict(zip(zoning.ids, zoning.labels, strict=True))
    assert len(found["slots"]) == 12
    for one in found["places"]:
        assert one["name"]["fr"] == labels.get(one["cell"], one["name"]["fr"]) != one["cell"]
    features = forecast_features(short, PLANNER, run.forecast_id, slot=0)["features"]
    assert {one["id"] for one in features} == {one["cell"] for one in found["places"]}
    assert {one["geometry"]["type"] for one in features} <= {"Polygon", "MultiPolygon"}
    busiest = max(found["places"], key=lambda one: one["base"] or 0)
    assert read_cell(short, PLANNER, run.forecast_id, busiest["cell"])["name"] == busiest["name"]


def test_what_is_past_its_term_goes_with_its_files(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    opened, clock = town_home(tmp_path_factory.mktemp("term") / "home", days=20, scale=0.02)
    with opened:
        old = carry_out(opened, ask_forecast(opened, ANALYST, horizon_days=1, kinds=KINDS))
        clock.advance(timedelta(days=150))
        new = ask_forecast(opened, ANALYST, horizon_days=1, kinds=KINDS)
        shelf = ForecastShelf(opened.path)
        assert (shelf.folder / old.forecast_id).is_dir()
        clock.advance(timedelta(days=35))
        done = opened.retention.run()
        assert done.erased.get("forecasts") == 1
        assert not (shelf.folder / old.forecast_id).exists()
        assert opened.desk.forecasts.names() == {new.forecast_id}


def test_each_forecast_carries_interval_calibration_base_rate_and_why(home: Home) -> None:
    """Requirement: AIA-3."""
    told = read_scores(home, PLANNER)
    for kind in KINDS:
        found = read_forecast(home, PLANNER, "latest", kind)
        model = found["verdict"]["model"]
        (coverage,) = [
            one for one in told["models"][model][kind]["coverage"] if one["level"] == 0.8
        ]
        assert found["calibration"] == {"level": 0.8, "seen": coverage["randomised"]}
        assert found["verdict"]["why"]["fr"]
        assert found["verdict"]["why"]["en"]
        place = max(found["places"], key=lambda one: one["base"] or 0)
        cell = read_cell(home, PLANNER, "latest", place["cell"], kind)
        assert cell["calibration"] == found["calibration"]
        assert cell["base_rate"] == place["base_rate"] > 0
        assert cell["base_rate"] * 4 * 118 == pytest.approx(cell["base"], rel=0.05)
        assert all(one["intervals"] for one in cell["slots"])
        assert all((one["base_rate"] is None) == (one["base"] is None) for one in found["places"])


def test_what_a_person_expects_instead_stands_beside_and_is_judged_with_it(
    made: tuple[Home, FixedClock],
) -> None:
    """Requirement: AIA-3. Nothing of the forecast changes; the audit names who said so."""
    home, clock = made
    place = next(one for one in read_forecast(home, PLANNER, "latest", KINDS[0])["places"])
    before = read_cell(home, PLANNER, "latest", place["cell"], KINDS[0])

    def say(caller: Caller, slot: int, value: float, why: str = "Arrivée de deux paquebots") -> Any:
        return override_forecast(
            home, caller, "latest", kind=KINDS[0], cell=place["cell"], slot=slot, value=value,
            reason=why,
        )  # fmt: skip

    for caller in (ANALYST, ELECTED, DPO, OPERATOR):
        with pytest.raises(Forbidden):
            say(caller, 3, 4)
    for slot, value, why in ((3, 4, "court"), (3, -1, "x" * 20), (99, 4, "x" * 20), (0, 4, "")):
        with pytest.raises(WrongUsage):
            say(PLANNER, slot, value, why)
    with pytest.raises(WrongUsage):
        say(PLANNER, 0, 4)  # over since 06:00
    first = say(PLANNER, 3, 4, "Arrivée de deux paquebots, tel 06 39 98 40 17")
    clock.advance(timedelta(minutes=1))
    last = say(Caller("s", "shift_head"), 3, 9)
    assert "06 39" not in first["reason"]
    assert first["expected"] == before["slots"][3]["expected"]
    assert read_cell(home, PLANNER, "latest", place["cell"], KINDS[0]) == before
    found = list_overrides(home, ANALYST)
    assert [one["override_id"] for one in found["items"]] == [
        one["override_id"] for one in (last, first)
    ]
    assert (found["score"]["n"], found["judged"]) == (0, [])
    with pytest.raises(Forbidden):
        list_overrides(home, ELECTED)
    page = lines_before(home.audit, Query(dataset="forecasts", verb="alter"), home.audit.count())
    written = [(line.who, line.subject["slot"]) for _, line in page.lines][:2]
    assert written == [("s", 3), ("p", 3)]
    assert {line.outcome for _, line in page.lines} == {"allowed", "refused"}

    home.retention.run()
    assert len(home.desk.forecast_overrides.of_run(last["forecast_id"])) == 2
    clock.advance(timedelta(days=1))
    later = carry_out(home, ask_forecast(home, ANALYST, horizon_days=1, kinds=KINDS))
    assert later.state == READY
    judged = list_overrides(home, PLANNER, last["forecast_id"])
    seen = read_cell(home, PLANNER, later.forecast_id, place["cell"], KINDS[0])
    happened = next(one for one in judged["judged"])["n"]
    assert judged["score"]["n"] == 1
    if happened is not None:
        assert judged["score"]["person"] == abs(9 - happened)
        assert judged["score"]["model"] == pytest.approx(abs(last["expected"] - happened), abs=1e-3)
    assert seen["run"]["forecast_id"] == later.forecast_id


def test_what_persons_said_is_kept_twelve_months_and_runs_six(
    made: tuple[Home, FixedClock],
) -> None:
    """Requirement: AIA-3."""
    home, _ = made
    rules = home.retention.rulebook.rules
    kept = {name: str(rules[name].term) for name in ("forecasts", "forecast_overrides", "audit")}
    assert kept == {
        "forecasts": "6 months", "forecast_overrides": "1 year", "audit": "1 year"
    }  # fmt: skip
