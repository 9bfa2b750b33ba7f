"""What holds for every rule that people make instances of."""

import random

import pytest
from pydantic import ValidationError
from tests.rules.watching import RULES, found, rings, sample, watched

WATCHES = [name for name, rule in RULES.items() if rule.kind == "alert_watch"]


def test_there_are_families() -> None:
    """Asked as C2 of the requirements."""
    assert len(WATCHES) >= 7


@pytest.mark.parametrize("name", WATCHES)
def test_its_sample_rings_when_it_says(name: str) -> None:
    told = sample(name)

    assert rings(name, told, quiet_min=0 if told.get("quiet") else 15) == told["rings"]


@pytest.mark.parametrize("name", WATCHES)
def test_it_says_why_in_both_languages(name: str) -> None:
    for finding in found(name, sample(name)):
        assert set(finding.explanation) == {"fr", "en"}
        assert finding.explanation["fr"] != finding.explanation["en"]
        assert finding.numbers
        assert finding.to_us > finding.from_us


@pytest.mark.parametrize("name", WATCHES)
def test_the_order_of_what_came_changes_nothing(name: str) -> None:
    told = sample(name)
    rows = told.get("facts") or told["measures"]
    straight = found(name, told)
    random.Random(3).shuffle(rows)

    assert found(name, told) == straight


@pytest.mark.parametrize("name", WATCHES)
def test_nothing_before_the_time_judged_rings(name: str) -> None:
    told = sample(name)
    rule = RULES[name]
    assert rule.parameters is not None
    asked = rule.parameters.model_validate(told["parameters"])
    seen = watched(told)
    later = type(seen)(
        seen.to_us, seen.to_us, seen.since_us, facts=seen.facts, measures=seen.measures
    )

    assert list(rule.judge(later, asked)) == []


@pytest.mark.parametrize("name", WATCHES)
def test_its_form_has_words_and_refuses_what_it_does_not_know(name: str) -> None:
    rule = RULES[name]
    assert rule.parameters is not None
    for told in rule.parameters.model_json_schema()["properties"].values():
        assert " / " in told["title"]
    with pytest.raises(ValidationError):
        rule.parameters.model_validate(sample(name)["parameters"] | {"unheard_of": 1})


@pytest.mark.parametrize("name", WATCHES)
def test_it_knows_enough_of_the_past(name: str) -> None:
    rule = RULES[name]
    assert rule.parameters is not None
    assert rule.parameters.model_validate(sample(name)["parameters"]).looks_back_s() > 0
