"""Every attacker wins against a weakened way of publishing and loses against the real one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from vigie.civic.attacking import Methods, Unread, attackers
from vigie.civic.attacks.suppression import intervals, random_table, run_on_shelf
from vigie.civic.noise import add_noise
from vigie.civic.publishing import Publisher, Shelf
from vigie.civic.tables import Figure, make_figures
from vigie.privacy.suppression import lay_out, small, width

REAL = Methods()


def _silent(counts, _cost):
    return list(counts)


def _too_little(counts, cost):
    """As if one fact could change nothing by more than a half: the wrong sensitivity."""
    return add_noise(counts, 2 * cost)


def _only_small(cells, least):
    return small(cells, least)


def _raw(counts, parents, _cost):
    return [Figure(cell.key, cell.value, 0) for cell in lay_out(counts, parents)]


class Impatient(Publisher):
    """Publishes what stands there now, without delay, noise or memory."""

    def publish(self, name, week=None):
        counts, parents = self.count(None, week)
        figures = make_figures(counts, parents, 250, _silent)
        return {
            "figures": [
                {"row": one.key[0], "column": one.key[1], "value": one.value} for one in figures
            ]
        }


class Forgetful(Publisher):
    """Waits, but draws again at every question."""

    def publish(self, name, week=None):
        path = self.shelf.path(name, week or self.last_due())
        path.unlink(missing_ok=True)
        (self.shelf.folder / "budget.jsonl").unlink(missing_ok=True)
        return super().publish(name, week)


def _impatient(folder, count, clock):
    return Impatient(Shelf(folder), count, "Europe/Paris", clock, Unread())


def _forgetful(folder, count, clock):
    return Forgetful(Shelf(folder), count, "Europe/Paris", clock, Unread())


def _unmasked(_streets, _plane, _districts):
    return lambda lon, lat: (np.round(lon, 4), np.round(lat, 4))


def _blind_to_districts(streets, plane, _districts):
    """Cells of a square grid, large enough and drawn across every border."""
    return lambda lon, lat: (np.round(lon - 5.36, 2), np.round(lat, 2))


WEAKENED = [
    ("differencing", {"withhold": _only_small}, 4_000),
    ("suppression", {"withhold": _only_small}, 10),
    ("time_walk", {"publisher": _impatient}, 60),
    ("time_walk", {"publisher": _forgetful}, 120),
    ("membership", {"noise": _silent}, 2_000),
    ("membership", {"noise": _too_little}, 60_000),
    ("linkage", {"figures": _raw}, 100),
    ("geo_mask", {"mask": _unmasked}, 500),
    ("geo_mask", {"mask": _blind_to_districts}, 500),
]
REAL_RUNS = {
    "differencing": 4_000,
    "suppression": 25,
    "time_walk": 120,
    "membership": 30_000,
    "linkage": 100,
    "geo_mask": 2_000,
}


def _run(name, methods, runs):
    return attackers()[name].run(methods, np.random.default_rng(7), runs)


@pytest.mark.parametrize(("name", "weak", "runs"), WEAKENED)
def test_an_attacker_finds_the_leak_of_a_weakened_publisher(name, weak, runs):
    outcome = _run(name, replace(REAL, **weak), runs)

    assert not outcome.holds
    assert outcome.success > outcome.bound


@pytest.mark.parametrize(("name", "runs"), REAL_RUNS.items())
def test_the_same_attacker_finds_nothing_in_the_real_one(name, runs):
    outcome = _run(name, REAL, runs)

    assert outcome.holds, outcome


def test_every_attacker_is_tried_both_ways():
    assert set(attackers()) == set(REAL_RUNS) == {name for name, _, _ in WEAKENED}


def test_the_attack_on_nested_answers_gets_answers():
    """A refusal of everything would pass the bound and serve nobody."""
    outcome = _run("differencing", REAL, 2_000)

    assert outcome.numbers["both_answered"] > 400


def test_the_bounds_of_linear_programming_are_those_of_the_flows():
    """Two methods, one by HiGHS and one by the kernel, on cells withheld at random."""
    draw = np.random.default_rng(3)
    for _ in range(15):
        cells = random_table(draw)
        hidden = {cell.key for cell in cells if cell.value and draw.random() < 0.4}
        for key, (low, high) in intervals(cells, hidden).items():
            assert width(cells, hidden, key, 20) == min(round(min(high - low, 20)), 20)


def test_a_margin_that_has_no_upper_bound_is_as_wide_as_can_be():
    cells = lay_out({("a", "total"): 3, ("b", "total"): 4}, {"a": "total", "b": "total"})

    found = intervals(cells, {cell.key for cell in cells})

    assert found["a", "total"] == (1.0, np.inf)


def _stored(city, change):
    """A release of a quiet table, changed by hand, attacked."""
    release = city.publisher().publish("week_days")
    for one in release["figures"]:
        one["value"] = 210 if one["column"] == "total" else 30
    change(release["figures"])
    Shelf(city.path).path("week_days", (2026, 12)).write_text(json.dumps(release))
    return run_on_shelf(Shelf(city.path))


def test_what_a_home_has_published_holds(city):
    release = city.publisher().publish("zone_themes")

    found = run_on_shelf(Shelf(city.path))

    assert found.holds
    assert found.tried == 1
    assert found.numbers["cells"] == sum(one["value"] is None for one in release["figures"]) > 0


def test_a_blank_that_the_total_gives_away_is_found_on_the_shelf(city):
    def blank_monday(figures):
        for one in figures:
            if one["column"] == "2026-03-16":
                one["value"] = None

    assert not _stored(city, blank_monday).holds


def test_figures_that_contradict_each_other_are_found_on_the_shelf(city):
    def blank_two_days_of_nothing(figures):
        for one in figures:
            if one["column"] in {"2026-03-16", "2026-03-17"}:
                one["value"] = None
            elif one["column"] != "total":
                one["value"] = 90

    assert not _stored(city, blank_two_days_of_nothing).holds
