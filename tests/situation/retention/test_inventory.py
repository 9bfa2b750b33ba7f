"""Every table and folder of a home comes under exactly one rule."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.situation.retention.homes import NOW, facts, make_home, texts

from vigie.base.clock import to_us
from vigie.privacy.retention import read_rules
from vigie.situation.home import Home
from vigie.situation.retention.inventory import rules_over, stores_of, without_one_rule


def test_each_store_of_a_full_home_has_one_rule_one_regime_one_controller(seen_home: Home) -> None:
    """Requirement: LED-6."""
    seen_home.retention.ledger.add("facts", rule="facts", before_us=1)
    assert without_one_rule(seen_home) == {}
    names = stores_of(seen_home)
    assert {"desk#accounts", "intake/intake.db#messages", "lake/index.db#ids_facts"} <= set(names)
    assert any(name.startswith("lake/facts/part=") for name in names)


def test_a_store_without_a_rule_is_seen(tmp_path: Path) -> None:
    """Requirement: LED-6."""
    with make_home(tmp_path / "home") as home:
        table = facts([to_us(NOW)])
        home.lake.commit("facts", table)
        home.lake.commit_narratives(texts(table))
        home.retention.run()
        assert without_one_rule(home) == {}
        (home.path / "notes.txt").write_text("x")
        database = sqlite3.connect(home.path / "intake" / "intake.db")
        database.execute("CREATE TABLE witnesses (name TEXT)")
        database.close()
        assert without_one_rule(home) == {"notes.txt": [], "intake/intake.db#witnesses": []}


def test_a_store_under_two_rules_is_seen() -> None:
    """Requirement: LED-6."""
    one = """
    [{name}]
    covers = ["{covers}"]
    title = {{}}
    basis = {{ fr = "" }}
    plane = "live"
    regime = "led"
    controller = "commune"
    purposes = []
    term = "1 day"
    ceiling = "1 day"
    since = "event"
    by_day = true
    at_term = "erase"
    holdable = true
    """
    text = one.format(name="a", covers="x/*") + one.format(name="b", covers="x/y/*")
    rules = read_rules(text)
    assert rules_over(rules, "x/y/z") == ["a", "b"]
    assert rules_over(rules, "x/z") == ["a"]
