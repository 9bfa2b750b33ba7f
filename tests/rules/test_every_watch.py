"""What holds for every rule that people make instances of."""

import random
from dataclasses import replace

import numpy as np
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
def test_what_it_looks_back_is_enough(name: str) -> None:
    """What rings rings by the facts of its look-back alone, and it looks at no others."""
    rule, told = RULES[name], sample(name)
    assert rule.parameters is not None
    asked = rule.parameters.model_validate(told["parameters"])
    for at_us in told["rings"]:
        since_us = at_us - asked.looks_back_s() * 1_000_000
        seen = watched(told)
        seen = replace(seen, from_us=at_us, since_us=max(seen.since_us, since_us))
        if rule.reads == "facts":
            facts = seen.facts.take(seen.facts.at_us >= since_us)
            kinds = [facts.wanted(kind, asked.least_severity()) for kind in asked.kinds()]
            ids = {id_ for one in kinds for id_ in one.ids}
            mine = facts.take(np.array([id_ in ids for id_ in facts.ids], np.bool_))
            seen = replace(seen, facts=mine)
        else:
            assert seen.measures is not None
            kept = seen.measures.metrics == asked.metric_read()
            seen = replace(seen, measures=seen.measures.take(kept))
        assert at_us in [one.from_us for one in rule.judge(seen, asked)]
