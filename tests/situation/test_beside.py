"""What an analysis reads beside facts is asked for like everything else."""

from dataclasses import replace

import pytest

from vigie.analyses.exposure_rates import ANALYSIS
from vigie.base.errors import Forbidden
from vigie.situation.beside import ask_beside
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.home import Home
from vigie.situation.signals import answer_analysis

ANALYST = Caller(name="analyst@test", role="analyst", purpose="analysis")
INVESTIGATOR = Caller(name="investigator@test", role="investigator", purpose="inquiry")


def test_each_kind_is_asked_for(seen_home: Home) -> None:
    kept = ask_beside(seen_home, ANALYST, ANALYSIS, {"analysis": "exposure_rates"})

    assert set(kept) == {"measures"}
    assert kept["measures"](seen_home.lake.scan("measures")).num_rows > 0
    assert ask_beside(seen_home, ANALYST, replace(ANALYSIS, beside=()), {}) == {}


def test_a_role_that_may_not_consult_it_is_refused(seen_home: Home) -> None:
    with pytest.raises(Forbidden):
        ask_beside(seen_home, INVESTIGATOR, ANALYSIS, {"analysis": "exposure_rates"})


def test_rates_are_answered_with_the_measures_of_the_home(seen_home: Home) -> None:
    zoning = next(iter(seen_home.frame.zonings))
    asked = {"zoning": zoning, "exposure": "area"}
    told = answer_analysis(
        seen_home, ANALYST, "exposure_rates", params=asked, filters=Filters(), language="fr"
    )

    assert told["base"] > 0
    assert {row["zone"] for row in told["table"]} == set(seen_home.frame.zonings[zoning].ids)
