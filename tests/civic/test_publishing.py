"""A week is told once, after its delay, within its allowance, and never without noise."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from vigie.analyse.partitions import ELSEWHERE, count_partition
from vigie.base.errors import Conflict, MissingPart, NotFound, StoreBroken, Unavailable, WrongUsage
from vigie.civic import noise, publishing
from vigie.civic.publishing import Shelf, budget_rows, list_releases, parse_week
from vigie.privacy.suppression import TOTAL

DUE = (2026, 12)


def test_the_newest_week_told_is_over_for_as_long_as_the_delay(city):
    """On Monday the 30th, the week that ended on Sunday the 22nd."""
    assert city.publisher().last_due() == DUE


def test_a_week_that_is_not_due_is_refused(city):
    with pytest.raises(Conflict):
        city.publisher().publish("zone_themes", (2026, 13))

    assert not Shelf(city.path).ledger().lines


def test_what_exists_nowhere_is_refused(city):
    with pytest.raises(NotFound):
        city.publisher().publish("persons")
    with pytest.raises(NotFound):
        Shelf(city.path).read("zone_themes", DUE)
    with pytest.raises(NotFound):
        Shelf(city.path).read("../../secrets", DUE)
    with pytest.raises(NotFound):
        replace(city, zonings={}).publisher().publish("zone_themes")
    assert not Shelf(city.path).ledger().lines


@pytest.mark.parametrize("text", ["", "2026", "2026-W54", "2026-W1x", "W10-2026", "0-W1"])
def test_a_week_is_written_in_one_way(text):
    with pytest.raises(WrongUsage):
        parse_week(text)


def test_the_same_release_answers_the_same_whatever_the_facts_have_become(city, sample):
    """A time walk sees nothing: late facts change no figure that was told."""
    first = city.publisher().publish("zone_themes")
    late = sample.facts().slice(0, 500)
    refs = [f"late-{number}" for number in range(late.num_rows)]
    late = late.set_column(late.column_names.index("fact_id"), "fact_id", [refs])
    city.lake.commit("facts", late)

    again = city.publisher().publish("zone_themes")

    assert again == first
    assert Shelf(city.path).read("zone_themes", DUE) == first
    assert len(Shelf(city.path).ledger().lines) == 1


def test_every_figure_carries_its_half_width_and_none_shown_is_small(city):
    release = city.publisher().publish("zone_themes")

    assert {one["column"] for one in release["figures"]} >= {TOTAL, "offence", "road", "other"}
    assert release["epsilon"] == pytest.approx(0.25)
    for one in release["figures"]:
        assert one["half_width"] >= noise.half_width(250)
        assert one["value"] is None or one["value"] >= release["least"] + one["half_width"]


def test_totals_are_the_sums_of_what_they_total_where_all_is_shown(city):
    release = city.publisher().publish("week_days")
    values = {(one["row"], one["column"]): one["value"] for one in release["figures"]}

    days = [value for (row, day), value in values.items() if row == ELSEWHERE and day != TOTAL]

    assert len(days) == 7
    assert None not in days
    assert values[TOTAL, TOTAL] == sum(days)


def test_the_true_counts_stand_nowhere_on_the_shelf(city):
    city.publisher().publish("week_days")
    true = count_partition(
        city.lake,
        None,
        "day",
        first=publishing.date.fromisocalendar(*DUE, 1),
        days=7,
        timezone="Europe/Paris",
    )
    shown = Shelf(city.path).read("week_days", DUE)["figures"]

    told = [one["value"] for one in shown if (one["row"], one["column"]) in true]

    assert told != list(true.values())


def test_a_spent_allowance_refuses_and_draws_nothing(city):
    shelf = Shelf(city.path)
    shelf.folder.mkdir()
    line = {"dataset": "facts", "year": 2026, "week": 12, "release": "trial", "cost": 900}
    (shelf.folder / "budget.jsonl").write_text(json.dumps(line) + "\n")

    with pytest.raises(Conflict, match="left"):
        city.publisher().publish("zone_themes")

    assert shelf.weeks("zone_themes") == []


def test_a_stop_between_the_ledger_and_the_release_brings_out_the_same_draw(city, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "bring_out", stop)
        with pytest.raises(KeyboardInterrupt):
            city.publisher().publish("zone_themes")
    shelf = Shelf(city.path)
    drawn = json.loads(shelf.path("zone_themes", DUE).with_suffix(".drawn").read_text())
    assert shelf.weeks("zone_themes") == []

    assert city.publisher().publish("zone_themes") == drawn
    assert len(shelf.ledger().lines) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"dataset": "facts"}',
        '{"dataset": "facts", "year": 2026, "week": 12, "release": "r", "cost": 1001}',
    ],
)
def test_a_ledger_that_could_never_have_been_spent_is_refused(city, text):
    shelf = Shelf(city.path)
    shelf.folder.mkdir()
    (shelf.folder / "budget.jsonl").write_text(text + "\n")

    with pytest.raises(StoreBroken):
        city.publisher().publish("zone_themes")


def test_without_opendp_nothing_goes_out(city, monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)

    with pytest.raises(MissingPart) as told:
        city.publisher().publish("zone_themes")

    assert "vigie[liberties]" in told.value.params["remedy"]
    assert Shelf(city.path).weeks("zone_themes") == []
    assert not Shelf(city.path).ledger().lines


def test_the_budget_is_told_week_by_week(city):
    for name in ("week_days", "zone_themes"):
        city.publisher().publish(name)

    shelf = Shelf(city.path)

    assert budget_rows(shelf) == [
        {
            "dataset": "facts",
            "week": "2026-W12",
            "week_spent": 0.37,
            "week_left": 0.63,
            "year_spent": 0.37,
            "year_left": 19.63,
        }
    ]
    assert [one["weeks"] for one in list_releases(shelf)] == [["2026-W12"], ["2026-W12"]]


def test_a_release_is_written_down_once_as_a_disclosure_to_the_public(city):
    for _ in range(2):
        city.publisher().publish("zone_themes")

    (line,) = city.lines
    assert (line.verb, line.dataset, line.recipient) == ("disclose", "figures", "public")
    assert line.subject == {"table": "zone_themes", "week": "2026-W12", "cost": 250}


def test_what_cannot_be_written_down_is_not_told(city):
    city.full = True

    with pytest.raises(Unavailable):
        city.publisher().publish("zone_themes")

    assert Shelf(city.path).weeks("zone_themes") == []
    assert not Shelf(city.path).ledger().lines
