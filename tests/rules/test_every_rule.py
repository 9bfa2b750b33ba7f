"""What holds for every rule of the registry."""

import importlib
from pathlib import Path

import pytest

import vigie.rules
from vigie.judge.rule import Rule, discover

RULES = discover(vigie.rules)


def test_there_are_rules() -> None:
    assert RULES


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_says_what_it_is_in_both_languages(rule: Rule) -> None:
    assert importlib.import_module(f"vigie.rules.{rule.name}").RULE is rule
    for text in (rule.title, rule.why):
        assert set(text) == {"fr", "en"}
        assert all(text.values())


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_test_of_its_own(name: str) -> None:
    path = Path(__file__).parent / f"test_{name}.py"

    assert path.is_file(), f"write {path.name}: one case that stays silent, one that fires"
