"""What the demonstration's room watches is set like everybody's, once, and says what it is."""

from __future__ import annotations

from pathlib import Path

from vigie.city import geography
from vigie.jobs.demo_rules import demo_rules, make_demo_rules
from vigie.situation.alerts_engine import standing_rules
from vigie.situation.frame import save_frame
from vigie.situation.home import init_home, open_home


def test_rules_and_indicators_are_set_once_and_say_that_they_are_the_demonstration(
    tmp_path: Path,
) -> None:
    init_home(tmp_path / "home", {"demo": True})
    zoning = geography.zonings()["arrondissement"]
    named = {"arrondissement": {**zoning.geojson(), "title": dict(zoning.title)}}
    save_frame(tmp_path / "home", zonings=named, basemap=geography.basemap(), gazetteer=[])
    told = demo_rules()
    with open_home(tmp_path / "home") as home:
        assert make_demo_rules(home, "en") == len(told["rules"]) + len(told["indicators"])
        assert make_demo_rules(home) == 0
        names = [one.name for one in home.desk.alert_rules.list_all()]
        names += [one.asked.title for one in home.desk.indicators.in_force()]
        ready = standing_rules(home)
    assert all(name.startswith("Demonstration: ") for name in names)
    both = [one["name"] for one in told["rules"]] + [one["title"] for one in told["indicators"]]
    assert {one["en"] for one in both} == set(names)
    assert all(one["fr"].startswith("Démonstration : ") for one in both)
    assert not any(" / " in name for one in both for name in one.values())
    assert len(ready) == len(told["rules"])
    assert all(one.rule.at_once for one in ready)
